"""What a result means to the shell."""

from collections.abc import Iterable

from tenantry.model.plan import Finding, Plan

DONE, ERROR, CHANGES, REJECTED = 0, 1, 2, 3


def of_plans(problems: Iterable[Finding], plans: Iterable[Plan], *, detailed: bool) -> int:
    """The exit code of plans: the worst of the tenants wins; one that is on hold doesn't count."""
    if any(True for _ in problems):
        return ERROR
    verdicts = {plan.verdict for plan in plans if plan.held is None}
    if "rejected" in verdicts:
        return REJECTED
    return CHANGES if detailed and "ready" in verdicts else DONE
