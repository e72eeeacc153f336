"""A ledger that was not made yet."""

from dataclasses import dataclass

from tenantry.backends.backend import Runless
from tenantry.model.state import CurrentState


@dataclass(frozen=True, slots=True)
class NoLedger(Runless):
    """A URL at which no ledger was made yet: every holder counts as new."""

    url: str

    @property
    def missing(self) -> str | None:
        """The URL."""
        return self.url

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
