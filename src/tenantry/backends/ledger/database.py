"""What a ledger asks of a database, and the words in which SQLite and PostgreSQL differ.

All SQL of a ledger is written once, with `?` and `:name` for values. What one dialect says otherwise is a word of it.
"""

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from tenantry.errors import CommitError, OperatorError, PlanAgainError

BUSY_SECONDS = 5
"""How long a statement waits for somebody else's transaction before it gives up."""
IDLE_SECONDS = 60
"""After how long a server ends the transaction of somebody who has fallen silent; a file can't do that."""

AT_ONCE = 500
"""How many rows one statement takes, where it takes several."""

Row = TypeVar("Row")
Values = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a dialect calls the time in seconds by the database's clock, a new lineage, and licenses in one text."""

    now: str
    lineage: str
    licenses: str


class Cursor(Protocol):
    """The answer to a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows were moved, in all."""
        ...

    def fetchone(self) -> Any:
        """The next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """The rows that are left, one by one."""
        ...


class Connection(Protocol):
    """An open database. What it raises is told by its `Database`."""

    words: Words

    @property
    def lost(self) -> bool:
        """Whether nothing can be asked of it any more."""
        ...

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        ...

    def execute(self, statement: str, values: Values = ()) -> Cursor:
        """Run one statement."""
        ...

    def stream(self, query: str, portion: int) -> Iterator[Any]:
        """The rows of a query, however many, one by one; inside a transaction. So many are held at a time."""
        ...

    def executemany(self, statement: str, rows: Iterable[Values]) -> int:
        """Run one statement for each of these values; how many rows were moved, in all."""
        ...

    def begin(self, *, write: bool) -> None:
        """Begin a transaction: of one moment if it only reads, and else one whose writes wait for nobody's."""
        ...

    def commit(self) -> None:
        """Keep what was written. CommitError where nobody can tell whether it is."""
        ...

    def roll_back(self) -> None:
        """Undo what was written, as far as the database hasn't done so by itself. Never fails."""
        ...

    def version(self) -> int:
        """The number of the last migration that the tables have seen; 0 where there are none."""
        ...

    def stamp(self) -> str:
        """A text that is another one as soon as somebody else has committed anything, or it was opened anew."""
        ...

    def damage(self) -> list[str]:
        """A sentence for each thing that the database itself finds wrong."""
        ...

    def triggers(self) -> frozenset[str]:
        """The names of the triggers that stand as they were made, and hold everybody."""
        ...

    def medium(self) -> str:
        """The database's own name and version, and how it is spoken to."""
        ...

    def renumber(self) -> None:
        """Let new rows be numbered on from those that came with a number."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


class Database(Protocol):
    """Where a ledger is: a value that another process can be given."""

    @property
    def kind(self) -> str:
        """What plans call this kind of backend."""
        ...

    @property
    def where(self) -> str:
        """What people call the place; it holds no secret."""
        ...

    def connect(self, *, write: bool) -> Connection:
        """Open it; one without tables gets them if it may be written. TenantryError where that can't be done."""
        ...

    def told(self) -> contextlib.AbstractContextManager[None]:
        """While it is entered, what the database raises becomes one sentence: a TenantryError."""
        ...


def portions(rows: Iterable[Row]) -> Iterator[tuple[Row, ...]]:
    """Rows in portions for one statement each."""
    left = iter(rows)
    while portion := tuple(itertools.islice(left, AT_ONCE)):
        yield portion


def not_as_written(what: str) -> OperatorError:
    """That something of a ledger isn't as a ledger writes it."""
    return OperatorError(
        f"The ledger is damaged: {what} isn't as it was written.", "Put a backup of the ledger in its place."
    )


@contextlib.contextmanager
def as_written(what: str) -> Iterator[None]:
    """While it is entered, rows are turned into what they mean. OperatorError where they aren't as a ledger writes."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        raise not_as_written(what) from None


@contextlib.contextmanager
def transaction(connection: Connection, *, write: bool) -> Iterator[None]:
    """All that is done inside, or nothing. CommitError where it fails at the very end."""
    connection.begin(write=write)
    try:
        yield
    except BaseException:
        connection.roll_back()
        raise
    if write:
        connection.commit()
    else:
        connection.roll_back()


def commit_failed(error: Exception) -> CommitError:
    """What a failure at the very end means."""
    return CommitError(f"The database failed at the commit: {told_in_one_line(error)}.", "Look at `tenantry history`.")


def told_in_one_line(error: Exception) -> str:
    """What a driver says, in one line without a full stop."""
    return " ".join(str(error).split()).rstrip(".")


def refused_write(where: str, why: str) -> PlanAgainError:
    """What it means that the database itself refused a write."""
    return PlanAgainError(
        f"The ledger {where} refused a write that would break what it keeps ({why}); nothing was written.",
        "Plan again.",
    )
