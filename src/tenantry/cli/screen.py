"""The terminal on which a call is read: whether there is one, its width, and the line that tells how far work is."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

import click

PLAIN_COLUMNS = 80
"""The width of text that goes to a file, a pipe, or a terminal that doesn't tell its own."""
PATIENCE = 0.5
"""Seconds of work before anything is told of it: what is over in a blink needs no word."""
PAUSE = 0.1
"""Seconds between two looks of a line that moves."""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream, which is None where it was closed before the start, is a terminal."""
    return stream is not None and stream.isatty()


def tell(text: str | bytes, *, nl: bool = True) -> None:
    """Tell people something on standard error. Where that is full, or nobody listens any more, the work goes on."""
    try:
        click.echo(text, err=True, nl=nl)
    except OSError:
        abandon(sys.stderr)


def abandon(stream: TextIO) -> None:
    """Let the interpreter's last flush find a stream that takes what nobody took."""
    with contextlib.suppress(OSError):  # a stream without a descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def paints(stream: TextIO | None) -> bool:
    """Whether a stream shows color, and whoever reads it wants to see some."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns(stream: TextIO | None) -> int:
    """The columns of a terminal, COLUMNS before what it tells itself; those of plain text where there is none."""
    if stream is None or not is_terminal(stream):
        return PLAIN_COLUMNS
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told) > 0:
        return int(told)
    with contextlib.suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or PLAIN_COLUMNS
    return PLAIN_COLUMNS


class StatusLine:
    """One line on standard error that is rewritten while work goes on, and gone when it is over.

    Only a terminal that can rewrite a line gets one. It is of plain ASCII, without escape sequences.
    """

    def __init__(self, *, quiet: bool) -> None:
        can = not quiet and is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self._stream: TextIO | None = sys.stderr if can else None
        self._due = 0.0
        self._used = 0

    @contextlib.contextmanager
    def counting(self, word: str) -> Iterator[Callable[[int, int], None]]:
        """While it is entered, what is yielded tells how many tenants of how many are `word`: planned, applied."""
        self._due = time.monotonic() + PATIENCE
        try:
            yield lambda done, total: self._tell(word, done, total)
        finally:
            self.wipe()

    def wipe(self) -> None:
        """Leave the line empty, for whatever is said next."""
        if self._used:
            # a terminal that echoes ^C has written beyond the text
            self._write(f"\r{' ' * (columns(self._stream) - 1)}\r")
            self._used = 0

    def _tell(self, word: str, done: int, total: int) -> None:
        if self._stream is None or total < 2:
            return
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + PAUSE
        text = f"{word} {done:,} of {total:,} tenants"[: columns(self._stream) - 1]
        before, self._used = self._used, len(text)  # first, since an interruption may come while it is written
        self._write(f"\r{text.ljust(before)}")

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # nobody watches any more; the work goes on
            abandon(self._stream)
            self._stream = None
