"""The plan format: exactly its keys, and back to the same values."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tenantry.model.digest import canonical
from tenantry.model.plan import Change, Cost, Finding, Plan, PlanSet, Update, Usage
from tenantry.model.plan_data import plan_data, plan_set_data, plan_set_from

TEXT = st.text(max_size=6)
MAYBE = st.none() | TEXT
COUNT = st.integers(0, 10**9)
LINE = st.none() | st.integers(1, 10**6)
FINDINGS = st.builds(
    Finding,
    rule=TEXT,
    severity=st.sampled_from(["error", "warning", "info"]),
    message=TEXT,
    hint=TEXT,
    tenant=MAYBE,
    holder=MAYBE,
    license=MAYBE,
    count=COUNT,
    holders=st.lists(TEXT, max_size=2).map(tuple),
    file=MAYBE,
    line=LINE,
    column=LINE,
    waived=MAYBE,
)
CHANGES = st.builds(
    Change,
    step=COUNT,
    action=st.sampled_from(["grant", "revoke", "replace"]),
    holder=TEXT,
    license=TEXT,
    replaces=MAYBE,
    risk=st.sampled_from(["none", "downgrade", "in_use", "unverified"]),
    reason=TEXT,
    file=MAYBE,
    line=LINE,
    id=TEXT,
)
USAGE = st.builds(
    Usage,
    license=TEXT,
    contingency=st.none() | st.just("unlimited") | COUNT,
    before=COUNT,
    peak=COUNT,
    after=COUNT,
    unaccounted=COUNT,
)
COST = st.builds(
    Cost, currency=MAYBE, before=TEXT, after=TEXT, delta=TEXT, bought=TEXT, unpriced=st.lists(TEXT).map(tuple)
)
PLANS = st.builds(
    Plan,
    tenant=TEXT,
    name=TEXT,
    state=TEXT,
    as_of=TEXT,
    verdict=st.sampled_from(["no_changes", "ready", "rejected"]),
    effect=TEXT,
    backend=TEXT,
    execution=st.sampled_from(["ledger", "portal"]),
    lineage=MAYBE,
    revision=COUNT,
    goal=TEXT,
    basis=TEXT,
    updates=st.lists(st.builds(Update, holder=TEXT, field=TEXT, before=MAYBE, after=MAYBE), max_size=2).map(tuple),
    changes=st.lists(CHANGES, max_size=2).map(tuple),
    usage=st.lists(USAGE, max_size=2).map(tuple),
    unmanaged=st.dictionaries(TEXT, COUNT, max_size=2),
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    cost=st.none() | COST,
)
SETS = st.builds(
    PlanSet,
    tool=TEXT,
    digest=TEXT,
    effect=TEXT,
    problems=st.lists(FINDINGS, max_size=2).map(tuple),
    plans=st.lists(PLANS, max_size=2).map(tuple),
)

PLAN = Plan(
    tenant="contoso",
    name="Contoso AG",
    state="active",
    as_of="2026-11-24",
    verdict="rejected",
    effect="sha256:e",
    backend="sqlite",
    execution="ledger",
    lineage=None,
    revision=7,
    goal="sha256:g",
    basis="sha256:b",
    updates=(Update(holder="user:ada@contoso.example", field="cost_center", before=None, after="4711"),),
    changes=(
        Change(step=1, action="revoke", holder="user:eve@contoso.example", license="companion"),
        Change(step=2, action="grant", holder="user:ada@contoso.example", license="companion"),
    ),
    usage=(Usage(license="companion", contingency=1, before=1, peak=2, after=3),),
    findings=(
        Finding(rule="a", severity="error", message="m"),
        Finding(rule="b", severity="error", message="m", waived="ticket 1"),
        Finding(rule="c", severity="warning", message="m", waived="ticket 1"),
    ),
)


@given(SETS)
def test_loading_what_was_dumped_gives_the_same_plans(plans: PlanSet) -> None:
    assert plan_set_from(json.loads(canonical(plan_set_data(plans)))) == plans


@given(SETS)
def test_keys_are_written_in_sorted_order_so_that_dumping_need_not_move_them(plans: PlanSet) -> None:
    data = plan_set_data(plans)
    assert list(data) == sorted(data)
    assert [list(plan) for plan in data["plans"]] == [sorted(plan) for plan in data["plans"]]


def test_an_update_speaks_of_from_and_to() -> None:
    assert plan_data(PLAN)["updates"] == [
        {"holder": "user:ada@contoso.example", "field": "cost_center", "from": None, "to": "4711"}
    ]


def test_usage_tells_what_is_left_also_where_it_is_less_than_nothing() -> None:
    assert plan_data(PLAN)["usage"][0]["available"] == -2


def test_the_summary_counts_findings_that_are_not_waived() -> None:
    assert plan_data(PLAN)["summary"] == {"grant": 1, "revoke": 1, "replace": 0, "update": 1, "error": 1, "warning": 0}


def test_a_plan_has_the_keys_of_the_format_and_no_others() -> None:
    assert " ".join(plan_data(PLAN)) == (
        "as_of backend basis changes cost effect execution findings goal lineage name revision state summary tenant "
        "unmanaged updates usage verdict"
    )
