"""Whether a snapshot lacks so much of what was known that it is more likely cut off than true."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tenantry.model.catalog import KINDS, SECTIONS, Catalog, Kind
from tenantry.model.plan import Change, Finding
from tenantry.model.policy import Policy
from tenantry.model.state import CurrentState
from tenantry.planning.case import about
from tenantry.planning.observed import Moved

RULE = "mass-disappearance"
LEAST = 10
"""Smaller sections may change by more than a half in a day."""


def disappearance(
    current: CurrentState, moved: Moved, catalog: Catalog, policy: Policy, day: datetime.date
) -> tuple[Finding, ...]:
    """A finding for each section of which more than half would go, with the reason of the waiver that lets it pass."""
    reasons = sorted(
        waiver.reason
        for waiver in policy.waivers
        if (waiver.rule, waiver.holder, waiver.license) == (RULE, None, None)
        and (waiver.until is None or waiver.until >= day)
    )
    return tuple(_waived(found, reasons) for kind in KINDS for found in _section(kind, current, moved, catalog))


def _section(kind: Kind, current: CurrentState, moved: Moved, catalog: Catalog) -> Iterator[Finding]:
    rows = current.holders[kind]
    held = sum(len(row.licenses) for row in rows.values())
    gone = [item.holder for item in moved.updates if item.field == "dropped" and _is(kind, item.holder)]
    losing = Counter(item.holder for item in moved.changes if _is(kind, item.holder) and _takes(item, catalog))
    lost = losing.total()
    if not (_most(len(gone), len(rows)) or _most(lost, held)):
        return
    yield about(
        RULE,
        "error",
        f"{SECTIONS[kind]}: the snapshot lacks {len(gone)} of {len(rows)} holders and {lost} of {held} assignments.",
        "See whether the snapshot is whole.",
        holders=gone or losing,
    )


def _waived(finding: Finding, reasons: list[str]) -> Finding:
    if reasons:
        return replace(finding, waived=reasons[0])
    return replace(finding, hint=f"{finding.hint} To let it pass: --allow {RULE} --reason TEXT.")


def _most(part: int, whole: int) -> bool:
    return whole >= LEAST and part * 2 > whole


def _takes(change: Change, catalog: Catalog) -> bool:
    """Whether a change takes a license away; a lower tier counts, a higher one doesn't."""
    if change.replaces is None:
        return change.action == "revoke"
    return not catalog.reaches(change.license, change.replaces)


def _is(kind: Kind, holder: str) -> bool:
    return holder.startswith(f"{kind}:")
