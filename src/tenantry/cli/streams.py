"""Streams that the caller opened: names such as /dev/stdout stand for a descriptor, and for no file in a folder.

A file behind a descriptor is the caller's: it has a position, others write to it too, and it may have no name any more.
So it is written to where it stands, and nothing is put in its place.
"""

import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from tenantry.errors import OperatorError

STDOUT = 1
_NAMED = re.compile(r"/(?:dev|proc/(?P<process>[^/]+)(?:/task/[^/]+)?)/fd/(?P<number>\d{1,9})")
_MOST_LINKS = 40
_CHUNK = 1 << 16


def is_stream(path: str) -> bool:
    """Whether a name leads to a descriptor, a device or a pipe, where nothing can be put in place of anything."""
    if _named(path) is not None:
        return True
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def descriptor_of(path: str) -> int | None:
    """The descriptor of this process that a name stands for; None for any other name."""
    found = _named(path)
    if found is None or found["process"] not in (None, str(os.getpid())):
        return None
    return int(found["number"])


def can_be_streamed(path: str) -> bool:
    """Whether a stream can be written to, as far as that can be known beforehand."""
    descriptor = descriptor_of(path)
    return os.access(path, os.W_OK) if descriptor is None else _is_given(descriptor)


def write_stream(path: str, pieces: Iterable[bytes]) -> None:
    """Write to a stream behind what is there. OSError where it takes nothing, OperatorError where none was given."""
    descriptor = descriptor_of(path)
    if descriptor is None:
        # what another process opened may be a file, whose content stays
        own = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
    elif _is_given(descriptor):
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()  # what was printed before stands before
        own = os.dup(descriptor)
    else:
        raise OperatorError(f"{path} can't be written: whoever called has opened no such descriptor.")
    try:
        pour(partial(os.write, own), _gathered(pieces))
    finally:
        os.close(own)


def pour(write: Callable[[memoryview], int], pieces: Iterable[bytes | bytearray]) -> None:
    """Write pieces whole, also where a signal cuts a write short."""
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            rest = rest[write(rest) :]


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytearray]:
    """The same bytes in few pieces, since each is a call of the system."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= _CHUNK:
            yield held
            held = bytearray()
    yield held


def _named(path: str) -> re.Match[str] | None:
    """The name of a descriptor to which a name leads, be it through links; never to the file behind that."""
    name = path
    for _ in range(_MOST_LINKS):
        folder, base = os.path.split(name)
        found = _NAMED.fullmatch(f"{os.path.realpath(folder)}/{base}")
        if found is not None:
            return found
        try:
            name = os.path.join(folder, Path(name).readlink())  # noqa: PTH118 - text, for the next turn
        except OSError:  # no link
            return None
    return None


def _is_given(descriptor: int) -> bool:
    """Whether the caller opened a descriptor: what this process opened itself, the ledger too, is no heirloom."""
    try:
        return os.get_inheritable(descriptor)
    except OSError:
        return False
