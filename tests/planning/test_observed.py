"""What an observation moves: the record shows afterwards what was seen, and nothing else has moved."""

import datetime
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from filled_ledgers import ledger_at, path_of
from random_worlds import dice, guid, random_world
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Claimant, Lease
from tenantry.model.catalog import KINDS, SECTIONS, Kind
from tenantry.model.plan import Change, Update
from tenantry.model.policy import Policy, Waiver
from tenantry.model.state import Account, CurrentState, Holder
from tenantry.planning.diff import Move
from tenantry.planning.disappearance import disappearance
from tenantry.planning.observed import Moved, observed, pinned, renames, units_of, usage_between
from tenantry.planning.order import change_id
from worlds import NIMBUS, TENANT, state

ADA, BOB, CYD = "ada@x.example", "bob@x.example", "cyd@x.example"
CO, CC, IM = "companion", "contact_center_user", "instant_messaging"
LOW, HIGH = "advanced_routing", "contact_center"
DAY = datetime.date(2026, 11, 24)
CLAIMANT = Claimant(who="test", host="here", pid=1, alive=lambda _: True)


def seen(current: dict[str, Any], snapshot: dict[str, Any]) -> Moved:
    """What a snapshot moves; the sections that it has are replaced."""
    sections = {kind for kind, section in SECTIONS.items() if section in snapshot}
    return observed(state(current), state(snapshot), sections, NIMBUS, TENANT)


def changes(moved: Moved) -> list[str]:
    signs = {"grant": "+", "revoke": "-", "replace": "~"}
    return [f"{signs[item.action]} {item.holder} {item.license}" for item in moved.changes]


def updates(moved: Moved) -> list[tuple[str, str, str | None, str | None]]:
    return [(item.holder, item.field, item.before, item.after) for item in moved.updates]


def test_what_is_seen_as_it_is_known_moves_nothing() -> None:
    known = {"services": {"desk": {"license": HIGH, "name": "Desk"}}, "users": {ADA: {"licenses": [CO]}}}
    assert seen(known, known) == Moved()
    assert seen(known, {"users": {ADA.upper(): {"licenses": [CO]}}}) == Moved()


def test_a_section_that_is_not_there_stays_and_one_that_is_there_is_replaced_whole() -> None:
    known = {"users": {ADA: {"licenses": [CO]}}, "virtual_users": {"bot": {"licenses": ["virtual_user"]}}}
    moved = seen(known, {"users": {}})
    assert changes(moved) == [f"- user:{ADA} {CO}"]
    assert updates(moved) == [(f"user:{ADA}", "dropped", ADA, None)]


def test_revokes_come_first_then_tiers_then_grants_in_numbered_steps() -> None:
    known = {
        "services": {"a": {"license": LOW, "addons": ["interact_service"]}, "b": {"license": HIGH}},
        "users": {ADA: {"licenses": [CC, "interact", CO]}},
    }
    now = {
        "services": {"a": {"license": HIGH}, "b": {"license": LOW}, "c": {"addons": ["interact_service"]}},
        "users": {ADA: {}, BOB: {"licenses": [CC, "interact"]}},
    }
    moved = seen(known, now)
    assert changes(moved) == [
        "- service:a interact_service",
        f"- user:{ADA} interact",
        f"- user:{ADA} {CC}",
        f"- user:{ADA} {CO}",
        f"~ service:b {LOW}",
        f"~ service:a {HIGH}",
        f"+ service:c {LOW}",
        f"+ user:{BOB} {CC}",
        "+ service:c interact_service",
        f"+ user:{BOB} interact",
    ]
    assert [item.step for item in moved.changes] == list(range(1, 11))
    assert moved.newcomers == ("service:c", f"user:{BOB}")
    assert {(item.reason, item.risk) for item in moved.changes} == {("observed", "none")}
    move = Move("grant", f"user:{BOB}", CC, "any", None)
    assert change_id(TENANT, move) in {item.id for item in moved.changes}


def test_a_service_without_a_license_in_the_snapshot_has_the_default_tier() -> None:
    assert changes(seen({"services": {"a": {"license": HIGH}}}, {"services": {"a": {}}})) == [f"~ service:a {LOW}"]


def test_a_service_that_is_gone_loses_its_tier_as_well() -> None:
    moved = seen({"services": {"a": {"license": HIGH, "addons": ["interact_service"]}}}, {"services": {}})
    assert changes(moved) == ["- service:a interact_service", f"- service:a {HIGH}"]


