"""What GitLab shows in a merge request: counts of changes, and findings with fingerprints that stay."""

from dataclasses import replace

import pytest
from foreign_readers import gitlab, log_commands
from rendering_samples import CATALOG, EXCEEDED, IDLE, PLAN, PROBLEM, QUIET, SOON, TERMS, UNLISTED, plan_set
from test_escape import HOSTILE

from tenantry.model.plan import Finding
from tenantry.model.report import Judged, Validation
from tenantry.rendering.escape import visible
from tenantry.rendering.formats import PLAN_FORMATS, VALIDATION_FORMATS
from tenantry.rendering.layout import Layout

LAYOUT = Layout(files={"contoso": ("tenants/contoso/users.yaml",)})


def issues(*findings: Finding, problems: tuple[Finding, ...] = ()) -> list[dict[str, object]]:
    """The issues of a plan with these findings."""
    plans = plan_set(replace(PLAN, findings=findings), problems=problems)
    report = gitlab("codequality", PLAN_FORMATS["gitlab-codequality"](plans, CATALOG, LAYOUT))
    assert isinstance(report, list)
    return report


def test_changes_of_all_plans_are_counted_in_the_words_of_terraform() -> None:
    plans = plan_set(PLAN, replace(PLAN, tenant="fabrikam"), replace(QUIET, tenant="nordwind"), problems=[PROBLEM])
    text = PLAN_FORMATS["gitlab-terraform"](plans, CATALOG, LAYOUT)
    assert gitlab("terraform", text) == {"create": 6, "update": 6, "delete": 2}
    assert text == '{"create":6,"delete":2,"update":6}\n'


def test_without_changes_every_count_is_there_and_zero() -> None:
    text = PLAN_FORMATS["gitlab-terraform"](plan_set(), CATALOG, LAYOUT)
    assert gitlab("terraform", text) == {"create": 0, "update": 0, "delete": 0}


def test_an_issue_has_the_place_and_the_words_of_its_finding() -> None:
    (issue,) = issues(problems=(PROBLEM,))
    assert issue.pop("fingerprint")
    assert issue == {
        "check_name": "unknown-license",
        "description": "nordwind: 'compagnion' is no license of the catalog did you mean 'companion'?",
        "location": {"path": "tenants/nordwind.yaml", "lines": {"begin": 9}},
        "severity": "blocker",
    }


def test_holders_that_the_message_does_not_name_are_told() -> None:
    (issue,) = issues(IDLE)
    assert issue["description"] == (
        f"contoso: {IDLE.message} (user:a@contoso.example, user:b@contoso.example, user:c@contoso.example and 4 more)"
    )


def test_a_finding_without_a_file_is_told_at_the_file_of_its_tenant() -> None:
    places = [issue["location"] for issue in issues(SOON, replace(SOON, tenant="x"), replace(SOON, tenant=None))]
    assert places == [
        {"path": path, "lines": {"begin": 1}}
        for path in ("tenants/contoso/users.yaml", "tenants/x.yaml", "tenantry.yaml")
    ]


def test_severities_say_what_blocks_and_the_worst_stand_first() -> None:
    found = issues(SOON, IDLE, replace(EXCEEDED, rule="max-revocations", waived="ticket 4711"), EXCEEDED, TERMS)
    assert [(issue["check_name"], issue["severity"]) for issue in found] == [
        ("terms-changed", "info"),
        ("contingency-exceeded", "blocker"),
        ("companion-idle", "minor"),
        ("starts-later", "info"),
        ("max-revocations", "info"),
    ]
    assert str(found[4]["description"]).endswith("1 is missing Waived: ticket 4711")


def test_fingerprints_are_one_each_and_none_of_a_line() -> None:
    findings = (EXCEEDED, EXCEEDED, IDLE, UNLISTED, replace(UNLISTED, holder="service:desk"))
    moved = tuple(replace(finding, line=77) for finding in findings)
    names = [issue["fingerprint"] for issue in issues(*findings)]
    assert len(set(names)) == len(findings)
    assert names == [issue["fingerprint"] for issue in issues(*moved)]


def test_plan_and_validate_tell_one_problem_under_one_fingerprint() -> None:
    validation = Validation((PROBLEM,), (Judged("contoso", (IDLE,)),))
    text = VALIDATION_FORMATS["gitlab-codequality"](validation, CATALOG, LAYOUT)
    report = gitlab("codequality", text)
    assert [issue["check_name"] for issue in report] == ["unknown-license", "companion-idle"]
    assert report == issues(IDLE, problems=(PROBLEM,))


def test_without_findings_the_report_is_an_empty_list() -> None:
    assert PLAN_FORMATS["gitlab-codequality"](plan_set(QUIET), CATALOG, LAYOUT) == "[]\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_only_text(text: str) -> None:
    finding = replace(PROBLEM, message=text, hint="", file=f"x{text}", rule=f"x{text}", tenant=None)
    said = PLAN_FORMATS["gitlab-codequality"](plan_set(problems=[finding]), CATALOG, LAYOUT)
    assert not log_commands(said)
    (issue,) = gitlab("codequality", said)
    assert issue["description"] == visible(text)
    assert issue["check_name"] == issue["location"]["path"] == visible(f"x{text}")
