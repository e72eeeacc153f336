"""What is to be said of an observation at once: whom or what the vendor and the directory know otherwise."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import replace

from tenantry.documents.telling import near_name
from tenantry.model.catalog import Catalog
from tenantry.model.observation import Observation
from tenantry.model.plan import Finding
from tenantry.model.policy import Policy
from tenantry.model.state import CurrentState
from tenantry.model.tenant import Tenant
from tenantry.planning.judge import asked_of
from tenantry.planning.observed import units_of
from tenantry.planning.planner import Question, case_of
from tenantry.planning.rules import directory
from tenantry.planning.rules.capacity import DISAGREE, counts_more


def disagreements(seen: Observation, after: CurrentState, catalog: Catalog, policy: Policy) -> Iterator[Finding]:
    """Where the vendor counts other numbers than the ledger, after everything else was recorded."""
    severity = policy.severities.get(DISAGREE, "warning")
    count = units_of(after)
    for item in seen.counters or ():
        label, more = catalog.licenses[item.license].label, item.used - count[item.license]
        numbers = f" ({item.used} in use, {count[item.license]} recorded)"
        if more > 0 and severity != "off":
            found = counts_more(seen.tenant, item.license, label, more, numbers)
            yield replace(found, severity=severity, tenant=seen.tenant)
        elif more < 0:
            yield Finding(
                rule=DISAGREE,
                severity="info",
                message=f"{label}: the vendor counts {-more} fewer than the ledger{numbers}; what is recorded counts.",
                hint="Observe a snapshot to learn who holds none.",
                tenant=seen.tenant,
                license=item.license,
                count=-more,
            )


def strangers(
    seen: Observation, after: CurrentState, catalog: Catalog, policy: Policy, day: datetime.date
) -> tuple[Finding, ...]:
    """The users with a license whom the directory that was seen doesn't know, or knows as disabled.

    They are judged by the rules of a plan that asks for nothing.
    """
    if seen.directory is None:
        return ()
    silent = Tenant(id=seen.tenant, name=seen.tenant, file="")
    case = case_of(Question(tenant=silent, current=after, catalog=catalog, policy=policy, as_of=day))
    return asked_of(case, (directory.unknown_holder, directory.disabled_holder))


def without_file(tenant: str, files: Collection[str]) -> Iterator[Finding]:
    """That no file bears this id, with the one that was most likely meant."""
    if tenant not in files:
        near = near_name(tenant, files)
        meant = f'Did you mean "{near}"? ' if near is not None else ""
        yield Finding(
            rule="tenant-without-file",
            severity="info",
            message=f"No file bears the id {tenant}; what was observed is recorded under it all the same.",
            hint=f"{meant}To have it planned, write tenants/{tenant}.yaml.",
            tenant=tenant,
        )
