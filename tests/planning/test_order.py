"""The order of changes: safe at every whole step, found exactly where there is one, and always the same."""

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest

from random_worlds import World, dice, random_world
from safety import assert_safe, steps_of
from tenantry.model.catalog import Catalog
from tenantry.planning.planner import Question, plan
from tenantry.planning.tiers import Arrangement, Pair, arrange
from worlds import BOUGHT, NIMBUS, catalog_of, moves, planned, question

Free = tuple[int | None, ...]
Counts = tuple[tuple[int, int, int], ...]
"""Moves as (from, to, how many), tiers by number."""


def arranged(counts: Counts, free: Free) -> Arrangement:
    pairs = {(f"t{old}", f"t{new}"): count for old, new, count in counts}
    return arrange(pairs, {f"t{at}": units for at, units in enumerate(free)}, dict.fromkeys(pairs, 0))


def ends(counts: Counts, free: Free) -> list[int | None]:
    found = list(free)
    for old, new, count in counts:
        for tier, units in ((old, count), (new, -count)):
            now = found[tier]
            found[tier] = None if now is None else now + units
    return found


def fits_at_the_end(counts: Counts, free: Free) -> bool:
    after = ends(counts, free)
    return all((units := after[new]) is None or units >= 0 for _, new, _ in counts)


@cache
def some_order_exists(counts: Counts, free: Free) -> bool:
    """By brute force: try every move that finds a free unit, and then the rest."""
    if not any(count for _, _, count in counts):
        return True
    for at, (old, new, count) in enumerate(counts):
        units = free[new]
        if count and (units is None or units > 0):
            rest = (*counts[:at], (old, new, count - 1), *counts[at + 1 :])
            room = tuple(
                units if units is None else units + (tier == old) - (tier == new) for tier, units in enumerate(free)
            )
            if some_order_exists(rest, room):
                return True
    return False


def assert_sound(arrangement: Arrangement, counts: Counts, free: Free) -> None:
    """All moves are there; a single one enters a tier with a free unit; a circle leaves every tier as it was."""
    room = {f"t{at}": units for at, units in enumerate(free)}
    done: Counter[Pair] = Counter()
    for step in arrangement.steps:
        done.update(step)
        if len(step) == 1:
            old, new = step[0]
            units = room[new]
            assert units is None or units > 0
            for tier, more in ((old, 1), (new, -1)):
                now = room[tier]
                room[tier] = None if now is None else now + more
        else:
            assert [new for _, new in step] == [*(old for old, _ in step[1:]), step[0][0]]
            assert len({old for old, _ in step}) == len(step)
    assert done == {(f"t{old}", f"t{new}"): count for old, new, count in counts if count}


def small_cases() -> Iterator[tuple[Counts, Free]]:
    """Every case of two and three tiers with few moves, and many of four and five, drawn by a fixed seed."""
    for tiers, most in ((2, 3), (3, 1)):
        pairs = list(itertools.permutations(range(tiers), 2))
        for numbers in itertools.product(range(most + 1), repeat=len(pairs)):
            counts = tuple((old, new, count) for (old, new), count in zip(pairs, numbers, strict=True) if count)
            for free in itertools.product((-2, -1, 0, 1), repeat=tiers):
                yield counts, free
    chance = dice(20261124)
    for _ in range(12000):
        tiers = chance.choice((3, 3, 4, 4, 5))
        pairs = list(itertools.permutations(range(tiers), 2))
        drawn = Counter(chance.choices(pairs, k=chance.randint(2, 7)))
        counts = tuple((old, new, count) for (old, new), count in sorted(drawn.items()))
        room: list[int | None] = [chance.choice((-3, -2, -1, -1, 0, 0, 0, 0, 1)) for _ in range(tiers)]
        if chance.random() < 0.1:
            room[chance.randrange(tiers)] = None
        for tier, units in enumerate(ends(counts, tuple(room))):  # the tighter the end, the harder the way
            now = room[tier]
            if units is not None and now is not None and chance.random() < 0.7:
                room[tier] = now - units
        yield counts, tuple(room)


CASES = [(counts, free) for counts, free in small_cases() if fits_at_the_end(counts, free)]


