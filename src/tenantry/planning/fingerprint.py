"""Digests of what a plan stands on: the goal (desired state and catalog) and the basis (current state and contract).

Both are over what counts, not over how it is written: order, places and profiles don't matter, results do.
"""

import datetime
import hashlib
from collections.abc import Iterable, Iterator

from tenantry.model.catalog import KINDS, Catalog, Kind
from tenantry.model.digest import canonical
from tenantry.model.state import CurrentState, Holder
from tenantry.model.tenant import Tenant
from tenantry.planning.bought import Bought
from tenantry.planning.desired import labels, person_licenses, service_claim
from tenantry.planning.identity import object_id_of


def goal_of(tenant: Tenant, catalog: Catalog, day: datetime.date) -> str:
    """The digest of what the files ask for on a day, in the words of a catalog."""
    head = canonical({"catalog": catalog.digest, "managed": dict(tenant.managed), "tenant": tenant.id})
    return _digest(head, (line for kind in KINDS for line in _declared(tenant, kind, catalog, day)))


def basis_of(current: CurrentState, bought: Bought) -> str:
    """The digest of the current state and of the contract that a plan is judged on."""
    head = canonical(
        {
            "contingency": dict(bought.contingency),
            "in_use": sorted([item.holder, item.license, item.what] for item in current.in_use or ()),
            "in_use_known": current.in_use is not None,
            "state": bought.state,
            "tenant": current.tenant,
        }
    )
    return _digest(head, (_row(holder) for kind in KINDS for holder in current.holders[kind].values()))


def _declared(tenant: Tenant, kind: Kind, catalog: Catalog, day: datetime.date) -> Iterator[str]:
    complete = tenant.managed[kind] == "all"
    for entries in tenant.entries[kind].values():
        first = entries[0]
        says: list[object]
        if kind == "service":
            claim = service_claim(first, day, catalog.default_tier)
            addons = sorted(claim.addons) if claim and claim.addons is not None else None
            says = [claim is not None, claim.tier if claim else None, addons]
        else:
            licenses = person_licenses(entries, day, complete=complete)
            says = [None if licenses is None else sorted(licenses)]
        previously = sorted({entry.previously for entry in entries if entry.previously})
        yield repr(
            (
                kind,
                first.key,
                first.absent,
                says,
                sorted(labels(entries, day).items()),
                object_id_of(entries),
                previously,
            )
        )


def _row(holder: Holder) -> str:
    return repr(
        (
            holder.kind,
            holder.key,
            sorted(holder.licenses),
            holder.name,
            holder.organization_unit,
            holder.cost_center,
            holder.object_id,
            holder.assignment_type,
            holder.enabled,
        )
    )


def _digest(head: str, lines: Iterable[str]) -> str:
    found = hashlib.sha256(head.encode())
    for line in sorted(lines):
        found.update(line.encode())
        found.update(b"\n")
    return "sha256:" + found.hexdigest()
