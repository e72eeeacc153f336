"""SQLite as the place of a ledger: how its file is opened, what it promises, what its errors mean to a person."""

import contextlib
import itertools
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tenantry.backends.ledger.database import (
    BUSY_SECONDS,
    Cursor,
    Values,
    Words,
    commit_failed,
    refused_write,
    transaction,
)
from tenantry.backends.ledger.migrations import MIGRATIONS, newer, statements
from tenantry.errors import BusyError, OperatorError, PlanAgainError

APPLICATION_ID = 0x746E7479
"""`tnty`: tells a ledger from other people's databases."""
_OPENINGS = itertools.count()
SQLITE, SQLITE_NEEDED = sqlite3.sqlite_version, (3, 33)
"""The version that is there, and the first that knows all that is said to it."""


Looks = Callable[[str], Generator[Callable[[], bool] | None, None, None]]
"""How somebody looks at a file again and again: None while a log lies beside it, else what tells if it stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFile:
    """The file of a ledger, which is there; one that is empty becomes a ledger when it is opened to be written.

    SQLite makes files of its own beside it, for readers too. Where it can't, readers need `looks`.
    """

    path: str
    where: str
    looks: Looks | None = None
    which: Callable[[str], object] | None = None
    """What tells which file there is under a name at the moment; then nothing is written to one that isn't any more."""

    @property
    def kind(self) -> str:
        """What plans call it."""
        return "sqlite"

    def connect(self, *, write: bool) -> "SqliteConnection":
        """Open the file; OperatorError where it is no ledger or can't be used; BusyError where others have it."""
        with self.told():
            if write:
                there = self._which()  # before it is opened: whatever was opened then, it was replaced if this differs
                return self._prepared(self._opened("rw"), lambda: self._which() == there)
            return self._prepared(self._opened("ro")) if self.looks is None else self._only_read(self.looks)

    def _which(self) -> object:
        return self.which and self.which(self.path)

    def _only_read(self, looks: Looks) -> "SqliteConnection":
        """Read a copy of one moment, in memory: nothing that others do afterwards to the log can keep anybody from it.

        Somebody may make or remove the log while it is copied: then it is tried again.
        """
        unread = _meaning("SQLITE_BUSY", "", self.where)
        try:
            with contextlib.closing(looks(self.path)) as found:
                for stands in found:
                    try:
                        opened = self._copied(stands)
                        if opened is not None:
                            return self._prepared(opened)
                    except sqlite3.OperationalError as error:
                        if stands is not None or not _name(error).startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
                            raise
                        unread = _meaning("SQLITE_READONLY_CANTINIT", "", self.where)
        except OSError as error:
            raise _meaning("", (error.strerror or "unknown reason").lower(), self.where) from None
        raise unread

    def _copied(self, stands: Callable[[], bool] | None) -> sqlite3.Connection | None:
        """All that is there; None where there is no log and the file didn't stand still, so that it may be anything."""
        mode, still = ("ro", _always) if stands is None else ("ro&immutable=1", stands)
        with contextlib.closing(self._opened(mode)) as source, contextlib.ExitStack() as failing:
            copy = failing.enter_context(contextlib.closing(_connected(":memory:")))
            try:
                source.execute("BEGIN")
                source.execute("SELECT 1 FROM sqlite_schema").fetchone()  # it gives up after a while, a backup never
                source.backup(copy)
            except sqlite3.Error:
                if still():
                    raise
                return None
            # asked before the source is closed, for with that the system frees the file
            if not still():
                return None
            failing.pop_all()
            return copy

    def _opened(self, mode: str) -> sqlite3.Connection:
        return _connected(f"file:{quote(self.path.encode(errors='surrogateescape'))}?mode={mode}")

    def _prepared(self, opened: sqlite3.Connection, there: Callable[[], bool] | None = None) -> "SqliteConnection":
        connection = SqliteConnection(opened, self.where, there)
        try:
            _prepare(connection, self.where, write=there is not None)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Turn errors of the database into one sentence."""
        try:
            yield
        except sqlite3.Error as error:
            raise _meaning(_name(error), str(error), self.where) from None
        except UnicodeDecodeError:  # what SQLite says of a damaged schema quotes it, whatever its bytes are
            raise _meaning("SQLITE_CORRUPT", "", self.where) from None


class SqliteConnection:
    """An open file."""

    words = Words(
        now="CAST(strftime('%s', 'now') AS INTEGER)",
        lineage="lower(hex(randomblob(16)))",
        licenses="group_concat(license, ' ')",
    )

    def __init__(self, opened: sqlite3.Connection, where: str, there: Callable[[], bool] | None) -> None:
        self.opened, self._where, self._there = opened, where, there
        self._opening = next(_OPENINGS)

    def execute(self, statement: str, values: Values = ()) -> Cursor:
        """Run one statement."""
        return self.opened.execute(statement, values)

    def stream(self, query: str, portion: int) -> Iterator[Any]:  # noqa: ARG002 - a file is read row by row
        """The rows of a query, one by one."""
        return self.opened.execute(query)

    def executemany(self, statement: str, rows: Iterable[Values]) -> int:
        """Run one statement for each of these values; how many rows were moved."""
        return self.opened.executemany(statement, rows).rowcount

    @property
    def lost(self) -> bool:
        """A file is there until it is closed."""
        return False

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.opened.in_transaction

    def begin(self, *, write: bool) -> None:
        """Begin a transaction; one that writes is alone from its beginning."""
        self.opened.execute("BEGIN IMMEDIATE" if write else "BEGIN DEFERRED")

    def commit(self) -> None:
        """Keep what was written. PlanAgainError where the file was replaced: nobody would ever see it."""
        if self._there is not None and not self._there():
            self.roll_back()
            raise PlanAgainError(
                f"The file of the ledger {self._where} was replaced while it was open; nothing was written.",
                "Plan again.",
            )
        try:
            self.opened.execute("COMMIT")
        except sqlite3.Error as error:
            self.roll_back()
            raise commit_failed(error) from None

    def roll_back(self) -> None:
        """SQLite has rolled back by itself after some errors, and after others can't."""
        with contextlib.suppress(sqlite3.Error):
            if self.opened.in_transaction:
                self.opened.execute("ROLLBACK")

    def version(self) -> int:
        """The number of the last migration that the file has seen; 0 for an empty one."""
        return self._number("user_version")

    def stamp(self) -> str:
        """Another text as soon as another connection has committed anything.

        SQLite's number means something within one connection only, so each opening has texts of its own.
        """
        return f"{self._opening}-{self._number('data_version')}"

    def damage(self) -> list[str]:
        """What SQLite finds wrong."""
        found = [text for (text,) in self.execute("PRAGMA quick_check") if text != "ok"]
        if found:
            return [f"The file is damaged: {found[0]}."]
        tables = sorted({row[0] for row in self.execute("PRAGMA foreign_key_check")})
        return [f"{table} has rows that belong to nothing." for table in tables]

    def triggers(self) -> frozenset[str]:
        """The names of the triggers that stand there in the words in which they were made."""
        made = {tuple(statement.split()) for migration in MIGRATIONS for statement in migration.own["sqlite"]}
        rows = self.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        return frozenset(name for name, statement in rows if tuple(statement.split()) in made)

    def renumber(self) -> None:
        """A new row has the number after the greatest that is there."""

    def medium(self) -> str:
        """The library that reads it."""
        return f"SQLite {SQLITE}"

    def close(self) -> None:
        """Close the file."""
        self.opened.close()

    def _number(self, pragma: str) -> int:
        number: int = self.execute(f"PRAGMA {pragma}").fetchone()[0]
        return number


