"""Whether plans are those that were reviewed: their effect, worked out from what they say, against the reviewed one."""

from dataclasses import replace

from tenantry.engine.plan import effect_of_set
from tenantry.errors import PlanAgainError
from tenantry.model.plan import Plan, PlanSet
from tenantry.planning.fingerprint import effect_of


def refusal(plans: PlanSet, checksum: str | None) -> PlanAgainError | None:
    """Why these plans aren't the ones whose effect was reviewed; None where they are, or where nothing was asked.

    What a saved plan claims its effect to be counts for nothing: it is worked out anew.
    """
    found = effect_of_set([_seen_through(plan) for plan in plans.plans])
    if checksum in (None, found):
        return None
    return PlanAgainError(
        f"Wrong checksum: {checksum} was reviewed, and what is planned now has the effect {found}. "
        "Files, current state or dates moved since the review, or other tenants were chosen.",
        "Plan again, and review it anew.",
    )


def _seen_through(plan: Plan) -> Plan:
    return replace(plan, effect=effect_of(plan.tenant, plan.changes, plan.updates, plan.verdict, plan.findings))
