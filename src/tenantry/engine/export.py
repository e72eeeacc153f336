"""export: the current state of a tenant as a snapshot."""

from tenantry.engine.asking import Request
from tenantry.engine.compare import refuse
from tenantry.engine.loading import load
from tenantry.errors import AuthorError, OperatorError
from tenantry.model.digest import canonical
from tenantry.model.snapshot_data import snapshot_data


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
