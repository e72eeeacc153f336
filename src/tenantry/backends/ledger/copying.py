"""A ledger row by row, on its way out of one database and into another."""

from collections.abc import Iterator
from dataclasses import dataclass

from tenantry.backends.ledger.database import Connection
from tenantry.errors import AuthorError
from tenantry.model.backup import Table


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a table and by how many of them, the first ones, its rows are sorted."""

    names: tuple[str, ...]
    key: int

    def order(self) -> str:
        return ", ".join(self.names[: self.key])


_TABLES = {
    # each behind those that its rows refer to
    "tenants": _Columns(("id", "name", "lineage", "revision", "state", "terms"), 1),
    "holders": _Columns(
        (
            *("id", "tenant", "kind", "key", "folded", "object_id", "enabled", "name", "organization_unit"),
            *("cost_center", "assignment_type", "declared"),
        ),
        1,
    ),
    "counters": _Columns(("tenant", "license", "contingency", "unlimited", "assigned", "ceiling"), 2),
    "assignments": _Columns(("holder", "license", "tenant"), 2),
    "observations": _Columns(("tenant", "fact", "license", "value", "counted", "at"), 3),
    "directory": _Columns(("tenant", "folded", "upn", "object_id", "enabled"), 2),
    "in_use": _Columns(("tenant", "holder", "license", "what"), 4),
    "runs": _Columns(
        (
            *("number", "id", "tenant", "at", "who", "commit_id", "kind", "status", "digest", "effect", "goal"),
            *("revision", "waivers", "summary", "plan", "notes", "document"),
        ),
        1,
    ),
    "receipts": _Columns(
        (
            *("run", "position", "change", "step", "action", "holder", "license", "replaces", "risk", "reason"),
            *("file", "line"),
        ),
        2,
    ),
    "updates": _Columns(("run", "position", "holder", "field", "before", "after"), 2),
    # who holds a lock is of the moment; how often it was taken stays, so that nobody's old lease counts again
    "locks": _Columns(("tenant", "fence"), 1),
}


def tables(connection: Connection) -> Iterator[Table]:
    """Every table, its rows in the order of their keys."""
    for name, columns in _TABLES.items():
        query = f"SELECT {', '.join(columns.names)} FROM {name} ORDER BY {columns.order()}"  # noqa: S608 - names of ours
        yield Table(name, columns.names, map(list, connection.execute(query)))


def fill(connection: Connection, found: Iterator[Table]) -> None:
    """Put rows into tables that are empty. AuthorError where these aren't the tables of a ledger."""
    expected = iter(_TABLES.items())
    for table in found:
        name, columns = next(expected, ("", None))
        if columns is None or (table.name, table.columns) != (name, columns.names):
            raise AuthorError("The backup holds other tables than a ledger has.", "Restore another backup.")
        values = ", ".join("?" for _ in table.columns)
        statement = f"INSERT INTO {name} ({', '.join(table.columns)}) VALUES ({values})"  # noqa: S608 - names of ours
        if name == "assignments":
            _uncounted(connection, statement, table)
        else:
            connection.executemany(statement, table.rows)
    if next(expected, None) is not None:
        raise AuthorError("The backup lacks tables of a ledger.", "Restore another backup.")
    connection.renumber()


def _uncounted(connection: Connection, statement: str, table: Table) -> None:
    """Assignments move their counters, which have counted them already."""
    ceilings = connection.execute("SELECT tenant, license, ceiling FROM counters WHERE ceiling IS NOT NULL").fetchall()
    connection.execute("UPDATE counters SET assigned = 0, ceiling = NULL")
    connection.executemany(statement, table.rows)
    connection.executemany(
        "UPDATE counters SET ceiling = ? WHERE tenant = ? AND license = ?",
        [(ceiling, tenant, license_id) for tenant, license_id, ceiling in ceilings],
    )
