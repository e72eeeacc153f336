"""show: a saved plan or a run of the ledger in any format, or what moved between two."""

import click

from tenantry.cli.exits import DONE
from tenantry.cli.files import read_given
from tenantry.cli.history import ledger_of
from tenantry.cli.options import FLAVOR, MAX_BYTES, formats
from tenantry.cli.output import targets, to_stdout
from tenantry.cli.plan import put_plans
from tenantry.cli.session import Session
from tenantry.documents.catalog import BUILTIN, builtin
from tenantry.engine.history import run_of
from tenantry.engine.loading import load
from tenantry.engine.saved import refuse, saved
from tenantry.errors import AuthorError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import PlanSet
from tenantry.model.run import Run
from tenantry.planning.moved import moved
from tenantry.rendering.formats import PLAN_FORMATS, run_formats


@click.command("show")
@click.argument("plan", metavar="FILE|RUN")
@click.option("--against", metavar="FILE|RUN", help="Tell what moved from this earlier one.")
@formats(tuple(PLAN_FORMATS))
@MAX_BYTES
@FLAVOR
@click.pass_obj
def command(session: Session, plan: str, against: str | None, formats: tuple[str, ...], max_bytes: int) -> int:
    """Show a saved plan, or a run of the ledger, in any format.

    An argument with / or ending in .json is a file; one that was changed after it was saved is refused. Of a run that
    is no apply the text tells what was noted; the other formats are those of a plan.
    """
    if against is not None and formats:
        raise click.UsageError("--against tells what moved as text; it takes no --format.")
    wanted = targets(formats, PLAN_FORMATS)
    catalog = catalog_in_force(session)
    run, plans = _found(session, plan, catalog)
    if against is None:
        rendered = PLAN_FORMATS if run is None else run_formats(run)
        put_plans(session, plans, catalog, wanted, max_bytes, rendered)
        return DONE
    from tenantry.rendering.text import moves_text  # noqa: PLC0415 - only here

    _, earlier = _found(session, against, catalog)
    to_stdout(moves_text(moved(earlier, plans), session.layout(max_bytes, {}, terminal=True)))
    return DONE


def _found(session: Session, name: str, catalog: Catalog) -> tuple[Run | None, PlanSet]:
    """What a name stands for; without a run where it is a file."""
    if not is_file(name):
        return run_of(ledger_of(session, load(session.files)), name)
    plans, problems = saved(name, read_given(name), catalog)
    refuse(problems)
    if plans is None:
        raise AuthorError(f"{name} is not a saved plan.")
    return None, plans


def is_file(argument: str) -> bool:
    """Whether an argument names a file, and not a tenant or a run."""
    return "/" in argument or "\\" in argument or argument.endswith(".json")


def catalog_in_force(session: Session) -> Catalog:
    """The catalog of the workspace, or, where there is none around, the built-in one."""
    try:
        files = session.files
    except AuthorError:
        return builtin(BUILTIN[0])
    return load(files).workspace.catalog