def test_labels_that_are_told_move_and_others_stay() -> None:
    known = {"users": {ADA: {"name": "Ada", "cost_center": "1", "object_id": guid(1)}}}
    now = {"users": {ADA: {"name": "Ada L.", "organization_unit": "/x"}, BOB: {"name": "Bob", "object_id": guid(2)}}}
    assert updates(seen(known, now)) == [
        (f"user:{ADA}", "name", "Ada", "Ada L."),
        (f"user:{ADA}", "organization_unit", None, "/x"),
        (f"user:{BOB}", "object_id", None, guid(2)),
        (f"user:{BOB}", "name", None, "Bob"),
    ]


def test_a_holder_is_written_as_it_is_known() -> None:
    moved = seen({"users": {"Ada@x.example": {}}}, {"users": {ADA: {"licenses": [CO], "name": "A"}}})
    assert changes(moved) == [f"+ user:Ada@x.example {CO}"]
    assert updates(moved) == [("user:Ada@x.example", "name", None, "A")]


def test_a_license_that_the_catalog_no_longer_knows_can_be_taken() -> None:
    old = Holder(kind="user", key=ADA, licenses=frozenset({"retired", CO}))
    known = replace(state({}), holders={"service": {}, "user": {ADA: old}, "virtual_user": {}})
    moved = observed(known, state({"users": {ADA: {}}}), {"user"}, NIMBUS, TENANT)
    assert changes(moved) == [f"- user:{ADA} retired", f"- user:{ADA} {CO}"]


# people who have another UPN now


def ids(**people: int) -> dict[str, Any]:
    return {
        "users": {f"{name}@x.example": {"object_id": guid(number)} if number else {} for name, number in people.items()}
    }


RENAMES: list[tuple[dict[str, int], dict[str, int], dict[str, str]]] = [
    # known (0: no object id), seen, renames from old to new
    ({"ada": 1}, {"bob": 1}, {"ada": "bob"}),
    ({"ada": 0}, {"bob": 1}, {}),
    ({"ada": 1}, {"ada": 1, "bob": 2}, {}),
    ({"ada": 1, "bob": 2}, {"ada": 2, "bob": 1}, {"ada": "bob", "bob": "ada"}),
    ({"ada": 1, "bob": 2}, {"bob": 1, "cyd": 2}, {"ada": "bob", "bob": "cyd"}),
    ({"ada": 1}, {"ada": 0, "bob": 1}, {"ada": "bob"}),
    # the new UPN isn't free: somebody without an id bears it, and in a chain it never gets free
    ({"ada": 1, "bob": 0}, {"bob": 1}, {}),
    ({"ada": 1, "bob": 2, "cyd": 0}, {"bob": 1, "cyd": 2}, {}),
    # an id that stands twice is nobody's
    ({"ada": 1, "cyd": 1}, {"bob": 1}, {}),
    ({"ada": 1}, {"bob": 1, "cyd": 1}, {}),
]


@pytest.mark.parametrize(("known", "now", "wanted"), RENAMES)
def test_an_object_id_under_another_upn_is_a_rename_where_there_is_no_doubt(
    known: dict[str, int], now: dict[str, int], wanted: dict[str, str]
) -> None:
    found = renames(state(ids(**known)).holders["user"], state(ids(**now)).holders["user"])
    assert {old.partition("@")[0]: new.partition("@")[0] for new, old in found.items()} == wanted


def test_who_is_renamed_keeps_licenses_and_a_newcomer_may_take_the_old_upn() -> None:
    known = {"users": {ADA: {"licenses": [CO], "object_id": guid(1), "name": "Ada"}}}
    moved = seen(known, {"users": {BOB: {"licenses": [CO, IM], "object_id": guid(1)}, ADA: {"licenses": [CC]}}})
    assert changes(moved) == [f"+ user:{ADA} {CC}", f"+ user:{BOB} {IM}"]
    assert updates(moved) == [(f"user:{BOB}", "rename", ADA, BOB)]
    assert moved.newcomers == (f"user:{ADA}",)


def test_another_object_id_under_a_upn_is_recorded() -> None:
    moved = seen(ids(ada=1), ids(ada=2))
    assert updates(moved) == [(f"user:{ADA}", "object_id", guid(1), guid(2))]


def test_a_directory_pins_users_of_whom_no_object_id_is_known() -> None:
    users = state(ids(ada=0, bob=2, cyd=0)).holders["user"]
    accounts = {
        ADA: Account(upn=ADA, object_id=guid(1)),
        BOB: Account(upn=BOB, object_id=guid(3)),
        CYD: Account(upn=CYD),
        "dee@x.example": Account(upn="dee@x.example", object_id=guid(4)),
    }
    assert pinned(users, accounts) == [Update(holder=f"user:{ADA}", field="object_id", before=None, after=guid(1))]


