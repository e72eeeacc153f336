"""demo: the walk ends where each step says, and touches nothing but its folder."""

import os
import re
import tempfile
import time
from pathlib import Path

import pytest

from tenantry.cli import demo
from tenantry.cli.door import run


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> str:
    """What the demo says, in surroundings that would mislead a command that listened to them."""
    folder = tmp_path / "sample"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix: str(folder))  # noqa: ARG005 - its signature
    monkeypatch.setenv("TENANTRY_AS_OF", "1999-01-01")
    monkeypatch.setenv("TENANTRY_FORMAT", "json")
    monkeypatch.chdir(tmp_path)
    begun = time.monotonic()
    assert run(["demo"]) == 0
    assert time.monotonic() - begun < 10
    captured = capfdbinary.readouterr()
    assert captured.err == b""
    return captured.out.decode()


def test_every_step_is_typed_run_and_explained(told: str) -> None:
    for step in demo.STEPS:
        assert f"\n$ {step.typed}\n" in told
        assert f" exit code {step.code} → {step.meaning} " in " ".join(told.split())
    assert re.findall(r"exit code (\d+)", told.replace("with exit code 3", "")) == [
        str(step.code) for step in demo.STEPS
    ]


def test_the_rejection_tells_how_many_are_missing(told: str) -> None:
    rejected = told.partition("\n4. ")[2].partition("\n5. ")[0]
    assert re.search(r"Contact Center User +118 → 122 / +120 .* 2 missing", rejected)
    assert "contingency-exceeded" in rejected
    assert "122 Contact Center Users, 120 bought, 2 missing" in " ".join(rejected.split())


def test_what_is_applied_leaves_no_changes_and_is_in_the_history(told: str) -> None:
    applied, _, after = told.partition("\n6. ")[2].partition("\n7. ")
    assert "by run contoso-2\nrecorded in the ledger: 22 changes; nothing was sent to Nimbus\n" in applied
    assert "contoso (Contoso AG): = no changes" in after
    assert re.search(r"^contoso-2 .* apply ", after, re.MULTILINE)


def test_it_ends_with_where_the_files_lie_and_they_are_the_repaired_ones(told: str) -> None:
    found = re.search(r"\nThe files lie in (.*)\. Try:\n", told)
    assert found
    roster = (Path(found[1]) / demo.ROSTER).read_text("utf-8")
    assert all(row in roster for row in demo.NEWCOMERS)
    assert not any(row in roster for row in demo.LEAVERS)
    assert Path.cwd() != Path(found[1])
    assert os.environ["TENANTRY_FORMAT"] == "json"


def test_a_step_that_ends_otherwise_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix: str(tmp_path))  # noqa: ARG005 - its signature
    monkeypatch.setattr(demo, "NEWCOMERS", ())
    monkeypatch.setattr(demo, "STEPS", (demo.Step(title="", typed="tenantry validate", code=3, meaning=""),))
    assert run(["demo"]) == 1
    assert "step 1 ended with 0, not with 3" in capfd.readouterr().err


def test_a_folder_that_cannot_be_made_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix: str(tmp_path / "file"))  # noqa: ARG005 - its signature
    assert run(["demo"]) == 1
    assert "can't be written" in capfd.readouterr().err
