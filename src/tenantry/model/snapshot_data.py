"""A current state as the data of a snapshot: what reading it again tells is what was known."""

from collections.abc import Mapping
from typing import Any

from tenantry.model.catalog import SECTIONS, Catalog
from tenantry.model.state import CurrentState, Holder, holder_key

FORMAT = "tenantry-snapshot/1"


def snapshot_data(state: CurrentState, catalog: Catalog) -> dict[str, Any]:
    """Everything that a snapshot can tell of a state; what isn't known has no key."""
    known = {
        "contingency": None if state.contingency is None else dict(state.contingency),
        "declared": _declared(state),
        "in_use": None
        if state.in_use is None
        else [
            {"holder": holder, "license": license_id, "what": what}
            for holder, license_id, what in sorted({(item.holder, item.license, item.what) for item in state.in_use})
        ],
        "state": state.state,
        "terms": None if state.terms is None else dict(state.terms),
    }
    sections: dict[str, Any] = {
        SECTIONS[kind]: {row.key: _holder(row, catalog) for row in rows.values()}
        for kind, rows in state.holders.items()
    }
    return {"format": FORMAT, "tenant": state.tenant, **_set(known), **sections}


def _holder(row: Holder, catalog: Catalog) -> dict[str, Any]:
    held: dict[str, Any]
    if row.kind == "service":
        tier = catalog.tier_of(row.licenses)
        held = {"addons": sorted(row.licenses - {tier}), **_set({"license": tier})}
    else:
        held = {"licenses": sorted(row.licenses)}
    return {**held, **dict(row.labels.told()), **_set({"enabled": row.enabled, "object_id": row.object_id})}


def _declared(state: CurrentState) -> list[str] | None:
    """The holders that files spoke for, as the state writes them."""
    if state.declared is None:
        return None
    written = {holder_key(row.id): row.id for rows in state.holders.values() for row in rows.values()}
    return sorted(written.get(holder, holder) for holder in state.declared)


def _set(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
