"""One observation, on its way into the ledger: as it is, in one transaction, with a run that tells what it moved."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Lease
from tenantry.backends.ledger.writing import Writing
from tenantry.engine.commits import ALTHOUGH, took_place
from tenantry.engine.noted import in_short, noted
from tenantry.engine.patience import patiently, unwilling
from tenantry.engine.plan import sealed
from tenantry.engine.remarks import disagreements, strangers
from tenantry.errors import CommitError, TenantryError
from tenantry.model.catalog import SECTIONS, Catalog
from tenantry.model.digest import digest
from tenantry.model.observation import Observation
from tenantry.model.plan import Finding, Plan, Verdict
from tenantry.model.policy import Policy
from tenantry.model.run import Actor, Outcome, Record, Status
from tenantry.model.state import CurrentState
from tenantry.model.tenant import Contract, Tenant
from tenantry.planning import judge
from tenantry.planning.bought import bought
from tenantry.planning.disappearance import RULE, disappearance
from tenantry.planning.fingerprint import basis_of, effect_of
from tenantry.planning.observed import Moved, in_order, observed, pinned, usage_between
from tenantry.planning.terms import contract_of


class ContestedError(Exception):
    """Nothing was recorded, since the record is claimed by others too. `problems` tell it."""

    def __init__(self, problems: tuple[Finding, ...]) -> None:
        super().__init__()
        self.problems = problems


class Recording:
    """One observation. `actor` and `now` are those of the run, `day` is the tenant's, `remarks` were noticed before.

    `rivals` finds the problem of a tenant that takes over the record of a former id, given who is recorded.
    """

    def __init__(  # noqa: PLR0913 - what was seen, by which words, where it goes, by whom and when
        self,
        seen: Observation,
        catalog: Catalog,
        policy: Policy,
        ledger: Ledger,
        *,
        actor: Actor,
        now: datetime.datetime,
        day: datetime.date,
        remarks: tuple[Finding, ...],
        rivals: Callable[[str, Iterable[str]], tuple[Finding, ...]],
    ) -> None:
        self._seen, self._catalog, self._policy, self._ledger = seen, catalog, policy, ledger
        self._actor, self._remarks, self._rivals = actor, remarks, rivals
        self._contract = Contract()
        self._day = day
        self._at = now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def run(self, lease: Lease, declared: Tenant | None) -> Outcome:
        """Record everything in one transaction, or keep a snapshot that is likely cut off.

        `declared` are the files of the tenant, where they were read. ContestedError where others claim its past.
        """
        outcome = patiently(lambda: self._recorded(lease, declared), unwilling)
        return replace(outcome, message=outcome.message + lease.told())

    def _recorded(self, lease: Lease, declared: Tenant | None) -> Outcome:
        """One transaction, in which everything is written or nothing."""
        outcome: Outcome | None = None
        former = None if declared is None else declared.previously
        try:
            with self._ledger.writing(lease, former) as writing:
                if writing.former is not None:
                    self._refuse_rivals(writing.former)
                outcome = self._judged(writing, declared)
        except CommitError as error:
            if outcome is None:
                raise
            return self._looked_up(outcome, error, lease)
        return outcome

    def _refuse_rivals(self, former: str) -> None:
        """A record that was just taken over goes back to its former id where somebody else may be its heir."""
        problems = self._rivals(former, self._ledger.tenants())
        if problems:
            raise ContestedError(problems)

    def _judged(self, writing: Writing, declared: Tenant | None) -> Outcome:
        seen, tenant = self._seen, self._seen.tenant
        before = self._known()
        self._contract = contract_of(before.terms, self._catalog) if declared is None else declared.contract
        moved, findings = Moved(), self._remarks
        if seen.snapshot is not None:
            moved = observed(before, seen.snapshot, seen.sections, self._catalog, tenant)
            judged = disappearance(before, moved, self._catalog, self._policy, self._day)
            findings = tuple(judge.in_order((*findings, *(replace(item, tenant=tenant) for item in judged))))
        rejects = any(item.rejects for item in findings)
        return (self._reject if rejects else self._write)(writing, before, moved, findings)

    def _known(self) -> CurrentState:
        """What the ledger tells; without a state that the catalog in force has no more, by which nothing is judged."""
        current = self._ledger.read(self._seen.tenant)
        return current if current.state in self._catalog.states else replace(current, state=None)

    def _looked_up(self, outcome: Outcome, error: CommitError, lease: Lease) -> Outcome:
        """After a failure at the commit: whether the run is there, as a new look at the ledger tells."""
        count = outcome.applied
        try:
            found = took_place(self._ledger, lease, outcome.run or "", self._at)
        except TenantryError as again:
            message = f"unknown whether it was recorded: {error} {again}"
            return replace(outcome, status="unknown", message=message, run=None, applied=0, unknown=count)
        if not found:
            message = f"not observed, nothing was recorded: {error}"
            left = outcome.not_applied + count
            return replace(outcome, status="failed", message=message, run=None, applied=0, not_applied=left, moved=())
        return replace(outcome, message=f"{outcome.message}, {ALTHOUGH}")

    def _reject(self, writing: Writing, before: CurrentState, moved: Moved, findings: tuple[Finding, ...]) -> Outcome:
        """Keep the snapshot beside a run that changes nothing, not even the name of the record."""
        writing.give_back()
        plan = self._plan(before, before, Moved(), findings, "rejected")
        notes = (f"not recorded: {in_short(self._seen)}",)
        run = self._record(writing, "rejected", plan, notes, self._seen.document)
        told = run if writing.former is None else f"{run} of {writing.former}"
        message = f"rejected: {RULE}; the snapshot is kept with run {told}, and nothing became current"
        return Outcome(
            tenant=self._seen.tenant,
            status="rejected",
            message=message,
            run=run,
            not_applied=len(moved.changes),
            moved=notes,
            findings=findings,
        )

    def _write(self, writing: Writing, before: CurrentState, moved: Moved, findings: tuple[Finding, ...]) -> Outcome:
        """Record facts as they are, those above what was bought too, so that no later write enlarges an overrun."""
        seen = self._seen
        writing.lift()
        writing.carry_out(moved.changes, moved.updates, moved.newcomers)
        moved = self._pin(writing, moved)
        if seen.contingency or seen.state is not None:
            told = replace(before, state=seen.state, contingency={**(before.contingency or {}), **seen.contingency})
            counts = bought(self._contract, told, self._catalog)
            state = None if seen.state is None else counts.state
            writing.note_contract({name: counts.contingency[name] for name in seen.contingency}, state)
        writing.settle()
        self._note(writing)
        after = self._known()
        status: Status = "nothing" if _timeless(before) == _timeless(after) else "applied"
        findings += tuple(disagreements(seen, after, self._catalog, self._policy))
        findings += strangers(seen, after, self._catalog, self._policy, self._day)
        findings = tuple(judge.in_order(findings))
        notes = noted(seen, before, after, moved, self._catalog)
        verdict: Verdict = "ready" if moved.changes or moved.updates else "no_changes"
        run = self._record(writing, status, self._plan(before, after, moved, findings, verdict), notes)
        return Outcome(
            tenant=seen.tenant,
            status=status,
            message=_message(seen, status, run),
            run=run,
            applied=len(moved.changes),
            moved=notes,
            findings=findings,
        )

    def _pin(self, writing: Writing, moved: Moved) -> Moved:
        """Give users whose object id isn't known the one of the directory."""
        if self._seen.directory is None:
            return moved
        users = self._ledger.read(self._seen.tenant).holders["user"]
        pins = pinned(users, self._seen.directory.accounts)
        writing.carry_out((), pins, ())
        return replace(moved, updates=tuple(in_order([*moved.updates, *pins])))

    def _note(self, writing: Writing) -> None:
        """Keep what was seen beside holders and assignments. Counters come last: they are held against the rest."""
        seen = self._seen
        enabled: dict[str, bool] = {}
        if seen.snapshot is not None:
            users = seen.snapshot.holders["user"]
            enabled = {key: row.enabled for key, row in users.items() if row.enabled is not None}
            held = (item.id for item in self._catalog.licenses.values() if item.holder in seen.sections)
            writing.account_for(held)
            if seen.snapshot.in_use is not None:
                writing.use(seen.snapshot.in_use)
        if seen.directory is not None:
            accounts = seen.directory.accounts
            writing.list_accounts(accounts)
            enabled |= {key: item.enabled for key, item in accounts.items() if item.enabled is not None}
        writing.enable(enabled)
        writing.observe(self._at, _facts(seen))

    def _plan(
        self, before: CurrentState, after: CurrentState, moved: Moved, findings: tuple[Finding, ...], verdict: Verdict
    ) -> Plan:
        """The head of the run's receipts."""
        seen, catalog, contract = self._seen, self._catalog, self._contract
        known = bought(contract, after, catalog)
        return Plan(
            tenant=seen.tenant,
            name=seen.tenant,
            state=known.state,
            as_of=self._day.isoformat(),
            verdict=verdict,
            effect=effect_of(seen.tenant, moved.changes, moved.updates, verdict, findings),
            backend=before.backend,
            execution="ledger",
            lineage=before.lineage,
            revision=before.revision,
            goal=digest([list(fact) for fact in _facts(seen)] + [seen.document]),
            basis=basis_of(before, bought(contract, before, catalog)),
            updates=moved.updates,
            changes=moved.changes,
            usage=usage_between(before, after, moved.changes, known.contingency),
            unmanaged=dict.fromkeys(SECTIONS.values(), 0),
            findings=findings,
        )

    def _record(
        self, writing: Writing, status: Status, plan: Plan, notes: tuple[str, ...], document: str | None = None
    ) -> str:
        return writing.record(
            Record(
                kind="observe",
                status=status,
                at=self._at,
                actor=self._actor,
                digest=sealed((), [plan]).digest,
                plan=plan,
                notes=notes,
                document=document,
            )
        )


def _facts(seen: Observation) -> Iterator[tuple[str, str, str]]:
    """Fact, license and value of everything that was seen, as the ledger keeps it."""
    if seen.state is not None:
        yield "state", "", seen.state
    for license_id, units in sorted(seen.contingency.items()):
        yield "contingency", license_id, str(units)
    if seen.snapshot is not None and seen.snapshot.in_use is not None:
        yield "in_use", "", str(len(seen.snapshot.in_use))
    if seen.directory is not None:
        yield "directory", "", str(len(seen.directory.accounts))
    for item in seen.counters or ():
        yield "used", item.license, str(item.used)


def _timeless(state: CurrentState) -> CurrentState:
    """What a state tells, whatever the time at which it was seen."""
    return replace(state, observed_at={}, revision=0)


def _message(seen: Observation, status: Status, run: str) -> str:
    message = f"observed {in_short(seen)}; {'nothing moved; ' if status == 'nothing' else ''}run {run}"
    skipped = seen.directory.skipped if seen.directory is not None else 0
    if skipped:
        accounts = "1 account" if skipped == 1 else f"{skipped} accounts"
        return f"{message}; {accounts} of the directory skipped, whose UPN isn't ASCII"
    return message
