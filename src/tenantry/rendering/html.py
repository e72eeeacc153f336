"""The ground of HTML pages: templates that escape everything, one file without a request, and a strict policy.

Style and script stand in the page, and its policy lets in nothing but these two, by their digests.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from tenantry.rendering.escape import Safe, visible
from tenantry.rendering.templating import templates

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = (
    "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
)
"""The Content Security Policy of every page."""
STYLES = ("colors.css", "chart.css", "page.css")
"""What a page's style is made of, in this order."""


@cache
def environment() -> Environment:
    """The templates of HTML. What is printed in them and isn't `Safe` is escaped, and what doesn't print is seen."""
    return templates(visible)


@cache
def source(name: str) -> str:
    """A style or script of ours, as it stands in its file."""
    loader = environment().loader
    if loader is None:  # it was given above
        raise AssertionError
    return loader.get_source(environment(), name)[0]


def render(name: str, **values: Any) -> str:
    """A whole page."""
    style, script = "".join(map(source, STYLES)), source("page.js")
    policy = POLICY.format(style=digest(style), script=digest(script))
    frame = {"policy": Safe(policy), "style": Safe(style), "script": Safe(script)}
    return environment().get_template(name).render(frame=frame, **values)


def digest(text: str) -> str:
    """SHA-256 as a policy writes it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
