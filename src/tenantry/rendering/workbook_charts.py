"""The charts of a report's workbook. Excel draws them from the cells of tables, which say the same in numbers."""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantry.rendering.escape import clip, visible
from tenantry.rendering.report_tables import AVAILABLE, USED, day
from tenantry.rendering.workbook import Book, Place, Table

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart

BARS = 20
"""Rows that are drawn, from the top."""
BLUE, RED, GREY = "#2E75B6", "#C00000", "#D9D9D9"
TALL, WIDE = 300, 640
"""Pixels of a chart of lines."""
APART = 16
"""Rows of a sheet, of 20 pixels each, that one such chart and the space below it take."""
ZERO = datetime.date(1899, 12, 30)
"""From which Excel counts days."""
MARKS = 8
"""Days that are written below the lines."""
_FONT = {"size": 9, "color": "#404040"}


@dataclass(frozen=True, slots=True)
class Course:
    """The course of a license: a title, the first and the last day, and where the points of its steps stand."""

    title: str
    days: tuple[str, str]
    lines: Place


def use_chart(book: Book, place: Place, table: Table, category: int) -> None:
    """Bars of how much of what was bought is used, the tightest on top, to the right of the table; red where over."""
    shares = [row[USED] for row in table.rows[:BARS]]
    last = max((at for at, share in enumerate(shares) if isinstance(share, float)), default=-1)
    if last < 0:
        return
    shares = shares[: last + 1]
    over = [isinstance(left := row[AVAILABLE], int) and left < 0 for row in table.rows[: len(shares)]]
    chart = book.chart({"type": "bar"})
    chart.add_series(
        {
            "name": "Used",
            "categories": place.cells(category, count=len(shares)),
            "values": place.cells(USED, count=len(shares)),
            "fill": {"color": BLUE},
            "points": [{"fill": {"color": RED if item else BLUE}} for item in over],
            "data_labels": {"value": True, "num_format": "0%", "font": _FONT},
            "gap": 40,
        }
    )
    chart.set_title({"name": "Used share of what was bought", "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": _FONT, "line": {"color": GREY}})
    chart.set_x_axis(
        {
            "min": 0,
            "num_format": "0%",
            "num_font": _FONT,
            "major_gridlines": {"visible": True, "line": {"color": GREY}},
            "label_position": "high",
        }
    )
    chart.set_size({"width": 560, "height": 110 + 24 * len(shares)})
    words = f"Bars of the used share of what was bought, for the first {len(shares)} rows of the table."
    _insert(place, chart, place.row - 1, len(table.columns) + 1, words)


def steps_chart(book: Book, beside: Place, number: int, course: Course) -> None:
    """The course of a license: assigned and contingency, both as steps, below the charts that stand there already."""
    chart = book.chart({"type": "scatter", "subtype": "straight"})
    for name, column, line in (
        ("Contingency", 4, {"color": RED, "width": 1.5, "dash_type": "dash"}),
        ("Assigned", 3, {"color": BLUE, "width": 2.25}),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": course.lines.cells(2),
                "values": course.lines.cells(column),
                "line": line,
                "marker": {"type": "none"},
            }
        )
    title = clip(visible(course.title), 120)
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"position": "bottom"})
    chart.set_x_axis({"num_format": "yyyy-mm-dd", "num_font": {**_FONT, "rotation": -45}, **_span(course)})
    chart.set_y_axis(
        {
            "min": 0,
            "num_format": "#,##0",
            "num_font": _FONT,
            "major_gridlines": {"visible": True, "line": {"color": GREY}},
        }
    )
    chart.set_size({"width": WIDE, "height": TALL})
    _insert(beside, chart, number * APART, 6, f"Steps of assigned units and contingency. {title}.")


def _span(course: Course) -> dict[str, int]:
    """An axis that ends where the lines end, with a few days written to it."""
    first, last = (
        found.toordinal() - ZERO.toordinal() for found in map(day, course.days) if not isinstance(found, str)
    )
    return {"min": first, "max": last, "major_unit": max(1, -(-(last - first) // MARKS))}


def _insert(place: Place, chart: "Chart", row: int, column: int, words: str) -> None:
    """Put a chart where filters neither hide nor squeeze it, with words for those who don't see it."""
    place.sheet.insert_chart(row, column, chart, {"object_position": 3, "description": words})
