"""What moved between two structured documents: DeepDiff's place, since the shape is not known in advance."""

from collections.abc import Iterable, Mapping
from typing import Any

from tenantry.model.plan import Plan, PlanSet
from tenantry.model.plan_data import plan_set_data
from tenantry.model.report import Move

MOST_MOVES = 500
"""Differences beyond these are more than anybody reads."""


def moved(before: PlanSet, after: PlanSet) -> tuple[Move, ...]:
    """What differs between two sets of plans, in the order of where it stands."""
    return _moves(_keyed(plan_set_data(before)), _keyed(plan_set_data(after)))


def moved_between(before: Plan, after: Plan) -> tuple[Move, ...]:
    """What differs between two plans of a tenant in what was bought, is assigned, or would be changed."""
    old, new = (_counting(item) for item in (before, after))
    for part in ("changes", "updates"):
        # what is equal is left out beforehand: DeepDiff takes a second for two thousand of them
        differing = [name for name in {**old[part], **new[part]} if old[part].get(name) != new[part].get(name)]
        for side in (old, new):
            side[part] = {name: side[part][name] for name in differing[:MOST_MOVES] if name in side[part]}
    return _moves(old, new)


def _moves(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Move, ...]:
    from deepdiff import DeepDiff  # noqa: PLC0415 - heavy, and only here

    # 0: it goes into two maps however little they share; else it would tell them as one value each
    tree = DeepDiff(old, new, view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    moves = [
        Move(" > ".join(str(step) for step in item.path(output_format="list")), _text(item.t1), _text(item.t2))
        for items in tree.values()
        for item in items
    ]
    return tuple(sorted(moves, key=lambda move: move.where))


def _counting(plan: Plan) -> dict[str, Any]:
    """What counts of a plan, in words, without the numbers that follow from it and the places of its entries."""
    return {
        "state": plan.state,
        "usage": {row.license: {"contingency": row.contingency, "before": row.before} for row in plan.usage},
        "updates": {
            f"{item.holder} {item.field.replace('_', ' ')}: {item.before or 'none'} → {item.after or 'none'}": "once"
            for item in plan.updates
        },
        "changes": {
            " ".join(filter(None, (item.action, item.replaces, item.license, item.holder))): item.reason
            for item in plan.changes
        },
    }


def _keyed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Lists as maps by what identifies their items, so that an item more is one difference and not a shift of all."""
    plans = {item["tenant"]: _plan(item) for item in data["plans"]}
    return {"tool": data["tool"], "problems": _by(data["problems"], "file", "line", "rule", "message"), "plans": plans}


def _plan(plan: Mapping[str, Any]) -> dict[str, Any]:
    lists = {
        "changes": _by(plan["changes"], "action", "license", "holder"),
        "updates": _by(plan["updates"], "holder", "field"),
        "usage": _by(plan["usage"], "license"),
        "findings": _by(plan["findings"], "rule", "holder", "license", "message"),
    }
    return {**plan, **lists}


def _by(items: Iterable[Mapping[str, Any]], *keys: str) -> dict[str, Mapping[str, Any]]:
    return {" ".join(str(item[key]) for key in keys if item[key] is not None): item for item in items}


def _text(value: Any) -> str | None:
    from deepdiff.helper import NotPresent  # noqa: PLC0415 - with DeepDiff

    if isinstance(value, NotPresent):
        return None
    if isinstance(value, dict):
        return ", ".join(
            f"{key} {_text(item)}" for key, item in sorted(value.items()) if item not in (None, "", [], {})
        )
    return "none" if value is None else str(value)
