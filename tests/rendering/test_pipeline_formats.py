"""What holds for every format that a pipeline reads, whatever text stands in the files."""

from dataclasses import replace

import pytest
from foreign_readers import agent_command, gitlab, junit, log_commands, sarif_run
from hostile_plans import TEXTS, shaped
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering_samples import CATALOG

from tenantry.model.plan import PlanSet
from tenantry.model.report import Judged, Validation
from tenantry.rendering.escape import plain, visible
from tenantry.rendering.formats import PLAN_FORMATS, VALIDATION_FORMATS
from tenantry.rendering.layout import Layout

LAYOUT = Layout()
MARKS = ("::", "##vso[", "##[")
PIPELINES = ("azure", "sarif", "junit", "gitlab-terraform", "gitlab-codequality")


def rendered(plans: PlanSet) -> dict[str, str]:
    """Plans in every format of pipelines."""
    return {name: PLAN_FORMATS[name](plans, CATALOG, LAYOUT) for name in PIPELINES}


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_any_text_leaves_each_format_whole_and_comes_out_as_it_went_in(texts: list[str]) -> None:
    plans = shaped(texts)
    said = rendered(plans)
    findings = (*plans.problems, *(finding for plan in plans.plans for finding in plan.findings))
    messages = {f"{finding.tenant}: {finding.message}" for finding in findings}
    results = sarif_run(said["sarif"])["results"]
    issues = gitlab("codequality", said["gitlab-codequality"])
    cases = ["".join(case.itertext()) for suite in junit(said["junit"]) for case in suite]
    commands = [command for command in map(agent_command, said["azure"].splitlines()) if command is not None]
    assert len(results) == len(issues) == len(findings) == 9
    assert len(cases) == 7  # of an error and a waived one of the same rule one case tells
    assert all(any(f": {visible(finding.message)}\n" in case for case in cases) for finding in findings)
    assert {result["message"]["text"].partition("\n")[0] for result in results} == {
        _as_message(visible(message)) for message in messages
    }
    assert all(any(issue["description"].startswith(visible(text)) for text in messages) for issue in issues)
    loud = [finding for finding in findings if finding.severity != "info" and finding.waived is None]
    assert sorted((properties["sourcepath"], message.partition("\n")[0]) for _, properties, message in commands) == (
        sorted((plain(finding.file or ""), plain(f"{finding.tenant}: {finding.message}")) for finding in loud)
    )


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_no_text_becomes_a_command_of_a_log_in_any_of_them_or_in_text(texts: list[str]) -> None:
    plans = shaped(texts)
    said = rendered(plans)
    assert all(line.count("##") == 1 for line in log_commands(said.pop("azure")))
    assert not [name for name, text in said.items() if any(mark in text for mark in MARKS)]
    assert not log_commands(PLAN_FORMATS["text"](plans, CATALOG, LAYOUT))
    validation = Validation(plans.problems, tuple(Judged(plan.tenant, plan.findings) for plan in plans.plans))
    assert not log_commands(VALIDATION_FORMATS["text"](validation, CATALOG, LAYOUT))


@settings(max_examples=20)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_equal_input_has_equal_bytes(texts: list[str]) -> None:
    assert rendered(shaped(texts)) == rendered(shaped(texts))


def test_validate_knows_every_format_of_findings_that_plan_knows() -> None:
    assert set(PIPELINES) - set(VALIDATION_FORMATS) == {"gitlab-terraform"}


@pytest.mark.parametrize("name", PIPELINES)
def test_a_character_that_no_encoding_takes_is_seen_as_its_code_point(name: str) -> None:
    plans = shaped(["x\udcff"])
    text = PLAN_FORMATS[name](replace(plans, problems=()), CATALOG, LAYOUT)
    assert text.encode()
    assert text.endswith("\n")


def _as_message(text: str) -> str:
    """A sentence as a message of SARIF writes it."""
    text = text.replace("{", "{{").replace("}", "}}")
    return text.replace("[", r"\[").replace("]", r"\]") if "](" in text else text
