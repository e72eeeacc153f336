"""rules: every rule, its severity, why it is there, how to mend it."""

import difflib

import click

from tenantry.cli.exits import DONE
from tenantry.cli.options import formats
from tenantry.cli.output import put, targets
from tenantry.cli.session import Session
from tenantry.cli.show import catalog_in_force
from tenantry.engine.rules import all_rules
from tenantry.rendering.formats import RULES_FORMATS


@click.command("rules")
@click.argument("rule", required=False)
@formats(tuple(RULES_FORMATS))
@click.pass_obj
def command(session: Session, rule: str | None, formats: tuple[str, ...]) -> int:
    """List every rule, or tell all about one."""
    wanted = targets(formats, RULES_FORMATS)
    catalog = catalog_in_force(session)
    known = all_rules(catalog)
    if rule is not None and rule not in known:
        close = difflib.get_close_matches(rule, known, n=1)
        raise click.UsageError(f"There is no rule {rule!r}.{f' Did you mean {close[0]}?' if close else ''}")
    chosen = tuple(known.values()) if rule is None else (known[rule],)
    put(session, chosen, catalog, RULES_FORMATS, wanted)
    return DONE
