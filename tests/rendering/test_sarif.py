"""SARIF 2.1.0: valid by its schema, complete up to the limits of code scanning, and the same from run to run."""

import gzip
import json
import random
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from foreign_readers import sarif_run
from rendering_samples import CATALOG, EXCEEDED, IDLE, PLAN, PROBLEM, SOON, TERMS, UNLISTED, plan_set
from test_escape import HOSTILE

from tenantry import __version__
from tenantry.model.plan import Finding, PlanSet
from tenantry.model.report import Judged, Validation
from tenantry.model.rule import Rule
from tenantry.rendering.escape import visible
from tenantry.rendering.formats import PLAN_FORMATS, VALIDATION_FORMATS
from tenantry.rendering.layout import Layout

RULE = Rule(
    id="contingency-exceeded", severity="error", why="Bought is {bought}.", mend="Buy `more`, @all.", waivable=True
)
LAYOUT = Layout(
    rules={RULE.id: RULE},
    files={"contoso": ("tenants/contoso/a.yaml", "tenants/contoso/contract.yaml"), "fabrikam": ("tenants/f.yaml",)},
)


def text_of(plans: PlanSet, layout: Layout = LAYOUT) -> str:
    """Plans as text."""
    return PLAN_FORMATS["sarif"](plans, CATALOG, layout)


def run_of(*findings: Finding, problems: tuple[Finding, ...] = (), layout: Layout = LAYOUT) -> dict[str, Any]:
    """The run that tells of findings of one plan."""
    return sarif_run(text_of(plan_set(replace(PLAN, findings=findings), problems=problems), layout))


def only(run: dict[str, Any]) -> dict[str, Any]:
    """The one result of a run."""
    (result,) = run["results"]
    assert isinstance(result, dict)
    return result


def place(result: dict[str, Any]) -> dict[str, Any]:
    """Where a result is."""
    found = result["locations"][0]["physicalLocation"]
    assert isinstance(found, dict)
    return found


def test_a_problem_leads_to_its_place_below_the_root_of_the_sources() -> None:
    result = only(run_of(problems=(PROBLEM,)))
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        "nordwind: 'compagnion' is no license of the catalog\ndid you mean 'companion'?"
    )
    assert place(result) == {
        "artifactLocation": {"uri": "tenants/nordwind.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 9, "startColumn": 18},
    }


def test_levels_are_those_of_the_severities_and_what_leads_stands_first() -> None:
    run = run_of(SOON, IDLE, EXCEEDED, TERMS)
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("terms-changed", "note"),
        ("contingency-exceeded", "error"),
        ("companion-idle", "warning"),
        ("starts-later", "note"),
    ]


