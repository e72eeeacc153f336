"""The course of a tenant's licenses over a year, from what its runs left behind."""

import datetime
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from tenantry.backends.backend import Backend
from tenantry.model.plan import Contingency
from tenantry.model.report import LicenseTrend, TrendPoint
from tenantry.planning.planner import Question

DAYS = 366
"""How far back a trend looks."""

Level = tuple[Contingency, int]
"""What was bought of a license, and what was assigned."""


def trend(backend: Backend, question: Question, now: Mapping[str, Level]) -> tuple[LicenseTrend, ...]:
    """The course of each license up to the question's day, which has the present numbers `now`.

    Of every day in the tenant's time zone the last run counts. Licenses that were neither bought nor assigned in all
    that time are left out; nothing is told where no run was before that day.
    """
    days = _levels_by_day(backend, question)
    if not days:
        return ()
    days[question.as_of] = now
    found = []
    for license_id, level in now.items():
        course = [(day, levels[license_id]) for day, levels in sorted(days.items()) if license_id in levels]
        if any(assigned or contingency for _, (contingency, assigned) in (*course, (question.as_of, level))):
            found.append(LicenseTrend(license_id, _points(course)))
    return tuple(found)


def _levels_by_day(backend: Backend, question: Question) -> dict[datetime.date, Mapping[str, Level]]:
    """What each day before the question's left behind.

    An observation that names no contingency hasn't made it unknown: what a run before it told still stands.
    """
    zone, as_of = ZoneInfo(question.tenant.timezone), question.as_of
    first = _days_before(as_of, DAYS)
    found: dict[datetime.date, dict[str, Level]] = {}
    bought: dict[str, Contingency] = {}
    # a day of a zone may begin the day before in UTC
    for then in backend.usage_history(question.current.tenant, _days_before(first, 1).isoformat()):
        day = datetime.datetime.fromisoformat(then.at).astimezone(zone).date()
        for license_id, (contingency, assigned) in then.licenses.items():
            known = bought[license_id] = bought.get(license_id) if contingency is None else contingency
            if first <= day < as_of:
                found.setdefault(day, {})[license_id] = (known, assigned)
    return dict(found)


def _days_before(day: datetime.date, days: int) -> datetime.date:
    return day - datetime.timedelta(days=min(days, (day - datetime.date.min).days))


def _points(course: list[tuple[datetime.date, Level]]) -> tuple[TrendPoint, ...]:
    """The points without those between two equal ones: daily runs of a quiet year are two points."""
    last = len(course) - 1
    return tuple(
        TrendPoint(day.isoformat(), assigned, contingency)
        for at, (day, (contingency, assigned)) in enumerate(course)
        if at in {0, last} or not course[at - 1][1] == course[at][1] == course[at + 1][1]
    )
