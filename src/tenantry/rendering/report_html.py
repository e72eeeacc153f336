"""The usage report as one HTML file: the fleet first where there are several tenants, then each of them."""

from collections.abc import Mapping
from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.report import Report
from tenantry.model.words import counted
from tenantry.rendering.fleet_page import fleet_page
from tenantry.rendering.html import render
from tenantry.rendering.html_parts import told_findings
from tenantry.rendering.layout import Layout
from tenantry.rendering.report_page import HOLDERS, Many, TenantPage, tenant_page

_DRAWN = 50
"""Tenants up to which each has charts of its own."""

_UNDRAWN = "Charts of each tenant stand on the page of a single tenant; here its numbers stand in tables."


def report_html(report: Report, catalog: Catalog, layout: Layout) -> str:
    """The page, complete without script; equal reports give equal bytes."""
    del layout  # a page has the room that it needs
    several = len(report.tenants) > 1
    holders = sum(len(tenant.holders) for tenant in report.tenants)
    many = Many(several=several, drawn=len(report.tenants) <= _DRAWN, listed=holders <= HOLDERS)
    pages = [tenant_page(tenant, at, catalog, many) for at, tenant in enumerate(report.tenants)]
    roll_up = report.roll_up if several else None
    places = {page.id: f"#{page.key}" for page in pages}
    values: dict[str, Any] = {
        "title": _title(pages),
        "fleet": fleet_page(report, roll_up, catalog, places) if roll_up else None,
        "tenants": _ordered(pages, {item.tenant: at for at, item in enumerate(roll_up.tenants)} if roll_up else {}),
        "single": pages[0] if len(pages) == 1 else None,
        "problems": told_findings("problems", [("Problems in files", report.problems)], tenants=True),
        "personal": any(page.holders for page in pages),
        "unlisted": _unlisted(holders) if not many.listed else "",
        "undrawn": "" if many.drawn else _UNDRAWN,
        "links": _links(pages, fleet=roll_up is not None),
        "as_of": " and ".join(sorted({tenant.as_of for tenant in report.tenants})),
    }
    return render("report.html.jinja", **values)


def _title(pages: list[TenantPage]) -> str:
    return pages[0].name if len(pages) == 1 else counted(len(pages), "tenant")


def _ordered(pages: list[TenantPage], order: Mapping[str, int]) -> list[TenantPage]:
    """The tightest first, as in the table above them."""
    return sorted(pages, key=lambda page: order.get(page.id, len(order)))


def _unlisted(holders: int) -> str:
    return (
        f"Holders are not listed here: this report has {holders:,} of them, and a page lists {HOLDERS:,} at most. "
        "The workbook of the report (format xlsx) lists all of them, and so does the page of a single tenant."
    )


def _links(pages: list[TenantPage], *, fleet: bool) -> tuple[tuple[str, str], ...]:
    """The parts of the page, to go to."""
    if fleet:
        links = [
            ("tenants", "Tenants"),
            ("heat", "Use by license"),
            ("together", "All together"),
            ("each", "Each tenant"),
        ]
        return tuple(links)
    if len(pages) != 1:
        return ()
    page = pages[0]
    found = [("-chart", "Tightest first", bool(page.use)), ("-all", "Licenses", True)]
    found += [
        (table.key.removeprefix(page.key), table.title.removeprefix("By ").capitalize(), True) for table in page.groups
    ]
    found += [("-f0", "Findings", bool(page.findings)), ("-cost", "Cost", page.cost is not None)]
    found += [("-trends", "Trend", page.trend is not None), ("-people", "Holders", page.holders is not None)]
    return tuple((f"{page.key}{end}", title) for end, title, there in found if there)