def test_each_result_points_at_its_rule_and_a_rule_stands_once() -> None:
    run = run_of(EXCEEDED, IDLE, replace(EXCEEDED, license="companion"))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["companion-idle", "contingency-exceeded"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_a_rule_tells_why_it_is_there_how_it_is_mended_and_who_may_let_it_pass() -> None:
    (rule,) = run_of(EXCEEDED)["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "Contingency exceeded"
    assert rule["name"] == "ContingencyExceeded"
    assert rule["fullDescription"]["text"] == "Bought is {{bought}}."
    assert rule["help"]["text"] == (
        "Bought is {{bought}}.\n\nBuy `more`, @all.\n\nA waiver with a reason lets it pass."
    )
    assert rule["help"]["markdown"].split("\n\n")[1] == "Buy <code>more</code>&#44; <code>&#64;all</code>&#46;"
    assert rule["defaultConfiguration"]["level"] == "error"
    assert rule["properties"]["problem.severity"] == "error"


def test_a_rule_of_a_saved_plan_that_is_in_no_table_is_told_by_its_finding() -> None:
    (rule,) = run_of(replace(IDLE, hint="Revoke it."), layout=Layout())["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"] == IDLE.message
    assert rule["help"]["text"].endswith("Revoke it.")
    assert rule["properties"]["problem.severity"] == "warning"


def test_a_rule_is_as_grave_as_its_table_says_although_a_finding_of_it_is_softer() -> None:
    run = run_of(replace(EXCEEDED, severity="warning"))
    assert only(run)["level"] == "warning"
    assert run["tool"]["driver"]["rules"][0]["defaultConfiguration"]["level"] == "error"


def test_of_several_findings_the_first_tells_of_a_rule_that_is_in_no_table() -> None:
    (rule,) = run_of(IDLE, replace(IDLE, message="the second"), layout=Layout())["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"] == IDLE.message


def test_holders_that_the_message_does_not_name_are_told_and_what_is_waived_needs_no_hint() -> None:
    idle, waived = run_of(replace(IDLE, hint="Revoke it."), replace(EXCEEDED, waived="ticket"))["results"]
    assert idle["message"]["text"].splitlines() == [
        f"contoso: {IDLE.message}",
        "Holders: user:a@contoso.example, user:b@contoso.example, user:c@contoso.example and 4 more",
        "Revoke it.",
    ]
    assert waived["message"]["text"] == f"contoso: {EXCEEDED.message}"


def test_a_waived_error_stays_an_error_that_is_suppressed_with_its_reason() -> None:
    results = run_of(replace(EXCEEDED, waived="ticket {4711}"), IDLE)["results"]
    assert [(result["ruleId"], result["level"], result["suppressions"]) for result in results] == [
        ("companion-idle", "warning", []),
        (
            "contingency-exceeded",
            "error",
            [{"justification": "ticket {4711}", "kind": "external", "status": "accepted"}],
        ),
    ]


@pytest.mark.parametrize(
    ("tenant", "file"),
    [
        ("contoso", "tenants/contoso/contract.yaml"),
        ("fabrikam", "tenants/f.yaml"),
        ("nordwind", "tenants/nordwind.yaml"),
        (None, "tenantry.yaml"),
    ],
)
def test_a_finding_without_a_file_is_told_at_the_file_of_its_tenant(tenant: str | None, file: str) -> None:
    result = only(run_of(replace(SOON, tenant=tenant)))
    assert place(result) == {
        "artifactLocation": {"uri": file, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }


def test_what_a_finding_is_about_is_told_as_a_logical_place() -> None:
    result = only(run_of(UNLISTED))
    assert result["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "contoso/service:lobby", "name": "service:lobby"}
    ]
    assert result["properties"] == {"count": 1, "holders": ["service:lobby"], "license": None, "tenant": "contoso"}


def test_fingerprints_stay_when_lines_and_numbers_move() -> None:
    before = (EXCEEDED, IDLE, TERMS, SOON)
    after = (
        replace(EXCEEDED, line=99, message="Contact Center User: 130 assigned", column=None),
        replace(IDLE, count=9, message="9 of them"),
        replace(TERMS, message="contingency contact_center_user 110 → 500"),
        replace(SOON, message="4 entries begin after 2026-11-25"),
    )
    assert fingerprints(*before) == fingerprints(*after)


def test_no_two_fingerprints_are_alike() -> None:
    again = replace(UNLISTED, holder="service:desk")
    term = replace(TERMS, message="state active → lab")
    names = fingerprints(EXCEEDED, EXCEEDED, replace(EXCEEDED, tenant="x"), UNLISTED, again, TERMS, term, SOON)
    assert len(set(names)) == 8


@pytest.mark.parametrize(
    "other",
    [
        replace(UNLISTED, tenant="fabrikam"),
        replace(UNLISTED, file="tenants/other.yaml"),
        replace(UNLISTED, holder="service:desk"),
        replace(UNLISTED, license="companion"),
        replace(UNLISTED, rule="virtual-user-unlicensed"),
        replace(UNLISTED, holder=None),
        replace(UNLISTED, holder=None, message="service:desk keeps its licenses"),
    ],
)
def test_a_fingerprint_stays_when_another_finding_comes_or_goes(other: Finding) -> None:
    finding = replace(UNLISTED, holder=None) if other.holder is None and other.message != UNLISTED.message else UNLISTED
    assert fingerprints(other, finding)[1] == fingerprints(finding)[0]


def fingerprints(*findings: Finding) -> list[str]:
    """The fingerprints of findings, in the order of a run."""
    return [result["partialFingerprints"]["tenantry/v1"] for result in run_of(*findings)["results"]]


def test_five_thousand_results_are_shown_the_worst_and_the_rest_is_counted() -> None:
    warnings = tuple(replace(IDLE, holder=f"user:{at}", hint="") for at in range(5_500))
    run = run_of(*warnings, EXCEEDED, SOON)
    assert len(run["results"]) == 5_000
    assert run["results"][0]["ruleId"] == "contingency-exceeded"
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "501 warnings, 1 notice." in notification["message"]["text"]


def test_a_file_never_grows_beyond_what_is_taken_compressed() -> None:
    chance = random.Random(4711)  # noqa: S311 - text that can't be compressed, not a secret
    signs = [chr(point) for point in range(0x4E00, 0x9FA5)]
    texts = ["".join(chance.choices(signs, k=1_500)) for _ in range(1_800)]
    findings = tuple(replace(EXCEEDED, message=text, hint=text) for text in texts)
    text = text_of(plan_set(replace(PLAN, findings=findings)))
    assert len(gzip.compress(text.encode(), 1)) < 10_000_000
    run = json.loads(text)["runs"][0]
    left_out = len(findings) - len(run["results"])
    assert 0 < left_out < 400
    assert f"{left_out:,} errors." in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_plan_and_validate_of_one_commit_stand_beside_each_other() -> None:
    validation = Validation((PROBLEM,), (Judged("contoso", (IDLE,)),))
    run = sarif_run(VALIDATION_FORMATS["sarif"](validation, CATALOG, LAYOUT))
    assert [result["ruleId"] for result in run["results"]] == ["unknown-license", "companion-idle"]
    assert run["automationDetails"]["id"] == "tenantry-validate/"
    assert run["tool"]["driver"]["version"] == __version__
    assert run_of(IDLE)["automationDetails"]["id"] == "tenantry-plan/"


def test_the_version_is_that_of_the_tool_that_planned() -> None:
    plans = replace(plan_set(PLAN), tool="tenantry 7.8.9")
    driver = sarif_run(text_of(plans))["tool"]["driver"]
    assert (driver["name"], driver["fullName"], driver["version"]) == ("tenantry", "tenantry 7.8.9", "7.8.9")


def test_without_findings_there_is_a_run_without_results() -> None:
    assert run_of()["results"] == []
    assert sarif_run(text_of(plan_set()))["tool"]["driver"]["rules"] == []


@pytest.mark.parametrize(
    "path", ["tenants/a b#c?d%20é漢.yaml", "tenants/[x]{y}|z\\w.csv", "c:d", "tenants/\udcff.yaml"]
)
def test_a_path_is_a_uri_that_leads_back_to_it(path: str) -> None:
    uri = place(only(run_of(replace(EXCEEDED, file=path))))["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not set(uri) & set(" #?[]{}|\\:")
    assert unquote(uri) == path.encode("utf-8", "backslashreplace").decode()


def test_a_file_from_elsewhere_has_a_uri_of_its_own() -> None:
    location = place(only(run_of(replace(PROBLEM, file="/tmp/a b.json"))))["artifactLocation"]  # noqa: S108 - a name
    assert location == {"uri": "file:///tmp/a%20b.json"}


@pytest.mark.parametrize("text", [*HOSTILE, "{0}", "{{", "[a](1)", "](x"])
def test_a_hostile_text_is_only_text(text: str) -> None:
    finding = replace(PROBLEM, message=text, hint="", file=f"x{text}", rule=f"x{text}", tenant=None, waived=text)
    result = only(run_of(problems=(finding,), layout=Layout()))
    said = result["message"]["text"]
    assert said.replace("{{", "{").replace("}}", "}").replace("\\[", "[").replace("\\]", "]") == visible(text)
    assert "](" not in said.replace("\\](", "")
    assert result["ruleId"] == visible(f"x{text}")
    assert result["suppressions"][0]["justification"] == visible(text)
    assert unquote(place(result)["artifactLocation"]["uri"]) == f"x{text}"


def test_data_is_as_it_was_although_commands_are_written_in_another_way() -> None:
    finding = replace(SOON, message="a\\::error::b ##vso[x]y \\##[z]", tenant=None)
    text = text_of(plan_set(replace(PLAN, findings=(finding,))))
    assert "::" not in text
    assert "##" not in text
    assert json.loads(text)["runs"][0]["results"][0]["message"]["text"] == finding.message


def test_a_tenant_without_a_plan_is_no_success_and_is_named() -> None:
    (planned,) = run_of(problems=(replace(PROBLEM, tenant=PLAN.tenant),))["invocations"]
    assert (planned["executionSuccessful"], planned["toolExecutionNotifications"]) == (True, [])
    (missing,) = run_of(problems=(replace(PROBLEM, tenant="else"), replace(PROBLEM, tenant="else")))["invocations"]
    assert not missing["executionSuccessful"]
    assert [item["message"]["text"] for item in missing["toolExecutionNotifications"]] == [
        "else isn't planned: 2 problems."
    ]
