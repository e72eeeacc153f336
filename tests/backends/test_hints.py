"""What a ledger refuses, or can't do, says what is wrong and what to do next, word by word."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from filled_ledgers import filled, ledger_in, outside, revoke, taken
from tenantry.backends.ledger import postgresql
from tenantry.backends.ledger.copying import fill
from tenantry.backends.ledger.database import Database, commit_failed, refused_write
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.migrations import newer
from tenantry.backends.ledger.postgresql import PostgresqlServer
from tenantry.backends.ledger.sqlite import SqliteFile
from tenantry.errors import (
    BusyError,
    CollisionError,
    CommitError,
    OperatorError,
    PlanAgainError,
    TenantryError,
)
from tenantry.model.backup import Table

LOCKED = (BusyError, "The ledger here is locked by another process.", "Try again when it is done.")
REFUSED = (
    PlanAgainError,
    "The ledger here refused a write that would break what it keeps (why); nothing was written.",
    "Plan again.",
)
DISK = (OperatorError, "The ledger here can't be used: why.", "See to the file, its disk and permissions.")
SERVER = "See to the server, its address, the role and TLS (?sslmode=…)."
UNPROVEN = (
    "Name the file of the server's authority with ?sslrootcert=…, or say with ?sslmode=… how it is to be spoken to."
)
FAILED = "The database failed at the commit: a b."
TOLD = [
    (refused_write("here", "why"), *REFUSED),
    (
        commit_failed(ValueError("a\n b.")),
        CommitError,
        "The database failed at the commit: a b.",
        "Look at `tenantry history`.",
    ),
    (
        newer("here", 9),
        OperatorError,
        "The ledger here was written by a newer tenantry (version 9 of its tables).",
        "Install the newer tenantry.",
    ),
]


def heard(database: Database, error: Exception) -> TenantryError:
    """What people hear of an error of the database."""
    with pytest.raises(TenantryError) as told, database.told():
        raise error
    return told.value


@pytest.mark.parametrize(("error", "kind", "message", "hint"), TOLD)
def test_an_error_of_a_ledger_says_what_is_wrong_and_what_to_do(
    error: TenantryError, kind: type, message: str, hint: str
) -> None:
    assert (type(error), str(error), error.hint) == (kind, message, hint)


@pytest.mark.parametrize(
    ("name", "kind", "message", "hint"),
    [
        ("SQLITE_BUSY", *LOCKED),
        ("SQLITE_BUSY_SNAPSHOT", *LOCKED),
        ("SQLITE_LOCKED", *LOCKED),
        ("SQLITE_CONSTRAINT_CHECK", *REFUSED),
        (
            "SQLITE_READONLY_DIRECTORY",
            OperatorError,
            "The ledger here can't be written: it is read-only.",
            "Give write permission.",
        ),
        (
            "SQLITE_READONLY_RECOVERY",
            OperatorError,
            "The ledger here can't be read by those who can't write its folder: its log has to be put in order first.",
            "Run `tenantry doctor` as somebody who can.",
        ),
        ("SQLITE_NOTADB", OperatorError, "here is not a ledger: the file is not a database.", "Name the right file."),
        ("SQLITE_CORRUPT_VTAB", OperatorError, "The ledger here is damaged.", "Put a backup in its place."),
        ("SQLITE_IOERR_WRITE", *DISK),
        (None, *DISK),
    ],
)
def test_an_error_of_a_file_says_what_is_wrong_and_what_to_do(
    name: str | None, kind: type, message: str, hint: str
) -> None:
    error = sqlite3.OperationalError("why")
    if name is not None:
        error.sqlite_errorname = name
    told = heard(SqliteFile(path="there", where="here"), error)
    assert (type(told), str(told), told.hint) == (kind, message, hint)


RIGHT = "Give the role of the URL the right to it."
FULL = "See to the disk and the limits of the server."


@pytest.mark.parametrize(
    ("error", "kind", "message", "hint"),
    [
        *(
            (
                error("why"),
                CollisionError,
                "The ledger here was written by somebody else at the same moment.",
                "Plan again.",
            )
            for error in (errors.SerializationFailure, errors.DeadlockDetected)
        ),
        (errors.LockNotAvailable("why"), *LOCKED),
        (errors.CheckViolation("why"), *REFUSED),
        (errors.InsufficientPrivilege("why"), OperatorError, "The ledger here can't be used: why.", RIGHT),
        (
            errors.ReadOnlySqlTransaction("why"),
            OperatorError,
            "The ledger here can't be written: the server is read-only.",
            "Name the server that is written.",
        ),
        (errors.DiskFull("why"), OperatorError, "The ledger here can't be used: why.", FULL),
        (errors.InsufficientResources("why"), OperatorError, "The ledger here can't be used: why.", FULL),
        (
            errors.UndefinedTable("why"),
            OperatorError,
            "The ledger here can't be used: why.",
            "See to the server and its log.",
        ),
        (
            psycopg.OperationalError("connection failed: why.\nMore advice"),
            OperatorError,
            "The ledger here can't be reached: why.",
            SERVER,
        ),
        (
            psycopg.OperationalError("connection is bad: why"),
            OperatorError,
            "The ledger here can't be reached: why.",
            SERVER,
        ),
        (
            psycopg.OperationalError("no password supplied"),
            OperatorError,
            "The ledger here lets nobody in: no password supplied.",
            "The password comes from PGPASSWORD, ~/.pgpass or the URL of the call; the role from the URL.",
        ),
        (
            psycopg.OperationalError('FATAL:  database "x" does not exist'),
            OperatorError,
            'The ledger here can\'t be used: FATAL: database "x" does not exist.',
            "Make the database, or mend its name in the URL.",
        ),
        (
            psycopg.OperationalError('invalid sslmode value: "x"'),
            OperatorError,
            'The ledger here can\'t be reached: invalid sslmode value: "x".',
            "Mend the URL.",
        ),
        (
            psycopg.OperationalError("SSL error: certificate verify failed"),
            OperatorError,
            "The ledger here can't be reached: SSL error: certificate verify failed.",
            UNPROVEN,
        ),
    ],
)
def test_an_error_of_a_server_says_what_is_wrong_and_what_to_do(
    error: psycopg.Error, kind: type, message: str, hint: str
) -> None:
    told = heard(PostgresqlServer(url="postgresql:///x", where="here"), error)
    assert (type(told), str(told), told.hint) == (kind, message, hint)


def refusal(act: Iterator[object]) -> tuple[str, str]:
    """What is said, and the hint, where something is refused."""
    with pytest.raises(TenantryError) as told:
        list(act)
    return str(told.value), told.value.hint


def test_what_a_ledger_refuses_is_told_word_by_word(ledger: Ledger) -> None:
    def copied() -> Iterator[object]:
        with ledger.copied() as tables:
            yield from tables

    def restored() -> Iterator[object]:
        with ledger.filled(iter(())) as tables:
            yield from tables

    filled(ledger)
    nowhere = f"There is a ledger at {ledger.where} already, and it isn't empty."
    elsewhere = "A backup is restored only where nothing is: name another place with --backend."
    assert refusal(restored()) == (nowhere, elsewhere)
    outside(ledger, "DELETE FROM counters WHERE license = 'companion'")
    unsound = f"The ledger {ledger.where} is not sound: contoso: nothing counts companion, and 2 are assigned."
    assert refusal(copied()) == (unsound, "See `tenantry doctor`.")
    lease = taken(ledger)

    def lost() -> Iterator[object]:
        with ledger.writing(lease):
            yield

    def without_effect() -> Iterator[object]:
        with ledger.writing(lease) as writing:
            yield writing.carry_out([revoke("user:eve@x.example", "companion")], (), ())

    moved = "contoso: the ledger no longer holds what the changes start from; nothing was written."
    assert refusal(without_effect()) == (moved, "Plan again.")
    ledger.free(lease)
    assert refusal(lost()) == ("The lock of contoso was lost to another process; nothing was written.", "Plan again.")


def test_what_is_no_backup_of_a_ledger_is_told_word_by_word(ledger: Ledger) -> None:
    connection = ledger._connection  # noqa: SLF001 - tests look behind the door

    def filled_by(*tables: Table) -> Iterator[object]:
        yield fill(connection, iter(tables))

    another = "Restore another backup."
    columns = ("id", "name", "lineage", "revision", "state", "terms")
    assert refusal(filled_by(Table("evil", (), iter(())))) == (
        "The backup holds other tables than a ledger has.",
        another,
    )
    assert refusal(filled_by()) == ("The backup lacks tables of a ledger.", another)
    rows = iter([["one", "contoso", "a", 1, None, None]])
    assert refusal(filled_by(Table("tenants", columns, rows))) == (
        "The backup holds a row of tenants that no ledger holds.",
        another,
    )


def test_a_place_without_a_ledger_is_told_word_by_word(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path, write=False)

    def copied() -> Iterator[object]:
        with ledger.copied() as tables:
            yield from tables

    nothing = "There is no ledger at sqlite:///.tenantry/ledger.db yet."
    assert refusal(copied()) == (nothing, "Name another one with --backend.")
    ledger.close()


def test_servers_that_hold_no_ledger_are_told_word_by_word(
    server_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = PostgresqlServer(url=server_database, where="here")

    def reached() -> Iterator[object]:
        yield server.connect(write=False).close()

    with psycopg.connect(server_database, autocommit=True) as others:
        others.execute("CREATE SCHEMA tenantry")
        others.execute("CREATE TABLE tenantry.things (id bigint)")
    assert refusal(reached()) == ("here has a schema tenantry that is no ledger.", "Name the right database.")
    monkeypatch.setattr(postgresql, "NEEDED", 99)
    with psycopg.connect(server_database) as others:
        release = others.info.server_version // 10000
    assert refusal(reached()) == (f"here is PostgreSQL {release}; a ledger needs 99 or newer.", "Upgrade the server.")


def test_a_file_of_others_is_to_be_named_rightly(tmp_path: Path) -> None:
    path = tmp_path / "others.db"
    with sqlite3.connect(path) as others:
        others.execute("CREATE TABLE things (id)")
    others.close()

    def opened() -> Iterator[object]:
        yield SqliteFile(path=str(path), where="here").connect(write=False)

    assert refusal(opened()) == ("here is a database, but not a ledger of tenantry.", "Name the right file.")
