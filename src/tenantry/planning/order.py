"""The order in which changes are applied, so that no step overfills a license or breaks a requirement.

Revokes come first, dependents before what they depend on; then tier replacements, each into a free unit; then grants,
prerequisites first. Within a rank: catalog order, then holder.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Change, Contingency, Execution, Risk
from tenantry.planning.diff import Move
from tenantry.planning.tiers import Arrangement, Pair, arrange


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Changes in the order of apply, the highest use of each license at any whole step, and its use at the end.

    `stuck` are the services of circles: no order of single changes can do their moves although the end state fits,
    unless `spare` units more are there. A ledger takes each circle in one step.
    """

    changes: tuple[Change, ...]
    before: Mapping[str, int]
    peak: Mapping[str, int]
    after: Mapping[str, int]
    stuck: frozenset[str] = frozenset()
    spare: int = 0


def order(  # noqa: PLR0913  # each is a fact of its own that the order stands on
    tenant: str,
    moves: Iterable[Move],
    before: Mapping[str, int],
    bought: Mapping[str, Contingency],
    catalog: Catalog,
    execution: Execution,
    risk: Callable[[Move], Risk],
) -> Ordered:
    """Order moves.

    `before` counts the units that are taken now, whoever has them, `bought` the contingency of every license.
    """
    revokes, replaces, grants = _split(moves, catalog)
    use = Counter(before)
    use.subtract(move.license for move in revokes)
    arrangement = _replacements(replaces, use, bought, catalog)
    dealt = _dealt(replaces, arrangement)
    stuck = frozenset(move.holder for step in dealt if len(step) > 1 for move in step)
    if execution == "portal":
        dealt = [(move,) for step in dealt for move in step]
    steps = [*((move,) for move in revokes), *dealt, *((move,) for move in grants)]
    changes = tuple(
        _change(tenant, number, move, risk(move))
        for number, step in enumerate(steps, 1)
        for move in sorted(step, key=_holder)
    )
    peak, after = _measure(steps, before)
    return Ordered(changes=changes, before=before, peak=peak, after=after, stuck=stuck, spare=arrangement.spare)


def _split(moves: Iterable[Move], catalog: Catalog) -> tuple[list[Move], list[Move], list[Move]]:
    depth, at = catalog.depth, catalog.order
    kinds: dict[str, list[Move]] = {"revoke": [], "replace": [], "grant": []}
    for move in moves:
        kinds[move.action].append(move)
    kinds["revoke"].sort(key=lambda move: (-depth[move.license], at[move.license], move.holder))
    kinds["replace"].sort(key=_holder)
    kinds["grant"].sort(key=lambda move: (depth[move.license], at[move.license], move.holder))
    return kinds["revoke"], kinds["replace"], kinds["grant"]


def _replacements(
    moves: list[Move], use: Mapping[str, int], bought: Mapping[str, Contingency], catalog: Catalog
) -> Arrangement:
    """Arrange the tier moves. If the end state doesn't fit, the plan is rejected and the order is that of holders."""
    counts: dict[Pair, int] = Counter((move.replaces or "", move.license) for move in moves)
    ends = Counter(use)
    for (old, new), count in counts.items():
        ends[old] -= count
        ends[new] += count
    free: dict[str, int | None] = {}
    for tier in catalog.tiers:
        limit = bought.get(tier)
        free[tier] = limit - use.get(tier, 0) if isinstance(limit, int) else None
        if isinstance(limit, int) and ends[tier] > limit and any(new == tier for _, new in counts):
            return Arrangement(tuple(((move.replaces or "", move.license),) for move in moves))
    first: dict[Pair, int] = {}
    for at, move in enumerate(moves):
        first.setdefault((move.replaces or "", move.license), at)
    return arrange(counts, free, first)


def _dealt(moves: list[Move], arrangement: Arrangement) -> list[tuple[Move, ...]]:
    """Deal the services out to the arranged pairs, in holder order."""
    waiting: dict[Pair, list[Move]] = {}
    for move in reversed(moves):
        waiting.setdefault((move.replaces or "", move.license), []).append(move)
    return [tuple(waiting[pair].pop() for pair in step) for step in arrangement.steps]


def _measure(steps: list[tuple[Move, ...]], before: Mapping[str, int]) -> tuple[Counter[str], Counter[str]]:
    """The highest use at any prefix of whole steps, and the use after all of them."""
    use, peak = Counter(before), Counter(before)
    for step in steps:
        for move in step:
            gone = move.license if move.action == "revoke" else move.replaces
            if gone:
                use[gone] -= 1
            if move.action != "revoke":
                use[move.license] += 1
        for move in step:
            peak[move.license] = max(peak[move.license], use[move.license])
    return peak, use


def _holder(move: Move) -> tuple[str, str]:
    return (move.holder, move.license)


def _change(tenant: str, step: int, move: Move, risk: Risk) -> Change:
    return Change(
        step=step,
        action=move.action,
        holder=move.holder,
        license=move.license,
        replaces=move.replaces,
        risk=risk,
        reason=move.reason,
        file=move.entry.source.file if move.entry else None,
        line=move.entry.line if move.entry else None,
        id=change_id(tenant, move),
    )


def change_id(tenant: str, move: Move) -> str:
    """Equal for the same change in any plan of the tenant. No part of it holds a line break."""
    parts = (tenant, move.action, move.holder, move.license, move.replaces or "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
