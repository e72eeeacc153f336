"""What the command says at the edges of the contract, each told by the sentence that it keeps."""

import json
from pathlib import Path
from typing import Any

import pytest

from tenantry.cli.door import run

CONTRACT = "contract: {contingency: {advanced_routing: 5, enterprise_routing: 5, interact_service: 5, companion: 5}}\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tenants").mkdir()
    monkeypatch.chdir(tmp_path)


def tenant(text: str, name: str = "contoso") -> None:
    Path(f"tenants/{name}.yaml").write_text(f"version: 1\n{text}", encoding="utf-8")


def snapshot(**sections: Any) -> None:
    data = {"format": "tenantry-snapshot/1", "tenant": "contoso", **sections}
    Path("now.json").write_text(json.dumps(data), encoding="utf-8")


def told(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, dict[str, Any]]:
    code = run([*command, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_tenant_without_a_snapshot_is_not_planned_but_its_problems_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tenant(CONTRACT)
    tenant("users: {a: {}}\n", "broken")
    tenant(CONTRACT, "silent")
    snapshot()
    code, plans = told(capsys, "plan", "--current", "now.json")
    assert code == 1
    assert [plan["tenant"] for plan in plans["plans"]] == ["contoso"]
    assert [problem["tenant"] for problem in plans["problems"]] == ["broken"]


def test_raising_needs_tier_leaves_what_was_wrong_before_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tenantry.yaml").write_text("version: 1\nrules: {needs-tier: error}\n", encoding="utf-8")
    tenant(CONTRACT + "services: {desk: {name: Desk}}\n")
    snapshot(services={"desk": {"license": "advanced_routing", "addons": ["interact_service"]}})
    code, plans = told(capsys, "plan", "--current", "now.json")
    found = [finding["severity"] for finding in plans["plans"][0]["findings"] if finding["rule"] == "needs-tier"]
    assert (code, found) == (0, ["warning"])


def test_raising_needs_tier_raises_the_tier_about_which_documents_disagree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("tenantry.yaml").write_text("version: 1\nrules: {needs-tier: error}\n", encoding="utf-8")
    tenant(CONTRACT + "services: {desk: {license: enterprise_routing, addons: [interact_service]}}\n")
    snapshot()
    assert told(capsys, "plan", "--current", "now.json")[0] == 3


def test_validate_heeds_the_severities_of_the_workspace(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tenantry.yaml").write_text('version: 1\nrules: {needs-tier: "off"}\n', encoding="utf-8")
    tenant(CONTRACT + "services: {desk: {license: enterprise_routing, addons: [interact_service]}}\n")
    assert told(capsys, "validate")[1]["tenants"][0]["findings"] == []


def test_whatif_marks_its_plan_as_one_under_suppositions(capsys: pytest.CaptureFixture[str]) -> None:
    tenant(CONTRACT)
    snapshot()
    _, plans = told(capsys, "whatif", "--current", "now.json", "--set", "companion=1")
    assert "under-supposition" in [finding["rule"] for finding in plans["plans"][0]["findings"]]


def test_explain_knows_a_person_by_the_upn_that_is_left_behind(capsys: pytest.CaptureFixture[str]) -> None:
    tenant(CONTRACT + "users: {new@contoso.example: {licenses: [], previously: old@contoso.example}}\n")
    snapshot(users={"old@contoso.example": {"licenses": ["companion"]}})
    _, answer = told(capsys, "explain", "old@contoso.example", "--current", "now.json")
    assert answer["holder"] == "user:new@contoso.example"
    assert [(row["license"], row["desired"], row["current"]) for row in answer["licenses"]] == [
        ("companion", False, True)
    ]


def test_explain_says_that_an_unknown_service_gets_the_default_tier(capsys: pytest.CaptureFixture[str]) -> None:
    tenant(CONTRACT + "services: {idle: {}}\n")
    snapshot()
    _, answer = told(capsys, "explain", "service:idle", "--current", "now.json")
    assert [(row["license"], row["desired"]) for row in answer["licenses"]] == [("advanced_routing", True)]


def test_a_misnamed_workspace_file_is_an_error_and_nothing_is_planned(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tenantry.yml").write_text("version: 1\n", encoding="utf-8")
    tenant(CONTRACT)
    code, plans = told(capsys, "plan")
    assert (code, plans["plans"], plans["problems"][0]["rule"]) == (1, [], "wrong-extension")


@pytest.mark.parametrize(
    "command",
    [
        ["plan", "--allow", "max-revocations", "--reason", "a\x1bb"],
        ["plan", "--as-of", "2026-1-1"],
        ["plan", "tenants/contoso.yaml"],
        ["plan", "-l", "region=emea", "-l", "region=apac"],
    ],
)
def test_a_call_that_can_not_be_meant_is_a_usage_error(command: list[str]) -> None:
    tenant("tenant: {labels: {region: apac}}\n")
    assert run(command) == 64


def test_a_file_name_that_is_not_utf_8_is_told_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tenants/\udcff.yaml").write_text("version: 1\n", encoding="utf-8")
    code, plans = told(capsys, "plan")
    assert (code, next(problem["rule"] for problem in plans["problems"])) == (1, "bad-tenant-id")
    for form in ("text", "markdown", "github"):
        assert run(["plan", "--format", form]) == 1


def test_a_deadlock_is_told_only_where_the_end_fits(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tenantry.yaml").write_text("version: 1\nexecution: portal\n", encoding="utf-8")
    up, down = "{license: enterprise_routing}", "{license: advanced_routing}"
    tenant(
        "contract: {contingency: {advanced_routing: 1, enterprise_routing: 1}}\n"
        f"services: {{a: {up}, b: {down}, c: {up}}}\n"
    )
    snapshot(services={"a": {"license": "advanced_routing"}, "b": {"license": "enterprise_routing"}})
    code, plans = told(capsys, "plan", "--current", "now.json")
    errors = {finding["rule"] for finding in plans["plans"][0]["findings"] if finding["severity"] == "error"}
    assert (code, errors) == (3, {"contingency-exceeded"})
