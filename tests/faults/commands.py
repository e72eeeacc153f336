"""The command as a process: the real one, or a fork of one that has read its modules already, which is faster."""

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from faults.disk import library

TENANTRY = str(Path(sys.executable).with_name("tenantry"))
NURSERY = str(Path(__file__).parent / "nursery.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended: its exit code, negative for a signal that killed it, and what it said."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def results(self) -> list[dict[str, Any]]:
        """The results in its JSON; none where it came to none."""
        found: list[dict[str, Any]] = json.loads(self.out)["results"] if self.out.startswith("{") else []
        return found


class Run(Protocol):
    """Runs a command in a folder, to its end."""

    def __call__(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Ended:
        """Run these words."""


def real(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Ended:
    """Run the command as it is installed."""
    begin = time.monotonic()
    done = subprocess.run(
        [TENANTRY, *words],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(code=done.returncode, out=done.stdout, err=done.stderr, seconds=time.monotonic() - begin)


@contextlib.contextmanager
def nursery(workspace: Path, scratch: Path) -> Iterator[Run]:
    """Runs commands as forks of a process that has looked at this workspace; `scratch` is a folder of its own.

    It looks at a copy, since readers too leave files beside a ledger.
    """
    shutil.copytree(workspace, scratch / "looked-at")
    with subprocess.Popen(
        [sys.executable, NURSERY, str(scratch / "looked-at")],
        env={"LD_PRELOAD": str(library())},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        orders, answers = process.stdin, process.stdout
        assert orders is not None
        assert answers is not None
        streams = {"out": str(scratch / "out"), "err": str(scratch / "err")}

        def run(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Ended:
            begin = time.monotonic()
            order = {"words": [*words], "folder": str(folder), "environment": dict(environment), **streams}
            print(json.dumps(order), file=orders, flush=True)
            code = int(answers.readline())
            seconds = time.monotonic() - begin
            said = {name: Path(path).read_text("utf-8") for name, path in streams.items()}
            return Ended(code=code, seconds=seconds, **said)

        yield run
        orders.close()
