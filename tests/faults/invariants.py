"""The invariants of apply, each as a check by its number: what breaks it, in sentences."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from faults.commands import Ended
from faults.seen import Seen

LEASE = 60
"""Seconds after which a lock is free at the latest."""
INTERRUPTED = (130, 143)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A ledger before a command, now, and as the command is to leave it; `untouched` are holders of no plan.

    `ended` is how the command ended; None where it was killed. `facts`: it records facts, which are as they are.
    """

    before: Seen
    now: Seen
    planned: Seen
    untouched: frozenset[str]
    ended: Ended | None = None
    facts: bool = False


Check = Callable[[Moment], Iterator[str]]


def i1_no_apply_enlarges_an_overrun(moment: Moment) -> Iterator[str]:
    """No more is assigned than was bought, or than there was before; counters agree with assignments."""
    for (tenant, name), units in moment.now.assigned.items():
        bought = moment.now.bought[tenant, name]
        before = moment.before.assigned.get((tenant, name), 0)
        if moment.facts:
            before = max(before, moment.planned.assigned.get((tenant, name), 0))
        if bought is not None and units > max(bought, before):
            yield f"{tenant} has {units} {name} assigned of {bought} bought, and {before} before"
        held = sum((owner, license_id) == (tenant, name) for owner, _, license_id in moment.now.held)
        if held != units:
            yield f"{tenant} counts {units} {name} assigned, and {held} are held"
    yield from moment.now.faults


def i2_a_change_is_applied_whole_or_not_at_all(moment: Moment) -> Iterator[str]:
    """What is held is what was held before, or what was planned."""
    if moment.now.content not in (moment.before.content, moment.planned.content):
        yield f"half of it was written: {sorted(moment.now.held ^ moment.planned.held)} differ from the plan"


def i3_a_receipt_exists_exactly_when_the_effect_does(moment: Moment) -> Iterator[str]:
    """All receipts, carried out one after the other, give what is held."""
    held, labels, _ = _carried_out(moment.now)
    if held != moment.now.held:
        yield f"receipts and assignments differ: {sorted(held ^ moment.now.held)}"
    if labels != moment.now.labels:
        yield f"receipts and labels differ: {sorted(labels ^ moment.now.labels)}"


def i4_an_effect_happens_once(moment: Moment) -> Iterator[str]:
    """No receipt gives what is held already or takes what isn't; no set of plans has two runs."""
    yield from _carried_out(moment.now)[2]
    applied = [(run.tenant, run.digest) for run in moment.now.runs if run.kind == "apply"]
    if len(set(applied)) != len(applied):
        yield "a plan has two runs"


def i5_one_quiet_run_ends_in_the_planned_state(moment: Moment) -> Iterator[str]:
    """What the command does after any number of crashes, when nothing fails."""
    ended = moment.ended
    if ended is None or ended.code != 0:
        yield f"the quiet run ended with {ended}"
    if moment.now.content != moment.planned.content:
        yield f"the quiet run left another state: {sorted(moment.now.held ^ moment.planned.held)} differ from the plan"
    yield from (f"the quiet run left the lock of {lock.tenant}" for lock in moment.now.locks)


def i6_holders_outside_the_plan_are_untouched(moment: Moment) -> Iterator[str]:
    """Whatever is not of the plan is as it was: holders that no entry speaks of, and other tenants."""
    before, now = (
        {row for row in (*seen.held, *seen.labels) if row[1] in moment.untouched}
        for seen in (moment.before, moment.now)
    )
    if before != now:
        yield f"holders outside the plan were touched: {sorted(before ^ now)}"


def i7_the_revision_grows_by_one_and_never_goes_back(moment: Moment) -> Iterator[str]:
    """Each run of a tenant has the revision of the one before, or the next; what moves anything has the next."""
    last: dict[str, int] = {}
    for run in moment.now.runs:
        grown = run.revision - last.get(run.tenant, 0)
        if grown not in (0, 1) or (run.receipts and grown != 1):
            yield f"the revision of {run.tenant} grew by {grown} with run {run.id}"
        last[run.tenant] = run.revision
    if last != {tenant: number for tenant, number in moment.now.revisions.items() if number or tenant in last}:
        yield f"tenants have the revisions {moment.now.revisions}, their last runs {last}"
    for tenant, number in moment.before.revisions.items():
        if moment.now.revisions.get(tenant, -1) < number:
            yield f"the revision of {tenant} went back"


