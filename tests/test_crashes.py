"""Apply on a machine that fails: whatever the moment, what is there is whole, and one quiet run ends well.

The quick half: moments chosen evenly. tests/torture/crashes.py goes through all of them.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from faults.commands import TENANTRY, Run, nursery, real
from faults.disk import LACKING, REQUIRED, Call, Fault, calls_of, closing, errors, interruptions, kills, surroundings
from faults.machine import APPLY, CREATING, OBSERVE, Scene, Stage, prepared, quiet
from faults.random_kills import kill_at_random
from faults.seen import LEDGER, look
from faults.stopped import AWAKENINGS, Awakening, awake
from faults.sweeps import Sweep, Tally

FAULTY = Path(__file__).parent / "faulty_tenantry.py"


@pytest.fixture(scope="module")
def disk() -> None:
    """A disk can be made to fail here; else tests are skipped, unless TESTS_FAULTS=required."""
    if LACKING:
        pytest.fail(LACKING) if REQUIRED else pytest.skip(LACKING)


@pytest.fixture(scope="module")
def stage(disk: None, tmp_path_factory: pytest.TempPathFactory) -> Stage:  # noqa: ARG001 - without it there is none
    """A workspace whose files have just moved, and the apply that is to follow."""
    return prepared(APPLY, tmp_path_factory.mktemp("apply") / "stage")


@pytest.fixture(scope="module")
def run(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs commands, fast."""
    with nursery(stage.folder, tmp_path_factory.mktemp("nursery")) as found:
        yield found


@pytest.fixture(params=[CREATING, OBSERVE], ids=lambda scene: scene.name)
def other(request: pytest.FixtureRequest, disk: None, tmp_path: Path) -> Stage:  # noqa: ARG001 - as above
    """Another command that writes."""
    scene: Scene = request.param
    return prepared(scene, tmp_path / "stage")


def copy(stage: Stage, folder: Path) -> Path:
    """Another workspace like it."""
    shutil.copytree(stage.folder, folder, dirs_exist_ok=True)
    return folder


def kept(tally: Tally, *, faults: int) -> None:
    """Every invariant was kept, whatever happened; and it happened."""
    assert tally.violations == []
    assert tally.faults >= faults


def test_the_stage_is_what_it_is_meant_to_be(stage: Stage) -> None:
    moved = {(holder, name) for tenant, holder, name in stage.planned.held - stage.before.held if tenant == "contoso"}
    assert moved == {
        ("service:desk", "enterprise_routing"),
        ("service:line", "contact_center"),
        ("user:cyd@x.example", "contact_center_user"),
        ("user:cyd@x.example", "companion"),
    }
    assert (stage.before.revisions["contoso"], stage.planned.revisions["contoso"]) == (2, 3)
    assert stage.before.assigned["contoso", "virtual_user"] > (stage.before.bought["contoso", "virtual_user"] or 0)
    files = {call.file for call in stage.calls}
    assert files >= {"ledger.db", "ledger.db-wal", "ledger.db-shm"}
    assert len(stage.calls) > 50


def test_a_fork_asks_the_same_of_its_disk_as_the_command(stage: Stage, run: Run, tmp_path: Path) -> None:
    quiet(run, copy(stage, tmp_path / "twin"), APPLY.words, tmp_path / "trace")
    assert calls_of(tmp_path / "trace") == stage.calls


@pytest.mark.slow
def test_a_process_that_is_killed_at_any_write_leaves_everything_or_nothing(
    stage: Stage, run: Run, tmp_path: Path
) -> None:
    sweep = Sweep(stage, run, tmp_path)
    moments = list(kills(stage.calls))
    for moment in moments:
        sweep.kill(moment)
    kept(sweep.tally, faults=90)
    assert {fault.what for fault in moments} == {"kill-before", "kill-torn", "kill-after"}


@pytest.mark.slow
def test_a_second_kill_while_it_recovers_changes_nothing_of_that(stage: Stage, run: Run, tmp_path: Path) -> None:
    sweep = Sweep(stage, run, tmp_path)
    for at, moment in enumerate(list(kills(stage.calls))[::8]):

        def some(calls: tuple[Call, ...], at: int = at) -> Iterable[Fault]:
            return list(kills(calls))[at::25]

        sweep.kill(moment, some)
    kept(sweep.tally, faults=30)


@pytest.mark.slow
def test_a_disk_that_fails_at_any_call_is_told_and_leaves_everything_or_nothing(
    stage: Stage, run: Run, tmp_path: Path
) -> None:
    sweep = Sweep(stage, run, tmp_path)
    for fault in list(errors(stage.calls))[::7]:
        sweep.fail(fault)
    kept(sweep.tally, faults=50)
    assert sweep.tally.ends >= {(0, "applied"), (1, "failed"), (5, "unknown")}


@pytest.mark.slow
def test_a_command_that_makes_the_ledger_or_observes_is_whole_too(other: Stage, run: Run, tmp_path: Path) -> None:
    sweep = Sweep(other, run, tmp_path)
    for moment in list(kills(other.calls))[::8]:
        sweep.kill(moment)
    for fault in list(errors(other.calls))[::31]:
        sweep.fail(fault)
    kept(sweep.tally, faults=20)


