"""plan: the difference and the verdict; nothing is written to the world."""

import datetime
from dataclasses import replace

import click

from tenantry.cli.checksum import CHECKSUM, refused
from tenantry.cli.exits import STALE, of_plans, worst
from tenantry.cli.options import ALLOW, AS_OF, CURRENT, DETAILED, FLAVOR, JOBS, MAX_BYTES, TENANTS, formats, request
from tenantry.cli.output import Formats, put, targets, told_beside, write_result
from tenantry.cli.session import Session
from tenantry.engine.asking import Request
from tenantry.engine.plan import plan_tenants
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Plan, PlanSet
from tenantry.model.words import counted
from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.view import unread


@click.command("plan")
@TENANTS
@formats(tuple(PLAN_FORMATS))
@click.option("--out", metavar="PLAN", help="Save the plan to this file.")
@AS_OF
@CURRENT
@ALLOW
@MAX_BYTES
@FLAVOR
@CHECKSUM
@DETAILED
@JOBS
@click.pass_obj
def command(  # noqa: PLR0913 - click's options
    session: Session,
    tenants: tuple[str, ...],
    labels: tuple[str, ...],
    formats: tuple[str, ...],
    out: str | None,
    as_of: datetime.date | None,
    jobs: int,
    current: tuple[str, ...],
    allow: tuple[str, ...],
    reason: str | None,
    max_bytes: int,
    checksum: str | None,
    *,
    detailed_exitcode: bool,
) -> int:
    """Show what would change in each tenant, in which order, and whether it may.

    TENANTS are ids or globs; without any, all tenants are planned.
    """
    wanted = targets(formats, PLAN_FORMATS, out)
    asked = request(session, tenants, labels, as_of=as_of, jobs=jobs, current=current, allow=allow, reason=reason)
    return show_plans(
        session, asked, wanted, out=out, max_bytes=max_bytes, detailed=detailed_exitcode, checksum=checksum
    )


def show_plans(  # noqa: PLR0913 - what, in which words, how, where
    session: Session,
    asked: Request,
    wanted: list[tuple[str, str]],
    *,
    out: str | None,
    max_bytes: int,
    detailed: bool,
    checksum: str | None = None,
) -> int:
    """Plan, render, save; the exit code. All is shown and saved where a checksum is wrong, too."""
    with session.counting("planned") as progress:
        plans, catalog = plan_tenants(replace(asked, progress=progress))
    if out is not None:
        write_result(out, PLAN_FORMATS["json"](plans, catalog, session.layout(max_bytes, {}, terminal=False)))
    put_plans(session, plans, catalog, wanted, max_bytes)
    code = of_plans(plans.problems, plans.plans, detailed=detailed)
    return worst(code, STALE) if refused(plans, checksum) else code


def put_plans(
    session: Session,
    plans: PlanSet,
    catalog: Catalog,
    wanted: list[tuple[str, str]],
    max_bytes: int,
    formats: Formats[PlanSet] = PLAN_FORMATS,
) -> None:
    """Render plans; where no text goes to standard output, people read the verdicts beside it."""
    held = {plan.tenant: plan.held for plan in plans.plans if plan.held is not None}
    put(session, plans, catalog, formats, wanted, max_bytes=max_bytes, held=held)
    if ("text", "-") not in wanted:
        last = {plan.tenant: _verdict(plan) for plan in plans.plans}
        missing = unread(plans.problems, plans.plans)
        last |= {tenant: f"not planned, {counted(count, 'problem')}" for tenant, count in missing.items()}
        told_beside(session, wanted, plans.problems, last)


def _verdict(plan: Plan) -> str:
    return f"{plan.verdict.replace('_', ' ')}{' (on hold)' if plan.held else ''}"
