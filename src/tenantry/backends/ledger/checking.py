"""Whether a ledger is sound: what the database keeps is asked again, from the rows themselves."""

from collections.abc import Iterator

from tenantry.backends.ledger import reading, runs
from tenantry.backends.ledger.database import Connection, Database
from tenantry.backends.ledger.migrations import triggers
from tenantry.errors import OperatorError
from tenantry.model.tenant import TENANT_ID

_COUNTERS = """
WITH held AS (SELECT tenant, license, count(*) AS number FROM assignments GROUP BY tenant, license)
SELECT tenants.name, counters.license, counters.assigned, coalesce(held.number, 0)
FROM counters JOIN tenants ON tenants.id = counters.tenant
  LEFT JOIN held ON held.tenant = counters.tenant AND held.license = counters.license
WHERE counters.assigned <> coalesce(held.number, 0)
"""
_UNBOUND = """
SELECT tenants.name, counters.license, counters.ceiling FROM counters JOIN tenants ON tenants.id = counters.tenant
WHERE contingency IS NOT NULL AND (ceiling IS NULL OR (ceiling > contingency AND ceiling > assigned))
"""
_UNCOUNTED = """
SELECT tenants.name, assignments.license, count(*) FROM assignments JOIN tenants ON tenants.id = assignments.tenant
WHERE NOT EXISTS (SELECT 1 FROM counters WHERE tenant = assignments.tenant AND license = assignments.license)
GROUP BY tenants.name, assignments.license
"""
_ELSEWHERE = """
SELECT tenants.name, assignments.license, count(*) FROM assignments JOIN tenants ON tenants.id = assignments.tenant
  LEFT JOIN holders ON holders.id = assignments.holder AND holders.tenant = assignments.tenant
WHERE holders.id IS NULL GROUP BY tenants.name, assignments.license
"""


def unguarded(connection: Connection, kind: str) -> list[str]:
    """A sentence for each trigger that no longer holds writers to what a ledger promises."""
    gone = sorted(triggers(kind) - connection.triggers())
    return [f"The database keeps its rules no longer: the trigger {name} is gone or off." for name in gone]


def faults(connection: Connection, database: Database) -> list[str]:
    """A sentence for each thing that is wrong."""
    found = connection.damage()
    if found:
        return found  # whatever else is asked of it, may be answered wrongly
    found += [
        f"{tenant}: the counter of {license_id} says {counter}, and {number} are assigned."
        for tenant, license_id, counter, number in connection.execute(_COUNTERS)
    ]
    found += [
        f"{tenant}: nothing counts {license_id}, and {number} are assigned."
        for tenant, license_id, number in connection.execute(_UNCOUNTED)
    ]
    found += [
        f"{tenant}: {number} of {license_id} counted here {'is' if number == 1 else 'are'} of no holder that is here."
        for tenant, license_id, number in connection.execute(_ELSEWHERE)
    ]
    found += [
        f"{tenant}: the ceiling of {license_id} is {'none' if ceiling is None else ceiling}, above what was bought."
        for tenant, license_id, ceiling in connection.execute(_UNBOUND)
    ]
    return [*found, *_unreadable(connection, database)]


def _unreadable(connection: Connection, database: Database) -> Iterator[str]:
    """A sentence for each tenant and run that readers of the ledger can't make out."""
    for (tenant,) in connection.execute("SELECT name FROM tenants ORDER BY name").fetchall():
        if TENANT_ID.match(tenant) is None:
            yield f"The ledger is damaged: {tenant[:80]!r} is the name of no tenant."
            continue
        try:
            reading.read(connection, tenant, database)
        except OperatorError as error:
            yield str(error)
    for (run_id,) in connection.execute("SELECT id FROM runs ORDER BY number").fetchall():
        try:
            runs.found(connection, run_id)
        except OperatorError as error:
            yield str(error)
