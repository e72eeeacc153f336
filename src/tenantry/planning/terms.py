"""The terms under which a tenant is planned: its contract and the workspace's word, as data that a ledger remembers."""

from collections.abc import Mapping
from typing import Any

from tenantry.model.catalog import KINDS, SECTIONS, Catalog
from tenantry.model.policy import Guards, Policy
from tenantry.model.state import holder_key
from tenantry.model.tenant import Contract, Tenant
from tenantry.planning.cost import money


def terms_of(tenant: Tenant, catalog: Catalog, policy: Policy) -> dict[str, Any]:
    """The terms as plain JSON data without floats. What is absent is left out, so that equal terms are equal data."""
    terms: dict[str, Any] = {
        "contract": _contract(tenant.contract),
        "manage": {SECTIONS[kind]: tenant.managed[kind] for kind in KINDS},
        "guards": _guards(policy.guards),
        "rules": dict(policy.severities),
        "execution": policy.execution,
        "hold": policy.hold,
        "catalog": catalog.digest,
    }
    return _told(terms)


def _contract(contract: Contract) -> dict[str, Any]:
    told = {
        "state": contract.state,
        "valid_until": contract.valid_until and contract.valid_until.isoformat(),
        "currency": contract.currency,
        "prices": {license_id: money(price) for license_id, price in contract.prices.items()},
    }
    found = _told(told)
    if contract.contingency is not None:
        # a license that is named with 0 and one that isn't named were both not bought; no map at all tells nothing
        found["contingency"] = {license_id: units for license_id, units in contract.contingency.items() if units}
    return found


def _guards(guards: Guards) -> dict[str, Any]:
    limit = guards.max_revocations
    told: dict[str, Any] = {
        "max_revocations": "off"
        if limit is None
        else {"percent": limit.percent, "count": limit.count, "at_most": limit.at_most},
        "min_holders": {license_id: least for license_id, least in guards.min_holders.items() if least},
        "protected": sorted(map(holder_key, guards.protected)),
    }
    return _told(told)


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, {}, [])}
