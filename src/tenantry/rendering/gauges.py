"""Licenses in rows on a terminal: a label, figures, and as much of the bar and the words as there is room for."""

from collections.abc import Sequence
from typing import NamedTuple

from tenantry.rendering.columns import aligned, cut, pad, width, wrap
from tenantry.rendering.terminal import Line

_LABEL = 24
"""Columns of a label that no bar is worth: cut shorter, Contact Center and Contact Center User look alike."""


class Gauge(NamedTuple):
    """One row. `tails` is what may stand behind the figures, the fullest first; every row has as many of them."""

    label: str
    figures: Sequence[str]
    tails: Sequence[str]
    style: str = ""


def gauge_lines(gauges: Sequence[Gauge], columns: int) -> list[list[Line]]:
    """The lines of each row, in common columns: the fullest tails with which labels fit, else two lines a row."""
    if not gauges:
        return []
    figures = aligned([gauge.figures for gauge in gauges], right=range(0, len(gauges[0].figures), 2), gap=" ")
    figured = max(map(width, figures))
    labels = max(width(gauge.label) for gauge in gauges)
    for chosen in zip(*(gauge.tails for gauge in gauges), strict=True):
        room = columns - 8 - figured - max(map(width, chosen))
        if room >= min(labels, _LABEL):
            room = min(labels, room)
            heads = [pad(cut(gauge.label, room), room) for gauge in gauges]
            rows = zip(gauges, heads, figures, chosen, strict=True)
            return [
                [Line(f"    {head}  {pad(figure, figured)}  {tail}".rstrip(), gauge.style)]
                for gauge, head, figure, tail in rows
            ]
    return [_stacked(gauge, columns) for gauge in gauges]


def _stacked(gauge: Gauge, columns: int) -> list[Line]:
    below = f"{' '.join(filter(None, gauge.figures))}  {gauge.tails[-1]}".rstrip()
    texts = [
        *wrap(gauge.label, columns, first="    ", rest="      "),
        *wrap(below, columns, first=" " * 6, rest=" " * 8),
    ]
    return [Line(text, gauge.style) for text in texts]
