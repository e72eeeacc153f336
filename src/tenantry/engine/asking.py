"""What a command asks, and the way from a workspace to the question that planning answers for each tenant."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tenantry.backends.backend import Backend
from tenantry.backends.no_ledger import NoLedger
from tenantry.backends.snapshots import Snapshots
from tenantry.documents.check import check
from tenantry.documents.document import Document
from tenantry.documents.json import read_json
from tenantry.documents.problems import problem
from tenantry.documents.snapshot import read_snapshot
from tenantry.documents.text import shown
from tenantry.documents.workspace import overlong
from tenantry.engine.beyond import beyond_catalog
from tenantry.engine.calendar import day_of
from tenantry.engine.loading import Files, Loaded, Selection, labelled, load, load_tenant, select
from tenantry.engine.orphans import orphans_of
from tenantry.errors import CallerError, TenantryError
from tenantry.model.plan import Finding
from tenantry.model.policy import Policy, Waiver
from tenantry.model.state import CurrentState
from tenantry.model.tenant import Tenant
from tenantry.planning.bought import NOTHING_ASSUMED, Assumed
from tenantry.planning.judge import waivable
from tenantry.planning.planner import Question
from tenantry.planning.rules.table import rules

SNAPSHOT_BYTES = 512 * 1024 * 1024


def at_ease() -> None:
    """A process that works beside others has nothing to do first."""


def unwatched(_done: int, _total: int) -> None:
    """Nobody watches how far work is."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """A waiver given with a command: a rule, for one tenant or for all that the command is about."""

    rule: str
    tenant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command's question.

    `backend` opens the place that a URL means; `snapshots` are names and contents of files that give the current state
    in its stead. `progress` is called, as work goes on, with how many tenants of how many are done.
    `begin` is what each process does first that is begun for `jobs`; it is a function of a module.
    """

    files: Files
    now: datetime.datetime
    backend: Callable[[str], Backend] = NoLedger
    selection: Selection = field(default_factory=Selection)
    as_of: datetime.date | None = None
    snapshots: tuple[tuple[str, bytes], ...] = ()
    allowances: tuple[Allowance, ...] = ()
    reason: str = ""
    assumed: Assumed = NOTHING_ASSUMED
    jobs: int = 1
    begin: Callable[[], None] = at_ease
    progress: Callable[[int, int], None] = unwatched


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A workspace that was read for a request, and the tenants that it is about.

    `orphans` are the tenants of the ledger without a file, by the tenants whose questions tell of them. `rivals` are
    problems of tenants that claim the same past. `lost` is what kept the ledger from being read; then `backend` knows
    nothing.
    """

    request: Request
    loaded: Loaded
    backend: Backend
    tenants: tuple[str, ...]
    problems: tuple[Finding, ...]
    orphans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rivals: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    lost: TenantryError | None = None


def ask(request: Request, *, saved: bool = False) -> Asked:
    """Read the workspace and the snapshots, and choose the tenants.

    CallerError: a pattern matches nothing, a chosen tenant has no snapshot, or a rule can't be allowed. Plans that
    were `saved` name their tenants also if the ledger can't be read: that is kept for each, and not raised.
    """
    loaded = load(request.files)
    tenants = select(loaded, request.selection)
    problems = [item for item in loaded.problems if item.tenant is None or item.tenant in tenants]
    if loaded.fatal:
        if loaded.catalog_known:
            problems += [item for name in tenants for item in load_tenant(request.files, loaded, name)[1]]
        return Asked(request=request, loaded=loaded, backend=Snapshots({}), tenants=(), problems=tuple(problems))
    backend: Backend
    known: tuple[str, ...] = ()
    lost: TenantryError | None = None
    if not request.snapshots:
        try:
            backend = request.backend(loaded.workspace.backend)
            known = backend.tenants()
        except TenantryError as error:
            if not saved:
                raise
            backend, lost = Snapshots({}), error
    else:
        states, found = _states(request, loaded)
        problems += found
        tenants = _with_snapshot(request, tenants, states, found)
        backend = Snapshots(states)
    _check_allowances(request, loaded, tenants)
    orphans, rivals = orphans_of(request.files, loaded.layout, known, tenants)
    return Asked(
        request=request,
        loaded=loaded,
        backend=backend,
        tenants=tenants,
        problems=tuple(problems),
        orphans=orphans,
        rivals=rivals,
        lost=lost,
    )


def question(asked: Asked, name: str) -> tuple[Question | None, list[Finding]]:
    """The question about a tenant, or the problems that leave none; neither where it doesn't bear the wanted labels."""
    request, workspace = asked.request, asked.loaded.workspace
    tenant, problems = load_tenant(request.files, asked.loaded, name)
    if tenant is None or not labelled(tenant, request.selection.labels):
        return None, problems
    if request.snapshots and not asked.backend.knows(name):
        return None, []
    as_of = day_of(tenant, request.now, request.as_of)
    policy = workspace.policies[name]
    problems = overlong(policy, as_of)
    if problems:
        return None, problems
    current = _current(asked.backend, tenant)
    problems = [*beyond_catalog(current, workspace.catalog, tenant), *asked.rivals.get(name, ())]
    if problems:
        return None, problems
    allowed = [item for item in request.allowances if item.tenant in (None, name)]
    extra = tuple(Waiver(rule=item.rule, reason=request.reason, tenant=name) for item in allowed)
    return Question(
        tenant=tenant,
        current=current,
        catalog=workspace.catalog,
        policy=replace(policy, waivers=(*policy.waivers, *extra)),
        as_of=as_of,
        assumed=request.assumed,
        orphans=asked.orphans.get(name, ()),
    ), []


