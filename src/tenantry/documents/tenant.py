"""A tenant's files, put together: profiles resolved, sections united, rosters joined, everything with its place."""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tenantry.documents.claims import Claims, Said
from tenantry.documents.dates import day
from tenantry.documents.document import Document
from tenantry.documents.entries import Sections, lines_of, period
from tenantry.documents.problems import problem
from tenantry.documents.profiles import Written, resolve
from tenantry.documents.roster import Over, read_roster
from tenantry.documents.text import shown
from tenantry.errors import AuthorError
from tenantry.model.catalog import KINDS, SECTIONS, Catalog, Kind
from tenantry.model.plan import Finding
from tenantry.model.state import fold
from tenantry.model.tenant import Contract, Entry, Management, Profile, Source, Tenant

Read = Callable[[str], bytes]
"""Gives the content of a file of the workspace; raises AuthorError with the reason if it can't."""

ONCE = ("tenant", "contract", "manage")
"""The keys that stand in one file of a tenant only."""


def read_tenant(
    tenant_id: str, documents: Sequence[Document], catalog: Catalog, shared: Mapping[str, Profile], rosters: "Rosters"
) -> tuple[Tenant | None, list[Finding]]:
    """Put together the sound documents of a tenant; None where there is any problem."""
    reader = _Reader(tenant_id, documents, catalog, shared, rosters)
    tenant = reader.run()
    return (None if reader.problems else tenant), reader.problems


class Rosters:
    """Fetches the rosters that tenant files name."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def fetch(self, document: Document, file: str, at: int) -> tuple[str, bytes | None, list[Finding]]:
        """Path and content of a roster that a document names in its list of rosters, or why it can't be had."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(document.file), file))
        try:
            return path, self._read(path), []
        except AuthorError as error:
            line, column = document.place(("rosters", at, "file"))
            return (
                path,
                None,
                [
                    problem(
                        "unreadable-roster", str(error), file=document.file, line=line, column=column, hint=error.hint
                    )
                ],
            )


