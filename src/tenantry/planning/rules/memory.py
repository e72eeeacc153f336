"""Rules on what can't be known yet: no ledger, a snapshot without memory, a tenant on hold."""

from collections.abc import Iterator

from tenantry.model.plan import HELD, Finding
from tenantry.planning.case import Case, about


def ledger_missing(case: Case) -> Iterator[Finding]:
    """There is no record of who holds what."""
    if not case.current.found:
        yield about(
            "ledger-missing",
            "warning",
            f"No ledger at {case.current.where}: every holder counts as new.",
            "Give the current state with --current FILE.",
        )


def no_memory(case: Case) -> Iterator[Finding]:
    """A snapshot doesn't tell what the files said before."""
    if case.current.backend == "snapshot":
        yield about(
            "no-memory",
            "info",
            "A snapshot remembers no earlier plan: what moved in the contract or who left the lists can't be told.",
            "Nothing to do; read the diff of the files.",
        )


def supposed(case: Case) -> Iterator[Finding]:
    """The plan stands on what was supposed and isn't known to be so."""
    words = [f"{case.label(name)} {number}" for name, number in sorted(case.assumed.contingency.items())]
    if case.assumed.state is not None:
        words.append(f"Tenant State {case.catalog.states[case.assumed.state].label}")
    if words:
        yield about(
            "under-supposition",
            "info",
            f"Supposed, not known: {', '.join(words)}.",
            "This plan answers a question; it is none to apply.",
        )


def tenant_held(case: Case) -> Iterator[Finding]:
    """The workspace holds this tenant back."""
    if case.policy.hold is not None:
        yield about(
            HELD,
            "info",
            case.policy.hold,
            "It is planned and shown, never applied and not in the exit code, until hold is off in tenantry.yaml.",
        )
