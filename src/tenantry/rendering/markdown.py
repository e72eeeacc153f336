"""The ground of Markdown pages: templates that escape everything by default, and a budget of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tenantry.rendering.flavors import GITHUB, Flavor
from tenantry.rendering.templating import templates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jinja2 import Environment


@cache
def environment(flavor: Flavor) -> Environment:
    """The templates, the same for all flavors, with the filters of one.

    What is printed in them and isn't `Safe` is escaped as a sentence; `|code` makes an identifier.
    """
    made = templates(flavor.prose)
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
        shown = self.fitting(frame, rows, total, int(self.left * share))
        return self.block(frame(shown, total - len(shown))) if shown else ""

    def fitting(
        self, frame: Callable[[Sequence[str], int], str], rows: Iterable[str], total: int, limit: int
    ) -> list[str]:
        """The rows that would fit in so many bytes with their frame. No room is taken."""
        room = Room(limit, self.flavor)
        shown: list[str] = []
        if not total or not room.take(frame((), total), ends=2):
            return shown
        for row in rows:
            if not room.take(row):
                break
            shown.append(row)
        return shown
