"""drift: what the world has that the files don't say."""

from dataclasses import replace

import click

from tenantry.cli.exits import CHANGES, DONE, ERROR
from tenantry.cli.options import DETAILED, FLAVOR, MAX_BYTES, TENANTS, formats, request
from tenantry.cli.output import targets
from tenantry.cli.plan import put_plans
from tenantry.cli.session import Session
from tenantry.engine.drift import drift
from tenantry.rendering.formats import PLAN_FORMATS

DRIFTED = frozenset(("contract-disagrees", "counters-disagree", "state-forbids-changes"))
"""Rules by which the world has moved although no license of a holder has."""


@click.command("drift")
@TENANTS
@formats(tuple(PLAN_FORMATS))
@MAX_BYTES
@FLAVOR
@DETAILED
@click.pass_obj
def command(
    session: Session,
    tenants: tuple[str, ...],
    labels: tuple[str, ...],
    formats: tuple[str, ...],
    max_bytes: int,
    *,
    detailed_exitcode: bool,
) -> int:
    """Show what the world has moved since the last apply and the files say otherwise.

    What is shown would set the world back. Files that are ahead of the world are no drift.
    """
    wanted = targets(formats, PLAN_FORMATS)
    asked = request(session, tenants, labels)
    with session.counting("compared") as progress:
        plans, catalog = drift(replace(asked, progress=progress))
    put_plans(session, plans, catalog, wanted, max_bytes)
    if plans.problems:
        return ERROR
    drifts = any(plan.verdict == "ready" or DRIFTED & {item.rule for item in plan.findings} for plan in plans.plans)
    return CHANGES if detailed_exitcode and drifts else DONE
