"""history: the runs of the ledger, newest first."""

import click

from tenantry.backends.backend import Backend
from tenantry.cli.exits import DONE
from tenantry.cli.options import formats
from tenantry.cli.output import put, targets
from tenantry.cli.session import Session
from tenantry.engine.history import history
from tenantry.engine.loading import Loaded, load
from tenantry.engine.saved import refuse
from tenantry.rendering.formats import HISTORY_FORMATS


@click.command("history")
@click.argument("tenants", nargs=-1, metavar="[TENANTS]...")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest N.")
@formats(tuple(HISTORY_FORMATS))
@click.pass_obj
def command(session: Session, tenants: tuple[str, ...], limit: int | None, formats: tuple[str, ...]) -> int:
    """Tell who changed what and when, newest first: every run that wrote to the ledger.

    TENANTS are ids or globs, of the workspace and of the ledger; a tenant whose file is gone has a history too.
    """
    wanted = targets(formats, HISTORY_FORMATS)
    loaded = load(session.files)
    told = history(ledger_of(session, loaded), loaded.layout, tenants, limit)
    put(session, told, loaded.workspace.catalog, HISTORY_FORMATS, wanted)
    return DONE


def ledger_of(session: Session, loaded: Loaded) -> Backend:
    """The ledger of a workspace, to be read. AuthorError as for its URL."""
    return session.place.reading(url_of(session, loaded))


def url_of(session: Session, loaded: Loaded) -> str:
    """The URL of a workspace's ledger. AuthorError where problems of tenantry.yaml hide which one that is."""
    if loaded.fatal and session.backend is None:
        refuse(loaded.problems)
    return loaded.workspace.backend
