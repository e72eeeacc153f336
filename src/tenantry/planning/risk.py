"""How risky a change is: the product refuses to take a license away while features of it are in use."""

from collections.abc import Mapping

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Risk
from tenantry.model.state import CurrentState, InUse
from tenantry.planning.diff import Move


def risk_of(move: Move, current: CurrentState, catalog: Catalog, in_use: Mapping[tuple[str, str], list[InUse]]) -> Risk:
    """Judge a move. `unverified`: it takes away what may be in use, and nobody looked."""
    lost = lost_license(move, catalog)
    if lost is None:
        return "none"
    if current.in_use is None:
        return "unverified"
    if (holder_key(move.holder), lost) in in_use:
        return "in_use"
    return "downgrade" if move.action == "replace" else "none"


def lost_license(move: Move, catalog: Catalog) -> str | None:
    """The license going away that could be in use: a higher tier, or one that the catalog marks."""
    if move.action == "replace" and move.replaces is not None:
        lower = not catalog.reaches(move.license, move.replaces)
        return move.replaces if lower else None
    if move.action == "revoke" and catalog.licenses[move.license].in_use:
        return move.license
    return None


def by_holder(in_use: tuple[InUse, ...] | None) -> dict[tuple[str, str], list[InUse]]:
    """What is in use, by holder (compared without case for users) and license."""
    found: dict[tuple[str, str], list[InUse]] = {}
    for item in in_use or ():
        found.setdefault((holder_key(item.holder), item.license), []).append(item)
    return found


def holder_key(holder: str) -> str:
    """A holder id as it is compared: a user's without case."""
    return holder.lower() if holder.startswith("user:") else holder
