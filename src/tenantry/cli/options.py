"""Options that several commands share, and what becomes of them."""

import datetime
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from tenantry.backends.no_ledger import NoLedger
from tenantry.cli.files import read_given
from tenantry.cli.runners import runner_here
from tenantry.cli.session import Session
from tenantry.cli.workers import leave_at_once
from tenantry.documents.text import named
from tenantry.engine.asking import Allowance, Request
from tenantry.engine.loading import Selection
from tenantry.model.tenant import TENANT_ID
from tenantry.planning.bought import NOTHING_ASSUMED, Assumed
from tenantry.rendering.flavors import FLAVORS, GITHUB

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[datetime.date]):
    """A day as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The day, or a usage error."""
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(value if len(value) == 10 else "")
        except ValueError:
            self.fail(f"{value!r} is not a day like 2026-12-31.", param, ctx)


class Seconds(click.ParamType[float]):
    """A time like 30s, 2m, 1h, 7d, or a number of seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The time in seconds, or a usage error."""
        found = re.fullmatch(r"(\d{1,6})([smhd]?)", str(value), re.ASCII)
        if found is None:
            self.fail(f"{value!r} is not a time like 30s, 2m, 36h or 7d.", param, ctx)
        return int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def all_of(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown in their order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def formats(names: tuple[str, ...]) -> Callable[[Command], Command]:
    """The option for the formats that a command knows."""
    return click.option(
        "--format",
        "formats",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help=f"One of {', '.join(names)}; to FILE, or to standard output (-). Repeatable.",
    )


LABELS = click.option(
    "-l", "--label", "labels", multiple=True, metavar="KEY=VALUE", help="Only tenants with this label."
)
TENANTS = all_of(click.argument("tenants", nargs=-1, metavar="[TENANTS]..."), LABELS)
AS_OF = click.option(
    "--as-of", type=Day(), metavar="DATE", help="Judge dates by this day; default today, in the tenant's zone."
)
CURRENT = click.option(
    "--current",
    multiple=True,
    metavar="FILE",
    help="The current state from a snapshot JSON. Repeatable, one a tenant.",
)


def allowing(what: str, kept: str) -> Callable[[Command], Command]:
    """The options that let something pass, with a reason, and where that stays."""
    return all_of(
        click.option(
            "--allow",
            multiple=True,
            metavar="RULE[:TENANT]",
            allow_from_autoenv=False,
            help=f"Let {what} pass, with --reason.",
        ),
        click.option("--reason", metavar="TEXT", allow_from_autoenv=False, help=f"Why; it stays {kept}."),
    )


ALLOW = allowing("a waivable rule", "in the plan")
MAX_BYTES = click.option(
    "--max-bytes",
    type=click.IntRange(min=2000),
    default=60_000,
    show_default=True,
    help="The size that Markdown may have.",
)


def forge_here() -> str:
    """The forge on whose runner this is called; elsewhere GitHub, whose Markdown most others read."""
    runner = runner_here()
    return runner.forge if runner else GITHUB.name


def _flavored(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    ctx.obj = replace(ctx.ensure_object(Session), flavor=FLAVORS[value or forge_here()])


FLAVOR = click.option(
    "--flavor",
    type=click.Choice(tuple(FLAVORS)),
    expose_value=False,
    callback=_flavored,
    help="The forge that reads the Markdown; default the one whose runner this is, else github.",
)
JOBS = click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Tenants that are worked on side by side."
)
CREATE_LEDGER = click.option(
    "--create-ledger",
    is_flag=True,
    allow_from_autoenv=False,
    help="Make the ledger if there is none, in CI too.",
)
LOCK_TIMEOUT = click.option(
    "--lock-timeout",
    type=Seconds(),
    default="0",
    show_default=True,
    metavar="TIME",
    help="How long to wait for a tenant's lock, like 30s or 2m.",
)
MAX_AGE = click.option(
    "--max-age",
    type=Seconds(),
    metavar="TIME",
    help="Refuse a saved plan that is older, like 36h or 7d, with 4; its age is counted in whole days.",
)
DETAILED = click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where a valid plan has changes.")


def request(  # noqa: PLR0913 - the options of the question
    session: Session,
    tenants: tuple[str, ...] = (),
    labels: tuple[str, ...] = (),
    *,
    as_of: datetime.date | None = None,
    current: tuple[str, ...] = (),
    allow: tuple[str, ...] = (),
    reason: str | None = None,
    assumed: Assumed = NOTHING_ASSUMED,
    jobs: int = 1,
    ledger: bool = True,
) -> Request:
    """The question that a command's options put; click.UsageError where they don't fit together."""
    if allow and not (reason and reason.strip()):
        raise click.UsageError("--allow needs --reason: a waiver without a reason helps nobody.")
    if reason and not allow:
        raise click.UsageError("--reason goes with --allow.")
    if reason and not reason.isprintable():
        raise click.UsageError("--reason holds a character that can't be shown.")
    wanted = []
    for label in labels:
        key, equals, value = label.partition("=")
        if not equals or not key:
            raise click.UsageError(f"{label!r} is no label; write KEY=VALUE.")
        wanted.append((key, value))
    return Request(
        files=session.files,
        backend=session.place.reading if ledger else NoLedger,
        now=session.now,
        selection=Selection(patterns=tenants, labels=tuple(wanted)),
        as_of=as_of,
        snapshots=tuple((named(path), read_given(path)) for path in current),
        allowances=tuple(_allowance(text) for text in allow),
        reason=(reason or "").strip(),
        assumed=assumed,
        jobs=jobs,
        begin=leave_at_once,
    )


def tenant_id(text: str) -> str:
    """The id of a tenant that may have no file; click.UsageError where a call gives something else."""
    if "/" in text or "\\" in text or text.endswith((".json", ".yaml", ".yml")):
        raise click.UsageError(f"{text!r} is a file; give the tenant's id.")
    if TENANT_ID.match(text) is None:
        raise click.UsageError(f"{text!r} can't be a tenant's id: up to 63 of a-z, 0-9 and -, not beginning with -.")
    return text


def _allowance(text: str) -> Allowance:
    rule, colon, tenant = text.partition(":")
    if not rule or (colon and not tenant):
        raise click.UsageError(f"{text!r} is no allowance; write RULE or RULE:TENANT.")
    return Allowance(rule, tenant or None)
