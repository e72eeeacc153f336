"""What errors of PostgreSQL and its driver mean to a person."""

import re

import psycopg
from psycopg import errors

from tenantry.backends.ledger.database import refused_write
from tenantry.errors import BusyError, CollisionError, OperatorError, TenantryError

_NO_RIGHT = ("The ledger {} can't be used: {}.", "Give the role of the URL the right to it.")
_READONLY = ("The ledger {} can't be written: the server is read-only.", "Name the server that is written.")
_FULL = ("The ledger {} can't be used: {}.", "See to the disk and the limits of the server.")
_LOST = ("The ledger {} can't be reached: {}.", "See to the server, its address, the role and TLS (?sslmode=…).")
_UNPROVEN = (
    "The ledger {} can't be reached: {}.",
    "Name the file of the server's authority with ?sslrootcert=…, or say with ?sslmode=… how it is to be spoken to.",
)
_NO_PASSWORD = (
    "The ledger {} lets nobody in: {}.",
    "The password comes from PGPASSWORD, ~/.pgpass or the URL of the call; the role from the URL.",
)
_NO_DATABASE = ("The ledger {} can't be used: {}.", "Make the database, or mend its name in the URL.")
_MALFORMED = ("The ledger {} can't be reached: {}.", "Mend the URL.")
_CONNECTING = {
    "password": _NO_PASSWORD,
    "^FATAL:? .*database|database .* does not exist": _NO_DATABASE,
    "^invalid ": _MALFORMED,
    "SSL|certificate": _UNPROVEN,
}
"""What keeps a connection from being made, by words that the driver says."""
_UNUSABLE = ("The ledger {} can't be used: {}.", "See to the server and its log.")
_MEANINGS: dict[type[psycopg.Error], tuple[str, str]] = {
    errors.InsufficientPrivilege: _NO_RIGHT,
    errors.ReadOnlySqlTransaction: _READONLY,
    errors.InsufficientResources: _FULL,
    errors.DiskFull: _FULL,
}


def meaning(error: psycopg.Error, where: str) -> TenantryError:
    """One sentence on an error, with a hint. BusyError where others have the ledger, PlanAgainError on a refusal."""
    text = error.diag.message_primary or _first_line(error)
    if isinstance(error, errors.SerializationFailure | errors.DeadlockDetected):
        return CollisionError(f"The ledger {where} was written by somebody else at the same moment.", "Plan again.")
    if isinstance(error, errors.LockNotAvailable):
        return BusyError(f"The ledger {where} is locked by another process.", "Try again when it is done.")
    if isinstance(error, psycopg.IntegrityError):
        return refused_write(where, text)
    message, hint = next((found for kind, found in _MEANINGS.items() if isinstance(error, kind)), _UNUSABLE)
    if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
        message, hint = next((told for words, told in _CONNECTING.items() if re.search(words, text)), _LOST)
    return OperatorError(message.format(where, text), hint)


def _first_line(error: psycopg.Error) -> str:
    """What the driver says by itself, without its advice and the attempts before the last one."""
    return re.sub("^connection (failed|is bad): ", "", " ".join(str(error).partition("\n")[0].split())).rstrip(".")
