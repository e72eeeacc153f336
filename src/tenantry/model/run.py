"""What was done: runs of the commands that write, the receipts of their changes, and how each tenant came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tenantry.model.plan import Contingency, Finding, Plan

RunKind = Literal["apply", "observe", "import", "confirm", "cancel"]
Status = Literal["applied", "nothing", "already", "rejected", "stale", "issued", "held", "unknown", "failed"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who runs a command, and the commit of the files that it works from; None outside of a repository."""

    who: str
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class Waived:
    """An error that was let pass, and why."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One command that wrote, for one tenant. `at` is UTC in ISO 8601; `summary` counts as a plan's summary does.

    `goal` is that of its plan, and `revision` the tenant's after the run. `notes` are sentences on what it recorded;
    `kept` tells whether a snapshot is kept with it that did not become current.
    """

    id: str
    tenant: str
    at: str
    who: str
    commit: str | None
    kind: RunKind
    status: Status
    effect: str
    goal: str
    revision: int
    summary: Mapping[str, int]
    waivers: tuple[Waived, ...] = ()
    notes: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class LastMove:
    """The last that a run did to a license of a holder: whether it gave it, or took it away."""

    gave: bool
    run: Run


@dataclass(frozen=True, slots=True)
class UsageThen:
    """What a run left behind: units of each license that it tells of, and what was bought then. `at` is as in a run."""

    at: str
    licenses: Mapping[str, tuple[Contingency, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A run that is to be written. `digest` is that of the set of plans that it came with, by which it is known again.

    `notes` are sentences on what is recorded, for whoever asks later. `document` is text that is kept with it, such as
    a snapshot that did not become current.
    """

    kind: RunKind
    status: Status
    at: str
    actor: Actor
    digest: str
    plan: Plan
    notes: tuple[str, ...] = ()
    document: str | None = None

    @property
    def waivers(self) -> tuple[Waived, ...]:
        """The waivers that the plan needed, each once."""
        found = {Waived(item.rule, item.waived): None for item in self.plan.findings if item.waived is not None}
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one tenant came out of a command that writes. Every change is applied, not applied or unknown.

    `moved` are sentences on what differs from what was planned, or on what was noted of an observation. `run` is None
    where none was written, `updated` counts the updates that went with the changes.
    """

    tenant: str
    status: Status
    message: str
    run: str | None = None
    applied: int = 0
    not_applied: int = 0
    unknown: int = 0
    updated: int = 0
    moved: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
