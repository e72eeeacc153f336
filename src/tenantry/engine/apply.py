"""apply: what was planned is judged again by the live state, compared, and written whole or not at all.

The lock of a tenant is politeness. What makes it safe is the comparison inside the transaction that writes: of lineage,
revision, goal and basis, and of every change with what follows from files and state now.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Claimant, Held, Lease
from tenantry.backends.ledger.writing import Writing
from tenantry.engine.asking import Asked, question, unwatched
from tenantry.engine.commits import ALTHOUGH, took_place
from tenantry.engine.patience import patiently
from tenantry.engine.stale import Judged, judge_again, staleness
from tenantry.engine.stale import judged as judged_as
from tenantry.errors import CommitError, PlanAgainError, TenantryError
from tenantry.model.plan import Finding, Plan, PlanSet
from tenantry.model.run import Actor, Outcome, Record, Status
from tenantry.model.words import moves_counted
from tenantry.planning.bought import bought
from tenantry.planning.terms import terms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """How an apply acts. `ledger` opens the place that a URL means for writing, and makes it if there is none.

    `wait` is called with what is waited for, as long as that is so, and gives up with False. `stopped` tells whether no
    tenant more is to be begun. `exact`: the effects of the plans were reviewed, so that none may be judged otherwise
    now, be it by another guard or waiver alone. `max_age`: how old a saved plan may be. `progress` is called with how
    many plans of how many are done, after each.
    """

    actor: Actor
    claimant: Claimant
    ledger: Callable[[str], Ledger]
    wait: Callable[[str], bool]
    stopped: Callable[[], bool]
    exact: bool = False
    max_age: datetime.timedelta | None = None
    progress: Callable[[int, int], None] = unwatched


@dataclass(frozen=True, slots=True)
class Applied:
    """How every tenant came out, and the plan of each as it was judged last."""

    outcomes: tuple[Outcome, ...]
    plans: tuple[Plan, ...] = ()


def apply(asked: Asked, wanted: PlanSet, acting: Acting, judged: dict[str, Judged] | None = None) -> Applied:
    """Apply each of these plans, in order; one that fails never stops the others.

    With `judged`, the plans were judged a moment ago by the same call. Without, they were saved by another one.
    """
    work = _Apply(asked, wanted, acting, judged)
    outcomes: list[Outcome] = []
    try:
        for plan in wanted.plans:
            if acting.stopped():
                outcomes.append(_outcome(plan, "failed", "not begun: the command was interrupted"))
            else:
                outcomes.append(work.one(plan))
            acting.progress(len(outcomes), len(wanted.plans))
    finally:
        work.close()
    return Applied(_with_unread(outcomes, wanted), tuple(work.judged_last.values()))


def none_applied(wanted: PlanSet, why: str) -> tuple[Outcome, ...]:
    """How every tenant came out where the plans together are refused: stale, or not planned at all."""
    return _with_unread([_outcome(plan, "stale", why) for plan in wanted.plans], wanted)


class _Refused(Exception):  # noqa: N818 - no error: it rolls back a transaction in which nothing is to be written
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class _Apply:
    def __init__(self, asked: Asked, wanted: PlanSet, acting: Acting, judged: dict[str, Judged] | None) -> None:
        self._asked, self._wanted, self._acting = asked, wanted, acting
        self._saved = judged is None
        self._judged = judged or {}
        self._backend = asked.backend
        self._at = asked.request.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._lease: Lease | None = None
        self.judged_last: dict[str, Plan] = {}

    def close(self) -> None:
        """Close the ledger, as long as nothing can interrupt that."""
        if isinstance(self._backend, Ledger):
            self._backend.close()

    def one(self, plan: Plan) -> Outcome:
        """Apply the plan of one tenant, and say how it came out."""
        self._lease = None
        try:
            judged = self._judged.get(plan.tenant)
            refused = self._refused_at_sight(plan)
            if refused is None and judged is None and self._backend.missing is not None:
                # there is nothing to lock, and none is made for a plan that is refused
                refused = self._refused(plan, self._judge(plan))
            if refused is not None:
                return refused
            taken = self._taken(plan.tenant)
            if isinstance(taken, Held):
                return self._kept_out(plan, taken)
            self._lease = taken
            outcome = self._under_lock(plan, taken, judged)
            return replace(outcome, message=outcome.message + taken.told())
        except PlanAgainError as error:
            return _outcome(plan, "stale", _told(error))
        except TenantryError as error:
            return _outcome(plan, "failed", _told(error))
        finally:
            if self._lease is not None:
                self._ledger().free(self._lease)

    def _taken(self, tenant: str) -> Lease | Held:
        """The lock of a tenant, or who has it when patience is at its end."""
        while True:
            found = patiently(lambda: self._ledger().take(tenant, self._acting.claimant), self._acting.wait)
            if isinstance(found, Lease) or not self._acting.wait(f"{tenant}: waiting for the lock held by {found}"):
                return found

    def _kept_out(self, plan: Plan, held: Held) -> Outcome:
        if self._acting.stopped():
            return _outcome(plan, "failed", "interrupted while it waited for the lock; nothing was written")
        return _outcome(plan, "stale", f"the lock of the tenant is held by {held}; wait for it with --lock-timeout")

    def _refused_at_sight(self, plan: Plan) -> Outcome | None:
        """What refuses a plan before anything is locked, or shows that nothing is to be done."""
        if plan.tenant not in self._asked.loaded.layout:
            return _outcome(plan, "stale", "the workspace has no such tenant")
        hold = self._asked.loaded.workspace.policies[plan.tenant].hold
        if hold is not None:
            return _outcome(plan, "held", f"on hold: {hold}")
        if not self._saved:
            self.judged_last[plan.tenant] = plan
            return self._unapplicable(plan)
        if self._asked.lost is not None:
            raise self._asked.lost
        return self._already(plan)

    def _already(self, plan: Plan) -> Outcome | None:
        """That a saved plan was applied before, if it was."""
        before = self._backend.run_of(plan.tenant, self._wanted.digest) if self._saved else None
        if before is None:
            return None
        message = f"already applied by run {before.id}; nothing was written"
        return replace(_outcome(plan, "already", message, not_applied=0), run=before.id)

    def _unapplicable(self, plan: Plan) -> Outcome | None:
        """What keeps a judged plan from being applied, or None."""
        if plan.verdict == "rejected":
            errors = sorted({item.rule for item in plan.findings if item.rejects})
            return _outcome(plan, "rejected", f"rejected: {', '.join(errors)}")
        if plan.execution == "portal" and (plan.changes or plan.updates):
            message = "execution is portal: people carry its changes out, and no run sheet can be issued yet"
            return _outcome(plan, "failed", message)
        return None

    def _under_lock(self, plan: Plan, lease: Lease, judged: Judged | None) -> Outcome:
        """Judge again by the live state and compare; write in one transaction in which it is still the same state."""
        if judged is None:
            judged = self._judge(plan)
        refused = self._refused(plan, judged)
        if refused is not None:
            return refused
        if self._acting.stopped():
            return _outcome(plan, "failed", "interrupted before it was written; nothing was written")
        try:
            outcome = patiently(lambda: self._in_one(plan, lease, judged), self._acting.wait)
        except _Refused as refusal:
            return refusal.outcome
        self._lease = None  # the transaction has given it back
        return outcome

    def _in_one(self, plan: Plan, lease: Lease, judged: Judged) -> Outcome:
        """One transaction, in which everything is written or nothing."""
        outcome: Outcome | None = None
        try:
            with self._ledger().writing(lease, judged.former) as writing:
                outcome = self._write(writing, self._still(plan, judged))
        except CommitError as error:
            if outcome is None:
                raise
            return self._looked_up(plan, outcome, error, lease)
        return outcome

    def _still(self, plan: Plan, judged: Judged) -> Judged:
        """Inside the transaction: what was judged, if nobody has written since; else it is judged and compared anew."""
        if self._ledger().stamp() == judged.stamp:
            return judged
        judged = self._judge(plan)
        refused = self._refused(plan, judged)
        if refused is not None:
            raise _Refused(refused)
        return judged

    def _judge(self, plan: Plan) -> Judged:
        """The plan that follows from the files and the state of now. TenantryError where the files have problems."""
        judged = judge_again(replace(self._asked, backend=self._backend), plan)
        self.judged_last[plan.tenant] = judged.plan
        return judged

    def _refused(self, plan: Plan, judged: Judged) -> Outcome | None:
        """Staleness is looked at before rules. What makes a plan stale may be that it was just applied elsewhere."""
        moved = staleness(plan, judged, self._backend, self._acting.max_age)
        if moved:
            return self._already(plan) or replace(
                _outcome(plan, "stale", f"stale: {moved[0]}; plan again"), moved=moved[1:]
            )
        rejected = self._unapplicable(judged.plan)
        if self._acting.exact and judged.plan.effect != plan.effect:
            now = "" if rejected is None else f" ({rejected.message})"
            return _outcome(plan, "stale", f"stale: it is judged otherwise than was reviewed{now}; plan again")
        return rejected

    def _write(self, writing: Writing, judged: Judged) -> Outcome:
        """Write everything that the plan does, and what is to be remembered of it."""
        plan, asked = judged.plan, judged.question
        known = bought(asked.tenant.contract, asked.current, asked.catalog)
        writing.note_contract(known.contingency, known.state)
        writing.carry_out(plan.changes, plan.updates, judged.spoken.newcomers)
        writing.remember(terms_of(asked.tenant, asked.catalog, asked.policy))
        writing.note_spoken(judged.spoken.anew, judged.spoken.never, judged.spoken.forgotten)
        if not writing.touched:
            return _outcome(plan, "nothing", "nothing to apply")
        done = bool(plan.changes or plan.updates)
        run = writing.record(
            Record(
                kind="apply",
                status="applied" if done else "nothing",
                at=self._at,
                actor=self._acting.actor,
                digest=self._wanted.digest,
                plan=plan,
            )
        )
        if not done:
            message = f"nothing to apply; terms and contract were noted by run {run}"
            return replace(_outcome(plan, "nothing", message), run=run)
        return _applied(plan, run)

    def _looked_up(self, plan: Plan, outcome: Outcome, error: CommitError, lease: Lease) -> Outcome:
        """After a failure at the commit: whether the run is there, as a new look at the ledger tells."""
        if outcome.run is None:
            self._ledger().free(lease)
            return outcome  # nothing was to be written
        try:
            found = took_place(self._ledger(), lease, outcome.run, self._at)
        except TenantryError as again:
            message = f"unknown whether it was written: {error} {again}"
            return replace(_outcome(plan, "unknown", message, not_applied=0), unknown=len(plan.changes))
        if not found:
            return _outcome(plan, "failed", f"nothing was written: {error}")
        return replace(outcome, message=f"{outcome.message}, {ALTHOUGH}")

    def _ledger(self) -> Ledger:
        """The ledger to be written, made now if there is none; while it can't be, the one that was read stays."""
        read = self._backend
        if isinstance(read, Ledger) and read.writes:
            return read
        ledger = self._acting.ledger(self._asked.loaded.workspace.backend)
        ledger.stamp()  # it is opened when it is first asked
        self.close()
        self._backend = ledger
        return ledger


