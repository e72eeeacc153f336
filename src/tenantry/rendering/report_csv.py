"""The usage report as one flat table in CSV, for spreadsheets and pivots: a row is a number of units of a license.

Each `Breakdown` tells all assigned units, so whoever adds units up chooses one of them.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Contingency
from tenantry.model.report import GroupUsage, Report, TenantReport
from tenantry.rendering.escape import visible
from tenantry.rendering.layout import Layout

DIALECTS: Mapping[str, str] = {"excel": ",", "excel-eu": ";"}
"""What stands between cells: Excel expects what the region of its computer puts between items of a list."""
COLUMNS = (
    *("Tenant", "Name", "Tenant State", "As of", "Breakdown", "Group", "Part", "License id", "License"),
    *("Contingency", "Assigned", "Available", "Unaccounted"),
)
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel doesn't read UTF-8."""
_FORMULA = frozenset("=+-@\t\r＝＋－＠")  # noqa: RUF001 - Excel for Japanese and Chinese takes the wide ones too
"""With which a cell is a formula for a spreadsheet, or may be one once it has trimmed it."""

Row = tuple[str | int, ...]


def report_csv(report: Report, _catalog: Catalog, _layout: Layout, dialect: str = "excel") -> str:
    """The report in a dialect of CSV: UTF-8 with its mark, lines that end in CR LF.

    `Group` is empty for holders without an organization unit or cost center, and for units of which no holder is known;
    those are counted under `Unaccounted` too. A contingency is a number, `unlimited`, or empty where nobody tells.
    """
    made = io.StringIO(newline="")
    made.write(BYTE_ORDER_MARK)
    writer = csv.writer(made, delimiter=DIALECTS[dialect], lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for tenant in report.tenants:
        writer.writerows(_rows(tenant))
    return made.getvalue()


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula; what doesn't print is seen."""
    return f"'{visible(text)}" if _FORMULA & {text[:1], text.lstrip()[:1]} else visible(text)


def _rows(tenant: TenantReport) -> Iterator[Row]:
    about = tuple(harmless(text) for text in (tenant.tenant, tenant.name, tenant.state_label, tenant.as_of))
    licenses: dict[str, Row] = {}
    for part in tenant.parts:
        for item in part.licenses:
            named = tuple(harmless(text) for text in (part.label, item.license, item.label))
            licenses[item.license] = named
            units = (_units(item.contingency), item.assigned, _units(item.available), item.unaccounted)
            yield (*about, "License", "", *named, *units)
    for title, groups in (
        ("Organization unit", tenant.organization_units),
        ("Cost center", tenant.cost_centers),
    ):
        for group in groups:
            yield from ((*about, title, *row) for row in _group(group, licenses))


def _group(group: GroupUsage, licenses: Mapping[str, Row]) -> Iterator[Row]:
    for license_id, units in group.licenses.items():
        if units:
            unaccounted = units if group.unaccounted else 0
            yield (harmless(group.value or ""), *licenses[license_id], "", units, "", unaccounted)


def _units(value: Contingency) -> str | int:
    return "" if value is None else value
