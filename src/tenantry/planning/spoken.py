"""Which holders the files speak for, as far as a ledger has to remember it anew."""

from tenantry.model.catalog import KINDS
from tenantry.model.plan import Plan
from tenantry.model.state import CurrentState, holder_key
from tenantry.model.tenant import Tenant


def spoken(tenant: Tenant, current: CurrentState) -> frozenset[str]:
    """The holders (by `holder_key`) that entries name, and that weren't named at the last apply."""
    return _named(tenant) - (current.declared or frozenset())


def forgotten(tenant: Tenant, current: CurrentState, plan: Plan) -> frozenset[str]:
    """The holders that were named once, are no longer, and hold nothing after the plan."""
    left = (current.declared or frozenset()) - _named(tenant)
    if not left:
        return left
    units = {
        holder_key(row.id): len(row.licenses)
        for rows in current.holders.values()
        for row in rows.values()
        if holder_key(row.id) in left
    }
    for change in plan.changes:
        holder = holder_key(change.holder)
        if holder in units:
            units[holder] += {"grant": 1, "revoke": -1, "replace": 0}[change.action]
    return frozenset(holder for holder in left if not units.get(holder))


def newcomers(current: CurrentState, plan: Plan) -> list[str]:
    """The holders that a plan makes: those that it gives something or labels, and that aren't there yet."""
    there = {f"{kind}:{folded}" for kind in KINDS for folded in current.holders[kind]}
    there.update(holder_key(item.holder) for item in plan.updates if item.field in ("rename", "dropped"))
    touched = [item.holder for item in plan.updates]
    touched += [item.holder for item in plan.changes if item.action != "revoke"]
    return list({holder_key(holder): holder for holder in touched if holder_key(holder) not in there}.values())


def _named(tenant: Tenant) -> frozenset[str]:
    return frozenset(
        f"{kind}:{folded}"
        for kind in KINDS
        for folded, entries in tenant.entries[kind].items()
        if not any(entry.absent for entry in entries)
    )
