"""Tries a fault: a copy of the tree with the fault in it, and the tests that must see it, as a process of their own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sabotaging import ROOT, Sabotage, UnfitError, sabotaged

PATIENCE = 300
"""Seconds after which tests that hear nothing of a fault are ended."""
FAILED = 1
"""pytest's code for tests that fail; others tell of tests that could not be run."""
_LEFT_OUT = shutil.ignore_patterns(".*", "node_modules", "__pycache__", "dist", "build")
_CRASHED = re.compile(r"\b(NameError|SyntaxError|ImportError|ModuleNotFoundError)\b")
"""What a fault says that was written wrongly."""
_LATE = re.compile(r" - AssertionError: \d+\.\d+ s$")
"""What a test says that is held to a time: a machine that was busy, and no fault, may have been the reason."""
_COMMAND = "#!{python}\nimport sys\nfrom tenantry.cli import main\nsys.exit(main())\n"

Fate = Literal["killed", "survived", "unfit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a fault, after how many seconds, and which test told of it, or what went wrong."""

    fate: Fate
    seconds: float
    told: str


def tried(fault: Sabotage) -> Tried:
    """Put a fault into a copy of the tree and run its tests there."""
    begin = time.perf_counter()
    with _copy() as tree:
        module = tree / fault.file
        try:
            module.write_text(sabotaged(module.read_text("utf-8"), fault), encoding="utf-8")
        except UnfitError as error:
            return Tried(fate="unfit", seconds=0, told=str(error))
        code, said = _pytest(tree, fault.tests)
    fate, told = judged(code, said)
    return Tried(fate=fate, seconds=time.perf_counter() - begin, told=told)


def unharmed(tests: Iterable[str]) -> Tried:
    """Run tests in a copy without a fault, where none of them may fail."""
    begin = time.perf_counter()
    with _copy() as tree:
        code, said = _pytest(tree, tests)
    lines = [line for line in said.splitlines() if line.strip()]
    told = lines[-1] if lines else ""
    fate: Fate = "survived" if code == 0 else "killed"
    return Tried(fate=fate, seconds=time.perf_counter() - begin, told=told if code == 0 else said[-4000:])


def judged(code: int | None, said: str) -> tuple[Fate, str]:
    """What the end of pytest means for a fault, and what is to be told of it. Tests that could not run kill nothing."""
    failed = re.findall(r"^(?:FAILED|ERROR) (.*)$", said, re.MULTILINE)
    if code is None:
        return "unfit", f"no end after {PATIENCE} s"
    if code == 0:
        skipped = re.search(r"\d+ skipped", said)
        return "survived", skipped.group() if skipped else ""
    if code != FAILED or not failed or _CRASHED.search(said):
        return "unfit", said[-2000:]
    return ("unfit", f"late: {failed[0]}") if _LATE.search(failed[0]) else ("killed", failed[0])


@contextmanager
def _copy() -> Iterator[Path]:
    """The tree without what was made in it, and with a Python of its own."""
    with tempfile.TemporaryDirectory(prefix="sabotage-", ignore_cleanup_errors=True) as folder:
        tree = Path(folder, "tree")
        shutil.copytree(ROOT, tree, ignore=_LEFT_OUT, symlinks=True)
        _environment(tree)
        yield tree


def _environment(tree: Path) -> None:
    """An environment with all that is installed here, in which tenantry is that of the copy.

    It is a whole one, since tests start commands with neither this folder nor PYTHONPATH around them.
    """
    made = tree / ".venv"
    venv.create(made, symlinks=True)
    (packages,) = made.glob("lib/python*/site-packages")
    paths = (tree / "src", sysconfig.get_path("purelib"))
    (packages / "copy.pth").write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    command = made / "bin" / "tenantry"
    command.write_text(_COMMAND.format(python=made / "bin" / "python"), encoding="utf-8")
    command.chmod(0o755)
    for other in Path(sys.executable).parent.iterdir():
        if not (made / "bin" / other.name).exists():
            (made / "bin" / other.name).symlink_to(other)


def _pytest(tree: Path, tests: Iterable[str]) -> tuple[int | None, str]:
    """The exit code of pytest, None where it came to no end, and what it said."""
    words = [str(tree / ".venv/bin/python"), "-m", "pytest", "-x", "-rfE", "-p", "no:cacheprovider", *tests]
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    with subprocess.Popen(
        words,
        cwd=tree,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that whatever it started can be ended with it
    ) as process:
        try:
            said, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
            return None, said
    return process.returncode, said
