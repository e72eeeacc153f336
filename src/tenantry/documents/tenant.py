"""A tenant's files, put together: profiles resolved, sections united, rosters joined, everything with its place."""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenantry.documents.agreement import disagreements
from tenantry.documents.claims import Claims, Said
from tenantry.documents.dates import day
from tenantry.documents.document import Document
from tenantry.documents.entries import Sections, period
from tenantry.documents.profiles import Written, resolve, written_in
from tenantry.documents.roster import Over, read_roster
from tenantry.documents.telling import Telling
from tenantry.documents.text import shown
from tenantry.errors import AuthorError
from tenantry.model.catalog import KINDS, SECTIONS, Catalog, Kind
from tenantry.model.plan import Finding
from tenantry.model.tenant import Contract, Entry, Management, Profile, Source, Tenant

Read = Callable[[str], bytes]
"""Gives the content of a file of the workspace; raises AuthorError with the reason if it can't."""

ONCE = ("tenant", "contract", "manage")
"""The keys that stand in one file of a tenant only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a tenant is put together from.

    `documents` are sound; without `complete`, something of them is missing, so that what isn't there may yet be.
    `shared` are the profiles of the workspace, and `workspace` is the document in which they stand.
    """

    documents: Sequence[Document]
    complete: bool
    catalog: Catalog
    shared: Mapping[str, Profile]
    workspace: Document | None
    read: Read


def read_tenant(tenant_id: str, parts: Parts) -> tuple[Tenant | None, list[Finding]]:
    """Put a tenant together; None where there is any problem."""
    reader = _Reader(tenant_id, parts)
    tenant = reader.run()
    problems = [*reader.problems, *reader.telling.problems()]
    if not parts.complete:
        problems = [found for found in problems if found.rule != "unknown-profile"]
    return (None if problems else tenant), problems


