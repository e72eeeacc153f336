"""plan and whatif: a judged, ordered plan for each chosen tenant."""

from dataclasses import replace

from tenantry import __version__
from tenantry.documents.problems import told
from tenantry.documents.workspace import FILE
from tenantry.engine.asking import Request, ask
from tenantry.engine.executor import answers
from tenantry.model.catalog import Catalog
from tenantry.model.digest import digest
from tenantry.model.plan import Finding, Plan, PlanSet
from tenantry.model.plan_data import plan_set_data
from tenantry.planning.planner import plan


def plan_tenants(request: Request) -> tuple[PlanSet, Catalog]:
    """Plan every tenant that the request chooses; one that can't be read never hides the others.

    With the plans comes the catalog in force, by whose labels people read them.
    """
    asked = ask(request)
    problems: list[Finding] = list(asked.problems)
    plans: list[Plan] = []
    for _, answer, found in answers(asked, plan, request.jobs):
        problems += found
        if answer is not None:
            plans.append(answer)
    if asked.loaded.fatal or any(item.file == FILE for item in problems):
        plans = []
    return sealed(told(problems), plans), asked.loaded.workspace.catalog


def sealed(problems: tuple[Finding, ...], plans: list[Plan]) -> PlanSet:
    """A set of plans with its effect and digest."""
    plans = sorted(plans, key=lambda item: item.tenant)
    effect = effect_of_set(plans)
    open_set = PlanSet(tool=f"tenantry {__version__}", digest="", effect=effect, problems=problems, plans=tuple(plans))
    content = plan_set_data(open_set)
    del content["digest"]
    return replace(open_set, digest=digest(content))


def effect_of_set(plans: list[Plan]) -> str:
    """The effect of plans together: over tenants and their effects, sorted by tenant."""
    return digest([[item.tenant, item.effect] for item in sorted(plans, key=lambda item: item.tenant)])
