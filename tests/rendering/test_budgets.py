"""Pages in any room: bytes are kept, the verdict, errors, removals and totals stay, and what is missing is told."""

import re
from dataclasses import replace

import pytest
from hostile_plans import shaped
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_page import OURS, read
from rendering_samples import CATALOG, PLAN, PROBLEM, QUIET, REPORT, TERMS, fleet, large_plan, plan_set
from test_escape import HOSTILE
from test_flavors import EACH, hostile
from test_plan_markdown import errors

from tenantry.model.plan import Change, Plan, PlanSet
from tenantry.rendering.flavors import FLAVORS, GITHUB, Flavor
from tenantry.rendering.formats import PLAN_FORMATS, REPORT_FORMATS
from tenantry.rendering.layout import Layout

BUDGETS = [2_000, 2_001, 2_300, 2_700, 3_300, 4_200, 6_000, 9_000, 14_000, 22_000, 36_000, 60_000, 100_000, 200_000]
LICENSES = ("companion", "contact_center_user", "interact", "instant_messaging")


def removing(count: int, *, grants: int = 0, **values: object) -> Plan:
    """A plan that takes this many licenses away, of four kinds, and then gives some."""
    removed = [
        Change(
            step=at + 1,
            action="revoke",
            holder=f"user:person{at:05}@contoso.example",
            license=LICENSES[(at % 7) % 4],
            reason="users is all and no file lists this holder",
            risk="unverified",
        )
        for at in range(count)
    ]
    granted = [replace(removed[0], action="grant", holder=f"user:new{at:05}@contoso.example") for at in range(grants)]
    return replace(PLAN, changes=(*removed, *granted), updates=(), **values)  # type: ignore[arg-type]


PLANS: dict[str, PlanSet] = {
    "one": plan_set(PLAN),
    "changed terms and many grants": plan_set(large_plan(3000, findings=(TERMS,))),
    "many removals": plan_set(removing(900, grants=40)),
    "many removals and errors": plan_set(removing(900, findings=errors(4, 300), verdict="rejected")),
    "a long message": plan_set(removing(30, findings=errors(3, 40, "@all | <b> " * 60), verdict="rejected")),
    "many tenants": plan_set(
        *(removing(20, tenant=f"tenant-{at:03}", findings=errors(2, 2), verdict="rejected") for at in range(60)),
        *(replace(QUIET, tenant=f"{'quiet-' * 9}{at:03}") for at in range(60)),
        problems=[PROBLEM] * 50,
    ),
    "hostile names": shaped([text * 9 for text in HOSTILE]),
    "a hostile name of one tenant": plan_set(removing(60, name="\U0001f389" * 200, state="|" * 300)),
}


def shown(plans: PlanSet, budget: int, flavor: Flavor = GITHUB) -> str:
    """The page of plans in so many bytes."""
    return PLAN_FORMATS["markdown"](plans, CATALOG, Layout(max_bytes=budget, flavor=flavor))


@EACH
@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("name", PLANS)
def test_a_plan_keeps_its_budget_with_verdict_effect_errors_removals_and_totals(
    flavor: Flavor, budget: int, name: str
) -> None:
    plans = PLANS[name]
    markdown = shown(plans, budget, flavor)
    assert len(markdown.encode()) <= budget
    assert markdown.startswith(f"<!-- tenantry:plan effect={plans.effect} -->\n## ")
    page = read(markdown)
    assert set(page.tags) <= OURS
    verdicts = {plan.verdict for plan in plans.plans}
    assert any(word in page.text for word in ("✖ rejected", "✔ ready", "✖ not all planned"))
    assert ("✖" in page.text) == ("rejected" in verdicts or bool(plans.problems))
    found = [item for plan in plans.plans for item in plan.findings if item.severity == "error" and not item.waived]
    if name != "hostile names":
        assert {item.rule for item in found} <= set(page.text.replace(":", " ").split())
    totals = page.text.rpartition("Plan: ")[2]
    removed = sum(change.action == "revoke" for plan in plans.plans for change in plan.changes)
    assert f" {removed:,} to revoke," in totals
    assert f"{len(found):,} error" in totals
    accounted(page.text, plans, removed)


def accounted(text: str, plans: PlanSet, removed: int) -> None:
    """Each removal is a row, or named, or counted."""
    rows = text.count("-\xa0revoke")
    if removed and rows < removed:
        assert rows == 0
        assert f"Removals: {removed:,}" in text
    everything = sum(len(plan.changes) + len(plan.updates) for plan in plans.plans)
    hidden = re.search(r"Not shown here: ([\d,]+) of ([\d,]+) changes", text)
    if rows < removed and hidden is None:
        assert all(change.holder in text for plan in plans.plans for change in plan.changes)
    if hidden:
        assert hidden[2] == f"{everything:,}"
        assert 0 < int(hidden[1].replace(",", "")) <= everything


