"""What holds for one call: where it started, how it may look, and what it says to people."""

import datetime
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TextIO

import click

from tenantry.cli.files import WorkspaceFiles, find_root
from tenantry.cli.ledgers import Place
from tenantry.rendering.flavors import GITHUB, Flavor
from tenantry.rendering.layout import Layout


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
        """How a format is laid out; only what goes to a terminal has color."""
        width = 80
        if terminal and _is_terminal(sys.stdout):
            width = max(40, min(os.get_terminal_size(sys.stdout.fileno()).columns, 120))
        colored = terminal and self._colored()
        return Layout(color=colored, width=width, max_bytes=max_bytes, flavor=self.flavor, held=held)

    @property
    def asks(self) -> bool:
        """Whether there is somebody who can be asked."""
        return not self.no_input and _is_terminal(sys.stdin)

    def say(self, text: str) -> None:
        """Tell people something that isn't the result."""
        if not self.quiet:
            click.echo(text, err=True)

    def _colored(self) -> bool:
        if self.color != "auto":
            return self.color == "always"
        return _is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream, which is None where it was closed before the start, is a terminal."""
    return stream is not None and stream.isatty()
