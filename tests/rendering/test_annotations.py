"""Workflow commands of GitHub: the worst first, no more than are shown, and none that a file wrote."""

import re
from dataclasses import replace

import pytest
from hostile_plans import TEXTS, shaped
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering_samples import CATALOG, EXCEEDED, IDLE, PLAN, PROBLEM, SOON, plan_set
from test_escape import HOSTILE

from tenantry.model.plan import Finding, PlanSet
from tenantry.model.report import Judged, Validation
from tenantry.rendering.formats import PLAN_FORMATS, VALIDATION_FORMATS
from tenantry.rendering.layout import Layout

COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^,:\r\n]*)(?:,\w+=[^,:\r\n]*)*)::([^\r\n]*)")


def shown(plans: PlanSet) -> list[str]:
    """The lines of plans."""
    return PLAN_FORMATS["github"](plans, CATALOG, Layout()).splitlines()


def many(finding: Finding, count: int) -> tuple[Finding, ...]:
    """Findings that differ by their line."""
    return tuple(replace(finding, line=at + 1) for at in range(count))


def test_a_finding_leads_to_its_line_and_carries_its_hint() -> None:
    assert shown(plan_set(problems=[PROBLEM])) == [
        (
            "::error file=tenants/nordwind.yaml,line=9,col=18,title=unknown-license::"
            "nordwind: 'compagnion' is no license of the catalog%0Adid you mean 'companion'?"
        )
    ]


def test_a_finding_without_a_file_has_no_file_property() -> None:
    assert shown(plan_set(replace(PLAN, findings=(IDLE,))))[0].startswith("::warning title=companion-idle::contoso: ")


def test_a_waived_error_is_a_notice_with_the_reason() -> None:
    line = shown(plan_set(replace(PLAN, findings=(replace(EXCEEDED, waived="ticket 4711"),))))[0]
    assert line.startswith("::notice ")
    assert line.endswith("%0Awaived: ticket 4711")


def test_ten_of_a_kind_are_shown_errors_first_and_the_rest_is_counted() -> None:
    lines = shown(plan_set(replace(PLAN, findings=(*many(SOON, 30), *many(IDLE, 12), *many(EXCEEDED, 25)))))
    kinds = [COMMAND.fullmatch(line)[1] for line in lines]  # type: ignore[index]
    assert kinds == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert [line.rpartition("::")[2] for line in lines[-3:]] == [
        "and 15 more errors; the plan shows all of them",
        "and 2 more warnings; the plan shows all of them",
        "and 23 more notices; the plan shows all of them",
    ]


def test_validation_annotates_too() -> None:
    validation = Validation((PROBLEM,), (Judged("contoso", (IDLE,)),))
    lines = VALIDATION_FORMATS["github"](validation, CATALOG, Layout()).splitlines()
    assert [line.split()[0] for line in lines] == ["::error", "::warning"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_in_its_command(text: str) -> None:
    finding = replace(PROBLEM, message=text, hint=text, file=text, rule=text, tenant=text)
    lines = shown(plan_set(problems=[finding]))
    assert len(lines) == 1
    assert COMMAND.fullmatch(lines[0])
    assert "##" not in lines[0]


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_every_line_is_one_command_of_ours(texts: list[str]) -> None:
    lines = shown(shaped(texts))
    assert len(lines) == 9
    assert all(COMMAND.fullmatch(line) for line in lines)
