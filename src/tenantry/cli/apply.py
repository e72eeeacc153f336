"""apply: what was planned is written to the ledger."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace

import click
from click.core import ParameterSource

from tenantry.cli.acting import Interruption, Patience, actor, claimant, ledger_to_plan_by, writable_ledger
from tenantry.cli.checksum import CHECKSUM, refused
from tenantry.cli.exits import DONE, ERROR, INTERRUPTED, STALE, of_outcomes, worst
from tenantry.cli.files import read_given
from tenantry.cli.options import ALLOW, CREATE_LEDGER, LABELS, LOCK_TIMEOUT, MAX_AGE, formats, request
from tenantry.cli.output import outcomes_beside, put, targets, to_stdout, told_anyway, writable
from tenantry.cli.screen import tell
from tenantry.cli.session import Session
from tenantry.engine.apply import Acting, apply, judged_now, none_applied
from tenantry.engine.asking import Asked, Request, ask, refuse_unlabelled
from tenantry.engine.claim import claim
from tenantry.engine.plan import sealed
from tenantry.engine.stale import Judged
from tenantry.errors import OperatorError
from tenantry.model.plan import Plan, PlanSet
from tenantry.model.run import Outcome
from tenantry.model.words import moves_counted
from tenantry.rendering.formats import PLAN_FORMATS, RESULT_FORMATS


@click.command("apply")
@click.argument("tenants", nargs=-1, metavar="[PLAN | TENANTS...]")
@LABELS
@click.option("--auto-approve", is_flag=True, allow_from_autoenv=False, help="Don't ask.")
@CREATE_LEDGER
@LOCK_TIMEOUT
@formats(tuple(RESULT_FORMATS))
@ALLOW
@CHECKSUM
@MAX_AGE
@click.pass_obj
def command(  # noqa: PLR0913 - click's options
    session: Session,
    tenants: tuple[str, ...],
    labels: tuple[str, ...],
    lock_timeout: float,
    formats: tuple[str, ...],
    allow: tuple[str, ...],
    reason: str | None,
    checksum: str | None,
    max_age: float | None,
    *,
    auto_approve: bool,
    create_ledger: bool,
) -> int:
    """Carry out a saved plan (PLAN.json, exactly as it was saved), or plan TENANTS, show it, ask, and carry it out.

    It is recorded in the ledger; nothing is sent to Nimbus.
    """
    wanted = targets(formats, RESULT_FORMATS)
    file = _plan_file(tenants)
    if file is not None and labels and _given("labels"):
        raise click.UsageError("A saved plan names its tenants; it takes no labels.")
    if file is None and max_age is not None and _given("max_age"):
        raise click.UsageError("--max-age is for a saved plan; what is planned now has no age.")
    asks = file is None and not auto_approve
    if asks and not session.asks:
        raise click.UsageError("Nobody can be asked here; give a saved plan, or --auto-approve.")
    chosen, bearing = ((), ()) if file is not None else (tenants, labels)
    writable(wanted)
    asked = replace(
        request(session, chosen, bearing, allow=allow, reason=reason),
        backend=lambda url: ledger_to_plan_by(session, url),
    )
    oldest = None if max_age is None else datetime.timedelta(seconds=max_age)
    work = _Command(session, wanted, lock_timeout, checksum, max_age=oldest, create_ledger=create_ledger)
    return work.saved(asked, file) if file is not None else work.planned(asked, asks=asks)


class _Command:
    def __init__(
        self,
        session: Session,
        wanted: list[tuple[str, str]],
        lock_timeout: float,
        checksum: str | None,
        *,
        max_age: datetime.timedelta | None,
        create_ledger: bool,
    ) -> None:
        self._session, self._wanted = session, wanted
        self._timeout, self._checksum, self._max_age = lock_timeout, checksum, max_age
        self._create = create_ledger

    def saved(self, request: Request, file: str) -> int:
        """Carry out a saved plan."""
        content = read_given(file)
        asked = ask(request, saved=True)
        plans = claim(file, content, asked.loaded.workspace.catalog)
        if asked.lost is not None and not plans.plans:
            raise asked.lost
        if asked.loaded.fatal:
            return self._unplannable(asked, plans)
        if refused(plans, self._checksum):
            return self._unreviewed(asked, plans)
        return self._carried_out(asked, plans, None)

    def planned(self, request: Request, *, asks: bool) -> int:
        """Plan, show, ask, and carry out."""
        asked = ask(request)
        judged = {}
        problems = list(asked.problems)
        with self._session.counting("planned") as progress:
            for name, found, faulty in judged_now(replace(asked, request=replace(request, progress=progress))):
                problems += faulty
                if found is not None:
                    judged[name] = found
        plans = sealed(tuple(problems), [item.plan for item in judged.values()])
        if not judged and not problems:
            refuse_unlabelled(request)
        self._show(asked, plans, asks=asks)
        if asked.loaded.fatal:
            self._put(asked, ())
            return ERROR
        if refused(plans, self._checksum):
            return self._unreviewed(asked, plans)
        ready = [plan for plan in plans.plans if plan.verdict == "ready" and plan.held is None]
        if asks and ready:
            refusal = _asked(ready)
            if refusal is not None:
                self._session.say("Nothing was applied.")
                return refusal
        return self._carried_out(asked, plans, judged)

    def _carried_out(self, asked: Asked, plans: PlanSet, judged: dict[str, Judged] | None) -> int:
        """Write, and tell what was written: a saved plan (`judged` is None), or what was shown just now."""
        with Interruption() as interruption:
            with self._session.counting("applied") as progress:
                applied = apply(asked, plans, self._acting(interruption, progress), judged)
            interruption.telling()
            unseen = {item.tenant for item in applied.outcomes if item.status == "rejected" and judged is None}
            self._put(asked, applied.outcomes, [plan for plan in applied.plans if plan.tenant in unseen])
        if interruption():
            return interruption.code
        return of_outcomes(applied.outcomes) if applied.outcomes or not asked.problems else ERROR

    def _acting(self, interruption: Interruption, progress: Callable[[int, int], None]) -> Acting:
        session, who = self._session, actor(self._session)
        return Acting(
            actor=who,
            claimant=claimant(who),
            ledger=lambda url: writable_ledger(session, url, create=self._create),
            wait=Patience(session, self._timeout, interruption),
            stopped=interruption,
            progress=progress,
            exact=self._checksum is not None,
            max_age=self._max_age,
        )

    def _show(self, asked: Asked, plans: PlanSet, *, asks: bool = False) -> None:
        """Show plans as text: with the text of the results, or to people beside other formats."""
        held = {plan.tenant: plan.held for plan in plans.plans if plan.held is not None}
        to_people = ("text", "-") not in self._wanted
        layout = self._session.beside(held) if to_people else self._session.layout(0, held, terminal=True)
        text = PLAN_FORMATS["text"](plans, asked.loaded.workspace.catalog, layout)
        if to_people:
            self._session.say(text.rstrip("\n"), asked=asks)
        else:
            to_stdout(text)

    def _unplannable(self, asked: Asked, plans: PlanSet) -> int:
        self._show(asked, sealed(asked.problems, []))
        outcomes = tuple(
            Outcome(
                tenant=plan.tenant, status="failed", message="the workspace has problems", not_applied=len(plan.changes)
            )
            for plan in plans.plans
        )
        self._put(asked, outcomes)
        return ERROR

    def _unreviewed(self, asked: Asked, plans: PlanSet) -> int:
        outcomes = none_applied(plans, "wrong checksum: this is not what was reviewed; nothing was written")
        self._put(asked, outcomes)
        return worst(STALE, of_outcomes(outcomes), ERROR if plans.problems else DONE)

    def _put(self, asked: Asked, outcomes: tuple[Outcome, ...], rejected: Sequence[Plan] = ()) -> None:
        """Tell outcomes, and before them show plans that were rejected only now."""
        catalog = asked.loaded.workspace.catalog
        with told_anyway(self._session, outcomes, catalog, RESULT_FORMATS):
            try:
                if rejected:
                    self._show(asked, sealed((), list(rejected)))
            finally:
                put(self._session, outcomes, catalog, RESULT_FORMATS, self._wanted)
        outcomes_beside(self._session, self._wanted, outcomes)


def _plan_file(tenants: tuple[str, ...]) -> str | None:
    """The saved plan among the arguments; click.UsageError beside anything else, or where it is a tenant's file."""
    files = [name for name in tenants if "/" in name or "\\" in name or name.endswith(".json")]
    if not files:
        return None
    if len(tenants) > 1:
        raise click.UsageError("A saved plan is applied alone.")
    if files[0].endswith((".yaml", ".yml")):
        raise click.UsageError(f"{files[0]} is a tenant's file and no plan; give the tenant's id.")
    return files[0]


def _given(option: str) -> bool:
    """Whether an option is one of this very call: its variable in the environment stands there for all of a pipeline.

    So it is passed over where it has nothing to say: which tenants a saved plan is of, or how old one of now may be.
    """
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def _asked(ready: list[Plan]) -> int | None:
    """Ask whether these plans are to be applied; None where they are, else the exit code."""
    whose = ready[0].tenant if len(ready) == 1 else f"{len(ready)} tenants"
    counts = moves_counted(sum(len(plan.changes) for plan in ready), sum(len(plan.updates) for plan in ready))
    try:
        return None if click.confirm(f"Record {counts} of {whose} in the ledger?", err=True) else ERROR
    except click.Abort:
        tell("")
        return INTERRUPTED
    except OSError:
        raise OperatorError("Nobody sees the question: standard error can't be written.", "--auto-approve") from None
