"""Real ledgers, filled as the commands fill them: through a lock, in one transaction, with a run."""

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from tenantry.backends.ledger.addresses import visible
from tenantry.backends.ledger.database import Words
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Claimant, Lease
from tenantry.backends.ledger.postgresql import PostgresqlConnection, PostgresqlServer
from tenantry.backends.ledger.sqlite import SqliteConnection, SqliteFile
from tenantry.model.plan import Change, Contingency, Finding, Plan, Update
from tenantry.model.run import Actor, Record, RunKind, Status

TENANT = "contoso"
REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)
"""What a database says to somebody who opens it by himself, and whom it refuses."""
TABLES = (
    *("tenants", "holders", "counters", "assignments", "observations", "directory", "in_use", "runs", "receipts"),
    "updates",
)
ME = Claimant(who="ada", host="here", pid=4711, alive=lambda pid: True)  # noqa: ARG005 - its signature


def ledger_in(folder: Path, *, write: bool = True) -> Ledger:
    """The ledger of a workspace at its usual place; an empty file where there was none."""
    path = folder / ".tenantry" / "ledger.db"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
    return Ledger(SqliteFile(path=str(path), where="sqlite:///.tenantry/ledger.db"), write=write)


def ledger_at(path: Path, *, write: bool = False) -> Ledger:
    """The ledger of a file, as somebody else opens it."""
    return Ledger(SqliteFile(path=str(path), where=str(path)), write=write)


def ledger_on(url: str, *, write: bool = False, makes: bool = False) -> Ledger:
    """The ledger of a database on a server."""
    return Ledger(PostgresqlServer(url=url, where=visible(url), makes=makes), write=write)


def outside(ledger: Ledger, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What the database answers to somebody who knows nothing of tenantry and opens it by himself."""
    database = ledger._database  # noqa: SLF001 - tests look behind the door
    if isinstance(database, PostgresqlServer):
        with psycopg.connect(database.url, autocommit=True, options="-c search_path=tenantry") as server:
            cursor = server.execute(statement.replace("?", "%s").encode(), values or None)
            return cursor.fetchall() if cursor.description else []
    with contextlib.closing(sqlite3.connect(path_of(ledger), isolation_level=None)) as connection:
        return connection.execute(statement, values).fetchall()


def words_of(ledger: Ledger) -> Words:
    """How the database of a ledger says what each says otherwise."""
    return (PostgresqlConnection if on_a_server(ledger) else SqliteConnection).words


def texts(ledger: Ledger) -> str:
    """The type of texts in the tables of a ledger."""
    return 'text COLLATE "C"' if on_a_server(ledger) else "TEXT"


def trigger(ledger: Ledger, name: str, when: str, what: str) -> None:
    """Let the database do something more for each row."""
    if not on_a_server(ledger):
        outside(ledger, f"CREATE TRIGGER {name} {when} BEGIN {what} END")
        return
    body = f"BEGIN {what} RETURN NEW; END"
    outside(ledger, f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    outside(ledger, f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()")


def drop_trigger(ledger: Ledger, name: str, table: str) -> None:
    """Let it do so no more."""
    outside(ledger, f"DROP TRIGGER {name}{f' ON {table}' if on_a_server(ledger) else ''}")


def dumped(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but locks."""
    return {name: sorted(outside(ledger, f"SELECT * FROM {name}"), key=repr) for name in TABLES}  # noqa: S608 - names of ours


def on_a_server(ledger: Ledger) -> bool:
    """Whether a ledger is in PostgreSQL."""
    return isinstance(ledger._database, PostgresqlServer)  # noqa: SLF001 - as above


def path_of(ledger: Ledger) -> Path:
    """The file of a ledger."""
    return Path(ledger._database.path)  # type: ignore[attr-defined] # noqa: SLF001 - tests look behind the door


def taken(ledger: Ledger, tenant: str = TENANT, claimant: Claimant = ME) -> Lease:
    """The lock of a tenant, which is free."""
    lease = ledger.take(tenant, claimant)
    assert isinstance(lease, Lease), lease
    return lease


def grant(holder: str, license_id: str, *, step: int = 1, replaces: str | None = None, **more: Any) -> Change:
    """A license that is given, in place of another where one is named."""
    return Change(
        id=f"{step:016x}",
        step=step,
        action="replace" if replaces else "grant",
        holder=holder,
        license=license_id,
        replaces=replaces,
        reason="profile agent",
        **more,
    )


def revoke(holder: str, license_id: str, *, step: int = 1) -> Change:
    """A license that is taken away."""
    return Change(step=step, action="revoke", holder=holder, license=license_id, id=f"{step:016x}", reason="ended")


PLAN = Plan(
    tenant=TENANT,
    name="Contoso AG",
    state="active",
    as_of="2026-11-24",
    verdict="ready",
    effect=f"sha256:{'e' * 64}",
    backend="sqlite",
    execution="ledger",
    lineage=None,
    revision=0,
    goal=f"sha256:{'a' * 64}",
    basis=f"sha256:{'b' * 64}",
    unmanaged=dict.fromkeys(("services", "users", "virtual_users"), 0),
)
"""A plan that is complete enough to be kept and shown, and does nothing."""
ADA = Actor("ada", "1a2b3c4d5e6f")


def plan_of(changes: Sequence[Change] = (), updates: Sequence[Update] = (), **more: Any) -> Plan:
    """A plan with these changes and updates."""
    return replace(PLAN, changes=tuple(changes), updates=tuple(updates), **more)


def waived(rule: str, reason: str) -> Finding:
    """An error that was let pass."""
    return Finding(rule=rule, severity="error", message="It is too much.", tenant=TENANT, waived=reason)


def carry_out(
    ledger: Ledger,
    changes: Sequence[Change] = (),
    updates: Sequence[Update] = (),
    *,
    newcomers: Iterable[str] = (),
    contingency: Mapping[str, Contingency] | None = None,
    tenant: str = TENANT,
    former: str | None = None,
    kind: RunKind = "apply",
    status: Status = "applied",
    at: str = "2026-11-24T06:44:00Z",
    actor: Actor = ADA,
    findings: Sequence[Finding] = (),
) -> str:
    """Carry changes out as apply does; the id of the run."""
    plan = plan_of(changes, updates, tenant=tenant, findings=tuple(findings))
    lease = taken(ledger, tenant)
    try:
        with ledger.writing(lease, former) as writing:
            writing.note_contract(contingency or {})
            writing.carry_out(changes, updates, newcomers)
            record = Record(kind=kind, status=status, at=at, actor=actor, digest=f"sha256:{at}", plan=plan)
            return writing.record(record)
    finally:
        ledger.free(lease)


def first_run(
    ledger: Ledger, holders: Sequence[str] = ("user:ada@x.example",), *, bought: int = 10, **more: Any
) -> str:
    """A tenant whose people hold a companion each."""
    changes = [grant(holder, "companion", step=at) for at, holder in enumerate(holders, 1)]
    return carry_out(ledger, changes, newcomers=holders, contingency={"companion": bought}, **more)


def filled(ledger: Ledger) -> None:
    """Let ada and bob hold the two companions that were bought, and eve none."""
    ada, bob, eve = (f"user:{name}@x.example" for name in ("ada", "bob", "eve"))
    carry_out(
        ledger,
        [grant(ada, "companion"), grant(bob, "companion", step=2)],
        newcomers=(ada, bob, eve),
        contingency={"companion": 2, "email": "unlimited", "assistant": None},
    )
