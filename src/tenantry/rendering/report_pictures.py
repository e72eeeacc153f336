"""The charts that stand as files beside a Markdown report: the use of each license, and its course."""

from collections.abc import Mapping
from urllib.parse import quote

from tenantry.model.catalog import Catalog
from tenantry.model.report import Report
from tenantry.rendering import report_view
from tenantry.rendering.charts import Chart, course_charts, use_chart
from tenantry.rendering.escape import Safe
from tenantry.rendering.layout import Layout
from tenantry.rendering.pictures import picture
from tenantry.rendering.report_page import use_bars
from tenantry.rendering.report_trend import courses

USE, TREND = ".utilisation.svg", ".trend.svg"
"""How the names of the files end."""
_ALT = {
    USE: "Bars: how much of each license is assigned, the tightest first; the table has the numbers",
    TREND: "Lines: how many of each license were assigned over the last year, and in steps what was bought",
}


def report_pictures(report: Report, catalog: Catalog, layout: Layout) -> Mapping[str, str]:
    """The files, by how their names end. Of several tenants together only the use is drawn."""
    del catalog, layout  # labels stand in the report, and a picture has the room that it needs
    return {ending: picture(chart) for ending, chart in _charts(report).items()}


def shown_pictures(report: Report, layout: Layout) -> dict[str, Safe]:
    """The Markdown that shows each of the files, by how their names end; none where files can't stand beside a page."""
    if layout.beside is None:
        return {}
    return {ending: Safe(f"![{_ALT[ending]}]({quote(layout.beside + ending)})") for ending in _charts(report)}


def _charts(report: Report) -> dict[str, Chart]:
    single = report.tenants[0] if len(report.tenants) == 1 else None
    if single:
        rows = [item for part in single.parts for item in part.licenses]
    else:
        rows = list(report.roll_up.licenses) if report.roll_up else []
    whose = single.name if single else "all tenants together"
    found: dict[str, Chart] = {}
    bars = use_bars(rows)
    if bars:
        found[USE] = use_chart(bars, f"Use of licenses: {whose}")
    lines = courses(single.trend, report_view.labels((single,))) if single else ()
    if lines:
        found[TREND] = course_charts(lines, f"Licenses over time: {whose}")
    return found
