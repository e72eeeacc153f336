"""drift: what the world has moved since the last apply and the files say otherwise, in the form of a plan."""

from tenantry.documents.problems import told
from tenantry.engine.asking import Request, ask, question
from tenantry.engine.plan import sealed
from tenantry.errors import CallerError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Plan, PlanSet
from tenantry.planning.drift import Drift, net
from tenantry.planning.planner import plan


def drift(request: Request) -> tuple[PlanSet, Catalog]:
    """The drift of every tenant that the request chooses, as the plan that would set it back."""
    asked = ask(request)
    problems = list(asked.problems)
    plans: list[Plan] = []
    for name in asked.tenants:
        found, faulty = question(asked, name)
        problems += faulty
        if found is None:
            continue
        known = found.current.tenant
        last = asked.backend.last_apply(known)
        way = Drift(net(*asked.backend.observed_since_apply(known), since=None if last is None else last.id))
        plans.append(plan(found, way.narrowed, way.judged))
    if request.selection.labels and not plans and not problems:
        raise CallerError("No tenant bears these labels.", "Labels stand in a tenant's files under tenant.labels.")
    return sealed(told(problems), plans), asked.loaded.workspace.catalog
