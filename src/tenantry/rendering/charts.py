"""Charts as SVG text: the use of each license, before and after, and its course. Equal values give equal bytes.

A chart has no width of its own: bars end at a share of it, and letters keep their size, from a phone to paper. Colours
are classes, which the page or the file around it fills; numbers in words stand beside every bar.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tenantry.model.plan import Contingency
from tenantry.rendering.escape import Safe, visible
from tenantry.rendering.lettering import drawn_cut, drawn_width

LABEL, SMALL = 14, 12
"""Sizes of letters in pixels."""
NARROWEST = 284
"""Pixels that a chart is never narrower than: its labels fit there."""
TIGHT = 90
"""The share of what was bought, in percent, from which on its use is called tight."""
_ROW, _MOVE_ROW, _BAR = 62, 68, 10
_GAP = 12
_COURSE, _BEGIN, _END = 126, 18, 100
"""The height of a course in pixels, and where its plot begins and ends."""
_ROUND = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)

Tone = Literal["fine", "tight", "over", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UseBar:
    """One license: how much of what was bought is assigned. `figures` and `status` say it in words."""

    label: str
    used: int
    bought: Contingency
    figures: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBar:
    """One license before and after, against what was bought. `figures` and `status` say it in words."""

    label: str
    before: int
    after: int
    bought: Contingency
    figures: str
    status: str


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """What was assigned and bought on a day, counted from any day."""

    day: int
    assigned: int
    bought: Contingency


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The course of one license, oldest of its points first; `first` and `last` are its days in words."""

    label: str
    points: tuple[CoursePoint, ...]
    first: str
    last: str
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn in so many pixels of height, its title, and what it tells those who don't see it."""

    body: str
    height: int
    title: str
    told: str


def tone(used: int, bought: Contingency) -> Tone:
    """How tight it is: over what was bought, nearly all of it, or fine; `open` where nothing limits."""
    if not isinstance(bought, int):
        return "open"
    if used > bought:
        return "over"
    return "tight" if used and used * 100 >= bought * TIGHT else "fine"


def use_chart(rows: Sequence[UseBar], title: str) -> Chart:
    """Bars of use, in the order of the rows."""
    body = "".join(_use_row(row, at * _ROW) for at, row in enumerate(rows))
    return Chart(body, len(rows) * _ROW, title, _told(rows))


def move_chart(rows: Sequence[MoveBar], title: str) -> Chart:
    """Bars before (pale) and after, with a mark at what was bought, in the order of the rows."""
    body = "".join(_move_row(row, at * _MOVE_ROW) for at, row in enumerate(rows))
    return Chart(body, len(rows) * _MOVE_ROW, title, _told(rows))


def course_chart(course: Course) -> Chart:
    """A line of what was assigned, and in steps what was bought."""
    return Chart(_course(course, 0), _COURSE, course.label, course.told)


def course_charts(courses: Sequence[Course], title: str) -> Chart:
    """Several courses, one below the other, under a legend."""
    step, top = _COURSE + 56, 28
    legend = (
        '<line class="cy" x2="18" y1="8" y2="8"/>'
        + _text(26, 12, "assigned", "cs", SMALL, NARROWEST)
        + '<line class="cq" x1="106" x2="124" y1="8" y2="8"/>'
        + _text(132, 12, "bought", "cs", SMALL, NARROWEST)
    )
    body = "".join(
        _text(0, at * step + top + 14, course.label, "cl", LABEL, NARROWEST)
        + _text(0, at * step + top + 32, course.told, "cs", SMALL, 2 * NARROWEST)
        + _course(course, at * step + top + 36)
        for at, course in enumerate(courses)
    )
    told = " ".join(f"{item.label}: {item.told}." for item in courses)
    return Chart(legend + body, len(courses) * step + top - 20, title, told)


def inline(chart: Chart, key: str) -> Safe:
    """The chart as a part of a page; `key` is a name that nothing else on the page has."""
    return Safe(f'<svg class="chart" width="100%" height="{chart.height}" {named(chart, key)}{chart.body}</svg>')


def named(chart: Chart, key: str) -> str:
    """The end of the opening tag, and after it title and description for those who don't see the chart."""
    return (
        f'role="img" aria-labelledby="{key}-t" aria-describedby="{key}-d"><title id="{key}-t">{escaped(chart.title)}'
        f'</title><desc id="{key}-d">{escaped(chart.told)}</desc>'
    )


def small_bar(used: int, bought: Contingency) -> Safe:
    """A bar for the cell of a table, beside which the number stands; nothing where there is no limit."""
    if not isinstance(bought, int) or not (used or bought):
        return Safe()
    widest = max(used, bought)
    mark = f'<rect class="cm" x="{_share(bought, widest)}" width="2" height="8"/>' if used > bought else ""
    return Safe(
        '<svg class="sb" aria-hidden="true"><rect class="ct" width="100%" height="8" rx="2"/>'
        f'<rect class="c-{tone(used, bought)}" width="{_share(used, widest)}" height="8" rx="2"/>{mark}</svg>'
    )


def escaped(text: str) -> str:
    """Text from a file between tags or in an attribute; what doesn't print is seen."""
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


def _told(rows: Sequence[UseBar] | Sequence[MoveBar]) -> str:
    return " ".join(f"{row.label}: {row.figures}, {row.status}." for row in rows)


