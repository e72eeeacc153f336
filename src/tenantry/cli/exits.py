"""What a result means to the shell."""

from collections.abc import Iterable, Mapping

from tenantry.model.plan import Finding, Plan
from tenantry.model.run import Outcome, Status

DONE, ERROR, CHANGES, REJECTED, STALE, UNKNOWN = 0, 1, 2, 3, 4, 5
INTERRUPTED = 130
WORST_FIRST = (ERROR, UNKNOWN, STALE, REJECTED, CHANGES, DONE)
OF_STATUS: Mapping[Status, int] = {
    "applied": DONE,
    "nothing": DONE,
    "already": DONE,
    "issued": DONE,
    "held": DONE,
    "rejected": REJECTED,
    "stale": STALE,
    "unknown": UNKNOWN,
    "failed": ERROR,
}


def of_plans(problems: Iterable[Finding], plans: Iterable[Plan], *, detailed: bool) -> int:
    """The exit code of plans: the worst of the tenants wins; one that is on hold doesn't count."""
    if any(True for _ in problems):
        return ERROR
    verdicts = {plan.verdict for plan in plans if plan.held is None}
    if "rejected" in verdicts:
        return REJECTED
    return CHANGES if detailed and "ready" in verdicts else DONE


def of_outcomes(outcomes: Iterable[Outcome]) -> int:
    """The exit code of what became of tenants: the worst wins."""
    return worst(*(OF_STATUS[outcome.status] for outcome in outcomes))


def worst(*codes: int) -> int:
    """The worst of exit codes; that of what is done where there is none."""
    return min(codes, key=WORST_FIRST.index, default=DONE)
