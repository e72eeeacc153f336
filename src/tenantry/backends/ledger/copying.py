"""A ledger row by row, on its way out of one database and into another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tenantry.backends.ledger.database import AT_ONCE, Connection, not_as_written
from tenantry.errors import AuthorError
from tenantry.model.backup import Row, Table

_BEYOND = 2**63


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a table, by how many of them (the first ones) its rows are sorted, and which are numbers.

    `portion` is how many of its rows are read at a time.
    """

    names: tuple[str, ...]
    key: int
    numbers: frozenset[str]
    portion: int

    def order(self) -> str:
        return ", ".join(self.names[: self.key])

    def fit(self, row: Sequence[object]) -> bool:
        """Whether both databases can keep these values."""
        return all(
            value is None or (type(value) is int and abs(value) < _BEYOND if name in self.numbers else _is_text(value))
            for name, value in zip(self.names, row, strict=True)
        )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _columns(names: str, key: int, numbers: str, portion: int = AT_ONCE * 4) -> _Columns:
    return _Columns(tuple(names.split()), key, frozenset(numbers.split()), portion)


_TABLES = {
    # each behind those that its rows refer to
    "tenants": _columns("id name lineage revision state terms", 1, "id revision"),
    "holders": _columns(
        "id tenant kind key folded object_id enabled name organization_unit cost_center assignment_type declared",
        1,
        "id tenant enabled declared",
    ),
    "counters": _columns(
        "tenant license contingency unlimited assigned ceiling", 2, "tenant contingency unlimited assigned ceiling"
    ),
    "assignments": _columns("holder license tenant", 2, "holder tenant"),
    "observations": _columns("tenant fact license value counted at", 3, "tenant counted"),
    "directory": _columns("tenant folded upn object_id enabled", 2, "tenant enabled"),
    "in_use": _columns("tenant holder license what", 4, "tenant"),
    "runs": _columns(
        "number id tenant at who commit_id kind status digest effect goal revision waivers summary plan notes document",
        1,
        "number tenant revision",
        portion=10,  # one may have a whole snapshot with it
    ),
    "receipts": _columns(
        "run position change step action holder license replaces risk reason file line", 2, "run position step line"
    ),
    "updates": _columns("run position holder field before after", 2, "run position"),
    # who holds a lock is of the moment; how often it was taken stays, so that nobody's old lease counts again
    "locks": _columns("tenant fence", 1, "fence"),
}
_ANOTHER = "Restore another backup."


def tables(connection: Connection) -> Iterator[Table]:
    """Every table, its rows in the order of their keys."""
    for name, columns in _TABLES.items():
        query = f"SELECT {', '.join(columns.names)} FROM {name} ORDER BY {columns.order()}"  # noqa: S608 - names of ours
        yield Table(name, columns.names, _sound(connection.stream(query, columns.portion), name, columns))


def _sound(rows: Iterator[Row], name: str, columns: _Columns) -> Iterator[Row]:
    """These rows. OperatorError at one that nobody could restore."""
    for row in rows:
        if not columns.fit(row):
            raise not_as_written(f"a row of {name}")
        yield list(row)


def empty(connection: Connection) -> bool:
    """Whether nothing is in any table; that somebody had a lock leaves nothing behind."""
    return not any(
        connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()  # noqa: S608 - a name of ours
        for name in _TABLES
        if name != "locks"
    )


def fill(connection: Connection, found: Iterator[Table]) -> None:
    """Put rows into tables that are empty. AuthorError where these aren't the tables of a ledger."""
    expected = iter(_TABLES.items())
    for table in found:
        name, columns = next(expected, ("", None))
        if columns is None or (table.name, table.columns) != (name, columns.names):
            raise AuthorError("The backup holds other tables than a ledger has.", _ANOTHER)
        values = ", ".join("?" for _ in table.columns)
        statement = f"INSERT INTO {name} ({', '.join(table.columns)}) VALUES ({values})"  # noqa: S608 - names of ours
        if name == "locks":
            connection.execute("DELETE FROM locks")  # somebody may have had one of what was empty
        if name == "assignments":
            _uncounted(connection, statement, table)
        else:
            connection.executemany(statement, _fitting(table))
    if next(expected, None) is not None:
        raise AuthorError("The backup lacks tables of a ledger.", _ANOTHER)
    connection.renumber()


def _fitting(table: Table) -> Iterator[Row]:
    """The rows of a table, held to what both databases can keep in its columns. AuthorError where one doesn't fit."""
    for row in table.rows:
        if not _TABLES[table.name].fit(row):
            raise AuthorError(f"The backup holds a row of {table.name} that no ledger holds.", _ANOTHER)
        yield row


def _uncounted(connection: Connection, statement: str, table: Table) -> None:
    """Assignments move their counters, which have counted them already."""
    ceilings = connection.execute("SELECT tenant, license, ceiling FROM counters WHERE ceiling IS NOT NULL").fetchall()
    connection.execute("UPDATE counters SET assigned = 0, ceiling = NULL")
    connection.executemany(statement, _fitting(table))
    connection.executemany(
        "UPDATE counters SET ceiling = ? WHERE tenant = ? AND license = ?",
        [(ceiling, tenant, license_id) for tenant, license_id, ceiling in ceilings],
    )
