"""reviewed: the effect that the comment of a merged pull request tells, for --checksum."""

import click

from tenantry.cli.exits import DONE
from tenantry.cli.forge import FORGE, KEY, here
from tenantry.cli.output import to_stdout
from tenantry.errors import OperatorError
from tenantry.forges.sticky import reviewed


@click.command("reviewed")
@FORGE
@KEY
def command(forge: str | None, key: str | None) -> int:
    """Print the effect of the plan that was reviewed in the pull request whose merge made this commit.

    Only a comment of the token's own author counts, which is who ran `tenantry comment`. Exit code 4 where there is
    none: then nothing was reviewed, and nothing is to be applied unasked.
    """
    around = here(forge, key)
    commit = around.commit()
    if around.forge is None:
        raise OperatorError(f"{around.token} isn't set, so what was reviewed can't be read.")
    to_stdout(f"{reviewed(around.forge, around.marker, commit, around.wait)}\n")
    return DONE
