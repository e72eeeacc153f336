"""Which declared person is which person of the current state.

A user is an Entra ID object; the UPN is a label that may change. Matching goes by object id, then by UPN, then by the
UPN that an entry says it had previously. An entry that pins no object id has the one that the directory knows of its
UPN. Where that leaves a doubt, nobody's licenses are moved.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tenantry.model.state import Account, Holder, fold
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
    """`rows` leads from a declared person to the key of its current row, `object_ids` to its object id, where known.

    Of a doubt the declared persons are in `doubtful`, and what they might be in `doubtful_rows`.
    """

    rows: Mapping[str, str]
    conflicts: tuple[Conflict, ...] = ()
    doubtful: frozenset[str] = frozenset()
    doubtful_rows: frozenset[str] = frozenset()
    object_ids: Mapping[str, str] = field(default_factory=dict)


def object_id_of(entries: Iterable[Entry]) -> str | None:
    """The object id that a person's entries pin, or None."""
    return next((entry.object_id for entry in entries if entry.object_id), None)


def match(people: People, current: Mapping[str, Holder], directory: Mapping[str, Account] | None = None) -> Matching:
    """Match declared people, keyed by folded UPN, with the current rows, keyed the same way."""
    ids = _object_ids(people, directory or {})
    if not ids and not any(entry.previously for entries in people.values() for entry in entries):
        return Matching({key: key for key in people if key in current})
    matcher = _Matcher(people, current, ids)
    for key, entries in people.items():
        matcher.place(key, entries)
    matcher.refuse_shared_rows()
    return Matching(
        matcher.rows, tuple(matcher.conflicts), frozenset(matcher.doubtful), frozenset(matcher.doubtful_rows), ids
    )


def _object_ids(people: People, directory: Mapping[str, Account]) -> dict[str, str]:
    """The object id of each declared person of whom one is pinned or known.

    What the files pin goes before what the directory was once seen to tell: a UPN may have gone to somebody else since.
    """
    pinned = {key: found for key, entries in people.items() if (found := object_id_of(entries))}
    if not directory:
        return pinned
    told = {
        key: account.object_id
        for key in people
        if key not in pinned and (account := directory.get(key)) is not None and account.object_id is not None
    }
    times = Counter((*pinned.values(), *told.values()))
    return pinned | {key: found for key, found in told.items() if times[found] == 1}


@dataclass
class _Matcher:
    people: People
    current: Mapping[str, Holder]
    ids: Mapping[str, str]
    rows: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    doubtful_rows: set[str] = field(default_factory=set)
    pinned: dict[str, str] = field(init=False)
    known: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.pinned = {found: key for key, found in self.ids.items()}
        self.known = {}
        for key, row in self.current.items():
            if row.object_id:
                self.known.setdefault(row.object_id, []).append(key)

    def place(self, key: str, entries: tuple[Entry, ...]) -> None:
        """Find the row of a declared person, or say why it is in doubt."""
        pinned = self.ids.get(key)
        previously = next((fold("user", entry.previously) for entry in entries if entry.previously), None)
        by_id = sorted(self.known.get(pinned, ())) if pinned else []
        found = list(by_id)
        for candidate in (key, previously):
            row = self.current.get(candidate) if candidate is not None else None
            if candidate is None or row is None or candidate in found or self._is_another(row, key):
                continue
            differs = pinned is not None and row.object_id is not None and row.object_id != pinned
            if candidate == previously and ((found and differs) or (by_id and candidate in self.people)):
                continue  # somebody else bears the old UPN by now
            if differs:
                who = "the files pin" if object_id_of(entries) else "the directory tells"
                message = f"{row.id} is known with object_id {row.object_id}, and {who} {pinned}."
                self._doubt(key, message, candidate)
                return
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
        self.doubtful.add(key)
        self.doubtful_rows.update(rows)

    def refuse_shared_rows(self) -> None:
        """Doubt everybody who claims a row that somebody else claims as well."""
        takers: dict[str, list[str]] = {}
        for key, row in self.rows.items():
            takers.setdefault(row, []).append(key)
        in_doubt = frozenset(self.doubtful_rows)
        for row, keys in takers.items():
            if len(keys) > 1 or row in in_doubt:
                for key in keys:
                    others = ", ".join(f"user:{self.people[other][0].key}" for other in sorted(keys) if other != key)
                    who = others or "a doubtful entry"
                    self._doubt(key, f"{self.current[row].id} is claimed by {who} as well.", row)
                    del self.rows[key]
