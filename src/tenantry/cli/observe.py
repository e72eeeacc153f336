"""observe: what the portal and the directory show, recorded in the ledger."""

import click

from tenantry.cli.acting import Interruption, actor, claimant, writable_ledger
from tenantry.cli.exits import of_outcomes
from tenantry.cli.files import content_given
from tenantry.cli.options import CREATE_LEDGER, allowing, formats, request, tenant_id
from tenantry.cli.output import outcomes_beside, put, targets, told_anyway, writable
from tenantry.cli.session import Session
from tenantry.engine.facts import Told
from tenantry.engine.observe import Observing, observe
from tenantry.planning.disappearance import RULE
from tenantry.rendering.formats import OBSERVATION_FORMATS

NOTHING = "Nothing to observe: give --state, --contingency, --counters, --snapshot or --directory, or several."

ALLOW_DISAPPEARANCE = allowing(f"{RULE} (a snapshot that lacks most of a section)", "on record")


@click.command("observe")
@click.argument("tenant")
@click.option("--state", metavar="STATE", help="The tenant state that the portal shows, by id or label.")
@click.option(
    "--contingency",
    multiple=True,
    metavar="LICENSE=N",
    help="What was bought (or unlimited) of a license, by id or label. Repeatable.",
)
@click.option("--counters", metavar="FILE", help="A CSV with License, Total, Used.")
@click.option("--snapshot", metavar="FILE", help="A snapshot JSON; the sections in it replace what was known.")
@click.option("--directory", "accounts", metavar="FILE", help="A CSV with userPrincipalName, id, accountEnabled.")
@formats(tuple(OBSERVATION_FORMATS))
@ALLOW_DISAPPEARANCE
@CREATE_LEDGER
@click.pass_obj
def command(  # noqa: PLR0913 - click's options
    session: Session,
    tenant: str,
    state: str | None,
    contingency: tuple[str, ...],
    counters: str | None,
    snapshot: str | None,
    accounts: str | None,
    formats: tuple[str, ...],
    allow: tuple[str, ...],
    reason: str | None,
    *,
    create_ledger: bool,
) -> int:
    """Record what the portal shows of TENANT, and tell where ledger and vendor disagree.

    Facts are recorded as they are, also those above what was bought. TENANT may have no file yet. A snapshot that lacks
    most of what was known is rejected and kept: `show RUN` tells it, and `export TENANT --run RUN` prints it. What was
    noted stays with the run: `show RUN`.
    """
    wanted, name = targets(formats, OBSERVATION_FORMATS), tenant_id(tenant)
    if not (state or contingency or counters or snapshot or accounts):
        raise click.UsageError(NOTHING)
    writable(wanted)
    asked = request(session, allow=allow, reason=reason)
    files = {"counters": counters, "snapshot": snapshot, "directory": accounts}
    told = Told(state=state, contingency=contingency, read=content_given, **files)
    acting = actor(session)
    with Interruption() as interruption:
        observing = Observing(
            request=asked,
            tenant=name,
            told=told,
            actor=acting,
            claimant=claimant(acting),
            ledger=lambda url: writable_ledger(session, url, create=create_ledger),
            stopped=interruption,
        )
        outcome, catalog = observe(observing)
        interruption.telling()
        with told_anyway(session, (outcome,), catalog, OBSERVATION_FORMATS):
            put(session, (outcome,), catalog, OBSERVATION_FORMATS, wanted)
        outcomes_beside(session, wanted, (outcome,))
    return interruption.code if interruption() else of_outcomes((outcome,))
