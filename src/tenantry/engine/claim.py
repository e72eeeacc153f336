"""A saved plan that is to be applied: a claim, not a permission. What isn't exactly as it was saved is refused."""

from tenantry.engine.saved import saved
from tenantry.errors import PlanAgainError
from tenantry.model.catalog import Catalog
from tenantry.model.digest import canonical
from tenantry.model.plan import PlanSet
from tenantry.model.plan_data import plan_set_data


def claim(file: str, content: bytes, catalog: Catalog) -> PlanSet:
    """The plans of a file. PlanAgainError where it is none, was changed, or says anything that a plan can't say."""
    plans, problems = saved(file, content, catalog)
    if plans is None:
        first = problems[0]
        raise PlanAgainError(
            f"{first.file}:{first.line}:{first.column}: this is no plan as it was saved. {first.message}",
            "Plan again with --out.",
        )
    if content != canonical(plan_set_data(plans)).encode():
        raise PlanAgainError(f"{file} is not byte for byte what was saved.", "Plan again with --out.")
    return plans
