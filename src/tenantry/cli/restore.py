"""restore: a ledger out of a backup."""

from functools import partial

import click

from tenantry.backends.ledger.ledger import Ledger
from tenantry.cli.acting import Interruption
from tenantry.cli.exits import DONE
from tenantry.cli.files import lines_given
from tenantry.cli.history import url_of
from tenantry.cli.session import Session
from tenantry.engine.backup import checked, restore
from tenantry.engine.loading import load
from tenantry.model.words import counted
from tenantry.rendering.escape import plain


@click.command("restore")
@click.argument("file")
@click.pass_obj
def command(session: Session, file: str) -> int:
    """Make the ledger of the workspace out of FILE, which `tenantry backup` wrote, where there is none yet.

    It may be in another database than the one that the backup is of. A ledger that holds anything is left alone.
    """
    if file == "-":
        raise click.UsageError("A backup is read twice, first to see whether it is whole: give a file.")
    url = url_of(session, load(session.files))
    lines = partial(lines_given, file)
    checked(lines, file)  # before anything is made
    with Interruption() as interruption:
        found = session.place.writing(url)
        ledger = found if isinstance(found, Ledger) else session.place.make(url)
        try:
            seal = restore(lines, file, ledger)
        finally:
            ledger.close()
        interruption.telling()
        session.say(plain(f"restored {counted(seal.rows, 'row')} to {ledger.where}, {seal.digest}"))
    return interruption.code if interruption() else DONE
