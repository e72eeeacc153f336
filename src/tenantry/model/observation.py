"""What the portal and the directory show: facts, which are recorded as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenantry.model.catalog import Kind
from tenantry.model.plan import Units
from tenantry.model.state import Account, CurrentState


@dataclass(frozen=True, slots=True)
class Counted:
    """A license as the portal counts it: how many were bought, and how many are used."""

    license: str
    total: Units
    used: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The accounts of a directory by folded UPN, and how many were skipped, whose UPN is no user's of ours."""

    accounts: Mapping[str, Account]
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What was seen of a tenant at one time; None or nothing where nobody looked.

    `state` and `contingency` are all that was told of them, by whichever file or option. Of `snapshot` only `sections`
    were there, and replace what was known. `document` is the snapshot as it was given.
    """

    tenant: str
    state: str | None = None
    contingency: Mapping[str, Units] = field(default_factory=dict)
    counters: tuple[Counted, ...] | None = None
    snapshot: CurrentState | None = None
    sections: frozenset[Kind] = frozenset()
    document: str | None = None
    directory: Listing | None = None
