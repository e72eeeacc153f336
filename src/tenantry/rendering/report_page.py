"""A usage report made ready for its HTML page: each tenant with its charts and tables, and the fleet above them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenantry.model.catalog import Catalog
from tenantry.model.plan import headroom
from tenantry.model.report import GroupUsage, HolderUsage, LicenseUsage, ReportCost, TenantReport
from tenantry.model.words import counted
from tenantry.rendering import report_view, view, wording
from tenantry.rendering.charts import UseBar, inline, small_bar, use_chart
from tenantry.rendering.escape import Safe
from tenantry.rendering.html_parts import (
    Badge,
    Cell,
    Column,
    Figure,
    Findings,
    Group,
    Table,
    left,
    rows_only,
    told_findings,
)
from tenantry.rendering.report_trend import TrendBlock, trend_block

HOLDERS = 10_000
"""Holders up to which a page lists them."""


@dataclass(frozen=True, slots=True)
class CostBlock:
    """Money per month, and what has no price."""

    rows: tuple[Figure, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantPage:
    """One tenant. `of` ends names of things of which a page has several, so that they can be told apart."""

    key: str
    id: str
    name: str
    badge: Badge
    meaning: str
    origin: str
    tightest: Cell
    figures: tuple[Figure, ...]
    use: Safe
    licenses: Table
    groups: tuple[Table, ...]
    cost: CostBlock | None
    findings: tuple[Findings, ...]
    found: str
    trend: TrendBlock | None
    holders: Table | None


@dataclass(frozen=True, slots=True)
class Many:
    """What is told of one tenant among how many: in a fleet charts would be too many, and names must differ."""

    several: bool
    drawn: bool
    listed: bool


def tenant_page(tenant: TenantReport, at: int, catalog: Catalog, many: Many) -> TenantPage:
    """Everything about one tenant, in the order in which it is read."""
    key, of = f"t{at}", f", {tenant.tenant}" if many.several else ""
    rows = [item for part in tenant.parts for item in part.licenses]
    labels = report_view.labels((tenant,))
    meaning, origin = report_view.state_lines(tenant)
    bars = use_bars(rows) if many.drawn else ()
    groups = view.sorted_findings(tenant.findings)
    ordered = (*groups.leading, *groups.errors, *groups.waived, *groups.warnings, *groups.infos)
    return TenantPage(
        key=key,
        id=tenant.tenant,
        name=tenant.name,
        badge=state_badge(catalog, tenant.state, tenant.state_label),
        meaning=meaning,
        origin=origin,
        tightest=_tightest(rows),
        figures=_figures(tenant, rows),
        use=inline(use_chart(bars, f"Use of each license, the tightest first{of}"), f"{key}-use") if bars else Safe(),
        licenses=_licenses(tenant, key, of),
        groups=_groups(tenant, key, of),
        cost=_cost(tenant.cost, labels),
        findings=told_findings(f"{key}-f", [("Findings", ordered)], tenants=False),
        found=_found(tenant),
        trend=trend_block(key, tenant.trend, labels, drawn=many.drawn, of=of),
        holders=_holders(tenant.holders, labels, key, of) if many.listed and tenant.holders else None,
    )


def state_badge(catalog: Catalog, state: str, label: str) -> Badge:
    """The Tenant State as a badge."""
    known = catalog.states.get(state)
    works = known is not None and known.allows_changes
    return Badge(f"{'✔' if works else '■'} {label}", "good" if works else "over")


def use_bars(rows: Sequence[LicenseUsage]) -> tuple[UseBar, ...]:
    """A bar for each license in use or bought, that with the least left of what was bought first."""
    used = [row for row in rows if row.assigned or row.contingency]
    return tuple(
        UseBar(
            label=row.label,
            used=row.assigned,
            bought=row.contingency,
            figures=_assigned(row),
            status=_status(row),
        )
        for row in sorted(used, key=_left_first)
    )


def license_cells(row: LicenseUsage) -> tuple[str | Cell, ...]:
    """One license as a row: contingency, assigned, what is left, and a bar."""
    told = report_view.license_row(row)
    note = f"{row.unaccounted:,} unaccounted" if row.unaccounted else ""
    return (
        Cell(text=told.label, note="preview" if told.preview else ""),
        told.contingency,
        told.assigned,
        left(row.available, row.contingency, row.assigned, note),
        small_bar(row.assigned, row.contingency),
        told.percent,
    )


LICENSE_COLUMNS = (
    Column("License"),
    Column("Contingency", "n"),
    Column("Assigned", "n"),
    Column("Available", "left"),
    Column("Use", "bar"),
    Column("Percent", "n"),
)
LICENSE_BAR = 4
"""The column of the bar."""


def holder_count(tenant: TenantReport) -> int:
    """Holders with a license, whether they are listed or not."""
    return sum(group.holders for group in tenant.organization_units)


def _status(row: LicenseUsage) -> str:
    return "? not known" if row.available is None else wording.available(row.available, row.contingency)


def _assigned(row: LicenseUsage) -> str:
    share = report_view.percent(row.assigned, row.contingency)
    of = f" of {row.contingency:,}" if isinstance(row.contingency, int) else ""
    more = f", {row.unaccounted:,} unaccounted" if row.unaccounted else ""
    return f"{row.assigned:,}{of} assigned{f', {share}' if share else ''}{more}"


def _limited(rows: Sequence[LicenseUsage]) -> list[LicenseUsage]:
    return [row for row in rows if isinstance(row.contingency, int) and (row.contingency or row.assigned)]


def _left_first(row: LicenseUsage) -> float:
    return headroom(row.contingency, row.available)


def _tightest(rows: Sequence[LicenseUsage]) -> Cell:
    row = min(_limited(rows), key=_left_first, default=None)
    if row is None:
        return Cell(text="no limit", note="no license is limited")
    cell = left(row.available, row.contingency, row.assigned)
    return Cell(text=cell.text, tone=cell.tone, note=row.label)


def _figures(tenant: TenantReport, rows: Sequence[LicenseUsage]) -> tuple[Figure, ...]:
    tight, limited = _tightest(rows), _limited(rows)
    over = sum(report_view.is_over(row.available) for row in limited)
    units = sum(1 for group in tenant.organization_units if group.value is not None)
    figures = [
        Figure("Tightest license", tight.text, tight.note, tight.tone),
        Figure(
            "Over-allocated", wording.number(over), f"of {counted(len(limited), 'license')}", "over" if over else ""
        ),
        Figure("Holders", wording.number(holder_count(tenant)), f"in {counted(units, 'organization unit')}"),
    ]
    if tenant.cost:
        price = tenant.cost
        unused, bought = (wording.money(price.currency, amount) for amount in (price.unused, price.bought))
        figures.append(Figure("Unused a month", unused, f"of {bought} bought"))
    found = Counter(finding.severity for finding in tenant.findings)
    told = f"{counted(found['error'], 'error')}, {counted(found['warning'], 'warning')}"
    figures.append(Figure("Findings", wording.number(len(tenant.findings)), told, "over" if found["error"] else ""))
    return tuple(figures)


def _cost(price: ReportCost | None, labels: Mapping[str, str]) -> CostBlock | None:
    if price is None:
        return None
    figures = (("Bought", price.bought), ("Used", price.used), ("Unused", price.unused))
    rows = tuple(Figure(title, wording.money(price.currency, amount)) for title, amount in figures)
    return CostBlock(rows, report_view.unpriced(price, labels))


def _found(tenant: TenantReport) -> str:
    return counted(len(tenant.findings), "finding") if tenant.findings else ""


def _licenses(tenant: TenantReport, key: str, of: str) -> Table:
    groups = tuple(
        Group(part.label, tuple(license_cells(item) for item in part.licenses))
        for part in tenant.parts
        if part.licenses
    )
    caption = f"Licenses by part of the license page{of}"
    return Table(key=f"{key}-licenses", title="Licenses", caption=caption, columns=LICENSE_COLUMNS, groups=groups)


def _groups(tenant: TenantReport, key: str, of: str) -> tuple[Table, ...]:
    kinds = (
        ("By organization unit", "Organization unit", tenant.organization_units, "units"),
        ("By cost center", "Cost center", tenant.cost_centers, "centers"),
    )
    made = []
    for title, head, usages, name in kinds:
        if usages:
            made.append(_group_table(report_view.groups(tenant, title, usages), head, usages, (f"{key}-{name}", of)))
    return tuple(made)


def _group_table(table: report_view.Groups, head: str, usages: Sequence[GroupUsage], named: tuple[str, str]) -> Table:
    columns = (Column(head), Column("Holders", "n"), *(Column(label, "n") for label in table.columns))
    rows = [(_value(row), row.holders, *row.cells) for row in table.rows]
    key, of = named
    caption = f"{table.title}: {counted(len(usages), 'row')}{of}"
    return Table(key=key, title=table.title, caption=caption, columns=columns, groups=rows_only(rows))


def _value(row: report_view.GroupRow) -> str | Cell:
    if row.value is None:
        return Cell(text="(none)", tone="dim")
    return Cell(text=f"({row.value})", tone="dim") if row.special else row.value


def _holders(holders: Sequence[HolderUsage], labels: Mapping[str, str], key: str, of: str) -> Table:
    sets: dict[tuple[str, ...], str] = {}
    for row in holders:
        if row.licenses not in sets:
            sets[row.licenses] = ", ".join(labels.get(item, item) for item in row.licenses)
    columns = ("Holder", "Name", "Organization unit", "Cost center", "Licenses")
    styles = ("code", "", "", "", "wide")
    return Table(
        key=f"{key}-holders",
        title="Holders",
        caption=f"Holders and their licenses{of}",
        columns=tuple(Column(title, style) for title, style in zip(columns, styles, strict=True)),
        groups=rows_only(
            (row.holder, row.name or "", row.organization_unit or "", row.cost_center or "", sets[row.licenses])
            for row in holders
        ),
    )
