"""Tables as CSV text: rows of cells, and the places of the cells in the text."""

import csv
import io
import re
from collections.abc import Iterator

from tenantry.documents.text import Lines, Place

SyntaxFault = csv.Error
"""What iterating raises where the text is not CSV."""


class Table:
    """The rows of a text, one after the other; comma or semicolon, whichever the first line has more of.

    `line` is the one in which the row that was given last begins; after all rows, the text's last one.
    """

    def __init__(self, text: str) -> None:
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        head = text.partition("\n")[0]
        delimiter = ";" if head.count(";") > head.count(",") else ","
        self.line = 1
        self._text = text
        self._rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self._cell = re.compile(rf'(?:"[^"]*(?:""[^"]*)*")?[^{delimiter}\n]*')
        self._lines: Lines | None = None
        self._begins: tuple[int, list[int]] = (0, [])

    def __iter__(self) -> Iterator[list[str]]:
        for row in self._rows:
            yield row
            self.line = self._rows.line_num + 1
        self.line = self._text.count("\n") + 1

    def place(self, at: int) -> Place:
        """Line and column of a cell of the row that was given last; of the row's end, if it has no such cell."""
        if self._lines is None:
            self._lines = Lines(self._text)
        if self._begins[0] != self.line:
            self._begins = (self.line, [self._lines.begin(self.line)])
        begins = self._begins[1]
        while len(begins) <= at:
            found = self._cell.match(self._text, begins[-1])
            end = found.end() if found else begins[-1]
            begins.append(end + (self._text[end : end + 1] not in ("", "\n")))
        return self._lines.at(begins[at])
