"""Which fault the disk of a command has, in which environment, and what a command asked of its disk."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parent / "faulty_disk.c"
FILES = "/.tenantry"
"""What the path of a file has in it whose calls count: the ledger, what stands beside it, and their folder."""
KILLS = ("kill-before", "kill-torn", "kill-after")
ERRORS = ("ENOSPC", "EIO", "EROFS")
REQUIRED = os.environ.get("TESTS_FAULTS") == "required"
_COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
LACKING = (
    "" if _COMPILER and sys.platform == "linux" else "no C compiler here (or no Linux): disks can't be made to fail"
)
"""Why no disk can be made to fail on this machine, or nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the N-th call, in the words of faulty_disk.c."""

    what: str
    at: int

    def __str__(self) -> str:
        """As the environment says it."""
        return f"{self.what}:{self.at}"


@dataclass(frozen=True, slots=True)
class Call:
    """What a command asked of its disk: to write so many bytes of a file, say."""

    what: str
    file: str
    bytes: int

    @property
    def moves(self) -> bool:
        """Whether a file is another one after it; a kill before and one after a call that moves none are the same."""
        return self.what != "sync"

    @property
    def tears(self) -> bool:
        """Whether half of it can be done."""
        return self.what == "write" and self.bytes > 1


@functools.cache
def library() -> Path:
    """The shim, compiled once for this process."""
    assert _COMPILER, LACKING
    folder = tempfile.TemporaryDirectory(prefix="tenantry-disk-")
    _KEPT.append(folder)
    target = Path(folder.name) / "faulty_disk.so"
    words = [_COMPILER, "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(target), str(SOURCE)]
    subprocess.run([*words, "-ldl"], check=True)
    return target


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that go when the process does."""


def surroundings(
    home: Path, fault: Fault | None = None, trace: Path | None = None, clock: int = 0, **more: str
) -> dict[str, str]:
    """The environment of a command: a bare account without git, whose disk has this fault, whose clock is off."""
    found = {"PATH": os.devnull, "HOME": str(home), "LD_PRELOAD": str(library()), "FAULT_FILES": FILES, **more}
    if fault is not None:
        found["FAULT"] = str(fault)
    if trace is not None:
        found["FAULT_TRACE"] = str(trace)
    if clock:
        found["CLOCK_OFFSET"] = str(clock)
    return found


def calls_of(trace: Path) -> tuple[Call, ...]:
    """The calls that a trace tells."""
    rows = (line.split(" ") for line in trace.read_text("utf-8").splitlines())
    return tuple(Call(what, file, int(count)) for what, file, count in rows)


def kills(calls: Iterable[Call]) -> Iterator[Fault]:
    """Every moment at which a kill leaves another disk behind: before each call that moves a file, amid it, after all.

    What is after one call is before the next.
    """
    last = 0
    for at, call in enumerate(calls, 1):
        if call.moves:
            yield Fault("kill-before", at)
            last = at
        if call.tears:
            yield Fault("kill-torn", at)
    if last:
        yield Fault("kill-after", last)


def errors(calls: Iterable[Call]) -> Iterator[Fault]:
    """Every call that fails, once or as each one from it on, for every reason."""
    for at, _ in enumerate(calls, 1):
        yield from (Fault(f"{error}-{how}", at) for error in ERRORS for how in ("once", "always"))


def interruptions(calls: Iterable[Call]) -> Iterator[Fault]:
    """A signal at every call, once or at each one from it on, as by somebody who is impatient."""
    for at, _ in enumerate(calls, 1):
        yield from (Fault(f"{name}-{how}", at) for name in ("SIGINT", "SIGTERM") for how in ("once", "always"))


def closing(calls: Sequence[Call]) -> int:
    """The number of the call with which the ledger begins to be closed: all is done by then, and told."""
    return max(at for at, call in enumerate(calls, 1) if call.what == "sync" and call.file.endswith("-wal"))
