"""observe: what portal and directory show is recorded as it is, under the tenant's lock and in one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tenantry.backends.backend import Backend
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import LEASE_SECONDS, Claimant, Held, Lease
from tenantry.documents.problems import told as told_problems
from tenantry.documents.workspace import overlong, read_workspace
from tenantry.engine.asking import Request
from tenantry.engine.calendar import today_in
from tenantry.engine.facts import Told, facts_of
from tenantry.engine.heads import zone_of
from tenantry.engine.loading import Loaded, load, load_tenant
from tenantry.engine.orphans import rivals_of
from tenantry.engine.patience import patiently, unwilling
from tenantry.engine.recording import ContestedError, Recording
from tenantry.engine.remarks import without_file
from tenantry.errors import CallerError, PlanAgainError, TenantryError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding
from tenantry.model.policy import Policy, Waiver
from tenantry.model.run import Actor, Outcome, Status
from tenantry.model.tenant import Tenant
from tenantry.model.words import counted
from tenantry.planning.disappearance import RULE
from tenantry.planning.rules.table import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Observing:
    """What is told of a tenant, and who records it.

    `ledger` opens a URL for writing, and makes it if need be. `stopped` tells whether nothing more is to be begun.
    """

    request: Request
    tenant: str
    told: Told
    actor: Actor
    claimant: Claimant
    ledger: Callable[[str], Ledger]
    stopped: Callable[[], bool]


def observe(asked: Observing) -> tuple[Outcome, Catalog]:
    """Record what was seen; how the tenant came out of it, and the catalog in force.

    Problems of files are told in the outcome, and nothing is recorded; so is what fails of the ledger, and who has the
    lock. CallerError where options say what can't be.
    """
    tenant, files = asked.tenant, asked.request.files
    loaded = load(files)
    catalog = loaded.workspace.catalog
    if loaded.fatal:
        return _unread(tenant, (item for item in loaded.problems if item.tenant in (None, tenant))), catalog
    policy = _policy(asked, loaded)
    seen, problems = facts_of(asked.told, tenant, catalog)
    day = today_in(zone_of(files, loaded.layout.get(tenant, ())), asked.request.now)
    problems += overlong(policy, day)
    if problems:
        return _unread(tenant, problems), catalog
    url = loaded.workspace.backend
    declared, problems = _declared(asked, loaded, asked.request.backend(url))
    if problems:
        return _unread(tenant, problems), catalog

    def recording(ledger: Ledger) -> Recording:
        return Recording(
            seen,
            catalog,
            policy,
            ledger,
            actor=asked.actor,
            now=asked.request.now,
            day=day,
            remarks=tuple(without_file(tenant, loaded.layout)),
            rivals=lambda former, known: rivals_of(files, loaded.layout, known, heir=tenant, former=former),
        )

    try:
        return _recorded(asked, url, recording, declared), catalog
    except ContestedError as error:
        return _unread(tenant, error.problems), catalog
    except TenantryError as error:
        return _failed(tenant, error), catalog


def _recorded(asked: Observing, url: str, recording: Callable[[Ledger], Recording], declared: Tenant | None) -> Outcome:
    """Record it under the tenant's lock, in the ledger that is opened for it."""
    ledger = asked.ledger(url)
    try:
        lease = _taken(ledger, asked)
        try:
            return _stopped(asked.tenant) if asked.stopped() else recording(ledger).run(lease, declared)
        finally:
            ledger.free(lease)
    finally:
        ledger.close()


def _failed(tenant: str, error: TenantryError) -> Outcome:
    status: Status = "stale" if isinstance(error, PlanAgainError) else "failed"
    message = f"not observed: nothing was recorded. {error} {error.hint}".rstrip()
    return Outcome(tenant=tenant, status=status, message=message)


def _taken(ledger: Ledger, asked: Observing) -> Lease:
    """The lock of the tenant; PlanAgainError where somebody else has it."""
    lease = patiently(lambda: ledger.take(asked.tenant, asked.claimant), unwilling)
    if isinstance(lease, Held):
        hint = f"Try again when it is done; a lock that nobody renews is free after {LEASE_SECONDS} seconds."
        raise PlanAgainError(f"The lock of the tenant is held by {lease}.", hint)
    return lease


def _stopped(tenant: str) -> Outcome:
    message = "not observed: interrupted; nothing was recorded"
    return Outcome(tenant=tenant, status="failed", message=message)


def _unread(tenant: str, problems: Iterable[Finding]) -> Outcome:
    found = told_problems(problems)
    count = sum(item.count for item in found)
    message = f"not observed: {counted(count, 'problem')}; nothing was recorded"
    return Outcome(tenant=tenant, status="failed", message=message, findings=found)


def _policy(asked: Observing, loaded: Loaded) -> Policy:
    """The workspace's word for the tenant, which may have no file, with what the call allows."""
    catalog, tenant, request = loaded.workspace.catalog, asked.tenant, asked.request
    for item in request.allowances:
        if item.rule != RULE:
            raise CallerError(f"observe isn't judged by {item.rule}.", f"What it can let pass is {RULE}.")
        if item.tenant not in (None, tenant):
            raise CallerError(f"--allow speaks of {item.tenant}, and {tenant} is observed.")
    policy = loaded.workspace.policies.get(tenant)
    if policy is None:
        policy = read_workspace(loaded.document, (tenant,), catalog, rules(catalog))[0].policies[tenant]
    extra = [Waiver(rule=item.rule, reason=request.reason, tenant=tenant) for item in request.allowances]
    return replace(policy, waivers=(*extra, *policy.waivers))


def _declared(asked: Observing, loaded: Loaded, known: Backend) -> tuple[Tenant | None, list[Finding]]:
    """What the files say of a tenant that the ledger doesn't know, since it may know it by another id.

    Files that can't be read leave a doubt in which nothing is recorded: it could begin a second record of a tenant.
    """
    if asked.tenant not in loaded.layout or known.knows(asked.tenant):
        return None, []
    tenant, problems = load_tenant(asked.request.files, loaded, asked.tenant)
    return tenant, [] if tenant is not None else problems
