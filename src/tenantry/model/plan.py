"""What planning says: changes, updates, findings, usage and a verdict, and the set of plans that is shown or saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
Action = Literal["grant", "revoke", "replace"]
Risk = Literal["none", "downgrade", "in_use", "unverified"]
Verdict = Literal["no_changes", "ready", "rejected"]
Execution = Literal["ledger", "portal"]
HELD = "tenant-held"
"""The rule by which a plan tells that its tenant is on hold."""
OF_DRIFT = frozenset(("world-moved", "unlisted-moved", "files-ahead", "no-baseline"))
"""The rules that only a drift tells; by them it is known from a plan."""

Units = int | Literal["unlimited"]
Contingency = Units | None
"""How many were bought; None: nobody tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was noticed, with what to do about it.

    A finding of a file (a *problem*) has file, line and column. `holders` are at most the first five of `count`.
    `waived` is the reason of the waiver that lets it pass; the severity stays.
    """

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    tenant: str | None = None
    holder: str | None = None
    license: str | None = None
    count: int = 1
    holders: tuple[str, ...] = ()
    file: str | None = None
    line: int | None = None
    column: int | None = None
    waived: str | None = None

    @property
    def rejects(self) -> bool:
        """Whether this finding alone rejects a plan."""
        return self.severity == "error" and self.waived is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One license of one holder: granted, revoked, or (a service's tier) put in place of another, named in `replaces`.

    `file` and `line` lead to the entry that asks for it; both are None where no entry does.
    """

    step: int
    action: Action
    holder: str
    license: str
    replaces: str | None = None
    risk: Risk = "none"
    reason: str = ""
    file: str | None = None
    line: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A property of a holder that moves and uses no units; None stands for what is not set."""

    holder: str
    field: str
    before: str | None
    after: str | None


UPDATE_FIELDS = ("object_id", "rename", "name", "organization_unit", "cost_center", "assignment_type", "dropped")
"""The fields of an update, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Units of one license: assigned before, at the highest prefix of the plan, and after it."""

    license: str
    contingency: Contingency
    before: int
    peak: int
    after: int
    unaccounted: int = 0

    @property
    def available(self) -> Contingency:
        """What is left after the plan; negative where more is assigned than bought, None where nobody tells."""
        return self.contingency - self.after if isinstance(self.contingency, int) else self.contingency


def headroom(contingency: Contingency, available: Contingency) -> float:
    """What is left as a share of what was bought; the more is over, the smaller. Infinite where nothing is limited.

    What was assigned without anything bought is tighter than any overrun of what was.
    """
    if not isinstance(contingency, int) or not isinstance(available, int) or not (contingency or available):
        return float("inf")
    return available / contingency if contingency else available * 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Money per month as decimal strings: assigned units times price, and what the contract itself costs."""

    currency: str | None
    before: str
    after: str
    delta: str
    bought: str
    unpriced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The way of one tenant from its current to its desired state, and what is to be said about it."""

    tenant: str
    name: str
    state: str
    as_of: str
    verdict: Verdict
    effect: str
    backend: str
    execution: Execution
    lineage: str | None
    revision: int
    goal: str
    basis: str
    updates: tuple[Update, ...] = ()
    changes: tuple[Change, ...] = ()
    usage: tuple[Usage, ...] = ()
    unmanaged: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    cost: Cost | None = None

    @property
    def held(self) -> str | None:
        """What is said about a tenant that is on hold; None where it isn't."""
        return next((finding.message for finding in self.findings if finding.rule == HELD), None)

    @property
    def is_drift(self) -> bool:
        """Whether this tells what would set the world back, and not what the files ask for."""
        return any(finding.rule in OF_DRIFT for finding in self.findings)

    def count(self, what: str) -> int:
        """How many changes of an action (or `update`s) there are, or findings of a severity that aren't waived."""
        if what == "update":
            return len(self.updates)
        if what in SEVERITIES:
            return sum(1 for finding in self.findings if finding.severity == what and finding.waived is None)
        return sum(1 for change in self.changes if change.action == what)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSet:
    """The plans of one command, sorted by tenant, and the problems of what could not be planned."""

    tool: str
    digest: str
    effect: str
    problems: tuple[Finding, ...]
    plans: tuple[Plan, ...]
