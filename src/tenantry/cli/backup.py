"""backup: the whole ledger in one file."""

import click

from tenantry.backends.ledger.ledger import Ledger
from tenantry.cli.exits import DONE
from tenantry.cli.history import ledger_of
from tenantry.cli.output import write_result
from tenantry.cli.session import Session
from tenantry.documents.backup import Seal
from tenantry.engine.backup import backup
from tenantry.engine.loading import load
from tenantry.errors import OperatorError
from tenantry.model.words import counted
from tenantry.rendering.escape import plain


@click.command("backup")
@click.argument("file")
@click.pass_obj
def command(session: Session, file: str) -> int:
    """Write the whole ledger of this moment into FILE (`-`: standard output); others may go on writing to it meanwhile.

    Equal ledgers give equal files, be they in SQLite or in PostgreSQL. Only its owner can read the file, since it names
    people. `tenantry restore` makes a ledger of it.
    """
    ledger = ledger_of(session, load(session.files))
    if not isinstance(ledger, Ledger):
        raise OperatorError(f"There is no ledger at {ledger.missing} yet.", "Name another one with --backend.")
    seal = Seal()
    try:
        pieces = backup(ledger, seal)
        write_result(file, pieces, private=True)
    finally:
        ledger.close()
    session.say(plain(f"wrote {file}: {counted(seal.rows, 'row')} of {ledger.where}, {seal.digest}"))
    return DONE
