"""PostgreSQL as the place of a ledger: how a server is reached, what it promises, what its errors mean to a person.

Nothing outlives a transaction: no session lock, no setting, no prepared statement, so that a pooler may stand between.
"""

import contextlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import conninfo, errors, pq

from tenantry.backends.ledger.addresses import SYSTEM, options
from tenantry.backends.ledger.database import (
    BUSY_SECONDS,
    IDLE_SECONDS,
    Cursor,
    Values,
    Words,
    commit_failed,
    portions,
    transaction,
)
from tenantry.backends.ledger.migrations import MIGRATIONS, newer, statements
from tenantry.backends.ledger.postgresql_errors import meaning
from tenantry.errors import OperatorError

NEEDED = 13
"""The first release of PostgreSQL that knows all that is said to it."""
_STREAMS = itertools.count()
_OURS = 0x746E7479
"""The number by which those who make the tables at once wait for each other."""
_SETTINGS = (
    "SET LOCAL search_path = tenantry, pg_temp",
    f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'",
)
_LETTERS = 2**22
"""How many letters go to the server at a time; a message of 1 GiB ends the connection."""
_OURS_IS_THERE = """
SELECT EXISTS (
  SELECT FROM pg_attribute
  WHERE attrelid = to_regclass('tenantry.ledger') AND attname = 'version' AND atttypid = to_regtype('bigint')
)
"""
_OF_WRITERS = (
    # whoever reads holds up nobody, and may be long at it
    f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'",
    # a commit is on the disk when it is answered, even where a server is set up to be quicker
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlServer:
    """A database on a server. `url` may hold a password; `where` is what people may see of it.

    One without tables of ours holds nothing, and stays so unless the call `makes` a ledger. `roots` is the file of the
    certificates by which a server elsewhere is known.
    """

    url: str = field(repr=False)
    where: str
    makes: bool = False
    roots: str = SYSTEM

    @property
    def kind(self) -> str:
        """What plans call it."""
        return "postgresql"

    def connect(self, *, write: bool) -> "PostgresqlConnection":
        """Reach the server. OperatorError where it can't be reached or holds no ledger that can be used."""
        with self.told():
            connection = PostgresqlConnection(self._reach)
            try:
                self._prepare(connection, write=write)
            except BaseException:
                connection.close()
                raise
        return connection

    def _reach(self) -> psycopg.Connection[Any]:
        told = conninfo.make_conninfo(self.url, **options(self.url, self.roots))
        return psycopg.connect(told, autocommit=True, prepare_threshold=None)

    def _prepare(self, connection: "PostgresqlConnection", *, write: bool) -> None:
        release = connection.opened.info.server_version // 10000
        if release < NEEDED:
            raise OperatorError(
                f"{self.where} is PostgreSQL {release}; a ledger needs {NEEDED} or newer.", "Upgrade the server."
            )
        with transaction(connection, write=False):
            _refuse_foreign(connection, self.where)
            version = connection.version()
        if write and version < len(MIGRATIONS) and (version or self.makes):
            _migrate(connection, self.where)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Turn errors of the database into one sentence."""
        try:
            yield
        except psycopg.Error as error:
            raise meaning(error, self.where) from None


class PostgresqlConnection:
    """A connection to a server."""

    words = Words(
        now="CAST(floor(extract(epoch FROM clock_timestamp())) AS bigint)",
        lineage="replace(CAST(gen_random_uuid() AS text), '-', '')",
        licenses="string_agg(license, ' ' ORDER BY license)",
    )

    def __init__(self, reach: Callable[[], psycopg.Connection[Any]]) -> None:
        self._reach = reach
        self.opened = reach()

    def execute(self, statement: str, values: Values = ()) -> Cursor:
        """Run one statement."""
        return self.opened.execute(_translated(statement), values)

    def stream(self, query: str, portion: int) -> Iterator[Any]:
        """The rows of a query, so many at a time from the server."""
        with self.opened.cursor(f"rows_{next(_STREAMS)}") as cursor:
            cursor.itersize = portion
            yield from cursor.execute(query.encode())

    def executemany(self, statement: str, rows: Iterable[Values]) -> int:
        """Run one statement for each of these values; how many rows were moved. What is only inserted goes in many."""
        cursor = self.opened.cursor()
        head, values, row = statement.rpartition(" VALUES ")
        if not head.startswith("INSERT INTO") or "ON CONFLICT" in row:
            cursor.executemany(_translated(statement), rows)
            return cursor.rowcount
        moved = 0
        for portion in itertools.chain.from_iterable(map(_short, portions(rows))):
            several = ", ".join([row] * len(portion))
            cursor.execute(_translated(f"{head}{values}{several}"), tuple(itertools.chain.from_iterable(portion)))
            moved += cursor.rowcount
        return moved

    @property
    def lost(self) -> bool:
        """Whether the server has ended it, or can't be reached by it any more."""
        return self.opened.closed

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.opened.info.transaction_status != pq.TransactionStatus.IDLE

    def begin(self, *, write: bool, isolation: str = "REPEATABLE READ") -> None:
        """Begin a transaction of one moment; what somebody else has written since can't be written over in it."""
        mode = "" if write else " READ ONLY"
        begin = (f"BEGIN ISOLATION LEVEL {isolation}{mode}", *_SETTINGS, *(_OF_WRITERS if write else ()))
        told = "; ".join(begin).encode()
        try:
            self.opened.execute(told)
        except psycopg.OperationalError:
            if not self.lost:
                self.roll_back()
                raise
            self.opened = self._reach()  # it was ended while nothing went over it, and nothing had begun
            self.opened.execute(told)
        except BaseException:
            self.roll_back()
            raise

    def commit(self) -> None:
        """Keep what was written."""
        try:
            answer = self.opened.execute("COMMIT").statusmessage
        except psycopg.Error as error:
            self.roll_back()
            raise commit_failed(error) from None
        if answer != "COMMIT":  # after an error that was passed over, the server answers ROLLBACK
            raise commit_failed(errors.InFailedSqlTransaction("the transaction had failed before"))

    def roll_back(self) -> None:
        """What is lost with its connection, the server rolls back by itself."""
        with contextlib.suppress(psycopg.Error):
            if self.in_transaction:
                self.opened.execute("ROLLBACK")

    def version(self) -> int:
        """The number of the last migration that the tables have seen; 0 where there are none."""
        if not self.execute(_OURS_IS_THERE).fetchone()[0]:
            return 0
        number: int = self.execute("SELECT coalesce(max(version), 0) FROM tenantry.ledger").fetchone()[0]
        return number

    def stamp(self) -> str:
        """Another text as soon as anybody has committed anything, on the whole server."""
        seen: str = self.execute("SELECT CAST(pg_current_snapshot() AS text)").fetchone()[0]
        return seen

    def damage(self) -> list[str]:
        """A server sees to that by itself."""
        return []

    def triggers(self) -> frozenset[str]:
        """The names of the triggers that are on, for replicas too."""
        rows = self.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relnamespace = to_regnamespace('tenantry') AND tgenabled = 'A'"
        )
        return frozenset(name for (name,) in rows)

    def renumber(self) -> None:
        """Count on from the greatest number that is there."""
        for table, column in (("tenants", "id"), ("holders", "id"), ("runs", "number")):
            self.execute(
                f"SELECT setval(pg_get_serial_sequence('tenantry.{table}', '{column}'), max({column}))"  # noqa: S608 - names of ours
                f" FROM {table} HAVING max({column}) IS NOT NULL"
            )

    def medium(self) -> str:
        """The server, and how it is spoken to."""
        info = self.opened.info
        major, minor = divmod(info.server_version, 10000)
        secrecy = "over TLS" if self.opened.pgconn.ssl_in_use else "not encrypted"
        return f"PostgreSQL {major}.{minor}, {secrecy}"

    def close(self) -> None:
        """Leave the server."""
        self.opened.close()