def test_an_order_of_single_moves_is_found_exactly_where_brute_force_finds_one() -> None:
    found: Counter[bool] = Counter()
    for counts, free in CASES:
        arrangement = arranged(counts, free)
        assert_sound(arrangement, counts, free)
        single = all(len(step) == 1 for step in arrangement.steps)
        assert single == some_order_exists(counts, free), (counts, free)
        assert single == (arrangement.spare == 0)
        found[single] += 1
    assert min(found.values()) > 500


def test_spare_units_are_as_many_as_it_takes_and_no_more() -> None:
    tried = 0
    for counts, free in CASES:
        spare = arranged(counts, free).spare
        if spare:
            tried += 1
            lent = [units for units in itertools.product(range(spare + 1), repeat=len(free)) if sum(units) <= spare]
            enough = {
                sum(units)
                for units in lent
                if some_order_exists(
                    counts, tuple(None if a is None else a + b for a, b in zip(free, units, strict=True))
                )
            }
            assert min(enough) == spare, (counts, free)
    assert tried > 500


def test_moves_between_full_tiers_that_form_no_circle_follow_the_free_unit() -> None:
    arrangement = arranged(((0, 1, 1), (1, 2, 1), (2, 3, 1)), (0, 0, 0, 1))
    assert arrangement.steps == ((("t2", "t3"),), (("t1", "t2"),), (("t0", "t1"),))


def test_a_circle_of_full_tiers_goes_in_one_step_and_a_bystander_before_it() -> None:
    arrangement = arranged(((0, 1, 1), (1, 2, 1), (2, 0, 1), (3, 4, 1)), (0, 0, 0, 0, 1))
    assert arrangement == Arrangement(((("t3", "t4"),), (("t0", "t1"), ("t1", "t2"), ("t2", "t0"))), 1)


def test_the_free_unit_goes_round_before_it_leaves() -> None:
    counts, free = ((0, 1, 1), (1, 0, 1), (2, 0, 1)), (1, 0, 0)
    arrangement = arranged(counts, free)
    assert_sound(arrangement, counts, free)
    assert arrangement.spare == 0
    assert arrangement.steps[-1] == (("t2", "t0"),)


def test_tiers_over_their_contingency_swallow_the_first_units_and_an_order_is_still_found() -> None:
    counts, free = ((0, 1, 2), (1, 0, 1), (0, 2, 2)), (-2, 1, 2)
    assert some_order_exists(counts, free)
    assert arranged(counts, free).spare == 0


def test_hundreds_of_moves_in_and_out_of_an_overrun_have_an_answer_at_once() -> None:
    tiers = 8
    pairs = list(itertools.permutations(range(tiers), 2))
    counts = tuple((old, new, 200 + (old == 0 and new == 1)) for old, new in pairs)
    for free, spare in (((-1, 1, *[0] * 6), 1), ((-1, 2, *[0] * 6), 0), ((0, 1, *[0] * 6), 0)):
        start = time.perf_counter()
        arrangement = arranged(counts, free)
        assert_sound(arrangement, counts, free)
        assert arrangement.spare == spare
        assert time.perf_counter() - start < 1


def test_moves_that_end_over_a_contingency_are_refused_and_do_not_go_on_for_ever() -> None:
    with pytest.raises(ValueError, match="over a contingency"):
        arranged(((0, 1, 1),), (0, 0))


def test_of_pairs_that_could_go_next_the_preferred_one_goes() -> None:
    pairs = {("a", "c"): 1, ("b", "c"): 1}
    free = {"a": 0, "b": 0, "c": 2}
    assert arrange(pairs, free, {("a", "c"): 1, ("b", "c"): 0}).steps == ((("b", "c"),), (("a", "c"),))


# whole plans

TOWER = catalog_of(
    {
        "version": 1,
        "name": "tower",
        "parts": {"p": "Part"},
        "states": {"active": {"label": "Active", "effect": "All is well.", "changes": "allowed"}},
        "licenses": {
            **{
                f"t{at}": {"label": f"T{at}", "part": "p", "holder": "service", "tier": at, "default": True}
                if at == 1
                else {"label": f"T{at}", "part": "p", "holder": "service", "tier": at}
                for at in range(5)
            },
            "extra": {"label": "Extra", "part": "p", "holder": "service", "needs_tier": {"at_least": "t2"}},
            "more": {"label": "More", "part": "p", "holder": "service", "requires": ["extra"]},
            "top": {"label": "Top", "part": "p", "holder": "service", "requires": ["more", "t4"]},
            "u3": {"label": "U3", "part": "p", "holder": "user", "requires": ["u2", "u1"]},
            "u1": {"label": "U1", "part": "p", "holder": "user"},
            "u2": {"label": "U2", "part": "p", "holder": "user", "requires": ["u1"]},
            "u0": {"label": "U0", "part": "p", "holder": "user"},
            "v": {"label": "V", "part": "p", "holder": "virtual_user"},
        },
    }
)
"""Five tiers, addons that need a tier and each other, user licenses in a chain."""


