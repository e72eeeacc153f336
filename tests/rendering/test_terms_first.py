"""Terms that moved are told before everything else under the verdict, in every format that a plan has."""

import json
from dataclasses import replace

import pytest
from markdown_page import read
from rendering_samples import CATALOG, EXCEEDED, IDLE, PLAN, PROBLEM, SOON, TERMS, UNLISTED, plan_set

from tenantry.model.plan import Finding, PlanSet
from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.layout import Layout

MOVED = "contingency contact_center_user 110 → 120"
TOLD = (TERMS, EXCEEDED, UNLISTED, IDLE, SOON)
SEVERAL = plan_set(
    replace(PLAN, tenant="a", findings=(replace(SOON, tenant="a"),)),
    replace(PLAN, tenant="b", findings=tuple(replace(item, tenant="b") for item in TOLD)),
)


def shown(plans: PlanSet, fmt: str, **layout: int) -> str:
    return PLAN_FORMATS[fmt](plans, CATALOG, Layout(**layout))  # type: ignore[arg-type]


@pytest.mark.parametrize("fmt", [fmt for fmt in PLAN_FORMATS if fmt != "gitlab-terraform"])  # it has three numbers
def test_no_other_finding_of_the_tenant_is_told_before_them(fmt: str) -> None:
    text = shown(plan_set(replace(PLAN, findings=TOLD)), fmt)
    text = read(text).text if fmt == "markdown" else text
    at = text.index("terms-changed")
    assert all(at < text.index(item.rule) for item in TOLD[1:])


def test_a_terminal_shows_them_right_under_the_head_of_the_tenant() -> None:
    head, first, *_ = shown(plan_set(replace(PLAN, findings=TOLD)), "text").split("\n  ℹ info ")  # noqa: RUF001
    assert "rejected" in head
    assert "Services" not in head
    assert first.startswith(f"terms-changed: {MOVED}\n")


def test_a_page_shows_them_right_under_the_verdict() -> None:
    text = read(shown(plan_set(replace(PLAN, findings=TOLD)), "markdown")).text
    order = ["✖ rejected", "To know first", "110 → 120", "Errors", "Warnings", "118"]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_annotations_begin_with_them_whichever_tenant_they_are_of() -> None:
    first, *rest = shown(SEVERAL, "github").splitlines()
    assert first.startswith("::notice ")
    assert first.endswith(f"::b: {MOVED}%0A{TERMS.hint}")
    assert [line.split(" ")[0] for line in rest] == ["::error", "::warning", "::warning", "::notice", "::notice"]
    with_problem = replace(SEVERAL, problems=(PROBLEM,))
    assert shown(with_problem, "github").splitlines()[0] == first


def test_of_more_notices_than_are_shown_they_are_the_ones_that_stay() -> None:
    soon = tuple(replace(SOON, tenant="a", line=at + 1) for at in range(30))
    plans = plan_set(replace(PLAN, tenant="a", findings=soon), replace(PLAN, tenant="b", findings=(TERMS,)))
    assert MOVED in shown(plans, "github").splitlines()[0]


def test_data_has_them_first() -> None:
    data = json.loads(shown(plan_set(replace(PLAN, findings=TOLD)), "json"))
    assert data["plans"][0]["findings"][0]["message"] == MOVED


def many(count: int) -> tuple[Finding, ...]:
    return tuple(replace(TERMS, message=f"guards protected none → user:{at:04}") for at in range(count))


def test_a_page_tells_each_term_that_moved_as_long_as_there_is_room() -> None:
    page = read(shown(plan_set(replace(PLAN, findings=many(60))), "markdown")).text
    assert all(f"user:{at:04}" in page for at in range(60))


@pytest.mark.parametrize("count", [200, 3000])
def test_more_terms_than_a_page_has_room_for_are_counted(count: int) -> None:
    page = shown(plan_set(replace(PLAN, findings=many(count))), "markdown", max_bytes=20_000)
    assert len(page.encode()) <= 20_000
    told = page.count("protected none")
    assert told > 1
    assert f"{count - told} more of this rule" in page
