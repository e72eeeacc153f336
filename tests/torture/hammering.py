"""The processes that hammer one ledger at once: who applies, who observes, who reads. Each works until its time is up.

They call the command in process, since that is quick; one of them also starts real ones.
"""

import contextlib
import io
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from hammered import Watch

PEOPLE = tuple(f"{name}@x.example" for name in ("ada", "bob", "cyd", "dee", "eve", "fay", "gus", "hal"))
SERVICES = ("desk", "line", "lobby")
GIVEN = ("contact_center_user", "companion", "instant_messaging", "email")
TIERS = ("advanced_routing", "enterprise_routing", "contact_center")
BOUGHT = {"contact_center": 2, "enterprise_routing": 2, "contact_center_user": 7, "companion": 4, "email": 6}
"""What files say was bought; an observation may tell less. The rest is unlimited."""
UNLIMITED = ("advanced_routing", "instant_messaging")
WORKSPACE = {"version": 1, "guards": {"max_revocations": "off"}}
ENOUGH = tuple(f"{name}={units}" for name, units in BOUGHT.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it happens: a folder for the workspaces, the URL of the ledger, and until when (of the monotonic clock)."""

    folder: Path
    url: str
    until: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How one command came out; `facts` is what it was told to be bought."""

    role: str
    verb: str
    code: int
    results: list[dict[str, Any]]
    err: str
    facts: dict[str, int] = field(default_factory=dict)


@dataclass
class Worker:
    """One process, its workspace and what it has heard."""

    place: Place
    role: str
    chance: Random = field(init=False)
    folder: Path = field(init=False)
    said: list[Said] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.place.seed} {self.role}")  # noqa: S311 - a repeatable sequence
        self.folder = self.place.folder / self.role
        workspace(self.folder)

    def run(self, verb: str, *words: str, folder: Path | None = None, facts: dict[str, int] | None = None) -> Said:
        """Run a command in this process."""
        from tenantry.cli.door import run  # noqa: PLC0415 - only where a process has begun

        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(["-C", str(folder or self.folder), "--backend", self.place.url, verb, *words])
        return self.heard(verb, code, out.getvalue(), err.getvalue(), facts or {})

    def real(self, verb: str, *words: str) -> None:
        """Run a command as a process of its own."""
        command = [str(Path(sys.executable).with_name("tenantry")), "-C", str(self.folder), "--backend", self.place.url]
        ended = subprocess.run(
            [*command, verb, *words], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
        )
        self.heard(verb, ended.returncode, ended.stdout, ended.stderr, {})

    def heard(self, verb: str, code: int, out: str, err: str, facts: dict[str, int]) -> Said:
        """Keep how a command came out."""
        results = json.loads(out)["results"] if out and verb in ("apply", "observe") else []
        said = Said(role=self.role, verb=verb, code=code, results=results, err=err[-2000:], facts=facts)
        self.said.append(said)
        return said

    def pause(self, most: float) -> None:
        """Let others go on."""
        time.sleep(self.chance.uniform(0, most))

    def desire(self, tenant: str, folder: Path | None = None) -> None:
        """Let a tenant's file ask for something else."""
        write(folder or self.folder, tenant, wished(self.chance))


def workspace(folder: Path) -> None:
    """A workspace without tenants."""
    (folder / "tenants").mkdir(parents=True)
    (folder / "tenantry.yaml").write_text(json.dumps(WORKSPACE))


def write(folder: Path, tenant: str, sections: dict[str, Any]) -> None:
    """The file of a tenant."""
    contingency = {**BOUGHT, **dict.fromkeys(UNLIMITED, "unlimited")}
    data = {"version": 1, "contract": {"contingency": contingency}, "manage": {"services": "all", "users": "all"}}
    (folder / "tenants" / f"{tenant}.yaml").write_text(json.dumps({**data, **sections}))


def wished(chance: Random) -> dict[str, Any]:
    """Who is to have what; sometimes that is more than was bought."""
    users = {name: {"licenses": [item for item in GIVEN if chance.random() < 0.45]} for name in PEOPLE}
    kept = chance.sample(PEOPLE, chance.randint(4, len(PEOPLE)))
    return {
        "services": {name: {"license": chance.choice(TIERS)} for name in SERVICES},
        "users": {name: users[name] for name in kept},
    }


def _now(tenants: tuple[str, ...], *more: str) -> Callable[[Worker], None]:
    def work(worker: Worker) -> None:
        for tenant in tenants:
            worker.desire(tenant)
        worker.run("apply", *tenants, "--auto-approve", "--format", "json", *more)
        worker.pause(0.02)

    return work


