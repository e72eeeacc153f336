"""SQLite as the place of a ledger: how its file is opened, what it promises, what its errors mean to a person."""

import contextlib
import sqlite3
from collections.abc import Iterator
from urllib.parse import quote

from tenantry.backends.ledger.migrations import MIGRATIONS
from tenantry.errors import BusyError, CommitError, OperatorError, PlanAgainError

APPLICATION_ID = 0x746E7479
"""`tnty`: tells a ledger from other people's databases."""
BUSY_SECONDS = 5.0
SQLITE, SQLITE_NEEDED = sqlite3.sqlite_version, (3, 33)
"""The version that is there, and the first that knows all that is said to it."""


def connect(path: str, where: str, *, write: bool, frozen: bool = False) -> sqlite3.Connection:
    """Open the file of a ledger, which is there; one that is empty becomes a ledger if it may be written.

    Readers keep a file of their own beside it, but for one that is `frozen`, of which nobody moves anything.
    OperatorError where it is none, is damaged, or can't be used; PlanAgainError where another process has it.
    """
    with told(where):
        connection = sqlite3.connect(
            f"file:{quote(path)}?mode={'rw' if write else 'ro'}{'&immutable=1' if frozen and not write else ''}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            cached_statements=256,
        )
        try:
            _prepare(connection, where, write=write)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: sqlite3.Connection, where: str, *, write: bool) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    _refuse_foreign(connection, where)
    if not write:
        connection.execute("PRAGMA query_only = ON")
        return
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    # what is written goes from the log into the file when it is closed, not while a tenant is locked
    connection.execute("PRAGMA wal_autocheckpoint = 16384")
    connection.execute("PRAGMA cache_size = -65536")
    if version(connection) < len(MIGRATIONS):
        _migrate(connection, where)


def version(connection: sqlite3.Connection) -> int:
    """The number of the last migration that a database has seen; 0 for an empty one."""
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


def _refuse_foreign(connection: sqlite3.Connection, where: str) -> None:
    """Refuse other people's databases, and ledgers of a later tenantry."""
    # one view of it all: another process may be making the tables at this moment
    with contextlib.nullcontext() if connection.in_transaction else transaction(connection, "DEFERRED"):
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        number = version(connection)
    if application != APPLICATION_ID and not (empty and application == 0):
        raise OperatorError(f"{where} is a database, but not a ledger of tenantry.", "Name the right file.")
    if number > len(MIGRATIONS):
        raise OperatorError(
            f"The ledger {where} was written by a newer tenantry (version {number} of its tables).",
            "Install the newer tenantry.",
        )


def _migrate(connection: sqlite3.Connection, where: str) -> None:
    """Bring the tables up to date, in one transaction; whoever comes second finds it done."""
    with transaction(connection):
        _refuse_foreign(connection, where)
        for statements in MIGRATIONS[version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, mode: str = "IMMEDIATE") -> Iterator[None]:
    """All that is done inside, or nothing. CommitError where it fails at the very end."""
    connection.execute(f"BEGIN {mode}")
    try:
        yield
    except BaseException:
        _roll_back(connection)
        raise
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        raise CommitError(f"The database failed at the commit: {error}.", "Look at `tenantry history`.") from None


def _roll_back(connection: sqlite3.Connection) -> None:
    """SQLite has rolled back by itself after some errors, and after others can't."""
    with contextlib.suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextlib.contextmanager
def told(where: str) -> Iterator[None]:
    """Turn errors of the database into one sentence."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or ""
        raise _meaning(name, str(error), where) from None


_READONLY = ("The ledger {} can't be written: it is read-only.", "Give write permission.")
_NO_DATABASE = ("{} is not a ledger: the file is not a database.", "Name the right file.")
_DAMAGED = ("The ledger {} is damaged.", "Put a backup in its place.")
_UNUSABLE = ("The ledger {} can't be used: {}.", "See to the file, its disk and permissions.")
_MEANINGS = {"SQLITE_READONLY": _READONLY, "SQLITE_NOTADB": _NO_DATABASE, "SQLITE_CORRUPT": _DAMAGED}


def _meaning(name: str, text: str, where: str) -> OperatorError | PlanAgainError:
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BusyError(f"The ledger {where} is locked by another process.", "Try again when it is done.")
    if name.startswith("SQLITE_CONSTRAINT"):
        return PlanAgainError(
            f"The ledger {where} refused a write that would break what it keeps ({text}); nothing was written.",
            "Plan again.",
        )
    message, hint = next((found for start, found in _MEANINGS.items() if name.startswith(start)), _UNUSABLE)
    return OperatorError(message.format(where, text), hint)
