"""The changes of many tenants in the room of one Markdown page: removals first, rows made only as far as they fit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Change, Plan, Update
from tenantry.rendering import view, wording
from tenantry.rendering.markdown import Room, size

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


def tenant_block(plan: Plan, head: Mapping[str, Any], usage: str) -> Tenant:
    """The block of one plan, its changes grouped in one pass."""
    groups: dict[str, list[Change | Update]] = {group: [] for group in _GROUPS}
    for change in plan.changes:
        groups[change.action].append(change)
    groups["update"].extend(plan.updates)
    return Tenant(head, usage, groups)


@dataclass(slots=True)
class Changes:
    """The changes of all tenants, and those of them for which there was room."""

    tenants: Sequence[Tenant]
    catalog: Catalog
    room: Room
    picked: dict[int, Picked] = field(default_factory=dict)
    elsewhere: Collection[str] = ()

    def take_removals(self) -> bool:
        """Take room for a row of each removal, or, where there isn't as much, for none; whether it was taken."""
        left = self.room.left
        if self._pick("revoke"):
            return True
        self.room.left = left
        self.picked.clear()
        self.elsewhere = ("revoke",)
        return False

    def take_others(self) -> None:
        """Take room for rows of what isn't a removal, as far as there is any."""
        for group in _GROUPS[1:]:
            if not self._pick(group):
                return

    def blocks(self) -> tuple[list[str], int]:
        """The blocks of tenants with a row, and how many changes and updates have none and stand nowhere else."""
        blocks, hidden = [], 0
        for at, tenant in enumerate(self.tenants):
            shown = self.picked.get(at)
            left = sum(len(group) for name, group in tenant.groups.items() if name not in self.elsewhere)
            left -= len(shown.changes) + len(shown.updates) if shown else 0
            hidden += left
            if shown:
                blocks.append(self._laid_out(tenant, shown, left))
        return blocks, hidden

    def _pick(self, group: str) -> bool:
        """Take room for the rows of a group; False where it was not enough for all of them."""
        bare = Tenant({"open": False, "title": "", "lines": ()}, "", {})
        one = Picked()
        one.rows(group).append("")
        head = size(self._laid_out(bare, one, 0)) - size(self._laid_out(bare, Picked(), 0))
        for at, tenant in enumerate(self.tenants):
            for item in tenant.groups[group]:
                row = _row(item, self.catalog, self.room)
                own = self.picked.get(at)
                frame = 0 if own else size(self._laid_out(tenant, Picked(), tenant.total)) + 2
                frame += 0 if own and own.rows(group) else head
                if not self.room.take(row, ends=frame + 1):
                    return False
                self.picked.setdefault(at, Picked()).rows(group).append(row)
        return True

    def _laid_out(self, tenant: Tenant, picked: Picked, hidden: int) -> str:
        text: str = self.room.pieces.changed(tenant.head, tenant.usage, picked.changes, picked.updates, hidden)
        return text


def _row(item: Change | Update, catalog: Catalog, room: Room) -> str:
    if isinstance(item, Change):
        row: str = room.pieces.change(_change(item, catalog))
    else:
        row = room.pieces.update(_update(item, catalog))
    return row


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
