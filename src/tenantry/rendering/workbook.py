"""An Excel workbook of real tables: a table a sheet, typed cells, and nothing from data that Excel could calculate.

Equal content gives equal bytes: no clock, no locale and no chance is asked.
"""

import datetime
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from tenantry.rendering.columns import width
from tenantry.rendering.escape import clip, visible

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS = 1_000_000
"""Rows of a table on one sheet; Excel ends at 1,048,576. What is beyond goes on on another sheet."""
TEXT, HEADER = 16_000, 250
"""Characters of a cell and of a header; Excel takes 32,767 and 255 of UTF-16."""
FIRST_DAY = datetime.date(1900, 3, 1)
"""Days before are text: Excel counts one of 1900 that there never was."""
WIDEST, WIDEST_SENTENCE = 40, 64
BAR = 16
"""Columns of text in which a bar can be read."""
FILTER = 3
"""Columns of text that the arrow of a filter covers."""
STYLE = "Table Style Medium 2"
PRIVATE = "Contains personal data"
_ENCODED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_HEAD: Mapping[str, object] = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#2F5597"}
"""A header in colors of its own: other programs than Excel don't draw the style of a table."""
_DATA_BAR = {
    "type": "data_bar",
    "data_bar_2010": True,
    "bar_solid": True,
    "bar_color": "#9DC3E6",
    "min_type": "num",
    "min_value": 0,
    "max_type": "num",
    "max_value": 1,
}
_NUMBERS = frozenset(("count", "share", "money"))
_FORMATS: Mapping[str, Mapping[str, object]] = {
    "text": {},
    "sentence": {"text_wrap": True},
    "count": {"num_format": "#,##0", "align": "right"},
    "share": {"num_format": "0%", "align": "right"},
    "money": {"num_format": "#,##0.00", "align": "right"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "word": {"italic": True, "font_color": "#595959"},
    "title": {"bold": True, "font_size": 16},
    "term": {"bold": True},
    "over": {"font_color": "#9C0006", "bg_color": "#FFC7CE"},
    "head": _HEAD,
    "number head": {**_HEAD, "align": "right"},
}

Kind = Literal["text", "sentence", "count", "share", "money", "day"]
Cell: TypeAlias = str | int | float | datetime.date | None


class Word(str):
    """A word of ours in a column of other people's texts; it stands in italics."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its header, and what its cells are. `over` marks numbers below zero, `bar` draws shares."""

    header: str
    kind: Kind = "text"
    over: bool = False
    bar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table by the name of its sheet, and the sentence that stands in place of one without rows."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a table stand: a sheet, its first row and how many there are."""

    sheet: "Worksheet"
    row: int
    count: int

    def cells(self, column: int, first: int = 0, count: int | None = None) -> list[str | int]:
        """A column of some of the rows, as charts name it."""
        start = self.row + first
        return [str(self.sheet.name), start, column, start + (self.count if count is None else count) - 1, column]


class Book:
    """A workbook that is being written; `done` is what its file holds."""

    def __init__(self, created: datetime.date, properties: Mapping[str, str]) -> None:
        from xlsxwriter import Workbook  # noqa: PLC0415 - no other format needs it

        self._file = io.BytesIO()
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.workbook: Workbook = Workbook(self._file, {"in_memory": True, **plain})
        noon = datetime.datetime(created.year, created.month, created.day, 12)  # noqa: DTZ001 - a day, not a moment
        self.workbook.set_properties({**properties, "created": noon})
        self.formats: dict[str, Format] = {
            name: self.workbook.add_format({"valign": "top", **values}) for name, values in _FORMATS.items()
        }

    def sheet(self, name: str, header: int | None = None) -> "Worksheet":
        """A new sheet, laid out for paper; the row of a header stays in sight and is repeated on every page."""
        sheet = self.workbook.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{PRIVATE}&C&A&RPage &P of &N")
        if header is not None:
            sheet.freeze_panes(header + 1, 0)
            sheet.repeat_rows(header)
        return sheet

    def title(self, sheet: "Worksheet", text: str) -> None:
        """The title of a sheet, in its first row."""
        sheet.set_row(0, 24)
        sheet.write_string(0, 0, clip(visible(text), TEXT), self.formats["title"])

    def chart(self, kind: Mapping[str, str]) -> "Chart":
        """A new chart, which is still to be put on a sheet."""
        made: Chart | None = self.workbook.add_chart(dict(kind))
        if made is None:  # xlsxwriter's answer to a kind that it doesn't know
            raise ValueError(kind)
        return made

    def tables(self, table: Table) -> list[Place]:
        """A table on a sheet of its own, or on several where it has more rows than fit; no place where it has none."""
        if not table.rows:
            self.sheet(table.name).write_string(0, 0, table.empty)
            return []
        return [
            self.table(self.sheet(name, 0), table, rows=table.rows[start : start + ROWS])
            for name, start in _sheets(table)
        ]

    def table(
        self, sheet: "Worksheet", table: Table, row: int = 0, rows: Sequence[Sequence[Cell]] | None = None
    ) -> Place:
        """A table, which has rows, with its header in this row of a sheet; `rows` are those that stand there."""
        rows = table.rows if rows is None else rows
        headers = distinct([column.header for column in table.columns])
        widths = [width(header) + FILTER for header in headers]
        for at, cells in enumerate(rows, row + 1):
            self._write(sheet, at, cells, table.columns, widths)
        last = row + len(rows)
        sheet.add_table(
            *(row, 0, last, len(headers) - 1),
            {
                "name": str(sheet.name).replace(" ", "_"),
                "style": STYLE,
                "columns": [
                    {"header": header, "header_format": self.formats[_head(column)]}
                    for header, column in zip(headers, table.columns, strict=True)
                ],
            },
        )
        for at, column in enumerate(table.columns):
            most = WIDEST_SENTENCE if column.kind == "sentence" else WIDEST
            sheet.set_column(at, at, min(max(widths[at] + 1, 9), most))
            if column.bar:
                sheet.set_column(at, at, BAR)
                sheet.conditional_format(row + 1, at, last, at, _DATA_BAR)
            if column.over:
                below = {"type": "cell", "criteria": "<", "value": 0, "format": self.formats["over"]}
                sheet.conditional_format(row + 1, at, last, at, below)
        return Place(sheet, row + 1, len(rows))

    def done(self) -> bytes:
        """Close the workbook; the content of its file."""
        self.workbook.close()
        return self._file.getvalue()

    def _write(
        self, sheet: "Worksheet", row: int, cells: Sequence[Cell], columns: Sequence[Column], widths: list[int]
    ) -> None:
        for at, cell in enumerate(cells):
            kind = columns[at].kind
            if cell is None:
                continue
            if isinstance(cell, datetime.date):
                if cell >= FIRST_DAY:
                    midnight = datetime.datetime.combine(cell, datetime.time())
                    sheet.write_datetime(row, at, midnight, self.formats[kind])
                    widths[at] = max(widths[at], 10)
                    continue
                cell = cell.isoformat()  # noqa: PLW2901 - goes on as the text that it is
            if isinstance(cell, str):
                text = clip(visible(cell), TEXT)
                sheet.write_string(row, at, text, self.formats["word" if isinstance(cell, Word) else kind])
                widths[at] = max(widths[at], width(text))
            else:
                sheet.write_number(row, at, cell, self.formats[kind])
                widths[at] = max(widths[at], len(f"{cell:,}"))


def _head(column: Column) -> str:
    return "number head" if column.kind in _NUMBERS else "head"


def distinct(headers: Sequence[str]) -> list[str]:
    """Headers as Excel takes them: not empty, not too long, and no two alike but for case.

    In the name of a column, unlike in its cell, xlsxwriter leaves `_x0041_` alone, which is an A for Excel; where the
    two differ it calls the file damaged.
    """
    found: dict[str, str] = {}
    for header in headers:
        text = clip(_ENCODED.sub("-", visible(header)), HEADER - 8) or "-"
        name, number = text, 1
        while name.casefold() in found:
            number += 1
            name = f"{text} ({number})"
        found[name.casefold()] = name
    return list(found.values())


def _sheets(table: Table) -> Iterator[tuple[str, int]]:
    """The names of the sheets that a table needs, and with which row each begins."""
    for number, start in enumerate(range(0, len(table.rows), ROWS), 1):
        yield (table.name if number == 1 else f"{table.name} {number}"), start
