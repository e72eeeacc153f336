"""The ledger of a workspace: a record of who holds what in a SQL database, read and written."""

import contextlib
from collections.abc import Iterable, Iterator

from tenantry.backends.backend import Moves
from tenantry.backends.ledger import checking, copying, locks, reading, runs
from tenantry.backends.ledger.database import Connection, Database, transaction
from tenantry.backends.ledger.locks import Claimant, Held, Lease
from tenantry.backends.ledger.writing import Writing
from tenantry.errors import OperatorError, TenantryError
from tenantry.model.backup import Table
from tenantry.model.plan import Plan
from tenantry.model.run import LastMove, Run, UsageThen
from tenantry.model.state import CurrentState


class Ledger:
    """A ledger in a database that is there. It is opened when it is first asked.

    Every method raises OperatorError where the database holds no ledger, is damaged or can't be used, and
    PlanAgainError where another process has it.
    """

    def __init__(self, database: Database, *, write: bool = False) -> None:
        self._database, self._write = database, write
        self._opened: Connection | None = None

    @property
    def where(self) -> str:
        """What people call the place."""
        return self._database.where

    @property
    def writes(self) -> bool:
        """Whether it is opened to be written, and not only read."""
        return self._write

    def for_worker(self) -> "Ledger":
        """The same ledger for another process, which opens it anew."""
        return Ledger(self._database, write=self._write)

    def __del__(self) -> None:
        """A database that nobody closed would be a leak."""
        self.close()

    def close(self) -> None:
        """Close the database; the next question opens it again."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    # what every backend tells

    @property
    def missing(self) -> str | None:
        """It is there."""
        return None

    def knows(self, tenant: str) -> bool:
        """Whether this tenant is recorded."""
        with self._reading() as connection:
            return connection is not None and reading.number_of(connection, tenant) is not None

    def tenants(self) -> tuple[str, ...]:
        """Every tenant that is recorded, sorted."""
        with self._reading() as connection:
            if connection is None:
                return ()
            return tuple(name for (name,) in connection.execute("SELECT name FROM tenants ORDER BY name"))

    def read(self, tenant: str) -> CurrentState:
        """The current state of a tenant; `found` is False where it isn't recorded."""
        with self._reading() as connection:
            if connection is None:
                return CurrentState(tenant=tenant, backend=self._database.kind, where=self.where, found=False)
            return reading.read(connection, tenant, self._database)

    # what a ledger tells beyond that

    def version(self) -> int:
        """The number of the last migration that the tables have seen; 0 while the file is empty."""
        with self._database.told():
            return self._connection.version()

    def medium(self) -> str:
        """The database's own name and version, and how it is spoken to."""
        with self._database.told():
            return self._connection.medium()

    def stamp(self) -> str:
        """A text that is another one as soon as another process has committed anything."""
        with self._database.told():
            return self._connection.stamp()

    def runs(self, tenants: Iterable[str] | None = None) -> list[Run]:
        """The runs of these tenants (None: of all), newest first."""
        with self._reading() as connection:
            return [] if connection is None else runs.listed(connection, tenants)

    def run(self, run_id: str) -> tuple[Run, Plan] | None:
        """A run and what it carried out, or None."""
        with self._reading() as connection:
            return None if connection is None else runs.found(connection, run_id)

    def document(self, run_id: str) -> str | None:
        """The text that is kept with a run, such as a snapshot that did not become current, or None."""
        with self._reading() as connection:
            return None if connection is None else runs.document(connection, run_id)

    def run_of(self, tenant: str, digest: str) -> Run | None:
        """The run of a tenant that came with this set of plans, or None."""
        with self._reading() as connection:
            return None if connection is None else runs.by_digest(connection, tenant, digest)

    def last_moves(self, tenant: str, holder: str) -> dict[str, LastMove]:
        """What runs last did to each license of a holder, by license, under former UPNs too."""
        with self._reading() as connection:
            return {} if connection is None else runs.last_moves(connection, tenant, holder)

    def usage_history(self, tenant: str, since: str) -> list[UsageThen]:
        """What the runs of a tenant that count left behind since a time, oldest first."""
        with self._reading() as connection:
            return [] if connection is None else runs.usage_history(connection, tenant, since)

    def last_apply(self, tenant: str) -> Run | None:
        """The last apply or import of a tenant, or None."""
        with self._reading() as connection:
            return None if connection is None else runs.last_apply(connection, tenant)

    def observed_since_apply(self, tenant: str) -> Moves:
        """What observations have moved since the last apply or import, in their order."""
        with self._reading() as connection:
            return ((), ()) if connection is None else runs.observed_since_apply(connection, tenant)

    def locks(self) -> list[Held]:
        """Every lock that is not free."""
        with self._reading() as connection:
            return [] if connection is None else locks.held(connection)

    def faults(self) -> list[str]:
        """What is wrong inside: damage, rows that don't agree, triggers that are gone. Nothing, in a sound ledger."""
        with self._reading() as connection:
            if connection is None:
                return []
            return checking.unguarded(connection, self._database.kind) + checking.faults(connection, self._database)

    @contextlib.contextmanager
    def copied(self) -> Iterator[Iterator[Table]]:
        """Every table of one moment. OperatorError where the ledger isn't sound: what came out could not go in."""
        with self._reading() as connection:
            if connection is None:
                raise OperatorError(f"There is no ledger at {self.where} yet.", "Name another one with --backend.")
            wrong = checking.faults(connection, self._database)
            if wrong:
                raise OperatorError(f"The ledger {self.where} is not sound: {wrong[0]}", "See `tenantry doctor`.")
            yield copying.tables(connection)

    # writing

    @contextlib.contextmanager
    def filled(self, tables: Iterator[Table]) -> Iterator[Iterator[Table]]:
        """One transaction in which an empty ledger is filled; inside, the tables as they are there now.

        OperatorError where it isn't empty. All of it is kept at the end, or nothing.
        """
        with self._database.told(), transaction(self._connection, write=True):
            if not copying.empty(self._connection):
                raise OperatorError(
                    f"There is a ledger at {self.where} already, and it isn't empty.",
                    "A backup is restored only where nothing is: name another place with --backend.",
                )
            copying.fill(self._connection, tables)
            yield copying.tables(self._connection)

    def take(self, tenant: str, claimant: Claimant) -> Lease | Held:
        """Take the lock of a tenant, or tell who has it."""
        with self._database.told():
            return locks.take(self._connection, tenant, claimant)

    def free(self, lease: Lease) -> None:
        """Give a lock back. If that can't be done its lease runs out; nothing else depends on it."""
        with contextlib.suppress(TenantryError), self.given_back(lease):
            pass

    @property
    def lost(self) -> bool:
        """Whether its connection was lost, so that what was begun in it may still be carried out."""
        return self._opened is not None and self._opened.lost

    @contextlib.contextmanager
    def given_back(self, lease: Lease) -> Iterator[None]:
        """Give a lock back, after whatever a connection that was lost had begun under it has come to its end.

        What is read inside is what that has left: until the end nobody else can take the lock.
        """
        with self._database.told(), transaction(self._connection, write=True):
            locks.free(self._connection, lease)
            yield

    @contextlib.contextmanager
    def writing(self, lease: Lease, former: str | None = None) -> Iterator[Writing]:
        """One transaction about the tenant of a lease: all of it is written at the end, or nothing.

        `former` is the name under which the tenant may be known. PlanAgainError where the lease was lost.
        """
        with self._database.told(), transaction(self._connection, write=True):
            locks.renew(self._connection, lease)
            yield Writing(self._connection, lease.tenant, former)
            locks.free(self._connection, lease)

    @property
    def _connection(self) -> Connection:
        if self.lost:
            self.close()  # whatever was begun in it is undone, and fails by itself; what is asked from now on need not
        if self._opened is None:
            self._opened = self._database.connect(write=self._write)
        return self._opened

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        """One view of everything; None where nothing was made yet. Inside a transaction, that one's view."""
        with self._database.told():
            connection = self._connection
            if connection.in_transaction:
                yield connection
                return
            with transaction(connection, write=False):
                yield connection if connection.version() else None
