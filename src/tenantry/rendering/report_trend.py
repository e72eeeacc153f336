"""The trend of a tenant made ready for readers: a line for each license, what moved, and the numbers as a table."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tenantry.model.plan import Contingency
from tenantry.model.report import LicenseTrend, TrendPoint
from tenantry.rendering import wording
from tenantry.rendering.charts import Course, CoursePoint, MoveBar, course_chart, inline, move_chart
from tenantry.rendering.escape import Safe
from tenantry.rendering.html_parts import Column, Table, rows_only

_MOST = 180
"""Points of a line: more than a screen can tell apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One license: what it is now, how it moved, and its line."""

    label: str
    now: str
    moved: str
    chart: Safe


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendBlock:
    """The whole trend; without lines where a page has too many tenants for them."""

    since: str
    change: Safe
    moved: Table | None
    still: str
    lines: tuple[Line, ...]
    table: Table
    folded: bool


def courses(trend: Sequence[LicenseTrend], labels: Mapping[str, str]) -> tuple[Course, ...]:
    """A course for each license of which use or contingency moved, those whose use moved most first."""
    ordered = sorted((item for item in trend if _moves(item)), key=lambda item: -_distance(item))
    return tuple(
        Course(
            label=labels.get(item.license, item.license),
            points=tuple(
                _thinned([CoursePoint(_day(point), point.assigned, point.contingency) for point in item.points])
            ),
            first=item.points[0].day,
            last=item.points[-1].day,
            told=_told(item),
        )
        for item in ordered
    )


def moves(trend: Sequence[LicenseTrend], labels: Mapping[str, str]) -> tuple[MoveBar, ...]:
    """What moved between the first and the last day, most first."""
    return tuple(
        MoveBar(
            label=labels.get(item.license, item.license),
            before=item.points[0].assigned,
            after=item.points[-1].assigned,
            bought=item.points[-1].contingency,
            figures=_units(item.points[0].assigned, item.points[-1]),
            status=_left(item.points[-1]),
        )
        for item in sorted((item for item in trend if item.points), key=lambda item: -_distance(item))
        if item.points[0].assigned != item.points[-1].assigned
    )


def trend_block(
    key: str, trend: Sequence[LicenseTrend], labels: Mapping[str, str], *, drawn: bool, of: str
) -> TrendBlock | None:
    """The trend, or nothing where no run tells one. `drawn`: with charts and each day, else the last day of a month."""
    known = [item for item in trend if item.points]
    if not known:
        return None
    since = min(item.points[0].day for item in known)
    moved = moves(known, labels) if drawn else ()
    return TrendBlock(
        since=since,
        change=inline(move_chart(moved, f"Change since {since}{of}"), f"{key}-change") if moved else Safe(),
        moved=_moved(key, moved, since, of) if moved else None,
        still=_still(known, labels),
        lines=_drawn(key, courses(known, labels), of) if drawn else (),
        table=_table(key, known, labels, daily=drawn, of=of),
        folded=drawn,
    )


def _still(trend: Sequence[LicenseTrend], labels: Mapping[str, str]) -> str:
    names = [labels.get(item.license, item.license) for item in trend if not _moves(item)]
    return f"Nothing moved: {wording.listed(names)}." if names else ""


def _moved(key: str, moved: Sequence[MoveBar], since: str, of: str) -> Table:
    columns = (Column("License"), Column(since, "n"), Column("Now", "n"), Column("Change", "n"), Column("Bought", "n"))
    return Table(
        key=f"{key}-moved",
        title="What moved",
        caption=f"Assigned then and now{of}",
        columns=columns,
        groups=rows_only(
            (
                row.label,
                wording.number(row.before),
                wording.number(row.after),
                f"{row.after - row.before:+,}",
                wording.contingency(row.bought),
            )
            for row in moved
        ),
    )


def _drawn(key: str, known: Sequence[Course], of: str) -> tuple[Line, ...]:
    made = []
    for at, course in enumerate(known):
        chart = replace(course_chart(course), title=f"{course.label}{of}")
        first, last = course.points[0], course.points[-1]
        moved = f"{last.assigned - first.assigned:+,} since {course.first}" if last.assigned != first.assigned else ""
        made.append(
            Line(course.label, _now(last.assigned, last.bought), moved or "no change", inline(chart, f"{key}-line{at}"))
        )
    return tuple(made)


def _table(key: str, trend: Sequence[LicenseTrend], labels: Mapping[str, str], *, daily: bool, of: str) -> Table:
    """What each day left behind; the value of a day without a point is that of the last one before it."""
    by_day: dict[str, dict[str, TrendPoint]] = {}
    for item in trend:
        for point in item.points:
            by_day.setdefault(point.day, {})[item.license] = point
    shown: dict[str, tuple[str, ...]] = {}
    held: dict[str, TrendPoint] = {}
    for day in sorted(by_day):
        held.update(by_day[day])
        cells = (
            _now(held[item.license].assigned, held[item.license].contingency) if item.license in held else ""
            for item in trend
        )
        shown[day if daily else day[:7]] = (day, *cells)
    columns = [Column("Day", "day"), *(Column(labels.get(item.license, item.license), "n") for item in trend)]
    what = (
        "Assigned of what was bought"
        if daily
        else "Assigned of what was bought, on the last day of each month that was recorded"
    )
    return Table(
        key=f"{key}-trend",
        title="Trend as a table",
        caption=f"{what}{of}",
        columns=tuple(columns),
        groups=rows_only(tuple(shown.values())[::-1]),
    )


def _thinned(points: Sequence[CoursePoint]) -> Sequence[CoursePoint]:
    """As many points as can be told apart: of each stretch the one with the highest use, and both ends."""
    if len(points) <= _MOST:
        return points
    kept = {0, len(points) - 1}
    steps = {at for at in range(1, len(points)) if points[at].bought != points[at - 1].bought}
    length = -(-len(points) // _MOST)
    for start in range(0, len(points), length):
        stretch = range(start, min(start + length, len(points)))
        kept.add(max(stretch, key=lambda at: points[at].assigned))
    return [points[at] for at in sorted(kept | steps)]


def _distance(item: LicenseTrend) -> int:
    return max(point.assigned for point in item.points) - min(point.assigned for point in item.points)


def _moves(item: LicenseTrend) -> bool:
    return len({(point.assigned, point.contingency) for point in item.points}) > 1


def _day(point: TrendPoint) -> int:
    return datetime.date.fromisoformat(point.day).toordinal()


def _now(assigned: int, bought: Contingency) -> str:
    return f"{assigned:,} of {bought:,}" if isinstance(bought, int) else wording.number(assigned)


def _units(before: int, last: TrendPoint) -> str:
    return f"{before:,} → {_now(last.assigned, last.contingency)} ({last.assigned - before:+,})"


def _left(last: TrendPoint) -> str:
    if not isinstance(last.contingency, int):
        return "no limit" if last.contingency else "? not known"
    return wording.available(last.contingency - last.assigned, last.contingency)


def _told(item: LicenseTrend) -> str:
    first, last = item.points[0], item.points[-1]
    then, now = (f"{_now(point.assigned, point.contingency)} on {point.day}" for point in (first, last))
    return f"{then}, {now}"