def test_a_directory_pins_no_id_by_which_somebody_else_is_known() -> None:
    assert pinned(state(ids(ada=0, bob=1)).holders["user"], {ADA: Account(upn=ADA, object_id=guid(1))}) == []


# units


def test_usage_tells_before_peak_and_after() -> None:
    known = {"services": {"a": {"license": LOW}}, "users": {ADA: {"licenses": [CO]}}}
    now = {"services": {"a": {"license": HIGH}}, "users": {BOB: {"licenses": [CO]}, CYD: {"licenses": [CO]}}}
    before, after = state(known), replace(state(now), unaccounted={CO: 3})
    rows = usage_between(before, after, seen(known, now).changes, {LOW: 5, HIGH: "unlimited", CO: None})
    told = [(row.license, row.contingency, row.before, row.peak, row.after, row.unaccounted) for row in rows]
    assert told == [(LOW, 5, 1, 1, 0, 0), (HIGH, "unlimited", 0, 1, 1, 0), (CO, None, 1, 5, 5, 3)]


# a snapshot that lacks most


def people(number: int, *licenses: str, first: int = 0) -> dict[str, Any]:
    return {"users": {f"p{at:02}@x.example": {"licenses": list(licenses)} for at in range(first, first + number)}}


def lacking(current: dict[str, Any], snapshot: dict[str, Any], *waivers: Waiver) -> list[tuple[int, str | None]]:
    policy = Policy(waivers=waivers)
    found = disappearance(state(current), seen(current, snapshot), NIMBUS, policy, DAY)
    assert {(item.rule, item.severity) for item in found} <= {("mass-disappearance", "error")}
    return [(item.count, item.waived) for item in found]


def test_more_than_half_of_ten_holders_may_not_disappear_unasked() -> None:
    assert lacking(people(10), people(5)) == []
    assert lacking(people(10), people(4)) == [(6, None)]
    assert lacking(people(9), people(0)) == []


def test_more_than_half_of_ten_assignments_may_not_disappear_unasked() -> None:
    five = people(5, CO, IM)
    assert lacking(five, people(5, CO)) == []
    assert lacking(five, people(5)) == [(5, None)]
    assert lacking(people(4, CO, IM), people(4)) == []


def test_lower_tiers_count_and_higher_ones_do_not() -> None:
    def services(tier: str) -> dict[str, Any]:
        return {"services": {f"s{at}": {"license": tier} for at in range(10)}}

    assert lacking(services(HIGH), services(LOW)) == [(10, None)]
    assert lacking(services(LOW), services(HIGH)) == []


def test_each_section_is_looked_at_by_itself_and_only_if_it_is_there() -> None:
    known = people(10, CO) | {"services": {f"s{at}": {} for at in range(10)}}
    assert lacking(known, {"users": {}}) == [(10, None)]
    assert lacking(known, {"users": {}, "services": {}}) == [(10, None), (10, None)]
    assert lacking(known, {"virtual_users": {}}) == []


def test_the_finding_names_how_many_go_and_the_first_five() -> None:
    known, now = people(10, CO), people(4, CO)
    (found,) = disappearance(state(known), seen(known, now), NIMBUS, Policy(), DAY)
    assert found.message == "users: the snapshot lacks 6 of 10 holders and 6 of 10 assignments."
    assert found.holders == tuple(f"user:p0{at}@x.example" for at in range(4, 9))
    assert found.hint.endswith("--allow mass-disappearance --reason TEXT.")


WAIVER = Waiver(rule="mass-disappearance", reason="team closed", until=DAY)
UNFIT = (
    replace(WAIVER, until=DAY - datetime.timedelta(days=1)),
    replace(WAIVER, rule="max-revocations"),
    replace(WAIVER, holder=f"user:{ADA}"),
    replace(WAIVER, license=CO),
)


def test_a_waiver_lets_it_pass_up_to_its_last_day() -> None:
    assert lacking(people(10), people(0), WAIVER) == [(10, "team closed")]
    assert lacking(people(10), people(0), replace(WAIVER, until=None)) == [(10, "team closed")]


@pytest.mark.parametrize("waiver", UNFIT)
def test_a_waiver_of_something_else_lets_nothing_pass(waiver: Waiver) -> None:
    assert lacking(people(10), people(0), waiver) == [(10, None)]


# the law


