"""What absence means, key by key, and what moves because of it."""

from typing import Any

import pytest

from worlds import BOUGHT, catalog_of, catalog_with, moves, planned, updates

ADA, BOB, CYD = (f"{name}@x.example" for name in ("ada", "bob", "cyd"))
A, B = f"user:{ADA}", f"user:{BOB}"
CC, IM, CO = "contact_center_user", "instant_messaging", "companion"
LOW, MIDDLE, HIGH = "advanced_routing", "enterprise_routing", "contact_center"
ADDON = "interact_service"


def plan_of(files: dict[str, Any], current: dict[str, Any], how: str | None = None, **more: Any) -> Any:
    """The plan of a tenant that bought plenty; `how` is what manage says of every section that is written."""
    managed = {"manage": {section: how for section in files if section in SECTIONS}} if how else {}
    return planned({**BOUGHT, **managed, **files}, current, {"guards": {"max_revocations": "off"}}, **more)


SECTIONS = ("services", "users", "virtual_users")
HELD: dict[str, Any] = {
    "services": {"s": {"license": HIGH, "addons": [ADDON]}},
    "users": {ADA: {"licenses": [CC, CO]}},
    "virtual_users": {"bot": {"licenses": ["virtual_user"]}},
}
LOSE_S = [f"- service:s {ADDON}", f"~ service:s {HIGH} {LOW}"]
LOSE_A = [f"- {A} {CC}", f"- {A} {CO}"]
LOSE_V = ["- virtual_user:bot virtual_user"]


# sections


def test_a_section_that_is_absent_is_not_managed_and_its_licensed_holders_are_counted() -> None:
    answer = plan_of({}, {**HELD, "users": {**HELD["users"], BOB: {}}})
    assert moves(answer) == []
    assert answer.unmanaged == {"services": 1, "users": 1, "virtual_users": 1}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_manage_calls_none_is_left_alone(section: str) -> None:
    answer = planned({**BOUGHT, "manage": {section: "none"}}, HELD)
    assert (moves(answer), answer.unmanaged[section]) == ([], 1)


OTHER: dict[str, dict[str, Any]] = {"services": {"t": {}}, "users": {BOB: {}}, "virtual_users": {"cat": {}}}


@pytest.mark.parametrize("section", SECTIONS)
def test_whom_a_listed_section_does_not_name_is_left_alone_and_counted(section: str) -> None:
    answer = plan_of({section: OTHER[section]}, HELD)
    assert [move for move in moves(answer) if not move.startswith("+ service:t")] == []
    assert answer.unmanaged == {"services": 1, "users": 1, "virtual_users": 1}


@pytest.mark.parametrize(("section", "lost"), [("services", LOSE_S), ("users", LOSE_A), ("virtual_users", LOSE_V)])
def test_whom_a_section_that_is_all_does_not_name_holds_nothing_or_the_default_tier(
    section: str, lost: list[str]
) -> None:
    answer = plan_of({section: OTHER[section]}, HELD, "all")
    assert [move for move in moves(answer) if not move.startswith("+ service:t")] == lost
    assert answer.unmanaged[section] == 0
    assert all(change.file is None for change in answer.changes if "t" not in change.holder.split(":")[1][:1])


def test_a_service_that_nobody_names_and_that_is_at_the_default_tier_does_not_move() -> None:
    assert moves(plan_of({"services": {"t": {}}}, {"services": {"s": {}, "t": {}}}, "all")) == []


# people


PEOPLE: list[tuple[dict[str, Any], str, list[str], int]] = [
    ({}, "listed", [], 1),
    ({}, "all", LOSE_A, 0),
    ({"cost_center": "1"}, "listed", [], 1),
    ({"cost_center": "1"}, "all", LOSE_A, 0),
    ({"licenses": []}, "listed", LOSE_A, 0),
    ({"licenses": []}, "all", LOSE_A, 0),
    ({"profiles": []}, "listed", LOSE_A, 0),
    ({"profiles": []}, "all", LOSE_A, 0),
    ({"licenses": [CC]}, "listed", [f"- {A} {CO}"], 0),
    ({"licenses": [CC]}, "all", [f"- {A} {CO}"], 0),
    ({"licenses": [CC, CO]}, "listed", [], 0),
    ({"licenses": [CC, CO, IM]}, "listed", [f"+ {A} {IM}"], 0),
    ({"profiles": ["agent"]}, "listed", [f"- {A} {CO}", f"+ {A} {IM}"], 0),
    ({"profiles": ["agent"], "without": [IM]}, "listed", [f"- {A} {CO}"], 0),
    ({"profiles": ["senior"], "without": [IM]}, "listed", [], 0),
    ({"profiles": ["agent"], "licenses": [CO], "without": [IM]}, "listed", [], 0),
]


