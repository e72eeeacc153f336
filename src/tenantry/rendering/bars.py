"""Bars of Unicode blocks: how much of what was bought is assigned. A number in words always stands beside one."""

from tenantry.model.plan import Contingency

FULL, FREE = "█", "░"


def bar(used: int, contingency: Contingency, cells: int = 10) -> str:
    """A bar of this many cells, or nothing where there is no limit to hold the use against.

    It looks empty only where nothing is used, and full only where nothing is left.
    """
    if not isinstance(contingency, int) or (contingency == 0 and used == 0):
        return ""
    if used >= contingency:
        return FULL * cells
    filled = min(max(round(used * cells / contingency), 1 if used else 0), cells - 1)
    return FULL * filled + FREE * (cells - filled)
