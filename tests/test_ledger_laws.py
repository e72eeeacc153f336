"""Laws that need apply: whatever the files and the ledger hold, what apply leaves behind."""

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import applied_worlds
from applied_worlds import Site, site
from filled_ledgers import outside
from postgresql_server import a_server_is_needed, empty_database
from random_worlds import World, dice, random_world
from tenantry.model.catalog import KINDS
from tenantry.model.plan import Plan
from tenantry.model.state import CurrentState
from worlds import NIMBUS, TENANT

SEEDS = st.integers(0, 10**9)
OFF = {"guards": {"max_revocations": "off"}}


def use(current: CurrentState) -> Counter[str]:
    return Counter(name for kind in KINDS for row in current.holders[kind].values() for name in row.licenses)


def holders(current: CurrentState) -> dict[str, object]:
    return {
        row.id.lower(): replace(row, key=row.key.lower()) for kind in KINDS for row in current.holders[kind].values()
    }


def touched(plan: Plan) -> set[str]:
    names = {item.holder.lower() for item in (*plan.changes, *plan.updates)}
    return names | {f"user:{item.before}".lower() for item in plan.updates if item.field == "rename"}


def counters(at: Site) -> dict[str, tuple[int, int | None]]:
    rows = outside(at.ledger, "SELECT license, assigned, ceiling FROM counters")
    return {license_id: (assigned, ceiling) for license_id, assigned, ceiling in rows}


@given(SEEDS)
@settings(max_examples=150)
def test_what_apply_leaves_is_what_was_planned_or_what_was_before(seed: int) -> None:
    world = random_world(dice(seed), NIMBUS)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), replace(world, workspace=OFF)) as at:
        before = at.current()
        _, plans, _ = at.plan()
        [plan] = plans.plans
        [outcome] = at.apply().outcomes
        after = at.current()
        assert at.ledger.faults() == []
        assert at.ledger.locks() == []
        if plan.verdict == "rejected":
            assert outcome.status == "rejected"
            assert (holders(after), after.revision) == (holders(before), before.revision)
            return
        assert outcome.status == ("nothing" if plan.verdict == "no_changes" else "applied")
        # I7: by one with each commit that changes what counts; the first apply notes what was bought
        assert after.revision == before.revision + 1
        # the planned end, and nobody else's licenses
        assert [(row.license, row.after) for row in plan.usage] == [
            (name, use(after)[name]) for name in NIMBUS.licenses
        ]
        left_alone = {key: row for key, row in holders(before).items() if key not in touched(plan)}
        assert {key: row for key, row in holders(after).items() if key not in touched(plan)} == left_alone
        # I3: receipts are the plan
        shown = at.ledger.run(outcome.run or "")
        assert shown is not None
        assert (shown[1].changes, shown[1].updates) == (plan.changes, plan.updates)
        # after apply, plan is empty; and what was applied is applied once
        _, again, _ = at.plan()
        assert (again.plans[0].changes, again.plans[0].updates) == ((), ())
        assert at.apply().outcomes[0].status == "nothing"
        assert at.current().revision == after.revision


@given(SEEDS)
@settings(max_examples=60)
def test_no_apply_leaves_more_assigned_than_bought_than_there_was_before(seed: int) -> None:
    world = random_world(dice(seed), NIMBUS)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), replace(world, workspace=OFF)) as at:
        before = use(at.current())
        [outcome] = at.apply().outcomes
        bought = world.parts[-1]["contract"]["contingency"]
        after = use(at.current())
        for name in NIMBUS.licenses:
            assert after[name] <= max(bought.get(name, 0), before[name])
        if outcome.status == "rejected":
            return
        for name, (assigned, ceiling) in counters(at).items():
            assert ceiling == max(bought.get(name, 0), assigned)
            assert assigned == after[name]


