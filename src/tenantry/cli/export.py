"""export: the current state of a tenant as a snapshot, or a snapshot that was rejected."""

import click

from tenantry.cli.exits import DONE
from tenantry.cli.options import request, tenant_id
from tenantry.cli.output import write_result
from tenantry.cli.session import Session
from tenantry.engine.export import export, kept


@click.command("export")
@click.argument("tenant")
@click.option("--run", "run_id", metavar="RUN", help="The snapshot that RUN kept because observe rejected it.")
@click.option("--out", metavar="FILE", help="Write it to this file, not to standard output.")
@click.pass_obj
def command(session: Session, tenant: str, run_id: str | None, out: str | None) -> int:
    """Print what the ledger knows of TENANT, as snapshot JSON.

    `plan --current FILE` with it plans what `plan` with the ledger does, but for what the vendor counted beyond the
    ledger and for the directory, which no snapshot tells. With --run it prints a snapshot that was rejected: `show RUN`
    names it, and `observe TENANT --snapshot FILE --allow mass-disappearance` lets it pass.
    """
    asked, name = request(session), tenant_id(tenant)
    text = export(asked, name) if run_id is None else kept(asked, name, run_id)
    write_result("-" if out is None else out, text)
    return DONE
