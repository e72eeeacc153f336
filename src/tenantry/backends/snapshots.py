"""States that were given as files, in place of a ledger."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenantry.backends.backend import Runless
from tenantry.model.state import CurrentState


@dataclass(frozen=True, slots=True)
class Snapshots(Runless):
    """States that were given as files. Nothing is ever written to them."""

    states: Mapping[str, CurrentState]

    def for_worker(self) -> "Snapshots":
        """The same states."""
        return self

    def tenants(self) -> tuple[str, ...]:
        """The tenants of the snapshots, sorted."""
        return tuple(sorted(self.states))

    def knows(self, tenant: str) -> bool:
        """Whether a snapshot of this tenant was given."""
        return tenant in self.states

    def read(self, tenant: str) -> CurrentState:
        """The state of the tenant's snapshot; KeyError where there is none."""
        return self.states[tenant]
