"""rules: every rule, its severity, why it is there, how to mend it."""

import difflib

import click

from tenantry.cli.exits import DONE
from tenantry.cli.output import to_stdout
from tenantry.cli.session import Session
from tenantry.cli.show import catalog_in_force
from tenantry.engine.rules import all_rules
from tenantry.rendering.text import rule_text, rules_text


@click.command("rules")
@click.argument("rule", required=False)
@click.pass_obj
def command(session: Session, rule: str | None) -> int:
    """List every rule, or tell all about one."""
    known = all_rules(catalog_in_force(session))
    if rule is None:
        to_stdout(rules_text(tuple(known.values())))
        return DONE
    if rule not in known:
        close = difflib.get_close_matches(rule, known, n=1)
        raise click.UsageError(f"There is no rule {rule!r}.{f' Did you mean {close[0]}?' if close else ''}")
    to_stdout(rule_text(known[rule]))
    return DONE
