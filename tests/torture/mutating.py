"""Mutations that know the structure of a text: its tokens, its lines, and the words that mean something in them."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from random import Random

from test_reader_mutations import MUTATIONS as OF_BYTES

OFTEN = (1, 1, 1, 2, 2, 3, 5)
"""How many things happen to a text."""
SELDOM = 1 / 4000
"""The share of texts in which something stands very often."""
LARGE = 40_000
"""Bytes that it takes then at most."""
Mutation = Callable[[Random, bytes], bytes]
_TOKEN = re.compile(rb"""\n[ ]*(?:-[ ])*|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,;:\[\]{}"'|]+|[ ]+|.""", re.DOTALL)


@lru_cache(maxsize=4096)
def tokens(content: bytes) -> tuple[bytes, ...]:
    """The tokens of a text, which are all of it."""
    return tuple(_TOKEN.findall(content))


class Mutations:
    """Mutations of texts of one language: `words` are what may stand where a token stood, `seeds` good texts."""

    def __init__(
        self,
        seeds: Sequence[bytes],
        words: Sequence[bytes],
        *,
        bytes_share: float = 0.3,
        often: Sequence[int] = OFTEN,
        large: int = LARGE,
    ) -> None:
        self._seeds, self._words, self._bytes_share, self._often = seeds, words, bytes_share, often
        self._large = large
        self._structural = (self._word, self._word, self._drop, self._swap, self._again, self._lines, self._graft)

    def mutated(self, chance: Random) -> bytes:
        """A text that was good and had some things happen to it."""
        content = chance.choice(self._seeds)
        for _ in range(chance.choice(self._often)):
            kinds: Sequence[Mutation] = OF_BYTES if chance.random() < self._bytes_share else self._structural
            content = chance.choice(kinds)(chance, content)
        return self._very_often(chance, content) if chance.random() < SELDOM else content

    def _very_often(self, chance: Random, content: bytes) -> bytes:
        """Some tokens or a word so often that whatever takes more time for each of them takes very long."""
        parts = list(tokens(content))
        at = chance.randrange(len(parts) + 1)
        some = b"".join(parts[at : at + chance.randrange(1, 9)]) or b"\n"
        some = chance.choice((some, chance.choice(self._words)))
        parts[at:at] = [some * (chance.randrange(self._large) // len(some) + 1)]
        return b"".join(parts)

    def _word(self, chance: Random, content: bytes) -> bytes:
        """Another word in the place of a token, or before it."""
        parts = list(tokens(content))
        at = chance.randrange(len(parts) + 1)
        parts[at : at + chance.randrange(2)] = [chance.choice(self._words)]
        return b"".join(parts)

    def _drop(self, chance: Random, content: bytes) -> bytes:
        parts = list(tokens(content))
        at = chance.randrange(len(parts) + 1)
        del parts[at : at + chance.randrange(1, 4)]
        return b"".join(parts)

    def _swap(self, chance: Random, content: bytes) -> bytes:
        parts = list(tokens(content))
        if len(parts) > 1:
            one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
            parts[one], parts[other] = parts[other], parts[one]
        return b"".join(parts)

    def _again(self, chance: Random, content: bytes) -> bytes:
        """A run of tokens a second time, anywhere."""
        parts = list(tokens(content))
        begin = chance.randrange(len(parts) + 1)
        at = chance.randrange(len(parts) + 1)
        parts[at:at] = parts[begin : begin + chance.randrange(1, 8)]
        return b"".join(parts)

    def _lines(self, chance: Random, content: bytes) -> bytes:
        """Lines moved, doubled or indented."""
        lines = content.split(b"\n")
        begin = chance.randrange(len(lines))
        some = lines[begin : begin + chance.randrange(1, 4)]
        kind = chance.randrange(3)
        if kind == 0:
            del lines[begin : begin + len(some)]
        if kind == 2:
            lines[begin : begin + len(some)] = [b"  " + line for line in some]
        else:
            at = chance.randrange(len(lines) + 1)
            lines[at:at] = some
        return b"\n".join(lines)

    def _graft(self, chance: Random, content: bytes) -> bytes:
        """Lines of another text in the place of some of this one."""
        lines, other = content.split(b"\n"), chance.choice(self._seeds).split(b"\n")
        at, begin = chance.randrange(len(lines)), chance.randrange(len(other))
        lines[at : at + chance.randrange(3)] = other[begin : begin + chance.randrange(1, 6)]
        return b"\n".join(lines)
