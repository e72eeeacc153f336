"""Small values: days of an entry, limits, what is left, and how holders are named and compared."""

import datetime

import pytest

from tenantry.model.labels import NO_LABELS, Labels
from tenantry.model.plan import Contingency, Finding, Usage, headroom
from tenantry.model.policy import Guards, MaxRevocations, Policy
from tenantry.model.state import CurrentState, Holder, fold
from tenantry.model.tenant import Entry, Source, Tenant

DAYS = [datetime.date(2026, 11, day) for day in (23, 24, 25)]


def entry(begins: datetime.date | None, ends: datetime.date | None) -> Entry:
    return Entry("ada@x.example", Source("a.yaml"), 1, None, NO_LABELS, begins, ends)


@pytest.mark.parametrize(
    ("begins", "ends", "in_force", "ended"),
    [
        (None, None, [True, True, True], [False, False, False]),
        (DAYS[1], None, [False, True, True], [False, False, False]),
        (None, DAYS[1], [True, True, False], [False, False, True]),
        (DAYS[1], DAYS[1], [False, True, False], [False, False, True]),
    ],
)
def test_an_entry_counts_from_its_first_day_to_its_last_both_included(
    begins: datetime.date | None, ends: datetime.date | None, in_force: list[bool], ended: list[bool]
) -> None:
    found = entry(begins, ends)
    assert [found.in_force(day) for day in DAYS] == in_force
    assert [found.ended(day) for day in DAYS] == ended


@pytest.mark.parametrize(
    ("assigned", "allowed"),
    [(0, 3), (20, 3), (39, 3), (40, 4), (49, 4), (4999, 499), (5000, 500), (5010, 500), (10**9, 500)],
)
def test_a_guard_allows_a_percentage_with_a_floor_and_a_ceiling(assigned: int, allowed: int) -> None:
    assert MaxRevocations().allowed(assigned) == allowed


def test_the_default_policy_guards_revocations_only() -> None:
    assert Policy().guards == Guards() == Guards(max_revocations=MaxRevocations(10, 3, 500))
    assert (Policy().guards.min_holders, Policy().guards.protected, Policy().execution) == ({}, frozenset(), "ledger")


@pytest.mark.parametrize(
    ("contingency", "after", "available"),
    [(5, 3, 2), (3, 5, -2), (0, 0, 0), ("unlimited", 5, "unlimited"), (None, 5, None)],
)
def test_what_is_available_may_be_negative_unlimited_or_unknown(
    contingency: Contingency, after: int, available: Contingency
) -> None:
    usage = Usage(license="companion", contingency=contingency, before=0, peak=after, after=after)
    assert usage.available == available


def test_an_error_rejects_unless_it_is_waived() -> None:
    assert Finding(rule="x", severity="error", message="x").rejects
    assert not Finding(rule="x", severity="error", message="x", waived="ticket").rejects
    assert not Finding(rule="x", severity="warning", message="x").rejects


def test_users_are_compared_without_case_and_everybody_else_with() -> None:
    assert fold("user", "Ada@X.example") == "ada@x.example"
    assert fold("service", "Desk") == "Desk"
    assert fold("virtual_user", "Bot") == "Bot"
    assert Holder(kind="virtual_user", key="Bot").id == "virtual_user:Bot"


def test_labels_tell_what_is_set() -> None:
    assert list(NO_LABELS.told()) == []
    assert list(Labels(cost_center="1", name="Ada").told()) == [("name", "Ada"), ("cost_center", "1")]


def test_what_is_not_said_is_empty_for_every_kind_of_holder() -> None:
    tenant = Tenant(id="contoso", name="Contoso", file="contoso.yaml")
    assert dict(tenant.entries) == {"service": {}, "user": {}, "virtual_user": {}}
    assert set(tenant.managed.values()) == {"none"}
    assert dict(CurrentState(tenant="contoso", backend="sqlite").holders) == dict(tenant.entries)


@pytest.mark.parametrize(
    ("tighter", "looser"),
    [
        ((0, -1), (5, -4)),
        ((5, -4), (5, 0)),
        ((5, 0), (10, 1)),
        ((10, 1), (10, 2)),
        ((10, 10), (0, 0)),
        ((1, 1), ("unlimited", "unlimited")),
        ((1, 1), (None, None)),
    ],
)
def test_the_less_of_what_was_bought_is_left_the_tighter(
    tighter: tuple[Contingency, Contingency], looser: tuple[Contingency, Contingency]
) -> None:
    assert headroom(*tighter) < headroom(*looser)
