"""Rosters: people in a CSV file, a row each, under a roster entry that may say more for all of them."""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from tenantry.documents.claims import Claims, Fault, Said
from tenantry.documents.entries import period
from tenantry.documents.forms import Form, form
from tenantry.documents.problems import problem
from tenantry.documents.tables import SyntaxFault, Table
from tenantry.documents.telling import nearest
from tenantry.documents.text import MAX_PROBLEMS, decode, shown
from tenantry.model.catalog import Catalog
from tenantry.model.labels import Labels
from tenantry.model.plan import Finding
from tenantry.model.tenant import Claim, Entry, Source

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
_LABELS = ("name", "organization_unit", "cost_center")
_LISTS = ("profiles", "licenses", "without")
_DATES = ("from", "until")
_BLANK = " \t\n"
_SPLIT = re.compile("[,;|]")
NONE = "none"

Judged = tuple[Claim | None, tuple[Fault, ...]]
Period = tuple[datetime.date | None, datetime.date | None, tuple[Fault, ...]]


@dataclass(frozen=True, slots=True)
class Over:
    """What the roster entry says for all its rows."""

    said: Said
    dates: Mapping[str, str]


def read_roster(
    file: str, content: bytes, source: Source, over: Over, claims: Claims, catalog: Catalog
) -> tuple[dict[str, Entry], list[Finding]]:
    """The entries of a roster by folded UPN, and its problems."""
    text, problems = decode(file, content)
    if text is None:
        return {}, problems
    table = Table(text)
    reader = _Reader(file, table, source, over, claims, catalog)
    try:
        reader.run()
    except SyntaxFault as error:
        problems.append(problem("csv-syntax", f"This is not CSV: {error}.", file=file, line=table.line))
    return reader.entries, [*problems, *reader.problems]