class _Reader:
    def __init__(self, tenant_id: str, parts: Parts) -> None:
        self._id, self._parts, self._documents = tenant_id, parts, parts.documents
        self._complete = parts.complete
        self._rosters: dict[str, bytes] = {}
        self.telling = Telling()
        self._once: dict[str, Document] = {}
        self._stand_once()
        self._profiles, self.problems = resolve(self._written_profiles(), parts.shared)
        self._claims = Claims(parts.catalog, self._profiles)
        self._sections = Sections(self._claims)

    def run(self) -> Tenant:
        """Read everything; problems are collected on the way."""
        for document in self._documents:
            self._sections.read(document)
        self.problems += self._sections.problems
        entries = self._sections.entries
        for document in self._documents:
            self._join(document, entries["user"])
        self.problems += disagreements(entries["user"].values())
        about = self._of("tenant")
        return Tenant(
            id=self._id,
            name=about.get("name", self._id),
            file=self._documents[0].file,
            timezone=about.get("timezone", "UTC"),
            labels=about.get("labels", {}),
            previously=about.get("previously"),
            contract=self._contract(),
            managed=self._managed(),
            profiles=self._profiles,
            entries=entries,
            places=self._places(),
        )

    def _of(self, key: str) -> Mapping[str, Any]:
        document = self._once.get(key)
        return document.data[key] if document else {}

    def _stand_once(self) -> None:
        for document in self._documents:
            for key in ONCE:
                if key not in document.data:
                    continue
                first = self._once.setdefault(key, document)
                if first is not document:
                    place = f"{first.file}:{first.place((key,), key=True)[0]}"
                    self.telling.tell(document, (key,), "section-twice", f"{key} stands in {place} already.", key=True)

    def _written_profiles(self) -> dict[str, Written]:
        written: dict[str, Written] = {}
        workspace = self._parts.workspace
        shared = written_in(workspace) if workspace else {}
        for document in self._documents:
            for name, profile in written_in(document).items():
                first = shared.get(name) or written.setdefault(name, profile)
                if first is not profile:
                    message = f"Profile {shown(name)} stands in {first.document.file}:{first.line} already."
                    self.telling.tell(document, ("profiles", name), "profile-twice", message, key=True)
        return written

    def _join(self, document: Document, people: dict[str, tuple[Entry, ...]]) -> None:
        """Add the rows of the rosters that a document names."""
        for at, body in enumerate(document.data.get("rosters", ())):
            if "file" not in body:
                continue  # what is wrong with it was told
            over = self._over(document, at, body)
            path = posixpath.normpath(posixpath.join(posixpath.dirname(document.file), body["file"]))
            try:
                content = self._rosters.get(path) or self._rosters.setdefault(path, self._parts.read(path))
            except AuthorError as error:
                place = ("rosters", at, "file")
                self.telling.tell(document, place, "unreadable-roster", str(error), hint=error.hint)
                self._complete = False
                continue
            source = Source(path, body["file"])
            rows, problems = read_roster(path, content, source, over, self._claims, self._parts.catalog)
            self.problems += problems
            self._complete = self._complete and not problems
            for folded, entry in rows.items():
                before = people.get(folded)
                people[folded] = (entry,) if before is None else tuple(sorted((*before, entry), key=_spelling))

    def _over(self, document: Document, at: int, body: Mapping[str, Any]) -> Over:
        """What a roster's entry says for its rows; what is wrong with it is told here and not again in each row."""
        said = Said(*(tuple(body[key]) if key in body else None for key in ("profiles", "licenses", "without")))
        _, faults = self._claims.of("user", said)
        _, _, of_dates = period(body)
        for fault in (*faults, *of_dates):
            if fault.rule != "without-alone":  # the rows may have profiles or licenses
                self.telling.tell(document, ("rosters", at, fault.key), fault.rule, fault.message, hint=fault.hint)
        return Over(said, {key: body[key] for key in ("from", "until") if key in body and not of_dates})

    def _contract(self) -> Contract:
        body = self._of("contract")
        last = day(body["valid_until"]) if "valid_until" in body else None
        if "valid_until" in body and last is None:
            message = f"{shown(body['valid_until'])} is not a day of the calendar."
            self.telling.tell(self._once["contract"], ("contract", "valid_until"), "no-such-day", message)
        return Contract(
            state=body.get("state"),
            valid_until=last,
            currency=body.get("currency"),
            contingency=body.get("contingency"),
            prices={license_id: Decimal(price) for license_id, price in body.get("prices", {}).items()},
        )

    def _managed(self) -> dict[Kind, Management]:
        """How absence is read in each section; what is written must be managed, and `all` of nothing is an accident."""
        wanted = self._of("manage")
        managed: dict[Kind, Management] = {}
        for kind in KINDS:
            section = SECTIONS[kind]
            written = next((item for item in self._documents if section in item.data), None)
            if kind == "user" and written is None:
                written = next((item for item in self._documents if item.data.get("rosters")), None)
            how: Management = wanted.get(section, "listed")
            if how == "none" and written is not None:
                key = section if section in written.data else "rosters"
                message = f"{key} is written, and manage says that {section} are not managed."
                self.telling.tell(written, (key,), "unmanaged-section-written", message, key=True)
            if how == "all" and not self._sections.entries[kind] and self._complete:
                message = f"manage says that all {section} are listed, and there is none."
                self.telling.tell(self._once["manage"], ("manage", section), "unmanaged-section-written", message)
            managed[kind] = how if written is not None else "none"
        return managed

    def _places(self) -> dict[str, tuple[str, int]]:
        document = self._once.get("contract")
        if document is None:
            return {}
        keys = zip(document.data["contract"], document.lines["contract"], strict=True)
        places = {key: (document.file, line) for key, line in keys}
        return places | {"contract": (document.file, document.place(("contract",), key=True)[0])}


def _spelling(entry: Entry) -> tuple[bool, str]:
    """Entries of one person in an order of their own, so that the UPN is spelled alike however files are ordered."""
    return (entry.source.roster is not None, entry.key)
