"""report: the usage of licenses."""

import datetime
from dataclasses import replace

import click

from tenantry.cli.exits import DONE, ERROR
from tenantry.cli.options import AS_OF, CURRENT, FLAVOR, JOBS, MAX_BYTES, TENANTS, formats, request
from tenantry.cli.output import put, targets, told_beside
from tenantry.cli.session import Session
from tenantry.engine.report import report
from tenantry.model.words import counted
from tenantry.rendering.formats import LISTING, REPORT_BESIDE, REPORT_FORMATS, report_formats
from tenantry.rendering.report_csv import DIALECTS
from tenantry.rendering.view import unread


@click.command("report")
@TENANTS
@formats(tuple(REPORT_FORMATS))
@AS_OF
@CURRENT
@MAX_BYTES
@FLAVOR
@click.option(
    "--csv-dialect",
    type=click.Choice(tuple(DIALECTS)),
    default="excel",
    show_default=True,
    help="What stands between the cells of CSV: excel a comma, excel-eu a semicolon.",
)
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
    max_bytes: int,
    csv_dialect: str,
) -> int:
    """Tell what was bought, assigned and is available, by license, organization unit and cost center.

    The exit code is 0 whatever the report finds, and 1 for what can't be read.
    """
    wanted = targets(formats, REPORT_FORMATS)
    listing = any(name in LISTING for name, _ in wanted)
    asked = request(session, tenants, labels, as_of=as_of, jobs=jobs, current=current)
    with session.counting("counted") as progress:
        told, catalog = report(replace(asked, progress=progress), holders=listing)
    put(session, told, catalog, report_formats(csv_dialect), wanted, max_bytes=max_bytes, beside=REPORT_BESIDE)
    if ("text", "-") not in wanted:
        missing = unread(told.problems, told.tenants)
        last = {tenant: f"not reported, {counted(count, 'problem')}" for tenant, count in missing.items()}
        told_beside(session, wanted, told.problems, last)
    return ERROR if told.problems else DONE
