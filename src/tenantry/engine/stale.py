"""Whether a plan is still what follows from files and world, and what moved where it isn't."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tenantry.backends.backend import Backend
from tenantry.engine.asking import Asked, question
from tenantry.engine.calendar import day_of
from tenantry.errors import AuthorError, PlanAgainError
from tenantry.model.plan import Plan
from tenantry.model.words import counted
from tenantry.planning.moved import moved_between
from tenantry.planning.planner import Question, plan
from tenantry.planning.spoken import Spoken, spoken

SHOWN_MOVES = 10
SHOWN_RUNS = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan, the question that it answers, what a ledger has to note beside it, and the stamp of the one looked at.

    It is all worked out before anything is locked.
    """

    question: Question
    plan: Plan
    spoken: Spoken
    stamp: str | None

    @property
    def former(self) -> str | None:
        """The name under which the ledger knows the tenant, where that is another one."""
        known = self.question.current
        return known.tenant if known.found and known.tenant != self.plan.tenant else None


def judge_again(asked: Asked, claimed: Plan) -> Judged:
    """Judge a tenant anew: the desired state of the day of the plan, contract and state of today.

    AuthorError where the files have problems, PlanAgainError where the plan is for a day that no calendar has.
    """
    try:
        as_of = datetime.date.fromisoformat(claimed.as_of)
    except ValueError:
        raise PlanAgainError(f"stale: there is no {claimed.as_of} for which it could have been planned.") from None
    stamp = asked.backend.stamp()
    found, problems = question(replace(asked, request=replace(asked.request, as_of=as_of)), claimed.tenant)
    if found is None:
        first = problems[0]
        more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
        raise AuthorError(f"{first.file}:{first.line}:{first.column}: {first.rule}: {first.message}{more}", first.hint)
    return judged(replace(found, today=day_of(found.tenant, asked.request.now, None)), stamp)


def judged(asked: Question, stamp: str | None) -> Judged:
    """Answer a question."""
    answer = plan(asked)
    return Judged(asked, answer, spoken(asked.tenant, asked.current, answer), stamp)


def staleness(
    claimed: Plan, judged: Judged, backend: Backend, max_age: datetime.timedelta | None = None
) -> tuple[str, ...]:
    """Why a plan isn't what follows now, or is older than it may be: a sentence, then what moved. Nothing where it is.

    A plan knows its day and no hour, so that its age is counted in days of 24 hours: one of today has none.
    """
    now = judged.plan
    other_world = _other_world(claimed, judged) or _outlived(claimed, judged, max_age)
    if other_world is not None:
        return (other_world,)
    if claimed.goal != now.goal:
        return ("the files ask for something else than when it was planned", *_moves(claimed, now))
    if claimed.basis != now.basis:
        return (f"the current state or the contract moved{_since(claimed, backend)}", *_moves(claimed, now))
    if claimed.revision != now.revision:
        return (f"the ledger has moved to and fro{_since(claimed, backend)}",)
    if (claimed.execution, claimed.changes, claimed.updates) != (now.execution, now.changes, now.updates):
        return ("its changes are not those that follow from files and current state", *_moves(claimed, now))
    return ()


def _since(claimed: Plan, backend: Backend) -> str:
    """By which runs the ledger went beyond the revision of a plan."""
    runs = [item for item in backend.runs((claimed.tenant,)) if item.revision > claimed.revision]
    told = [f"{item.id} ({item.kind}, {item.who})" for item in reversed(runs[-SHOWN_RUNS:])]
    more = f" and {len(runs) - SHOWN_RUNS} more" if len(runs) > SHOWN_RUNS else ""
    return f" by {', '.join(told)}{more}" if told else ""


def _other_world(claimed: Plan, judged: Judged) -> str | None:
    """Why a plan was never one for this ledger on this day."""
    today = _today(judged).isoformat()
    current = judged.question.current
    supposed = any(item.rule == "under-supposition" for item in claimed.findings)
    there = current.exists or claimed.lineage is None
    moved_house = claimed.lineage is not None and claimed.backend != judged.plan.backend
    reasons = (
        (claimed.backend == "snapshot", "it was planned on a snapshot, not on the ledger"),
        (supposed, "it was planned under suppositions"),
        (claimed.is_drift, "it is a drift and not a plan"),
        (claimed.as_of > today, f"it is for {claimed.as_of}, and today is {today}"),
        (not there, f"it was made for a ledger, and there is none at {current.where}: put it back in place"),
        (claimed.lineage != judged.plan.lineage, "it was made for another ledger, or before this one knew the tenant"),
        (moved_house, "it was made for another kind of ledger"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _outlived(claimed: Plan, judged: Judged, max_age: datetime.timedelta | None) -> str | None:
    """Why a plan is too old, if it is."""
    age = _today(judged) - datetime.date.fromisoformat(claimed.as_of)
    if max_age is None or age <= max_age:
        return None
    return (
        f"it was planned for {claimed.as_of}, {counted(age.days, 'day')} ago, and may be {_time(max_age)} old at most"
    )


def _today(judged: Judged) -> datetime.date:
    return judged.question.today or judged.question.as_of


def _time(period: datetime.timedelta) -> str:
    """A period in the largest unit that tells it whole."""
    seconds = int(period.total_seconds())
    units = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
    size, unit = next((size, unit) for size, unit in units if seconds % size == 0)
    return counted(seconds // size, unit)


def _moves(claimed: Plan, now: Plan) -> Iterator[str]:
    moves = moved_between(claimed, now)
    if not moves:
        yield "what moved makes no difference to its changes: a label, an entry without effect, an account, a feature"
    for move in moves[:SHOWN_MOVES]:
        what, _, rest = move.where.partition(" > ")
        if what not in ("changes", "updates"):
            yield f"{move.where}: {move.before or 'none'} → {move.after or 'none'}"
        elif move.before is None:
            yield f"now also: {rest}"
        else:
            yield f"no longer: {rest}" if move.after is None else f"{rest}: {move.before} → {move.after}"
    if len(moves) > SHOWN_MOVES:
        yield f"and {len(moves) - SHOWN_MOVES} more"
