"""The tables of a usage report as a spreadsheet has them: a row a fact, numbers as numbers, days as days."""

import datetime
from collections.abc import Iterable, Iterator, Sequence

from tenantry.model.plan import Contingency, Finding, headroom
from tenantry.model.report import (
    GroupUsage,
    LicenseTrend,
    LicenseUsage,
    Report,
    TenantReport,
    TightestLicense,
    TrendPoint,
)
from tenantry.rendering import wording
from tenantry.rendering.report_view import labels
from tenantry.rendering.workbook import Cell, Column, Table, Word

USED, AVAILABLE = 4, 7
"""Where the share that is used and what is left stand in the tables that compare licenses."""
_UNITS = (
    *(Column("Contingency", "count"), Column("Assigned", "count"), Column("Available", "count", over=True)),
    Column("Used", "share", bar=True),
)
_COMPARED = (_UNITS[3], *_UNITS[:3])
_KINDS = {"service": "Service", "user": "User", "virtual_user": "Virtual user"}


def tightest(report: Report) -> Table:
    """Several tenants, by the license of which each has least left."""
    rows = report.roll_up.tenants if report.roll_up else ()
    states = {tenant.tenant: tenant.state_label for tenant in report.tenants}
    columns = ("Tenant", "Name", "Tenant State", "Tightest license")
    return Table(
        name="Summary",
        columns=(*map(Column, columns), *_COMPARED),
        rows=[
            (item.tenant, item.name, states[item.tenant], item.label or Word("no license is limited"), *_compared(item))
            for item in rows
        ],
        empty="No tenant could be read.",
    )


def by_least_left(tenant: TenantReport) -> Table:
    """The licenses of a tenant that were bought or are assigned, the tightest on top."""
    rows = [(part.label, item) for part in tenant.parts for item in part.licenses if item.contingency or item.assigned]
    rows.sort(key=lambda row: headroom(row[1].contingency, row[1].available))
    columns = (Column("Tenant"), Column("Part"), Column("License"), Column("Preview"))
    return Table(
        name="Summary",
        columns=(*columns, *_COMPARED),
        rows=[(tenant.tenant, part, item.label, preview(item), *_compared(item)) for part, item in rows],
        empty="Nothing was bought, and nothing is assigned.",
    )


def totals(report: Report) -> Table:
    """All tenants together, by license."""
    parts = {
        item.license: part.label for tenant in report.tenants[:1] for part in tenant.parts for item in part.licenses
    }
    rows = report.roll_up.licenses if report.roll_up else ()
    return Table(
        name="Totals",
        columns=(Column("Part"), Column("License"), Column("Preview"), *_UNITS, Column("Unaccounted", "count")),
        rows=[(parts[item.license], item.label, preview(item), *_usage(item), item.unaccounted) for item in rows],
        empty="No tenant could be read.",
    )


def licenses(report: Report) -> Table:
    """Every license of every tenant, as the portal's page has them."""
    texts = ("Tenant", "Name", "Tenant State")
    columns = (*map(Column, texts), Column("As of", "day"), Column("Part"), Column("License"), Column("Preview"))
    return Table(
        name="Licenses",
        columns=(*columns, *_UNITS, Column("Unaccounted", "count")),
        rows=[
            (
                *(tenant.tenant, tenant.name, tenant.state_label, day(tenant.as_of), part.label, item.label),
                *(preview(item), *_usage(item), item.unaccounted),
            )
            for tenant in report.tenants
            for part in tenant.parts
            for item in part.licenses
        ],
        empty="No tenant could be read.",
    )


def organization_units(report: Report) -> Table:
    """Units by organization unit."""
    groups = [(tenant.tenant, item) for tenant in report.tenants for item in tenant.organization_units]
    return _groups(report, "Organization units", "Organization unit", groups)


def cost_centers(report: Report) -> Table:
    """Units by cost center."""
    groups = [(tenant.tenant, item) for tenant in report.tenants for item in tenant.cost_centers]
    return _groups(report, "Cost centers", "Cost center", groups)


def cost(report: Report) -> Table:
    """Money per month, of the tenants that have prices."""
    named = labels(report.tenants)
    money = (Column("Bought", "money"), Column("Used", "money"), Column("Unused", "money"))
    return Table(
        name="Cost a month",
        columns=(Column("Tenant"), Column("Name"), Column("Currency"), *money, Column("Without a price", "sentence")),
        rows=[
            (
                *(tenant.tenant, tenant.name, price.currency),
                *(float(price.bought), float(price.used), float(price.unused)),
                ", ".join(named.get(license_id, license_id) for license_id in price.unpriced) or None,
            )
            for tenant in report.tenants
            if (price := tenant.cost) is not None
        ],
        empty="The contracts tell no prices.",
    )


