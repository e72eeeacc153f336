"""Several tenants at a glance: those with the least left on top, a heat table, and all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tenantry.model.catalog import Catalog
from tenantry.model.report import LicenseUsage, Report, RollUp, TenantReport, TightestLicense
from tenantry.model.words import counted
from tenantry.rendering import report_view, view, wording
from tenantry.rendering.charts import inline, small_bar, tone, use_chart
from tenantry.rendering.escape import Safe
from tenantry.rendering.html_parts import Cell, Column, Figure, Table, left, rows_only
from tenantry.rendering.report_page import LICENSE_BAR, LICENSE_COLUMNS, holder_count, license_cells, use_bars

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPage:
    """What stands above the tenants."""

    figures: tuple[Figure, ...]
    tenants: Table
    heat: Table
    use: Safe
    totals: Table


def fleet_page(report: Report, roll_up: RollUp, catalog: Catalog, places: Mapping[str, str]) -> FleetPage:
    """The fleet. `places` leads from the id of a tenant to where it stands on the page."""
    by_id = {tenant.tenant: tenant for tenant in report.tenants}
    ordered = [by_id[item.tenant] for item in roll_up.tenants if item.tenant in by_id]
    bars = use_bars(roll_up.licenses)
    return FleetPage(
        figures=_figures(report, roll_up),
        tenants=_tenants(roll_up, by_id, catalog, places),
        heat=_heat(ordered, places),
        use=inline(use_chart(bars, "Use of each license by all tenants together"), "all") if bars else Safe(),
        totals=Table(
            key="totals",
            title="All tenants together",
            caption="Licenses of all tenants together",
            columns=_beside_a_chart(LICENSE_COLUMNS),
            groups=rows_only(_beside_a_chart(license_cells(item)) for item in roll_up.licenses),
        ),
    )


def _beside_a_chart(cells: tuple[Part, ...]) -> tuple[Part, ...]:
    """Without the bar, which the chart has."""
    return cells[:LICENSE_BAR] + cells[LICENSE_BAR + 1 :]


def _figures(report: Report, roll_up: RollUp) -> tuple[Figure, ...]:
    over = sum(report_view.is_over(row.available) for row in roll_up.tenants)
    findings = [finding for tenant in report.tenants for finding in tenant.findings]
    problems = view.problem_count(report.problems)
    figures = [
        Figure(
            "Tenants", wording.number(len(report.tenants)), counted(problems, "problem in files", "problems in files")
        ),
        Figure(
            "Short of a license", wording.number(over), "tenants with more assigned than bought", "over" if over else ""
        ),
    ]
    if roll_up.tenants and roll_up.tenants[0].license:
        first = roll_up.tenants[0]
        status = wording.available(first.available, first.contingency)
        figures.append(
            Figure("Tightest", status, f"{first.tenant}: {first.label}", tone(first.assigned, first.contingency))
        )
    figures.append(Figure("Holders", wording.number(sum(map(holder_count, report.tenants))), "with a license"))
    errors = sum(1 for finding in findings if finding.severity == "error")
    figures.append(
        Figure("Findings", wording.number(len(findings)), counted(errors, "error"), "over" if errors else "")
    )
    return tuple(figures)


def _tenants(roll_up: RollUp, by_id: Mapping[str, TenantReport], catalog: Catalog, places: Mapping[str, str]) -> Table:
    columns = (
        Column("Tenant", "name"),
        Column("Tenant State"),
        Column("Tightest license"),
        Column("Contingency", "n"),
        Column("Assigned", "n"),
        Column("Available", "left"),
        Column("Use", "bar"),
        Column("Percent", "n"),
        Column("Findings", "n"),
    )
    rows = [_tenant(item, by_id.get(item.tenant), catalog, places) for item in roll_up.tenants]
    caption = "Tenants, the tightest first"
    return Table(key="tenants", title=caption, caption=caption, columns=columns, groups=rows_only(rows))


def _tenant(
    item: TightestLicense, tenant: TenantReport | None, catalog: Catalog, places: Mapping[str, str]
) -> tuple[str | Cell, ...]:
    row = report_view.tight_row(item, wording.state_label(catalog, item.state))
    limited = item.license is not None
    return (
        _linked(item.tenant, item.name, places),
        row.state,
        row.label,
        row.contingency,
        row.assigned,
        left(item.available, item.contingency, item.assigned) if limited else "",
        small_bar(item.assigned, item.contingency) if limited else "",
        row.percent,
        wording.number(len(tenant.findings)) if tenant else "",
    )


def _linked(tenant: str, name: str, places: Mapping[str, str]) -> Cell:
    return Cell(text=tenant, href=places.get(tenant, ""), note=name if name != tenant else "")


def _heat(tenants: Sequence[TenantReport], places: Mapping[str, str]) -> Table:
    """How much of each license is used in each tenant, the tightest tenant on top."""
    rows = [{item.license: item for part in tenant.parts for item in part.licenses} for tenant in tenants]
    labels = report_view.labels(tenants)
    used = {name for row in rows for name, item in row.items() if item.assigned or item.contingency}
    shown = [name for name in labels if name in used]
    return Table(
        key="heat",
        title="Use by tenant and license",
        caption="Share of what was bought that is assigned, by tenant and license, the tightest tenant first",
        columns=(Column("Tenant", "name"), *(Column(labels[name], "n") for name in shown)),
        groups=rows_only(
            (
                Cell(text=tenant.tenant, href=places.get(tenant.tenant, "")),
                *(_heat_cell(row.get(name)) for name in shown),
            )
            for tenant, row in zip(tenants, rows, strict=True)
        ),
        style="heat",
    )


_SIGNS = {"over": "✖ ", "tight": "⚠ "}


def _heat_cell(item: LicenseUsage | None) -> str | Cell:
    if item is None or not (item.assigned or item.contingency):
        return ""
    if not isinstance(item.contingency, int):
        sign = "?" if item.contingency is None else "∞"
        return Cell(text=f"{sign} {item.assigned:,}", tone="dim", key="-1")
    sign = _SIGNS.get(tone(item.assigned, item.contingency), "")
    return Cell(
        text=f"{sign}{report_view.percent(item.assigned, item.contingency) or f'{item.assigned:,} of 0'}",
        tone=f"h{_step(item.assigned, item.contingency)}",
        key=str(item.assigned * 100 // item.contingency if item.contingency else 10**9),
    )


def _step(used: int, limit: int) -> int:
    """How strongly a cell is shaded: not at all, in three steps, then tight and over."""
    how = tone(used, limit)
    return {"over": 5, "tight": 4}.get(how) or min(used * 10 // (limit or 1) // 3 + bool(used), 3)