def _always() -> bool:
    return True


def _connected(name: str) -> sqlite3.Connection:
    return sqlite3.connect(name, uri=True, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256)


def _prepare(connection: SqliteConnection, where: str, *, write: bool) -> None:
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
    if connection.version() < len(MIGRATIONS):
        _migrate(connection, where)


def _refuse_foreign(connection: SqliteConnection, where: str) -> None:
    """Refuse other people's databases, and ledgers of a later tenantry."""
    # one view of it all: another process may be making the tables at this moment
    with contextlib.nullcontext() if connection.in_transaction else transaction(connection, write=False):
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
        number = connection.version()
    if application != APPLICATION_ID and not (empty and application == 0):
        raise OperatorError(f"{where} is a database, but not a ledger of tenantry.", "Name the right file.")
    if number > len(MIGRATIONS):
        raise newer(where, number)


def _migrate(connection: SqliteConnection, where: str) -> None:
    """Bring the tables up to date, in one transaction; whoever comes second finds it done."""
    with transaction(connection, write=True):
        _refuse_foreign(connection, where)
        for statement in statements("sqlite", connection.version()):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


_READONLY = ("The ledger {} can't be written: it is read-only.", "Give write permission.")
_NO_DATABASE = ("{} is not a ledger: the file is not a database.", "Name the right file.")
_DAMAGED = ("The ledger {} is damaged.", "Put a backup in its place.")
_UNUSABLE = ("The ledger {} can't be used: {}.", "See to the file, its disk and permissions.")
_UNREADABLE = (
    "The ledger {} can't be read by those who can't write its folder: its log has to be put in order first.",
    "Run `tenantry doctor` as somebody who can.",
)
_LEFT = ("SQLITE_READONLY_CANTINIT", "SQLITE_READONLY_CANTLOCK", "SQLITE_READONLY_RECOVERY", "SQLITE_READONLY_ROLLBACK")
"""What only those are told who read."""
_MEANINGS = {
    **dict.fromkeys(_LEFT, _UNREADABLE),
    "SQLITE_READONLY": _READONLY,
    "SQLITE_NOTADB": _NO_DATABASE,
    "SQLITE_CORRUPT": _DAMAGED,
}


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", None) or ""


def _meaning(name: str, text: str, where: str) -> OperatorError | PlanAgainError:
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BusyError(f"The ledger {where} is locked by another process.", "Try again when it is done.")
    if name.startswith("SQLITE_CONSTRAINT"):
        return refused_write(where, text)
    message, hint = next((found for start, found in _MEANINGS.items() if name.startswith(start)), _UNUSABLE)
    return OperatorError(message.format(where, text), hint)