def tight(chance: Random, catalog: Catalog, *, consistent: bool) -> Question:
    """A random tenant whose contingencies are just what it ends with, or a little off, so that order matters."""
    world = random_world(chance, catalog)
    if consistent:
        _consistent(world, catalog)
    world.workspace = {"guards": {"max_revocations": "off"}, "execution": chance.choice(("ledger", "ledger", "portal"))}
    asked = question(world.parts, world.current, world.workspace, rosters=world.rosters, catalog=catalog)
    numbers: dict[str, Any] = {
        row.license: max(0, row.after + chance.choice((0, 0, 0, 0, 0, 0, 1, -1)))
        if chance.random() < 0.95
        else "unlimited"
        for row in plan(asked).usage
    }
    contract = replace(asked.tenant.contract, contingency=numbers)
    return replace(asked, tenant=replace(asked.tenant, contract=contract))


def _consistent(world: World, catalog: Catalog) -> None:
    """Give everybody what their licenses need, on both sides, so that plans are ready more often."""
    for part in (world.current, *world.parts):
        for section in ("users", "services"):
            for body in part.get(section, {}).values():
                _complete(body, catalog)
    world.rosters.clear()
    for part in world.parts:
        part.pop("rosters", None)


def _complete(body: dict[str, Any], catalog: Catalog) -> None:
    for key in ("without", "profiles", "assignment_type", "object_id", "previously"):
        body.pop(key, None)
    for key in ("licenses", "addons"):
        if key not in body:
            continue
        for _ in catalog.licenses:
            wanted = [needed for name in body[key] for needed in catalog.licenses[name].requires]
            body[key] = list(dict.fromkeys([*body[key], *(name for name in wanted if name not in catalog.tiers)]))
        if key == "addons":
            needs = [item.needs_tier.at_least for name in body[key] if (item := catalog.licenses[name]).needs_tier]
            needs += [name for addon in body[key] for name in catalog.licenses[addon].requires if name in catalog.tiers]
            tiers = [*needs, *([body["license"]] if "license" in body else [])]
            if needs:
                body["license"] = max(tiers, key=catalog.tiers.index)


@pytest.mark.parametrize("catalog", [NIMBUS, TOWER], ids=["nimbus", "tower"])
@pytest.mark.parametrize("consistent", [True, False])
def test_every_prefix_of_a_ready_plan_violates_nothing_new_and_peak_is_what_the_order_reaches(
    catalog: Catalog, *, consistent: bool
) -> None:
    verdicts: Counter[str] = Counter()
    for seed in range(700):
        asked = tight(dice(seed), catalog, consistent=consistent)
        answer = plan(asked)
        verdicts[answer.verdict] += 1
        assert_safe(asked, answer)
    assert verdicts["ready"] > (150 if consistent else 40)


TIERS = NIMBUS.tiers
LOW, MIDDLE, HIGH = TIERS


def bought(**numbers: Any) -> dict[str, Any]:
    return {"contract": {"contingency": {**BOUGHT["contract"]["contingency"], **numbers}}}


