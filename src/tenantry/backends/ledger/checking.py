"""Whether a ledger is sound: what the database keeps is asked again, from the rows themselves."""

import sqlite3

_COUNTERS = """
WITH held AS (SELECT tenant, license, count(*) AS number FROM assignments GROUP BY tenant, license)
SELECT tenants.name, counters.license, counters.assigned, coalesce(held.number, 0)
FROM counters JOIN tenants ON tenants.id = counters.tenant
  LEFT JOIN held ON held.tenant = counters.tenant AND held.license = counters.license
WHERE counters.assigned <> coalesce(held.number, 0)
"""
_UNCOUNTED = """
SELECT tenants.name, assignments.license, count(*) FROM assignments JOIN tenants ON tenants.id = assignments.tenant
WHERE NOT EXISTS (SELECT 1 FROM counters WHERE tenant = assignments.tenant AND license = assignments.license)
GROUP BY assignments.tenant, assignments.license
"""


def faults(connection: sqlite3.Connection) -> list[str]:
    """A sentence for each thing that is wrong."""
    damage = [text for (text,) in connection.execute("PRAGMA quick_check") if text != "ok"]
    if damage:
        return [f"The file is damaged: {damage[0]}."]
    found = [
        f"{table} has rows that belong to nothing."
        for table in sorted({row[0] for row in connection.execute("PRAGMA foreign_key_check")})
    ]
    found += [
        f"{tenant}: the counter of {license_id} says {counter}, and {number} are assigned."
        for tenant, license_id, counter, number in connection.execute(_COUNTERS)
    ]
    found += [
        f"{tenant}: nothing counts {license_id}, and {number} are assigned."
        for tenant, license_id, number in connection.execute(_UNCOUNTED)
    ]
    return found
