"""The sections services, users and virtual_users: from what is written under a holder's key to an entry."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from tenantry.documents.claims import Claims, Fault, Said
from tenantry.documents.dates import day
from tenantry.documents.document import Document
from tenantry.documents.problems import problem
from tenantry.documents.text import shown
from tenantry.model.catalog import SECTIONS, Kind
from tenantry.model.labels import NO_LABELS, Labels
from tenantry.model.plan import Finding
from tenantry.model.state import fold
from tenantry.model.tenant import Claim, Entry, Source


class Sections:
    """Reads the sections of one tenant's files and unites them; the same holder twice is told with both places."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._documents: dict[str, Document] = {}
        self.entries: dict[Kind, dict[str, tuple[Entry, ...]]] = {kind: {} for kind in SECTIONS}
        self.problems: list[Finding] = []

    def read(self, document: Document) -> None:
        """Take in what a document says of its holders."""
        self._documents[document.file] = document
        for kind, section in SECTIONS.items():
            written = document.data.get(section)
            if written:
                self._section(kind, document, written)

    def _section(self, kind: Kind, document: Document, written: Mapping[str, Any]) -> None:
        found, source = self.entries[kind], Source(document.file)
        make = self._service if kind == "service" else self._person
        for line, (key, body) in zip(lines_of(document, SECTIONS[kind]), written.items(), strict=True):
            folded = fold(kind, key)
            entry = make(kind, document, source, line, key, body)
            if folded in found:
                self._twice(kind, document, key, found[folded][0])
            else:
                found[folded] = (entry,)

    def _person(
        self, kind: Kind, document: Document, source: Source, line: int, key: str, body: Mapping[str, Any]
    ) -> Entry:
        said = Said(_names(body, "profiles"), _names(body, "licenses"), _names(body, "without"))
        claim, faults = self._claims.of(kind, said)
        if faults:
            self.problems.extend(self._told(document, kind, key, faults))
        return self._entry(kind, document, source, line, key, body, claim)

    def _service(
        self, kind: Kind, document: Document, source: Source, line: int, key: str, body: Mapping[str, Any]
    ) -> Entry:
        claim = None
        if "license" in body or "addons" in body:
            addons = frozenset(body["addons"]) if "addons" in body else None
            claim = Claim(tier=body.get("license"), addons=addons)
        return self._entry(kind, document, source, line, key, body, claim)

    def _entry(  # noqa: PLR0913
        self,
        kind: Kind,
        document: Document,
        source: Source,
        line: int,
        key: str,
        body: Mapping[str, Any],
        claim: Claim | None,
    ) -> Entry:
        if claim is not None and len(body) == 1:
            return Entry(key, source, line, claim, NO_LABELS)
        begins, ends = self._period(document, kind, key, body) if "from" in body or "until" in body else (None, None)
        object_id = body["object_id"].lower() if "object_id" in body else None
        absent = "absent" in body
        return Entry(
            key,
            source,
            line,
            Claim() if absent else claim,
            labels_of(body),
            begins,
            ends,
            object_id,
            body.get("previously"),
            absent,
        )

    def _period(
        self, document: Document, kind: Kind, key: str, body: Mapping[str, Any]
    ) -> tuple[datetime.date | None, datetime.date | None]:
        begins, ends, faults = period(body)
        if faults:
            self.problems.extend(self._told(document, kind, key, faults))
        return begins, ends

    def _told(self, document: Document, kind: Kind, key: str, faults: tuple[Fault, ...]) -> Iterator[Finding]:
        for fault in faults:
            line, column = document.place((SECTIONS[kind], key, fault.key))
            yield problem(fault.rule, fault.message, file=document.file, line=line, column=column, hint=fault.hint)

    def _twice(self, kind: Kind, document: Document, key: str, first: Entry) -> None:
        line, column = document.place((SECTIONS[kind], key), key=True)
        other = self._documents[first.source.file].place((SECTIONS[kind], first.key), key=True)
        message = f"{kind}:{shown(key)} stands in {first.source.file}:{other[0]}:{other[1]} already."
        self.problems.append(problem("holder-twice", message, file=document.file, line=line, column=column))


def lines_of(document: Document, section: str) -> list[int]:
    """The lines of the keys of a section; asked for one by one where the section isn't whole."""
    lines = document.lines.get(section, ())
    written = document.data[section]
    if len(lines) == len(written):
        return list(lines)
    paths = [(section, key) for key in written]
    places = document.places(paths, key=True)
    return [places[path][0] for path in paths]


def labels_of(body: Mapping[str, Any]) -> Labels:
    """The labels among the keys of an entry, a row or a snapshot's holder."""
    get = body.get
    return Labels(get("name"), get("organization_unit"), get("cost_center"), get("assignment_type"))


def period(body: Mapping[str, Any]) -> tuple[datetime.date | None, datetime.date | None, tuple[Fault, ...]]:
    """The days from which and until which an entry counts, and what is wrong with them."""
    days: list[datetime.date | None] = []
    faults: list[Fault] = []
    for key in ("from", "until"):
        text = body.get(key)
        found = day(text) if text is not None else None
        if text is not None and found is None:
            faults.append(Fault("no-such-day", f"{shown(text)} is not a day of the calendar.", key))
        days.append(found)
    begins, ends = days
    if begins is not None and ends is not None and begins > ends:
        faults.append(Fault("ends-before-it-begins", f"from {begins} lies after until {ends}.", "until"))
    return begins, ends, tuple(faults)


def _names(body: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    found = body.get(key)
    return None if found is None else tuple(found)
