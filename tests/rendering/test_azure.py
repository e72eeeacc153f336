"""Logging commands of Azure Pipelines: the worst first, no more than are shown, and none that a file wrote."""

from dataclasses import replace

import pytest
from foreign_readers import agent_command, log_commands
from rendering_samples import CATALOG, EXCEEDED, IDLE, PLAN, PROBLEM, SOON, TERMS, plan_set
from test_annotations import many
from test_escape import HOSTILE

from tenantry.model.plan import PlanSet
from tenantry.model.report import Judged, Validation
from tenantry.rendering.escape import plain
from tenantry.rendering.formats import PLAN_FORMATS, VALIDATION_FORMATS
from tenantry.rendering.layout import Layout


def shown(plans: PlanSet) -> list[str]:
    """The lines of plans."""
    return PLAN_FORMATS["azure"](plans, CATALOG, Layout()).splitlines()


def test_an_error_leads_to_its_line_and_carries_its_hint() -> None:
    (line,) = shown(plan_set(problems=[PROBLEM]))
    assert line == (
        "##vso[task.logissue type=error;sourcepath=tenants/nordwind.yaml;linenumber=9;columnnumber=18;"
        "code=unknown-license]nordwind: 'compagnion' is no license of the catalog%0Adid you mean 'companion'?"
    )


def test_a_finding_without_a_file_has_no_place() -> None:
    (line,) = shown(plan_set(replace(PLAN, findings=(IDLE,))))
    assert line.startswith("##vso[task.logissue type=warning;code=companion-idle]contoso: Companion does nothing")


def test_what_is_only_told_is_a_line_of_the_log_and_no_issue() -> None:
    waived = replace(EXCEEDED, waived="ticket 4711")
    lines = shown(plan_set(replace(PLAN, findings=(waived, SOON))))
    assert [agent_command(line) for line in lines] == [None, None]
    assert lines[0].startswith("✔ waived tenants/contoso.yaml:14:5: contingency-exceeded: contoso: Contact Center User")
    assert lines[0].endswith("1 is missing (waived: ticket 4711)")


def test_terms_that_moved_stand_before_errors() -> None:
    lines = shown(plan_set(replace(PLAN, findings=(SOON, IDLE, EXCEEDED, TERMS))))
    assert ["terms-changed" in line for line in lines] == [True, False, False, False]
    assert ["type=error" in line for line in lines] == [False, True, False, False]


def test_ten_of_a_kind_are_shown_and_a_warning_counts_the_rest() -> None:
    lines = shown(plan_set(replace(PLAN, findings=(*many(SOON, 12), *many(IDLE, 12), *many(EXCEEDED, 25)))))
    commands = [command for command in map(agent_command, lines) if command is not None]
    kinds = [properties["type"] for _, properties, _ in commands]
    assert kinds == ["error"] * 10 + ["warning"] * 10
    assert [message for _, _, message in commands[-2:]] == [
        "and 15 more errors; the plan shows all of them",
        "and 4 more warnings; the plan shows all of them",
    ]
    assert lines[-1] == "and 2 more notices; the plan shows all of them"
    assert len(lines) == 10 + 10 + 10 + 1


def test_ten_warnings_need_no_sentence_that_counts_the_rest() -> None:
    lines = shown(plan_set(replace(PLAN, findings=(*many(IDLE, 10), *many(EXCEEDED, 10)))))
    assert len(lines) == 20
    assert not [line for line in lines if "more" in line]


def test_validation_is_shown_too() -> None:
    lines = VALIDATION_FORMATS["azure"](Validation((PROBLEM,), (Judged("contoso", (IDLE,)),)), CATALOG, Layout())
    assert [line.partition(";")[0] for line in lines.splitlines()] == [
        "##vso[task.logissue type=error",
        "##vso[task.logissue type=warning",
    ]


def test_percent_signs_stay_readable_and_no_code_of_a_file_is_read_as_one() -> None:
    finding = replace(PROBLEM, tenant=None, message="10 % of 100%, %0A %5D %AZP25 %3B; a]b", hint="", file="a;b]c%0A")
    (line,) = shown(plan_set(problems=[finding]))
    assert "10 % of 100%, %AZP250A" in line
    command = agent_command(line)
    assert command is not None
    assert command[1]["sourcepath"] == "a;b]c%0A"
    assert command[2] == finding.message


@pytest.mark.parametrize("text", [*HOSTILE, "x##vso[task.complete result=Succeeded]", "###[error]", "]##vso[a.b]c"])
def test_a_hostile_text_stays_in_its_command(text: str) -> None:
    text = f"x{text}"
    finding = replace(PROBLEM, message=text, hint=text, file=text, rule=text, tenant=text)
    (line,) = shown(plan_set(problems=[finding]))
    assert line.count("##") == 1
    assert log_commands(line) == [line]
    name, properties, message = agent_command(line) or ("", {}, "")
    assert name == "task.logissue"
    assert properties["type"] == "error"
    assert properties["sourcepath"] == properties["code"] == plain(text)
    assert message == f"{plain(f'{text}: {text}')}\n{plain(text)}"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_in_a_line_of_the_log_is_no_command(text: str) -> None:
    finding = replace(SOON, message=text, hint=text, file=text, tenant=text)
    lines = shown(plan_set(replace(PLAN, findings=(finding,))))
    assert len(lines) == 1
    assert not log_commands(lines[0])
