"""show: a saved plan in any format, or what moved between two."""

import click

from tenantry.cli.exits import DONE
from tenantry.cli.files import read_given
from tenantry.cli.options import MAX_BYTES, formats
from tenantry.cli.output import targets, to_stdout
from tenantry.cli.plan import put_plans
from tenantry.cli.session import Session
from tenantry.documents.catalog import BUILTIN, builtin
from tenantry.engine.compare import refuse, saved
from tenantry.engine.loading import load
from tenantry.errors import AuthorError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import PlanSet
from tenantry.planning.moved import moved
from tenantry.rendering.formats import PLAN_FORMATS


@click.command("show")
@click.argument("file")
@click.option("--against", metavar="FILE", help="Tell what moved from this earlier plan.")
@formats(tuple(PLAN_FORMATS))
@MAX_BYTES
@click.pass_obj
def command(session: Session, file: str, against: str | None, formats: tuple[str, ...], max_bytes: int) -> int:
    """Show a saved plan in any format; a file that was changed after it was saved is refused."""
    if against is not None and formats:
        raise click.UsageError("--against tells what moved as text; it takes no --format.")
    wanted = targets(formats, PLAN_FORMATS)
    catalog = catalog_in_force(session)
    plans = _saved(file, catalog)
    if against is None:
        put_plans(session, plans, catalog, wanted, max_bytes)
        return DONE
    from tenantry.rendering.text import moves_text  # noqa: PLC0415 - only here

    to_stdout(moves_text(moved(_saved(against, catalog), plans)))
    return DONE


def _saved(file: str, catalog: Catalog) -> PlanSet:
    plans, problems = saved(file, read_given(file), catalog)
    refuse(problems)
    if plans is None:
        raise AuthorError(f"{file} is not a saved plan.")
    return plans


def catalog_in_force(session: Session) -> Catalog:
    """The catalog of the workspace, or, where there is none around, the built-in one."""
    try:
        files = session.files
    except AuthorError:
        return builtin(BUILTIN[0])
    return load(files).workspace.catalog