class _Reader:
    def __init__(
        self,
        tenant_id: str,
        documents: Sequence[Document],
        catalog: Catalog,
        shared: Mapping[str, Profile],
        rosters: Rosters,
    ) -> None:
        self._id, self._documents, self._catalog, self._rosters = tenant_id, documents, catalog, rosters
        self.problems: list[Finding] = []
        self._once: dict[str, Document] = {}
        self._stand_once()
        profiles, found = resolve(self._profiles(shared), shared)
        self.problems += found
        self._profiles_known = profiles
        self._claims = Claims(catalog, profiles)
        self._sections = Sections(self._claims)

    def run(self) -> Tenant:
        """Read everything; problems are collected on the way."""
        for document in self._documents:
            self._sections.read(document)
        self.problems += self._sections.problems
        entries = self._sections.entries
        for document in self._documents:
            self._join(document, entries["user"])
        self.problems += agreement(entries["user"].values())
        about = self._of("tenant")
        return Tenant(
            id=self._id,
            name=about.get("name", self._id),
            file=self._documents[0].file,
            timezone=about.get("timezone", "UTC"),
            labels=about.get("labels", {}),
            contract=self._contract(),
            managed=self._managed(),
            profiles=self._profiles_known,
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
                    self._tell(document, (key,), "section-twice", f"{key} stands in {place} already.", key=True)

    def _profiles(self, shared: Mapping[str, Profile]) -> dict[str, Written]:
        written: dict[str, Written] = {}
        for document in self._documents:
            for name, body in document.data.get("profiles", {}).items():
                if name in shared:
                    message = f"Profile {shown(name)} stands in the workspace already."
                elif name in written:
                    file, line, column = written[name].place(name)
                    message = f"Profile {shown(name)} stands in {file}:{line}:{column} already."
                else:
                    written[name] = Written(document, body)
                    continue
                self._tell(document, ("profiles", name), "profile-twice", message, key=True)
        return written

    def _join(self, document: Document, people: dict[str, tuple[Entry, ...]]) -> None:
        """Add the rows of the rosters that a document names."""
        known = frozenset(self._catalog.of("user"))
        for at, body in enumerate(document.data.get("rosters", ())):
            path, content, problems = self._rosters.fetch(document, body["file"], at)
            self.problems += problems
            if content is None:
                continue
            said = Said(*(tuple(body[key]) if key in body else None for key in ("profiles", "licenses", "without")))
            _, faults = self._claims.of("user", said)
            _, _, of_dates = period(body)
            for fault in (*(fault for fault in faults if fault.rule != "without-alone"), *of_dates):
                self._tell(document, ("rosters", at, fault.key), fault.rule, fault.message, hint=fault.hint)
            dates = {key: body[key] for key in ("from", "until") if key in body and not of_dates}
            rows, problems = read_roster(
                path, content, Source(path, body["file"]), Over(said, dates), self._claims, known
            )
            self.problems += problems
            for folded, entry in rows.items():
                people[folded] = (*people.get(folded, ()), entry)

    def _contract(self) -> Contract:
        body = self._of("contract")
        last = day(body["valid_until"]) if "valid_until" in body else None
        if "valid_until" in body and last is None:
            message = f"{shown(body['valid_until'])} is not a day of the calendar."
            self._tell(self._once["contract"], ("contract", "valid_until"), "no-such-day", message)
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
                self._tell(written, (key,), "unmanaged-section-written", message, key=True)
            if how == "all" and not self._sections.entries[kind]:
                message = f"manage says that all {section} are listed, and there is none."
                self._tell(self._once["manage"], ("manage", section), "unmanaged-section-written", message)
            managed[kind] = how if written is not None else "none"
        return managed

    def _places(self) -> dict[str, tuple[str, int]]:
        document = self._once.get("contract")
        if document is None:
            return {}
        keys = zip(document.data["contract"], lines_of(document, "contract"), strict=True)
        places = {key: (document.file, line) for key, line in keys}
        return places | {"contract": (document.file, document.place(("contract",), key=True)[0])}

    def _tell(
        self,
        document: Document,
        path: tuple[str | int, ...],
        rule: str,
        message: str,
        *,
        key: bool = False,
        hint: str = "",
    ) -> None:
        line, column = document.place(path, key=key)
        self.problems.append(problem(rule, message, file=document.file, line=line, column=column, hint=hint))


def agreement(people: Iterable[tuple[Entry, ...]]) -> Iterable[Finding]:
    """Whatever several entries say of one person must agree, and one object id is one person."""
    pinned: dict[str, Entry] = {}
    renamed: dict[str, Entry] = {}
    for entries in people:
        if len(entries) > 1:
            yield from _disagreements(entries)
        for entry in entries:
            if entry.object_id is not None:
                yield from _once_only(entry, pinned, entry.object_id, f"object_id {entry.object_id}")
            if entry.previously is not None:
                yield from _once_only(entry, renamed, entry.previously.lower(), f"previously {shown(entry.previously)}")


def _once_only(entry: Entry, seen: dict[str, Entry], value: str, what: str) -> Iterable[Finding]:
    first = seen.setdefault(value, entry)
    if fold("user", first.key) != fold("user", entry.key):
        message = f"{what} belongs to user:{shown(first.key)} in {first.source.file}:{first.line} already."
        yield problem("identity-conflict", message, file=entry.source.file, line=entry.line)


def _disagreements(entries: tuple[Entry, ...]) -> Iterable[Finding]:
    first: dict[str, tuple[str, Entry]] = {}
    for entry in entries:
        said = dict(entry.labels.told())
        if entry.object_id:
            said["object_id"] = entry.object_id
        for key, value in said.items():
            known, other = first.setdefault(key, (value, entry))
            if known != value:
                place = f"{other.source.file}:{other.line}"
                rule = "identity-conflict" if key == "object_id" else "labels-disagree"
                message = f"{key} of user:{shown(entry.key)} is {shown(value)} here and {shown(known)} in {place}."
                yield problem(rule, message, file=entry.source.file, line=entry.line)