def exchange(pairs: dict[str, tuple[str, str]], **numbers: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Services by name with the tier they have and the one they should have: files and current state."""
    files = {**bought(**numbers), "services": {key: {"license": new} for key, (_, new) in pairs.items()}}
    return files, {"services": {key: {"license": old} for key, (old, _) in pairs.items()}}


FULL = {LOW: 1, MIDDLE: 1, HIGH: 1}
CIRCLE = {"a": (LOW, MIDDLE), "b": (MIDDLE, HIGH), "c": (HIGH, LOW)}


def test_a_ledger_takes_a_circle_of_full_tiers_in_one_step() -> None:
    answer = planned(*exchange(CIRCLE, **FULL))
    assert answer.verdict == "ready"
    assert {change.step for change in answer.changes} == {1}
    assert [change.holder for change in answer.changes] == ["service:a", "service:b", "service:c"]
    assert {row.license: row.peak for row in answer.usage if row.license in FULL} == FULL


def test_people_need_a_spare_unit_for_a_circle_and_then_no_step_has_two_changes() -> None:
    stuck = planned(*exchange(CIRCLE, **FULL), {"execution": "portal"})
    assert stuck.verdict == "rejected"
    free = planned(*exchange(CIRCLE, **{**FULL, HIGH: 2}), {"execution": "portal"})
    assert free.verdict == "ready"
    assert [change.step for change in free.changes] == [1, 2, 3]
    assert [change.holder for change in free.changes] == ["service:b", "service:a", "service:c"]


def test_revokes_go_first_dependents_before_what_they_need_then_replacements_then_grants() -> None:
    files = {
        **BOUGHT,
        "services": {"a": {"license": HIGH, "addons": ["interact_service"]}, "b": {"license": LOW, "addons": []}},
        "users": {
            "ada@x.example": {"licenses": ["contact_center_user", "interact"]},
            "bob@x.example": {"licenses": []},
        },
    }
    current = {
        "services": {"a": {"license": LOW}, "b": {"license": HIGH, "addons": ["interact_service"]}},
        "users": {"bob@x.example": {"licenses": ["contact_center_user", "interact"]}},
    }
    assert moves(planned(files, current)) == [
        "- service:b interact_service",
        "- user:bob@x.example interact",
        "- user:bob@x.example contact_center_user",
        "~ service:a advanced_routing contact_center",
        "~ service:b contact_center advanced_routing",
        "+ user:ada@x.example contact_center_user",
        "+ service:a interact_service",
        "+ user:ada@x.example interact",
    ]


def test_a_new_service_gets_its_tier_before_its_addons_and_a_dropped_one_loses_it_after_them() -> None:
    files = {**BOUGHT, "services": {"new": {"license": HIGH, "addons": ["interact_service"]}, "old": {"absent": True}}}
    current = {"services": {"old": {"license": HIGH, "addons": ["interact_service"]}}}
    assert moves(planned(files, current)) == [
        "- service:old interact_service",
        "- service:old contact_center",
        "+ service:new contact_center",
        "+ service:new interact_service",
    ]


def test_equal_changes_stand_in_the_order_of_holder_ids() -> None:
    names = [f"{name}@x.example" for name in ("cyd", "ada", "Bob")]
    files = {**BOUGHT, "users": {name: {"licenses": ["companion"]} for name in names}}
    assert [change.holder for change in planned(files).changes] == sorted(f"user:{name}" for name in names)


def test_the_order_does_not_depend_on_the_order_in_which_anything_is_told() -> None:
    for seed in range(150):
        asked = tight(dice(seed), TOWER, consistent=True)
        chance = dice(-seed)
        entries = {kind: _mixed(chance, held) for kind, held in asked.tenant.entries.items()}
        holders = {kind: _mixed(chance, held) for kind, held in asked.current.holders.items()}
        mixed = replace(
            asked,
            tenant=replace(asked.tenant, entries=entries),
            current=replace(asked.current, holders=holders),
        )
        assert plan(mixed) == plan(asked)


def _mixed(chance: Random, items: Any) -> dict[str, Any]:
    return dict(chance.sample(list(items.items()), len(items)))


def test_two_thousand_services_move_between_full_tiers_in_less_than_a_second() -> None:
    around = {LOW: MIDDLE, MIDDLE: HIGH, HIGH: LOW}
    pairs = {f"s{at:04}": (TIERS[at % 3], around[TIERS[at % 3]]) for at in range(2001)}
    for spare in (0, 1):
        files, current = exchange(pairs, **dict.fromkeys(TIERS, 667 + spare))
        asked = question(files, current, {"guards": {"max_revocations": "off"}})
        start = time.perf_counter()
        answer = plan(asked)
        assert time.perf_counter() - start < 1
        assert answer.verdict == "ready"
        assert len(steps_of(answer)) == (2001 if spare else 667)


def test_a_change_has_an_id_of_its_own_that_stays_while_it_says_the_same() -> None:
    files, current = exchange(CIRCLE, **FULL)
    first, again = planned(files, current), planned(files, current, {"execution": "portal"})
    ids = [change.id for change in first.changes]
    assert len(set(ids)) == len(ids) == 3
    assert sorted(ids) == sorted(change.id for change in again.changes)