def i8_the_lock_is_free_or_expires(moment: Moment) -> Iterator[str]:
    """Each lock that somebody has runs out within a lease."""
    for lock in moment.now.locks:
        if lock.left > LEASE:
            yield f"the lock of {lock.tenant} runs out in {lock.left} s only"


STATUSES = {
    0: {"applied", "nothing", "already"},
    1: {"failed"},
    4: {"stale"},
    5: {"unknown"},
    130: {"applied", "nothing", "failed"},
    143: {"applied", "nothing", "failed"},
}


def i9_exit_code_last_line_and_history_agree(moment: Moment) -> Iterator[str]:
    """What the command says it did is what the ledger tells, and each change is applied, not applied or unknown."""
    ended = moment.ended
    if ended is None:
        return
    if "Traceback" in ended.err or "Exception ignored" in ended.err:
        yield f"a traceback: {ended.err[-600:]!r}"
    statuses = {result["status"] for result in ended.results}
    if not statuses <= STATUSES.get(ended.code, set()):
        yield f"exit {ended.code} with {sorted(statuses)}"
    if not statuses and (ended.code not in (1, 4, *INTERRUPTED) or "error: " not in ended.err):
        yield f"exit {ended.code} without a result or an error: {ended.err[-300:]!r}"
    runs = [run.id for run in moment.now.runs[len(moment.before.runs) :]]
    told = [result["run"] for result in ended.results if result["run"] and result["status"] in ("applied", "nothing")]
    if runs != told and "unknown" not in statuses:
        yield f"exit {ended.code} tells the runs {told}, history has {runs}"
    yield from (sentence for result in ended.results for sentence in _counted(moment, result))


def _counted(moment: Moment, result: Mapping[str, Any]) -> Iterator[str]:
    """Each change is told as applied, not applied or unknown."""
    status, changes = result["status"], result["changes"]
    where = {"applied": "applied", "unknown": "unknown"}.get(status, "not_applied")
    count = 0
    if result["message"].startswith("not observed: "):
        pass  # before it was known what moved
    elif status == "applied":
        count = sum(len(run.receipts) for run in moment.now.runs if run.id == result["run"])
    elif status in ("failed", "stale", "unknown"):
        count = sum(len(run.receipts) for run in moment.planned.runs[len(moment.before.runs) :])
    if changes != {"applied": 0, "not_applied": 0, "unknown": 0, where: count}:
        yield f"{status}, with {changes} of {count} changes"


ANY_MOMENT: tuple[Check, ...] = (
    i1_no_apply_enlarges_an_overrun,
    i2_a_change_is_applied_whole_or_not_at_all,
    i3_a_receipt_exists_exactly_when_the_effect_does,
    i4_an_effect_happens_once,
    i6_holders_outside_the_plan_are_untouched,
    i7_the_revision_grows_by_one_and_never_goes_back,
    i8_the_lock_is_free_or_expires,
    i9_exit_code_last_line_and_history_agree,
)
"""What holds after every step, every crash and every recovery."""


def broken(moment: Moment, *more: Check) -> list[str]:
    """What breaks an invariant now, each sentence with its number in front."""
    return [
        f"{check.__name__.partition('_')[0].upper()}: {sentence}"
        for check in (*ANY_MOMENT, *more)
        for sentence in check(moment)
    ]


def _carried_out(seen: Seen) -> tuple[frozenset[tuple[str, str, str]], frozenset[tuple[str, str, str]], list[str]]:
    """What receipts and updates give, one run after the other, and which of them could not be carried out."""
    held: set[tuple[str, str, str]] = set()
    labels: dict[tuple[str, str], str] = {}
    doubled: list[str] = []
    for run in seen.runs:
        for action, holder, license_id, replaces in run.receipts:
            gone = license_id if action == "revoke" else replaces
            if gone is not None and (run.tenant, holder, gone) not in held:
                doubled.append(f"run {run.id} took {gone} from {holder}, who didn't hold it")
            held.discard((run.tenant, holder, gone or ""))
            if action != "revoke":
                if (run.tenant, holder, license_id) in held:
                    doubled.append(f"run {run.id} gave {license_id} to {holder}, who held it")
                held.add((run.tenant, holder, license_id))
        for holder, field, after in run.updates:
            if field == "cost_center" and after is not None:
                labels[run.tenant, holder] = after
    return frozenset(held), frozenset((*holder, label) for holder, label in labels.items()), doubled
