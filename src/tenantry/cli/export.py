"""export: the current state of a tenant as a snapshot."""

import click

from tenantry.cli.exits import DONE
from tenantry.cli.files import write_given
from tenantry.cli.options import request
from tenantry.cli.output import to_stdout
from tenantry.cli.session import Session
from tenantry.engine.export import export


@click.command("export")
@click.argument("tenant")
@click.option("--out", metavar="FILE", help="Write it to this file, not to standard output.")
@click.pass_obj
def command(session: Session, tenant: str, out: str | None) -> int:
    """Print what the ledger knows of TENANT, as snapshot JSON.

    `plan --current FILE` with it plans what `plan` with the ledger does.
    """
    text = export(request(session), tenant)
    to_stdout(text) if out is None else write_given(out, text)
    return DONE
