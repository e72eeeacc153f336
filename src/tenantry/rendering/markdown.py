"""The ground of Markdown pages: templates that escape everything by default, and a budget of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tenantry.rendering.flavors import GITHUB, Flavor
from tenantry.rendering.view import Told, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jinja2 import Environment

    from tenantry.model.plan import Finding

_LADDER = ((25, 0.5, 600), (5, 0.5, 600), (1, 1.0, 600), (1, 1.0, 160))
"""How findings shrink: how many of a rule are told one by one, in which share of the room, at which length."""
_LEAST = 40
"""Bytes that no finding is shorter than."""


@cache
def environment(flavor: Flavor) -> Environment:
    """The templates, the same for all flavors, with the filters of one.

    What is printed in them and isn't `Safe` is escaped as a sentence; `|code` makes an identifier.
    """
    import jinja2  # noqa: PLC0415 takes longer to import than a small plan takes to plan

    def escaped(value: Any) -> Any:
        return value if hasattr(value, "__html__") or not isinstance(value, str) else flavor.prose(value)

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("tenantry.rendering"),
        autoescape=True,
        finalize=escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(code=flavor.code, glued=flavor.glued, prose=flavor.prose)
    made.globals["flavor"] = flavor
    return made


@cache
def pieces(flavor: Flavor) -> Any:
    """The macros of which pages are built, as functions that return escaped text."""
    return environment(flavor).get_template("pieces.md.jinja").module


def render(name: str, flavor: Flavor = GITHUB, /, **values: Any) -> str:
    """A whole page."""
    return environment(flavor).get_template(name).render(**values)


def size(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode())


@dataclass(slots=True)
class Room:
    """The bytes that are still free on a page of a flavor. Whatever takes of them first is shown first."""

    left: int
    flavor: Flavor

    @property
    def pieces(self) -> Any:
        """What can be put there."""
        return pieces(self.flavor)

    def take(self, text: str, ends: int = 1) -> bool:
        """Take room for a whole text and the line ends after it, if there is as much."""
        needed = size(text) + ends
        if needed > self.left:
            return False
        self.left -= needed
        return True

    def block(self, text: str) -> str:
        """The text with the empty line after it, or nothing where it doesn't fit."""
        return text if text and self.take(text, ends=2) else ""

    def rows(
        self, frame: Callable[[Sequence[str], int], str], rows: Iterable[str], total: int, share: float = 1.0
    ) -> str:
        """A block with as many of its rows as fit in a share of the room; the frame tells how many are hidden.

        Rows are made only as far as they fit. Nothing is returned where not even one row does.
        """
        room = Room(int(self.left * share), self.flavor)
        if not total or not room.take(frame((), total), ends=2):
            return ""
        shown: list[str] = []
        for row in rows:
            if not room.take(row):
                break
            shown.append(row)
        if not shown:
            return ""
        return self.block(frame(shown, total - len(shown)))


def findings_block(
    room: Room,
    findings: Sequence[Finding],
    frame: Callable[[Sequence[str], int], str],
    *,
    share: float,
    tenants: bool,
    keep: int = 25,
) -> str:
    """Findings in a frame, folded by rule as far as they have to be to fit in a share of the room.

    `tenants` says whether each names its tenant, `keep` how many of a rule are told one by one at most.
    """
    limit = int(room.left * share)
    ladder = [(min(most, keep), part, length) for most, part, length in _LADDER]
    if ladder[0][0] < min(keep, len(findings)) and len(findings) * _LEAST < limit:
        ladder.insert(0, (keep, 1.0, 600))
    for most, part, length in ladder:
        rows = folded(findings, most, with_tenant=tenants)
        block = frame([room.pieces.finding(row, length) for row in rows], 0)
        if size(block) < limit * part:
            return room.block(block)
    return _by_rule(room, folded(findings, 0, with_tenant=tenants), frame, share)


def _by_rule(room: Room, rows: Sequence[Told], frame: Callable[[Sequence[str], int], str], share: float) -> str:
    """Each rule by name and count, and in words as far as there is room; where even names don't fit, those that do."""
    brief = [room.pieces.rule(row) for row in rows]
    left = int(room.left * share) - size(frame(brief, 0)) - 2
    if left < 0:
        return room.rows(frame, brief, len(brief), share)
    lines = list(brief)
    for at, row in enumerate(rows):
        longer = room.pieces.finding(row, _LADDER[-1][2])
        left -= size(longer) - size(brief[at])
        if left < 0:
            break
        lines[at] = longer
    return room.block(frame(lines, 0))
