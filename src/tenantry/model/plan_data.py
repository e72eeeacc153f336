"""A set of plans as plain data, in the names of the plan format, and back: `plan_set_from(plan_set_data(x)) == x`.

This is the one form that is digested, saved and printed. Keys stand in sorted order already, so that writing is cheap.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tenantry.model.plan import Change, Cost, Finding, Plan, PlanSet, Update, Usage

FORMAT = "tenantry-plan/1"
"""Names the structure; a new key is a new number."""


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding or problem."""
    return {
        "column": finding.column,
        "count": finding.count,
        "file": finding.file,
        "hint": finding.hint,
        "holder": finding.holder,
        "holders": list(finding.holders),
        "license": finding.license,
        "line": finding.line,
        "message": finding.message,
        "rule": finding.rule,
        "severity": finding.severity,
        "tenant": finding.tenant,
        "waived": finding.waived,
    }


def change_data(change: Change) -> dict[str, Any]:
    """One change."""
    return {
        "action": change.action,
        "file": change.file,
        "holder": change.holder,
        "id": change.id,
        "license": change.license,
        "line": change.line,
        "reason": change.reason,
        "replaces": change.replaces,
        "risk": change.risk,
        "step": change.step,
    }


def update_data(update: Update) -> dict[str, Any]:
    """One update."""
    return {"field": update.field, "from": update.before, "holder": update.holder, "to": update.after}


def usage_data(usage: Usage) -> dict[str, Any]:
    """The units of one license, with what is left after the plan."""
    return {
        "after": usage.after,
        "available": usage.available,
        "before": usage.before,
        "contingency": usage.contingency,
        "license": usage.license,
        "peak": usage.peak,
        "unaccounted": usage.unaccounted,
    }


def cost_data(cost: Cost | None) -> dict[str, Any] | None:
    """Money per month, or None where there are no prices."""
    if cost is None:
        return None
    return {
        "after": cost.after,
        "before": cost.before,
        "bought": cost.bought,
        "currency": cost.currency,
        "delta": cost.delta,
        "unpriced": list(cost.unpriced),
    }


def summary_data(plan: Plan) -> dict[str, int]:
    """Counts of changes by action, of updates, and of errors and warnings that no waiver lets pass."""
    actions = Counter(change.action for change in plan.changes)
    severities = Counter(finding.severity for finding in plan.findings if finding.waived is None)
    return {
        "error": severities["error"],
        "grant": actions["grant"],
        "replace": actions["replace"],
        "revoke": actions["revoke"],
        "update": len(plan.updates),
        "warning": severities["warning"],
    }


def plan_head_data(plan: Plan) -> dict[str, Any]:
    """The plan of one tenant without its changes and updates, which may be many."""
    return {
        "as_of": plan.as_of,
        "backend": plan.backend,
        "basis": plan.basis,
        "cost": cost_data(plan.cost),
        "effect": plan.effect,
        "execution": plan.execution,
        "findings": [finding_data(finding) for finding in plan.findings],
        "goal": plan.goal,
        "lineage": plan.lineage,
        "name": plan.name,
        "revision": plan.revision,
        "state": plan.state,
        "summary": summary_data(plan),
        "tenant": plan.tenant,
        "unmanaged": dict(plan.unmanaged),
        "usage": [usage_data(usage) for usage in plan.usage],
        "verdict": plan.verdict,
    }


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan of one tenant."""
    many = {
        "changes": [change_data(change) for change in plan.changes],
        "updates": [update_data(update) for update in plan.updates],
    }
    return dict(sorted({**plan_head_data(plan), **many}.items()))


def plan_set_data(plans: PlanSet) -> dict[str, Any]:
    """The plans of one command. What `digest` covers is this without the key `digest`."""
    return {
        "digest": plans.digest,
        "effect": plans.effect,
        "format": FORMAT,
        "plans": [plan_data(plan) for plan in plans.plans],
        "problems": [finding_data(problem) for problem in plans.problems],
        "tool": plans.tool,
    }


def plan_set_from(data: Mapping[str, Any]) -> PlanSet:
    """The plans that this data tells; it has passed the schema of the plan format. What is derived is derived anew."""
    return PlanSet(
        tool=data["tool"],
        digest=data["digest"],
        effect=data["effect"],
        problems=tuple(_finding_from(problem) for problem in data["problems"]),
        plans=tuple(_plan_from(plan) for plan in data["plans"]),
    )


def _plan_from(data: Mapping[str, Any]) -> Plan:
    changes = tuple(Change(**change) for change in data["changes"])
    return plan_from(data, changes, tuple(_update_from(update) for update in data["updates"]))


def plan_from(data: Mapping[str, Any], changes: tuple[Change, ...], updates: tuple[Update, ...]) -> Plan:
    """The plan that this data tells, with its changes and updates as they were kept beside it."""
    rest = {key: value for key, value in data.items() if key not in _BUILT}
    return Plan(
        **rest,
        updates=updates,
        changes=changes,
        usage=tuple(_usage_from(usage) for usage in data["usage"]),
        unmanaged=dict(data["unmanaged"]),
        findings=tuple(_finding_from(finding) for finding in data["findings"]),
        cost=_cost_from(data["cost"]),
    )


_BUILT = frozenset(("updates", "changes", "usage", "unmanaged", "findings", "cost", "summary"))


def _finding_from(data: Mapping[str, Any]) -> Finding:
    return Finding(**{**data, "holders": tuple(data["holders"])})


def _update_from(data: Mapping[str, Any]) -> Update:
    return Update(holder=data["holder"], field=data["field"], before=data["from"], after=data["to"])


def _usage_from(data: Mapping[str, Any]) -> Usage:
    return Usage(**{key: value for key, value in data.items() if key != "available"})


def _cost_from(data: Mapping[str, Any] | None) -> Cost | None:
    return None if data is None else Cost(**{**data, "unpriced": tuple(data["unpriced"])})
