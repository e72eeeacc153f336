"""The sections services, users and virtual_users: from what is written under a holder's key to an entry."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from tenantry.documents.claims import Claims, Fault, Said
from tenantry.documents.dates import day
from tenantry.documents.document import Document
from tenantry.documents.telling import Telling
from tenantry.documents.text import shown
from tenantry.model.catalog import SECTIONS, Kind
from tenantry.model.labels import NO_LABELS, Labels
from tenantry.model.plan import Finding
from tenantry.model.tenant import Claim, Entry, Source

Judged = tuple[Claim | None, tuple[Fault, ...]]
"""What an entry says about licenses, and what is wrong with it."""


class Sections:
    """Reads the sections of one tenant's files and unites them; the same holder twice is told with both places."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._telling = Telling()
        self.entries: dict[Kind, dict[str, tuple[Entry, ...]]] = {kind: {} for kind in SECTIONS}

    @property
    def problems(self) -> list[Finding]:
        """What is wrong with what was read."""
        return self._telling.problems()

    def read(self, document: Document) -> None:
        """Take in what a document says of its holders."""
        for kind, section in SECTIONS.items():
            written = document.data.get(section)
            if written:
                self._section(kind, document, written)

    def _section(self, kind: Kind, document: Document, written: Mapping[str, Any]) -> None:
        found, source, section = self.entries[kind], Source(document.file), SECTIONS[kind]
        say = _services_say if kind == "service" else _people_say(kind, self._claims)
        for line, (key, body) in zip(document.lines[section], written.items(), strict=True):
            claim, faults = say(body)
            if len(body) == (claim is not None):
                entry = Entry(key, source, line, claim, NO_LABELS)
            else:
                entry, of_dates = _entry(key, source, line, claim, body)
                faults += of_dates
            for fault in faults:
                path = (section, key, fault.key)
                self._telling.tell(document, path, fault.rule, fault.message, hint=fault.hint)
            folded = key.lower() if kind == "user" else key
            if found.setdefault(folded, (entry,))[0] is not entry:
                message = f"{kind}:{shown(key)} stands in {place_of(found[folded][0])} already."
                self._telling.tell(document, (section, key), "holder-twice", message, key=True)


def _people_say(kind: Kind, claims: Claims) -> Callable[[Mapping[str, Any]], Judged]:
    """What people and virtual users of one section say about licenses.

    Thousands say it with lists that are one object and live as long as the section, so that each is looked at once.
    """
    known: dict[tuple[int, int, int], Judged] = {}

    def say(body: Mapping[str, Any]) -> Judged:
        profiles, licenses, without = body.get("profiles"), body.get("licenses"), body.get("without")
        key = (id(profiles), id(licenses), id(without))
        found = known.get(key)
        if found is None:
            said = Said(*(None if names is None else tuple(names) for names in (profiles, licenses, without)))
            found = known[key] = claims.of(kind, said)
        return found

    return say


def _services_say(body: Mapping[str, Any]) -> Judged:
    if "license" not in body and "addons" not in body:
        return None, ()
    addons = frozenset(body["addons"]) if "addons" in body else None
    return Claim(tier=body.get("license"), addons=addons), ()


def _entry(
    key: str, source: Source, line: int, claim: Claim | None, body: Mapping[str, Any]
) -> tuple[Entry, tuple[Fault, ...]]:
    """An entry that says more than its licenses, and what is wrong with its dates."""
    begins, ends, faults = period(body) if "from" in body or "until" in body else (None, None, ())
    absent = "absent" in body
    return Entry(
        key,
        source,
        line,
        Claim() if absent else claim,
        labels_of(body),
        begins,
        ends,
        body["object_id"].lower() if "object_id" in body else None,
        body.get("previously"),
        absent,
    ), faults


def place_of(entry: Entry) -> str:
    """Where an entry stands, for a sentence."""
    return f"{entry.source.file}:{entry.line}"


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
            hint = "Write a day of the calendar as year-month-day, such as 2026-12-31."
            faults.append(Fault("no-such-day", f"{shown(text)} is not a day of the calendar.", key, hint))
        days.append(found)
    begins, ends = days
    if begins is not None and ends is not None and begins > ends:
        faults.append(Fault("ends-before-it-begins", f"from {begins} lies after until {ends}.", "until"))
    return begins, ends, tuple(faults)