@EACH
@pytest.mark.parametrize("budget", BUDGETS)
def test_names_and_what_is_not_shown_are_all_removals(flavor: Flavor, budget: int) -> None:
    plans = plan_set(removing(500))
    text = read(shown(plans, budget, flavor)).text
    named = len(set(re.findall(r"user:person\d+", text)))
    hidden = re.search(r"Not shown here: ([\d,]+) of 500 changes", text)
    assert named + int(hidden[1] if hidden else 0) == 500
    if "-\xa0revoke" not in text:
        for label in ("Companion", "Contact Center User", "Interact", "Instant Messaging"):
            assert label in text.partition("Removals: 500")[2]


def test_short_lists_of_removals_are_named_in_full_before_long_ones() -> None:
    many = removing(1, findings=()).changes[0]
    few = [replace(many, license="interact", holder=f"user:few{at}@contoso.example") for at in range(5)]
    long = [replace(many, holder=f"user:long{at:04}@contoso.example") for at in range(800)]
    text = read(shown(plan_set(replace(PLAN, changes=(*long, *few), findings=())), 4_000)).text
    assert all(change.holder in text for change in few)
    assert re.search(r"Companion, 800: user:long0000.* and \d+ more", text)


def test_no_grant_has_a_row_while_a_removal_has_no_name() -> None:
    for budget in BUDGETS:
        text = read(shown(plan_set(removing(900, grants=40)), budget)).text
        if len(set(re.findall(r"user:person\d+", text))) < 900:
            assert "user:new" not in text


def test_grants_follow_where_all_removals_are_named() -> None:
    text = read(shown(plan_set(removing(900, grants=40)), 70_000)).text
    assert "-\xa0revoke" not in text
    assert len(set(re.findall(r"user:person\d+", text))) == 900
    assert "+\xa0grant" in text


@EACH
def test_every_rule_that_rejects_is_named_before_any_is_told_at_length(flavor: Flavor) -> None:
    found = errors(10, 30, "several words that tell what is wrong with it")
    text = read(shown(plan_set(replace(PLAN, findings=found)), 3_000, flavor)).text
    assert all(f"rule-{at:02}" in text for at in range(10))
    assert "several words that tell" in text.partition("rule-00")[2].partition("rule-01")[0]
    assert re.search(r"rule-09( tenants/contoso\.yaml:14:5)? and 29 more of it", text)


def test_removals_come_before_warnings_and_notes() -> None:
    full = removing(20)
    warnings = tuple(replace(TERMS, rule=f"note-{at}", severity="warning", message="word " * 80) for at in range(40))
    text = read(shown(plan_set(replace(full, findings=warnings)), 6_000)).text
    assert all(change.holder in text for change in full.changes)
    assert "Warnings" in text


def test_each_tenant_is_named_beside_who_loses_in_it_and_only_counts_stay_in_the_least_room() -> None:
    plans = plan_set(*(removing(200, tenant=f"tenant-{at}") for at in range(4)))
    text = read(shown(plans, 20_000)).text
    assert re.search(r"tenant-0 Instant Messaging, \d+: user:person", text)
    assert all(re.search(rf"tenant-{at} Companion, \d+", text) for at in range(4))
    many = plan_set(*(removing(20, tenant=f"tenant-{at:03}") for at in range(200)))
    assert "Removals: 4,000 (Companion" in read(shown(many, 3_000)).text


@EACH
@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize(
    "report", [REPORT, fleet(3), fleet(150), hostile("\U0001f389|@all " * 30)], ids=("one", "three", "many", "hostile")
)
def test_a_report_keeps_its_budget(flavor: Flavor, budget: int, report: object) -> None:
    markdown = REPORT_FORMATS["markdown"](report, CATALOG, Layout(max_bytes=budget, flavor=flavor))  # type: ignore[arg-type]
    assert len(markdown.encode()) <= budget
    assert set(read(markdown).tags) <= OURS
    assert "License usage" in read(markdown).text


@settings(max_examples=60)
@given(
    budget=st.integers(2_000, 30_000),
    flavor=st.sampled_from(list(FLAVORS.values())),
    removed=st.integers(1, 300),
    grants=st.integers(0, 50),
    tenants=st.integers(1, 30),
    rules=st.integers(0, 6),
    message=st.text(max_size=200),
)
def test_any_plan_keeps_any_budget(
    budget: int, flavor: Flavor, removed: int, grants: int, tenants: int, rules: int, message: str
) -> None:
    found = errors(rules, 3, message)
    verdict = "rejected" if rules else "ready"
    plans = plan_set(
        *(removing(removed, grants=grants, tenant=f"t{at}", findings=found, verdict=verdict) for at in range(tenants))
    )
    markdown = shown(plans, budget, flavor)
    assert len(markdown.encode()) <= budget
    accounted(read(markdown).text, plans, removed * tenants)