@pytest.mark.slow
def test_an_interrupted_apply_ends_what_is_in_flight_or_writes_nothing(stage: Stage, run: Run, tmp_path: Path) -> None:
    sweep = Sweep(stage, run, tmp_path)
    for fault in list(interruptions(stage.calls[: closing(stage.calls) - 1]))[::4]:
        if fault.what.endswith("-once") or fault.at < 12:
            sweep.interrupt(fault)
    kept(sweep.tally, faults=20)


@pytest.mark.slow
def test_an_impatient_interruption_while_the_ledger_is_closed_leaves_no_traceback(
    stage: Stage, run: Run, tmp_path: Path
) -> None:
    sweep = Sweep(stage, run, tmp_path)
    at = closing(stage.calls)
    for fault in ("SIGINT-once", "SIGTERM-once", "SIGINT-always", "SIGTERM-always"):
        for moment in (at - 20, at, at + 1, len(stage.calls)):
            sweep.interrupt(Fault(fault, moment))
    kept(sweep.tally, faults=16)


@pytest.mark.slow
def test_an_interrupted_observe_ends_what_is_in_flight_or_writes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    stage = prepared(OBSERVE, tmp_path / "stage")
    sweep = Sweep(stage, run, tmp_path / "scratch")
    for fault in list(interruptions(stage.calls))[::24]:
        sweep.interrupt(fault)
    kept(sweep.tally, faults=10)


@pytest.mark.slow
def test_real_commands_that_are_killed_at_random_times_leave_everything_or_nothing(
    stage: Stage, tmp_path: Path
) -> None:
    kept(kill_at_random(stage, copy(stage, tmp_path), 12, random.Random(20261124)), faults=12)  # noqa: S311 - no secret


@pytest.mark.slow
@pytest.mark.parametrize("awakening", AWAKENINGS, ids=lambda item: item.story)
def test_a_process_that_lost_its_lock_writes_nothing(stage: Stage, tmp_path: Path, awakening: Awakening) -> None:
    assert awake(stage, copy(stage, tmp_path), awakening) == []


def deaf(folder: Path, words: tuple[str, ...], *, full: bool) -> subprocess.CompletedProcess[str]:
    """Run the command where standard output is a full disk, or a pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    with Path("/dev/full").open("wb") as disk, open(writer, "wb") as pipe:  # noqa: PTH123 - a descriptor
        return subprocess.run(
            [TENANTRY, *words],
            cwd=folder,
            env=surroundings(folder),
            stdin=subprocess.DEVNULL,
            stdout=disk if full else pipe,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )


@pytest.mark.parametrize("full", [False, True], ids=["a reader that has left", "a full disk"])
def test_where_nobody_listens_what_was_written_is_told_on_standard_error(
    stage: Stage, tmp_path: Path, *, full: bool
) -> None:
    ended = deaf(copy(stage, tmp_path), APPLY.words, full=full)
    now = look(tmp_path)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert now.content == stage.planned.content
    assert f"applied 6 changes and 1 update by run {now.runs[-1].id}" in ended.stderr
    assert now.locks == ()


@pytest.mark.parametrize("full", [False, True], ids=["a reader that has left", "a full disk"])
def test_a_plan_that_can_not_be_shown_is_not_applied(stage: Stage, tmp_path: Path, *, full: bool) -> None:
    ended = deaf(copy(stage, tmp_path), ("apply", "contoso", "--auto-approve"), full=full)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert look(tmp_path) == stage.before


def test_a_plan_that_was_applied_writes_nothing_when_it_is_applied_again(stage: Stage, tmp_path: Path) -> None:
    folder = copy(stage, tmp_path)
    assert quiet(real, folder, ("plan", "contoso", "--out", "plan.json")).code == 0
    applying = ("apply", "./plan.json", "--format", "json")
    assert quiet(real, folder, applying).results[0]["status"] == "applied"
    first = look(folder)
    again = quiet(real, folder, applying)
    assert (again.code, again.results[0]["status"]) == (0, "already")
    assert look(folder) == first


def losing(folder: Path, fault: str) -> tuple[int, dict[str, Any]]:
    """Apply where the answer of a commit is lost; the exit code and the result."""
    ended = subprocess.run(
        [sys.executable, str(FAULTY), *APPLY.words],
        cwd=folder,
        env={"PATH": os.devnull, "HOME": str(folder), "FAULT": fault},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    [result] = json.loads(ended.stdout)["results"]
    return ended.returncode, result


def test_an_answer_that_is_lost_at_the_commit_is_looked_up(stage: Stage, tmp_path: Path) -> None:
    code, result = losing(copy(stage, tmp_path), "unheard:2")
    assert (code, result["status"]) == (0, "applied")
    assert result["changes"] == {"applied": 6, "not_applied": 0, "unknown": 0}
    assert "reported an error" in result["message"]
    assert look(tmp_path).content == stage.planned.content
    assert look(tmp_path).locks == ()


def test_an_answer_that_is_lost_at_the_commit_is_an_unknown_outcome(stage: Stage, tmp_path: Path) -> None:
    folder = copy(stage, tmp_path)
    code, result = losing(folder, "lost:2")
    assert (code, result["status"]) == (5, "unknown")
    assert result["changes"] == {"applied": 0, "not_applied": 0, "unknown": 6}
    (folder / f"{LEDGER}.away").rename(folder / LEDGER)
    # it was written, as the run says that is found now
    assert look(folder).content == stage.planned.content
    assert quiet(real, folder, APPLY.words).results[0]["status"] == "nothing"
