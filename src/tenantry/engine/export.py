"""export: the current state of a tenant as a snapshot, or a snapshot that was rejected."""

from tenantry.engine.asking import Request
from tenantry.engine.history import run_of
from tenantry.engine.loading import load
from tenantry.engine.saved import refuse
from tenantry.errors import AuthorError, CallerError, OperatorError
from tenantry.model.digest import canonical
from tenantry.model.snapshot_data import snapshot_data


def kept(request: Request, tenant: str, run_id: str) -> str:
    """The snapshot that is kept with a run because it didn't become current, as text.

    OperatorError where the ledger doesn't know the run, AuthorError where it keeps none, CallerError where the run is
    another tenant's.
    """
    loaded = load(request.files)
    if loaded.fatal:
        refuse(loaded.problems)
    backend = request.backend(loaded.workspace.backend)
    run, _ = run_of(backend, run_id)
    if run.tenant != tenant:
        raise CallerError(f"Run {run_id} is of {run.tenant}, not of {tenant}.")
    document = backend.document(run_id)
    if document is None:
        hint = "Only a snapshot that was rejected is kept; what became current is in `tenantry export` without --run."
        raise AuthorError(f"Run {run_id} keeps no snapshot.", hint)
    return document


def export(request: Request, tenant: str) -> str:
    """The snapshot of a tenant, as text.

    OperatorError where there is no ledger, or none that knows the tenant; AuthorError with what is wrong in the
    workspace's own files.
    """
    loaded = load(request.files)
    if loaded.fatal:
        refuse(loaded.problems)
    backend = request.backend(loaded.workspace.backend)
    state = backend.read(tenant)
    if not state.found:
        known = backend.tenants()
        if not known:
            raise OperatorError(f"The ledger {state.where} knows no tenant yet.", "Record one with `tenantry observe`.")
        raise AuthorError(f"The ledger {state.where} doesn't know {tenant!r}; it knows {', '.join(known)}.")
    return canonical(snapshot_data(state, loaded.workspace.catalog))
