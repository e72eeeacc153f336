"""The usage report for a terminal."""

from collections.abc import Iterator, Sequence

from tenantry.model.catalog import Catalog
from tenantry.model.report import Report, RollUp, TenantReport
from tenantry.model.words import counted
from tenantry.rendering import report_view, view, wording
from tenantry.rendering.columns import pad, wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.findings_text import finding_lines, problem_lines
from tenantry.rendering.gauges import Gauge, gauge_lines
from tenantry.rendering.layout import Layout
from tenantry.rendering.terminal import Line, page


def report_text(report: Report, catalog: Catalog, layout: Layout) -> str:
    """Problems, the roll-up of several tenants, then each tenant with the parts of the portal's page."""
    lines = list(problem_lines(report.problems, layout))
    if report.roll_up:
        lines.extend([*_gap(lines), *_roll_up(report.roll_up, catalog, layout.width)])
    labels = report_view.labels(report.tenants)
    for tenant in report.tenants:
        lines.extend([*_gap(lines), *_tenant(tenant, labels, layout)])
    if not report.tenants:
        lines.extend([*_gap(lines), Line("no tenant to report", "head")])
    return page(lines, color=layout.color)


def _gap(lines: Sequence[Line]) -> list[Line]:
    return [Line("")] if lines else []


def _roll_up(roll_up: RollUp, catalog: Catalog, columns: int) -> Iterator[Line]:
    head = f"{counted(len(roll_up.tenants), 'tenant')}, the tightest first"
    yield from (Line(text, "head") for text in wrap(head, columns, rest="  "))
    tight = [report_view.tight_row(item, wording.state_label(catalog, item.state)) for item in roll_up.tenants]
    for lines in gauge_lines([_tight(row) for row in tight], columns):
        yield from lines
    yield Line("")
    head = "All tenants together: assigned / contingency"
    yield from (Line(text, "head") for text in wrap(head, columns, rest="  "))
    for lines in gauge_lines([_license(report_view.license_row(item)) for item in roll_up.licenses], columns):
        yield from lines


def _tenant(tenant: TenantReport, labels: dict[str, str], layout: Layout) -> Iterator[Line]:
    columns = layout.width
    name = "" if tenant.name == tenant.tenant else f" ({plain(tenant.name)})"
    for text in wrap(f"License usage of {plain(tenant.tenant)}{name}", columns, rest="    "):
        yield Line(text, "head")
    for told in report_view.state_lines(tenant):
        yield from (Line(text) for text in wrap(plain(told), columns, first="  ", rest="  "))
    yield from _parts(tenant, columns)
    yield from _groups(report_view.groups(tenant, "By organization unit", tenant.organization_units), columns)
    yield from _groups(report_view.groups(tenant, "By cost center", tenant.cost_centers), columns)
    cost = report_view.cost(tenant.cost, labels)
    if cost:
        yield Line("")
        yield from (Line(text) for text in wrap(plain(cost), columns, first="  ", rest="    "))
    if tenant.findings:
        yield Line("")
        groups = view.sorted_findings(tenant.findings)
        yield from finding_lines(
            (*groups.leading, *groups.errors, *groups.waived, *groups.warnings, *groups.infos), layout
        )


def _parts(tenant: TenantReport, columns: int) -> Iterator[Line]:
    """The parts of the portal's page, with their licenses in columns that are the same in all of them."""
    rows = [_license(report_view.license_row(item)) for part in tenant.parts for item in part.licenses]
    lines = iter(gauge_lines(rows, columns))
    for part in tenant.parts:
        if part.licenses:
            yield Line("")
            head = f"{plain(part.label)}: assigned / contingency"
            yield from (Line(text, "head") for text in wrap(head, columns, first="  ", rest="    "))
        for _ in part.licenses:
            yield from next(lines)


def _license(row: report_view.LicenseRow) -> Gauge:
    percent = pad(row.percent, 5, right=True)
    return Gauge(
        plain(row.label) + (" (preview)" if row.preview else ""),
        (row.assigned, "/", row.contingency),
        (f"{pad(row.bar, 10)} {percent}  {row.status}", f"{percent}  {row.status}", row.status),
        "error" if row.over else "",
    )


def _tight(row: report_view.TightRow) -> Gauge:
    label = plain(row.label)
    told = f"{row.status}, {label}" if row.bar else label
    return Gauge(
        plain(row.tenant),
        (row.assigned, "/" if row.contingency else "", row.contingency),
        (f"{pad(row.bar, 10)}  {told}" if row.bar else told, told, row.status if row.bar else label),
        "error" if row.over else "",
    )


def _groups(table: report_view.Groups, columns: int) -> Iterator[Line]:
    if not table.rows:
        return
    yield Line("")
    yield Line(f"  {table.title}", "head")
    for row in table.rows:
        value = "(none)" if row.value is None else f"({row.value})" if row.special else plain(row.value)
        held = [f"{cell} {plain(label)}" for label, cell in zip(table.columns, row.cells, strict=True) if cell]
        holders = f" ({counted(int(row.holders.replace(',', '')), 'holder')})" if row.holders else ""
        yield from (Line(text) for text in wrap(f"{value}{holders}", columns, first="    ", rest="      "))
        told = ", ".join(held) or "no licenses"
        yield from (Line(text, "dim") for text in wrap(told, columns, first="      ", rest="      "))
