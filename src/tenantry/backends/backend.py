"""What every place of current assignments can do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tenantry.model.plan import Change, Plan, Update
from tenantry.model.run import LastMove, Run, UsageThen
from tenantry.model.state import CurrentState

Moves = tuple[tuple[Change, ...], tuple[Update, ...]]
"""Changes and updates, in their order."""


class Backend(Protocol):
    """A record of who holds what."""

    @property
    def missing(self) -> str | None:
        """The place at which there is no record yet; None where there is one."""
        ...

    def stamp(self) -> str | None:
        """A text that is another one as soon as another process has written anything; None where nobody writes."""
        ...

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

    def run_of(self, tenant: str, digest: str) -> Run | None:
        """The run of a tenant that came with this set of plans and was not refused, or None."""
        ...

    def last_apply(self, tenant: str) -> Run | None:
        """The last run that brought about what files asked for, or None."""
        ...

    def observed_since_apply(self, tenant: str) -> Moves:
        """What observations have moved since then; nothing where there was none."""
        ...

    def document(self, run_id: str) -> str | None:
        """The text that is kept with a run, such as a snapshot that did not become current, or None."""
        ...

    def last_moves(self, tenant: str, holder: str) -> Mapping[str, LastMove]:
        """What runs last did to each license of a holder, by license; nothing where no runs are kept."""
        ...

    def usage_history(self, tenant: str, since: str) -> Sequence[UsageThen]:
        """What the runs of a tenant that count left behind, oldest first; of those at or after a time (UTC, ISO 8601).

        A run that was refused or isn't finished left nothing behind. Nothing where no runs are kept.
        """
        ...


class Runless:
    """A place that keeps no runs."""

    __slots__ = ()

    @property
    def missing(self) -> str | None:
        """There is something."""
        return None

    def stamp(self) -> str | None:
        """Nobody writes to it."""
        return None

    def runs(self, tenants: Iterable[str] | None = None) -> Sequence[Run]:  # noqa: ARG002 - what every backend is asked
        """None."""
        return ()

    def run(self, run_id: str) -> tuple[Run, Plan] | None:  # noqa: ARG002 - what every backend is asked
        """None."""
        return None

    def run_of(self, tenant: str, digest: str) -> Run | None:  # noqa: ARG002 - as above
        """None."""
        return None

    def last_apply(self, tenant: str) -> Run | None:  # noqa: ARG002 - as above
        """None."""
        return None

    def observed_since_apply(self, tenant: str) -> Moves:  # noqa: ARG002 - as above
        """Nothing that is known."""
        return ((), ())

    def document(self, run_id: str) -> str | None:  # noqa: ARG002 - as above
        """None."""
        return None

    def last_moves(self, tenant: str, holder: str) -> Mapping[str, LastMove]:  # noqa: ARG002 - as above
        """Nothing that is known."""
        return {}

    def usage_history(self, tenant: str, since: str) -> Sequence[UsageThen]:  # noqa: ARG002 - as above
        """Nothing that is known."""
        return ()
