"""Rosters: people in a CSV file, a row each, under a roster entry that may say more for all of them."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tenantry.documents.claims import Claims, Fault, Said
from tenantry.documents.entries import period
from tenantry.documents.problems import problem
from tenantry.documents.profiles import nearest
from tenantry.documents.text import decode, shown
from tenantry.documents.upn import GUID, refusal
from tenantry.model.labels import Labels
from tenantry.model.plan import Finding
from tenantry.model.state import fold
from tenantry.model.tenant import Entry, Source

COLUMNS = (
    "upn",
    "name",
    "object_id",
    "organization_unit",
    "cost_center",
    "profiles",
    "licenses",
    "without",
    "from",
    "until",
)
MAX_LABEL = 256
_LISTS = ("profiles", "licenses", "without")
_SPLIT = str.maketrans(";|", ",,")


@dataclass(frozen=True, slots=True)
class Over:
    """What the roster entry says for all its rows."""

    said: Said
    dates: Mapping[str, str]


def read_roster(
    file: str, content: bytes, source: Source, over: Over, claims: Claims, known: frozenset[str]
) -> tuple[dict[str, Entry], list[Finding]]:
    """The entries of a roster by folded UPN, and its problems. `known` are the licenses that a person can hold."""
    text, problems = decode(file, content)
    if text is None:
        return {}, problems
    reader = _Reader(file, text, source, over, claims, known)
    try:
        reader.run()
    except csv.Error as error:
        problems.append(problem("csv-syntax", f"This is not CSV: {error}.", file=file, line=reader.line))
    return reader.entries, [*problems, *reader.problems]


class _Reader:
    def __init__(self, file: str, text: str, source: Source, over: Over, claims: Claims, known: frozenset[str]) -> None:
        self._file, self._source, self._over, self._claims, self._known = file, source, over, claims, known
        head = text.partition("\n")[0]
        self._delimiter = ";" if head.count(";") > head.count(",") else ","
        self._rows = csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True)
        self._lists: dict[str, tuple[str, ...] | None] = {"": None, "none": ()}
        self.line = 1
        self.entries: dict[str, Entry] = {}
        self.problems: list[Finding] = []

    def run(self) -> None:
        """Read the header, then every row."""
        header = next(self._rows, None)
        columns = self._header(header or [])
        if columns is None:
            return
        self.line = self._rows.line_num + 1
        for row in self._rows:
            if any(row):
                if len(row) > len(columns):
                    self._tell(
                        len(columns), "extra-cell", f"The row has {len(row)} cells, the header {len(columns)}.", row
                    )
                self._row({name: cell.strip() for name, cell in zip(columns, row, strict=False)}, row, columns)
            self.line = self._rows.line_num + 1

    def _header(self, header: list[str]) -> list[str] | None:
        columns = [name.strip().lower() for name in header]
        sound = True
        for at, name in enumerate(columns):
            if name not in COLUMNS:
                self._tell(at, "unknown-column", f"There is no column {shown(name)}.", header, nearest(name, COLUMNS))
                sound = False
            elif name in columns[:at]:
                self._tell(at, "column-twice", f"The column {name} stands twice.", header)
                sound = False
        if "upn" not in columns:
            self._tell(0, "missing-column", "The column upn is missing.", header)
            sound = False
        return columns if sound else None

    def _row(self, cells: Mapping[str, str], row: list[str], columns: list[str]) -> None:
        upn = cells["upn"]
        faults = [*self._faults(cells)]
        said = Said(*(self._names(cells.get(name, "")) for name in _LISTS))
        claim, of_claim = self._claims.of("user", said, self._over.said)
        dates = {
            key: cells.get(key) or self._over.dates[key]
            for key in ("from", "until")
            if cells.get(key) or key in self._over.dates
        }
        begins, ends, of_dates = period(dates) if dates else (None, None, ())
        for fault in (*faults, *of_claim, *of_dates):
            at = columns.index(fault.key) if fault.key in columns else columns.index("upn")
            self._tell(at, fault.rule, fault.message, row, fault.hint)
        folded = fold("user", upn)
        first = self.entries.get(folded)
        if first is not None:
            message = f"user:{shown(upn)} stands in {self._file}:{first.line} already."
            self._tell(columns.index("upn"), "holder-twice", message, row)
            return
        labels = Labels(*(cells.get(name) or None for name in Labels._fields))
        object_id = cells.get("object_id", "").lower() or None
        self.entries[folded] = Entry(upn, self._source, self.line, claim, labels, begins, ends, object_id)

    def _names(self, cell: str) -> tuple[str, ...] | None:
        """The names in a cell; an empty one is an absent key, `none` an empty list."""
        try:
            return self._lists[cell]
        except KeyError:
            names = tuple(name for part in cell.translate(_SPLIT).split(",") if (name := part.strip()))
            self._lists[cell] = names
            return names

    def _faults(self, cells: Mapping[str, str]) -> Iterator[Fault]:
        """What is wrong with single cells."""
        reason = refusal(cells["upn"])
        if reason:
            yield Fault("bad-upn", reason, "upn")
        object_id = cells.get("object_id", "")
        if object_id and not GUID.match(object_id):
            yield Fault("bad-format", f"{shown(object_id)} is not an object id (a GUID).", "object_id")
        for key in ("licenses", "without"):
            for name in self._names(cells.get(key, "")) or ():
                if name not in self._known:
                    yield Fault(
                        "unknown-license", f"There is no license {shown(name)}.", key, nearest(name, self._known)
                    )
        for key in Labels._fields:
            if len(cells.get(key, "")) > MAX_LABEL:
                yield Fault("bad-format", f"{key} has more than {MAX_LABEL} characters.", key)

    def _tell(self, at: int, rule: str, message: str, row: list[str], hint: str = "") -> None:
        """Add a problem at a cell; its column counts the characters of the cells before it."""
        column = 1 + sum(len(cell) + 1 for cell in row[:at])
        self.problems.append(problem(rule, message, file=self._file, line=self.line, column=column, hint=hint))
