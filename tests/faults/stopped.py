"""Real commands that are stopped while they have the lock, for longer than they think, and by clocks that are off."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.commands import TENANTRY, Ended, real
from faults.disk import Call, Fault, surroundings
from faults.invariants import broken, i5_one_quiet_run_ends_in_the_planned_state
from faults.machine import Stage, quiet
from faults.seen import LEDGER, look

DAY = 86_400
APPLIED, STALE = 0, 4
TAKEN_OVER, FENCED = "taken over from", "was lost to another process"
"""What those are told who take a lock over, and whose lock was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awakening:
    """A command is stopped with the lock in its hands; another one comes; the first goes on.

    Clocks are seconds by which that of each is off. `expired`: the lease has run out by the clock of the machine.
    `held`: the other command too is stopped, with the lock, and goes on last. It is the one that applies.
    """

    story: str
    clock: int = 0
    other_clock: int = 0
    expired: bool = False
    held: bool = False


AWAKENINGS = (
    Awakening(story="stopped for longer than its lease", expired=True),
    Awakening(story="stopped for longer than its lease, and another has the lock still", expired=True, held=True),
    Awakening(story="stopped, and another's clock is a day ahead", other_clock=DAY),
    Awakening(story="stopped, and another's clock is a day behind", other_clock=-DAY, expired=True),
    Awakening(story="stopped, its own clock a day behind", clock=-DAY),
    Awakening(story="stopped, its own clock a day ahead", clock=DAY),
)

LOCKED_AGAIN = 3
"""The call that secures the lock where the log is open already: after one page and what stands before it."""


def lock_taken(calls: Sequence[Call]) -> int:
    """The number of the call that secures the first commit into the log: that of the lock."""
    page = next(at for at, call in enumerate(calls) if call.file.endswith("-wal") and call.bytes > 1000)
    return next(at for at, call in enumerate(calls[page:], page + 1) if call.what == "sync")


def awake(stage: Stage, folder: Path, awakening: Awakening) -> list[str]:
    """Let it happen in a copy of the stage; what breaks an invariant."""
    words = stage.scene.words
    with _stopped(words, folder, lock_taken(stage.calls), awakening.clock) as process:
        if awakening.expired:
            _expire(folder)
        if awakening.held:
            with _stopped(words, folder, LOCKED_AGAIN, awakening.other_clock) as follower:
                first = _gone_on(process)
                other = _gone_on(follower)
        else:
            other = real(words, folder, surroundings(folder, clock=awakening.other_clock))
            first = _gone_on(process)
    now = look(folder)
    found = [*_ends(other, first), *broken(stage.moment(now, other))]
    if now.content != stage.planned.content or len(now.runs) != len(stage.before.runs) + 1:
        found.append("it was not applied exactly once")
    ended = quiet(real, folder, words)
    found += broken(stage.moment(look(folder), ended, now), i5_one_quiet_run_ends_in_the_planned_state)
    return [f"{awakening.story}: {sentence}" for sentence in found]


def _ends(winner: Ended, loser: Ended) -> Iterator[str]:
    """How both must have ended."""
    told = [result["message"] for ended in (winner, loser) for result in ended.results]
    if (winner.code, loser.code) != (APPLIED, STALE):
        yield f"exit {winner.code} and {loser.code}: {told}"
        return
    if not all(words in message for words, message in zip((TAKEN_OVER, FENCED), told, strict=True)):
        yield f"they say {told}"


@contextlib.contextmanager
def _stopped(words: Sequence[str], folder: Path, at: int, clock: int) -> Iterator[subprocess.Popen[str]]:
    """The command, stopped when it has just committed its lock, with this call, and given the database back."""
    with subprocess.Popen(
        [TENANTRY, *words],
        cwd=folder,
        env=surroundings(folder, Fault("stop-unlocked", at), clock=clock),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            _, status = os.waitpid(process.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status), "it ended before it had the lock"
            assert _asked(folder, "SELECT pid FROM locks WHERE owner IS NOT NULL") == [(process.pid,)]
            yield process
        finally:
            process.kill()


def _gone_on(process: subprocess.Popen[str]) -> Ended:
    """How a stopped command ends when it goes on."""
    begin = time.monotonic()
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    return Ended(code=process.returncode, out=out, err=err, seconds=time.monotonic() - begin)


def _expire(folder: Path) -> None:
    """Let every lease have run out a second ago."""
    _asked(folder, "UPDATE locks SET expires_at = strftime('%s', 'now') - 1")


def _asked(folder: Path, statement: str) -> list[tuple[object, ...]]:
    """What the ledger answers to somebody who opens it by himself."""
    with contextlib.closing(sqlite3.connect(folder / LEDGER, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()
