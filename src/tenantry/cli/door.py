"""The group of commands, and the one place where errors become exit codes."""

import gc
import importlib
import signal
import sys
from dataclasses import replace
from typing import Any

import click
from click.core import ParameterSource

from tenantry import __version__
from tenantry.errors import CallerError, PlanAgainError, TenantryError, UnknownError

COMMANDS = {
    "demo": "Walk a sample workspace in a temporary folder: plan, rejection, repair, apply, history, report.",
    "init": "Make a new workspace with an example tenant, a ledger and editor settings.",
    "validate": "Check the files alone; nothing else is asked.",
    "plan": "Show what would change, and whether it may.",
    "apply": "Carry out a saved plan, or plan, show, ask and carry out; nothing is sent to Nimbus.",
    "history": "Tell who changed what and when: the runs of the ledger.",
    "show": "Show a saved plan or a run in any format, or what moved between two.",
    "drift": "Show what the world has moved since the last apply that the files say otherwise.",
    "report": "Tell the usage of licenses.",
    "observe": "Record what the portal shows, and tell where ledger and vendor disagree.",
    "export": "Print what the ledger knows of a tenant, as a snapshot.",
    "backup": "Write the whole ledger into one file.",
    "restore": "Make a ledger out of a backup, in this or another database.",
    "explain": "Tell why a holder has, gets or loses a license.",
    "whatif": "Plan under another contingency, state or day; nothing is written.",
    "rules": "List the rules, or tell all about one.",
    "comment": "Show a plan as the one comment of the pull request in which a pipeline runs.",
    "reviewed": "Print the effect of the plan that was reviewed in the pull request merged as this commit.",
    "schema": "Print the JSON Schema of a kind of document.",
    "doctor": "Look at the installation, the workspace and its ledger, and tell what isn't well.",
    "completion": "Print the completion script for a shell.",
}
"""Every command with its line in the help, so that the help imports none of them."""

USAGE = 64
INTERRUPTED = 130
ERROR = 1
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What asks a command to end: a key, a runner, a terminal that is closed."""
_CODES = ((CallerError, USAGE), (PlanAgainError, 4), (UnknownError, 5))
"""What ends a command otherwise than with ERROR, beyond what came out of it."""


def _variable(option: click.Option) -> str | None:
    """The environment variable that mirrors an option: TENANTRY_AS_OF for --as-of, whatever the command."""
    long = next((name for name in option.opts if name.startswith("--")), None)
    return f"TENANTRY_{long[2:].replace('-', '_').upper()}" if long else None


def _into_session(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep what a global option says for the command that runs."""
    from tenantry.cli.session import Session  # noqa: PLC0415 - a help text needs none

    session = ctx.ensure_object(Session)
    source = ctx.get_parameter_source(str(param.name))
    said_before = ctx.parent is not None and source is ParameterSource.ENVIRONMENT  # and less than the command line
    if source is not ParameterSource.DEFAULT and not said_before:
        ctx.obj = replace(session, **{str(param.name): value})


GLOBAL: tuple[click.Option, ...] = (
    click.Option(
        ["-C", "directory"],
        metavar="DIR",
        default=".",
        help="Start in this folder instead of the current one.",
        callback=_into_session,
        expose_value=False,
    ),
    click.Option(
        ["--backend"],
        metavar="URL",
        help="The ledger, in place of the one that tenantry.yaml names; relative to the workspace.",
        callback=_into_session,
        expose_value=False,
    ),
    click.Option(
        ["--color"],
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Color in the terminal; auto heeds NO_COLOR.",
        callback=_into_session,
        expose_value=False,
    ),
    click.Option(
        ["-q", "--quiet"],
        is_flag=True,
        help="Say nothing on standard error but errors.",
        callback=_into_session,
        expose_value=False,
    ),
    click.Option(
        ["--no-input"],
        is_flag=True,
        help="Never ask anything.",
        callback=_into_session,
        expose_value=False,
    ),
)
"""Options that may stand before or behind the name of a command."""


class LateGroup(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of all commands, in the order of a first day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of this name, imported now; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tenantry.cli.{cmd_name}")
        command: click.Command = module.command
        command.params.extend(option for option in GLOBAL if option not in command.params)
        for option in command.params:
            if isinstance(option, click.Option) and option.allow_from_autoenv:
                option.envvar = _variable(option)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was meant; UsageError with the nearest name where there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib  # noqa: PLC0415 - only where a name was mistyped

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if not close:
                raise
            raise click.UsageError(f"{error.message} Did you mean {close[0]}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Each command with its line, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LateGroup,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "TENANTRY",
        "max_content_width": 100,
    },
    epilog="Exit codes: 0 done, 1 error, 2 changes or drift (with --detailed-exitcode), 3 rejected, 4 stale, changed "
    "or unreviewed plan or lock held, 5 outcome unknown, 64 usage, 130 or 143 interrupted.",
)
@click.version_option(__version__, message="tenantry %(version)s")
def group() -> None:
    """Keep who holds which license of a Nimbus tenant in git, and see the effect before it happens."""


group.params.extend(GLOBAL)


def main(args: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    # A call makes hundreds of thousands of values that live to its end and hardly any circle: the collector would look
    # at them again and again, for a sixth of the time of a large plan.
    gc.set_threshold(200_000, 50, 100)
    for number in ENDING[1:]:  # a key is Python's own matter
        if signal.getsignal(number) is signal.SIG_DFL:  # what the caller ignores stays ignored, as `nohup` has it
            signal.signal(number, _terminate)
    sys.exit(run(args))


class _Terminated(BaseException):
    """The system asked the command to end, by the signal of this number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _terminate(number: int, _: object) -> None:
    raise _Terminated(number)


def run(args: list[str] | None = None) -> int:  # noqa: PLR0911 - one way out a kind of failure
    """Run the command line; the exit code of contract and shell."""
    try:
        code: Any = group.main(args=args, prog_name="tenantry", standalone_mode=False)
    except click.exceptions.Abort:
        return _say("interrupted", "", INTERRUPTED)
    except KeyboardInterrupt:
        return _say("interrupted", "", INTERRUPTED)
    except _Terminated as error:
        return _say("terminated", "", 128 + error.number)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.ClickException as error:
        from tenantry.cli.screen import tell  # noqa: PLC0415 - only on the way out of an error

        usage = error.ctx.get_usage() + "\n" if isinstance(error, click.UsageError) and error.ctx else ""
        tell(usage, nl=False)
        return _say(error.format_message(), "", USAGE)
    except TenantryError as error:
        return _say(str(error), error.hint, next((code for kind, code in _CODES if isinstance(error, kind)), ERROR))
    except BrokenPipeError:
        from tenantry.cli.screen import abandon  # noqa: PLC0415 - whoever read has left

        abandon(sys.stdout)
        return ERROR
    return code if isinstance(code, int) else 0


def _say(message: str, hint: str, code: int) -> int:
    from tenantry.cli.screen import tell  # noqa: PLC0415 - only on the way out of an error
    from tenantry.rendering.escape import plain  # noqa: PLC0415 - as above

    tell(f"error: {plain(' '.join(message.split()))}")
    if hint:
        tell(f"hint: {plain(hint)}")
    return code
