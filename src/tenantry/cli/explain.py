"""explain: why a holder has, gets or loses a license."""

import datetime
from dataclasses import replace

import click

from tenantry.cli.exits import DONE
from tenantry.cli.options import AS_OF, CURRENT, formats, request
from tenantry.cli.output import put, targets
from tenantry.cli.session import Session
from tenantry.engine.explain import explain
from tenantry.rendering.formats import EXPLANATION_FORMATS


@click.command("explain")
@click.argument("holder")
@click.argument("license_id", metavar="[LICENSE]", required=False)
@click.option("--tenant", metavar="ID", help="The tenant, where several know the holder.")
@formats(tuple(EXPLANATION_FORMATS))
@AS_OF
@CURRENT
@click.pass_obj
def command(  # noqa: PLR0913 - click's options
    session: Session,
    holder: str,
    license_id: str | None,
    tenant: str | None,
    formats: tuple[str, ...],
    as_of: datetime.date | None,
    current: tuple[str, ...],
) -> int:
    """Tell why HOLDER (user:ada@contoso.example, service:ID, virtual_user:ID) has, gets or loses a license."""
    wanted = targets(formats, EXPLANATION_FORMATS)
    asked = request(session, (tenant,) if tenant else (), as_of=as_of, current=current)
    with session.counting("searched") as progress:
        explanation, catalog = explain(replace(asked, progress=progress), holder, license_id)
    put(session, explanation, catalog, EXPLANATION_FORMATS, wanted)
    return DONE