@pytest.mark.parametrize(("entry", "how", "expected", "unmanaged"), PEOPLE)
def test_what_an_entry_says_about_the_licenses_of_a_person(
    entry: dict[str, Any], how: str, expected: list[str], unmanaged: int
) -> None:
    profiles = {"agent": {"licenses": [CC, IM]}, "senior": {"extends": ["agent"], "licenses": [CO]}}
    answer = plan_of({"profiles": profiles, "users": {ADA: entry}}, {"users": HELD["users"]}, how)
    assert (moves(answer), answer.unmanaged["users"]) == (expected, unmanaged)


BOTS: list[tuple[dict[str, Any], str, list[str], int]] = [
    ({}, "listed", [], 1),
    ({"name": "Bot"}, "listed", [], 1),
    ({}, "all", LOSE_V, 0),
    ({"licenses": []}, "listed", LOSE_V, 0),
    ({"licenses": ["virtual_user"]}, "listed", [], 0),
    ({"absent": True}, "listed", LOSE_V, 0),
    ({"absent": True}, "all", LOSE_V, 0),
]


@pytest.mark.parametrize(("entry", "how", "expected", "unmanaged"), BOTS)
def test_what_an_entry_says_about_the_licenses_of_a_virtual_user(
    entry: dict[str, Any], how: str, expected: list[str], unmanaged: int
) -> None:
    answer = plan_of({"virtual_users": {"bot": entry}}, {"virtual_users": HELD["virtual_users"]}, how)
    assert (moves(answer), answer.unmanaged["virtual_users"]) == (expected, unmanaged)
    dropped = [("virtual_user:bot", "dropped", "bot", None)] if "absent" in entry else []
    assert [update for update in updates(answer) if update[1] == "dropped"] == dropped


# services


SERVICES: list[tuple[dict[str, Any], str, list[str], int]] = [
    ({}, "listed", [], 1),
    ({}, "all", LOSE_S, 0),
    ({"name": "S"}, "listed", [], 1),
    ({"license": HIGH}, "listed", [], 0),
    ({"license": MIDDLE}, "listed", [f"~ service:s {HIGH} {MIDDLE}"], 0),
    ({"license": MIDDLE}, "all", [f"- service:s {ADDON}", f"~ service:s {HIGH} {MIDDLE}"], 0),
    ({"addons": []}, "listed", [f"- service:s {ADDON}"], 0),
    ({"addons": []}, "all", LOSE_S, 0),
    ({"addons": [ADDON]}, "listed", [], 0),
    ({"addons": [ADDON]}, "all", [f"~ service:s {HIGH} {LOW}"], 0),
    ({"license": HIGH, "addons": [ADDON]}, "all", [], 0),
    ({"absent": True}, "listed", [f"- service:s {ADDON}", f"- service:s {HIGH}"], 0),
    ({"absent": True}, "all", [f"- service:s {ADDON}", f"- service:s {HIGH}"], 0),
]


@pytest.mark.parametrize(("entry", "how", "expected", "unmanaged"), SERVICES)
def test_what_an_entry_says_about_the_tier_and_addons_of_a_service(
    entry: dict[str, Any], how: str, expected: list[str], unmanaged: int
) -> None:
    answer = plan_of({"services": {"s": entry}}, {"services": HELD["services"]}, how)
    assert (moves(answer), answer.unmanaged["services"]) == (expected, unmanaged)


@pytest.mark.parametrize("how", ["listed", "all"])
@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, [f"+ service:new {LOW}"]),
        ({"name": "New"}, [f"+ service:new {LOW}"]),
        ({"addons": [ADDON]}, [f"+ service:new {LOW}", f"+ service:new {ADDON}"]),
        ({"license": HIGH}, [f"+ service:new {HIGH}"]),
        ({"absent": True}, []),
    ],
)
def test_a_service_that_the_current_state_does_not_know_gets_its_tier_or_the_default(
    how: str, entry: dict[str, Any], expected: list[str]
) -> None:
    answer = plan_of({"services": {"new": entry}}, {}, how)
    assert (moves(answer), answer.unmanaged["services"]) == (expected, 0)


