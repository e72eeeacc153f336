"""The real command as a process of its own that begins at once: the fork of one that has everything imported."""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

_WITHIN = 60
_PRELOADED = (
    *("tenantry.cli.door", "tenantry.cli.apply", "tenantry.cli.observe", "tenantry.cli.plan", "tenantry.cli.history"),
    *("tenantry.backends.ledger.ledger", "tenantry.backends.ledger.sqlite", "tenantry.backends.ledger.postgresql"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended: with a code, or with minus a signal."""

    code: int
    out: str
    err: str


class Command:
    """A command that runs in a folder. Without PATH it asks no git, which would take longer than all the rest."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._streams = (folder / "out", folder / "err")
        more = {"PATH": str(folder), "HOME": str(folder)}
        self._process = forking().Process(target=_run, args=(folder, words, {**os.environ, **more}, self._streams))
        self._process.start()

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process.pid is not None
        return self._process.pid

    def wait(self) -> Ended:
        """How it ended."""
        self._process.join(_WITHIN)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            self._process.join()
        self._process.close()
        out, err = (path.read_text("utf-8") if path.exists() else "" for path in self._streams)
        assert code is not None, f"it still ran after {_WITHIN} s: {out}{err}"
        return Ended(code=code, out=out, err=err)


def forking() -> ForkServerContext:
    """What makes processes out of one that knows the commands and has no threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    return context


def _run(folder: Path, words: tuple[str, ...], environment: Mapping[str, str], streams: tuple[Path, Path]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in enumerate(streams, 1):
        os.dup2(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), number)
    sys.argv[:] = ["tenantry", *words]
    from tenantry.cli import main  # noqa: PLC0415 - it is there already, in the process of which this is a fork

    main()