def holders(report: Report) -> Table:
    """Everybody who has licenses, a row each."""
    named = labels(report.tenants)
    sets: dict[tuple[str, ...], str] = {}
    rows: list[Sequence[Cell]] = []
    for tenant in report.tenants:
        for item in tenant.holders:
            kind, _, key = item.holder.partition(":")
            text = sets.get(item.licenses)
            if text is None:
                text = sets[item.licenses] = ", ".join(named.get(name, name) for name in item.licenses)
            about = (item.name, item.organization_unit, item.cost_center)
            rows.append((tenant.tenant, _KINDS.get(kind, kind), key, *about, len(item.licenses), text))
    texts = ("Tenant", "Kind", "Holder", "Name", "Organization unit", "Cost center")
    return Table(
        name="Holders",
        columns=(*map(Column, texts), Column("Count", "count"), Column("Licenses")),
        rows=rows,
        empty="Nobody has a license.",
    )


def trend(report: Report) -> Table:
    """What the last run of each day left behind."""
    named = labels(report.tenants)
    return Table(
        name="Trend",
        columns=(Column("Tenant"), Column("License"), Column("Day", "day"), *_UNITS[1::-1]),
        rows=[
            (tenant.tenant, named.get(item.license, item.license), day(point.day), point.assigned, point.contingency)
            for tenant in report.tenants
            for item in tenant.trend
            for point in item.points
        ],
        empty="No run before this day is recorded: a trend begins with the second day.",
    )


def steps(courses: Sequence[tuple[TenantReport, LicenseTrend]]) -> Table:
    """Courses as lines of steps: where a day moves something it is told before and after."""
    named = labels([tenant for tenant, _ in courses])
    return Table(
        name="Trend lines",
        columns=(Column("Tenant"), Column("License"), Column("Day", "day"), *_UNITS[1::-1]),
        rows=[
            (tenant.tenant, named.get(item.license, item.license), day(at), point.assigned, _number(point.contingency))
            for tenant, item in courses
            for at, point in _steps(item.points)
        ],
        empty="",
    )


def findings(report: Report) -> Table:
    """What was noticed, and what could not be read."""
    named = labels(report.tenants)
    found: list[tuple[str | None, Finding]] = [(item.tenant, item) for item in report.problems]
    found += [(tenant.tenant, item) for tenant in report.tenants for item in tenant.findings]
    texts = ("Severity", "Tenant", "Rule")
    sentences = (Column("Message", "sentence"), Column("What to do", "sentence"))
    more = (Column("Holders", "count"), Column("First of them", "sentence"), Column("License"), Column("File"))
    return Table(
        name="Findings",
        columns=(*map(Column, texts), *sentences, *more, Column("Line", "count")),
        rows=[
            (
                *(wording.SEVERITY_WORDS[item.severity], tenant_id, item.rule, item.message, item.hint or None),
                *(item.count if item.holders else None, ", ".join(item.holders) or None),
                *(named.get(item.license or "", item.license), item.file, item.line),
            )
            for tenant_id, item in found
        ],
        empty="Nothing was found.",
    )


def day(text: str) -> datetime.date | str:
    """A day of a report."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return text


def preview(item: LicenseUsage) -> str | None:
    """A word where a license is a preview."""
    return "preview" if item.preview else None


def _groups(report: Report, name: str, header: str, groups: Sequence[tuple[str, GroupUsage]]) -> Table:
    """A row for each group, a column for each license that somebody in one of them has."""
    held = {license_id for _, group in groups for license_id, units in group.licenses.items() if units}
    named = {license_id: label for license_id, label in labels(report.tenants).items() if license_id in held}
    return Table(
        name=name,
        columns=(
            *(Column("Tenant"), Column(header), Column("Holders", "count")),
            *(Column(label, "count") for label in named.values()),
        ),
        rows=[
            (
                *(tenant, _value(group), None if group.unaccounted else group.holders),
                *(group.licenses.get(license_id) or None for license_id in named),
            )
            for tenant, group in groups
        ],
        empty="Nobody has a license.",
    )


def _value(group: GroupUsage) -> str:
    if group.unaccounted:
        return Word("(unaccounted)")
    return Word("(none)") if group.value is None else group.value


def _steps(points: Iterable[TrendPoint]) -> Iterator[tuple[str, TrendPoint]]:
    before: TrendPoint | None = None
    for point in points:
        if before is not None and (before.assigned, before.contingency) != (point.assigned, point.contingency):
            yield point.day, before
        yield point.day, point
        before = point


def _usage(item: LicenseUsage | TightestLicense) -> tuple[Cell, ...]:
    return (item.contingency, item.assigned, item.available, _used(item))


def _compared(item: LicenseUsage | TightestLicense) -> tuple[Cell, ...]:
    """The share first: charts stand on it. Nothing where no license is limited."""
    known = not isinstance(item, TightestLicense) or item.license is not None
    return (_used(item), item.contingency, item.assigned, item.available) if known else (None,) * 4


def _used(item: LicenseUsage | TightestLicense) -> Cell:
    """The share of what was bought that is assigned, in whole percent, rounded down as everywhere."""
    if not isinstance(item.contingency, int):
        return None
    if item.contingency:
        return item.assigned * 100 // item.contingency / 100
    return Word("nothing bought") if item.assigned else None


def _number(value: Contingency) -> int | None:
    """Units that a line can be drawn through."""
    return value if isinstance(value, int) else None
