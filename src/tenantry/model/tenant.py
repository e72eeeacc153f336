"""A tenant as its files declare it: the contract, who is spoken for, and by which entry."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from tenantry.model.catalog import KINDS, Kind
from tenantry.model.labels import Labels
from tenantry.model.plan import Units

Management = Literal["all", "listed", "none"]
TENANT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What was bought. `contingency` None: the files don't tell; a license that a given map does not name is 0."""

    state: str | None = None
    valid_until: datetime.date | None = None
    currency: str | None = None
    contingency: Mapping[str, Units] | None = None
    prices: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of licenses. `gives` has those of every profile that it extends; `path` leads to each of them."""

    name: str
    gives: frozenset[str]
    path: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an entry says about licenses. Equal claims are one object, since thousands of entries say the same.

    People and virtual users: `gives` is the exact result. Services: `tier` and `addons`, each None where left open.
    """

    gives: frozenset[str] = frozenset()
    profiles: tuple[str, ...] = ()
    licenses: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    tier: str | None = None
    addons: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries stand: a file, and the roster entry's own place if the file is a roster of a tenant file."""

    file: str
    roster: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a section, or one row of a roster, that speaks for a holder.

    `claim` is None where it says nothing about licenses. `begins` and `ends` are whole days, both included.
    """

    key: str
    source: Source
    line: int
    claim: Claim | None
    labels: Labels
    begins: datetime.date | None = None
    ends: datetime.date | None = None
    object_id: str | None = None
    previously: str | None = None
    absent: bool = False

    def in_force(self, day: datetime.date) -> bool:
        """Whether the entry counts on this day."""
        return (self.begins is None or self.begins <= day) and (self.ends is None or day <= self.ends)

    def ended(self, day: datetime.date) -> bool:
        """Whether the entry's last day lies before this one."""
        return self.ends is not None and self.ends < day


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Everything that the files of one tenant say.

    `entries` are keyed by kind and by `fold(kind, key)`; a person may have several, of `users` and of rosters.
    `managed` tells for each kind how absence is read. `previously` is the id under which a ledger may still know the
    tenant. `places` leads from a key of the contract (`contingency`) to file
    and line.
    """

    id: str
    name: str
    file: str
    timezone: str = "UTC"
    labels: Mapping[str, str] = field(default_factory=dict)
    previously: str | None = None
    contract: Contract = field(default_factory=Contract)
    managed: Mapping[Kind, Management] = field(default_factory=lambda: dict.fromkeys(KINDS, "none"))
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    entries: Mapping[Kind, Mapping[str, tuple[Entry, ...]]] = field(
        default_factory=lambda: {kind: {} for kind in KINDS}
    )
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
