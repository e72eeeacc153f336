"""The verdicts on several tenants in the room of one Markdown page: rows of a table, and where those end, names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenantry.rendering import wording
from tenantry.rendering.escape import Safe, clip
from tenantry.rendering.markdown import Room, size
from tenantry.rendering.plan_shell import PlanPage

_USUAL, _FOR_URGENT = 0.5, 0.8
"""The shares of the room for the table; the larger if nobody who can't change is left out of it by that."""
_REJECTED = wording.VERDICTS["rejected"]


@dataclass(slots=True)
class Verdicts:
    """Tenants that change or can't, those that need somebody first, and the room that is set aside to name those."""

    page: PlanPage
    room: Room
    rows: Sequence[dict[str, Any]] = field(init=False)
    urgent: Sequence[tuple[str, str]] = field(init=False)
    kept: int = 0

    def __post_init__(self) -> None:
        """Sort the tenants; a page about one has its verdict in the heading."""
        page = self.page
        refused = [plan for plan in page.plans.plans if plan.verdict == "rejected"]
        ready = [plan for plan in page.plans.plans if plan.verdict == "ready"]
        nothing = dict.fromkeys(("grant", "revoke", "replace", "update", "warning"), "")
        unread: list[dict[str, Any]] = [
            {**nothing, "tenant": tenant, "name": "", "verdict": wording.UNREADABLE, "error": wording.number(count)}
            for tenant, count in page.unread.items()
        ]
        planned = [
            {
                "tenant": plan.tenant,
                "name": clip(plan.name, 60),
                **page.summaries[plan.tenant],
                "verdict": wording.verdict(plan, page.layout.held),
            }
            for plan in (*refused, *ready)
        ]
        self.rows = [*unread, *planned] if page.several else []
        urgent = [
            *((tenant, wording.UNREADABLE) for tenant in page.unread),
            *((it.tenant, _REJECTED) for it in refused),
        ]
        self.urgent = urgent if page.several else []

    def reserve(self, share: float) -> None:
        """Set room aside to name whoever can't change, more than before by a share of what is left at most."""
        lines, _ = self._lines(self.urgent, self.kept + int(self.room.left * share))
        needed = max(self.kept, _taken(lines))
        self.room.left -= needed - self.kept
        self.kept = needed

    def blocks(self) -> list[str]:
        """The table, and lines with those who can't change and have no row; what was reserved is for both."""
        self.room.left += self.kept
        self.kept = 0
        if not self.rows:
            return []
        shown = self._table_rows()
        rest = self.urgent[len(shown) :]
        frame = self.room.pieces.tenants
        limit = self.room.left - (size(frame(shown, len(self.rows))) + 2 if shown else 0)
        lines, told = self._lines(rest, limit)
        table = frame(shown, len(self.rows) - len(shown) - told) if shown else ""
        return [self.room.block(text) for text in (table, *lines)]

    def _table_rows(self) -> list[str]:
        """The rows that fit; none before everybody who can't change has a row or a name."""
        left, urgent = self.room.left, len(self.urgent)
        shown = self._fitting(self.rows, int(left * _USUAL))
        if len(shown) >= urgent:
            return shown
        wider = self._fitting(self.rows[:urgent], int(left * _FOR_URGENT))
        if len(wider) == urgent:
            return wider
        lines, _ = self._lines(self.urgent, left)
        return self._fitting(self.rows, min(int(left * _USUAL), left - _taken(lines)))

    def _fitting(self, rows: Sequence[dict[str, Any]], limit: int) -> list[str]:
        made = (self.room.pieces.tenant_row(row) for row in rows)
        return self.room.fitting(self.room.pieces.tenants, made, len(self.rows), limit)

    def _lines(self, tenants: Sequence[tuple[str, str]], limit: int) -> tuple[list[str], int]:
        """A line a verdict with the names that fit, and of how many tenants those lines tell."""
        lines, told = [], 0
        for word in (_REJECTED, wording.UNREADABLE):
            names = [tenant for tenant, verdict in tenants if verdict == word]
            line = self._line(word, names, limit)
            if line:
                lines.append(line)
                told += len(names)
                limit -= size(line) + 2
        return lines, told

    def _line(self, word: str, tenants: Sequence[str], limit: int) -> str:
        made = self.room.pieces.verdict_line
        left = limit - size(made(word, (), len(tenants))) - 2
        names: list[Safe] = []
        for tenant in tenants:
            name = self.room.flavor.code(tenant, 64)
            left -= size(name) + 2
            if left < 0 and len(names) + 1 < len(tenants):
                break
            names.append(name)
        line: str = made(word, names, len(tenants) - len(names)) if names else ""
        if names and size(line) + 2 > limit:  # the last name was tried, since after it none is more
            names.pop()
            line = made(word, names, len(tenants) - len(names)) if names else ""
        return line


def _taken(lines: Iterable[str]) -> int:
    return sum(size(line) + 2 for line in lines)
