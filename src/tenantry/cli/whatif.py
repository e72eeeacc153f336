"""whatif: a plan under suppositions; nothing is written, and nothing can be applied from it."""

import datetime

import click

from tenantry.cli.options import ALLOW, AS_OF, CURRENT, DETAILED, FLAVOR, JOBS, MAX_BYTES, TENANTS, formats, request
from tenantry.cli.output import targets
from tenantry.cli.plan import show_plans
from tenantry.cli.session import Session
from tenantry.engine.loading import load
from tenantry.engine.naming import contingency_of, state_of
from tenantry.planning.bought import Assumed
from tenantry.rendering.formats import PLAN_FORMATS


@click.command("whatif")
@TENANTS
@click.option(
    "--set",
    "supposed",
    multiple=True,
    metavar="LICENSE=N",
    help="Suppose this contingency (or unlimited) of a license, by id or label.",
)
@click.option("--set-state", metavar="STATE", help="Suppose this tenant state, by id or label.")
@formats(tuple(PLAN_FORMATS))
@AS_OF
@CURRENT
@ALLOW
@MAX_BYTES
@FLAVOR
@DETAILED
@JOBS
@click.pass_obj
def command(  # noqa: PLR0913 - click's options
    session: Session,
    tenants: tuple[str, ...],
    labels: tuple[str, ...],
    supposed: tuple[str, ...],
    set_state: str | None,
    formats: tuple[str, ...],
    as_of: datetime.date | None,
    jobs: int,
    current: tuple[str, ...],
    allow: tuple[str, ...],
    reason: str | None,
    max_bytes: int,
    *,
    detailed_exitcode: bool,
) -> int:
    """Plan under another contingency, state or day."""
    wanted = targets(formats, PLAN_FORMATS)
    catalog = load(session.files).workspace.catalog
    assumed = Assumed(
        contingency=dict(contingency_of(text, catalog) for text in supposed),
        state=None if set_state is None else state_of(set_state, catalog),
    )
    asked = request(
        session, tenants, labels, as_of=as_of, jobs=jobs, current=current, allow=allow, reason=reason, assumed=assumed
    )
    return show_plans(session, asked, wanted, out=None, max_bytes=max_bytes, detailed=detailed_exitcode)
