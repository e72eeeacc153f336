"""One tenant, from declared and current state to a judged, ordered plan. Pure: equal input, equal plan."""

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tenantry.model.catalog import KINDS, SECTIONS, Catalog
from tenantry.model.plan import Finding, Plan, Usage, Verdict
from tenantry.model.policy import Policy
from tenantry.model.state import CurrentState
from tenantry.model.tenant import Tenant
from tenantry.planning.bought import NOTHING_ASSUMED, Assumed, Bought, bought
from tenantry.planning.case import Case
from tenantry.planning.cost import cost
from tenantry.planning.diff import Difference, diff
from tenantry.planning.fingerprint import basis_of, effect_of, goal_of
from tenantry.planning.judge import judge
from tenantry.planning.order import Ordered, order
from tenantry.planning.risk import in_use_after, risk_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a plan is asked for: a tenant on a day, against its current state, under a policy.

    The desired state is that of `as_of`; `today` (None: the same day) is the day of the contract and of waivers.
    `orphans` are the tenants that the ledger knows and of which there is no file.
    """

    tenant: Tenant
    current: CurrentState
    catalog: Catalog
    policy: Policy
    as_of: datetime.date
    assumed: Assumed = NOTHING_ASSUMED
    today: datetime.date | None = None
    orphans: tuple[str, ...] = ()


Narrowing = Callable[[Difference], Difference]
"""Leaves some of a difference out."""
Judging = Callable[[Case], tuple[tuple[Finding, ...], Verdict]]
"""Says what is to be found about a case, and the verdict."""


def _whole(difference: Difference) -> Difference:
    return difference


def case_of(question: Question, narrowed: Narrowing = _whole) -> Case:
    """Compare, count and order; the case is what rules look at."""
    tenant, current, catalog = question.tenant, question.current, question.catalog
    what_was_bought = bought(tenant.contract, current, catalog, question.assumed)
    difference = narrowed(diff(tenant, current, catalog, question.as_of))
    return Case(
        tenant=tenant,
        catalog=catalog,
        policy=question.policy,
        as_of=question.as_of,
        today=question.today or question.as_of,
        current=current,
        bought=what_was_bought,
        difference=difference,
        assumed=question.assumed,
        orphans=question.orphans,
        ordered=_ordered(question, difference, what_was_bought),
    )


def plan(question: Question, narrowed: Narrowing = _whole, judged: Judging = judge) -> Plan:
    """Answer with the plan of the tenant, or with that part of it to which the difference is narrowed."""
    case = case_of(question, narrowed)
    findings, verdict = judged(case)
    usage = usage_of(case)
    return Plan(
        tenant=case.tenant.id,
        name=case.tenant.name,
        state=case.bought.state,
        as_of=case.as_of.isoformat(),
        verdict=verdict,
        effect=effect_of(case.tenant.id, case.changes, case.difference.updates, verdict, findings),
        backend=case.current.backend,
        execution=case.policy.execution,
        lineage=case.current.lineage,
        revision=case.current.revision,
        goal=goal_of(case.tenant, case.catalog, case.as_of),
        basis=basis_of(case.current, case.bought),
        updates=case.difference.updates,
        changes=case.changes,
        usage=usage,
        unmanaged={SECTIONS[kind]: case.difference.unmanaged[kind] for kind in KINDS},
        findings=findings,
        cost=cost(case.tenant.contract, usage),
    )


def _ordered(question: Question, difference: Difference, what_was_bought: Bought) -> Ordered:
    before: Counter[str] = Counter(question.current.unaccounted)
    for holders in difference.before.values():
        for licenses, count in Counter(holders.values()).items():
            before.update(dict.fromkeys(licenses, count))
    in_use = in_use_after(question.current, difference)
    return order(
        question.tenant.id,
        difference.moves,
        before,
        what_was_bought.contingency,
        question.catalog,
        question.policy.execution,
        lambda move: risk_of(move, question.current, question.catalog, in_use),
    )


def usage_of(case: Case) -> tuple[Usage, ...]:
    """Units of every license of the catalog, in its order."""
    ordered = case.ordered
    return tuple(
        Usage(
            license=license_id,
            contingency=case.bought.contingency[license_id],
            before=ordered.before.get(license_id, 0),
            peak=ordered.peak.get(license_id, 0),
            after=ordered.after.get(license_id, 0),
            unaccounted=case.current.unaccounted.get(license_id, 0),
        )
        for license_id in case.catalog.licenses
    )
