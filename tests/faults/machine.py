"""Workspaces on which commands are made to fail: what was there before, what a command is to leave, what it writes."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.commands import Ended, Run, real
from faults.disk import Call, Fault, calls_of, surroundings
from faults.invariants import Moment
from faults.seen import Seen, look

CONTRACT = {
    "contingency": {
        "contact_center": 1,
        "enterprise_routing": 1,
        "contact_center_user": 2,
        "companion": 1,
        "virtual_user": 0,
    }
}
BEFORE: dict[str, Any] = {
    "version": 1,
    "contract": CONTRACT,
    "manage": {"services": "all", "users": "all"},
    "services": {"desk": {"license": "contact_center"}, "line": {"license": "enterprise_routing"}},
    "users": {
        "ada@x.example": {"licenses": ["contact_center_user", "companion"], "cost_center": "1"},
        "bob@x.example": {"licenses": ["contact_center_user"]},
    },
}
AFTER: dict[str, Any] = {
    **BEFORE,
    "services": {"desk": {"license": "enterprise_routing"}, "line": {"license": "contact_center"}},
    "users": {
        "ada@x.example": {"licenses": ["contact_center_user"], "cost_center": "2"},
        "cyd@x.example": {"licenses": ["contact_center_user", "companion"]},
    },
}
"""A circle of tiers with no unit free, a person who goes, one who comes, a label that moves."""
ZOE = {"format": "tenantry-snapshot/1", "tenant": "contoso", "virtual_users": {"zoe": {"licenses": ["virtual_user"]}}}
"""A virtual user of no file, over-allocated."""
OTHERS = {"version": 1, "users": {"fay@y.example": {"licenses": ["companion"]}}, "contract": CONTRACT}
"""A tenant beside it."""
UNTOUCHED = frozenset({"virtual_user:zoe", "user:fay@y.example"})
SNAPSHOT = {
    "format": "tenantry-snapshot/1",
    "tenant": "contoso",
    "users": {
        "ada@x.example": {"licenses": ["contact_center_user"], "cost_center": "3"},
        "dan@x.example": {"licenses": ["contact_center_user", "companion"]},
        "eve@x.example": {"licenses": ["contact_center_user"]},
    },
}
"""What a portal may show: more people than were bought for."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A command, and whether the ledger is there when it is given."""

    name: str
    words: tuple[str, ...]
    ledger: bool = True


APPLY = Scene("apply", ("apply", "contoso", "--auto-approve", "--format", "json"))
CREATING = Scene("apply that makes the ledger", APPLY.words, ledger=False)
OBSERVE = Scene("observe", ("observe", "contoso", "--snapshot", "seen.json", "--format", "json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A workspace in which the command of a scene is to be given: what is there, what will be, what it writes."""

    scene: Scene
    folder: Path
    before: Seen
    planned: Seen
    calls: tuple[Call, ...]

    def moment(self, now: Seen, ended: Ended | None = None, before: Seen | None = None) -> Moment:
        """The ledger now, beside what was there and what is to be."""
        first = self.before if before is None else before
        facts = self.scene == OBSERVE
        return Moment(before=first, now=now, planned=self.planned, untouched=UNTOUCHED, ended=ended, facts=facts)


def write(folder: Path, files: Mapping[str, object], tenant: str = "contoso") -> None:
    """Put the file of a tenant in place."""
    path = folder / "tenants" / f"{tenant}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(files), encoding="utf-8")


def quiet(run: Run, folder: Path, words: Sequence[str], trace: Path | None = None) -> Ended:
    """Run a command on a disk that fails nowhere."""
    return run(words, folder, surroundings(folder, trace=trace))


def faulty(run: Run, folder: Path, words: Sequence[str], fault: Fault) -> Ended:
    """Run a command on a disk with a fault."""
    return run(words, folder, surroundings(folder, fault))


def prepared(scene: Scene, folder: Path, run: Run = real) -> Stage:
    """The stage of a scene: files that have just moved from BEFORE, which was applied, to AFTER."""
    folder.mkdir()
    write(folder, BEFORE)
    write(folder, OTHERS, "fabrikam")
    (folder / "zoe.json").write_text(json.dumps(ZOE), encoding="utf-8")
    (folder / "seen.json").write_text(json.dumps(SNAPSHOT), encoding="utf-8")
    if scene.ledger:
        for words in (("apply", "--auto-approve"), ("observe", "contoso", "--snapshot", "zoe.json")):
            _done(quiet(run, folder, words))
    write(folder, AFTER)
    twin = folder.with_name(f"{folder.name}-planned")
    shutil.copytree(folder, twin)
    trace = folder.with_name(f"{folder.name}-trace")
    _done(quiet(run, twin, scene.words, trace))
    return Stage(scene=scene, folder=folder, before=look(folder), planned=look(twin), calls=calls_of(trace))


def _done(ended: Ended) -> None:
    if ended.code != 0:
        raise RuntimeError(f"the stage can't be prepared: {ended}")
