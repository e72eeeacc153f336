"""One plan that holds a hundred names, each where a file could have put it, and what a page must say of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hostile_names import seen
from rendering_samples import PLAN, plan_set, usage

from tenantry.model.plan import Change, Finding, PlanSet, Severity, Update

CHANGES, UPDATES, FINDINGS = 15, 6, 5
NAMES = CHANGES * 4 + UPDATES * 3 + FINDINGS * 3 + 4
LINE = 3
TENANT = "no-name-is-this"
"""A tenant whose name is its id is written once."""


@dataclass(frozen=True, slots=True)
class Named:
    """The plans, and the rows of their tables and the texts of their findings as a reader must see them."""

    plans: PlanSet
    changes: tuple[tuple[str, str, str, str], ...]
    """License, holder, reason, place."""
    updates: tuple[tuple[str, str, str], ...]
    """Holder, before, after."""
    told: tuple[str, ...]
    """What stands in findings and lines."""


def named(names: Sequence[str]) -> Named:
    """The plan of these names, of which there are NAMES."""
    take = iter(names)
    changes = tuple(
        Change(
            step=at, action="grant", holder=f"user:{next(take)}", license=next(take), reason=next(take),
            file=next(take), line=LINE,
        )
        for at in range(CHANGES)
    )  # fmt: skip
    updates = tuple(
        Update(holder=f"user:{next(take)}", field="name", before=next(take), after=next(take)) for _ in range(UPDATES)
    )
    findings = tuple(
        Finding(
            rule=f"rule-{at}", severity=severity, message=next(take), hint=next(take), file=next(take),
            line=LINE, waived=waived and next(take),
        )
        for at, (severity, waived) in enumerate(SEVERITIES)
    )  # fmt: skip
    plan = replace(
        PLAN, tenant=TENANT, name=next(take), state=next(take), changes=changes, updates=updates, findings=findings,
        cost=None, usage=usage(companion=(8, 7)),
    )  # fmt: skip
    return Named(
        plan_set(plan),
        tuple(
            (seen(item.license), seen(item.holder), seen(item.reason), seen(f"{item.file}:{LINE}")) for item in changes
        ),
        tuple((seen(item.holder), seen(item.before or ""), seen(item.after or "")) for item in updates),
        (
            seen(plan.name),
            seen(plan.state),
            *(seen(item.message) for item in findings),
            *(seen(f"{item.file}:{LINE}") for item in findings),
            *(seen(item.hint if item.waived is None else item.waived) for item in findings),
        ),
    )


SEVERITIES: tuple[tuple[Severity, str | None], ...] = (
    ("error", None),
    ("error", "yes"),
    ("warning", None),
    ("info", None),
    ("warning", "yes"),
)
