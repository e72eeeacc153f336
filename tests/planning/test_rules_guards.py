"""Guards: how much a plan may take away, from whom, and what still uses it."""

from typing import Any

import pytest

from worlds import BOUGHT, of_rule, planned, told

CO, CC = "companion", "contact_center_user"
LOW, MIDDLE, HIGH = "advanced_routing", "enterprise_routing", "contact_center"


def taken(number: int, held: int, guards: dict[str, Any], license_id: str = CO) -> Any:
    """A plan that takes a license from some of its holders."""
    people = [f"p{at:03}@x.example" for at in range(held)]
    files = {**BOUGHT, "users": {upn: {"licenses": []} for upn in people[:number]}}
    current = {"users": {upn: {"licenses": [license_id]} for upn in people}}
    return planned(files, current, {"guards": guards})


REVOCATIONS: list[tuple[Any, int, int, bool]] = [
    # the guard, held, taken, does it speak
    ({}, 20, 3, False),  # the count is a floor
    ({}, 20, 4, True),
    ({}, 39, 3, False),
    ({}, 39, 4, True),  # 3.9 percent-units are 3
    ({}, 40, 4, False),
    ({}, 40, 5, True),
    ({"percent": 50}, 10, 5, False),
    ({"percent": 50}, 10, 6, True),
    ({"percent": 50}, 11, 5, False),
    ({"percent": 50}, 11, 6, True),
    ({"percent": 100}, 10, 10, False),
    ({"percent": 100, "at_most": 5}, 10, 5, False),
    ({"percent": 100, "at_most": 5}, 10, 6, True),
    ({"at_most": 1}, 10, 2, True),  # at_most beats the count
    ({"at_most": 0}, 10, 1, True),
    ({"percent": 0, "count": 0}, 10, 1, True),
    ({"percent": 0, "count": 0}, 10, 0, False),
    ({"count": 10}, 10, 10, False),
    ("off", 50, 50, False),
]


@pytest.mark.parametrize(("guard", "held", "number", "fires"), REVOCATIONS)
def test_one_plan_takes_away_no_more_than_the_guard_allows(*, guard: Any, held: int, number: int, fires: bool) -> None:
    answer = taken(number, held, {"max_revocations": guard})
    found = told(answer, "max-revocations")
    assert [(item[0], item[2], item[3]) for item in found] == ([("error", CO, number)] if fires else [])
    assert answer.verdict == ("rejected" if fires else "ready" if number else "no_changes")


def test_five_hundred_are_the_most_by_default_whatever_the_percentage() -> None:
    assert told(taken(501, 6000, {}), "max-revocations") != []
    assert told(taken(500, 6000, {}), "max-revocations") == []


def test_revocations_are_counted_by_license() -> None:
    people = [f"p{at}@x.example" for at in range(6)]
    current = {"users": {upn: {"licenses": [CO if at < 3 else CC]} for at, upn in enumerate(people)}}
    files = {**BOUGHT, "users": {upn: {"licenses": []} for upn in people}}
    assert told(planned(files, current), "max-revocations") == []


def tiers(new: str | None, old: str, guards: dict[str, Any], number: int = 4) -> Any:
    entry = {"absent": True} if new is None else {"license": new}
    files = {**BOUGHT, "services": {f"s{at}": entry for at in range(number)}}
    return planned(files, {"services": {f"s{at}": {"license": old} for at in range(number)}}, {"guards": guards})


@pytest.mark.parametrize(
    ("new", "old", "fires"),
    [(LOW, HIGH, True), (MIDDLE, HIGH, True), (HIGH, MIDDLE, False), (HIGH, HIGH, False), (None, HIGH, True)],
)
def test_a_lower_tier_counts_as_a_revocation_and_a_higher_one_does_not(
    *, new: str | None, old: str, fires: bool
) -> None:
    assert [item[2] for item in told(tiers(new, old, {}), "max-revocations")] == ([old] if fires else [])


@pytest.mark.parametrize(
    ("least", "held", "number", "fires"),
    [
        (1, 2, 1, False),
        (1, 1, 1, True),
        (2, 3, 1, False),
        (2, 3, 2, True),
        (5, 3, 0, False),  # too few before, and the plan lowers nothing
        (5, 3, 1, True),  # too few before, and fewer still
        (0, 1, 1, False),
    ],
)
def test_as_many_holders_stay_as_must(*, least: int, held: int, number: int, fires: bool) -> None:
    answer = taken(number, held, {"min_holders": {CO: least}})
    assert [(item[0], item[2]) for item in told(answer, "min-holders")] == ([("error", CO)] if fires else [])


def test_holders_that_are_exchanged_are_as_many_as_before() -> None:
    files = {**BOUGHT, "users": {"ada@x.example": {"licenses": []}, "bob@x.example": {"licenses": [CO]}}}
    current = {"users": {"ada@x.example": {"licenses": [CO]}}}
    assert told(planned(files, current, {"guards": {"min_holders": {CO: 1}}}), "min-holders") == []


def test_an_upgrade_leaves_fewer_holders_of_the_lower_tier() -> None:
    assert [item[2] for item in told(tiers(HIGH, LOW, {"min_holders": {LOW: 1}}), "min-holders")] == [LOW]


