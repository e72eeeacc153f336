"""Where results go: each format to standard output or to a file."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from tenantry.cli.files import can_be_written, write_given
from tenantry.cli.screen import abandon, tell
from tenantry.cli.session import Session
from tenantry.cli.streams import STDOUT, descriptor_of, is_stream, pour
from tenantry.documents.layout import lay_out
from tenantry.engine.rules import all_rules
from tenantry.errors import AuthorError, OperatorError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding
from tenantry.model.run import Outcome
from tenantry.rendering.escape import plain
from tenantry.rendering.findings_text import problem_lines
from tenantry.rendering.formats import BINARY, SOURCED
from tenantry.rendering.layout import Layout
from tenantry.rendering.terminal import page
from tenantry.rendering.view import problem_count

READ_BY_PEOPLE = frozenset(("text", "markdown", "github", "azure"))
"""Formats in which people on standard output see problems."""
PAGE = ".md"
"""How a file must end so that others may stand beside it."""
Value = TypeVar("Value")
Formats = Mapping[str, Callable[[Value, Catalog, Layout], str | bytes]]
Beside = Mapping[str, Callable[[Value, Catalog, Layout], Mapping[str, str]]]
"""By format the files that stand beside its own: texts by what follows the name that they share."""


def targets(wanted: Iterable[str], known: Iterable[str], out: str | None = None) -> list[tuple[str, str]]:
    """Formats and the files that they go to (`-` is standard output); click.UsageError where that can't be.

    No two may go to one file, however its name is written; `out` is a file that the command writes beside them.
    """
    names = tuple(known)
    found: list[tuple[str, str]] = []
    taken = set() if out is None else {_place(out)}
    for text in wanted or ("text",):
        name, equals, file = text.partition("=")
        if name not in names:
            raise click.UsageError(f"There is no format {name!r}; there are: {', '.join(names)}.")
        if equals and not file:
            raise click.UsageError(f"{text!r} names no file.")
        place = _place(file or "-")
        if place in taken:
            raise click.UsageError(f"Two results go to {file if place != '-' else 'standard output'}.")
        taken.add(place)
        if name in BINARY and place == "-" and sys.stdout is not None and sys.stdout.isatty():
            raise click.UsageError(f"A terminal can't show {name}; give it a file: --format {name}=FILE.")
        found.append((name, "-" if place == "-" else file))
    return found


def _place(file: str) -> str:
    """Where a file lies, so that one place has one name; `-` is standard output, however it is named."""
    return "-" if file == "-" or descriptor_of(file) == STDOUT else os.path.realpath(file)


def put(  # noqa: PLR0913 - what, in which words, how, where
    session: Session,
    value: Value,
    catalog: Catalog,
    formats: Formats[Value],
    wanted: list[tuple[str, str]],
    *,
    max_bytes: int = 60_000,
    held: Mapping[str, str] | None = None,
    beside: Beside[Value] | None = None,
) -> None:
    """Render a value in each format. Every format is tried before the first failure is told.

    Files are written before streams, whose reader may have left. Files beside a page are written before it, so
    that no page is there without them.
    """
    failures: list[OperatorError] = []
    for name, file in sorted(wanted, key=lambda item: item[1] == "-" or is_stream(item[1])):
        layout = session.layout(max_bytes, held or {}, terminal=file == "-" and name == "text")
        if name in SOURCED:
            layout = _sourced(layout, session, catalog)
        more: Mapping[str, str] = {}
        if beside and name in beside and file.endswith(PAGE):
            layout = replace(layout, beside=Path(file).name.removesuffix(PAGE))
            more = beside[name](value, catalog, layout)
        content = formats[name](value, catalog, layout)
        try:
            for ending, text in more.items():
                write_given(file.removesuffix(PAGE) + ending, text)
            write_result(file, content)
        except OperatorError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


@contextlib.contextmanager
def told_anyway(session: Session, value: Value, catalog: Catalog, formats: Formats[Value]) -> Iterator[None]:
    """Where telling what was written fails, whatever the reason, tell people on standard error."""
    try:
        yield
    except BaseException:
        tell(formats["text"](value, catalog, session.layout(0, {}, terminal=False)), nl=False)
        raise


def told_beside(
    session: Session, wanted: list[tuple[str, str]], problems: Sequence[Finding], last: Mapping[str, str]
) -> None:
    """Tell people what stands beside a result that is no text: what couldn't be read, then a last line a tenant."""
    if problems and not any(name in READ_BY_PEOPLE and file == "-" for name, file in wanted):
        layout = session.beside({})
        session.say(page(problem_lines(problems, layout), color=layout.color).rstrip("\n"))
    for tenant in sorted(last):
        session.say(f"{tenant}: {last[tenant]}")
    if problems:
        session.say(f"problems in files: {problem_count(problems)}")


def outcomes_beside(session: Session, wanted: list[tuple[str, str]], outcomes: Sequence[Outcome]) -> None:
    """Tell people beside results that are no text how each tenant came out, and what couldn't be read."""
    if ("text", "-") in wanted:
        return
    failed = [item for item in outcomes if item.status == "failed"]
    problems = [found for item in failed for found in item.findings if found.file is not None]
    told_beside(session, wanted, problems, {item.tenant: plain(item.message) for item in outcomes})


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


def write_result(file: str, content: str | bytes | Iterable[bytes], *, private: bool = False) -> None:
    """Write a result where the caller wants it: `-` is standard output, all else is as `write_given` has it."""
    to_stdout(content) if file == "-" else write_given(file, content, private=private)


def to_stdout(content: str | bytes | Iterable[bytes]) -> None:
    """Write bytes to standard output, or text as UTF-8, whatever the locale says."""
    if sys.stdout is None:
        raise OperatorError("Standard output is closed.")
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None and not isinstance(content, str):
        raise OperatorError("Standard output takes no bytes.", "Give the result a file.")
    try:
        if stream is None:  # as tests and notebooks put it in place
            sys.stdout.write(str(content))
        else:
            pieces = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
            pour(stream.write, (pieces,) if isinstance(pieces, bytes) else pieces)
            stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon(sys.stdout)
        raise OperatorError(
            f"Standard output can't be written: {(error.strerror or 'unknown reason').lower()}."
        ) from None
    except BaseException:  # interrupted: at its end the interpreter would wait for the reader again
        abandon(sys.stdout)
        raise
