"""Random tenants in a real ledger, planned and applied by the engine as the command does it."""

import contextlib
import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from filled_ledgers import ADA, ME, REFUSED, ledger_at, ledger_in, ledger_on, outside, path_of, taken
from random_worlds import World
from tenantry.backends.backend import Backend
from tenantry.engine.apply import Acting, Applied, apply, judged_now
from tenantry.engine.asking import Asked, Request, ask
from tenantry.engine.plan import sealed
from tenantry.model.catalog import KINDS
from tenantry.model.plan import Plan, PlanSet
from tenantry.model.run import Record
from tenantry.model.state import CurrentState
from tenantry.planning.observed import observed
from worlds import NIMBUS, TENANT, Folder, state

databases: Callable[[], str] | None = None
"""Where ledgers are made, if not in files."""
NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


@dataclass
class Site:
    """A workspace with a real ledger: a file of its, or a database that is empty."""

    folder: Path
    world: World
    url: str | None = None
    content: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.write(self.world)
        made = None if self.url is None else ledger_on(self.url, write=True, makes=True)
        self.ledger = ledger_in(self.folder) if made is None else made

    def write(self, world: World) -> None:
        """Put these files in place."""
        below = f"tenants/{TENANT}/"
        self.content = {
            "tenantry.yaml": json.dumps({"version": 1, **world.workspace}),
            **{f"{below}{at}.yaml": json.dumps({"version": 1, **part}) for at, part in enumerate(world.parts)},
            **{f"{below}{name}": rows for name, rows in world.rosters.items()},
        }

    def observe(self, current: dict[str, Any]) -> None:
        """Record a snapshot as a fact, whatever was bought."""
        seen, known = state(current), self.ledger.read(TENANT)
        moved = observed(known, seen, KINDS, NIMBUS, TENANT)
        lease = taken(self.ledger)
        with self.ledger.writing(lease) as writing:
            writing.lift()
            writing.carry_out(moved.changes, moved.updates, moved.newcomers)
            writing.settle()
            record = Record(
                kind="observe",
                status="applied",
                at="2026-11-24T11:00:00Z",
                actor=ADA,
                digest="sha256:",
                plan=replace(_EMPTY, changes=moved.changes, updates=moved.updates),
            )
            writing.record(record)

    def asked(self) -> Asked:
        """The question of a command that writes."""

        def opened(_: str) -> Backend:
            return self.ledger

        return ask(Request(files=Folder(self.content), now=NOON, backend=opened))

    def plan(self) -> tuple[Asked, PlanSet, dict[str, Any]]:
        """What would be applied now."""
        asked = self.asked()
        judged = {name: found for name, found, problems in judged_now(asked) if found is not None and not problems}
        return asked, sealed((), [item.plan for item in judged.values()]), judged

    def apply(self, *, saved: PlanSet | None = None) -> Applied:
        """Plan and apply at once, or apply a plan that was saved before."""
        if saved is not None:
            return apply(self.asked(), saved, self.acting())
        asked, plans, judged = self.plan()
        return apply(asked, plans, self.acting(), judged)

    def acting(self) -> Acting:
        """How it is applied: by ada, without patience."""
        return Acting(actor=ADA, claimant=ME, ledger=lambda _: self.ledger, wait=lambda _: False, stopped=lambda: False)

    def current(self) -> CurrentState:
        """What the ledger holds, read by somebody else."""
        reader = ledger_at(path_of(self.ledger)) if self.url is None else ledger_on(self.url)
        try:
            return reader.read(TENANT)
        finally:
            reader.close()

    def refused(self, statement: str) -> bool:
        """Whether the database itself refuses a statement of somebody who opens it by himself."""
        try:
            outside(self.ledger, statement)
        except REFUSED:
            return True
        return False


@contextlib.contextmanager
def site(folder: Path, world: World) -> Iterator[Site]:
    """A workspace with this world in a new ledger."""
    made = Site(folder, world, None if databases is None else databases())
    try:
        made.observe(world.current)
        yield made
    finally:
        made.ledger.close()


_EMPTY = Plan(
    tenant=TENANT,
    name="",
    state="active",
    as_of="2026-11-24",
    verdict="ready",
    effect="sha256:",
    backend="sqlite",
    execution="ledger",
    lineage=None,
    revision=0,
    goal="sha256:",
    basis="sha256:",
)
