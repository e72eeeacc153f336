"""backup and restore: a whole ledger into one file, and out of it into an empty one, be it of another database."""

from collections.abc import Callable, Iterable, Iterator

from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.migrations import MIGRATIONS
from tenantry.backends.ledger.sqlite import SqliteFile
from tenantry.documents.backup import Seal, read, written
from tenantry.errors import AuthorError, BusyError, CommitError, PlanAgainError, TenantryError, UnknownError

VERSION = len(MIGRATIONS)
Lines = Callable[[], Iterable[bytes]]
"""The lines of a file, from its beginning."""
_ANOTHER = "Restore another backup."


def backup(ledger: Ledger, seal: Seal) -> Iterator[bytes]:
    """The lines of a backup; `seal` tells its digest in the end. OperatorError where there is nothing sound to copy."""
    with ledger.copied() as tables:
        yield from written(VERSION, tables, seal)


def checked(lines: Lines, name: str) -> Seal:
    """Restore a backup to a database that nobody sees. AuthorError where it is none that can be restored."""
    trial = Ledger(SqliteFile(path="", where=f"that {name} would be"), write=True)
    try:
        seal = _fill(lines, name, trial)
        wrong = trial.faults()
    except BusyError:
        raise
    except PlanAgainError as error:
        raise AuthorError(f"{name} holds what no ledger holds: {error}", _ANOTHER) from None
    finally:
        trial.close()
    if wrong:
        raise AuthorError(f"{name} holds what no ledger holds: {wrong[0]}", _ANOTHER)
    return seal


def restore(lines: Lines, name: str, ledger: Ledger) -> Seal:
    """Fill an empty ledger with a backup that was checked; all of it is kept, or nothing.

    OperatorError where the ledger isn't empty, BusyError where others write into it at the same time, UnknownError
    where the database failed at the commit and nobody can see what became of it.
    """
    try:
        return _fill(lines, name, ledger)
    except BusyError:
        raise
    except PlanAgainError as error:
        raise BusyError(f"Others write into the ledger {ledger.where}; nothing was restored: {error}") from None
    except CommitError as error:
        seal = _looked_up(ledger)
        if seal is None:
            raise UnknownError(
                f"Whether {name} was restored to {ledger.where} is unknown: {error}", "Look at `tenantry doctor`."
            ) from None
        if seal.rows == 0:
            raise
        return seal


def _fill(lines: Lines, name: str, ledger: Ledger) -> Seal:
    seal, again = Seal(), Seal()
    with ledger.filled(read(lines(), name, VERSION, seal)) as tables:
        for _ in written(VERSION, tables, again):
            pass
        if again.digest != seal.digest:
            raise AuthorError(f"{name} holds what no ledger holds; nothing was restored.", _ANOTHER)
    return seal


def _looked_up(ledger: Ledger) -> Seal | None:
    """What a ledger holds after a failed commit, seen anew. None where nobody can see it, or it may still come.

    A server that a line was lost to may be at the commit still; a file is read after whatever was done to it.
    """
    lost, seal = ledger.lost, Seal()
    ledger.close()
    try:
        for _ in backup(ledger, seal):
            pass
    except TenantryError:
        return None
    return None if lost and seal.rows == 0 else seal
