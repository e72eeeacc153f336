"""The examples are tests: valid, accepted by the schemas, ready; and a newcomer's first commands work."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
import yaml

from tenantry.cli.door import run
from tenantry.documents.catalog import builtin
from tenantry.documents.schema import schema

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.stem for path in (ROOT / "snapshots").iterdir())
DAYS = ("2026-11-24", "2027-01-15", "2031-07-01", "2099-12-31")
TENANTRY = Path(sys.executable).parent / "tenantry"


def plans(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, str]:
    capsys.readouterr()
    assert run(["plan", "--format", "json", *arguments]) == 0
    return {plan["tenant"]: plan["verdict"] for plan in json.loads(capsys.readouterr().out)["plans"]}


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_every_example_has_a_snapshot() -> None:
    assert EXAMPLES == ["contoso", "fabrikam", "minimal"]
    assert {path.stem for path in (ROOT / "tenants").iterdir()} - {"rosters"} == set(EXAMPLES)


def test_the_examples_are_valid_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["problems"] == []
    assert [tenant["findings"] for tenant in told["tenants"]] == [[]] * len(EXAMPLES)


@pytest.mark.parametrize("day", DAYS)
def test_the_examples_are_ready_on_any_day(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert plans(capsys, "--as-of", day) == dict.fromkeys(EXAMPLES, "ready")
    given = [option for name in EXAMPLES for option in ("--current", f"snapshots/{name}.json")]
    assert plans(capsys, "--as-of", day, *given) == {"contoso": "ready", "fabrikam": "ready", "minimal": "no_changes"}


def test_the_schemas_accept_the_examples() -> None:
    catalog = builtin("nimbus")
    files = {
        "tenant": [*(ROOT / "tenants").rglob("*.yaml")],
        "workspace": [ROOT / "tenantry.yaml"],
        "snapshot": [*(ROOT / "snapshots").glob("*.json")],
    }
    for kind, paths in files.items():
        validator = jsonschema.Draft202012Validator(schema(kind, catalog))
        for path in paths:
            assert not [*validator.iter_errors(_data(path))], path


class _Dateless(yaml.SafeLoader):
    """YAML in which a date is text, as our own reader leaves it."""


_Dateless.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _data(path: Path) -> object:
    text = path.read_text("utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_Dateless)  # noqa: S506 - a safe one


def test_the_large_example_is_large() -> None:
    rosters = (ROOT / "tenants/fabrikam/rosters").glob("*.csv")
    assert sum(len(path.read_text("utf-8").splitlines()) - 1 for path in rosters) >= 200


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed command on a bare account: an empty home, no terminal, hardly any environment."""
    return subprocess.run(
        [TENANTRY, *arguments],
        cwd=folder,
        env={"HOME": "", "PATH": os.environ["PATH"], "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_init_validate_and_plan_work_on_a_bare_account(tmp_path: Path) -> None:
    assert call(tmp_path, "init").returncode == 0
    assert call(tmp_path, "validate").returncode == 0
    planned = call(tmp_path, "plan")
    assert planned.returncode == 0
    assert "example (Example): ✔ ready" in planned.stdout


def test_demo_works_on_a_bare_account_in_less_than_ten_seconds(tmp_path: Path) -> None:
    begun = time.monotonic()
    shown = call(tmp_path, "demo")
    assert time.monotonic() - begun < 10
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "2 missing" in shown.stdout
