"""Rules on the tenant's state and the end of its contract."""

from collections.abc import Iterator

from tenantry.model.plan import Finding
from tenantry.planning.case import Case, about


def state_forbids_changes(case: Case) -> Iterator[Finding]:
    """In this state nothing can be applied."""
    state = case.catalog.states[case.bought.state]
    if state.allows_changes:
        return
    held = len(case.changes) + len(case.retyped)
    yield about(
        "state-forbids-changes",
        "error" if held else "warning",
        f"the tenant is {state.label}: {state.effect}"
        + (f"; {held} changes can't be applied" if held else "; no change could be applied"),
        "only Luware changes a tenant's state; plan again when the tenant is active",
        count=held,
        place=case.place("state"),
    )


def state_notice(case: Case) -> Iterator[Finding]:
    """The state is worth a word although changes are allowed. The catalog names the rule."""
    state = case.catalog.states[case.bought.state]
    if state.notice:
        yield about(
            state.notice, "info", f"the tenant is {state.label}: {state.effect}", "nothing to do", place=case.place("state")
        )


def contract_ended(case: Case) -> Iterator[Finding]:
    """The contract ended before the day of the plan."""
    last = case.tenant.contract.valid_until
    if last is None or last >= case.as_of:
        return
    yield about(
        "contract-ended",
        "error" if case.changes else "warning",
        f"the contract ended on {last.isoformat()}",
        "record the new term in contract.valid_until",
        place=case.place("valid_until"),
    )
