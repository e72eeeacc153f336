"""Charts as files of their own, which stand beside a Markdown page: fixed in size, with light and dark colours."""

from tenantry.rendering.charts import Chart, named
from tenantry.rendering.html import source

WIDTH = 720
"""Pixels."""
_MARGIN = 20


def picture(chart: Chart) -> str:
    """The whole file."""
    height, inner = chart.height + 2 * _MARGIN, WIDTH - 2 * _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f"{named(chart, 'c')}<style>\n{source('colors.css')}{source('chart.css')}</style>\n"
        '<rect class="cp" width="100%" height="100%" rx="8"/>'
        f'<svg x="{_MARGIN}" y="{_MARGIN}" width="{inner}" height="{chart.height}">{chart.body}</svg></svg>\n'
    )
