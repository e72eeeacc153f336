"""How much room a page has and what surrounds it: what a renderer must know beyond the values themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`width` in columns is for text, `max_bytes` (of UTF-8) for Markdown.

    `held` tells for each tenant that is on hold why: its plan is shown and never applied.
    """

    color: bool = False
    width: int = 80
    max_bytes: int = 60_000
    held: Mapping[str, str] = field(default_factory=dict)
