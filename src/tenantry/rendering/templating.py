"""How templates are read for every page: what is printed and isn't `Safe` is escaped, and nothing may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment


def templates(shown: Callable[[str], str]) -> Environment:
    """The templates, in which text that isn't laid out already is printed as `shown` writes it."""
    import jinja2  # noqa: PLC0415 takes longer to import than a small plan takes to plan

    def finalized(value: Any) -> Any:
        return shown(value) if isinstance(value, str) and not hasattr(value, "__html__") else value

    return jinja2.Environment(
        loader=jinja2.PackageLoader("tenantry.rendering"),
        autoescape=True,
        finalize=finalized,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
