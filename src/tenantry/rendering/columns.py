"""Text in columns of a terminal: how wide it is, padded, cut and wrapped. Wide (CJK) characters count as two."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence


def width(text: str) -> int:
    """The columns that a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text filled up with spaces to this many columns, on its left where it is to stand on the right."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def cut(text: str, columns: int) -> str:
    """The text if it fits, else as much of it as leaves a column for a sign that there is more."""
    if width(text) <= columns:
        return text
    return next(_pieces(text, max(columns - 1, 1))) + "…"


def wrap(text: str, columns: int, *, first: str = "", rest: str = "") -> Iterator[str]:
    """Lines of at most this many columns, broken at spaces; `first` and `rest` stand before the first and other lines.

    Only a word that is wider than a line is broken itself.
    """
    line, used = first, width(first)
    if used + width(text) <= columns:
        yield first + text
        return
    empty = True
    for word in _words(text, max(columns - max(used, width(rest)), 8)):
        needed = width(word) + (not empty)
        if not empty and used + needed > columns:
            yield line
            line, used, empty, needed = rest, width(rest), True, width(word)
        line, used, empty = (line + word if empty else f"{line} {word}"), used + needed, False
    yield line


def aligned(rows: Sequence[Sequence[str]], right: Iterable[int] = (), gap: str = "  ") -> list[str]:
    """Rows of cells as lines of aligned columns with a gap between; `right` names columns that end flush."""
    if not rows:
        return []
    flush = frozenset(right)
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        gap.join(pad(cell, widths[at], right=at in flush) for at, cell in enumerate(row) if widths[at]).rstrip()
        for row in rows
    ]


def _words(text: str, columns: int) -> Iterator[str]:
    for word in text.split():
        if width(word) <= columns:
            yield word
        else:
            yield from _pieces(word, columns)


def _pieces(text: str, columns: int) -> Iterator[str]:
    start, used = 0, 0
    for at, char in enumerate(text):
        wide = _char_width(char)
        if used + wide > columns:
            yield text[start:at]
            start, used = at, 0
        used += wide
    yield text[start:]


def _char_width(char: str) -> int:
    if unicodedata.east_asian_width(char) in "WF":
        return 2
    return 0 if unicodedata.category(char) in {"Mn", "Me"} else 1
