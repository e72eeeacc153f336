"""A ledger as somebody sees it who knows nothing of tenantry, and what the public Ledger finds wrong with it."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filled_ledgers import ledger_in

LEDGER = Path(".tenantry") / "ledger.db"
Holder = tuple[str, str]
"""Tenant, and holder as outputs write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """A run with its receipts in their order: action, holder, license, the license it replaces; and its updates."""

    id: str
    tenant: str
    kind: str
    status: str
    digest: str
    revision: int
    receipts: tuple[tuple[str, str, str, str | None], ...]
    updates: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSeen:
    """A lock that is not free, and in how many seconds it will be."""

    tenant: str
    owner: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a ledger holds. One that isn't there, or is empty still, holds nothing."""

    held: frozenset[tuple[str, str, str]] = frozenset()
    labels: frozenset[tuple[str, str, str]] = frozenset()
    bought: Mapping[Holder, int | None]
    assigned: Mapping[Holder, int]
    revisions: Mapping[str, int]
    runs: tuple[RunSeen, ...] = ()
    locks: tuple[LockSeen, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def content(self) -> tuple[object, ...]:
        """What a plan may move: who holds what under which cost center, and what was bought."""
        return self.held, self.labels, tuple(sorted(self.bought.items()))


NOTHING = Seen(bought={}, assigned={}, revisions={})


def look(workspace: Path) -> Seen:
    """Look at the ledger of a workspace. A copy is looked at, for to look is to carry over what a crash left."""
    with tempfile.TemporaryDirectory(prefix="tenantry-seen-") as folder:
        copy = Path(folder)
        (copy / LEDGER).parent.mkdir()
        for path in (workspace / LEDGER).parent.glob(f"{LEDGER.name}*"):
            shutil.copyfile(path, copy / LEDGER.parent / path.name)
        if not (copy / LEDGER).exists():
            return NOTHING
        try:
            with contextlib.closing(sqlite3.connect(copy / LEDGER)) as connection:
                seen = _all(connection)
        except sqlite3.DatabaseError as error:
            return replace(NOTHING, faults=(f"the ledger can't be read: {error}",))
        with contextlib.closing(ledger_in(copy, write=False)) as ledger:
            faults = tuple(ledger.faults())
    return replace(seen, faults=faults)


def _all(connection: sqlite3.Connection) -> Seen:
    def rows(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement).fetchall()

    if not rows("SELECT 1 FROM sqlite_schema"):
        return NOTHING
    holders = "FROM holders JOIN tenants ON tenants.id = holders.tenant"
    counters = "FROM counters JOIN tenants ON tenants.id = counters.tenant"
    return Seen(
        held=frozenset(
            rows(
                "SELECT tenants.name, kind || ':' || key, license FROM assignments JOIN holders"
                " ON holders.id = assignments.holder JOIN tenants ON tenants.id = holders.tenant"
            )
        ),
        labels=frozenset(
            rows(f"SELECT tenants.name, kind || ':' || key, cost_center {holders} WHERE cost_center IS NOT NULL")
        ),
        bought={(tenant, name): units for tenant, name, units in rows(f"SELECT name, license, contingency {counters}")},
        assigned={(tenant, name): units for tenant, name, units in rows(f"SELECT name, license, assigned {counters}")},
        revisions=dict(rows("SELECT name, revision FROM tenants")),
        runs=tuple(_run(connection, number, rest) for number, *rest in rows(_RUNS)),
        locks=tuple(
            LockSeen(tenant=tenant, owner=owner, left=left)
            for tenant, owner, left in rows(
                "SELECT tenant, owner, coalesce(expires_at, 1 << 40) - strftime('%s', 'now') FROM locks"
                " WHERE owner IS NOT NULL"
            )
        ),
    )


_RUNS = (
    "SELECT number, runs.id, name, kind, status, digest, runs.revision FROM runs JOIN tenants"
    " ON tenants.id = runs.tenant ORDER BY number"
)


def _run(connection: sqlite3.Connection, number: int, rest: list[Any]) -> RunSeen:
    receipts = "SELECT action, holder, license, replaces FROM receipts WHERE run = ? ORDER BY position"
    updates = "SELECT holder, field, after FROM updates WHERE run = ? ORDER BY position"
    names = ("id", "tenant", "kind", "status", "digest", "revision")
    return RunSeen(
        **dict(zip(names, rest, strict=True)),
        receipts=tuple(connection.execute(receipts, (number,))),
        updates=tuple(connection.execute(updates, (number,))),
    )
