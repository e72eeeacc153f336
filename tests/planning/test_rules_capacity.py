"""Rules on numbers: contingency, deadlock, and what files and observation tell of the contract."""

from typing import Any

import pytest

from tenantry.planning.bought import Assumed
from worlds import catalog_with, in_ledger, of_rule, planned, told

PEOPLE = [f"{name}@x.example" for name in ("ada", "bob", "cyd", "dee")]
CO, CC = "companion", "contact_center_user"
LOW, MIDDLE, HIGH = "advanced_routing", "enterprise_routing", "contact_center"


def holding(license_id: str, number: int) -> dict[str, Any]:
    return {upn: {"licenses": [license_id]} for upn in PEOPLE[:number]}


def companions(limit: Any, before: int, after: int) -> Any:
    """A plan over companion: bought, held before, held after (the first ones)."""
    files = {upn: {"licenses": [CO] if at < after else []} for at, upn in enumerate(PEOPLE)}
    contract = {"contingency": {CO: limit}} if limit is not None else {}
    return planned({"contract": contract, "users": files}, {"users": holding(CO, before)})


CAPACITY: list[tuple[Any, int, int, str | None, int]] = [
    # bought, before, after, which rule speaks, for how many holders
    (2, 0, 2, None, 0),
    (1, 0, 2, "contingency-exceeded", 2),
    (2, 2, 3, "contingency-exceeded", 1),
    (0, 0, 1, "contingency-exceeded", 1),
    (2, 3, 3, "over-allocated", 1),
    (1, 3, 2, "over-allocated", 1),
    (1, 3, 1, None, 0),
    ("unlimited", 0, 4, None, 0),
    (None, 0, 2, "contract-missing", 2),
    (None, 2, 2, None, 0),
    (None, 2, 1, None, 0),
]


@pytest.mark.parametrize(("limit", "before", "after", "rule", "count"), CAPACITY)
def test_what_was_bought_is_held_against_what_the_plan_leads_to(
    limit: Any, before: int, after: int, rule: str | None, count: int
) -> None:
    answer = companions(limit, before, after)
    for name, severity in (
        ("contingency-exceeded", "error"),
        ("over-allocated", "warning"),
        ("contract-missing", "error"),
    ):
        found = [(item[0], item[2], item[3]) for item in told(answer, name)]
        assert found == ([(severity, CO, count)] if rule == name else [])
    rejected = rule in ("contingency-exceeded", "contract-missing")
    assert answer.verdict == ("rejected" if rejected else "no_changes" if before == after else "ready")


def test_a_grant_of_which_nobody_knows_what_was_bought_is_told_at_the_contract() -> None:
    (found,) = of_rule(companions(None, 0, 2), "contract-missing")
    assert (found.file, found.line) == ("tenants/contoso/0.yaml", 1)
    assert "the plan grants 2." in found.message
    assert "{companion: N}" in found.hint


def test_an_exceeded_contingency_says_assigned_bought_and_missing_and_where_it_is_told() -> None:
    (found,) = of_rule(companions(1, 0, 4), "contingency-exceeded")
    assert [word for word in found.message.replace(":", "").split() if word.isdigit()] == ["4", "1", "3"]
    assert [word for word in found.hint.split() if word.isdigit()] == ["3", "3"]
    assert found.holders == tuple(f"user:{upn}" for upn in sorted(PEOPLE))
    assert (found.file, found.line) == ("tenants/contoso/0.yaml", 1)


def test_an_overrun_that_the_plan_does_not_make_says_how_many_are_too_many() -> None:
    (found,) = of_rule(companions(1, 3, 3), "over-allocated")
    assert [word for word in found.message.replace(":", "").split() if word.isdigit()] == ["3", "1", "2"]
    assert [word for word in found.hint.split() if word.isdigit()] == ["2", "2"]


def test_one_that_comes_and_one_that_goes_in_an_overrun_is_exceeded_still() -> None:
    files = {PEOPLE[0]: {"licenses": []}, PEOPLE[3]: {"licenses": [CO]}}
    answer = planned({"contract": {"contingency": {CO: 2}}, "users": files}, {"users": holding(CO, 3)})
    assert [item[0] for item in told(answer, "contingency-exceeded")] == ["error"]
    assert told(answer, "over-allocated") == []


def test_a_license_that_the_contract_does_not_name_was_not_bought() -> None:
    files = {"contract": {"contingency": {CC: 1}}, "users": holding(CO, 1)}
    assert told(planned(files), "contingency-exceeded") == [("error", f"user:{PEOPLE[0]}", CO, 1)]


