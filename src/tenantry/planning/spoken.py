"""Which holders the files speak for, and which a plan makes: what a ledger has to write down beside the changes."""

from dataclasses import dataclass

from tenantry.model.catalog import KINDS
from tenantry.model.plan import Plan
from tenantry.model.state import CurrentState, holder_key
from tenantry.model.tenant import Tenant

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Holders by `holder_key`, as far as what is remembered of them moves.

    `anew` are those that entries name and that weren't known to be named, `never` those that nobody has ever named.
    `forgotten` were named once, are no longer, and hold nothing after the plan. `newcomers` are not there yet, and
    written as the files write them.
    """

    anew: frozenset[str]
    never: frozenset[str]
    forgotten: frozenset[str]
    newcomers: tuple[str, ...]


def spoken(tenant: Tenant, current: CurrentState, plan: Plan) -> Spoken:
    """Compare whom the files name with whom they named at the last apply."""
    named = frozenset(
        [
            f"{kind}:{folded}"
            for kind in KINDS
            for folded, entries in tenant.entries[kind].items()
            if not entries[0].absent
        ]
    )
    there = {f"{kind}:{folded}" for kind in KINDS for folded in current.holders[kind]}
    # whoever is renamed leaves a name to somebody new
    renames = [item for item in plan.updates if item.field == "rename"]
    there.difference_update([holder_key(f"user:{item.before}") for item in renames])
    there.update([holder_key(item.holder) for item in renames])
    declared = current.declared or NOBODY
    newcomers = _newcomers(there, plan)
    there.update(holder_key(holder) for holder in newcomers)
    return Spoken(
        anew=(named - declared) & there,
        never=frozenset(there - named - declared),
        forgotten=_forgotten(declared - named, current, plan),
        newcomers=newcomers,
    )


def _forgotten(left: frozenset[str], current: CurrentState, plan: Plan) -> frozenset[str]:
    """Those of the holders that are no longer named who hold nothing after the plan."""
    if not left:
        return left
    units = {
        key: len(row.licenses)
        for kind in KINDS
        for folded, row in current.holders[kind].items()
        if (key := f"{kind}:{folded}") in left
    }
    for change in plan.changes:
        holder = holder_key(change.holder)
        if holder in units:
            units[holder] += {"grant": 1, "revoke": -1, "replace": 0}[change.action]
    return frozenset(holder for holder in left if not units.get(holder))


def _newcomers(there: set[str], plan: Plan) -> tuple[str, ...]:
    """The holders that a plan gives something or labels, and that aren't there yet."""
    known = there | {holder_key(item.holder) for item in plan.updates if item.field == "dropped"}
    touched = [item.holder for item in plan.updates]
    touched += [item.holder for item in plan.changes if item.action != "revoke"]
    return tuple({key: holder for holder in touched if (key := holder_key(holder)) not in known}.values())
