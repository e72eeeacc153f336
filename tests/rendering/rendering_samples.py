"""Values to render: a catalog of the real shape, plans and reports that a reader would meet."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tenantry.model.catalog import AssignmentType, Catalog, License, Part, State
from tenantry.model.plan import Change, Contingency, Cost, Finding, Plan, PlanSet, Update, Usage
from tenantry.model.report import (
    GroupUsage,
    LicenseUsage,
    PartUsage,
    Report,
    ReportCost,
    RollUp,
    TenantReport,
    TightestLicense,
)

_LICENSES = (
    ("advanced_routing", "Advanced Routing", "service", "service", 0),
    ("enterprise_routing", "Enterprise Routing", "service", "service", 1),
    ("contact_center", "Contact Center", "service", "service", 2),
    ("interact_service", "Interact (Service)", "addon", "service", None),
    ("contact_center_user", "Contact Center User", "user", "user", None),
    ("interact", "Interact", "user", "user", None),
    ("companion", "Companion", "user", "user", None),
    ("instant_messaging", "Instant Messaging", "modality", "user", None),
    ("virtual_user", "Virtual User", "virtual_user", "virtual_user", None),
)
CATALOG = Catalog(
    name="nimbus",
    parts=(
        Part("service", "Service Licenses"),
        Part("addon", "Addon Licenses"),
        Part("user", "User Licenses"),
        Part("modality", "Modality Licenses"),
        Part("virtual_user", "Virtual User Licenses"),
    ),
    licenses={
        id_: License(id=id_, label=label, part=part, holder=holder, tier=tier, preview=id_ == "virtual_user")  # type: ignore[arg-type]
        for id_, label, part, holder, tier in _LICENSES
    },
    states={
        "active": State(id="active", label="Active", severity=0, effect="", allows_changes=True, evidence="documented"),
        "suspended": State(
            id="suspended",
            label="Suspended",
            severity=3,
            effect="All users are locked out.",
            allows_changes=False,
            evidence="documented",
        ),
    },
    assignment_types={"skill_based": AssignmentType(id="skill_based", label="Skill Based")},
)
BOUGHT: dict[str, Contingency] = {
    "advanced_routing": "unlimited",
    "contact_center": 4,
    "interact_service": 2,
    "contact_center_user": 120,
    "companion": 10,
    "instant_messaging": 40,
    "virtual_user": 1,
}
CHANGES = (
    Change(
        step=1,
        action="revoke",
        holder="user:eve@contoso.example",
        license="companion",
        risk="unverified",
        reason="users is all and no file lists this holder",
    ),
    Change(
        step=2,
        action="replace",
        holder="service:service-desk",
        license="contact_center",
        replaces="enterprise_routing",
        reason="service license",
        file="tenants/contoso.yaml",
        line=21,
    ),
    *(
        Change(
            step=at + 3,
            action="grant",
            holder=f"user:{name}@contoso.example",
            license="contact_center_user",
            reason="profile agent",
            file="tenants/contoso/rosters/zurich.csv",
            line=17 + at,
        )
        for at, name in enumerate(("ada", "bob", "cyd"))
    ),
)
UPDATES = (
    Update(holder="user:ada@contoso.example", field="cost_center", before="4100", after="4711"),
    Update(holder="service:service-desk", field="assignment_type", before=None, after="skill_based"),
)
EXCEEDED = Finding(
    rule="contingency-exceeded",
    severity="error",
    tenant="contoso",
    license="contact_center_user",
    message="Contact Center User: 121 assigned after the plan, 120 bought, 1 is missing",
    hint="free 1 unit, or have 121 bought and write it into contract.contingency",
    file="tenants/contoso.yaml",
    line=14,
    column=5,
)
TERMS = Finding(
    rule="terms-changed",
    severity="info",
    tenant="contoso",
    message="contingency contact_center_user 110 → 120",
    hint="a reviewer of contracts approves this",
)
UNLISTED = Finding(
    rule="no-longer-listed",
    severity="warning",
    tenant="contoso",
    holder="service:lobby",
    holders=("service:lobby",),
    message="service:lobby keeps its licenses although no file lists it any longer",
    hint="list it with license: none, or leave it",
)
IDLE = Finding(
    rule="companion-idle",
    severity="warning",
    tenant="contoso",
    license="companion",
    count=7,
    holders=("user:a@contoso.example", "user:b@contoso.example", "user:c@contoso.example"),
    message="Companion does nothing without an Enterprise Routing or Contact Center service (inferred)",
)
SOON = Finding(rule="starts-later", severity="info", tenant="contoso", message="3 entries begin after 2026-11-24")


def usage(**moved: tuple[int, int]) -> tuple[Usage, ...]:
    """The usage of every license; those that are named move."""
    rows = []
    for license_id in CATALOG.licenses:
        before, after = moved.get(license_id, (0, 0))
        bought = BOUGHT.get(license_id, 0)
        rows.append(Usage(license=license_id, contingency=bought, before=before, peak=max(before, after), after=after))
    return tuple(rows)


PLAN = Plan(
    tenant="contoso",
    name="Contoso AG",
    state="active",
    as_of="2026-11-24",
    verdict="rejected",
    effect="sha256:" + "e" * 64,
    backend="sqlite",
    execution="ledger",
    lineage="l",
    revision=7,
    goal="sha256:" + "a" * 64,
    basis="sha256:" + "b" * 64,
    updates=UPDATES,
    changes=CHANGES,
    usage=usage(
        contact_center_user=(118, 121),
        companion=(8, 7),
        enterprise_routing=(1, 0),
        contact_center=(2, 3),
        instant_messaging=(38, 38),
    ),
    unmanaged={"users": 0, "services": 2, "virtual_users": 0},
    findings=(TERMS, EXCEEDED, UNLISTED, IDLE, SOON),
    cost=Cost(
        currency="CHF",
        before="5310.00",
        after="5445.00",
        delta="135.00",
        bought="5400.00",
        unpriced=("contact_center",),
    ),
)
READY = replace(PLAN, verdict="ready", findings=(UNLISTED,))
QUIET = replace(
    PLAN, verdict="no_changes", changes=(), updates=(), findings=(), usage=usage(companion=(8, 8)), cost=None
)
PROBLEM = Finding(
    rule="unknown-license",
    severity="error",
    tenant="nordwind",
    message="'compagnion' is no license of the catalog",
    hint="did you mean 'companion'?",
    file="tenants/nordwind.yaml",
    line=9,
    column=18,
)


def plan_set(*plans: Plan, problems: Sequence[Finding] = ()) -> PlanSet:
    """A set of plans with digests of the right form."""
    return PlanSet(
        tool="tenantry 0.1.0",
        digest="sha256:" + "d" * 64,
        effect="sha256:" + "c" * 64,
        problems=tuple(problems),
        plans=tuple(sorted(plans, key=lambda plan: plan.tenant)),
    )


def large_plan(changes: int, **values: Any) -> Plan:
    """A plan with this many changes, one in a hundred a removal."""
    made = tuple(
        Change(
            step=at + 1,
            action="revoke" if at < changes // 100 else "grant",
            holder=f"user:person{at:06}@contoso.example",
            license="contact_center_user",
            reason="profile agent",
            file="tenants/contoso/rosters/zurich.csv",
            line=at + 2,
        )
        for at in range(changes)
    )
    return replace(PLAN, changes=made, **values)


def _license(license_id: str, assigned: int, unaccounted: int = 0) -> LicenseUsage:
    bought = BOUGHT.get(license_id, 0)
    return LicenseUsage(
        license=license_id,
        label=CATALOG.licenses[license_id].label,
        contingency=bought,
        assigned=assigned,
        available=bought - assigned if isinstance(bought, int) else bought,
        unaccounted=unaccounted,
        preview=CATALOG.licenses[license_id].preview,
    )


_ASSIGNED = {
    "advanced_routing": 12,
    "enterprise_routing": 0,
    "contact_center": 3,
    "interact_service": 2,
    "contact_center_user": 121,
    "companion": 7,
    "instant_messaging": 40,
    "virtual_user": 1,
}
_UNACCOUNTED = GroupUsage(None, 0, {"instant_messaging": 2}, unaccounted=True)
REPORTED = TenantReport(
    tenant="contoso",
    name="Contoso AG",
    state="active",
    state_label="Active",
    effect="Everything works; licenses can be assigned.",
    as_of="2026-11-24",
    told_by="ledger",
    parts=tuple(
        PartUsage(
            part.id,
            part.label,
            tuple(
                _license(item.id, _ASSIGNED.get(item.id, 0), 2 if item.id == "instant_messaging" else 0)
                for item in CATALOG.licenses.values()
                if item.part == part.id
            ),
        )
        for part in CATALOG.parts
    ),
    organization_units=(
        GroupUsage("/Contoso/Basel", 30, {"contact_center_user": 30, "instant_messaging": 10}),
        GroupUsage("/Contoso/Zurich", 90, {"contact_center_user": 91, "companion": 7, "instant_messaging": 28}),
        GroupUsage(None, 14, {"advanced_routing": 12, "contact_center": 3}),
        _UNACCOUNTED,
    ),
    cost_centers=(
        GroupUsage("4711", 120, {"contact_center_user": 121}),
        GroupUsage(None, 3, {"companion": 7}),
        _UNACCOUNTED,
    ),
    cost=ReportCost(currency="CHF", bought="5400.00", used="5445.00", unused="0.00", unpriced=("companion",)),
    findings=(UNLISTED, IDLE),
)
REPORT = Report(problems=(), tenants=(REPORTED,))


def fleet(tenants: int) -> Report:
    """A report of several tenants with its roll-up."""
    made = tuple(replace(REPORTED, tenant=f"tenant-{at:03}", name=f"Customer {at}") for at in range(tenants))
    tight = tuple(
        TightestLicense(
            tenant=item.tenant,
            name=item.name,
            state=item.state,
            license="contact_center_user",
            label="Contact Center User",
            contingency=120,
            assigned=121 - at,
            available=at - 1,
        )
        for at, item in enumerate(made[:100])
    )
    rest = tuple(
        TightestLicense(
            tenant=item.tenant,
            name=item.name,
            state=item.state,
            license=None,
            label=None,
            contingency=None,
            assigned=0,
            available=None,
        )
        for item in made[100:]
    )
    totals = tuple(item for part in REPORTED.parts for item in part.licenses)
    return Report(problems=(), tenants=made, roll_up=RollUp(totals, (*tight, *rest)))
