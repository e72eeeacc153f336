"""history and show: the runs of a ledger, and what one of them carried out."""

import difflib
from collections.abc import Iterable, Sequence

from tenantry.backends.backend import Backend
from tenantry.engine.loading import chosen
from tenantry.engine.plan import sealed
from tenantry.errors import OperatorError
from tenantry.model.history import History
from tenantry.model.plan import PlanSet
from tenantry.model.run import Run


def history(backend: Backend, tenants: Iterable[str], patterns: Sequence[str], limit: int | None = None) -> History:
    """The runs of the tenants that patterns choose, of all without any; the newest `limit` of them.

    Patterns speak of `tenants`, those that have files, and of the ledger's. CallerError where one matches nothing.
    """
    names = chosen(sorted({*tenants, *backend.tenants()}), patterns) if patterns else None
    missing = backend.missing
    return History(tuple(backend.runs(names))[:limit], missing)


def run_of(backend: Backend, run_id: str) -> tuple[Run, PlanSet]:
    """A run, and what it carried out as a set of plans. OperatorError where the ledger doesn't know it."""
    if backend.missing is not None:
        raise OperatorError(
            f"There is no run {run_id!r}: there is no ledger at {backend.missing}.",
            "For a file, write its folder: ./NAME.",
        )
    found = backend.run(run_id)
    if found is None:
        near = difflib.get_close_matches(run_id, [run.id for run in backend.runs()], n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "See `tenantry history`; for a file, write ./NAME."
        raise OperatorError(f"The ledger knows no run {run_id!r}.", hint)
    run, plan = found
    return run, sealed((), [plan])
