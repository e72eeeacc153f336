"""The comment of a pull request: what must be seen is there in any room, and no name becomes more than a name."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hostile_plans import TEXTS, shaped
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_page import OURS, read
from rendering_samples import CATALOG, EXCEEDED, PLAN, PROBLEM, QUIET, READY, TERMS, large_plan, plan_set
from test_escape import HOSTILE

from tenantry.model.plan import Change, Finding, PlanSet
from tenantry.rendering.escape import visible
from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.layout import Layout

GOLDEN = Path(__file__).parent / "golden"


def shown(plans: PlanSet, **layout: object) -> str:
    """The page of plans."""
    return PLAN_FORMATS["markdown"](plans, CATALOG, Layout(**layout))  # type: ignore[arg-type]


def test_a_rejected_plan_reads_as_agreed() -> None:
    assert shown(plan_set(PLAN)) == (GOLDEN / "rejected.md").read_text(encoding="utf-8")


def test_the_first_line_is_the_marker_with_the_effect() -> None:
    assert shown(plan_set(PLAN)).splitlines()[0] == f"<!-- tenantry:plan effect=sha256:{'c' * 64} -->"


def test_the_page_goes_from_the_verdict_to_the_digest() -> None:
    text = read(shown(plan_set(PLAN))).text
    order = [
        "✖ rejected: Contoso AG",
        "Contact Center User will be 1 over what was bought.",
        "terms-changed",
        "contingency-exceeded",
        "no-longer-listed",
        "118 → 121 / 120".replace(" ", "\xa0"),
        "- revoke".replace(" ", "\xa0"),
        "Left alone",
        "Plan: 3 to grant",
        "digest sha256:dddd",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_licenses_that_stay_as_they_are_are_folded() -> None:
    page = read(shown(plan_set(PLAN)))
    assert [row[0] for row in page.tables[0][1:]] == [
        "Enterprise Routing", "Contact Center", "Contact Center User", "Companion",
    ]  # fmt: skip
    assert "4 more licenses in use or bought, unchanged" in page.text


def test_removals_stand_first_then_replacements_then_grants() -> None:
    table = read(shown(plan_set(PLAN))).tables[1]
    assert [row[0].split("\xa0")[-1] for row in table[1:]] == ["revoke", "replace", "grant", "grant", "grant"]


def test_with_several_tenants_a_table_of_verdicts_comes_first_and_unchanged_ones_share_a_line() -> None:
    others = [replace(READY, tenant="fabrikam"), replace(QUIET, tenant="acme"), replace(QUIET, tenant="zeta")]
    page = read(shown(plan_set(PLAN, *others, problems=[PROBLEM])))
    assert [(row[0], row[2].replace("\xa0", " ")) for row in page.tables[0][1:]] == [
        ("nordwind", "✖ not planned"),
        ("contoso", "✖ rejected"),
        ("fabrikam", "✔ ready"),
    ]
    assert page.tables[0][2][3:] == ["3", "1", "1", "2", "1", "2"]
    assert "No changes: acme, zeta" in page.text
    assert "✖ not all planned: 1 of 5 tenants can't be read" in page.text


def test_nothing_to_do_is_a_short_page() -> None:
    assert "= no changes: Contoso AG" in read(shown(plan_set(QUIET))).text
    assert "Files and current state agree." in read(shown(plan_set(QUIET))).text
    assert "= no changes: 0 tenants" in read(shown(plan_set())).text
    assert "✖ not planned: 1 of 1 tenant can't be read" in read(shown(plan_set(problems=[PROBLEM]))).text


def test_the_heading_tells_how_many_of_several_tenants_change_or_cannot() -> None:
    other, quiet, unplaced = (
        replace(READY, tenant="fabrikam"),
        replace(QUIET, tenant="acme"),
        replace(PROBLEM, tenant=None),
    )
    headings = {
        "✖ rejected: 1 of 2 tenants": plan_set(PLAN, other),
        "✔ ready: 1 of 2 tenants will change": plan_set(other, quiet),
        "= no changes: 2 tenants": plan_set(quiet, QUIET),
        "✖ problems in files; 2 tenants planned": plan_set(other, quiet, problems=[unplaced]),
        "✖ not planned: problems in files": plan_set(problems=[unplaced]),
    }
    for heading, plans in headings.items():
        assert heading in read(shown(plans)).text


def test_portal_execution_says_that_people_carry_it_out() -> None:
    assert "from a run sheet" in read(shown(plan_set(replace(READY, execution="portal")))).text


def test_a_tenant_on_hold_says_why() -> None:
    assert "■ on hold: until the merger" in read(shown(plan_set(READY), held={"contoso": "until the merger"})).text


def test_there_is_no_picture_and_no_diagram() -> None:
    page = shown(plan_set(PLAN, replace(READY, tenant="fabrikam")))
    assert "mermaid" not in page
    assert "img" not in read(page).tags


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_a_cell_of_the_table_of_changes(name: str) -> None:
    change = Change(step=1, action="grant", holder=f"user:{name}", license="companion", reason="profile agent")
    page = read(shown(plan_set(replace(PLAN, changes=(change, change)))))
    assert [row[2] for row in page.tables[1]] == ["Holder", f"user:{visible(name)}", f"user:{visible(name)}"]
    assert set(page.tags) <= OURS
    assert len(page.comments) == 1


TAME = read(shown(shaped(["xa"])))


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=30))
def test_no_text_from_a_file_changes_the_structure_of_the_page(texts: list[str]) -> None:
    page, tame = read(shown(shaped(texts))), TAME
    assert [tag for tag in page.tags if tag != "code"] == [tag for tag in tame.tags if tag != "code"]
    assert [[len(row) for row in table] for table in page.tables] == [
        [len(row) for row in table] for table in tame.tables
    ]
    assert len(page.comments) == 1


def errors(rules: int, each: int, message: str = "5 are missing") -> tuple[Finding, ...]:
    """Errors of some rules, with a holder each."""
    return tuple(
        replace(EXCEEDED, rule=f"rule-{rule:02}", holder=f"user:p{at}@contoso.example", message=message)
        for rule in range(rules)
        for at in range(each)
    )


@settings(deadline=None, max_examples=25)
@given(
    budget=st.integers(4_000, 70_000),
    changes=st.integers(0, 1000),
    tenants=st.integers(1, 12),
    rules=st.integers(0, 8),
    each=st.integers(1, 60),
    message=st.text(max_size=300),
)
def test_the_budget_is_kept_and_verdict_and_totals_stay(
    budget: int, changes: int, tenants: int, rules: int, each: int, message: str
) -> None:
    found = errors(rules, each, message)
    verdict = "rejected" if rules else "ready"
    plans = [
        large_plan(changes // tenants, tenant=f"tenant-{at}", findings=found, verdict=verdict) for at in range(tenants)
    ]
    page = shown(plan_set(*plans), max_bytes=budget)
    assert len(page.encode()) <= budget
    text = read(page).text
    assert ("✖ rejected" if rules else "✔ ready") in text
    assert f"{tenants * rules * each:,} error" in text.rpartition("Plan:")[2]
    assert set(read(page).tags) <= OURS


@pytest.mark.parametrize("budget", [8_000, 20_000, 60_000])
def test_every_rule_that_rejects_is_told_also_where_its_errors_alone_exceed_the_budget(budget: int) -> None:
    page = shown(plan_set(large_plan(5000, findings=errors(10, 2000))), max_bytes=budget)
    assert len(page.encode()) <= budget
    text = read(page).text
    assert all(f"rule-{rule:02}" in text for rule in range(10))
    for rule in range(10):
        alone = len(re.findall(rf"error rule-{rule:02}\b", text))
        assert f"{2000 - alone} more of this rule: user:p{alone}@contoso.example" in text


def test_a_hundred_thousand_changes_are_counted_and_removals_survive_longest() -> None:
    began = time.perf_counter()
    page = shown(plan_set(large_plan(100_000)), max_bytes=20_000)
    assert time.perf_counter() - began < 2
    assert len(page.encode()) <= 20_000
    text = read(page).text
    assert "Removals: 1,000" in text
    named = text.count("user:person")
    assert named > 200
    assert f"and {1000 - named} more" in text
    assert f"Not shown here: {100_002 - named:,} of 100,002 changes and updates." in text
    assert not any("grant" in row[0] for table in read(page).tables for row in table)


def test_changed_terms_stay_in_a_small_budget() -> None:
    text = read(shown(plan_set(large_plan(1000, findings=(TERMS,))), max_bytes=3_000)).text
    assert "contingency contact_center_user 110 → 120" in text
