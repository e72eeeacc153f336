"""The usage report for a terminal."""

from collections.abc import Iterator, Sequence

from tenantry.model.catalog import Catalog
from tenantry.model.report import Report, RollUp, TenantReport
from tenantry.model.words import counted
from tenantry.rendering import report_view, view, wording
from tenantry.rendering.columns import aligned, cut, pad, width, wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.findings_text import finding_lines, problem_lines
from tenantry.rendering.layout import Layout
from tenantry.rendering.terminal import Line, page

_NARROW = 12


def report_text(report: Report, catalog: Catalog, layout: Layout) -> str:
    """Problems, the roll-up of several tenants, then each tenant with the parts of the portal's page."""
    lines = list(problem_lines(report.problems, layout.width))
    if report.roll_up:
        lines.extend([*_gap(lines), *_roll_up(report.roll_up, catalog, layout.width)])
    labels = report_view.labels(report.tenants)
    for tenant in report.tenants:
        lines.extend([*_gap(lines), *_tenant(tenant, labels, layout.width)])
    if not report.tenants:
        lines.extend([*_gap(lines), Line("no tenant to report", "head")])
    return page(lines, color=layout.color)


def _gap(lines: Sequence[Line]) -> list[Line]:
    return [Line("")] if lines else []


def _roll_up(roll_up: RollUp, catalog: Catalog, columns: int) -> Iterator[Line]:
    yield Line(f"{counted(len(roll_up.tenants), 'tenant')}, the tightest first", "head")
    tight = [report_view.tight_row(item, wording.state_label(catalog, item.state)) for item in roll_up.tenants]
    yield from _table(
        [plain(row.tenant) for row in tight],
        [[row.assigned, "/" if row.contingency else "", row.contingency] for row in tight],
        [f"{pad(row.bar, 10)}  {row.status}, {plain(row.label)}" if row.bar else plain(row.label) for row in tight],
        [row.over for row in tight],
        columns,
    )
    yield Line("")
    yield Line("All tenants together: assigned / contingency", "head")
    yield from _licenses([report_view.license_row(item) for item in roll_up.licenses], columns)


def _tenant(tenant: TenantReport, labels: dict[str, str], columns: int) -> Iterator[Line]:
    name = "" if tenant.name == tenant.tenant else f" ({plain(tenant.name)})"
    for text in wrap(f"License usage of {plain(tenant.tenant)}{name}", columns, rest="    "):
        yield Line(text, "head")
    for told in report_view.state_lines(tenant):
        yield from (Line(text) for text in wrap(plain(told), columns, first="  ", rest="  "))
    for part in tenant.parts:
        if part.licenses:
            yield Line("")
            yield Line(f"  {cut(plain(part.label), columns - 30)}: assigned / contingency", "head")
            yield from _licenses([report_view.license_row(item) for item in part.licenses], columns)
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
            (*groups.leading, *groups.errors, *groups.waived, *groups.warnings, *groups.infos), columns
        )


def _licenses(rows: Sequence[report_view.LicenseRow], columns: int) -> Iterator[Line]:
    yield from _table(
        [plain(row.label) + (" (preview)" if row.preview else "") for row in rows],
        [[row.assigned, "/", row.contingency] for row in rows],
        [f"{pad(row.bar, 10)} {pad(row.percent, 5, right=True)}  {row.status}" for row in rows],
        [row.over for row in rows],
        columns,
    )


def _table(
    labels: Sequence[str],
    figures: Sequence[Sequence[str]],
    tails: Sequence[str],
    over: Sequence[bool],
    columns: int,
) -> Iterator[Line]:
    """Labels, numbers and bars in columns; a label gives way first, then what follows the numbers."""
    middle = aligned(figures, right=(0, 2), gap=" ")
    used = 4 + 2 + max(map(width, middle), default=0) + 2
    wanted = max(map(width, tails), default=0)
    room = max(min(max(map(width, labels), default=0), columns - used - wanted), _NARROW)
    for label, figure, tail, is_over in zip(labels, middle, tails, over, strict=True):
        head = f"    {pad(cut(label, room), room)}  {pad(figure, used - 8)}  "
        yield Line((head + cut(tail, max(columns - width(head), 1))).rstrip(), "error" if is_over else "")


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
