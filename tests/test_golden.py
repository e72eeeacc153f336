"""Plans byte by byte. `make golden` writes them anew; the difference is read before it is committed."""

import os
from pathlib import Path

import pytest

from tenantry.cli.door import run

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
FORMATS = {"text": "plan.txt", "json": "plan.json", "markdown": "plan.md"}
CASES = {
    # each case is one command at the root of the repository
    "contoso": ("contoso", "--current", "snapshots/contoso.json", "--as-of", "2026-12-15"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_plan_is_shown_as_it_was_reviewed(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    formats = [f"--format={name}={tmp_path / file}" for name, file in FORMATS.items()]
    assert run(["--quiet", "plan", *CASES[case], *formats]) == 0
    if os.environ.get("TESTS_REWRITE"):
        (GOLDEN / case).mkdir(parents=True, exist_ok=True)
        for file in FORMATS.values():
            (tmp_path / file).replace(GOLDEN / case / file)
        return
    for file in FORMATS.values():
        assert (tmp_path / file).read_bytes() == (GOLDEN / case / file).read_bytes(), f"{file}: make golden"


def test_every_golden_folder_has_its_case() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)
