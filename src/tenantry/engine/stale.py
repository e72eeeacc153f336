"""Whether a plan is still what follows from files and world, and what moved where it isn't."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tenantry.backends.ledger.ledger import Ledger
from tenantry.engine.asking import Asked, question
from tenantry.engine.calendar import day_of
from tenantry.errors import AuthorError
from tenantry.model.plan import Plan
from tenantry.planning.moved import moved_between
from tenantry.planning.planner import Question, plan
from tenantry.planning.spoken import Spoken, spoken

SHOWN_MOVES = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan, the question that it answers, what a ledger has to note beside it, and the stamp of the one looked at.

    It is all worked out before anything is locked.
    """

    question: Question
    plan: Plan
    spoken: Spoken
    stamp: int | None

    @property
    def former(self) -> str | None:
        """The name under which the ledger knows the tenant, where that is another one."""
        known = self.question.current
        return known.tenant if known.found and known.tenant != self.plan.tenant else None


def judge_again(asked: Asked, claimed: Plan) -> Judged:
    """Judge a tenant anew: the desired state of the day of the plan, contract and state of today.

    AuthorError where the files have problems.
    """
    as_of = datetime.date.fromisoformat(claimed.as_of)
    stamp = asked.backend.stamp() if isinstance(asked.backend, Ledger) else None
    found, problems = question(replace(asked, request=replace(asked.request, as_of=as_of)), claimed.tenant)
    if found is None:
        first = problems[0]
        more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
        raise AuthorError(f"{first.file}:{first.line}:{first.column}: {first.rule}: {first.message}{more}", first.hint)
    return judged(replace(found, today=day_of(found.tenant, asked.request.now, None)), stamp)


def judged(asked: Question, stamp: int | None) -> Judged:
    """Answer a question."""
    answer = plan(asked)
    return Judged(asked, answer, spoken(asked.tenant, asked.current, answer), stamp)


def staleness(claimed: Plan, judged: Judged, ledger: Ledger) -> tuple[str, ...]:
    """Why a plan isn't what follows now: a sentence, then what moved. Nothing where it is."""
    now = judged.plan
    other_world = _other_world(claimed, judged)
    if other_world is not None:
        return (other_world,)
    if claimed.goal != now.goal:
        return ("the files ask for something else than when it was planned", *_moves(claimed, now))
    if claimed.basis != now.basis:
        runs = [f"{run.id} ({run.kind}, {run.who})" for run in ledger.runs_since(now.tenant, claimed.revision)]
        by = f" by {', '.join(runs)}" if runs else ""
        return (f"the current state or the contract moved{by}", *_moves(claimed, now))
    if claimed.revision != now.revision:
        return (f"the ledger went from revision {claimed.revision} to {now.revision}",)
    if (claimed.execution, claimed.changes, claimed.updates) != (now.execution, now.changes, now.updates):
        return ("its changes are not those that follow from files and current state", *_moves(claimed, now))
    return ()


def _other_world(claimed: Plan, judged: Judged) -> str | None:
    """Why a plan was never one for this ledger on this day."""
    today = (judged.question.today or judged.question.as_of).isoformat()
    reasons = (
        (claimed.backend == "snapshot", "it was planned on a snapshot, not on the ledger"),
        (any(item.rule == "under-supposition" for item in claimed.findings), "it was planned under suppositions"),
        (claimed.as_of > today, f"it is for {claimed.as_of}, and today is {today}"),
        (claimed.lineage != judged.plan.lineage, "it was made for another ledger, or before this one knew the tenant"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _moves(claimed: Plan, now: Plan) -> Iterator[str]:
    moves = moved_between(claimed, now)
    for move in moves[:SHOWN_MOVES]:
        yield f"{move.where}: {move.before or 'none'} → {move.after or 'none'}"
    if len(moves) > SHOWN_MOVES:
        yield f"and {len(moves) - SHOWN_MOVES} more"