def test_a_holder_that_is_absent_and_unknown_is_nothing_to_do() -> None:
    answer = plan_of({"virtual_users": {"bot": {"absent": True}}}, {})
    assert (moves(answer), updates(answer), answer.verdict) == ([], [], "no_changes")


def test_a_catalog_without_tiers_has_services_with_addons_only() -> None:
    own = catalog_of(
        {
            "version": 1,
            "name": "own",
            "parts": {"p": "P"},
            "states": {"active": {"label": "Active", "effect": "Well.", "changes": "allowed"}},
            "licenses": {"extra": {"label": "Extra", "part": "p", "holder": "service"}},
        }
    )
    bought = {"contract": {"contingency": {"extra": 9}}}
    files = {**bought, "manage": {"services": "all"}, "services": {"s": {"addons": ["extra"]}, "new": {}}}
    answer = planned(files, {"services": {"s": {}, "t": {"addons": ["extra"]}}}, catalog=own)
    assert moves(answer) == ["- service:t extra", "+ service:s extra"]


# days


DAYS: list[tuple[dict[str, str], str, str]] = [
    ({"from": "2026-11-25"}, "keeps", "loses"),
    ({"from": "2026-11-24"}, "gets", "gets"),
    ({"until": "2026-11-24"}, "gets", "gets"),
    ({"until": "2026-11-23"}, "loses", "loses"),
    ({"from": "2026-11-24", "until": "2026-11-24"}, "gets", "gets"),
    ({"from": "2026-11-01", "until": "2026-11-23"}, "loses", "loses"),
    ({"from": "2026-11-25", "until": "2026-12-01"}, "keeps", "loses"),
]


@pytest.mark.parametrize(("dates", "listed", "complete"), DAYS)
def test_a_person_holds_what_the_entry_gives_on_its_days_both_included(
    dates: dict[str, str], listed: str, complete: str
) -> None:
    expected = {"keeps": [], "loses": [f"- {A} {CO}"], "gets": [f"- {A} {CO}", f"+ {A} {CC}"]}
    for how, what in (("listed", listed), ("all", complete)):
        answer = plan_of({"users": {ADA: {"licenses": [CC], **dates}}}, {"users": {ADA: {"licenses": [CO]}}}, how)
        assert moves(answer) == expected[what]
        assert answer.unmanaged["users"] == (what == "keeps")


SERVICE_DAYS = {
    "keeps": [],
    "default": [f"- service:s {ADDON}", f"~ service:s {MIDDLE} {LOW}"],
    "gets": [f"~ service:s {MIDDLE} {HIGH}"],
}


@pytest.mark.parametrize(("dates", "listed", "complete"), DAYS)
def test_a_service_is_at_the_default_tier_without_addons_after_its_last_day(
    dates: dict[str, str], listed: str, complete: str
) -> None:
    of_service = {"keeps": "keeps", "loses": "default", "gets": "gets"}
    for how, what in (("listed", of_service[listed]), ("all", of_service[complete])):
        entry = {"license": HIGH, "addons": [ADDON], **dates}
        current = {"services": {"s": {"license": MIDDLE, "addons": [ADDON]}}}
        answer = plan_of({"services": {"s": entry}}, current, how)
        assert moves(answer) == SERVICE_DAYS[what]
        assert answer.unmanaged["services"] == (what == "keeps")


@pytest.mark.parametrize("how", ["listed", "all"])
def test_a_new_service_does_not_begin_before_its_first_day(how: str) -> None:
    answer = plan_of({"services": {"s": {"license": HIGH, "from": "2026-11-25"}}}, {}, how)
    assert (moves(answer), updates(answer)) == ([], [])