def _late(worker: Worker) -> None:
    """A plan is saved where others find it, and applied some time later."""
    number = len(worker.said)
    folder = worker.place.folder / f"plan-{number}"
    workspace(folder)
    # of the one tenant nobody else applies anything, so that it is the plan and its double that meet
    worker.desire(worker.chance.choice(("alpha", "saved", "saved")), folder)
    code = worker.run("plan", "--out", str(folder / "plan.json"), folder=folder).code
    if code == 0:
        fresh = worker.place.folder / "newest.new"
        fresh.write_text(str(folder))
        fresh.replace(worker.place.folder / "newest")
    worker.pause(0.03)
    if code == 0:
        worker.run("apply", str(folder / "plan.json"), "--format", "json", folder=folder)
    old = worker.place.folder / f"plan-{number - 40}"
    shutil.rmtree(old, ignore_errors=True)


def _again(worker: Worker) -> None:
    """The plan that somebody else has saved last is applied here too, maybe before them, maybe twice."""
    newest = worker.place.folder / "newest"
    worker.pause(0.05)
    if newest.exists():
        folder = Path(newest.read_text())
        plan = str(folder / "plan.json")
        worker.run("apply", plan, "--format", "json", "--lock-timeout", "1s", folder=folder)


def _observe(worker: Worker) -> None:
    """What was bought grows and shrinks, and tenants are suspended for a while."""
    tenant = worker.chance.choice(("alpha", "beta", "gamma"))
    facts = {name: worker.chance.randint(0, units) for name, units in BOUGHT.items() if worker.chance.random() < 0.5}
    words = [word for name, units in facts.items() for word in ("--contingency", f"{name}={units}")]
    words += ["--state", worker.chance.choice(("active", "active", "active", "suspended"))]
    worker.run("observe", tenant, *words, "--format", "json", facts=facts)
    worker.pause(0.02)
    if worker.chance.random() < 0.6:  # and mostly there is room again
        words = [word for fact in ENOUGH for word in ("--contingency", fact)]
        worker.run("observe", tenant, *words, "--state", "active", "--format", "json", facts=dict(BOUGHT))


def _snapshot(worker: Worker) -> None:
    """What the portal shows is recorded as it is, above what was bought too."""
    tenant = worker.chance.choice(("beta", "gamma"))
    snapshot = {"format": "tenantry-snapshot/1", "tenant": tenant, **wished(worker.chance)}
    path = worker.folder / "snapshot.json"
    path.write_text(json.dumps(snapshot))
    worker.run("observe", tenant, "--snapshot", str(path), "--format", "json")
    worker.pause(0.1)


def _reader() -> Callable[[Worker], None]:
    """Whoever reads sees one sound state, whichever way it is asked for."""
    watches: list[Watch] = []
    turns = itertools.count()

    def work(worker: Worker) -> None:
        watches.extend([Watch(worker.place.url)] * (not watches))
        worker.broken += watches[0].look()
        for tenant in ("alpha", "beta", "gamma"):
            write(worker.folder, tenant, wished(worker.chance))
        words = (("plan",), ("report",), ("export", "beta"), ("history",))[next(turns) % 4]
        worker.run(*words, *(() if words[0] == "export" else ("--format", "json")))
        if next(turns) % 20 == 1:
            worker.real("plan", "--format", "json")
            worker.real("apply", "alpha", "--auto-approve", "--format", "json", "--lock-timeout", "1s")

    return work


ROLES: dict[str, Callable[[Worker], None]] = {
    "now-1": _now(("alpha",)),
    "now-2": _now(("alpha",), "--lock-timeout", "2s"),
    "late": _late,
    "again": _again,
    "several": _now(("beta", "gamma"), "--lock-timeout", "1s"),
    "observe": _observe,
    "snapshot": _snapshot,
    "read": _reader(),
}


def hammer(place: Place, role: str) -> None:
    """Work until the time is up; what was heard goes to a file named by the role."""
    os.environ["PATH"] = str(place.folder)  # without git, which takes longer to ask than all the rest
    worker = Worker(place, role)
    try:
        while time.monotonic() < place.until:
            ROLES[role](worker)
    except BaseException:  # noqa: BLE001 - whatever it was, it is told
        worker.broken.append(f"{role}: {traceback.format_exc()}")
    told = {"said": [asdict(said) for said in worker.said], "broken": worker.broken}
    (place.folder / f"{role}.json").write_text(json.dumps(told))


def heard(place: Place) -> Iterator[tuple[list[Said], list[str]]]:
    """What each of them has heard, and what it saw broken."""
    for role in ROLES:
        path = place.folder / f"{role}.json"
        told: dict[str, Any] = (
            json.loads(path.read_text()) if path.exists() else {"said": [], "broken": [f"{role} died"]}
        )
        yield [Said(**said) for said in told["said"]], told["broken"]
