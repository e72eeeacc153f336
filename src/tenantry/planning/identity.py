"""Which declared person is which person of the current state.

A user is an Entra ID object; the UPN is a label that may change. Matching goes by object id, then by UPN, then by the
UPN that an entry says it had previously. Where that leaves a doubt, nobody's licenses are moved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tenantry.model.state import Holder, fold
from tenantry.model.tenant import Entry

People = Mapping[str, tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A doubt about who somebody is: the declared holder, and a sentence that says why."""

    holder: str
    entry: Entry
    message: str


@dataclass(frozen=True, slots=True)
class Matching:
    """`rows` leads from a declared person to the key of its current row. Both sides of a doubt are in `doubtful`."""

    rows: Mapping[str, str]
    conflicts: tuple[Conflict, ...] = ()
    doubtful: frozenset[str] = frozenset()


def object_id_of(entries: Iterable[Entry]) -> str | None:
    """The object id that a person's entries pin, or None."""
    return next((entry.object_id for entry in entries if entry.object_id), None)


def match(people: People, current: Mapping[str, Holder]) -> Matching:
    """Match declared people, keyed by folded UPN, with the current rows, keyed the same way."""
    if not any(entry.object_id or entry.previously for entries in people.values() for entry in entries):
        return Matching({key: key for key in people if key in current})
    matcher = _Matcher(people, current)
    for key, entries in people.items():
        matcher.place(key, entries)
    matcher.refuse_shared_rows()
    return Matching(matcher.rows, tuple(matcher.conflicts), frozenset(matcher.doubtful))


@dataclass
class _Matcher:
    people: People
    current: Mapping[str, Holder]
    rows: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    pinned: dict[str, str] = field(init=False)
    known: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.pinned = {found: key for key, entries in self.people.items() if (found := object_id_of(entries))}
        self.known = {row.object_id: key for key, row in self.current.items() if row.object_id}

    def place(self, key: str, entries: tuple[Entry, ...]) -> None:
        pinned = object_id_of(entries)
        previously = next((fold("user", entry.previously) for entry in entries if entry.previously), None)
        found = [self.known[pinned]] if pinned in self.known else []
        for candidate in (key, previously):
            row = self.current.get(candidate) if candidate is not None else None
            if candidate is None or row is None or candidate in found or self._is_another(row, key):
                continue
            if pinned and row.object_id and row.object_id != pinned:
                self._doubt(
                    key,
                    f"{row.id} is known with object_id {row.object_id}, and the files pin {pinned}.",
                    candidate,
                )
                return
            if candidate == previously and found and candidate in self.people:
                continue  # somebody else bears the old UPN by now
            found.append(candidate)
        if len(found) > 1:
            both = " and ".join(self.current[row].id for row in found)
            self._doubt(key, f"This entry matches {both}.", *found)
        elif found:
            self.rows[key] = found[0]

    def _is_another(self, row: Holder, key: str) -> bool:
        """Whether the row is a person whom the files declare under another UPN."""
        return row.object_id is not None and self.pinned.get(row.object_id, key) != key

    def _doubt(self, key: str, message: str, *rows: str) -> None:
        entry = self.people[key][0]
        self.conflicts.append(Conflict(f"user:{entry.key}", entry, message))
        self.doubtful.update((key, *rows))

    def refuse_shared_rows(self) -> None:
        takers: dict[str, list[str]] = {}
        for key, row in self.rows.items():
            takers.setdefault(row, []).append(key)
        for row, keys in takers.items():
            if len(keys) > 1 or row in self.doubtful:
                for key in keys:
                    others = ", ".join(f"user:{self.people[other][0].key}" for other in keys if other != key)
                    self._doubt(
                        key, f"{self.current[row].id} is claimed by {others or 'a doubtful entry'} as well.", row
                    )
                    del self.rows[key]
