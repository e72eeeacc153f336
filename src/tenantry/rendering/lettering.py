"""How wide text is when it is drawn: a small table of letters, so that labels of charts end inside their boxes.

The reader's font is not known. The table has for each letter the widest of the common sans-serif fonts.
"""

import functools
import unicodedata
from collections.abc import Iterator

_LETTERS = {
    0.28: "'ijl",
    0.32: " ,.I",
    0.36: "/:;\\f|",
    0.40: "()-[]t",
    0.44: "!r",
    0.48: '"',
    0.52: "*J`",
    0.56: "?L_csz",
    0.60: "kvxy",
    0.64: "$0123456789FTabdeghnopqu{}",
    0.68: "EKPSY",
    0.72: "ABVXZ",
    0.76: "CHNRU",
    0.80: "&DGOQ",
    0.84: "#+<=>^w~",
    0.88: "M",
    0.96: "%",
    1.00: "Wm",
    1.04: "@",
}
"""Widths in em, by letter."""
_WIDTHS = {letter: wide for wide, letters in _LETTERS.items() for letter in letters} | {"·": 0.34, "→": 1.0, "…": 1.0}
_BOLD = 1.12
"""How much wider the bold letters of the same fonts are, at most."""
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def drawn_width(text: str, size: float, *, bold: bool = False) -> float:
    """The pixels that a text takes at most, drawn at a font size in pixels."""
    return sum(map(_em, text)) * size * (_BOLD if bold else 1)


def drawn_cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text if it fits into so many pixels, else as much of it as leaves room for a sign that there is more."""
    if drawn_width(text, size, bold=bold) <= room:
        return text
    left = room - drawn_width("…", size, bold=bold)
    kept = ""
    for piece in _drawn_together(text):
        left -= drawn_width(piece, size, bold=bold)
        if left < 0:
            break
        kept += piece
    return f"{kept.rstrip()}…"


def _drawn_together(text: str) -> Iterator[str]:
    """Letters with the marks on them."""
    piece = ""
    for char in text:
        if piece and not (unicodedata.combining(char) or char in _JOINERS or piece[-1] == "\u200d"):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


@functools.lru_cache(2048)
def _em(char: str) -> float:
    known = _WIDTHS.get(char)
    if known is not None:
        return known
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0.0
    letter = unicodedata.normalize("NFD", char)[0]
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    if unicodedata.east_asian_width(char) in "WF":
        return 1.3 if unicodedata.category(char) == "So" else 1.0
    return 1.1
