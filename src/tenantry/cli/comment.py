"""comment: the Markdown of a plan, as one comment of the pull request that is kept up to date."""

import click

from tenantry.cli.exits import DONE
from tenantry.cli.files import read_given
from tenantry.cli.forge import FORGE, KEY, here
from tenantry.cli.session import Session
from tenantry.cli.show import catalog_in_force
from tenantry.engine.saved import refuse, saved
from tenantry.errors import AuthorError, PlanAgainError
from tenantry.forges.marker import effect_in
from tenantry.forges.sticky import post
from tenantry.model.plan import PlanSet
from tenantry.rendering.escape import plain

ELSEWHERE = "The plan is in the log of this job, and in its summary if the pipeline writes one."


@click.command("comment")
@click.argument("file", metavar="FILE")
@FORGE
@KEY
@click.option(
    "--plan",
    "plan_file",
    metavar="PLAN",
    help="The saved plan that FILE shows: Azure DevOps gets an open thread where it is rejected or revokes, else a "
    "closed one.",
)
@click.pass_obj
def command(session: Session, file: str, forge: str | None, key: str | None, plan_file: str | None) -> int:
    """Show FILE, the Markdown of a plan, as the one comment of the pull request in which this pipeline runs.

    A comment that an earlier run has made is written anew. Where the token may not comment, as in a pull request from a
    fork, that is told and the exit code is 0: the plan counts, not the comment.
    """
    text = _markdown(file)
    effect = effect_in(text)
    if effect is None:
        raise AuthorError(
            f"{file} is not the Markdown of a plan.", "Write it with `tenantry plan --format markdown=FILE`."
        )
    active = None if plan_file is None else _wants_somebody(_plans(session, plan_file, file, effect))
    around = here(forge, key)
    pull = around.pull()
    if around.forge is None:
        session.say(f"notice: no comment, since {around.token} isn't set. {ELSEWHERE}")
        return DONE
    posted = post(around.forge, pull, around.marker, text, active=active)
    if posted.status == "refused":
        session.say(plain(f"notice: no comment: {posted.where} {ELSEWHERE}"))
    else:
        session.say(plain(f"comment {posted.status}: {posted.where}"))
    return DONE


def _markdown(file: str) -> str:
    try:
        return read_given(file).decode()
    except UnicodeDecodeError:
        raise AuthorError(f"{file} is not UTF-8.") from None


def _plans(session: Session, plan_file: str, file: str, effect: str) -> PlanSet:
    plans, problems = saved(plan_file, read_given(plan_file), catalog_in_force(session))
    refuse(problems)
    if plans is None:
        raise AuthorError(f"{plan_file} is not a saved plan.")
    if plans.effect != effect:
        raise PlanAgainError(f"{file} shows another plan than {plan_file}: its effect is {effect}.", "Plan again.")
    return plans


def _wants_somebody(plans: PlanSet) -> bool:
    """Whether somebody has to look at this before it is merged, and to say so by resolving the thread."""
    return bool(plans.problems) or any(plan.verdict == "rejected" or plan.count("revoke") for plan in plans.plans)