def test_holders_that_no_file_mentions_count_as_well() -> None:
    files = {"contract": {"contingency": {CO: 2}}, "users": {PEOPLE[3]: {"licenses": [CO]}}}
    assert [item[0] for item in told(planned(files, {"users": holding(CO, 2)}), "contingency-exceeded")] == ["error"]


def test_the_tier_of_a_service_and_a_higher_one_are_counted_like_any_license() -> None:
    files = {
        "contract": {"contingency": {HIGH: 1, LOW: 9}},
        "services": {"a": {"license": HIGH}, "b": {"license": HIGH}},
    }
    answer = planned(files, {"services": {"a": {}}})
    assert told(answer, "contingency-exceeded") == [("error", None, HIGH, 2)]
    assert [change.action for change in answer.changes] == ["replace", "grant"]


# deadlock

CIRCLE = {"a": (LOW, MIDDLE), "b": (MIDDLE, HIGH), "c": (HIGH, LOW)}
SWAP = {"a": (LOW, HIGH), "b": (HIGH, LOW)}


def exchanged(pairs: dict[str, tuple[str, str]], execution: str, **numbers: Any) -> Any:
    files = {
        "contract": {"contingency": numbers},
        "services": {key: {"license": new} for key, (_, new) in pairs.items()},
    }
    workspace = {"execution": execution, "guards": {"max_revocations": "off"}}
    return planned(files, {"services": {key: {"license": old} for key, (old, _) in pairs.items()}}, workspace)


@pytest.mark.parametrize(
    ("pairs", "numbers", "execution", "deadlock"),
    [
        (CIRCLE, {LOW: 1, MIDDLE: 1, HIGH: 1}, "portal", True),
        (CIRCLE, {LOW: 1, MIDDLE: 1, HIGH: 1}, "ledger", False),
        (CIRCLE, {LOW: 1, MIDDLE: 2, HIGH: 1}, "portal", False),
        (CIRCLE, {LOW: 1, MIDDLE: "unlimited", HIGH: 1}, "portal", False),
        (SWAP, {LOW: 1, MIDDLE: 5, HIGH: 1}, "portal", True),
        ({"a": (LOW, HIGH)}, {LOW: 0, MIDDLE: 0, HIGH: 1}, "portal", False),
    ],
)
def test_a_circle_of_full_tiers_stops_people_and_not_a_ledger(
    *, pairs: Any, numbers: Any, execution: str, deadlock: bool
) -> None:
    answer = exchanged(pairs, execution, **numbers)
    assert [(item.severity, item.count) for item in of_rule(answer, "contingency-deadlock")] == (
        [("error", len(pairs))] if deadlock else []
    )
    assert answer.verdict == ("rejected" if deadlock else "ready")


def test_a_deadlock_names_a_tier_to_go_through_and_the_number_of_spare_units() -> None:
    (through,) = of_rule(exchanged(SWAP, "portal", **{LOW: 1, MIDDLE: 1, HIGH: 1}), "contingency-deadlock")
    assert "Enterprise Routing" in through.hint
    assert " 1 unit " in through.hint
    assert "2 services exchange Advanced Routing, Contact Center while" in through.message
    assert (through.file, through.line) == ("tenants/contoso/0.yaml", 1)
    (full,) = of_rule(exchanged(SWAP, "portal", **{LOW: 1, MIDDLE: 0, HIGH: 1}), "contingency-deadlock")
    assert "Enterprise Routing" not in full.hint
    assert through.holders == full.holders == ("service:a", "service:b")


def test_two_circles_apart_need_two_spare_units_and_only_their_services_are_named() -> None:
    extra = {f"t{at}": {"label": f"T{at}", "part": "service", "holder": "service", "tier": at} for at in (7, 8)}
    own = catalog_with(licenses=extra)
    pairs = {"a": (LOW, HIGH), "b": (HIGH, LOW), "c": ("t7", "t8"), "d": ("t8", "t7"), "e": ("t7", MIDDLE)}
    files = {
        "contract": {"contingency": {LOW: 1, MIDDLE: 1, HIGH: 1, "t7": 1, "t8": 1}},
        "services": {key: {"license": new} for key, (_, new) in pairs.items()},
    }
    current = {"services": {key: {"license": old} for key, (old, _) in pairs.items()}}
    (found,) = of_rule(planned(files, current, {"execution": "portal"}, catalog=own), "contingency-deadlock")
    assert " 2 units " in found.hint
    assert found.holders == ("service:a", "service:b", "service:c", "service:d")


def test_what_does_not_fit_at_the_end_is_exceeded_and_no_deadlock() -> None:
    answer = exchanged({**SWAP, "c": (LOW, HIGH)}, "portal", **{LOW: 2, MIDDLE: 0, HIGH: 1})
    assert told(answer, "contingency-deadlock") == []
    assert [item[2] for item in told(answer, "contingency-exceeded")] == [HIGH]


