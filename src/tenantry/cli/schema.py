"""schema: the JSON Schema of a kind of document, with the names of the catalog in force."""

import click

from tenantry.cli.exits import DONE
from tenantry.cli.output import to_stdout
from tenantry.cli.session import Session
from tenantry.cli.show import catalog_in_force
from tenantry.documents.schema import KINDS, schema
from tenantry.rendering.new_workspace import pretty


@click.command("schema")
@click.argument("kind", type=click.Choice(KINDS))
@click.pass_obj
def command(session: Session, kind: str) -> int:
    """Print the JSON Schema (2020-12) of a kind of document."""
    to_stdout(pretty(schema(kind, catalog_in_force(session))))
    return DONE
