"""Digests of what a plan stands on and does: goal (desired state, catalog), basis (current state, contract), effect.

Goal and basis are over what counts, not over how it is written: order, places and profiles don't matter, results do.
They are taken of ASCII: which other characters `repr` escapes depends on the version of Unicode that a machine has.
"""

import datetime
import hashlib
from collections.abc import Collection, Iterable, Iterator

from tenantry.model.catalog import KINDS, Catalog, Kind
from tenantry.model.digest import canonical, digest
from tenantry.model.labels import Labels
from tenantry.model.plan import Change, Finding, Update, Verdict
from tenantry.model.plan_data import update_data
from tenantry.model.state import CurrentState
from tenantry.model.tenant import Tenant
from tenantry.planning.bought import Bought
from tenantry.planning.desired import labels, person_licenses, service_claim
from tenantry.planning.identity import object_id_of

Known = tuple[Kind, frozenset[str] | None, Labels, tuple[object, ...]]
"""What counts of a holder beside its key: its kind, its licenses (None: nothing is said), its labels, and the rest."""


def goal_of(tenant: Tenant, catalog: Catalog, day: datetime.date) -> str:
    """The digest of what the files ask for on a day, in the words of a catalog."""
    head = canonical({"catalog": catalog.digest, "managed": dict(tenant.managed), "tenant": tenant.id})
    return _digest(head, (holder for kind in KINDS for holder in _declared(tenant, kind, catalog, day)))


def basis_of(current: CurrentState, bought: Bought) -> str:
    """The digest of the current state and of the contract that a plan is judged on."""
    unaccounted = {license_id: units for license_id, units in current.unaccounted.items() if units}
    head = canonical(
        {
            "contingency": dict(bought.contingency),
            "in_use": sorted([item.holder, item.license, item.what] for item in current.in_use or ()),
            "in_use_known": current.in_use is not None,
            "state": bought.state,
            "tenant": current.tenant,
            **({"unaccounted": unaccounted} if unaccounted else {}),
        }
    )
    rows = (row for kind in KINDS for row in current.holders[kind].values())
    return _digest(
        head, (((row.kind, row.licenses, row.labels, (row.object_id, row.enabled)), row.key) for row in rows)
    )


def effect_of(
    tenant: str,
    changes: Iterable[Change],
    updates: Iterable[Update],
    verdict: Verdict,
    findings: Collection[Finding],
) -> str:
    """The digest of what a plan does and of the verdict on it: no date, place or version is in it."""
    return digest(
        {
            "tenant": tenant,
            "changes": [
                [change.step, change.action, change.holder, change.license, change.replaces] for change in changes
            ],
            "updates": [update_data(update) for update in updates],
            "verdict": verdict,
            "errors": sorted({finding.rule for finding in findings if finding.severity == "error"}),
            "waivers": sorted({finding.rule for finding in findings if finding.waived is not None}),
        }
    )


def _declared(tenant: Tenant, kind: Kind, catalog: Catalog, day: datetime.date) -> Iterator[tuple[Known, str]]:
    complete = tenant.managed[kind] == "all"
    for entries in tenant.entries[kind].values():
        first = entries[0]
        tier: tuple[str | None, ...] = ()
        if kind == "service":
            claim = service_claim(first, day, catalog.default_tier)
            says, tier = (claim.addons, (claim.tier,)) if claim else (None, ())
        else:
            says = person_licenses(entries, day, complete=complete)
        if len(entries) == 1 and first.in_force(day):
            worn, pinned, previously = first.labels, first.object_id, first.previously
        else:
            worn, pinned = Labels(**labels(entries, day)), object_id_of(entries)
            previously = next((entry.previously for entry in entries if entry.previously), None)
        yield (kind, says, worn, (first.absent, tier, pinned, previously)), first.key


def _digest(head: str, holders: Iterable[tuple[Known, str]]) -> str:
    """Over the holders by what counts of them, since thousands are alike; in an order of its own, not in theirs."""
    alike: dict[Known, list[str]] = {}
    for known, key in holders:
        alike.setdefault(known, []).append(key)
    lines = (
        ascii((kind, None if licenses is None else sorted(licenses), tuple(worn), rest, sorted(keys)))
        for (kind, licenses, worn, rest), keys in alike.items()
    )
    return "sha256:" + hashlib.sha256((head + "\n".join(sorted(lines))).encode()).hexdigest()
