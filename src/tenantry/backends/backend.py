"""What every place of current assignments can do, and which place a URL means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tenantry.model.plan import Plan
from tenantry.model.run import LastMove, Run
from tenantry.model.state import CurrentState


class Backend(Protocol):
    """A record of who holds what."""

    def for_worker(self) -> "Backend":
        """The same record for another process."""
        ...

    def tenants(self) -> tuple[str, ...]:
        """Every tenant that is recorded, sorted."""
        ...

    def knows(self, tenant: str) -> bool:
        """Whether a state of this tenant is recorded."""
        ...

    def read(self, tenant: str) -> CurrentState:
        """The current state of a tenant; `found` is False where nothing is recorded."""
        ...

    def runs(self, tenants: Iterable[str] | None = None) -> Sequence[Run]:
        """The runs of these tenants (None: of all), newest first; none where no runs are kept."""
        ...

    def run(self, run_id: str) -> tuple[Run, Plan] | None:
        """A run and what it carried out; None where it isn't known."""
        ...

    def last_moves(self, tenant: str, holder: str) -> Mapping[str, LastMove]:
        """What runs last did to each license of a holder, by license; nothing where no runs are kept."""
        ...


class Runless:
    """A place that keeps no runs."""

    __slots__ = ()

    def runs(self, tenants: Iterable[str] | None = None) -> Sequence[Run]:  # noqa: ARG002 - what every backend is asked
        """None."""
        return ()

    def run(self, run_id: str) -> tuple[Run, Plan] | None:  # noqa: ARG002 - what every backend is asked
        """None."""
        return None

    def last_moves(self, tenant: str, holder: str) -> Mapping[str, LastMove]:  # noqa: ARG002 - as above
        """Nothing that is known."""
        return {}


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


@dataclass(frozen=True, slots=True)
class NoLedger(Runless):
    """A URL at which no ledger was made yet: every holder counts as new."""

    url: str

    def for_worker(self) -> "NoLedger":
        """The same nothing."""
        return self

    def tenants(self) -> tuple[str, ...]:
        """Nothing is recorded yet."""
        return ()

    def knows(self, tenant: str) -> bool:  # noqa: ARG002 - what every backend is asked
        """Nothing is recorded yet."""
        return False

    def read(self, tenant: str) -> CurrentState:
        """An empty state that says that it was not found."""
        kind = self.url.partition(":")[0]
        return CurrentState(tenant=tenant, backend=kind, where=self.url, found=False, exists=False)
