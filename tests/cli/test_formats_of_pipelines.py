"""The formats of pipelines through the real command: several in one run, with the workspace's own rules and files."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from at_the_door import Door
from tenantry.documents.problems import PROBLEMS

FILES = {
    "tenantry.yaml": "version: 1\n",
    "tenants/contoso/contract.yaml": "version: 1\ncontract:\n  contingency: {contact_center_user: 1}\n",
    "tenants/contoso/a-users.yaml": (
        "version: 1\nusers:\n"
        "  ada@contoso.example: {licenses: [contact_center_user]}\n"
        "  bob@contoso.example: {licenses: [contact_center_user]}\n"
    ),
    "tenants/broken.yaml": "version: 1\nusers:\n  ada@b.example: {licenses: [compagnion]}\n",
    "contoso.json": '{"format": "tenantry-snapshot/1", "tenant": "contoso", "users": {}, "in_use": []}',
}
KINDS = ("azure", "sarif", "junit", "gitlab-terraform", "gitlab-codequality")


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    door = Door(tmp_path, capsys)
    for path, content in FILES.items():
        door.write(path, content)
    return door


def written(door: Door, *kinds: str, command: tuple[str, ...]) -> tuple[int, dict[str, str]]:
    """The exit code of one run, and what it wrote in each format."""
    formats = [f"--format={kind}={door.root / kind}" for kind in kinds]
    code = door.run(*command, *formats).code
    return code, {kind: (door.root / kind).read_text("utf-8") for kind in kinds}


def results(sarif: str) -> list[tuple[str, str, int]]:
    """Rule, file and line of each result."""
    found: list[dict[str, Any]] = json.loads(sarif)["runs"][0]["results"]
    places = [(item["ruleId"], item["locations"][0]["physicalLocation"]) for item in found]
    return [(rule, place["artifactLocation"]["uri"], place["region"]["startLine"]) for rule, place in places]


def test_one_run_of_plan_writes_them_all(door: Door) -> None:
    code, said = written(door, *KINDS, command=("plan", "--current", str(door.root / "contoso.json")))
    assert code == 1
    assert [line.partition(";")[0] for line in said["azure"].splitlines()[:2]] == ["##vso[task.logissue type=error"] * 2
    assert results(said["sarif"])[:2] == [
        ("unknown-license", "tenants/broken.yaml", 3),
        ("contingency-exceeded", "tenants/contoso/contract.yaml", 3),
    ]
    assert {case.get("name") for case in ElementTree.fromstring(said["junit"]).iter("testcase")} >= {  # noqa: S314 - our own
        "broken: unknown-license",
        "contoso: contingency-exceeded",
    }
    assert json.loads(said["gitlab-terraform"]) == {"create": 2, "update": 0, "delete": 0}
    assert [issue["severity"] for issue in json.loads(said["gitlab-codequality"])][:2] == ["blocker", "blocker"]


def test_what_has_no_line_is_told_at_the_contract_of_the_tenants_folder(door: Door) -> None:
    _, said = written(door, "sarif", command=("plan", "contoso", "--current", str(door.root / "contoso.json")))
    assert ("no-memory", "tenants/contoso/contract.yaml", 1) in results(said["sarif"])


def test_rules_are_told_in_the_words_of_the_rule_table(door: Door) -> None:
    _, said = written(door, "sarif", command=("plan", "--current", str(door.root / "contoso.json")))
    rules = {rule["id"]: rule for rule in json.loads(said["sarif"])["runs"][0]["tool"]["driver"]["rules"]}
    assert "Customer Success" in rules["contingency-exceeded"]["help"]["text"]
    assert rules["unknown-license"]["fullDescription"]["text"] == PROBLEMS["unknown-license"].why


def test_validate_writes_those_that_tell_findings(door: Door) -> None:
    kinds = ("azure", "sarif", "junit", "gitlab-codequality")
    code, said = written(door, *kinds, command=("validate",))
    assert code == 1
    assert ("unknown-license", "tenants/broken.yaml", 3) in results(said["sarif"])
    assert "type=error;sourcepath=tenants/broken.yaml;linenumber=3;" in said["azure"]
    assert json.loads(said["gitlab-codequality"])[0]["location"]["path"] == "tenants/broken.yaml"
    assert "broken: unknown-license" in said["junit"]


def test_validate_has_no_counts_of_changes(door: Door) -> None:
    assert door.run("validate", "--format", "gitlab-terraform").code == 64


def test_a_saved_plan_is_shown_in_them_outside_of_any_workspace(
    door: Door, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = ("plan", "contoso", "--current", str(door.root / "contoso.json"))
    _, before = written(door, *KINDS, command=(*plan, "--out", str(door.root / "plan.json")))
    elsewhere = Door(tmp_path_factory.mktemp("elsewhere"), door._capsys)  # noqa: SLF001 - the same streams
    monkeypatch.chdir(elsewhere.root)
    code, said = written(elsewhere, *KINDS, command=("show", str(door.root / "plan.json")))
    assert code == 0
    assert said["azure"] == before["azure"]
    assert said["junit"] == before["junit"]
    assert ("no-memory", "tenants/contoso.yaml", 1) in results(said["sarif"])


@pytest.mark.parametrize("command", [("whatif", "--set", "contact_center_user=5"), ("drift",)])
def test_what_speaks_the_plan_format_writes_them_too(door: Door, command: tuple[str, ...]) -> None:
    door.run("observe", "contoso", "--snapshot", str(door.root / "contoso.json"))
    code, said = written(door, *KINDS, command=(command[0], "contoso", *command[1:]))
    assert code == 0
    assert set(said) == set(KINDS)
    assert json.loads(said["sarif"])["version"] == "2.1.0"
