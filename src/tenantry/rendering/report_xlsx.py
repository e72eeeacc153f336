"""The usage report as an Excel workbook: tables to sort and filter, data bars, and charts that Excel itself draws."""

import datetime
from collections.abc import Sequence

from tenantry import __version__
from tenantry.model.catalog import Catalog
from tenantry.model.plan import headroom
from tenantry.model.report import LicenseTrend, Report, TenantReport
from tenantry.model.words import counted
from tenantry.rendering import report_tables as tables
from tenantry.rendering.escape import clip, visible
from tenantry.rendering.layout import Layout
from tenantry.rendering.report_view import cost, labels, state_lines
from tenantry.rendering.workbook import PRIVATE, TEXT, Book, Place
from tenantry.rendering.workbook_charts import Course, steps_chart, use_chart

TITLE = "License usage"
CHARTED = 6
"""Courses that are drawn; all of them stand in the table."""
NO_DAY = datetime.date(2000, 1, 1)
"""When a workbook without a tenant is said to be made."""
ABOUT = (
    ("Contingency", "How many units were bought; empty where nobody tells."),
    ("Assigned", "How many units are in use, those included of which no holder is known."),
    ("Available", "Contingency less assigned; below zero where more is assigned than was bought."),
    ("Used", "Assigned as a share of the contingency, in whole percent, rounded down."),
    ("Unaccounted", "Units that the vendor counts and of which no holder is known."),
    ("Trend", "What the last run of each day left behind, in the tenant's time zone; days without one are left out."),
    ("Trend lines", "What the charts beside the trend are drawn from: where a day moves something, before and after."),
)


def report_xlsx(report: Report, _catalog: Catalog, _layout: Layout) -> bytes:
    """The report as the bytes of a workbook. Holders are listed as far as the report has them."""
    days = [found for tenant in report.tenants if isinstance(found := tables.day(tenant.as_of), datetime.date)]
    created = max((item for item in days if item >= NO_DAY), default=NO_DAY)
    book = Book(created, {"title": TITLE, "comments": f"{PRIVATE}.", "author": f"tenantry {__version__}"})
    _summary(book, report)
    if report.roll_up:
        book.tables(tables.totals(report))
    for made in (tables.licenses, tables.organization_units, tables.cost_centers):
        book.tables(made(report))
    if any(tenant.cost for tenant in report.tenants):
        book.tables(tables.cost(report))
    book.tables(tables.holders(report))
    _trend(book, report)
    book.tables(tables.findings(report))
    _about(book, report, created)
    return book.done()


def _summary(book: Book, report: Report) -> None:
    """One tenant: its state and its licenses. Several: the tenants. The tightest stand on top and are drawn."""
    one = report.tenants[0] if len(report.tenants) == 1 else None
    lines = [TITLE] if one is None else [f"{TITLE}: {one.name} ({one.tenant})", *_words(one)]
    table = tables.by_least_left(one) if one else tables.tightest(report)
    if report.problems:
        lines.append("Not everything could be read: see Findings.")
    header = len(lines) + 1
    sheet = book.sheet(table.name, header if one is None else None)
    for at, line in enumerate(lines):
        if at == 0:
            book.title(sheet, line)
        else:
            sheet.write_string(at, 0, clip(visible(line), TEXT), book.formats["text"])
    if not table.rows:
        sheet.write_string(header, 0, table.empty)
        return
    place = book.table(sheet, table, header)
    use_chart(book, place, table, category=2 if one else 0)


def _words(tenant: TenantReport) -> list[str]:
    return [*state_lines(tenant), *filter(None, (cost(tenant.cost, labels((tenant,))),))]


def _trend(book: Book, report: Report) -> None:
    """The table of all courses, the tightest as charts beside it, and what these are drawn from."""
    places = book.tables(tables.trend(report))
    courses = _charted(report)
    if not places or not courses:
        return
    (lines,) = book.tables(tables.steps(courses))
    named, first = labels([tenant for tenant, _ in courses]), 0
    for at, (tenant, course) in enumerate(courses):
        count = len(tables.steps([(tenant, course)]).rows)
        title = f"{tenant.tenant}: {named.get(course.license, course.license)}"
        days = (course.points[0].day, course.points[-1].day)
        steps_chart(book, places[0], at, Course(title, days, Place(lines.sheet, lines.row + first, count)))
        first += count


def _charted(report: Report) -> Sequence[tuple[TenantReport, LicenseTrend]]:
    """The courses that are drawn: of one tenant its tightest licenses, of several the tightest license of each."""
    if report.roll_up:
        by_id = {tenant.tenant: tenant for tenant in report.tenants}
        wanted = [(by_id[item.tenant], item.license) for item in report.roll_up.tenants]
    else:
        rows = [(tenant, item) for tenant in report.tenants for part in tenant.parts for item in part.licenses]
        rows.sort(key=lambda row: headroom(row[1].contingency, row[1].available))
        wanted = [(tenant, item.license) for tenant, item in rows]
    found = []
    for tenant, license_id in wanted:
        found += [
            (tenant, course) for course in tenant.trend if course.license == license_id and len(course.points) > 1
        ]
        if len(found) == CHARTED:
            break
    return found


def _about(book: Book, report: Report, created: datetime.date) -> None:
    """Where the numbers are from, how to treat the file, and what its words mean."""
    sheet = book.sheet("About")
    days = sorted({tenant.as_of for tenant in report.tenants})
    told = sorted({tenant.told_by for tenant in report.tenants})
    rows = (
        ("Made by", f"tenantry {__version__}"),
        ("As of", " to ".join(dict.fromkeys((days[0], days[-1]))) if days else created.isoformat()),
        ("Tenants", f"{len(report.tenants):,}"),
        ("Told by", ", ".join(told)),
        ("Could not be read", f"{counted(len(report.problems), 'problem')}: see Findings" if report.problems else "-"),
        (PRIVATE, "Names of people, and what they use. Share it with those alone who may see that."),
        *ABOUT,
    )
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    book.title(sheet, "About this workbook")
    for at, (term, text) in enumerate(rows, 2):
        sheet.write_string(at, 0, term, book.formats["term"])
        sheet.write_string(at, 1, clip(visible(text), TEXT), book.formats["sentence"])
