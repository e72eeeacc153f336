"""Names as a hostile file could hold them, and how every page must show them."""

import json
from random import Random

import corpus
from hostile_plans import REFERENCES
from test_escape import HOSTILE

WHOLE = (*HOSTILE, *REFERENCES)
PIECES: tuple[str, ...] = corpus.values("names")
RANGES = ((0x20, 0x7F), (0x20, 0x7F), (0, 0x100), (0x100, 0xD800), (0xE000, 0x10000), (0x10000, 0x110000))
"""From where to where characters are taken; no lone surrogate comes out of a file."""
PLAIN = "abcdefghijklmnopqrstuvwxyz .@"
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"


def hostile_name(chance: Random) -> str:
    """A name of at most some ten letters or pieces; there is always something in it that isn't blank."""
    kind = chance.random()
    if kind < 0.2:
        text = chance.choice(WHOLE)
    elif kind < 0.8:
        text = "".join(chance.choices(PIECES, k=chance.choice((1, 2, 2, 3, 3, 4, 6))))
    else:
        text = "".join(chr(chance.randrange(*chance.choice(RANGES))) for _ in range(chance.randrange(1, 14)))
    return text if seen(text).strip() else text + "x"


def names(chance: Random, count: int) -> bytes:
    """Names as an input of a fuzzer."""
    return json.dumps([hostile_name(chance) for _ in range(count)]).encode()


def seen(text: str) -> str:
    """How a reader sees a text: as it is, and what draws nothing as its code point."""
    return "".join(char if char.isprintable() and char not in _BLANK else _code_point(ord(char)) for char in text)


def is_hostile(text: str) -> bool:
    """Whether there is more in a name than letters."""
    return bool(text.lower().strip(PLAIN))


def _code_point(point: int) -> str:
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
