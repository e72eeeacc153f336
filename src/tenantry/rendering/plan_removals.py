"""Who loses a license, where a Markdown page has no room for a row each: names, and where those end, counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tenantry.model.catalog import Catalog
from tenantry.model.plan import PlanSet
from tenantry.rendering import wording
from tenantry.rendering.escape import clip
from tenantry.rendering.markdown import Room, size

_COUNTED = (20, 5, 1)
"""How many licenses are counted in the shortest form, most first; the fewer, the less room there is."""
_LEAST = 8
"""Bytes that no line on a license is shorter than."""
_LONGEST = 60
"""Letters of a license's label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A license and those who lose it: of one tenant, which is named where there are several."""

    tenant: str
    label: str
    holders: Sequence[str]

    @property
    def count(self) -> str:
        """How many lose it."""
        return wording.number(len(self.holders))


def removals(plans: PlanSet, catalog: Catalog, *, several: bool) -> list[Removal]:
    """The removals of all plans by tenant and license, in the order in which they would be carried out."""
    found: dict[tuple[str, str], list[str]] = {}
    for plan in plans.plans:
        for change in plan.changes:
            if change.action == "revoke":
                found.setdefault((plan.tenant, change.license), []).append(change.holder)
    return [
        Removal(
            tenant=tenant if several else "",
            label=clip(wording.license_label(catalog, license_id), _LONGEST),
            holders=holders,
        )
        for (tenant, license_id), holders in found.items()
    ]


def counts(losses: Sequence[Removal], room: Room, share: float) -> str:
    """One line with what is lost how often, in a share of the room; nothing where there is no removal, or no room."""
    by_label: Counter[str] = Counter()
    for loss in losses:
        by_label[loss.label] += len(loss.holders)
    total = by_label.total()
    for most in _COUNTED if total else ():
        told = [f"{label} {wording.number(count)}" for label, count in by_label.most_common(most)]
        line = f"Removals: {wording.number(total)} ({wording.listed(told, len(by_label))})"
        block: str = room.pieces.removal_counts(line)
        if size(block) + 2 <= room.left * share:
            return block
    return ""


def named(losses: Sequence[Removal], room: Room) -> tuple[str, int]:
    """The licenses that are lost and the holders who lose them, as far as there is room; and how many holders that are.

    Nothing where there is no room even for each license of each tenant. Short lists are completed before long ones.
    """
    if len(losses) * _LEAST > room.left:
        return "", 0
    title = f"Removals: {wording.number(sum(len(loss.holders) for loss in losses))}"
    rows = [room.pieces.removal(loss, (), 0) for loss in losses]
    whole = Room(room.left - size(room.pieces.removals(title, rows)) - 2, room.flavor)
    if whole.left < 0:
        return "", 0
    shown = 0
    for at in sorted(range(len(losses)), key=lambda at: len(losses[at].holders)):
        rows[at], names = _with_names(losses[at], rows[at], whole)
        shown += names
    return room.block(room.pieces.removals(title, rows)), shown


def _with_names(loss: Removal, bare: str, room: Room) -> tuple[str, int]:
    """A row with the names that fit, and how many they are. Room for the words around them is set aside beforehand."""
    left = room.left - (size(room.pieces.removal(loss, ("",), len(loss.holders))) - size(bare))
    names: list[str] = []
    for holder in loss.holders:
        name = room.flavor.code(holder)
        left -= size(name) + 2
        if left < 0:
            break
        names.append(name)
    if not names:
        return bare, 0
    row: str = room.pieces.removal(loss, names, len(loss.holders) - len(names))
    room.left -= size(row) - size(bare)
    return row, len(names)
