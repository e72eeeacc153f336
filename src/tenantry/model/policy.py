"""What the workspace lays down for a tenant: guards, severities, waivers, how changes are carried out."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Execution, Severity
from tenantry.model.tenant import Profile


@dataclass(frozen=True, slots=True)
class MaxRevocations:
    """How many units of a license one plan may take away."""

    percent: int = 10
    count: int = 3
    at_most: int = 500

    def allowed(self, assigned: int) -> int:
        """The limit for a license of which this many units are assigned before the plan."""
        return min(self.at_most, max(self.count, assigned * self.percent // 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Limits on what a plan may take away. `max_revocations` None: switched off."""

    max_revocations: MaxRevocations | None = MaxRevocations()
    min_holders: Mapping[str, int] = field(default_factory=dict)
    protected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A reason to let an error of a waivable rule pass. None for holder or license: any. `until` None: this command."""

    rule: str
    reason: str
    tenant: str | None = None
    holder: str | None = None
    license: str | None = None
    until: datetime.date | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The workspace's word for one tenant, overrides applied. `severities` has adjusted rules only."""

    guards: Guards = field(default_factory=Guards)
    severities: Mapping[str, Severity | Literal["off"]] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    execution: Execution = "ledger"
    hold: str | None = None


DEFAULT_BACKEND = "sqlite:///.tenantry/ledger.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The workspace file: where assignments are recorded, the vocabulary, shared profiles, and each tenant's policy."""

    catalog: Catalog
    backend: str = DEFAULT_BACKEND
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
