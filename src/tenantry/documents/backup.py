"""The file of a backup: a line of JSON a row, and a last one with the digest of all before it.

Equal ledgers have equal files, whatever the database, since no date and no place stands in them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from tenantry.errors import AuthorError
from tenantry.model.backup import Row, Table
from tenantry.model.digest import canonical

_FORMAT = "tenantry-backup/1"
_ANOTHER = "Restore another backup; this one is left as it is."


class Seal:
    """What goes by, and the digest of it."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()
        self.rows = 0

    @property
    def digest(self) -> str:
        """The digest of all that went by."""
        return f"sha256:{self._sum.hexdigest()}"

    def passing(self, line: bytes) -> bytes:
        """The same line."""
        self._sum.update(line)
        return line


def written(version: int, tables: Iterable[Table], seal: Seal) -> Iterator[bytes]:
    """The lines of a backup of tables of this version; `seal` has seen all of them but the last in the end."""
    yield seal.passing(_line({"format": _FORMAT, "version": version}))
    for table in tables:
        yield seal.passing(_line({"table": table.name, "columns": list(table.columns)}))
        for row in table.rows:
            seal.rows += 1
            yield seal.passing(_line(row))
    yield _line({"digest": seal.digest, "rows": seal.rows})


def read(lines: Iterable[bytes], name: str, version: int, seal: Seal) -> Iterator[Table]:
    """The tables in a backup. Only after the last row is it known that it is whole.

    AuthorError where it is none, is damaged or cut off, or of tables later than `version`.
    """
    return _Reading(lines, name, version, seal).tables()


class _DamagedError(AuthorError):
    """A line isn't as it was written."""


class _Reading:
    def __init__(self, lines: Iterable[bytes], name: str, version: int, seal: Seal) -> None:
        self._lines, self._name, self._version, self._seal = enumerate(lines, 1), name, version, seal
        self._next: dict[str, Any] = {}

    def tables(self) -> Iterator[Table]:
        head = self._head()
        version = head.get("version")
        if version != self._version:
            if type(version) is not int or version < 1:
                self._damaged("it is of no version")
            raise self._another(version, "newer" if version > self._version else "older")
        self._next = self._said()
        while "table" in self._next:
            columns = self._next.get("columns")
            if not isinstance(self._next["table"], str) or not isinstance(columns, list):
                self._damaged("a line that begins no table")
            yield Table(self._next["table"], tuple(map(str, columns)), self._rows(len(columns)))
        if self._next != {"digest": self._seal.digest, "rows": self._seal.rows}:
            self._damaged("its digest is not that of its lines")
        if next(self._lines, None) is not None:
            self._damaged("something stands behind its end")

    def _rows(self, width: int) -> Iterator[Row]:
        while True:
            found = self._line()
            if isinstance(found, dict):
                self._next = found
                return
            if not isinstance(found, list) or len(found) != width or not {*map(type, found)} <= {str, int, type(None)}:
                self._damaged("a line that is no row of its table")
            self._seal.rows += 1
            yield found

    def _head(self) -> dict[str, Any]:
        try:
            head = self._said()
        except _DamagedError:
            head = {}
        kind, _, number = str(head.get("format")).partition("/")
        ours, _, known = _FORMAT.partition("/")
        if kind != ours:
            raise AuthorError(f"{self._name} is no backup of a ledger.", "Name a file that `tenantry backup` wrote.")
        if number != known:
            raise self._another(number, "newer")
        return head

    def _another(self, version: object, age: str) -> AuthorError:
        return AuthorError(
            f"{self._name} was written by {'a newer' if age == 'newer' else 'an older'} tenantry (version {version}).",
            f"Install the {age} tenantry.",
        )

    def _said(self) -> dict[str, Any]:
        found = self._line()
        if not isinstance(found, dict):
            self._damaged("a row outside of any table")
        return found

    def _line(self) -> Any:
        number, line = next(self._lines, (0, b""))
        if not line.endswith(b"\n"):
            self._damaged("it is cut off")
        try:
            found = json.loads(line, parse_float=_refused, parse_constant=_refused)
            whole = _line(found) == line
        except (ValueError, RecursionError):
            whole, found = False, None
        if not whole:
            self._damaged(f"line {number} is not as it was written")
        if not (isinstance(found, dict) and "digest" in found):
            self._seal.passing(line)
        return found

    def _damaged(self, why: str) -> NoReturn:
        raise _DamagedError(f"{self._name} is damaged: {why}.", _ANOTHER)


def _line(data: object) -> bytes:
    return canonical(data).encode()


def _refused(text: str) -> NoReturn:
    raise ValueError(text)
