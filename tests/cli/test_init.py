"""init: a new workspace, or new schemas in one that is there."""

import json
import re
from pathlib import Path

import pytest

from filled_ledgers import ledger_at
from tenantry.cli.door import run

WRITTEN = (
    *("tenantry.yaml", "tenants/example.yaml", ".tenantry/.gitignore", ".tenantry/ledger.db"),
    *(".vscode/settings.json", ".vscode/extensions.json"),
    *(
        f".tenantry/schemas/{kind}.schema.json"
        for kind in ("catalog", "plan", "report", "snapshot", "tenant", "workspace")
    ),
)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_workspace_has_settings_an_example_and_schemas(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "new")]) == 0
    assert sorted(files(tmp_path / "new")) == sorted(WRITTEN)
    told = capsys.readouterr().out
    assert "wrote tenants/example.yaml" in told
    assert f"tenantry -C {tmp_path / 'new'} plan" in told


def test_a_new_workspace_is_valid_and_its_plan_is_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(tmp_path)])
    assert run(["-C", str(tmp_path), "validate"]) == 0
    capsys.readouterr()
    assert run(["-C", str(tmp_path), "plan", "--format", "json"]) == 0
    [plan] = json.loads(capsys.readouterr().out)["plans"]
    assert plan["verdict"] == "ready"
    assert [finding["rule"] for finding in plan["findings"]] == ["ledger-missing"]


def test_a_new_workspace_has_an_empty_ledger_of_its_owner(tmp_path: Path) -> None:
    run(["init", str(tmp_path)])
    path = tmp_path / ".tenantry" / "ledger.db"
    assert path.stat().st_mode & 0o777 == 0o600
    assert ledger_at(path).tenants() == ()


def test_init_gives_a_workspace_that_was_written_by_hand_its_ledger_and_schemas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants" / "contoso.yaml").write_text("version: 1\n")
    assert run(["init", str(tmp_path)]) == 0
    made = files(tmp_path)
    assert made["tenants/contoso.yaml"] == b"version: 1\n"
    assert made[".tenantry/.gitignore"] == b"ledger.db*\n"
    assert "tenantry.yaml" not in made
    assert ledger_at(tmp_path / ".tenantry" / "ledger.db").tenants() == ()


@pytest.mark.parametrize("there", [True, False])
def test_what_is_no_ledger_is_told_and_not_taken_for_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, there: bool
) -> None:
    if there:
        run(["init", str(tmp_path)])
    (tmp_path / ".tenantry").mkdir(exist_ok=True)
    path = tmp_path / ".tenantry" / "ledger.db"
    path.write_text("no database, but some text that goes on for a while\n" * 9)
    capsys.readouterr()
    assert run(["init", str(tmp_path)]) == 1
    assert "is not a ledger" in capsys.readouterr().err
    assert path.read_text().startswith("no database")
    assert (tmp_path / "tenantry.yaml").exists() == there


def test_init_makes_a_ledger_that_is_missing_in_ci_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(["init", str(tmp_path)])
    (tmp_path / ".tenantry" / "ledger.db").unlink()
    monkeypatch.setenv("CI", "true")
    assert run(["init", str(tmp_path)]) == 0
    assert ledger_at(tmp_path / ".tenantry" / "ledger.db").tenants() == ()


def test_init_works_in_a_repository_that_has_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("mine\n")
    assert run(["init"]) == 0
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    assert (tmp_path / ".tenantry/.gitignore").read_text() == "ledger.db*\n"


@pytest.mark.parametrize("path", ["tenantry.yaml", ".vscode/settings.json"])
def test_a_file_that_is_there_is_named_and_nothing_is_written(
    tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("mine\n")
    assert run(["init", str(tmp_path)]) == 1
    assert path in capsys.readouterr().err
    assert files(tmp_path) == {path: b"mine\n"}


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "tenantry.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert run(["init", str(tmp_path)]) == 1
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run(["init", str(tmp_path / "file" / "new")]) == 1
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize("where", [".tenantry", ".tenantry/schemas"])
def test_a_file_in_the_place_of_a_folder_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    (tmp_path / "tenants").mkdir()
    (tmp_path / where).parent.mkdir(exist_ok=True)
    (tmp_path / where).write_text("mine\n")
    assert run(["-C", str(tmp_path), "init"]) == 1
    assert re.fullmatch(r"error: \S*\.schema\.json can't be written: .*\.\n", capsys.readouterr().err)
    assert (tmp_path / where).read_text() == "mine\n"


def test_init_again_brings_only_the_schemas_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(tmp_path)])
    (tmp_path / "tenants/example.yaml").rename(tmp_path / "tenants/contoso.yaml")
    (tmp_path / "tenantry.yaml").write_text("version: 1\n")
    before = files(tmp_path)
    (tmp_path / ".tenantry/schemas/tenant.schema.json").write_text("{}\n")
    (tmp_path / ".tenantry/schemas/plan.schema.json").unlink()
    capsys.readouterr()
    # what is missing from tenantry.yaml now is named by the tenant; the schemas don't need it
    assert run(["init", str(tmp_path)]) == 0
    assert files(tmp_path) == before
    told = capsys.readouterr().out
    assert told.count("updated") == 2
    assert run(["init", str(tmp_path)]) == 0
    assert "is up to date" in capsys.readouterr().out


def test_the_schemas_name_the_licenses_of_the_workspace_s_own_catalog(tmp_path: Path) -> None:
    run(["init", str(tmp_path)])
    catalog = Path(__file__).parents[2] / "schemas" / "nimbus.catalog.yaml"
    own = catalog.read_text("utf-8").replace("  virtual_user:\n    label: Virtual User\n", "  bot:\n    label: Bot\n")
    (tmp_path / "own.catalog.yaml").write_text(own, encoding="utf-8")
    (tmp_path / "tenantry.yaml").write_text("version: 1\ncatalog: own.catalog.yaml\n")
    assert run(["init", str(tmp_path)]) == 0
    schema = json.loads((tmp_path / ".tenantry/schemas/tenant.schema.json").read_text("utf-8"))
    assert schema["$defs"]["virtual_user_license"]["enum"] == ["bot"]


def test_schemas_of_a_broken_workspace_are_left_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init", str(tmp_path)])
    (tmp_path / "tenantry.yaml").write_text("version: 1\nbackends: x\n")
    before = files(tmp_path)
    assert run(["init", str(tmp_path)]) == 1
    assert "unknown-key" in capsys.readouterr().err
    assert files(tmp_path) == before


def test_editors_find_the_schemas(tmp_path: Path) -> None:
    run(["init", str(tmp_path)])
    settings = json.loads((tmp_path / ".vscode/settings.json").read_text("utf-8"))
    assert all((tmp_path / schema).is_file() for schema in settings["yaml.schemas"])
    assert all((tmp_path / entry["url"]).is_file() for entry in settings["json.schemas"])
    for path in ("tenantry.yaml", "tenants/example.yaml"):
        modeline = (tmp_path / path).read_text("utf-8").splitlines()[0]
        assert modeline.startswith("# yaml-language-server: $schema=")
        assert (tmp_path / path).parent.joinpath(modeline.partition("=")[2]).resolve().is_file()
