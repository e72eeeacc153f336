"""A plan as one HTML file: the verdict first, then what a reviewer must see, and every change."""

from collections.abc import Sequence
from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.plan import PlanSet
from tenantry.model.words import counted
from tenantry.rendering import view, wording
from tenantry.rendering.html import render
from tenantry.rendering.html_parts import Cell, Column, Table, rows_only, told_findings
from tenantry.rendering.layout import Layout
from tenantry.rendering.plan_page import TenantPlan, count_figures, tenant_plan
from tenantry.rendering.plan_shell import PlanPage, heading

_DRAWN = 50
"""Tenants up to which each has a chart."""
_WHOLE = 10_000
"""Letters of a name that are shown: all of them."""


def plan_html(plans: PlanSet, catalog: Catalog, layout: Layout) -> str:
    """The page, complete without script; equal plans give equal bytes."""
    page = PlanPage(plans, catalog, layout)
    drawn = len(plans.plans) <= _DRAWN
    made = [tenant_plan(plan, at, page, drawn=drawn) for at, plan in enumerate(plans.plans)]
    rejected = {plan.tenant for plan in plans.plans if plan.verdict == "rejected"}
    told = sorted((plan for plan in made if not plan.empty), key=lambda plan: plan.id not in rejected)
    single = made[0] if page.single else None
    groups = [("To know first", page.findings.leading), ("Errors", page.findings.errors)]
    values: dict[str, Any] = {
        "title": single.name if single else heading(page, None, _WHOLE),
        "several": page.several,
        "single": single,
        "tenants": () if single else told,
        "many": not drawn,
        "table": None if single else _table(page, made),
        "figures": count_figures(page.total),
        "problems": told_findings("problems", [("Problems in files", plans.problems)], tenants=True),
        "first": () if single else told_findings("first", groups, tenants=True),
        "personal": any(plan.changes or plan.updates for plan in plans.plans),
        "totals": wording.totals(page.total, view.problem_count(plans.problems)),
        "ends": (("Tool", plans.tool), ("Digest", plans.digest), ("Effect", plans.effect)),
        "links": _links(single) if single else (),
    }
    return render("plan.html.jinja", **values)


def _table(page: PlanPage, made: Sequence[TenantPlan]) -> Table | None:
    """Every tenant with its verdict: those that can't be planned, then those that are rejected, first."""
    columns = (
        Column("Tenant", "name"),
        Column("Verdict", "act"),
        *(Column(title, "n") for title in ("Grant", "Revoke", "Replace", "Update", "Errors", "Warnings")),
    )
    rows: list[tuple[int, tuple[str | Cell, ...]]] = [
        (0, (Cell(text=tenant), Cell(text=wording.UNREADABLE, tone="over"), *[""] * 4, wording.number(count), ""))
        for tenant, count in page.unread.items()
    ]
    order = {"rejected": 1, "ready": 2, "no_changes": 3}
    for plan, told in zip(page.plans.plans, made, strict=True):
        href = "" if told.empty else f"#{told.key}"
        counts = page.summaries[plan.tenant]
        keys = ("grant", "revoke", "replace", "update", "error", "warning")
        row: tuple[str | Cell, ...] = (
            Cell(text=plan.tenant, href=href, note=plan.name if plan.name != plan.tenant else ""),
            Cell(text=told.badge.text, tone=told.badge.tone if plan.verdict == "rejected" else ""),
            *(wording.number(counts[key]) if counts[key] else "" for key in keys),
        )
        rows.append((order[plan.verdict], row))
    rows.sort(key=lambda row: row[0])
    if not rows:
        return None
    caption = f"Verdicts on {counted(len(rows), 'tenant')}"
    return Table(
        key="tenants", title="Tenants", caption=caption, columns=columns, groups=rows_only(row for _, row in rows)
    )


def _links(plan: TenantPlan) -> tuple[tuple[str, str], ...]:
    found = [(group.key, group.title) for group in plan.first]
    if plan.usage:
        found.append((f"{plan.key}-licenses", "Licenses"))
    found += [(f"{table.key}-at", table.title) for table in plan.changes]
    if plan.updates:
        found.append((f"{plan.key}-updates-at", "Properties"))
    return tuple(found + [(group.key, group.title) for group in plan.then])
