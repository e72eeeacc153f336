"""Where results go: each format to standard output or to a file."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import click

from tenantry.cli.files import can_be_written, write_given
from tenantry.cli.session import Session
from tenantry.documents.layout import lay_out
from tenantry.engine.rules import all_rules
from tenantry.errors import AuthorError, OperatorError
from tenantry.model.catalog import Catalog
from tenantry.rendering.formats import SOURCED
from tenantry.rendering.layout import Layout

Value = TypeVar("Value")
Formats = Mapping[str, Callable[[Value, Catalog, Layout], str]]


def targets(wanted: Iterable[str], known: Iterable[str]) -> list[tuple[str, str]]:
    """Formats and the files that they go to (`-` is standard output); click.UsageError where that can't be."""
    names = tuple(known)
    found: list[tuple[str, str]] = []
    for text in wanted or ("text",):
        name, equals, file = text.partition("=")
        if name not in names:
            raise click.UsageError(f"There is no format {name!r}; there are: {', '.join(names)}.")
        if equals and not file:
            raise click.UsageError(f"{text!r} names no file.")
        if (file or "-") in {target for _, target in found}:
            raise click.UsageError(f"Two formats go to {file or 'standard output'}.")
        found.append((name, file or "-"))
    return found


def put(  # noqa: PLR0913 - what, in which words, how, where
    session: Session,
    value: Value,
    catalog: Catalog,
    formats: Formats[Value],
    wanted: list[tuple[str, str]],
    *,
    max_bytes: int = 60_000,
    held: Mapping[str, str] | None = None,
) -> None:
    """Render a value in each format. Every format is tried before the first failure is told."""
    failures: list[OperatorError] = []
    for name, file in wanted:
        layout = session.layout(max_bytes, held or {}, terminal=file == "-" and name == "text")
        if name in SOURCED:
            layout = _sourced(layout, session, catalog)
        text = formats[name](value, catalog, layout)
        try:
            to_stdout(text) if file == "-" else write_given(file, text)
        except OperatorError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


def _sourced(layout: Layout, session: Session, catalog: Catalog) -> Layout:
    """The layout with every rule, and with the files of the tenants where a workspace is around."""
    try:
        files, _ = lay_out(session.files.paths())
    except AuthorError:  # a saved plan can be shown anywhere
        files = {}
    return replace(layout, rules=all_rules(catalog), files=files)


def writable(wanted: Iterable[tuple[str, str]]) -> None:
    """Look beforehand whether what a command is going to tell can be written; OperatorError where it can't."""
    for _, file in wanted:
        if file == "-" and sys.stdout is None:
            raise OperatorError("Standard output is closed.", "Give the result a file: --format json=FILE.")
        if file != "-" and not can_be_written(file):
            raise OperatorError(f"{file} can't be written.", "See to its folder.")


def to_stdout(text: str) -> None:
    """Write text to standard output as UTF-8, whatever the locale says."""
    if sys.stdout is None:
        raise OperatorError("Standard output is closed.")
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except AttributeError:  # a stream without bytes, as tests and notebooks put in place
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_stdout()
        raise OperatorError(
            f"Standard output can't be written: {(error.strerror or 'unknown reason').lower()}."
        ) from None


def abandon_stdout() -> None:
    """Let the interpreter's last flush find a stream that takes what nobody took."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
