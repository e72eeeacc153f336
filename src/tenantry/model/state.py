"""The current state: who holds what, as a backend or a snapshot tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tenantry.model.catalog import KINDS, Kind
from tenantry.model.labels import NO_LABELS, Labels
from tenantry.model.plan import Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A service, user or virtual user as it is known today. `key` is shown as written; users compare without case."""

    kind: Kind
    key: str
    licenses: frozenset[str] = frozenset()
    labels: Labels = NO_LABELS
    object_id: str | None = None
    enabled: bool | None = None

    @property
    def id(self) -> str:
        """How every output writes this holder."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """A feature that keeps a license from being taken away."""

    holder: str
    license: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person as the directory (Microsoft Entra ID) was observed to know it; None: it wasn't told."""

    upn: str
    object_id: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentState:
    """A tenant as it stands. Holders are keyed by `fold(kind, key)`.

    `state` and `contingency` are what was observed: None where nothing was; `observed_at` tells since when (UTC, ISO
    8601) by license, and by `state`. `in_use` is None where nobody looked, `directory` (by folded UPN) where none was
    observed. `unaccounted` are the units by license that the vendor counted beyond this state at its last count.

    `terms` are the terms of the last apply or import and `declared` the holders (by `holder_key`) that its files spoke
    for; None where that can't be known or never was.

    `backend` is the kind of place that this comes from and `where` the place itself; `found` is False where no record
    of this tenant is there yet, `exists` where not even the place is. `tenant` is the name under which it was recorded.
    """

    tenant: str
    backend: str
    where: str = ""
    holders: Mapping[Kind, Mapping[str, Holder]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    state: str | None = None
    contingency: Mapping[str, Units] | None = None
    observed_at: Mapping[str, str] = field(default_factory=dict)
    in_use: tuple[InUse, ...] | None = None
    directory: Mapping[str, Account] | None = None
    unaccounted: Mapping[str, int] = field(default_factory=dict)
    terms: Mapping[str, Any] | None = None
    declared: frozenset[str] | None = None
    found: bool = True
    exists: bool = True
    lineage: str | None = None
    revision: int = 0

    @property
    def told_by(self) -> str:
        """What tells this state, in a word for people."""
        return "snapshot" if self.backend == "snapshot" else "ledger"


def fold(kind: Kind, key: str) -> str:
    """The key under which a holder is compared: a user's UPN without case, others as they are."""
    return key.lower() if kind == "user" else key


def holder_key(holder: str) -> str:
    """A holder id as it is compared: a user's without case."""
    return holder.lower() if holder.startswith("user:") else holder


def kind_of(holder: str) -> Kind:
    """The kind of a holder, with which its id begins."""
    return holder.partition(":")[0]  # type: ignore[return-value]  # ids are made so
