"""completion: the script that completes commands and options in a shell."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from tenantry.cli.door import group
from tenantry.cli.exits import DONE
from tenantry.cli.output import to_stdout

SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> int:
    """Print the completion script for a shell: source <(tenantry completion bash)."""
    complete = SHELLS[shell](group, {}, "tenantry", "_TENANTRY_COMPLETE")
    to_stdout(complete.source() + "\n")
    return DONE
