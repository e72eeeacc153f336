"""How much room a page has and what surrounds it: what a renderer must know beyond the values themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenantry.model.rule import Rule
from tenantry.rendering.flavors import GITHUB, Flavor


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`width` in columns is for text; on a terminal (`wraps`) also lines that tools search are broken to fit.

    `max_bytes` (of UTF-8) and `flavor` (how the forge reads it) for Markdown.

    `beside` is the name, without its ending, of the file that the page goes to, where other files may stand beside it.
    `held` tells for each tenant that is on hold why: its plan is shown and never applied. `rules` by id and `files`,
    those of each tenant, are there for formats that tell of them.
    """

    color: bool = False
    width: int = 80
    wraps: bool = False
    max_bytes: int = 60_000
    flavor: Flavor = GITHUB
    beside: str | None = None
    held: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
