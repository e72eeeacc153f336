"""backup and restore: a whole ledger into one file, and out of it into an empty one, be it of another database."""

from collections.abc import Callable, Iterable, Iterator

from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.migrations import MIGRATIONS
from tenantry.documents.backup import Seal, read, written
from tenantry.errors import AuthorError, BusyError, PlanAgainError

VERSION = len(MIGRATIONS)
Lines = Callable[[], Iterable[bytes]]
"""The lines of a file, from its beginning."""
_ANOTHER = "Restore another backup."


def backup(ledger: Ledger, seal: Seal) -> Iterator[bytes]:
    """The lines of a backup; `seal` tells its digest in the end. OperatorError where there is nothing sound to copy."""
    with ledger.copied() as tables:
        yield from written(VERSION, tables, seal)


def checked(lines: Lines, name: str) -> Seal:
    """Look through a backup. AuthorError where it is none that could be restored."""
    seal = Seal()
    for table in read(lines(), name, VERSION, seal):
        for _ in table.rows:
            pass
    return seal


def restore(lines: Lines, name: str, ledger: Ledger) -> Seal:
    """Fill an empty ledger. AuthorError where the backup is none, or isn't what comes out of the ledger again."""
    seal, again = Seal(), Seal()
    try:
        with ledger.filled(read(lines(), name, VERSION, seal)) as tables:
            for _ in written(VERSION, tables, again):
                pass
            if again.digest != seal.digest:
                raise AuthorError(f"{name} holds what no ledger holds; nothing was restored.", _ANOTHER)
    except BusyError:
        raise  # others have the ledger; the backup is none the worse for it
    except PlanAgainError as error:
        raise AuthorError(f"{name} holds what no ledger holds: {error}", _ANOTHER) from None
    return seal
