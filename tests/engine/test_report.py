"""A report: what is assigned is added up once, the trend has days of the tenant, holders are there when asked for."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tenantry.backends.backend import Runless
from tenantry.backends.snapshots import Snapshots
from tenantry.engine.asking import Request
from tenantry.engine.report import report
from tenantry.model.report import HolderUsage, TenantReport
from tenantry.model.run import UsageThen
from tenantry.model.state import CurrentState
from worlds import Folder, state

CO = "companion"


@dataclass(frozen=True)
class Recorded(Runless):
    """A backend in whose every tenant one Companion is known, and two more are counted by the vendor."""

    def for_worker(self) -> "Recorded":
        return self

    def tenants(self) -> tuple[str, ...]:
        return ("a", "b")

    def knows(self, tenant: str) -> bool:
        return tenant in self.tenants()

    def read(self, tenant: str) -> CurrentState:
        holders = {"users": {"ada@x.example": {"licenses": [CO]}}}
        return state(holders, tenant=tenant, backend="sqlite", unaccounted={CO: 2})


def test_a_roll_up_counts_unaccounted_units_once() -> None:
    text = f"version: 1\ncontract: {{contingency: {{{CO}: 5}}}}\n"
    files = Folder({"tenants/a.yaml": text, "tenants/b.yaml": text})
    now = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
    found, _ = report(Request(files=files, now=now, backend=lambda _: Recorded()))
    assert found.roll_up is not None
    (row,) = (item for item in found.roll_up.licenses if item.license == CO)
    assert (row.contingency, row.assigned, row.unaccounted, row.available) == (10, 6, 4, 4)
    assert [(item.assigned, item.available) for item in found.roll_up.tenants] == [(3, 2), (3, 2)]


NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Remembering(Snapshots):
    """A record of one tenant, with what its runs left behind."""

    history: Sequence[UsageThen] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def for_worker(self) -> "Remembering":
        return self

    def usage_history(self, tenant: str, since: str) -> Sequence[UsageThen]:
        self.asked.append((tenant, since))
        return [then for then in self.history if then.at >= since]


def then(at: str, **units: Any) -> UsageThen:
    """What a run left behind: `companion=(bought, assigned)`."""
    return UsageThen(at, units)


def reported(*history: UsageThen, zone: str = "UTC", as_of: str | None = None, tenants: int = 1) -> TenantReport:
    """The report of a tenant whose one holder has a Companion, of 5 bought."""
    people = {"users": {"ada@x.example": {"licenses": [CO]}}}
    names = [f"a{at}" for at in range(tenants)]
    known = {name: state(people, tenant=name, backend="sqlite") for name in names}
    text = f"version: 1\ntenant: {{timezone: {zone}}}\ncontract: {{contingency: {{{CO}: 5}}}}\n"
    backend = Remembering(known, history=history)
    request = Request(
        files=Folder({f"tenants/{name}.yaml": text for name in names}),
        now=NOON,
        backend=lambda _: backend,
        as_of=None if as_of is None else datetime.date.fromisoformat(as_of),
        jobs=tenants,
    )
    found, _ = report(request)
    assert not found.problems
    return found.tenants[-1]


def course(found: TenantReport, license_id: str = CO) -> list[tuple[str, int, Any]]:
    """The points of a license."""
    (trend,) = (item for item in found.trend if item.license == license_id)
    return [(point.day, point.assigned, point.contingency) for point in trend.points]


def test_a_trend_has_the_last_run_of_each_day_and_ends_with_the_present() -> None:
    found = reported(
        then("2026-11-20T08:00:00Z", companion=(2, 1)),
        then("2026-11-20T09:00:00Z", companion=(2, 2)),
        then("2026-11-22T00:00:00Z", companion=("unlimited", 2)),
        then("2026-11-24T11:00:00Z", companion=(9, 9)),
    )
    assert course(found) == [("2026-11-20", 2, 2), ("2026-11-22", 2, "unlimited"), ("2026-11-24", 1, 5)]


def test_an_observation_that_names_no_contingency_ends_no_course_of_what_was_bought() -> None:
    found = reported(
        then("2026-11-18T08:00:00Z", companion=(None, 1)),
        then("2026-11-20T08:00:00Z", companion=(2, 1)),
        then("2026-11-22T08:00:00Z", companion=(None, 3)),
    )
    assert course(found) == [
        ("2026-11-18", 1, None),
        ("2026-11-20", 1, 2),
        ("2026-11-22", 3, 2),
        ("2026-11-24", 1, 5),
    ]


def test_a_trend_is_the_same_where_tenants_are_worked_on_side_by_side() -> None:
    runs = (then("2026-11-20T08:00:00Z", companion=(2, 1)), then("2026-11-22T00:00:00Z", companion=(7, 3)))
    assert course(reported(*runs, tenants=2)) == course(reported(*runs))


@dataclass(frozen=True)
class Open(Remembering):
    """A record that is open: other processes need one of their own."""

    def for_worker(self) -> Remembering:
        return Remembering(self.states, self.history)

    def __reduce__(self) -> str:
        raise AssertionError("An open record can't be handed over.")

    def usage_history(self, tenant: str, since: str) -> Sequence[UsageThen]:
        assert tenant == "nobody", "it was handed over"
        return super().usage_history(tenant, since)


def test_a_trend_is_read_by_each_process_from_a_record_of_its_own() -> None:
    known = {name: state({}, tenant=name, backend="sqlite") for name in ("a", "b")}
    files = Folder({f"tenants/{name}.yaml": "version: 1\n" for name in known})
    backend = Open(known, history=(then("2026-11-20T12:00:00Z", companion=(1, 0)),))
    found, _ = report(Request(files=files, now=NOON, backend=lambda _: backend, jobs=2))
    assert [course(tenant) for tenant in found.tenants] == [[("2026-11-20", 0, 1), ("2026-11-24", 0, None)]] * 2


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", ["2026-11-20", "2026-11-21"]),
        ("Pacific/Kiritimati", ["2026-11-21"]),
        ("Pacific/Pago_Pago", ["2026-11-20"]),
    ],
)
def test_the_days_of_a_trend_are_the_tenants(zone: str, days: list[str]) -> None:
    runs = (then("2026-11-20T22:00:00Z", companion=(2, 1)), then("2026-11-21T08:00:00Z", companion=(3, 2)))
    found = course(reported(*runs, zone=zone))
    assert [day for day, *_ in found[:-1]] == days
    assert found[-2][1:] == (2, 3), "the later of the two counts"


def test_a_trend_looks_back_a_year_and_not_ahead_of_the_day_that_is_asked_about() -> None:
    days = ("2025-11-09", "2025-11-10", "2025-12-01", "2026-11-11", "2026-11-12")
    runs = [then(f"{day}T12:00:00Z", companion=(units, units)) for units, day in enumerate(days, 1)]
    found = course(reported(*runs, as_of="2026-11-11"))
    assert [(day, units) for day, units, _ in found] == [("2025-11-10", 2), ("2025-12-01", 3), ("2026-11-11", 1)]


def test_a_run_of_the_first_day_counts_although_it_is_the_day_before_in_utc() -> None:
    runs = (then("2025-11-23T09:30:00Z", companion=(1, 7)), then("2025-11-23T10:30:00Z", companion=(1, 1)))
    assert course(reported(*runs, zone="Pacific/Kiritimati")) == [("2025-11-24", 1, 1), ("2026-11-25", 1, 5)]


def test_days_on_which_nothing_moves_are_told_by_their_first_and_last() -> None:
    runs = [then(f"2026-11-{day:02}T12:00:00Z", companion=(5, 1 if day < 20 else 2)) for day in range(1, 24)]
    points = [(day[-2:], units) for day, units, _ in course(reported(*runs))]
    assert points == [("01", 1), ("19", 1), ("20", 2), ("23", 2), ("24", 1)]


def test_licenses_that_were_never_bought_nor_assigned_have_no_trend() -> None:
    nothing = {"email": (0, 0), "interact": (None, 0)}
    found = reported(then("2026-11-20T12:00:00Z", companion=(0, 0), external_task=(0, 1), **nothing))
    assert [item.license for item in found.trend] == [CO, "external_task"]
    assert course(found, "external_task") == [("2026-11-20", 1, 0), ("2026-11-24", 0, 0)], "it was in use once"


def test_a_license_that_an_early_run_did_not_know_begins_later() -> None:
    found = reported(then("2026-11-20T12:00:00Z", email=(1, 1)), then("2026-11-21T12:00:00Z", companion=(5, 0)))
    assert [day for day, *_ in course(found)] == ["2026-11-21", "2026-11-24"]


def test_a_tenant_without_runs_before_that_day_has_no_trend() -> None:
    assert reported().trend == ()
    assert reported(then("2026-11-24T08:00:00Z", companion=(5, 5))).trend == ()


def test_there_is_no_trend_at_the_beginning_of_the_calendar() -> None:
    assert reported(then("2026-11-20T12:00:00Z", companion=(1, 1)), as_of="0001-01-01").trend == ()


def test_runs_are_those_of_the_name_under_which_the_tenant_was_recorded() -> None:
    backend = Remembering({"old": state({}, tenant="old", backend="sqlite")})
    files = Folder({"tenants/new.yaml": "version: 1\ntenant: {previously: old}\n"})
    report(Request(files=files, now=NOON, backend=lambda _: backend))
    assert backend.asked == [("old", "2025-11-22")]


def test_holders_are_listed_only_where_they_are_asked_for() -> None:
    people = {
        "bob@x.example": {"licenses": ["email", CO], "name": "Bob", "cost_center": "4711"},
        "Ada@x.example": {"licenses": [CO], "organization_unit": "/X"},
        "idle@x.example": {"licenses": []},
    }
    holders = {"services": {"desk": {"license": "contact_center"}}, "users": people, "virtual_users": {}}
    backend = Snapshots({"a": state(holders, tenant="a")})
    request = Request(files=Folder({"tenants/a.yaml": "version: 1\n"}), now=NOON, backend=lambda _: backend)
    assert report(request)[0].tenants[0].holders == ()
    none: dict[str, Any] = {"name": None, "organization_unit": None, "cost_center": None}
    known = {**none, "name": "Bob", "cost_center": "4711"}
    assert report(request, holders=True)[0].tenants[0].holders == (
        HolderUsage(holder="service:desk", licenses=("contact_center",), **none),
        HolderUsage(holder="user:Ada@x.example", licenses=(CO,), **{**none, "organization_unit": "/X"}),
        HolderUsage(holder="user:bob@x.example", licenses=(CO, "email"), **known),
    )
