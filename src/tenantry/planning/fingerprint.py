"""Digests of what a plan stands on: the goal (desired state and catalog) and the basis (current state and contract).

Both are over what counts, not over how it is written: order, places and profiles don't matter, results do.
"""

import datetime
import hashlib
from collections.abc import Iterable, Iterator

from tenantry.model.catalog import KINDS, Catalog, Kind
from tenantry.model.digest import canonical
from tenantry.model.labels import Labels
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
    names = _Names()
    return _digest(head, (_row(holder, names) for kind in KINDS for holder in current.holders[kind].values()))


def _declared(tenant: Tenant, kind: Kind, catalog: Catalog, day: datetime.date) -> Iterator[str]:
    complete, names = tenant.managed[kind] == "all", _Names()
    for entries in tenant.entries[kind].values():
        first = entries[0]
        if kind == "service":
            claim = service_claim(first, day, catalog.default_tier)
            says = repr((claim.tier, names.of(claim.addons))) if claim else None
        else:
            says = names.of(person_licenses(entries, day, complete=complete))
        if len(entries) == 1 and first.in_force(day):
            worn, pinned, previously = tuple(first.labels), first.object_id, first.previously
        else:
            worn, pinned = tuple(Labels(**labels(entries, day))), object_id_of(entries)
            previously = next((entry.previously for entry in entries if entry.previously), None)
        yield repr((kind, first.key, first.absent, says, worn, pinned, previously))


def _row(holder: Holder, names: "_Names") -> str:
    return repr(
        (
            holder.kind,
            holder.key,
            names.of(holder.licenses),
            tuple(holder.labels),
            holder.object_id,
            holder.enabled,
        )
    )


class _Names:
    """License sets as text, each written once: sets are few, holders many."""

    def __init__(self) -> None:
        self._known: dict[frozenset[str] | None, str | None] = {None: None}

    def of(self, licenses: frozenset[str] | None) -> str | None:
        """The sorted ids; None where nothing is said."""
        try:
            return self._known[licenses]
        except KeyError:
            found = self._known[licenses] = " ".join(sorted(licenses or ()))
            return found


def _digest(head: str, lines: Iterable[str]) -> str:
    """Over the lines in an order of their own, so that the order of holders doesn't count."""
    return "sha256:" + hashlib.sha256((head + "\n".join(sorted(lines))).encode()).hexdigest()
