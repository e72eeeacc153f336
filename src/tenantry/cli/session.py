"""What holds for one call: where it started, how it may look, and what it says to people."""

import datetime
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TextIO

from tenantry.cli.files import WorkspaceFiles, find_root
from tenantry.cli.ledgers import Place
from tenantry.cli.screen import StatusLine, columns, is_terminal, paints, tell
from tenantry.rendering.flavors import GITHUB, Flavor
from tenantry.rendering.layout import Layout

_NARROWEST, _WIDEST = 40, 120
"""Columns between which text is laid out: below, words break; above, lines are hard to follow."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One call of the command line."""

    directory: str = "."
    backend: str | None = None
    color: str = "auto"
    quiet: bool = False
    no_input: bool = False
    flavor: Flavor = GITHUB

    @cached_property
    def files(self) -> WorkspaceFiles:
        """The files of the workspace; AuthorError where there is none."""
        return WorkspaceFiles(find_root(Path(self.directory)))

    @cached_property
    def place(self) -> Place:
        """Where the ledger of the workspace lies."""
        return Place(self.files.root, self.backend)

    @cached_property
    def now(self) -> datetime.datetime:
        """The time of the call."""
        return datetime.datetime.now(datetime.UTC)

    def layout(self, max_bytes: int, held: Mapping[str, str], *, terminal: bool) -> Layout:
        """How a format is laid out; only what goes to a terminal has color and its width."""
        if terminal:
            return self._laid_out(sys.stdout, max_bytes, held)
        return Layout(max_bytes=max_bytes, flavor=self.flavor, held=held)

    def beside(self, held: Mapping[str, str]) -> Layout:
        """How text is laid out that people read on standard error, beside a result."""
        return self._laid_out(sys.stderr, 0, held)

    def _laid_out(self, stream: TextIO | None, max_bytes: int, held: Mapping[str, str]) -> Layout:
        return Layout(
            color=self._colored(stream),
            width=max(_NARROWEST, min(columns(stream), _WIDEST)),
            wraps=is_terminal(stream),
            max_bytes=max_bytes,
            flavor=self.flavor,
            held=held,
        )

    @property
    def asks(self) -> bool:
        """Whether there is somebody who can be asked."""
        return not self.no_input and is_terminal(sys.stdin)

    def say(self, text: str, *, asked: bool = False) -> None:
        """Tell people something that isn't the result; with -q only what a question is about (`asked`)."""
        if asked or not self.quiet:
            self._line.wipe()
            tell(text)

    def counting(self, word: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """While it is entered, people see how many tenants are `word` (planned, applied) if that takes a while."""
        return self._line.counting(word)

    @cached_property
    def _line(self) -> StatusLine:
        return StatusLine(quiet=self.quiet)

    def _colored(self, stream: TextIO | None) -> bool:
        return paints(stream) if self.color == "auto" else self.color == "always"
