"""JUnit XML: valid by the schema of Jenkins, a suite a tenant, a case a rule, and no markup that a file wrote."""

from dataclasses import replace

import pytest
from foreign_readers import junit, log_commands
from lxml import etree
from rendering_samples import CATALOG, EXCEEDED, IDLE, PLAN, PROBLEM, QUIET, SOON, TERMS, plan_set
from test_escape import HOSTILE

from tenantry.model.plan import HELD, Finding, PlanSet
from tenantry.model.report import Judged, Validation
from tenantry.rendering.escape import visible
from tenantry.rendering.formats import PLAN_FORMATS, VALIDATION_FORMATS
from tenantry.rendering.layout import Layout


def root_of(plans: PlanSet) -> etree._Element:
    """Plans as they are read."""
    return junit(PLAN_FORMATS["junit"](plans, CATALOG, Layout()))


def cases_of(*findings: Finding) -> list[etree._Element]:
    """The cases of a plan with these findings."""
    return list(root_of(plan_set(replace(PLAN, findings=findings))).iter("testcase"))


def outcome(case: etree._Element) -> str:
    """What a reader makes of a case."""
    return next((kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), "passed")


def test_a_tenant_is_a_suite_and_a_rule_a_case() -> None:
    root = root_of(plan_set(PLAN, replace(QUIET, tenant="fabrikam"), problems=[PROBLEM]))
    assert root.get("name") == "tenantry plan"
    assert [suite.get("name") for suite in root] == ["contoso", "fabrikam", "nordwind"]
    assert [[case.get("name") for case in suite] for suite in root] == [
        [f"contoso: {finding.rule}" for finding in PLAN.findings],
        ["fabrikam: plan"],
        ["nordwind: unknown-license"],
    ]
    assert [case.get("classname") for case in root[2]] == ["tenantry.nordwind"]


def test_counts_are_those_of_the_cases() -> None:
    waived = replace(EXCEEDED, rule="max-revocations", waived="ticket 4711")
    root = root_of(plan_set(replace(PLAN, findings=(EXCEEDED, waived, IDLE)), problems=[PROBLEM]))
    assert dict(root.attrib) == {"name": "tenantry plan", "tests": "4", "failures": "2", "errors": "0"}
    assert dict(root[0].attrib) == {"name": "contoso", "tests": "3", "failures": "1", "errors": "0", "skipped": "1"}
    assert [outcome(case) for case in root.iter("testcase")] == ["failure", "skipped", "passed", "failure"]


def test_an_error_fails_with_its_sentence_its_place_and_its_hint() -> None:
    (case,) = cases_of(EXCEEDED)
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == EXCEEDED.message
    assert failure.get("type") == EXCEEDED.rule
    assert failure.text == f"✖ error tenants/contoso.yaml:14:5: {EXCEEDED.message}\n    hint: {EXCEEDED.hint}"


def test_all_errors_of_a_rule_stand_in_its_case_up_to_fifty() -> None:
    (case,) = cases_of(*(replace(EXCEEDED, message=f"number {at}", hint="") for at in range(60)))
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "number 0 (and 59 more errors)"
    lines = (failure.text or "").splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 10 more findings"


def test_a_waived_error_is_skipped_with_the_reason() -> None:
    (case,) = cases_of(replace(EXCEEDED, waived="ticket 4711"))
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "waived: ticket 4711"
    told = f"✔ waived tenants/contoso.yaml:14:5: {EXCEEDED.message}\n    waived: ticket 4711"
    assert case.findtext("system-out") == told


def test_a_rule_with_an_error_left_fails_although_another_is_waived() -> None:
    (case,) = cases_of(EXCEEDED, replace(EXCEEDED, waived="ticket 4711"))
    assert outcome(case) == "failure"
    assert "waived: ticket 4711" in (case.findtext("system-out") or "")


def test_warnings_and_informations_pass_and_are_told() -> None:
    cases = cases_of(IDLE, TERMS, SOON)
    assert [outcome(case) for case in cases] == ["passed"] * 3
    told = cases[0].findtext("system-out") or ""
    assert told.startswith(f"⚠ warning {IDLE.message}\n    holders: user:a@contoso.example")


def test_what_is_on_hold_fails_nothing_as_with_exit_codes() -> None:
    held = Finding(rule=HELD, severity="info", tenant="contoso", message="until the merger")
    cases = cases_of(EXCEEDED, held)
    assert [outcome(case) for case in cases] == ["skipped", "passed"]
    skipped = cases[0].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "on hold: until the merger"
    assert EXCEEDED.message in (cases[0].findtext("system-out") or "")


def test_problems_of_no_tenant_have_a_suite_of_their_own_in_their_order() -> None:
    first, second = (replace(PROBLEM, tenant=None, rule=rule) for rule in ("z-rule", "a-rule"))
    root = root_of(plan_set(PLAN, problems=[first, second]))
    assert [case.get("name") for case in root[0]] == ["(workspace): z-rule", "(workspace): a-rule"]


def test_validation_is_told_too() -> None:
    validation = Validation((PROBLEM,), (Judged("contoso", (IDLE,)), Judged("fabrikam", ())))
    root = junit(VALIDATION_FORMATS["junit"](validation, CATALOG, Layout()))
    assert root.get("name") == "tenantry validate"
    names = [case.get("name") for case in root.iter("testcase")]
    assert names == ["contoso: companion-idle", "fabrikam: validate", "nordwind: unknown-license"]


def test_without_tenants_the_report_is_valid_and_empty() -> None:
    assert len(root_of(plan_set())) == 0


@pytest.mark.parametrize("text", [*HOSTILE, "]]>", "<![CDATA[x", "\x00\x0b\ufffe\uffff", "&amp;&#0;", "\"'", "\r\n\t"])
def test_a_hostile_text_is_only_text(text: str) -> None:
    finding = replace(PROBLEM, message=text, hint=text, file=text, rule=f"x{text}", tenant=f"x{text}", line=None)
    said = PLAN_FORMATS["junit"](plan_set(problems=[finding]), CATALOG, Layout())
    assert not log_commands(said)
    (suite,) = junit(said)
    (case,) = suite
    (failure,) = case
    shown = visible(text)
    assert suite.get("name") == f"x{shown}"
    assert case.get("name") == f"x{shown}: x{shown}"
    assert failure.get("type") == f"x{shown}"
    assert failure.get("message") == shown
    assert failure.text == f"✖ error {shown}:18: {shown}\n    hint: {shown}"