def judged_now(asked: Asked) -> Iterator[tuple[str, Judged | None, list[Finding]]]:
    """The plan of each chosen tenant as it follows now, or the problems that leave none."""
    for done, name in enumerate(asked.tenants, 1):
        stamp = asked.backend.stamp()
        found, problems = question(asked, name)
        judged = None if found is None else judged_as(found, stamp)
        asked.request.progress(done, len(asked.tenants))
        yield name, judged, problems


def _outcome(plan: Plan, status: Status, message: str, *, not_applied: int | None = None) -> Outcome:
    count = len(plan.changes) if not_applied is None else not_applied
    return Outcome(tenant=plan.tenant, status=status, message=message, not_applied=count)


def _applied(plan: Plan, run: str) -> Outcome:
    message = f"applied {moves_counted(len(plan.changes), len(plan.updates))} by run {run}"
    return replace(
        _outcome(plan, "applied", message, not_applied=0),
        run=run,
        applied=len(plan.changes),
        updated=len(plan.updates),
    )


def _told(error: TenantryError) -> str:
    return f"{error} {error.hint}".rstrip()


def _with_unread(outcomes: list[Outcome], wanted: PlanSet) -> tuple[Outcome, ...]:
    unread = {item.tenant for item in wanted.problems if item.tenant} - {plan.tenant for plan in wanted.plans}
    told = [*outcomes, *(_unread(name, wanted.problems) for name in unread if name is not None)]
    return tuple(sorted(told, key=lambda item: item.tenant))


def _unread(tenant: str, problems: tuple[Finding, ...]) -> Outcome:
    first = next(item for item in problems if item.tenant == tenant)
    return Outcome(tenant=tenant, status="failed", message=f"not planned: {first.file}:{first.line}: {first.message}")
