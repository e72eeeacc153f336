"""whatif: a plan under suppositions; nothing is written, and nothing can be applied from it."""

import datetime
from typing import Any

import click

from tenantry.cli.options import ALLOW, AS_OF, CURRENT, DETAILED, JOBS, MAX_BYTES, TENANTS, formats, request
from tenantry.cli.output import targets
from tenantry.cli.plan import show_plans
from tenantry.cli.session import Session
from tenantry.engine.loading import load
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Units
from tenantry.planning.bought import Assumed
from tenantry.rendering.formats import PLAN_FORMATS


@click.command("whatif")
@TENANTS
@click.option("--set", "supposed", multiple=True, metavar="LICENSE=N", help="Suppose this contingency (or unlimited).")
@click.option("--set-state", metavar="STATE", help="Suppose this tenant state.")
@formats(tuple(PLAN_FORMATS))
@AS_OF
@CURRENT
@ALLOW
@MAX_BYTES
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
    assumed = Assumed(contingency=dict(_supposed(text, catalog) for text in supposed), state=_state(set_state, catalog))
    asked = request(
        session, tenants, labels, as_of=as_of, jobs=jobs, current=current, allow=allow, reason=reason, assumed=assumed
    )
    return show_plans(session, asked, wanted, out=None, max_bytes=max_bytes, detailed=detailed_exitcode)


def _supposed(text: str, catalog: Catalog) -> tuple[str, Units]:
    license_id, _, number = text.partition("=")
    if license_id not in catalog.licenses:
        raise click.UsageError(f"There is no license {license_id!r}; there are: {', '.join(catalog.licenses)}.")
    if number == "unlimited":
        return license_id, "unlimited"
    if not (number.isascii() and number.isdigit() and len(number) <= 10 and int(number) <= 10**9):
        raise click.UsageError(f"{text!r}: write LICENSE=N with a whole number up to 1000000000, or unlimited.")
    return license_id, int(number)


def _state(state: Any, catalog: Catalog) -> str | None:
    if state is not None and state not in catalog.states:
        raise click.UsageError(f"There is no state {state!r}; there are: {', '.join(catalog.states)}.")
    return None if state is None else str(state)