def _use_row(row: UseBar, top: int) -> str:
    bars = _track(top + 23, row.bought)
    if isinstance(row.bought, int):
        widest = max(row.used, row.bought)
        bars += _bar(top + 23, _share(row.used, widest), f"c-{tone(row.used, row.bought)}")
        if row.used > row.bought:
            bars += _mark(top + 23, _share(row.bought, widest))
    return _words(row, top) + bars + _text(0, top + 49, row.figures, "cs", SMALL, NARROWEST)


def _move_row(row: MoveBar, top: int) -> str:
    bought = row.bought if isinstance(row.bought, int) else 0
    widest = max(row.before, row.after, bought)
    bars = _track(top + 23, row.bought, 16)
    bars += _bar(top + 23, _share(row.before, widest), "cb", 5)
    bars += _bar(top + 30, _share(row.after, widest), f"c-{tone(row.after, row.bought)}", 9)
    if isinstance(row.bought, int):
        bars += _mark(top + 23, _share(bought, widest), 16)
    return _words(row, top) + bars + _text(0, top + 55, row.figures, "cs", SMALL, NARROWEST)


def _words(row: UseBar | MoveBar, top: int) -> str:
    """The label on the left and on the right what is left, which has its room first."""
    status = drawn_cut(visible(row.status), NARROWEST * 0.7, SMALL, bold=True)
    room = NARROWEST - _GAP - drawn_width(status, SMALL, bold=True)
    style = f"cn t-{tone(row.after if isinstance(row, MoveBar) else row.used, row.bought)}"
    return _text(0, top + 14, row.label, "cl", LABEL, room) + _text("100%", top + 14, status, style, SMALL, NARROWEST)


def _text(x: int | str, y: float, text: str, style: str, size: int, room: float) -> str:
    bold = style != "cs"
    shown = drawn_cut(visible(text), room, size, bold=bold)
    return f'<text class="{style}" x="{x}" y="{_number(y)}">{escaped(shown)}</text>'


def _track(y: int, bought: Contingency, height: int = _BAR) -> str:
    """The ground of a bar; only outlined where there is no limit that could be its end."""
    style = "ct" if isinstance(bought, int) else "co"
    return f'<rect class="{style}" y="{y}" width="100%" height="{height}" rx="3"/>'


def _bar(y: int, share: str, style: str, height: int = _BAR) -> str:
    return f'<rect class="{style}" y="{y}" width="{share}" height="{height}" rx="3"/>' if share != "0%" else ""


def _mark(y: int, share: str, height: int = _BAR) -> str:
    """A stroke at what was bought; at an edge it stays inside."""
    shift = {"100%": ' transform="translate(-1.5)"', "0%": ' transform="translate(1.5)"'}.get(share, "")
    return f'<line class="cm" x1="{share}" x2="{share}" y1="{y - 3}" y2="{y + height + 3}"{shift}/>'


def _share(part: int, whole: int) -> str:
    return f"{_number(part * 100 / whole)}%" if whole else "0%"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _course(course: Course, top: int) -> str:
    """Lines at zero and at the top, the courses between them, and the first and last day below."""
    high = _ceiling(max((max(point.assigned, _bought(point)) for point in course.points), default=0))
    begin, end, half = _BEGIN + top, _END + top, NARROWEST / 2 - _GAP
    frame = (
        f'<line class="cg" x2="100%" y1="{begin}" y2="{begin}"/><line class="cg" x2="100%" y1="{end}" y2="{end}"/>'
        + _text(0, begin - 5, f"{high:,}", "cs", SMALL, NARROWEST)
        + _text(0, end + 17, course.first, "cs", SMALL, half)
        + _text("100%", end + 17, course.last, "cs ce", SMALL, half)
    )
    plot = (
        f'<svg y="{begin}" width="100%" height="{end - begin}" viewBox="0 0 1000 100" '
        f'preserveAspectRatio="none" overflow="visible">{"".join(_lines(course.points, high))}</svg>'
    )
    return frame + plot


def _lines(points: Sequence[CoursePoint], high: int) -> Iterator[str]:
    first, days = points[0].day, max(points[-1].day - points[0].day, 1)
    if len(points) == 1:
        points = (points[0], CoursePoint(first + days, points[0].assigned, points[0].bought))
    places = [(_number((point.day - first) * 1000 / days), point) for point in points]
    line = " ".join(f"{x},{_height(point.assigned, high)}" for x, point in places)
    yield f'<polygon class="ca" points="0,100 {line} 1000,100"/>'
    if any(isinstance(point.bought, int) for point in points):
        yield f'<path class="cq" d="{_steps(places, high)}"/>'
    yield f'<polyline class="cy" points="{line}"/>'


def _steps(places: Sequence[tuple[str, CoursePoint]], high: int) -> str:
    """A step where what was bought changes, and a gap where nothing limits."""
    path, before = "", None
    for x, point in places:
        if not isinstance(point.bought, int):
            path += f"H{x}" if before is not None else ""
            before = None
        elif point.bought != before:
            y = _height(point.bought, high)
            path += f"M{x} {y}" if before is None else f"H{x}V{y}"
            before = point.bought
    return path + (f"H{places[-1][0]}" if before is not None else "")


def _bought(point: CoursePoint) -> int:
    return point.bought if isinstance(point.bought, int) else 0


def _height(value: int, high: int) -> str:
    return _number(100 - value * 100 / high)


def _ceiling(value: int) -> int:
    """A round number that is not smaller."""
    unit = 10 ** max(len(str(value)) - 1, 0)
    return next(int(unit * step) for step in _ROUND if unit * step >= value and unit * step == int(unit * step))
