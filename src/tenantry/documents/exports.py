"""CSV files that another program wrote: some of their columns are read, the others are passed over."""

from collections.abc import Iterator, Sequence

from tenantry.documents.problems import problem
from tenantry.documents.tables import SyntaxFault, Table
from tenantry.documents.text import MAX_PROBLEMS, decode

_BLANK = " \t\n"


class Export:
    """The rows of a file, by the columns that are asked for, and what is wrong with it."""

    def __init__(self, file: str, content: bytes, columns: Sequence[str]) -> None:
        self._file, self._columns = file, tuple(columns)
        text, self.problems = decode(file, content)
        self._table = Table(text or "")
        self._readable = text is not None
        self._at: dict[str, int] = {}

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The cells of each row that isn't empty, in the order of the columns; nothing where a column is missing."""
        if not self._readable:
            return
        try:
            yield from self._rows()
        except SyntaxFault as error:
            found = problem("csv-syntax", f"This is not CSV: {error}.", file=self._file, line=self._table.line)
            self.problems.append(found)

    @property
    def line(self) -> int:
        """The line of the row that was given last."""
        return self._table.line

    def tell(self, column: str, rule: str, message: str, hint: str = "") -> None:
        """Add a problem of a cell of the row that was given last."""
        self._tell(self._at[column], rule, message, hint)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        rows = iter(self._table)
        width = self._header(next(rows, []))
        if len(self._at) < len(self._columns):
            return
        picked = [self._at[name] for name in self._columns]
        empty = True
        for row in rows:
            if len(row) > width:
                self._tell(width, "extra-cell", f"The row has {len(row)} cells, the header {width}.")
            if any(row):
                empty = False
                yield tuple(row[at].strip(_BLANK) if at < len(row) else "" for at in picked)
            if len(self.problems) >= MAX_PROBLEMS:
                return
        if empty:
            self._tell(0, "missing-entry", "The file has no row.")

    def _header(self, header: list[str]) -> int:
        """Find the columns; how many there are in all."""
        known = {name.lower(): name for name in self._columns}
        for at, cell in enumerate(header):
            name = known.get(cell.strip(_BLANK).lower())
            if name is None:
                continue
            if name in self._at:
                self._tell(at, "column-twice", f"The column {name} stands twice.")
            self._at.setdefault(name, at)
        for name in self._columns:
            if name not in self._at:
                self._tell(0, "missing-column", f"The column {name} is missing.")
        return len(header)

    def _tell(self, at: int, rule: str, message: str, hint: str = "") -> None:
        line, column = self._table.place(at)
        self.problems.append(problem(rule, message, file=self._file, line=line, column=column, hint=hint))
