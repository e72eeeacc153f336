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
    if case.current.backend == "snapshot" and any(case.tenant.entries.values()):
        yield about(
            "no-memory",
            "info",
            "A snapshot remembers no earlier plan: what moved in the contract or who left the lists can't be told.",
            "Nothing to do; read the diff of the files.",
        )


def tenant_held(case: Case) -> Iterator[Finding]:
    """The workspace holds this tenant back."""
    if case.policy.hold is not None:
        yield about(
            HELD,
            "info",
            f"On hold: {case.policy.hold}. It is planned and shown, never applied, and not in the exit code.",
            "Take hold off in tenantry.yaml when the time has come.",
        )
