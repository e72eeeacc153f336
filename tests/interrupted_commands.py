"""A command whose line to the server is cut, or that is killed; and whether all that it leaves behind agrees.

Two states of one tenant take turns, so that each command has the same to do as the one before it, the other way round.
"""

import json
import os
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cutting_proxy import Fate, Judge, Message, Proxy, pass_all
from filled_ledgers import ledger_on, outside
from forked_commands import Command, Ended
from postgresql_server import Server
from tenantry.backends.ledger.locks import Held
from tenantry.model.catalog import KINDS
from tenantry.model.plan import Plan
from tenantry.model.run import Run

TENANT = "contoso"
UNKNOWN = 5
Verb = Literal["apply", "observe"]
Holdings = dict[str, tuple[frozenset[str], str | None]]
"""Licenses and cost center of everybody who has a license."""

_BOUGHT = {"contact_center": 1, "enterprise_routing": 1, "contact_center_user": 2, "companion": 1}
_SECTIONS: tuple[Mapping[str, Any], ...] = (
    {
        "services": {"desk": {"license": "contact_center"}, "line": {"license": "enterprise_routing"}},
        "users": {
            "ada@x.example": {"licenses": ["contact_center_user", "companion"], "cost_center": "1"},
            "bob@x.example": {"licenses": ["contact_center_user"]},
        },
    },
    {
        "services": {"desk": {"license": "enterprise_routing"}, "line": {"license": "contact_center"}},
        "users": {
            "ada@x.example": {"licenses": ["contact_center_user"], "cost_center": "2"},
            "cyd@x.example": {"licenses": ["contact_center_user", "companion"]},
        },
    },
)
"""A circle of tiers with no unit free, one person who goes, one who comes, a label that moves."""
STATES: tuple[Holdings, ...] = tuple(
    {
        **{f"service:{key}": (frozenset({row["license"]}), None) for key, row in sections["services"].items()},
        **{
            f"user:{key}": (frozenset(row["licenses"]), row.get("cost_center"))
            for key, row in sections["users"].items()
        },
    }
    for sections in _SECTIONS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody sees in the ledger who opens it at the server itself."""

    revision: int
    held: Holdings
    runs: list[Run]
    last: Plan | None
    locks: list[Held]
    faults: list[str]


@dataclass(kw_only=True)
class Bench:
    """A workspace whose ledger is on a server, reached through a proxy. `state` is where the tenant is to be."""

    folder: Path
    server: Server
    proxy: Proxy
    database: str
    state: int = 0

    def __post_init__(self) -> None:
        (self.folder / "tenants").mkdir()
        self._write()
        ledger = ledger_on(self.server.url(self.database), makes=True, write=True)
        ledger.tenants()
        ledger.close()

    def _write(self) -> None:
        sections = _SECTIONS[self.state]
        tenant = {"version": 1, "contract": {"contingency": _BOUGHT}, "manage": {"services": "all", "users": "all"}}
        (self.folder / "tenants" / f"{TENANT}.yaml").write_text(json.dumps({**tenant, **sections}))
        snapshot = {"format": "tenantry-snapshot/1", "tenant": TENANT, "contingency": _BOUGHT, **sections}
        (self.folder / "snapshot.json").write_text(json.dumps(snapshot))

    def turn(self) -> Look:
        """Let files and snapshot say another state than the one that is there, which is told."""
        seen = self.look()
        self.state = int(seen.held == STATES[0])
        self._write()
        return seen

    def begin(self, *words: str) -> Command:
        """Begin a command whose line goes through the proxy."""
        (self.folder / "result.json").unlink(missing_ok=True)
        url = f"{Server(self.server.folder, port=self.proxy.port).url(self.database)}?sslmode=disable"
        return Command(self.folder, "--backend", url, *words)

    def words(self, verb: Verb) -> tuple[str, ...]:
        """The command that brings the tenant to its state, or tells that it is in it."""
        own = {"apply": ("--auto-approve",), "observe": (TENANT, "--snapshot", "snapshot.json")}[verb]
        return (verb, *own, "--format", "json=result.json", "--format", "text")

    def run(self, verb: Verb, judge: Judge = pass_all) -> Ended:
        """Run it, while its messages are judged."""
        return self.judged(judge, *self.words(verb))

    def judged(self, judge: Judge, *words: str) -> Ended:
        """Run these words, and wait until the server has ended what was left to it."""
        self.proxy.arm(judge)
        ended = self.begin(*words).wait()
        self.proxy.settle()
        return ended

    def killed(self, verb: Verb, number: int, fate: Fate) -> Ended:
        """Kill it at its n-th message."""
        victim: list[int] = []

        def judge(message: Message) -> Fate:
            if message.number != number:
                return Fate.PASS
            os.kill(victim[0], signal.SIGKILL)
            return fate

        self.proxy.arm(judge)
        self.proxy.hold()
        command = self.begin(*self.words(verb))
        victim.append(command.pid)
        self.proxy.go_on()
        ended = command.wait()
        self.proxy.settle()
        return ended

    def look(self) -> Look:
        """What is there now."""
        ledger = ledger_on(self.server.url(self.database))
        try:
            current, runs = ledger.read(TENANT), ledger.runs()
            found = ledger.run(runs[0].id) if runs else None
            rows = (row for kind in KINDS for row in current.holders[kind].values() if row.licenses)
            over = outside(ledger, "SELECT license FROM counters WHERE assigned > contingency")
            return Look(
                revision=current.revision,
                held={row.id: (row.licenses, row.labels.cost_center) for row in rows},
                runs=runs,
                last=None if found is None else found[1],
                locks=ledger.locks(),
                faults=[*ledger.faults(), *(f"more {name} than was bought" for (name,) in over)],
            )
        finally:
            ledger.close()

    def result(self) -> dict[str, Any] | None:
        """What the command told programs, if it came so far."""
        path = self.folder / "result.json"
        if not path.exists() or not path.read_text():
            return None
        [told] = json.loads(path.read_text())["results"]
        return dict(told)

    def history(self) -> list[dict[str, Any]]:
        """What the command `history` tells, at the server itself."""
        command = Command(
            self.folder, "--backend", self.server.url(self.database), "history", "--format", "json=history.json"
        )
        assert command.wait().code == 0
        runs: list[dict[str, Any]] = json.loads((self.folder / "history.json").read_text())["runs"]
        return runs


def at(number: int, fate: Fate) -> Judge:
    """Cut at this message."""
    return lambda message: fate if message.number == number else Fate.PASS


def at_each(fates: Mapping[int, Fate]) -> Judge:
    """Cut at each of these messages."""
    return lambda message: fates.get(message.number, Fate.PASS)


def at_commit(fate: Fate, then: Callable[[], None] | None = None) -> Judge:
    """Cut at the first commit of an effect, and do something more when it comes."""
    met: list[int] = []

    def judge(message: Message) -> Fate:
        if not message.commits or met:
            return Fate.PASS
        met.append(message.number)
        if then is not None:
            then()
        return fate

    return judge


def tried(bench: Bench, verb: Verb, judge: Judge, *, unknown: bool | None = False) -> list[str]:
    """A sentence for each promise that a command breaks whose messages are judged like this."""
    before = bench.turn()
    return broken(bench, verb, before, bench.run(verb, judge), unknown=unknown)


def tried_killed(bench: Bench, verb: Verb, number: int, fate: Fate) -> list[str]:
    """The same of one that is killed at its n-th message."""
    before = bench.turn()
    return broken(bench, verb, before, bench.killed(verb, number, fate))


def broken(bench: Bench, verb: Verb, before: Look, ended: Ended, *, unknown: bool | None = False) -> list[str]:
    """A sentence for each promise that a command has broken; after it a quiet run ends well.

    `unknown` is whether it can't know how it ended; None where that depends.
    """
    after = bench.look()
    found = list(_of_ledger(before, after, STATES[bench.state]))
    found += _of_words(bench, verb, before, after, ended, unknown=unknown)
    written = after.revision > before.revision
    quiet = bench.run(verb)
    told, last = bench.result() or {}, bench.look()
    if (quiet.code, told.get("status")) != (0, "nothing" if written else "applied"):
        found.append(f"the quiet run ended with {quiet.code}: {told.get('message') or quiet.err}")
    if (last.held, last.revision, last.locks) != (STATES[bench.state], before.revision + 1, []):
        found.append(f"the quiet run left revision {last.revision}, {last.locks}, {last.held}")
    return found + last.faults


def _of_ledger(before: Look, after: Look, goal: Holdings) -> Iterable[str]:
    """Everything or nothing, once, with its receipts; what is held is what was bought."""
    yield from after.faults
    grown = (after.revision - before.revision, len(after.runs) - len(before.runs))
    if grown not in ((0, 0), (1, 1)):
        yield f"revision and runs grew by {grown}"
    if after.held != (goal if grown[0] else before.held):
        yield f"neither everything nor nothing: {after.held}"
    if grown[0] and after.last is not None and replayed(before.held, after.last) != after.held:
        yield f"the receipts of {after.runs[0].id} are not what it did"


def replayed(held: Holdings, plan: Plan) -> Holdings:
    """What a run with these receipts makes of what was held."""
    licenses = {holder: set(has) for holder, (has, _) in held.items()}
    labels = {holder: label for holder, (_, label) in held.items()}
    for change in plan.changes:
        has = licenses.setdefault(change.holder, set())
        has -= {change.license if change.action == "revoke" else change.replaces}
        has |= set() if change.action == "revoke" else {change.license}
    labels |= {item.holder: item.after for item in plan.updates if item.field == "cost_center"}
    return {holder: (frozenset(has), labels.get(holder)) for holder, has in licenses.items() if has}


def _of_words(
    bench: Bench, verb: Verb, before: Look, after: Look, ended: Ended, *, unknown: bool | None
) -> Iterable[str]:
    """Exit code, result and last line say what the ledger says."""
    written = after.revision > before.revision
    told, count = bench.result(), len(after.last.changes) if after.last is not None else 0
    if "Traceback" in ended.out + ended.err:
        yield f"a traceback: {ended.err}"
    if ended.code == -signal.SIGKILL:
        return
    if told is None:
        if ended.code != 1 or written or "error: " not in ended.err:
            yield f"no result, {ended.code}, written: {written}: {ended.err}"
        return
    right: set[tuple[Any, ...]]
    said = (ended.code, told["status"], told["run"], *told["changes"].values())
    if written:
        right = {(0, "applied", after.runs[0].id, count, 0, 0)}
        last = f"recorded in the ledger: {count} changes; nothing was sent to Nimbus" if verb == "apply" else None
        if said in right and last not in (None, *ended.out.splitlines()[-1:]):
            yield f"it ends with {ended.out[-200:]}"
    else:
        right = {(1, "failed", None, 0, told["changes"]["not_applied"], 0)}
    if unknown or (unknown is None and ended.code == UNKNOWN):
        right = {(5, "unknown", None, 0, 0, told["changes"]["unknown"])}
    if said not in right:
        yield f"written: {written}, and it said {said}: {told['message']}"
    if f"{TENANT}: {told['message']}" not in " ".join(ended.out.split()):
        yield f"the text doesn't say what the result says: {told['message']}"