def full(at: Site, world: World) -> bool:
    """Apply the files with exactly as much bought as they take; whether nothing else was in the way."""
    world.parts[-1]["contract"] = {"contingency": dict.fromkeys(NIMBUS.licenses, "unlimited")}
    at.write(world)
    _, plans, _ = at.plan()
    world.parts[-1]["contract"]["contingency"] = {row.license: row.after for row in plans.plans[0].usage}
    at.write(world)
    return at.apply().outcomes[0].status != "rejected"


@given(SEEDS)
@settings(max_examples=40)
def test_a_full_pool_takes_no_more_from_anybody(seed: int) -> None:
    world = replace(random_world(dice(seed), NIMBUS), workspace=OFF)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), world) as at:
        assume(full(at, world))
        tried = 0
        for number, kind in outside(at.ledger, "SELECT id, kind FROM holders"):
            for name in NIMBUS.of(kind):
                if not outside(at.ledger, "SELECT 1 FROM assignments WHERE holder = ? AND license = ?", (number, name)):
                    tried += 1
                    assert at.refused(
                        f"INSERT INTO assignments (tenant, holder, license) VALUES (1, {number}, '{name}')"  # noqa: S608
                    )
        assert tried or not holders(at.current())
        assert at.ledger.faults() == []


@given(SEEDS, SEEDS)
@settings(max_examples=80)
def test_a_saved_plan_is_applied_once_and_never_to_another_world(seed: int, other: int) -> None:
    world = random_world(dice(seed), NIMBUS)
    elsewhere = random_world(dice(other), NIMBUS).current
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), replace(world, workspace=OFF)) as at:
        _, plans, _ = at.plan()
        assume(plans.plans[0].verdict != "rejected")
        known = holders(at.current())
        at.observe(elsewhere)
        moved = holders(at.current()) != known
        before = at.current()
        [outcome] = at.apply(saved=plans).outcomes
        if moved:
            assert outcome.status == "stale", outcome
            assert holders(at.current()) == holders(before)
            assert at.current().revision == before.revision
        else:
            assert outcome.status in ("applied", "nothing"), outcome
            [again] = at.apply(saved=plans).outcomes
            assert (again.status, again.run) == ("already", outcome.run)
        assert at.ledger.faults() == []


@given(SEEDS, SEEDS)
@settings(max_examples=80)
def test_whatever_happens_in_between_applying_again_ends_where_the_files_say(seed: int, other: int) -> None:
    first, second = (random_world(dice(item), NIMBUS) for item in (seed, other))
    plenty = {"contract": {"contingency": dict.fromkeys(NIMBUS.licenses, "unlimited")}}
    for world in (first, second):
        world.parts[-1].update(plenty)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), replace(first, workspace=OFF)) as at:
        at.apply()
        at.write(replace(second, workspace=OFF))
        at.observe(second.current)
        [outcome] = at.apply().outcomes
        assume(outcome.status != "rejected")
        _, again, _ = at.plan()
        assert (again.plans[0].changes, again.plans[0].updates) == ((), ()), TENANT
        revisions = [run.revision for run in at.ledger.runs()]
        assert revisions == sorted(revisions, reverse=True)


LAWS: dict[Callable[..., None], int] = {
    test_what_apply_leaves_is_what_was_planned_or_what_was_before: 8,
    test_no_apply_leaves_more_assigned_than_bought_than_there_was_before: 4,
    test_a_full_pool_takes_no_more_from_anybody: 2,
    test_a_saved_plan_is_applied_once_and_never_to_another_world: 6,
    test_whatever_happens_in_between_applying_again_ends_where_the_files_say: 6,
}
"""How many cases of each are tried on a server, where each takes longer than in a file."""


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__.removeprefix("test_"))
def test_on_a_server_too(monkeypatch: pytest.MonkeyPatch, law: Any) -> None:
    a_server_is_needed()
    monkeypatch.setattr(applied_worlds, "databases", empty_database)
    inner = law.hypothesis.inner_test
    seeds = st.tuples(*[SEEDS] * inner.__code__.co_argcount)
    settings(max_examples=LAWS[law])(given(seeds)(lambda drawn: inner(*drawn)))()
