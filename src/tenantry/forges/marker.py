"""The hidden lines by which the comment of a plan is known again, and tells the effect that was reviewed."""

import re
from dataclasses import dataclass

_PLAN = re.compile(r"<!-- tenantry:plan effect=(sha256:[0-9a-f]{64}) -->", re.ASCII)
_KEY = re.compile(r"<!-- tenantry:key=(\S+) -->", re.ASCII)
NAME = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*", re.ASCII)
"""What a key may be: it stands in a comment of HTML, which two hyphens could end."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Which of the comments of a pull request: the one with this key, or the one without a key."""

    key: str | None = None

    def put(self, text: str) -> str:
        """The Markdown of a plan with the key as its second line. The Markdown begins with its own marker."""
        first, *rest = _lines(text)
        if rest and _KEY.fullmatch(rest[0]):
            del rest[0]
        return "\n".join((first, *([] if self.key is None else [f"<!-- tenantry:key={self.key} -->"]), *rest))

    def stands_in(self, body: str) -> bool:
        """Whether a body is the plan of this key."""
        if effect_in(body) is None:
            return False
        key = _KEY.fullmatch((*_lines(body), "")[1])
        return (key[1] if key else None) == self.key


def effect_in(body: str) -> str | None:
    """The effect that the first line of a plan's Markdown tells; None where it is no such Markdown."""
    found = _PLAN.fullmatch(_lines(body)[0])
    return found[1] if found else None


def same(one: str, other: str) -> bool:
    """Whether two bodies read the same: forges trim what they are given, and some write other line ends."""
    return "\n".join(_lines(one)).strip() == "\n".join(_lines(other)).strip()


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]