def _short(portion: tuple[Values, ...]) -> Iterator[tuple[Values, ...]]:
    """The same rows, in portions whose texts a server takes in one message; a row may be longer alone."""
    if len(portion) == 1 or sum(len(value) for row in portion for value in row if type(value) is str) <= _LETTERS:
        yield portion
        return
    middle = len(portion) // 2
    yield from _short(portion[:middle])
    yield from _short(portion[middle:])


@lru_cache(256)
def _translated(statement: str) -> bytes:
    """A statement of a ledger as the driver takes it: values are `%s` and `%(name)s`, and nothing equals null."""
    text = statement.replace("%", "%%").replace("?", "%s")
    text = re.sub(r"(?<![:\w]):(\w+)", r"%(\1)s", text)
    text = re.sub(r"\bIS NOT (%s|%\(\w+\)s)", r"IS DISTINCT FROM \1", text)
    return re.sub(r"\bIS (%s|%\(\w+\)s)", r"IS NOT DISTINCT FROM \1", text).encode()


def _refuse_foreign(connection: PostgresqlConnection, where: str) -> None:
    """Refuse other people's tables, and ledgers of a later tenantry."""
    number = connection.version()
    if number > len(MIGRATIONS):
        raise newer(where, number)
    there = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('tenantry'))"
    if number == 0 and connection.execute(there).fetchone()[0]:
        raise OperatorError(f"{where} has a schema tenantry that is no ledger.", "Name the right database.")


def _migrate(connection: PostgresqlConnection, where: str) -> None:
    """Bring the tables up to date, in one transaction; whoever comes second waits, and finds it done."""
    connection.begin(write=True, isolation="READ COMMITTED")  # what was done meanwhile is to be seen
    try:
        connection.execute("SELECT pg_advisory_xact_lock(?)", (_OURS,))
        _refuse_foreign(connection, where)
        version = connection.version()
        if version == 0:
            if connection.execute("SELECT to_regnamespace('tenantry') IS NULL").fetchone()[0]:
                connection.execute("CREATE SCHEMA tenantry")  # else its role need not be allowed to make any
            connection.execute("CREATE TABLE tenantry.ledger (version bigint NOT NULL)")
            connection.execute("INSERT INTO tenantry.ledger VALUES (0)")
        for statement in statements("postgresql", version):
            connection.execute(statement)
        connection.execute("UPDATE tenantry.ledger SET version = ?", (len(MIGRATIONS),))
    except BaseException:
        connection.roll_back()
        raise
    connection.commit()