ROWS = "upn,licenses,from,until\n"
SEVERAL: list[tuple[dict[str, Any], str, list[str], int]] = [
    # the entry under users, the row, what moves, unmanaged
    ({"licenses": [CC]}, f"{ADA},{IM},,\n", [f"- {A} {CO}", f"+ {A} {CC}", f"+ {A} {IM}"], 0),
    ({"licenses": [CC]}, f"{ADA},{IM},2026-11-25,\n", [f"- {A} {CO}", f"+ {A} {CC}"], 0),
    ({"licenses": [CC], "until": "2026-11-23"}, f"{ADA},{IM},,2026-11-22\n", [f"- {A} {CO}"], 0),
    # between two entries nothing is said: one has ended, the other hasn't begun
    ({"licenses": [CC], "until": "2026-11-23"}, f"{ADA},{IM},2026-11-25,\n", [], 1),
    # an entry that is silent about licenses doesn't keep the others from ending
    ({"cost_center": "1"}, f"{ADA},{IM},,2026-11-23\n", [f"- {A} {CO}"], 0),
    ({"cost_center": "1"}, f"{ADA},,,\n", [], 1),
    ({"cost_center": "1"}, f"{ADA},none,,\n", [f"- {A} {CO}"], 0),
    ({"licenses": []}, f"{ADA},{CO},,\n", [], 0),
]


@pytest.mark.parametrize(("entry", "row", "expected", "unmanaged"), SEVERAL)
def test_a_person_has_the_union_of_the_entries_in_force(
    entry: dict[str, Any], row: str, expected: list[str], unmanaged: int
) -> None:
    answer = plan_of(
        {"users": {ADA: entry}, "rosters": [{"file": "r.csv"}]},
        {"users": {ADA: {"licenses": [CO]}}},
        rosters={"r.csv": ROWS + row},
    )
    assert (moves(answer), answer.unmanaged["users"]) == (expected, unmanaged)


def test_without_takes_away_from_its_own_entry_only() -> None:
    answer = plan_of(
        {"users": {ADA: {"licenses": [CC], "without": [CO]}}, "rosters": [{"file": "r.csv", "licenses": [CO]}]},
        {"users": {ADA: {}}},
        rosters={"r.csv": f"upn\n{ADA}\n"},
    )
    assert moves(answer) == [f"+ {A} {CC}", f"+ {A} {CO}"]


# labels and other properties


def test_labels_that_are_absent_are_left_and_others_move() -> None:
    held = {ADA: {"name": "Ada", "cost_center": "1", "organization_unit": "/x"}}
    answer = plan_of({"users": {ADA: {"cost_center": "2", "organization_unit": "/x"}}}, {"users": held}, "all")
    assert updates(answer) == [(A, "cost_center", "1", "2")]
    assert answer.verdict == "ready"


def test_the_labels_of_a_new_holder_come_from_nothing() -> None:
    entry = {"name": "Ada", "cost_center": "2", "object_id": GUID_1, "licenses": []}
    answer = plan_of({"users": {ADA: entry}}, {})
    assert updates(answer) == [
        (A, "object_id", None, GUID_1),
        (A, "name", None, "Ada"),
        (A, "cost_center", None, "2"),
    ]


def test_an_entry_sets_its_labels_only_while_it_is_in_force() -> None:
    for dates, expected in (({"from": "2026-11-25"}, []), ({"until": "2026-11-23"}, []), ({}, ["2"])):
        answer = plan_of({"users": {ADA: {"cost_center": "2", **dates}}}, {"users": {ADA: {"cost_center": "1"}}})
        assert [update[3] for update in updates(answer)] == expected
        new = plan_of({"users": {ADA: {"cost_center": "2", "object_id": GUID_1, **dates}}}, {})
        assert [update[1] for update in updates(new)] == (["object_id", "cost_center"] if expected else [])


def test_a_service_keeps_the_assignment_type_that_its_entry_leaves_out() -> None:
    held = {"s": {"license": HIGH, "assignment_type": "skill_based"}, "t": {"license": HIGH}}
    answer = plan_of(
        {"services": {"s": {"name": "S"}, "t": {"assignment_type": "skill_based"}}}, {"services": held}, "listed"
    )
    assert updates(answer) == [
        ("service:s", "name", None, "S"),
        ("service:t", "assignment_type", None, "skill_based"),
    ]


def test_a_dropped_service_is_told_by_the_key_that_the_current_state_has() -> None:
    answer = plan_of({"services": {"s": {"absent": True}}}, {"services": {"s": {"name": "S"}}})
    assert updates(answer) == [("service:s", "dropped", "s", None)]


# who is who