def pinned_world(chance: Random) -> dict[str, Any]:
    """A random current state, in which some people are known by an object id that they keep under any UPN."""
    current: dict[str, Any] = random_world(chance, NIMBUS).current
    numbers = chance.sample(range(8), 8)
    for number, body in zip(numbers, current["users"].values(), strict=False):
        if number < 5:
            body["object_id"] = guid(number)
    return current


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger."""
    path = tmp_path / "ledger.db"
    path.touch()
    opened = ledger_at(path, write=True)
    yield opened
    opened.close()


def record(ledger: Ledger, snapshot: CurrentState, sections: set[Kind], tenant: str) -> Moved:
    """Record a snapshot as it is."""
    lease = ledger.take(tenant, CLAIMANT)
    assert isinstance(lease, Lease)
    with ledger.writing(lease) as writing:
        moved = observed(ledger.read(tenant), snapshot, sections, NIMBUS, tenant)
        writing.lift()
        writing.carry_out(moved.changes, moved.updates, moved.newcomers)
        writing.note_contract(snapshot.contingency or {}, snapshot.state)
        writing.settle()
    return moved


def assert_shows(after: CurrentState, snapshot: CurrentState, kind: Kind) -> None:
    """The record has exactly the holders that were seen, with what was told of each."""
    assert after.holders[kind].keys() == snapshot.holders[kind].keys()
    for key, row in snapshot.holders[kind].items():
        known = after.holders[kind][key]
        assert known.licenses == row.licenses
        assert row.object_id in (None, known.object_id)
        assert dict(row.labels.told()).items() <= dict(known.labels.told()).items()


@pytest.mark.parametrize("block", range(6))
def test_a_record_shows_what_was_seen_last_and_never_grows_beyond_it(ledger: Ledger, block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        chance, tenant = dice(seed), f"t{seed}"
        bought = {name: chance.randint(0, 3) for name in NIMBUS.licenses}
        first, second = (state({**pinned_world(chance), "contingency": bought}) for _ in "12")
        sections = {kind for kind in KINDS if chance.random() < 0.7}
        record(ledger, first, set(KINDS), tenant)
        before = ledger.read(tenant)
        record(ledger, second, sections, tenant)
        after = ledger.read(tenant)
        for kind in KINDS:
            assert_shows(after, second if kind in sections else first, kind)
            assert kind in sections or after.holders[kind] == before.holders[kind]
        assert record(ledger, second, sections, tenant) == Moved(), seed
    assert ledger.faults() == []
    assert_full_stays_full(ledger)


def assert_full_stays_full(ledger: Ledger) -> None:
    """Whoever writes to the database: what is used up or over-allocated is not given once more."""
    connection = sqlite3.connect(path_of(ledger))
    rows = connection.execute(
        "SELECT counters.tenant, counters.license, (SELECT min(id) FROM holders WHERE tenant = counters.tenant AND"
        "  NOT EXISTS (SELECT 1 FROM assignments WHERE holder = holders.id AND license = counters.license)) AS free"
        " FROM counters WHERE assigned >= contingency AND free IS NOT NULL"
    ).fetchall()
    assert len(rows) > 100
    for number, license_id, holder in rows:
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            connection.execute(
                "INSERT INTO assignments (tenant, holder, license) VALUES (?, ?, ?)", (number, holder, license_id)
            )
    connection.close()


def test_units_that_were_unaccounted_until_their_holders_were_seen_count_once() -> None:
    known, now = {"users": {ADA: {}, BOB: {}}}, {"users": {ADA: {"licenses": [CO]}, BOB: {"licenses": [CO]}}}
    before, moves = replace(state(known), unaccounted={CO: 3}), seen(known, now).changes
    for left, numbers in ((0, (3, 3, 2, 0)), (1, (3, 3, 3, 1)), (3, (3, 5, 5, 3))):
        (row,) = usage_between(before, replace(state(now), unaccounted={CO: left}), moves, {CO: 9})
        assert (row.before, row.peak, row.after, row.unaccounted) == numbers


def test_a_unit_that_is_taken_before_it_is_given_counts_once() -> None:
    known, now = {"users": {ADA: {"licenses": [CO]}}}, {"users": {BOB: {"licenses": [CO]}}}
    (row,) = usage_between(state(known), state(now), seen(known, now).changes, {CO: 1})
    assert (row.before, row.peak, row.after) == (1, 1, 1)


def test_units_are_counted_over_all_kinds() -> None:
    known = {"services": {"a": {}}, "users": {ADA: {"licenses": [CO]}, BOB: {"licenses": [CO]}}}
    assert units_of(state(known)) == {LOW: 1, CO: 2}


def test_a_change_of_an_observation_is_a_change_like_any_other() -> None:
    (change,) = seen({}, {"users": {ADA: {"licenses": [CO]}}}).changes
    assert replace(change, id="") == Change(
        step=1, action="grant", holder=f"user:{ADA}", license=CO, reason="observed", risk="none"
    )