def refuse_unlabelled(request: Request) -> None:
    """CallerError where labels were asked for; nobody bears them if nothing was found."""
    if request.selection.labels:
        raise CallerError("No tenant bears these labels.", "Labels stand in a tenant's files under tenant.labels.")


def _current(backend: Backend, tenant: Tenant) -> CurrentState:
    """The current state of a tenant, under the name that it had before where it is known by that one alone."""
    former = tenant.previously
    is_renamed = former is not None and not backend.knows(tenant.id) and backend.knows(former)
    return backend.read(former if former is not None and is_renamed else tenant.id)


def _states(request: Request, loaded: Loaded) -> tuple[dict[str, CurrentState], list[Finding]]:
    states: dict[str, CurrentState] = {}
    problems: list[Finding] = []
    for name, content in request.snapshots:
        document, found = read_json(name, content, limit=SNAPSHOT_BYTES)
        if document is not None and not found:
            state, found = _state(document, loaded)
            if state is not None and state.tenant in states:
                raise CallerError(f"Two snapshots of {state.tenant} are given.", "Give one a tenant.")
            if state is not None:
                states[state.tenant] = state
        problems += found
    return states, problems


def _state(document: Document, loaded: Loaded) -> tuple[CurrentState | None, list[Finding]]:
    catalog = loaded.workspace.catalog
    problems = check(document, "snapshot", catalog)
    if problems:
        return None, problems
    tenant = document.data["tenant"]
    if tenant not in loaded.layout:
        line, column = document.place(("tenant",))
        message = f"The snapshot is of {shown(tenant)}, and the workspace has no such tenant."
        return None, [problem("wrong-tenant", message, file=document.file, line=line, column=column)]
    state, problems = read_snapshot(document, catalog)
    return state, [replace(item, tenant=tenant) for item in problems]


def _with_snapshot(
    request: Request, tenants: Sequence[str], states: dict[str, CurrentState], problems: list[Finding]
) -> tuple[str, ...]:
    """The chosen tenants. One that was named and has no snapshot is an error; of others only the files are judged."""
    without = [name for name in tenants if name not in states]
    if request.selection.patterns and without and not problems:
        given = ", ".join(sorted(states))
        raise CallerError(f"No snapshot of {', '.join(without)} is given.", f"There is one of {given}.")
    return tuple(tenants)


def _check_allowances(request: Request, loaded: Loaded, tenants: Sequence[str]) -> None:
    known = rules(loaded.workspace.catalog)
    for item in request.allowances:
        if item.rule not in known:
            raise CallerError(f"There is no rule {item.rule!r}.", "See `tenantry rules`.")
        if item.tenant is not None and item.tenant not in loaded.layout:
            raise CallerError(f"There is no tenant {item.tenant!r} to allow {item.rule} for.")
        concerned = [item.tenant] if item.tenant else list(tenants)
        policies: list[Policy] = [loaded.workspace.policies[name] for name in concerned] or [Policy()]
        if not any(waivable(known[item.rule], policy) for policy in policies):
            raise CallerError(f"Nobody can waive {item.rule}.", "See `tenantry rules` for those that can be waived.")
