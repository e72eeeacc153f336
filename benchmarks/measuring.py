"""Runs commands as whole processes, taking turns, and tells what each took."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

Yardstick = Literal["wall", "cpu", "peak", "inside"]
PER_MEBIBYTE = 1024 * 1024 if sys.platform == "darwin" else 1024
"""The unit in which the system tells peak memory."""


@dataclass(frozen=True, slots=True)
class Case:
    """A command to measure, where it runs, and the exit codes with which it has done its work."""

    name: str
    command: Sequence[str | Path]
    folder: Path = Path()
    codes: frozenset[int] = frozenset({0})
    tells: bool = False
    """Whether it prints the seconds that its work alone took."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds on the clock, seconds of user and system, peak memory in MiB, and the seconds that it told."""

    wall: float
    cpu: float
    peak: float
    inside: float | None


Measured = Mapping[str, Sequence[Run]]
"""The runs of each case; those of one index were made in one round."""


def once(case: Case) -> Run:
    """Run a case; SystemExit with its words if it fails."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = subprocess.Popen(case.command, cwd=case.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in case.codes:
            raise SystemExit(f"{case.name} left with {child.returncode}: {_tail(errors)}")
        inside = float(_tail(output)) if case.tells else None
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / PER_MEBIBYTE, inside)


def interleaved(cases: Iterable[Case], rounds: int) -> Measured:
    """Run every case once a round, so that whatever else the machine does falls on all of them."""
    cases = list(cases)
    measured: dict[str, list[Run]] = {case.name: [] for case in cases}
    for number in range(rounds):
        for case in cases if number % 2 == 0 else reversed(cases):
            measured[case.name].append(once(case))
    return measured


def median(runs: Iterable[Run], by: Yardstick) -> float:
    """The median of what runs took."""
    return statistics.median(took(run, by) for run in runs)


def took(run: Run, by: Yardstick) -> float:
    """What a run took."""
    return {"wall": run.wall, "cpu": run.cpu, "peak": run.peak, "inside": run.inside or 0}[by]


def ratio(measured: Measured, of: str, to: str, by: Yardstick) -> float:
    """How many times as much one case took as another: the median of the ratios inside each round."""
    pairs = zip(measured[of], measured[to], strict=True)
    return statistics.median(took(one, by) / took(other, by) for one, other in pairs)


def _tail(stream: IO[bytes]) -> str:
    """The end of what a process printed."""
    stream.seek(max(stream.seek(0, os.SEEK_END) - 2000, 0))
    return stream.read().decode(errors="replace").strip()
