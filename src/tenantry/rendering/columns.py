"""Text in columns of a terminal: how wide it is, padded, cut and wrapped. Wide (CJK) characters count as two.

Where terminals disagree (spacing marks of Indic scripts) the larger width counts: a gap is better than a broken line.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_SIMPLE = "\u0300"
"""Below the first combining mark each printable character takes one column."""
_TOGETHER = re.compile("[\U0001f1e6-\U0001f1ff]{1,2}|.\ufe0f?", re.DOTALL)
"""What is drawn together: a flag, or a character with the selector that makes it an emoji."""
_FLAG = range(0x1F1E6, 0x1F200)
_JAMO = (range(0x1160, 0x1200), range(0xD7B0, 0xD7FC))
"""Vowels and final consonants that are drawn into the syllable before them, as macOS writes Korean."""
_WIDE = (range(0x2630, 0x2638), range(0x268A, 0x2690), range(0x4DC0, 0x4E00), range(0x1D300, 0x1D377))
"""Wide since Unicode 16, which this Python may not know yet."""


def width(text: str) -> int:
    """The columns that a printable text takes."""
    if text.isascii() or max(text) < _SIMPLE:
        return len(text)
    return sum(map(_width, _TOGETHER.findall(text)))


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
    start, at, used = 0, 0, 0
    for drawn in _TOGETHER.findall(text):
        wide = _width(drawn)
        if used + wide > columns and at > start:
            yield text[start:at]
            start, used = at, 0
        at += len(drawn)
        used += wide
    yield text[start:]


@functools.lru_cache(4096)
def _width(drawn: str) -> int:
    """The columns of what is drawn together."""
    char = drawn[0]
    point = ord(char)
    if point in _FLAG:
        return 2
    category = unicodedata.category(char)
    if category in {"Mn", "Me"} or any(point in jamo for jamo in _JAMO):
        return 0
    if unicodedata.east_asian_width(char) in "WF" or any(point in wide for wide in _WIDE):
        return 2
    is_emoji = len(drawn) > 1 and (category in {"So", "Sm"} or char in "#*0123456789\u203c\u2049\u2139\u3030\u303d")
    return 2 if is_emoji else 1
