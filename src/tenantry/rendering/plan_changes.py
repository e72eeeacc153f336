"""The changes of many tenants in the room of one Markdown page: removals first, rows made only as far as they fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Change, Plan, Update
from tenantry.rendering import view, wording
from tenantry.rendering.markdown import Room, pieces, size

_GROUPS = ("revoke", "replace", "grant", "update")
"""What a reader must see first comes first; the last goes first where room is short."""


@dataclass(slots=True)
class Picked:
    """The rows of one tenant that fit."""

    changes: list[str] = field(default_factory=list)
    updates: list[str] = field(default_factory=list)

    def rows(self, group: str) -> list[str]:
        """The table to which rows of this group belong."""
        return self.updates if group == "update" else self.changes


@dataclass(frozen=True, slots=True)
class Tenant:
    """The frame around the changes of one tenant, and those changes by group."""

    head: Mapping[str, Any]
    usage: str
    groups: Mapping[str, Sequence[Change | Update]]

    @property
    def total(self) -> int:
        """Changes and updates of this tenant."""
        return sum(map(len, self.groups.values()))

    def laid_out(self, picked: Picked, hidden: int) -> str:
        """The block of this tenant."""
        text: str = pieces().changed(self.head, self.usage, picked.changes, picked.updates, hidden)
        return text


def tenant_block(plan: Plan, head: Mapping[str, Any], usage: str) -> Tenant:
    """The block of one plan, its changes grouped in one pass."""
    groups: dict[str, list[Change | Update]] = {group: [] for group in _GROUPS}
    for change in plan.changes:
        groups[change.action].append(change)
    groups["update"].extend(plan.updates)
    return Tenant(head, usage, groups)


def fit(tenants: Sequence[Tenant], catalog: Catalog, room: Room) -> tuple[list[str], int]:
    """The blocks that fit, each with as many rows as fit, and how many changes and updates are not shown at all."""
    picked: dict[int, Picked] = {}
    _pick(tenants, catalog, room, picked)
    blocks, hidden = [], 0
    for at, tenant in enumerate(tenants):
        shown = picked.get(at)
        left = tenant.total - (len(shown.changes) + len(shown.updates) if shown else 0)
        hidden += left
        if shown:
            blocks.append(tenant.laid_out(shown, left))
    return blocks, hidden


def _pick(tenants: Sequence[Tenant], catalog: Catalog, room: Room, picked: dict[int, Picked]) -> None:
    changes_head = _head_size(Picked(changes=[""]))
    updates_head = _head_size(Picked(updates=[""]))
    for group in _GROUPS:
        head = updates_head if group == "update" else changes_head
        for at, tenant in enumerate(tenants):
            for row in _laid_out(tenant.groups[group], catalog):
                own = picked.get(at)
                frame = 0 if own else size(tenant.laid_out(Picked(), tenant.total)) + 2
                frame += 0 if own and own.rows(group) else head
                needed = frame + size(row) + 1
                if needed > room.left:
                    return
                room.left -= needed
                picked.setdefault(at, Picked()).rows(group).append(row)


def _head_size(one: Picked) -> int:
    bare = Tenant({"open": False, "title": "", "lines": ()}, "", {})
    return size(bare.laid_out(one, 0)) - size(bare.laid_out(Picked(), 0))


def _laid_out(group: Sequence[Change | Update], catalog: Catalog) -> Iterator[str]:
    for item in group:
        yield (
            pieces().change(_change(item, catalog))
            if isinstance(item, Change)
            else pieces().update(_update(item, catalog))
        )


def _change(change: Change, catalog: Catalog) -> dict[str, str]:
    why = [wording.RISKS[change.risk], change.reason]
    return {
        "action": wording.ACTIONS[change.action],
        "label": view.change_label(change, catalog),
        "holder": change.holder,
        "reason": "; ".join(part for part in why if part),
        "place": wording.place(change.file, change.line),
    }


def _update(update: Update, catalog: Catalog) -> dict[str, str | None]:
    sides = [
        None if side is None else wording.field_value(catalog, update.field, side)
        for side in (update.before, update.after)
    ]
    return {
        "holder": update.holder,
        "field": wording.FIELDS.get(update.field, update.field),
        "before": sides[0],
        "after": sides[1],
    }
