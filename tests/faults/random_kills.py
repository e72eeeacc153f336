"""Real commands that are killed at random times, while the files move back and forth between two desired states."""

import math
import random
import subprocess
import time
from pathlib import Path

from faults.commands import TENANTRY, real
from faults.disk import surroundings
from faults.invariants import Moment, broken, i5_one_quiet_run_ends_in_the_planned_state
from faults.machine import AFTER, BEFORE, UNTOUCHED, Stage, quiet, write
from faults.seen import look
from faults.sweeps import Tally

LATE = 0.6
"""The part of a command's time after which it may have begun to write; half of the kills come then."""


def kill_at_random(stage: Stage, folder: Path, count: int, chance: random.Random, until: float = math.inf) -> Tally:
    """Let so many commands be killed in a copy of the stage of an apply, and let one more end well.

    `until` is a time of the monotonic clock at which no more are killed.
    """
    tally = Tally()
    words = stage.scene.words
    sides = ((BEFORE, stage.before), (AFTER, stage.planned))
    duration = _measured(folder, words, tally)
    at = 0
    while True:
        desired, planned = sides[at % 2]
        write(folder, desired)
        before = look(folder)
        last = tally.faults == count or at > 3 * count or time.monotonic() > until
        delay = duration * chance.uniform(at % 4 // 2 * LATE, 1)
        ended = quiet(real, folder, words) if last else None
        tally.runs += 1
        tally.faults += not last and _killed(folder, words, delay)
        moment = Moment(before=before, now=look(folder), planned=planned, untouched=UNTOUCHED, ended=ended)
        more = (i5_one_quiet_run_ends_in_the_planned_state,) if last else ()
        story = f"apply {at + 1}, {'a quiet run' if last else f'killed after {delay:.3f} s'}"
        tally.violations += [f"{story}: {sentence}" for sentence in broken(moment, *more)]
        if last:
            tally.left = count - tally.faults
            return tally
        at += 1


def _measured(folder: Path, words: tuple[str, ...], tally: Tally) -> float:
    """How long the command takes here, when nobody kills it: the median of three."""
    taken = []
    for desired in (AFTER, BEFORE, AFTER):
        write(folder, desired)
        taken.append(quiet(real, folder, words).seconds)
        tally.runs += 1
    return sorted(taken)[1]


def _killed(folder: Path, words: tuple[str, ...], delay: float) -> bool:
    """Whether the command was still there to be killed after this time."""
    with subprocess.Popen(
        [TENANTRY, *words],
        cwd=folder,
        env=surroundings(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        time.sleep(delay)
        process.kill()
    return process.returncode == -9