GUID_1, GUID_2, GUID_3 = (f"00000000-0000-4000-8000-00000000000{at}" for at in (1, 2, 3))
IDENTITIES: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str | None]], list[str]]] = {
    # files, current state (object_id or None for each UPN), renames (to, from), holders in doubt
    "a UPN alone": ({ADA: {}}, {ADA: None}, [], []),
    "a UPN in other case": ({ADA: {}}, {"ADA@x.example": GUID_1}, [], []),
    "an object id under another UPN": ({BOB: {"object_id": GUID_1}}, {ADA: GUID_1}, [(B, ADA)], []),
    "previously": ({BOB: {"previously": ADA}}, {ADA: None}, [(B, ADA)], []),
    "previously in other case": ({BOB: {"previously": "ADA@X.example"}}, {ADA: None}, [(B, ADA)], []),
    "previously of a known person": ({BOB: {"previously": ADA}}, {ADA: GUID_1}, [(B, ADA)], []),
    "previously and the same id": ({BOB: {"previously": ADA, "object_id": GUID_1}}, {ADA: GUID_1}, [(B, ADA)], []),
    "previously, carried out before": ({BOB: {"previously": ADA}}, {BOB: None}, [], []),
    "a UPN of somebody unknown": ({BOB: {"previously": ADA}}, {}, [], []),
    "a UPN whose known id differs": ({ADA: {"object_id": GUID_2}}, {ADA: GUID_1}, [], [A]),
    "a former UPN whose known id differs": (
        {BOB: {"previously": ADA, "object_id": GUID_2}}, {ADA: GUID_1}, [], [B],
    ),
    "two matches by id and UPN": ({BOB: {"object_id": GUID_1}}, {ADA: GUID_1, BOB: None}, [], [B]),
    "two matches by UPN and previously": ({BOB: {"previously": ADA}}, {ADA: None, BOB: None}, [], [B]),
    "one object id twice in the current state": ({ADA: {"object_id": GUID_1}}, {ADA: GUID_1, BOB: GUID_1}, [], [A]),
    "two entries that claim one row": ({ADA: {}, BOB: {"previously": ADA}}, {ADA: None}, [], [A, B]),
    "UPNs swapped, by id": (
        {ADA: {"object_id": GUID_2}, BOB: {"object_id": GUID_1}},
        {ADA: GUID_1, BOB: GUID_2},
        [(A, BOB), (B, ADA)],
        [],
    ),
    "UPNs swapped, by previously alone": (
        {ADA: {"previously": BOB}, BOB: {"previously": ADA}}, {ADA: None, BOB: None}, [], [A, B],
    ),
    "a chain of renames, by id": (
        {BOB: {"object_id": GUID_1, "previously": ADA}, CYD: {"object_id": GUID_2, "previously": BOB}},
        {ADA: GUID_1, BOB: GUID_2},
        [(B, ADA), (f"user:{CYD}", BOB)],
        [],
    ),
    "a chain of renames, by previously alone": (
        {BOB: {"previously": ADA}, CYD: {"previously": BOB}}, {ADA: None, BOB: None}, [], [B, f"user:{CYD}"],
    ),
    "a UPN that a new person takes, the old one by id": (
        {ADA: {"object_id": GUID_2}, BOB: {"object_id": GUID_1}}, {ADA: GUID_1}, [(B, ADA)], [],
    ),
    "a UPN that a new person takes, nameless": (
        {ADA: {}, BOB: {"object_id": GUID_1}}, {ADA: GUID_1}, [(B, ADA)], [],
    ),
    "previously kept on while somebody else took the old UPN": (
        {BOB: {"object_id": GUID_1, "previously": ADA}, ADA: {}}, {ADA: GUID_2, BOB: GUID_1}, [], [],
    ),
    "previously kept on, the old UPN taken by somebody known whom no file names": (
        {BOB: {"object_id": GUID_1, "previously": ADA}}, {ADA: GUID_2, BOB: GUID_1}, [], [],
    ),
    "previously kept on, without an id, while somebody else took the old UPN": (
        {BOB: {"previously": ADA}, ADA: {}}, {ADA: None, BOB: None}, [], [A, B],
    ),
    "previously kept on while somebody without an id took the old UPN": (
        {BOB: {"object_id": GUID_1, "previously": ADA}, ADA: {}},
        {ADA: None, BOB: GUID_1},
        [],
        [],
    ),
    "two matches by id and previously": (
        {BOB: {"object_id": GUID_1, "previously": ADA}},
        {ADA: None, BOB: GUID_1},
        [],
        [B],
    ),
    "a former UPN whose known id differs, and the UPN itself": (
        {BOB: {"previously": ADA, "object_id": GUID_1}}, {ADA: GUID_2, BOB: None}, [], [],
    ),
    "a doubtful row that a third entry claims": (
        {ADA: {"object_id": GUID_2}, BOB: {"previously": ADA}}, {ADA: GUID_1}, [], [A, B],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "held", "renames", "doubts"), IDENTITIES.values(), ids=IDENTITIES.keys())
