"""Lines for a terminal, each with a style that is shown as colour where colour is wanted."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

_STYLES: Mapping[str, str] = {
    "head": "1",
    "dim": "2",
    "grant": "32",
    "ready": "32",
    "revoke": "31",
    "error": "31",
    "rejected": "31",
    "replace": "33",
    "warning": "33",
    "update": "36",
    "info": "36",
}


class Line(NamedTuple):
    """One line of printable text. `style` only repeats in colour what the text says."""

    text: str
    style: str = ""


def page(lines: Iterable[Line], *, color: bool) -> str:
    """The lines as one text. None of them begins like a workflow command, whatever file text they consist of."""
    return "".join(f"{_painted(line, color=color)}\n" for line in lines)


def _painted(line: Line, *, color: bool) -> str:
    text = line.text
    if text.lstrip().startswith("::"):
        text = text.replace("::", "\\x3a:", 1)
    mark = _STYLES.get(line.style) if color and text else None
    return f"\x1b[{mark}m{text}\x1b[0m" if mark else text
