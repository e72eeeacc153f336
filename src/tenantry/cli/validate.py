"""validate: the files alone."""

import datetime
from dataclasses import replace

import click

from tenantry.cli.exits import DONE, ERROR, REJECTED
from tenantry.cli.options import ALLOW, AS_OF, CURRENT, JOBS, TENANTS, formats, request
from tenantry.cli.output import put, targets
from tenantry.cli.session import Session
from tenantry.engine.validate import validate
from tenantry.model.plan import HELD
from tenantry.rendering.formats import VALIDATION_FORMATS


@click.command("validate")
@TENANTS
@formats(tuple(VALIDATION_FORMATS))
@AS_OF
@CURRENT
@ALLOW
@JOBS
@click.pass_obj
def command(  # noqa: PLR0913 - click's options
    session: Session,
    tenants: tuple[str, ...],
    labels: tuple[str, ...],
    formats: tuple[str, ...],
    as_of: datetime.date | None,
    jobs: int,
    current: tuple[str, ...],
    allow: tuple[str, ...],
    reason: str | None,
) -> int:
    """Check the files of the workspace. With --current it judges like plan."""
    wanted = targets(formats, VALIDATION_FORMATS)
    asked = request(
        session, tenants, labels, as_of=as_of, jobs=jobs, current=current, allow=allow, reason=reason, ledger=False
    )
    with session.counting("validated") as progress:
        validation, catalog = validate(replace(asked, progress=progress))
    put(session, validation, catalog, VALIDATION_FORMATS, wanted)
    if validation.problems:
        return ERROR
    rejects = any(
        finding.rejects
        for judged in validation.tenants
        if not any(finding.rule == HELD for finding in judged.findings)
        for finding in judged.findings
    )
    return REJECTED if rejects else DONE
