"""report: the usage of each tenant as its current state tells it, by part, organization unit and cost center."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from tenantry.backends.backend import Backend
from tenantry.documents.problems import told
from tenantry.engine.asking import Request, ask
from tenantry.engine.executor import answers
from tenantry.engine.trend import trend
from tenantry.model.catalog import KINDS, Catalog
from tenantry.model.plan import Contingency, headroom
from tenantry.model.policy import Policy
from tenantry.model.report import (
    GroupUsage,
    HolderUsage,
    LicenseUsage,
    PartUsage,
    Report,
    ReportCost,
    RollUp,
    TenantReport,
    TightestLicense,
)
from tenantry.model.state import CurrentState, Holder
from tenantry.planning.case import Case
from tenantry.planning.cost import cost, money
from tenantry.planning.judge import judge
from tenantry.planning.planner import Question, case_of, usage_of


def report(request: Request, *, holders: bool = False) -> tuple[Report, Catalog]:
    """Report on every tenant that the request chooses; a roll-up where there are several.

    Holders are many: they are listed only where they are asked for.
    """
    asked = ask(request)
    reporting = Reporting(asked.backend if request.jobs <= 1 else asked.backend.for_worker(), holders=holders)
    problems = list(asked.problems)
    tenants: list[TenantReport] = []
    for _, answer, found in answers(asked, reporting, request.jobs):
        problems += found
        if answer is not None:
            tenants.append(answer)
    catalog = asked.loaded.workspace.catalog
    roll_up = _roll_up(tenants, catalog) if len(tenants) > 1 else None
    return Report(problems=told(problems), tenants=tuple(tenants), roll_up=roll_up), catalog


@dataclass(frozen=True, slots=True)
class Reporting:
    """How each tenant is reported on: the record that tells its trend, and whether holders are listed."""

    backend: Backend
    holders: bool

    def __call__(self, question: Question) -> TenantReport:
        """The report of one tenant."""
        told = report_of(question)
        rows = [item for part in told.parts for item in part.licenses]
        course = trend(self.backend, question, {item.license: (item.contingency, item.assigned) for item in rows})
        return replace(told, trend=course, holders=_holders(question) if self.holders else ())


def report_of(question: Question) -> TenantReport:
    """The page of one tenant: a plan that asks for nothing, so that the state is judged as it stands."""
    silent = replace(question.tenant, entries={kind: {} for kind in KINDS}, managed=dict.fromkeys(KINDS, "none"))
    forgetful = replace(question.current, terms=None, declared=None)  # a report compares nothing with what was before
    policy = _without_waivers(question.policy)
    case = case_of(replace(question, tenant=silent, current=forgetful, policy=policy, orphans=()))
    findings, _ = judge(case)
    state = case.catalog.states[case.bought.state]
    current = case.current
    return TenantReport(
        tenant=case.tenant.id,
        name=case.tenant.name,
        state=state.id,
        state_label=state.label,
        effect=state.effect,
        as_of=case.as_of.isoformat(),
        told_by=current.told_by,
        parts=_parts(case),
        organization_units=_groups(case, lambda row: row.labels.organization_unit),
        cost_centers=_groups(case, lambda row: row.labels.cost_center),
        cost=_cost(case),
        findings=tuple(item for item in findings if item.rule != "no-memory"),
    )


def _without_waivers(policy: Policy) -> Policy:
    return replace(policy, waivers=(), hold=None)


def _rows(current: CurrentState) -> Iterable[Holder]:
    return (row for kind in KINDS for row in current.holders[kind].values() if row.licenses)


def _parts(case: Case) -> tuple[PartUsage, ...]:
    rows: dict[str, list[LicenseUsage]] = {part.id: [] for part in case.catalog.parts}
    for usage in usage_of(case):
        item = case.catalog.licenses[usage.license]
        rows[item.part].append(
            LicenseUsage(
                license=item.id,
                label=item.label,
                contingency=usage.contingency,
                assigned=usage.after,
                available=usage.available,
                unaccounted=usage.unaccounted,
                preview=item.preview,
            )
        )
    return tuple(PartUsage(part.id, part.label, tuple(rows[part.id])) for part in case.catalog.parts)


def _groups(case: Case, label: Callable[[Holder], str | None]) -> tuple[GroupUsage, ...]:
    """Units by license for each value of a label, sorted; those without one come last, then those without a holder."""
    catalog, more = case.catalog, case.current.unaccounted
    sets: dict[str | None, Counter[frozenset[str]]] = {}
    for (value, licenses), count in Counter((label(row), row.licenses) for row in _rows(case.current)).items():
        sets.setdefault(value, Counter())[licenses] = count
    groups = []
    for value in sorted(sets, key=lambda value: (value is None, value or "")):
        units: Counter[str] = Counter()
        for licenses, count in sets[value].items():
            units.update(dict.fromkeys(licenses, count))
        groups.append(GroupUsage(value, sets[value].total(), {name: units[name] for name in catalog.sort(set(units))}))
    unaccounted = {name: more[name] for name in catalog.licenses if more.get(name)}
    if unaccounted:
        groups.append(GroupUsage(None, 0, unaccounted, unaccounted=True))
    return tuple(groups)


def _holders(question: Question) -> tuple[HolderUsage, ...]:
    """Those that have licenses, by kind and id; people in the order of their UPN without case."""
    sets = {row.licenses for row in _rows(question.current)}
    order = {licenses: tuple(question.catalog.sort(licenses)) for licenses in sets}
    return tuple(
        HolderUsage(
            holder=row.id,
            name=row.labels.name,
            organization_unit=row.labels.organization_unit,
            cost_center=row.labels.cost_center,
            licenses=order[row.licenses],
        )
        for kind in KINDS
        for _, row in sorted(question.current.holders[kind].items())
        if row.licenses
    )


def _cost(case: Case) -> ReportCost | None:
    found = cost(case.tenant.contract, usage_of(case))
    if found is None:
        return None
    return ReportCost(
        currency=found.currency,
        bought=found.bought,
        used=found.after,
        unused=money(Decimal(found.bought) - Decimal(found.after)),
        unpriced=found.unpriced,
    )


def _roll_up(tenants: list[TenantReport], catalog: Catalog) -> RollUp:
    """Totals by license over all tenants, and the tenants with the least left on top."""
    rows: dict[str, list[LicenseUsage]] = {license_id: [] for license_id in catalog.licenses}
    for tenant in tenants:
        for part in tenant.parts:
            for row in part.licenses:
                rows[row.license].append(row)
    totals = tuple(_total(found) for found in rows.values())
    return RollUp(totals, tuple(sorted((_tightest(tenant) for tenant in tenants), key=_least_left)))


def _total(rows: list[LicenseUsage]) -> LicenseUsage:
    contingency: Contingency = 0
    for row in rows:
        if row.contingency is None or contingency is None:
            contingency = None
        elif row.contingency == "unlimited" or contingency == "unlimited":
            contingency = "unlimited"
        else:
            contingency += row.contingency
    assigned = sum(row.assigned for row in rows)
    unaccounted = sum(row.unaccounted for row in rows)
    left: Contingency = contingency - assigned if isinstance(contingency, int) else contingency
    return replace(rows[0], contingency=contingency, assigned=assigned, available=left, unaccounted=unaccounted)


def _tightest(tenant: TenantReport) -> TightestLicense:
    """The license of which a tenant has the least left for what it bought; one of 0 bought and 0 assigned isn't any."""
    limited = [
        row
        for part in tenant.parts
        for row in part.licenses
        if isinstance(row.available, int) and (row.contingency or row.assigned)
    ]
    row = min(limited, key=lambda row: headroom(row.contingency, row.available), default=None)
    return TightestLicense(
        tenant=tenant.tenant,
        name=tenant.name,
        state=tenant.state,
        license=row.license if row else None,
        label=row.label if row else None,
        contingency=row.contingency if row else None,
        assigned=row.assigned if row else 0,
        available=row.available if row else None,
    )


def _least_left(row: TightestLicense) -> tuple[float, str]:
    return (headroom(row.contingency, row.available), row.tenant)
