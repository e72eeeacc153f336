"""How risky a change is: the product refuses to take a license away while features of it are in use."""

from collections.abc import Mapping

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Risk
from tenantry.model.state import CurrentState, InUse, holder_key
from tenantry.planning.diff import Difference, Move


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
    """The license going away that could be in use: a tier that is lowered or dropped, or one that the catalog marks."""
    if move.replaces is not None:
        lower = not catalog.reaches(move.license, move.replaces)
        return move.replaces if lower else None
    item = catalog.licenses[move.license]
    return item.id if move.action == "revoke" and (item.in_use or item.tier is not None) else None


def in_use_after(current: CurrentState, difference: Difference) -> dict[tuple[str, str], list[InUse]]:
    """What is in use, by license and by holder under the name that the files give it (users without case)."""
    renamed = {holder_key(old): holder_key(new) for new, old in difference.former().items()}
    found: dict[tuple[str, str], list[InUse]] = {}
    for item in current.in_use or ():
        key = holder_key(item.holder)
        found.setdefault((renamed.get(key, key), item.license), []).append(item)
    return found
