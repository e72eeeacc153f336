"""Plans as the comment of a pull request: the verdict first, then what a reviewer must see, in a budget of bytes."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding, Plan, PlanSet
from tenantry.model.words import counted
from tenantry.rendering import view, wording
from tenantry.rendering.escape import Safe
from tenantry.rendering.findings_markdown import ALL, findings_block, shortest
from tenantry.rendering.layout import Layout
from tenantry.rendering.markdown import Room, render, size
from tenantry.rendering.plan_changes import Changes, Tenant, tenant_block
from tenantry.rendering.plan_removals import counts, named, removals
from tenantry.rendering.plan_shell import PlanPage, hold, not_shown, shell
from tenantry.rendering.plan_verdicts import Verdicts

_OPEN = 30
"""Changes of a single tenant up to which they are shown unfolded."""
_LONGEST = (600, 160, 60, 20)
"""Letters up to which each line around the blocks is shown: no more are cut than have to be."""
_FOR_BLOCKS = 0.4
"""The share of the page that those lines leave to the blocks."""
_FIRST = "To know first"


def plan_markdown(plans: PlanSet, catalog: Catalog, layout: Layout) -> str:
    """The page. Verdict, errors and totals are always there; rows of changes go first where room is short."""
    page = PlanPage(plans, catalog, layout)
    everything = sum(page.total[action] for action in ("grant", "revoke", "replace", "update"))
    frame: dict[str, Any] = {}
    room = Room(0, layout.flavor)
    for longest in _LONGEST:
        frame = shell(page, longest)
        most = {**frame, "notes": [*frame["notes"], not_shown(everything, everything)]}
        room.left = layout.max_bytes - size(render("plan.md.jinja", layout.flavor, page=most, blocks=()))
        if room.left >= layout.max_bytes * _FOR_BLOCKS:
            break
    blocks, hidden = _blocks(page, room)
    if hidden:
        frame["notes"].insert(0, not_shown(hidden, everything))
    blocks = [Safe(block.rstrip("\n")) for block in blocks if block]
    return render("plan.md.jinja", layout.flavor, page=frame, blocks=blocks)


def _blocks(page: PlanPage, room: Room) -> tuple[list[str], int]:
    """The blocks in page order. They are made in the order of their weight, since each takes of what is left."""
    told = page.findings
    verdicts = Verdicts(page, room)
    verdicts.reserve(0.4)
    losses = removals(page.plans, page.catalog, several=page.several)
    lost = counts(losses, room, 0.5)
    kept = size(lost) + 2 if lost else 0
    room.left -= kept
    first = partial(room.pieces.findings, _FIRST)
    least = min(shortest(room, told.leading, first, tenants=page.several), room.left // 4)
    room.left -= least
    problems = _told(room, "Problems in files", page.plans.problems, page, 0.6, keep=ALL)
    errors = _told(room, "Errors", told.errors, page, 1.0, keep=ALL)
    verdicts.reserve(0.5)
    room.left += least
    leading = _told(room, _FIRST, told.leading, page, max(0.5, (least + 1) / max(room.left, 1)), keep=ALL)
    tenants = verdicts.blocks()
    moving, resting = _usage(page, room)
    usage = room.block(moving)
    room.left += kept
    changes = Changes([_tenant(plan, page, room) for plan in _changed(page)], page.catalog, room)
    named_there = 0
    if changes.take_removals():
        lost = ""
    else:
        names, named_there = named(losses, room)
        lost = names or room.block(lost)
    warnings = _told(room, "Warnings", told.warnings, page, 0.5)
    waived = _told(room, "Waived", told.waived, page, 0.5)
    infos = _folded(room, told.infos, page)
    rest = room.block(resting)
    changes.take_others()
    laid_out, hidden = changes.blocks()
    if changes.elsewhere:
        hidden += page.total["revoke"] - named_there
    return [*tenants, leading, problems, errors, waived, warnings, usage, lost, *laid_out, rest, infos], hidden


def _told(room: Room, title: str, findings: Sequence[Finding], page: PlanPage, share: float, *, keep: int = 25) -> str:
    frame = partial(room.pieces.findings, title)
    return findings_block(room, findings, frame, share=share, tenants=page.several, keep=keep) if findings else ""


def _folded(room: Room, findings: Sequence[Finding], page: PlanPage) -> str:
    if not findings:
        return ""
    title = f"For information: {counted(len(findings), 'finding')}"
    return findings_block(room, findings, partial(room.pieces.folded_findings, title), share=0.3, tenants=page.several)


def _usage(page: PlanPage, room: Room) -> tuple[str, str]:
    """The usage table of a single tenant: licenses that move or are over, and the rest to unfold."""
    if page.single is None:
        return "", ""
    rows = view.usage_rows(page.single, page.catalog)
    moving = [row for row in rows if row.moves or row.over]
    resting = [row for row in rows if not (row.moves or row.over or row.idle)]
    title = f"{counted(len(resting), 'more license')} in use or bought, unchanged"
    return room.pieces.usage(moving), room.pieces.usage_rest(resting, title) if resting else ""


def _changed(page: PlanPage) -> list[Plan]:
    """Plans with changes or updates, rejected ones first."""
    changed = [plan for plan in page.plans.plans if plan.changes or plan.updates]
    return sorted(changed, key=lambda plan: plan.verdict != "rejected")


def _tenant(plan: Plan, page: PlanPage, room: Room) -> Tenant:
    counts = page.summaries[plan.tenant]
    if page.single:
        moved = len(plan.changes) + len(plan.updates)
        title = f"What changes: {wording.summary(counts)}"
        return tenant_block(plan, {"open": moved <= _OPEN, "title": title, "lines": []}, "")
    rows = [row for row in view.usage_rows(plan, page.catalog) if row.moves or row.over]
    title = f"{plan.tenant}: {wording.verdict(plan, page.layout.held)}; {wording.summary(counts)}"
    lines = [view.sentence(plan, page.catalog), hold(plan.tenant, page.layout), wording.cost(plan, page.catalog)]
    head = {"open": False, "title": title, "lines": [line for line in lines if line]}
    return tenant_block(plan, head, room.pieces.usage(rows))
