"""Whether the entries of a tenant agree on who is who."""

from collections.abc import Iterable

from tenantry.documents.entries import place_of
from tenantry.documents.problems import problem
from tenantry.documents.text import shown
from tenantry.model.plan import Finding
from tenantry.model.state import fold
from tenantry.model.tenant import Entry


def disagreements(people: Iterable[tuple[Entry, ...]]) -> Iterable[Finding]:
    """Whatever several entries say of one person must agree, and one object id is one person."""
    pinned: dict[str, Entry] = {}
    renamed: dict[str, Entry] = {}
    for entries in people:
        if len(entries) > 1:
            yield from _of_one(entries)
        for entry in entries:
            if entry.object_id is not None:
                yield from _once_only(entry, pinned, entry.object_id, f"object_id {entry.object_id}")
            if entry.previously is not None:
                yield from _once_only(entry, renamed, entry.previously.lower(), f"previously {shown(entry.previously)}")


def _once_only(entry: Entry, seen: dict[str, Entry], value: str, what: str) -> Iterable[Finding]:
    first = seen.setdefault(value, entry)
    if fold("user", first.key) != fold("user", entry.key):
        message = f"{what} belongs to user:{shown(first.key)} in {place_of(first)} already."
        yield problem("identity-conflict", message, file=entry.source.file, line=entry.line)


def _of_one(entries: tuple[Entry, ...]) -> Iterable[Finding]:
    first: dict[str, tuple[str, Entry]] = {}
    for entry in entries:
        said = dict(entry.labels.told())
        if entry.object_id:
            said["object_id"] = entry.object_id
        for key, value in said.items():
            known, other = first.setdefault(key, (value, entry))
            if known != value:
                rule = "identity-conflict" if key == "object_id" else "labels-disagree"
                message = f"{key} of user:{shown(entry.key)} is {shown(value)} here and {shown(known)} in "
                yield problem(rule, f"{message}{place_of(other)}.", file=entry.source.file, line=entry.line)
