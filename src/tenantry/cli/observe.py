"""observe: what the portal and the directory show, recorded in the ledger."""

import click

from tenantry.cli.acting import actor, claimant, writable_ledger
from tenantry.cli.exits import of_outcomes
from tenantry.cli.files import read_given
from tenantry.cli.options import ALLOW, CREATE_LEDGER, formats, request
from tenantry.cli.output import put, targets
from tenantry.cli.session import Session
from tenantry.documents.layout import TENANT_ID
from tenantry.engine.facts import Given, Told
from tenantry.engine.observe import Observing, observe
from tenantry.rendering.formats import OBSERVATION_FORMATS

NOTHING = "Nothing to observe: give --state, --contingency, --counters, --snapshot or --directory, or several."


@click.command("observe")
@click.argument("tenant")
@click.option("--state", metavar="STATE", help="The tenant state that the portal shows.")
@click.option("--contingency", multiple=True, metavar="LICENSE=N", help="What was bought (or unlimited). Repeatable.")
@click.option("--counters", metavar="FILE", help="A CSV with License, Total, Used.")
@click.option("--snapshot", metavar="FILE", help="A snapshot JSON; the sections in it replace what was known.")
@click.option("--directory", "accounts", metavar="FILE", help="A CSV with userPrincipalName, id, accountEnabled.")
@formats(tuple(OBSERVATION_FORMATS))
@ALLOW
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

    Facts are recorded as they are, also those above what was bought. TENANT may have no file yet.
    """
    wanted = targets(formats, OBSERVATION_FORMATS)
    if TENANT_ID.match(tenant) is None:
        raise click.UsageError(f"{tenant!r} can't be a tenant's id: up to 63 of a-z, 0-9 and -, not beginning with -.")
    if not (state or contingency or counters or snapshot or accounts):
        raise click.UsageError(NOTHING)
    asked = request(session, allow=allow, reason=reason)
    told = Told(
        state=state,
        contingency=contingency,
        counters=_given(counters),
        snapshot=_given(snapshot),
        directory=_given(accounts),
    )
    acting = actor(session)
    outcome, catalog = observe(
        Observing(
            request=asked,
            tenant=tenant,
            told=told,
            actor=acting,
            claimant=claimant(acting),
            ledger=lambda url: writable_ledger(session, url, create=create_ledger),
        )
    )
    put(session, (outcome,), catalog, OBSERVATION_FORMATS, wanted)
    return of_outcomes((outcome,))


def _given(path: str | None) -> Given | None:
    return None if path is None else (path, read_given(path))