def test_who_is_who(
    files: dict[str, Any], held: dict[str, Any], renames: list[tuple[str, str | None]], doubts: list[str]
) -> None:
    rows = {upn: {"licenses": [CO], **({"object_id": guid} if guid else {})} for upn, guid in held.items()}
    for people in (files, dict(reversed(files.items()))):
        answer = plan_of(
            {"users": {upn: {**entry, "licenses": [CO]} for upn, entry in people.items()}}, {"users": rows}
        )
        found = [(holder, before) for holder, field, before, _ in updates(answer) if field == "rename"]
        conflicts = [item.holder for item in answer.findings if item.rule == "identity-conflict"]
        assert (found, conflicts) == (renames, doubts)
        assert (answer.verdict == "rejected") == bool(doubts)
        assert {change.holder for change in answer.changes}.isdisjoint(doubts)


def test_nothing_of_a_person_in_doubt_moves_even_where_the_section_is_all() -> None:
    files = {"users": {ADA: {"object_id": GUID_2, "licenses": [CC]}}}
    answer = plan_of(files, {"users": {ADA: {"object_id": GUID_1, "licenses": [CO]}}}, "all")
    assert (moves(answer), updates(answer), answer.verdict) == ([], [], "rejected")


def test_a_doubt_about_one_person_does_not_touch_others_whatever_the_order() -> None:
    files = {ADA: {}, BOB: {"previously": ADA}, CYD: {"object_id": GUID_3}}
    held = {ADA: None, BOB: GUID_3}
    for people in (files, dict(reversed(files.items()))):
        rows = {upn: {"licenses": [CO], **({"object_id": guid} if guid else {})} for upn, guid in held.items()}
        answer = plan_of(
            {"users": {upn: {**entry, "licenses": [CO]} for upn, entry in people.items()}}, {"users": rows}
        )
        assert [item.holder for item in answer.findings if item.rule == "identity-conflict"] == [A, B]
        assert updates(answer) == [(f"user:{CYD}", "rename", BOB, CYD)]


def test_three_entries_that_claim_one_row_are_told_in_an_order_of_their_own() -> None:
    files = {ADA: {"previously": "old@x.example"}, BOB: {"object_id": GUID_1}, "old@x.example": {}}
    rows = {"old@x.example": {"licenses": [CO]}}
    told = [
        [item.message for item in planned({**BOUGHT, "users": people}, {"users": rows}).findings]
        for people in (files, dict(reversed(files.items())))
    ]
    assert told[0] == told[1]


def test_an_object_id_is_learned_though_nothing_else_moves() -> None:
    files = {"users": {ADA: {"object_id": GUID_1, "name": "Ada"}, BOB: {"object_id": GUID_2}}}
    current = {"users": {ADA: {"name": "Ada"}, BOB: {"object_id": GUID_2.upper()}}}
    assert updates(plan_of(files, current)) == [(A, "object_id", None, GUID_1)]


def test_a_conflict_over_one_row_names_the_others_who_claim_it() -> None:
    answer = planned({**BOUGHT, "users": {ADA: {}, BOB: {"previously": ADA}}}, {"users": {ADA: {}}})
    messages = {item.holder: item.message for item in answer.findings if item.rule == "identity-conflict"}
    assert f"claimed by {B} as well" in messages[A]
    assert f"claimed by {A} as well" in messages[B]


def test_a_rename_keeps_the_licenses_and_the_object_id_is_learned() -> None:
    files = {"users": {BOB: {"previously": ADA, "object_id": GUID_1, "licenses": [CO]}}}
    answer = plan_of(files, {"users": {ADA: {"licenses": [CO, CC]}}})
    assert moves(answer) == [f"- {B} {CC}"]
    assert updates(answer) == [(B, "object_id", None, GUID_1), (B, "rename", ADA, BOB)]


# reasons