@pytest.mark.parametrize(
    ("protected", "fires"),
    [("user:ada@x.example", True), ("user:ADA@x.example", True), ("user:bob@x.example", False), ("service:ada", False)],
)
def test_a_protected_holder_loses_nothing(*, protected: str, fires: bool) -> None:
    files = {**BOUGHT, "users": {"ada@x.example": {"licenses": [CC]}}}
    current = {"users": {"ada@x.example": {"licenses": [CO]}}}
    answer = planned(files, current, {"guards": {"protected": [protected]}})
    expected = [("error", "user:ada@x.example", CO, 1)] if fires else []
    assert told(answer, "protected-holder") == expected
    revoked = next(item for item in answer.changes if item.action == "revoke")
    places = [(item.file, item.line) for item in answer.findings if item.rule == "protected-holder"]
    assert places == [(revoked.file, revoked.line)] * fires
    assert revoked.file is not None


def test_a_protected_holder_may_get_more_and_a_service_go_up_but_not_down() -> None:
    guards = {"protected": ["service:s0", "user:ada@x.example"]}
    files = {**BOUGHT, "users": {"ada@x.example": {"licenses": [CO, CC]}}}
    answer = planned(files, {"users": {"ada@x.example": {"licenses": [CO]}}}, {"guards": guards})
    assert told(answer, "protected-holder") == []
    assert told(tiers(HIGH, LOW, guards, 1), "protected-holder") == []
    assert told(tiers(LOW, HIGH, guards, 1), "protected-holder") == [("error", "service:s0", HIGH, 1)]
    assert told(tiers(None, LOW, guards, 1), "protected-holder") == [("error", "service:s0", LOW, 1)]


@pytest.mark.parametrize("protected", ["user:ada@x.example", "user:bob@x.example"])
def test_a_protected_holder_is_known_by_the_old_upn_and_by_the_new_one(protected: str) -> None:
    files = {**BOUGHT, "users": {"bob@x.example": {"previously": "ada@x.example", "licenses": []}}}
    current = {"users": {"ada@x.example": {"licenses": [CO]}}}
    answer = planned(files, current, {"guards": {"protected": [protected]}})
    assert told(answer, "protected-holder") == [("error", "user:bob@x.example", CO, 1)]


# what is in use

USES: list[tuple[dict[str, Any] | None, dict[str, Any], str, str]] = [
    # the entry of the service (None: dropped), what it has, the risk when nobody looked, the risk when it isn't in use
    ({"license": MIDDLE}, {"license": HIGH}, "unverified", "downgrade"),
    ({"license": LOW}, {"license": MIDDLE}, "unverified", "downgrade"),
    ({"license": HIGH}, {"license": LOW}, "none", "none"),
    (None, {"license": HIGH}, "unverified", "none"),
    (None, {"license": LOW}, "unverified", "none"),
]


@pytest.mark.parametrize(("entry", "held", "unseen", "unused"), USES)
def test_a_tier_that_goes_away_is_a_risk(
    entry: dict[str, Any] | None, held: dict[str, Any], unseen: str, unused: str
) -> None:
    files = {**BOUGHT, "services": {"s": {"absent": True} if entry is None else entry}}
    lost = held["license"]
    use = [{"holder": "service:s", "license": lost, "what": "2 queues"}]
    other = [{"holder": "service:t", "license": lost, "what": "x"}, {"holder": "service:s", "license": CO, "what": "x"}]
    for in_use, risk in (
        (None, unseen),
        ([], unused),
        (other, unused),
        (use, "none" if unseen == "none" else "in_use"),
    ):
        current = {"services": {"s": held}, **({} if in_use is None else {"in_use": in_use})}
        answer = planned(files, current)
        assert [change.risk for change in answer.changes] == [risk]
        expected = {"in_use": [("error", "service:s", lost, 1)], "unverified": [("info", "service:s", None, 1)]}
        assert told(answer, "downgrade-in-use") == expected.get(risk, [])


@pytest.mark.parametrize(
    ("license_id", "unseen"), [(CC, "unverified"), (CO, "none"), ("interact", "none"), ("assistant", "none")]
)
def test_of_users_only_the_licenses_that_the_catalog_marks_are_a_risk(license_id: str, unseen: str) -> None:
    assert [change.risk for change in taken(1, 1, {}, license_id).changes] == [unseen]


def test_what_is_in_use_is_known_under_the_upn_before_a_rename_and_in_any_case() -> None:
    files = {**BOUGHT, "users": {"bob@x.example": {"previously": "ada@x.example", "licenses": []}}}
    use = [{"holder": "user:ADA@x.example", "license": CC, "what": what} for what in ("z", "a")]
    answer = planned(files, {"users": {"ada@x.example": {"licenses": [CC]}}, "in_use": use})
    assert told(answer, "downgrade-in-use") == [("error", "user:bob@x.example", CC, 1)]
    assert "a, z" in of_rule(answer, "downgrade-in-use")[0].message


def test_what_is_in_use_follows_two_people_who_swap_their_upns() -> None:
    one, two = (f"00000000-0000-4000-8000-00000000000{at}" for at in (1, 2))
    files = {
        **BOUGHT,
        "users": {
            "ada@x.example": {"object_id": two, "licenses": []},
            "bob@x.example": {"object_id": one, "licenses": []},
        },
    }
    users = {
        "ada@x.example": {"object_id": one, "licenses": [CC]},
        "bob@x.example": {"object_id": two, "licenses": [CC]},
    }
    use = [{"holder": "user:ada@x.example", "license": CC, "what": "a profile"}]
    answer = planned(files, {"users": users, "in_use": use})
    assert told(answer, "downgrade-in-use") == [("error", "user:bob@x.example", CC, 1)]


def test_changes_that_nobody_verified_are_one_info_with_their_count() -> None:
    assert told(taken(3, 9, {}, CC), "downgrade-in-use") == [("info", None, None, 3)]
