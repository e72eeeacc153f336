"""The faults of a stage one after the other: after each, the invariants, and one quiet run that ends well."""

import contextlib
import itertools
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faults.commands import Ended, Run
from faults.disk import Call, Fault, calls_of, closing
from faults.invariants import INTERRUPTED, Check, broken, i5_one_quiet_run_ends_in_the_planned_state
from faults.machine import Stage, faulty, quiet
from faults.seen import Seen, look

SECONDS_TO_STOP = 5
"""How long an interrupted command may take at most."""
KILLED = -9


@dataclass
class Tally:
    """How many commands were run, how many faults they met, and what broke an invariant; what there was no time for."""

    runs: int = 0
    faults: int = 0
    left: int = 0
    violations: list[str] = field(default_factory=list)
    ends: set[tuple[int, str]] = field(default_factory=set)
    """Exit code and status of each command that failed."""


def nothing_more(_: tuple[Call, ...]) -> Iterable[Fault]:
    """No second fault."""
    return ()


class Sweep:
    """Gives the command of a stage again and again, each time in a new copy of its workspace."""

    def __init__(self, stage: Stage, run: Run, scratch: Path) -> None:
        self.tally = Tally()
        self._stage, self._run, self._scratch = stage, run, scratch
        self._numbers = itertools.count()

    def kill(self, first: Fault, seconds: Callable[[tuple[Call, ...]], Iterable[Fault]] = nothing_more) -> None:
        """Kill the command, and let the next one end well; or kill it too, at moments chosen among its calls."""
        with self._copy(self._stage.folder) as folder:
            crashed = self._crash(folder, self._stage.before, f"{first}", first)
            with self._copy(folder) as twin:
                calls = self._recover(twin, crashed, f"{first}")
            for second in seconds(calls):
                with self._copy(folder) as twin:
                    story = f"{first}, then {second}"
                    self._recover(twin, self._crash(twin, crashed, story, second), story)

    def fail(self, fault: Fault) -> None:
        """Let a call fail; the command tells what became of it, and the next one ends well."""
        with self._copy(self._stage.folder) as folder:
            ended = self._faulty(folder, fault)
            now = look(folder)
            self._judge(now, f"{fault}", self._stage.before, ended)
            if ended.code not in (0, 1, 5):
                self._tell(f"{fault}", f"exit {ended.code}")
            self._recover(folder, now, f"{fault}")

    def interrupt(self, fault: Fault) -> None:
        """Send a signal; the command ends in time, whole, with its lock free."""
        with self._copy(self._stage.folder) as folder:
            ended = self._faulty(folder, fault)
            now = look(folder)
            self._judge(now, f"{fault}", self._stage.before, ended)
            over = fault.at >= closing(self._stage.calls)
            if ended.code != INTERRUPTED[fault.what.startswith("SIGTERM")] and not (over and ended.code == 0):
                self._tell(f"{fault}", f"exit {ended.code}")
            if ended.seconds > SECONDS_TO_STOP:
                self._tell(f"{fault}", f"it took {ended.seconds:.1f} s to stop")
            if now.locks:
                self._tell(f"{fault}", "the lock was kept")
            self._recover(folder, now, f"{fault}")

    def _crash(self, folder: Path, before: Seen, story: str, fault: Fault) -> Seen:
        ended = self._faulty(folder, fault)
        if ended.code != KILLED:
            self._tell(story, f"the command was not killed, but ended with {ended.code}")
        now = look(folder)
        self._judge(now, story, before)
        return now

    def _recover(self, folder: Path, before: Seen, story: str) -> tuple[Call, ...]:
        """One quiet run: it ends in the planned state. What it asked of the disk."""
        trace = folder / "trace"
        ended = quiet(self._run, folder, self._stage.scene.words, trace)
        self.tally.runs += 1
        story += ", then a quiet run"
        self._judge(look(folder), story, before, ended, i5_one_quiet_run_ends_in_the_planned_state)
        return calls_of(trace) if trace.exists() else ()

    def _faulty(self, folder: Path, fault: Fault) -> Ended:
        ended = faulty(self._run, folder, self._stage.scene.words, fault)
        self.tally.runs += 1
        self.tally.faults += 1
        self.tally.ends.add((ended.code, ended.results[0]["status"] if ended.results else ""))
        return ended

    def _judge(self, now: Seen, story: str, before: Seen, ended: Ended | None = None, *more: Check) -> None:
        moment = self._stage.moment(now, ended, before)
        for sentence in broken(moment, *more):
            self._tell(story, sentence)

    def _tell(self, story: str, sentence: str) -> None:
        self.tally.violations.append(f"{self._stage.scene.name}, {story}: {sentence}")

    @contextlib.contextmanager
    def _copy(self, folder: Path) -> Iterator[Path]:
        target = self._scratch / str(next(self._numbers))
        shutil.copytree(folder, target)
        try:
            yield target
        finally:
            shutil.rmtree(target)
