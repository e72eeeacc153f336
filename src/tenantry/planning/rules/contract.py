"""Rules on the tenant's state and the end of its contract."""

from collections.abc import Iterator

from tenantry.model.plan import Finding
from tenantry.model.words import moves_counted
from tenantry.planning.case import Case, about


def state_forbids_changes(case: Case) -> Iterator[Finding]:
    """In this state nothing can be applied."""
    state = case.catalog.states[case.bought.state]
    if state.allows_changes:
        return
    changes, retyped = len(case.changes), len(case.retyped)
    held = changes + retyped
    yield about(
        "state-forbids-changes",
        "error" if held else "warning",
        f"The tenant is {state.label}: {state.effect} "
        + (f"{moves_counted(changes, retyped)} can't be applied." if held else "No license could be moved."),
        "Only Luware changes a tenant's state; plan again when it allows changes.",
        count=held,
        place=case.place("state"),
    )


def state_notice(case: Case) -> Iterator[Finding]:
    """The state is worth a word although changes are allowed. The catalog names the rule."""
    state = case.catalog.states[case.bought.state]
    if state.notice:
        yield about(
            state.notice,
            "info",
            f"The tenant is {state.label}: {state.effect}",
            "Nothing to do.",
            place=case.place("state"),
        )


def contract_ended(case: Case) -> Iterator[Finding]:
    """The contract is over today."""
    last = case.tenant.contract.valid_until
    if last is None or last >= case.today:
        return
    yield about(
        "contract-ended",
        "error" if case.changes else "warning",
        f"The contract ended on {last.isoformat()}.",
        "Record the new term in contract.valid_until.",
        place=case.place("valid_until"),
    )
