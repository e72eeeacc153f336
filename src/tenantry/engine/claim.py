"""A saved plan that is to be applied: a claim, not a permission. What isn't exactly as it was saved is refused."""

from tenantry.engine.compare import saved
from tenantry.errors import PlanAgainError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import PlanSet


def claim(file: str, content: bytes, catalog: Catalog) -> PlanSet:
    """The plans of a file. PlanAgainError where it is none, was changed, or says anything that a plan can't say."""
    plans, problems = saved(file, content, catalog)
    if plans is None:
        first = problems[0]
        raise PlanAgainError(
            f"{first.file}:{first.line}:{first.column}: this is no plan as it was saved. {first.message}",
            "Plan again with --out.",
        )
    return plans
