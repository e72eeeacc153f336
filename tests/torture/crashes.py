"""Crashes at every call that a command asks of its disk: the whole sweeps of which test_crashes.py takes samples.

Moments come in an order of chance, until the time is up; a row tells where it was up before the last of them.
"""

import itertools
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from row import Row

from faults.commands import Run, nursery
from faults.disk import Call, Fault, errors, interruptions, kills
from faults.machine import APPLY, CREATING, OBSERVE, Scene, Stage, prepared
from faults.random_kills import kill_at_random
from faults.stopped import AWAKENINGS, awake
from faults.sweeps import Sweep, Tally

RANDOM_KILLS = 200
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk, not a file; below it is a folder of our own
"""A disk without waiting: a kill leaves the same on it as on any other."""
PAIRS = 6
"""Second moments that are tried after a first one, before it is the next one's turn."""
RESERVED = 10
"""Seconds that are kept back for what ends late."""
Moments = Callable[[tuple[Call, ...]], Iterable[Fault]]


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """What can be gone through whole comes first; two kills in a row take the time that is left."""
    until = time.monotonic() + seconds - RESERVED
    chance = random.Random(seed)  # noqa: S311 - no secret
    with ExitStack() as stack:
        place = MEMORY if MEMORY.is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tenantry-crashes-", dir=place)))
        stages = {scene: prepared(scene, folder / f"stage-{at}") for at, scene in enumerate((APPLY, CREATING, OBSERVE))}
        (folder / "nursery").mkdir()
        run = stack.enter_context(nursery(stages[APPLY].folder, folder / "nursery"))
        sweeps = _Sweeps(stages, run, folder, chance, until)
        yield _row("stopped with the lock, clocks a day off", lambda: _awakenings(stages[APPLY], folder))
        for scene in stages:
            yield sweeps.row(f"{scene.name}: kill -9 at every call", scene, kills, Sweep.kill)
        yield _row("real apply killed at random times", lambda: _random_kills(stages[APPLY], folder, chance, until))
        yield sweeps.row("apply: every call fails", APPLY, errors, Sweep.fail)
        yield sweeps.row("apply: SIGINT, SIGTERM at every call", APPLY, interruptions, Sweep.interrupt)
        yield _row("apply: kill -9 twice in a row", sweeps.pairs)


class _Sweeps:
    """The sweeps of all stages, each in folders of its own."""

    def __init__(self, stages: dict[Scene, Stage], run: Run, folder: Path, chance: random.Random, until: float) -> None:
        self._stages, self._run, self._folder = stages, run, folder
        self._chance, self._until = chance, until
        self._numbers = itertools.count()

    def row(self, what: str, scene: Scene, moments: Moments, act: Callable[[Sweep, Fault], None]) -> Row:
        """Go through all moments of a stage."""
        return _row(what, lambda: self._whole(scene, moments, act))

    def _whole(self, scene: Scene, moments: Moments, act: Callable[[Sweep, Fault], None]) -> Tally:
        sweep = self._sweep(scene)
        left = list(moments(self._stages[scene].calls))
        self._chance.shuffle(left)
        while left and time.monotonic() < self._until:
            act(sweep, left.pop())
        sweep.tally.left = len(left)
        return sweep.tally

    def pairs(self) -> Tally:
        """Kill twice in a row; each first moment has a few second ones before any has more."""
        sweep = self._sweep(APPLY)
        calls = self._stages[APPLY].calls
        count = len(list(kills(calls)))
        firsts = [(first, _Some(self._chance.random(), count)) for first in kills(calls)]
        while firsts:
            self._chance.shuffle(firsts)
            for first, some in firsts:
                if time.monotonic() > self._until:
                    sweep.tally.left = sum(some.left for _, some in firsts)
                    return sweep.tally
                sweep.kill(first, some)
            firsts = [(first, some) for first, some in firsts if some.left]
        return sweep.tally

    def _sweep(self, scene: Scene) -> Sweep:
        scratch = self._folder / f"sweep-{next(self._numbers)}"
        scratch.mkdir()
        return Sweep(self._stages[scene], self._run, scratch)


class _Some:
    """The second moments after a first one, a few at a time; `left` is how many are still to come, at first a guess."""

    def __init__(self, order: float, left: int) -> None:
        self._order, self.left = order, left
        self._tried = 0

    def __call__(self, calls: tuple[Call, ...]) -> Iterable[Fault]:
        """The next of them."""
        found = list(kills(calls))
        random.Random(self._order).shuffle(found)  # noqa: S311 - no secret
        some = found[self._tried : self._tried + PAIRS]
        self._tried += len(some)
        self.left = len(found) - self._tried
        return some


def _random_kills(stage: Stage, folder: Path, chance: random.Random, until: float) -> Tally:
    shutil.copytree(stage.folder, folder / "random")
    return kill_at_random(stage, folder / "random", RANDOM_KILLS, chance, until)


def _awakenings(stage: Stage, folder: Path) -> Tally:
    tally = Tally()
    for at, awakening in enumerate(AWAKENINGS):
        twin = folder / f"awake-{at}"
        shutil.copytree(stage.folder, twin)
        tally.violations += awake(stage, twin, awakening)
        tally.runs += 3
        tally.faults += 1
    return tally


def _row(what: str, act: Callable[[], Tally]) -> Row:
    begin = time.monotonic()
    tally = act()
    return Row(
        what=f"{what} ({tally.left} more had no time)" if tally.left else what,
        runs=tally.runs,
        faults=tally.faults,
        violations=tuple(f"{what}: {sentence}" for sentence in tally.violations),
        seconds=time.monotonic() - begin,
    )