REASONS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "licenses": ({"users": {ADA: {"licenses": [CO]}}}, {}, "licenses"),
    "profile": ({"users": {ADA: {"profiles": ["senior"]}}}, {}, "profile senior > agent"),
    "own word": ({"users": {ADA: {"profiles": ["senior"], "licenses": [CO]}}}, {}, "licenses"),
    "roster": ({"rosters": [{"file": "r.csv", "licenses": [CO]}]}, {}, "licenses (roster r.csv)"),
    "without": (
        {"users": {ADA: {"profiles": ["senior"], "without": [CO]}}}, {ADA: {"licenses": [CO]}}, "named under without",
    ),
    "not given": ({"users": {ADA: {"licenses": []}}}, {ADA: {"licenses": [CO]}}, "no entry in force gives it"),
    "ended": (
        {"users": {ADA: {"licenses": [CO], "until": "2026-11-01"}}},
        {ADA: {"licenses": [CO]}},
        "the last entry ended on 2026-11-01",
    ),
    "silent under all": (
        {"manage": {"users": "all"}, "users": {ADA: {}}},
        {ADA: {"licenses": [CO]}},
        "the section is all and the entry names no licenses",
    ),
    "not begun under all": (
        {
            "manage": {"users": "all"},
            "users": {ADA: {"licenses": [CO], "from": "2026-12-01", "until": "2026-12-31"}},
        },
        {ADA: {"licenses": [CO]}},
        "the section is all and no entry is in force",
    ),
    "between two entries under all": (
        {
            "manage": {"users": "all"},
            "users": {ADA: {"licenses": [CO], "from": "2026-12-01"}},
            "rosters": [{"file": "r.csv", "licenses": [CO], "until": "2026-11-01"}],
        },
        {ADA: {"licenses": [CO]}},
        "the section is all and no entry is in force",
    ),
    "several ended": (
        {
            "users": {ADA: {"licenses": [CO], "until": "2026-11-02"}},
            "rosters": [{"file": "r.csv", "licenses": [CO], "until": "2026-11-01"}],
        },
        {ADA: {"licenses": [CO]}},
        "the last entry ended on 2026-11-02",
    ),
    "unlisted under all": (
        {"manage": {"users": "all"}, "users": {BOB: {}}},
        {ADA: {"licenses": [CO]}},
        "users is all and no file lists this holder",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "held", "reason"), REASONS.values(), ids=REASONS.keys())
def test_each_change_says_why(files: dict[str, Any], held: dict[str, Any], reason: str) -> None:
    profiles = {"agent": {"licenses": [CO]}, "senior": {"extends": ["agent"]}}
    answer = plan_of({"profiles": profiles, **files}, {"users": held}, rosters={"r.csv": f"upn\n{ADA}\n"})
    assert [change.reason for change in answer.changes] == [reason]


def test_a_dropped_holder_and_an_ended_service_say_why() -> None:
    files = {
        "services": {"s": {"license": HIGH, "until": "2026-11-01"}, "t": {"license": HIGH}},
        "virtual_users": {"bot": {"absent": True}},
    }
    answer = plan_of(files, {**HELD, "services": {**HELD["services"], "t": {}}})
    assert [change.reason for change in answer.changes] == [
        "the entry is not in force on 2026-11-24",
        "absent: it no longer exists",
        "the entry is not in force on 2026-11-24",
        "the service's entry",
    ]


def test_a_change_leads_to_the_entry_that_asks_for_it() -> None:
    answer = plan_of({"users": {ADA: {"licenses": [CO]}}}, {})
    assert [(change.file, change.line) for change in answer.changes] == [("tenants/contoso/0.yaml", 1)]


def test_a_revocation_leads_to_the_entry_that_speaks_about_licenses() -> None:
    answer = plan_of(
        {"users": {ADA: {"name": "Ada"}}, "rosters": [{"file": "r.csv", "licenses": []}]},
        {"users": {ADA: {"licenses": [CO]}}},
        rosters={"r.csv": f"upn\n{ADA}\n"},
    )
    assert [(change.file, change.line) for change in answer.changes] == [("tenants/contoso/r.csv", 2)]


def test_a_license_that_is_new_in_a_catalog_moves_like_any_other() -> None:
    own = catalog_with(licenses={"hologram": {"label": "Hologram", "part": "user", "holder": "user"}})
    files = {"contract": {"contingency": {"hologram": 1}}, "users": {ADA: {"licenses": ["hologram"]}}}
    assert moves(planned(files, {}, catalog=own)) == [f"+ {A} hologram"]
