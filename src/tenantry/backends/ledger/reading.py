"""From rows to the current state of a tenant."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tenantry.backends.ledger.database import Connection, Database, as_written
from tenantry.model.catalog import KINDS, Kind
from tenantry.model.labels import NO_LABELS, Labels
from tenantry.model.plan import SEVERITIES, Units
from tenantry.model.state import Account, CurrentState, Holder, InUse

_HOLDERS = """
SELECT kind, key, folded, object_id, enabled, declared, name, organization_unit, cost_center, assignment_type,
  (SELECT {} FROM assignments WHERE holder = holders.id)
FROM holders WHERE tenant = ?
"""
"""Folded in SQL to one row a holder. No license id holds a space."""


def number_of(connection: Connection, tenant: str) -> int | None:
    """The number by which rows name a tenant; None where it is unknown."""
    row = connection.execute("SELECT id FROM tenants WHERE name = ?", (tenant,)).fetchone()
    return None if row is None else int(row[0])


def read(connection: Connection, tenant: str, database: Database) -> CurrentState:
    """The current state of a tenant, from one transaction."""
    row = connection.execute("SELECT id, lineage, revision, terms FROM tenants WHERE name = ?", (tenant,)).fetchone()
    if row is None:
        return CurrentState(tenant=tenant, backend=database.kind, where=database.where, found=False)
    with as_written(f"the tenant {tenant}"):
        return _state(connection, tenant, database, row)


def _state(connection: Connection, tenant: str, database: Database, row: Sequence[Any]) -> CurrentState:
    number, lineage, revision, terms = row
    holders, declared = _holders(connection, number)
    facts = _facts(connection, number)
    observed_at = {license_id: at for license_id, (_, at) in facts.get("contingency", {}).items()}
    if "state" in facts:
        observed_at["state"] = facts["state"][""][1]
    return CurrentState(
        tenant=tenant,
        backend=database.kind,
        where=database.where,
        holders=holders,
        state=facts["state"][""][0] if "state" in facts else None,
        contingency={name: _units(value) for name, (value, _) in facts["contingency"].items()}
        if "contingency" in facts
        else None,
        observed_at=observed_at,
        in_use=_in_use(connection, number) if "in_use" in facts else None,
        directory=_directory(connection, number) if "directory" in facts else None,
        unaccounted=_unaccounted(connection, number),
        terms=None if terms is None else _terms(terms),
        declared=None if terms is None else declared,
        lineage=lineage,
        revision=revision,
    )


def _holders(connection: Connection, number: int) -> tuple[Mapping[Kind, Mapping[str, Holder]], frozenset[str]]:
    """Holders by kind and folded key, and which of them files once spoke for."""
    holders: dict[Kind, dict[str, Holder]] = {kind: {} for kind in KINDS}
    sets: dict[str | None, frozenset[str]] = {None: frozenset()}
    declared = set()
    rows = connection.execute(_HOLDERS.format(connection.words.licenses), (number,))
    for kind, key, folded, object_id, enabled, spoken, *labels, licenses in rows:
        has = sets.get(licenses)
        if has is None:
            has = sets[licenses] = frozenset(licenses.split(" "))
        holders[kind][folded] = Holder(
            kind=kind,
            key=key,
            licenses=has,
            labels=Labels(*labels) if any(labels) else NO_LABELS,
            object_id=object_id,
            enabled=None if enabled is None else bool(enabled),
        )
        if spoken:
            declared.add(f"{kind}:{folded}")
    return holders, frozenset(declared)


def _facts(connection: Connection, number: int) -> dict[str, dict[str, tuple[str, str]]]:
    """What was observed last: value and time by fact and license."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    rows = connection.execute("SELECT fact, license, value, at FROM observations WHERE tenant = ?", (number,))
    for fact, license_id, value, at in rows:
        found.setdefault(fact, {})[license_id] = (value, at)
    return found


def _unaccounted(connection: Connection, number: int) -> dict[str, int]:
    """How many units the vendor counted beyond what the ledger counted at that moment."""
    rows: Any = connection.execute(
        "SELECT license, value, counted FROM observations WHERE tenant = ? AND fact = 'used'", (number,)
    )
    return {name: int(used) - counted for name, used, counted in rows if int(used) > counted}


def _in_use(connection: Connection, number: int) -> tuple[InUse, ...]:
    rows = connection.execute("SELECT holder, license, what FROM in_use WHERE tenant = ?", (number,))
    return tuple(InUse(holder=holder, license=license_id, what=what) for holder, license_id, what in rows)


def _directory(connection: Connection, number: int) -> dict[str, Account]:
    rows = connection.execute("SELECT folded, upn, object_id, enabled FROM directory WHERE tenant = ?", (number,))
    return {
        folded: Account(upn=upn, object_id=object_id, enabled=None if enabled is None else bool(enabled))
        for folded, upn, object_id, enabled in rows
    }


def _terms(text: str) -> dict[str, Any]:
    """The terms of the last apply; ValueError or TypeError where what is reckoned with isn't as it was written."""
    terms: dict[str, Any] = {**json.loads(text)}
    contract, severities = {**terms.get("contract", {})}, {**terms.get("rules", {})}
    bought = {**contract.get("contingency", {})}.values()
    if not (
        isinstance(contract.get("state", ""), str)
        and all(units == "unlimited" or type(units) is int for units in bought)
        and all(severity in {"off", *SEVERITIES} for severity in severities.values())
    ):
        raise ValueError(text)
    return terms


def _units(value: str) -> Units:
    return "unlimited" if value == "unlimited" else int(value)
