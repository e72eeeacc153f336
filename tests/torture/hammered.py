"""What somebody sees who opens a ledger by himself while others hammer it, and whether it keeps every promise."""

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

Rows = list[tuple[Any, ...]]
TIERS = frozenset(("advanced_routing", "enterprise_routing", "contact_center"))
_HELD = """
SELECT holders.tenant, kind || ':' || key, license FROM assignments JOIN holders ON holders.id = assignments.holder
"""
_RUNS = "SELECT number, id, kind, status, revision, plan FROM runs WHERE tenant = ? AND number > ? ORDER BY number"
_RECEIPTS = "SELECT action, holder, license, replaces FROM receipts WHERE run = ? ORDER BY position"


@dataclass
class Known:
    """What the receipts of a tenant's runs say so far, replayed from nothing."""

    lineage: str
    last: int = 0
    revision: int = 0
    held: set[tuple[str, str]] = field(default_factory=set)

    def use(self) -> Counter[str]:
        """Units by license."""
        return Counter(license_id for _, license_id in self.held)


@dataclass
class Watch:
    """Looks again and again; each look is one moment. `facts` is what runs have observed to be bought."""

    url: str
    facts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    """The kind of each run that was seen, by its id."""
    _bought: dict[tuple[str, str], int] = field(default_factory=dict)

    def look(self) -> list[str]:
        """A sentence for each promise that is broken at this moment."""
        with moment(self.url) as asked:
            return list(self._promises(asked))

    def _promises(self, asked: "Moment") -> Iterator[str]:
        tenants = {number: row for number, *row in asked.rows("SELECT id, name, lineage, revision FROM tenants")}
        held: dict[int, set[tuple[str, str]]] = {number: set() for number in tenants}
        for number, holder, license_id in asked.rows(_HELD):
            held[number].add((holder, license_id))
        for number, (name, lineage, revision) in tenants.items():
            known = self.known.setdefault(name, Known(lineage))
            if (lineage, revision >= known.revision) != (known.lineage, True):
                yield f"{name}: lineage or revision went back: {known.lineage} {known.revision} → {lineage} {revision}"
            yield from self._replayed(asked, number, name, known)
            if known.revision != revision:
                yield f"{name}: revision {revision}, and that of its last run is {known.revision}"
            if known.held != held[number]:
                yield f"{name}: receipts and assignments differ: {sorted(known.held ^ held[number])}"
            yield from _tiers(asked, number, name, held[number])
            yield from _counted(asked, number, name, Counter(license_id for _, license_id in held[number]))

    def _replayed(self, asked: "Moment", number: int, name: str, known: Known) -> Iterator[str]:
        for run, run_id, kind, status, revision, plan in asked.rows(_RUNS, (number, known.last)):
            before, was = known.use(), known.revision
            receipts = asked.rows(_RECEIPTS, (run,)) if status == "applied" else []
            for action, holder, license_id, replaces in receipts:
                gone = (holder, license_id if action == "revoke" else replaces)
                if (gone[1] is not None and gone not in known.held) or (
                    action != "revoke" and (holder, license_id) in known.held
                ):
                    yield f"{run_id}: {action} {license_id} of {holder} has no effect on what was there"
                known.held.discard(gone)
                known.held |= {(holder, license_id)} if action != "revoke" else set()
            known.last, known.revision, self.runs[run_id] = run, revision, kind
            if revision - was not in ((1,) if receipts else (0, 1)):
                yield f"{run_id}: the revision went from {was} to {revision}"
            if kind == "apply":
                yield from self._fits(name, run_id, json.loads(plan)["usage"], before, known.use())
            for license_id, units in self.facts.get(run_id, {}).items():
                self._bought[name, license_id] = units

    def _fits(
        self, name: str, run_id: str, usage: list[dict[str, Any]], before: Counter[str], after: Counter[str]
    ) -> Iterator[str]:
        """I1: no apply leaves more than was bought, or than there was before it."""
        for row in usage:
            license_id, bought = row["license"], row["contingency"]
            if (row["before"], row["after"]) != (before[license_id], after[license_id]):
                yield f"{run_id}: {license_id} was {before[license_id]} → {after[license_id]}, and the run says {row}"
            if isinstance(bought, int) and after[license_id] > max(bought, before[license_id]):
                yield f"{run_id}: {after[license_id]} {license_id} assigned, {bought} bought"
            seen = self._bought.get((name, license_id))
            if seen is not None and isinstance(bought, int) and bought > seen:
                yield f"{run_id}: judged by {bought} {license_id}, and {seen} were observed before"


def _tiers(asked: "Moment", number: int, name: str, held: set[tuple[str, str]]) -> Iterator[str]:
    services = asked.rows("SELECT key FROM holders WHERE tenant = ? AND kind = 'service'", (number,))
    count = Counter(holder for holder, license_id in held if license_id in TIERS)
    for (key,) in services:
        if count[f"service:{key}"] != 1:
            yield f"{name}: service:{key} has {count[f'service:{key}']} tiers"


def _counted(asked: "Moment", number: int, name: str, use: Counter[str]) -> Iterator[str]:
    counters = "SELECT license, contingency, assigned, ceiling FROM counters WHERE tenant = ?"
    counted = set()
    for license_id, contingency, assigned, ceiling in asked.rows(counters, (number,)):
        counted.add(license_id)
        if assigned != use[license_id]:
            yield f"{name}: the counter of {license_id} says {assigned}, and {use[license_id]} are assigned"
        if ceiling != (None if contingency is None else max(contingency, assigned)):
            yield f"{name}: {license_id}: ceiling {ceiling} over {assigned} of {contingency}"
    if not use.keys() <= counted:
        yield f"{name}: nothing counts {use.keys() - counted}"


class Moment:
    """A transaction that only reads, and sees one state of everything."""

    def __init__(self, opened: Any, mark: str) -> None:
        self._opened, self._mark = opened, mark

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> Rows:
        """What the database answers."""
        found: Rows = self._opened.execute(statement.replace("?", self._mark), values).fetchall()
        return found


@contextlib.contextmanager
def moment(url: str) -> Iterator[Moment]:
    """Open a ledger with nothing of tenantry."""
    if url.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60)) as file:
            file.execute("BEGIN")
            yield Moment(file, "?")
        return
    with psycopg.connect(url, options="-c search_path=tenantry") as server:
        server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        server.read_only = True
        yield Moment(server, "%s")