# what was bought, by files and observation

TOLD: list[tuple[Any, Any, Any, bool]] = [
    # the files, the observation, what counts, whether they disagree
    (5, 5, 5, False),
    (5, 3, 3, True),
    (3, 5, 3, True),
    (0, 5, 0, True),
    ("unlimited", 5, 5, True),
    (5, "unlimited", 5, True),
    ("unlimited", "unlimited", "unlimited", False),
    (None, 5, 5, False),
    (None, "unlimited", "unlimited", False),
    (5, None, 5, False),
    ("unlimited", None, "unlimited", False),
    (None, None, None, False),
]


@pytest.mark.parametrize(("declared", "observed", "counts", "disagree"), TOLD)
def test_of_two_numbers_the_smaller_counts(*, declared: Any, observed: Any, counts: Any, disagree: bool) -> None:
    contract = {} if declared is None else {"contingency": {CO: declared}}
    current = {} if observed is None else {"contingency": {CO: observed}}
    answer = planned({"contract": contract}, current)
    assert [row.contingency for row in answer.usage if row.license == CO] == [counts]
    assert told(answer, "contract-disagrees") == ([("warning", None, CO, 1)] if disagree else [])


def test_an_observation_tells_only_the_licenses_that_it_names() -> None:
    answer = planned({"contract": {"contingency": {CO: 5}}}, {"contingency": {CC: 2}})
    numbers = {row.license: row.contingency for row in answer.usage}
    assert (numbers[CO], numbers[CC], numbers[LOW]) == (5, 0, 0)
    assert [item[2] for item in told(answer, "contract-disagrees")] == [CC]


STATES: list[tuple[str | None, str | None, str, bool]] = [
    (None, None, "active", False),
    ("trial", None, "trial", False),
    (None, "lab", "lab", False),
    ("active", "active", "active", False),
    ("active", "suspended", "suspended", True),
    ("canceled", "expired", "canceled", True),
    ("lab", "trial", "trial", True),
]


@pytest.mark.parametrize(("declared", "observed", "counts", "disagree"), STATES)
def test_of_two_states_the_stricter_counts(
    *, declared: str | None, observed: str | None, counts: str, disagree: bool
) -> None:
    contract = {"state": declared} if declared else {}
    answer = planned({"contract": contract}, {"state": observed} if observed else {})
    assert answer.state == counts
    assert told(answer, "contract-disagrees") == ([("warning", None, None, 1)] if disagree else [])


def test_what_is_supposed_beats_both_and_nothing_disagrees_with_it() -> None:
    files = {"contract": {"state": "active", "contingency": {CO: 5, CC: 5}}}
    current = {"state": "suspended", "contingency": {CO: 3, CC: 3}}
    answer = planned(files, current, assumed=Assumed(contingency={CO: 9}, state="lab"))
    numbers = {row.license: row.contingency for row in answer.usage}
    assert (numbers[CO], numbers[CC], answer.state) == (9, 3, "lab")
    assert [item[2] for item in told(answer, "contract-disagrees")] == [CC]
    (found,) = of_rule(answer, "under-supposition")
    assert found.message == "Supposed, not known: Companion 9, Tenant State Lab."


@pytest.mark.parametrize(
    ("seen", "age"),
    [
        ("2026-11-24T23:59:59Z", "was observed today;"),
        ("2026-11-25T01:00:00Z", "was observed today;"),  # in UTC it is tomorrow already
        ("2026-11-23T00:00:00Z", "was observed 1 day ago;"),
        ("2026-11-12T23:59:59Z", "was observed 12 days ago;"),
    ],
)
def test_what_disagrees_tells_how_old_the_observation_is_and_how_it_is_renewed(seen: str, age: str) -> None:
    files = {"contract": {"state": "active", "contingency": {CO: 5}}}
    current = {"state": "trial", "contingency": {CO: 4}}
    answer = planned(files, current, **in_ledger(observed_at={CO: seen, "state": seen}))
    of_state, of_license = of_rule(answer, "contract-disagrees")
    assert f"the files say active, trial {age} trial counts." in of_state.message
    assert "tenantry observe contoso --state STATE." in of_state.hint
    assert f"the files say 5, 4 {age} 4 counts." in of_license.message
    assert f"tenantry observe contoso --contingency {CO}=N." in of_license.hint


def test_a_snapshot_knows_no_age_and_is_renewed_as_a_whole() -> None:
    (found,) = of_rule(planned({"contract": {"contingency": {CO: 5}}}, {"contingency": {CO: 4}}), "contract-disagrees")
    assert "the snapshot observed 4; 4 counts." in found.message
    assert found.hint.endswith("or renew the snapshot.")
