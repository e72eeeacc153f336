"""drift: what the world has moved since the last apply and the files say otherwise, in the form of a plan."""

from dataclasses import replace

from tenantry.documents.problems import told
from tenantry.engine.asking import Request, ask, question, refuse_unlabelled
from tenantry.engine.plan import sealed
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Plan, PlanSet
from tenantry.planning.drift import Drift, net
from tenantry.planning.fingerprint import goal_of
from tenantry.planning.planner import plan


def drift(request: Request) -> tuple[PlanSet, Catalog]:
    """The drift of every tenant that the request chooses, as the plan that would set it back."""
    asked = ask(request)
    problems = list(asked.problems)
    plans: list[Plan] = []
    for done, name in enumerate(asked.tenants):
        request.progress(done, len(asked.tenants))
        found, faulty = question(asked, name)
        problems += faulty
        if found is None:
            continue
        known = found.current.tenant
        last = asked.backend.last_apply(known)
        moved = net(*asked.backend.observed_since_apply(known), since=None if last is None else last.id)
        same = last is not None and last.goal == goal_of(found.tenant, found.catalog, found.as_of)
        way = Drift(replace(moved, whole=same))
        plans.append(plan(found, way.narrowed, way.judged))
    if not plans and not problems:
        refuse_unlabelled(request)
    return sealed(told(problems), plans), asked.loaded.workspace.catalog