class _Reader:
    def __init__(self, file: str, table: Table, source: Source, over: Over, claims: Claims, catalog: Catalog) -> None:
        self._file, self._table, self._source, self._over = file, table, source, over
        self._claims, self._catalog = claims, catalog
        self._upn, self._object_id = form("upn"), form("object_id")
        self._judged: dict[tuple[str, ...], Judged] = {}
        self._periods: dict[tuple[str, str], Period] = {}
        self._columns: list[str] = []
        self.entries: dict[str, Entry] = {}
        self.problems: list[Finding] = []

    def run(self) -> None:
        """Read the header, then every row."""
        rows = iter(self._table)
        columns = self._columns = self._header(next(rows, []))
        if "upn" not in columns:
            return
        width = len(columns)
        # a column that is not there is the last cell of every row, which is empty
        pick = itemgetter(*(columns.index(name) if name in columns else width for name in COLUMNS))
        missing = [""] * (width + 1)
        for row in rows:
            if len(row) > width:
                self._tell(width, "extra-cell", f"The row has {len(row)} cells, the header {width}.")
                row = row[:width]  # noqa: PLW2901 - the rest of it was told
            if any(row):
                self._row(pick([cell.strip(_BLANK) for cell in row] + missing[len(row) :]))
            if len(self.problems) >= MAX_PROBLEMS:
                return

    def _header(self, header: list[str]) -> list[str]:
        columns = [name.strip(_BLANK).lower() for name in header]
        seen: set[str] = set()
        for at, name in enumerate(columns):
            if not name:
                self._tell(at, "unknown-column", "A column has no name.")
            elif name not in COLUMNS:
                hint = nearest(name, COLUMNS, "Columns")
                self._tell(at, "unknown-column", f"There is no column {shown(name)}.", hint)
            elif name in seen:
                self._tell(at, "column-twice", f"The column {name} stands twice.")
            seen.add(name)
            if len(self.problems) >= MAX_PROBLEMS:
                break
        if "upn" not in columns:
            self._tell(0, "missing-column", "The column upn is missing.")
        return columns

    def _row(self, cells: tuple[str, ...]) -> None:
        upn, name, object_id, unit, cost_center, profiles, licenses, without, begins, ends = cells
        said = (profiles, licenses, without)
        claim, faults = self._judged.get(said) or self._judge(said)
        first_day, last_day, of_dates = self._periods.get((begins, ends)) or self._period(begins, ends)
        labels = Labels(name or None, unit or None, cost_center or None)
        if faults or of_dates or not self._fit(upn, object_id, labels):
            for fault in (*self._misfits(cells), *faults, *of_dates):
                at = self._columns.index(fault.key if fault.key in self._columns else "upn")
                self._tell(at, fault.rule, fault.message, fault.hint)
        line = self._table.line
        entry = Entry(upn, self._source, line, claim, labels, first_day, last_day, object_id.lower() or None)
        first = self.entries.setdefault(upn.lower(), entry)
        if first is not entry and upn:
            message = f"user:{shown(upn)} stands in {self._file}:{first.line} already."
            self._tell(self._columns.index("upn"), "holder-twice", message)

    def _judge(self, said: tuple[str, ...]) -> Judged:
        lists, faults = [], list[Fault]()
        for key, cell in zip(_LISTS, said, strict=True):
            names = names_in(cell)
            lists.append(names)
            faults += self._misnamed(key, cell, names or ())
        claim, of_claim = self._claims.of("user", Said(*lists), self._over.said)
        judged = self._judged[said] = (claim, (*faults, *of_claim))
        return judged

    def _misnamed(self, key: str, cell: str, names: Sequence[str]) -> Iterator[Fault]:
        """What is wrong with a list of names, beyond profiles that are not there."""
        if not names and cell not in ("", NONE):
            yield Fault("bad-format", f"{key} names nothing.", key, f"Leave the cell empty, or write {NONE}.")
        known = self._catalog.of("user")
        for at, name in enumerate(names):
            if name in names[:at]:
                yield Fault("listed-twice", f'"{shown(name)}" stands twice in {key}.', key)
            elif key == "profiles" or name in known:
                continue
            elif name in self._catalog.licenses:
                hint = f"What can stand here: {', '.join(known)}."
                yield Fault("wrong-holder", f'"{shown(name)}" is not a user license.', key, hint)
            else:
                hint = nearest(name, known, "Licenses")
                yield Fault("unknown-license", f'There is no license "{shown(name)}".', key, hint)

    def _period(self, begins: str, ends: str) -> Period:
        """From when until when a row counts; its own days replace those of the roster."""
        own = {key: cell for key, cell in zip(_DATES, (begins, ends), strict=True) if cell}
        found = self._periods[begins, ends] = period({**self._over.dates, **own})
        return found

    def _fit(self, upn: str, object_id: str, labels: Labels) -> bool:
        return (
            self._upn.fits(upn)
            and (not object_id or self._object_id.fits(object_id))
            and all(label is None or len(label) <= MAX_LABEL for label in labels)
        )

    def _misfits(self, cells: tuple[str, ...]) -> Iterator[Fault]:
        """What is wrong with single cells."""
        said = dict(zip(COLUMNS, cells, strict=True))
        if not self._upn.fits(said["upn"]):
            yield _misformed("upn", self._upn, said)
        if said["object_id"] and not self._object_id.fits(said["object_id"]):
            yield _misformed("object_id", self._object_id, said)
        for key in _LABELS:
            if len(said[key]) > MAX_LABEL:
                yield Fault("bad-format", f"{key} is longer than {MAX_LABEL} characters.", key)

    def _tell(self, at: int, rule: str, message: str, hint: str = "") -> None:
        line, column = self._table.place(at)
        self.problems.append(problem(rule, message, file=self._file, line=line, column=column, hint=hint))


def _misformed(key: str, wanted: Form, said: Mapping[str, str]) -> Fault:
    message, hint = wanted.objection(said[key])
    return Fault("bad-format", message, key, hint)


def names_in(cell: str) -> tuple[str, ...] | None:
    """The names in a cell; None for an empty one, which is an absent key; nothing for `none`, an empty list."""
    if not cell:
        return None
    return () if cell == NONE else tuple(name for part in _SPLIT.split(cell) if (name := part.strip(_BLANK)))
