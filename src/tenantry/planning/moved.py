"""What moved between two structured documents: DeepDiff's place, since the shape is not known in advance."""

from collections.abc import Iterable, Mapping
from typing import Any

from tenantry.model.plan import PlanSet
from tenantry.model.plan_data import plan_set_data
from tenantry.model.report import Move


def moved(before: PlanSet, after: PlanSet) -> tuple[Move, ...]:
    """What differs between two sets of plans, in the order of where it stands."""
    from deepdiff import DeepDiff  # noqa: PLC0415 - heavy, and only here

    old, new = _keyed(plan_set_data(before)), _keyed(plan_set_data(after))
    # 0: it goes into two maps however little they share; else it would tell them as one value each
    tree = DeepDiff(old, new, view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    moves = [
        Move(" > ".join(str(step) for step in item.path(output_format="list")), _text(item.t1), _text(item.t2))
        for items in tree.values()
        for item in items
    ]
    return tuple(sorted(moves, key=lambda move: move.where))


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
