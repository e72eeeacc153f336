"""The loop of all fuzzers: make an input, judge it, keep whatever broke a promise as a file, and count."""

import mmap
import os
import random
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from row import Row

FOLDER = "TORTURE_FOLDER"
"""The variable that names the folder for inputs that broke a promise."""
SLOWEST = 1.0
"""Seconds of computing that no input may take."""
HANGS = 60
"""Seconds after which an input is given up."""
MOST = 10
"""Violations after which a fuzzer stops: whatever is behind them is known by then."""
BATCH = 256
"""Inputs between two looks at the clock."""
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzer:
    """One thing that takes input from strangers.

    `judge` raises whatever breaks a promise, and returns whether the input was refused, or how many of its `weight`
    parts were hostile. `wanted` inputs (times `weight`) are tried.
    """

    name: str
    what: str
    wanted: int
    make: Callable[[Random], bytes]
    judge: Callable[[bytes], int]
    weight: int = 1
    again: Callable[[bytes], int] | None = None
    """Judges an input as `judge` does, and looks at what `judge` looks at only now and then."""


class Hang(Exception):  # noqa: N818 - the name says what happened
    """An input was not answered."""


def fuzz(fuzzer: Fuzzer, seconds: float, seed: int) -> Iterator[Row]:
    """The row of one fuzzer. With fewer runs than it wanted, it says that its time was up."""
    chance = random.Random(f"{fuzzer.name} {seed}")  # noqa: S311 - a repeatable sequence, no secret
    runs = faults = 0
    violations: list[str] = []
    begin = time.perf_counter()
    batch = max(1, BATCH // fuzzer.weight)
    with _last_input(fuzzer.name) as remember, _no_hang():
        while runs < fuzzer.wanted and len(violations) < MOST and time.perf_counter() - begin < seconds:
            signal.alarm(HANGS)
            for _ in range(batch):
                content = fuzzer.make(chance)
                remember(content)
                runs += fuzzer.weight
                refused, broken = judged(fuzzer.judge, content)
                faults += refused
                if broken:
                    violations.append(f"{fuzzer.name}: {broken}; the input is {_kept(fuzzer.name, content)}")
                    break
    late = "" if runs >= fuzzer.wanted or violations else f", stopped after {seconds:.0f} s"
    yield Row(
        what=f"{fuzzer.what}{late}",
        runs=runs,
        faults=faults,
        violations=tuple(violations),
        seconds=time.perf_counter() - begin,
    )


def judged(judge: Callable[[bytes], int], content: bytes) -> tuple[int, str]:
    """How much of an input was refused, and how it broke a promise; empty where it kept all."""
    refused, taken = 0, SLOWEST
    for _ in range(2):  # the first input of all waits for imports: what is slow is slow again
        begin = time.process_time()
        try:
            refused = judge(content)
        except Exception as error:  # noqa: BLE001 - every exception is a violation here
            return 0, _sentence(error)
        taken = time.process_time() - begin
        if taken < SLOWEST:
            return refused, ""
    return refused, f"it took {taken:.1f} s"


def _sentence(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    told = " ".join(str(error).split())[:300]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno} {told or last.line}"


def folder() -> Path:
    """Where inputs that broke a promise are kept."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="tenantry-torture-")
    return Path(os.environ[FOLDER])


def _kept(name: str, content: bytes) -> Path:
    number = len(list(folder().glob(f"{name}-*"))) + 1
    path = folder() / f"{name}-{os.getpid()}-{number}"
    path.write_bytes(content)
    return path


@contextmanager
def _last_input(name: str) -> Iterator[Callable[[bytes], None]]:
    """Keep each input in memory that outlives the process, so that one that kills it can be looked at."""
    path = folder() / f"last-{name}-{os.getpid()}"
    with path.open("w+b") as stream:
        stream.truncate(_LONGEST + 8)
        with mmap.mmap(stream.fileno(), _LONGEST + 8) as memory:

            def remember(content: bytes) -> None:
                content = content[:_LONGEST]
                memory[:8] = len(content).to_bytes(8, "big")
                memory[8 : 8 + len(content)] = content

            yield remember
    path.unlink()


def last_inputs(place: Path) -> Iterator[Path]:
    """The inputs at which processes that are gone were killed, each as a file that can be judged again."""
    for path in sorted(place.glob("last-*")):
        content = path.read_bytes()
        kept = path.with_name(path.name.removeprefix("last-"))
        kept.write_bytes(content[8 : 8 + int.from_bytes(content[:8], "big")])
        path.unlink()
        yield kept


@contextmanager
def _no_hang() -> Iterator[None]:
    def give_up(_signal: int, _frame: object) -> None:
        raise Hang(f"no answer for {HANGS} s")

    before = signal.signal(signal.SIGALRM, give_up)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
