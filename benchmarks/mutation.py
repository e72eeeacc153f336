"""Measures how many small changes of the code the tests notice: a random sample of the mutants that mutmut makes.

    python benchmarks/mutation.py ROOM [--sample 250] [--seed 20261124] [--jobs 1] [--with PYTHON] [--keep FOLDER]

It works on a copy of the tree, with a mutmut of its own that is installed beside it; `--with` names a Python that has
mutmut and all that the tests need. What came out is in docs/mutation.md.
"""

import argparse
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MUTMUT = "mutmut==3.8.1"
KILLED = (1, 3)
"""pytest's codes by which mutmut takes a mutant for killed."""
PORTION = 50
"""So many at a time, so that a run that is broken off has left a whole sample behind, of a smaller size."""
_SQL = r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|FROM|WHERE|VALUES|COMMIT|ROLLBACK|PRAGMA|ON CONFLICT|AND|END|NULL)\b"
TIMEOUT = (-24, 24, 36, 152, 255)


@dataclass(frozen=True, slots=True)
class Room:
    """Code that is mutated, and the tests that are asked of it."""

    code: str
    tests: tuple[str, ...]


ROOMS = {
    "planning": Room(
        "src/tenantry/planning/*",
        (
            *("tests/planning", "tests/cli/test_drift.py", "tests/cli/test_apply_memory.py"),
            *("tests/cli/test_max_age.py", "tests/cli/test_show.py", "tests/test_laws.py"),
        ),
    ),
    "documents": Room(
        "src/tenantry/documents/*", ("tests/documents", "tests/engine/test_loading.py", "tests/cli/test_backup.py")
    ),
    "ledger": Room(
        "src/tenantry/backends/ledger/*",
        (
            *("tests/backends", "tests/cli/test_backup.py", "tests/cli/test_apply_memory.py"),
            *("tests/cli/test_observe.py", "tests/cli/test_history.py", "tests/cli/test_drift.py"),
        ),
    ),
}
LEFT_OUT = (
    "not mutated and not bearable_time and not in_time and not in_less_than and not answer_at_once"
    " and not error_at_once"
)
"""Tests of thousands of inputs, and those that hold code to a time: all code takes longer while mutants are chosen."""


def main() -> None:
    """Measure a room and print its score and what survives."""
    asked = _asked()
    room = ROOMS[asked.room]
    folder = Path(asked.keep or tempfile.mkdtemp(prefix="tenantry-mutation-")).resolve()
    tree = folder / asked.room
    if not tree.exists():
        leave_out = shutil.ignore_patterns(".*", "node_modules", "__pycache__", "dist", "build")
        shutil.copytree(ROOT, tree, ignore=leave_out, symlinks=True)
        _configure(tree, room)
    python = asked.python or _installed(folder, tree)
    # there is no command that only makes mutants; asked for one that isn't there, it makes all, and learns from one
    # run of the tests which of them come by which function
    if not (tree / "mutants" / "mutmut-stats.json").exists():
        said = _mutmut(tree, python, ("run", "nothing"))
        if not (tree / "mutants" / "mutmut-stats.json").exists():
            sys.exit(f"The tests fail without a mutant:\n{said[-4000:]}")
    known = _results(tree)
    names = sorted(known)
    random.Random(asked.seed).shuffle(names)
    sample = names[: asked.sample]
    for at in range(0, len(sample), PORTION):
        left = [name for name in sample[at : at + PORTION] if known[name] is None]
        if left:
            _mutmut(tree, python, ("run", "--max-children", str(asked.jobs), *left))
    known = _results(tree)
    _tell(tree, python, len(names), {name: known[name] for name in sample})
    if asked.keep is None:
        shutil.rmtree(folder)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--sample", type=int, default=250, help="how many mutants (%(default)s)")
    parser.add_argument("--seed", type=int, default=20261124, help="of the sample (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time (%(default)s)")
    parser.add_argument("--with", dest="python", metavar="PYTHON", help="a Python that has all that is needed")
    parser.add_argument("--keep", metavar="FOLDER", help="where to work; what is there already is not done again")
    return parser.parse_args()


def _configure(tree: Path, room: Room) -> None:
    (tree / "mutants" / "src").mkdir(parents=True)  # Python never looks again for a path that wasn't there at first
    settings = {
        "source_paths": ["src"],
        "only_mutate": [room.code],
        "also_copy": ["schemas", "tenants", "snapshots", "tenantry.yaml", "docs", "README.md", "action.yml"],
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-m", "not slow", "-k", LEFT_OUT],
        "pytest_add_cli_args_test_selection": list(room.tests),
    }
    lines = ["", "[tool.mutmut]", *(f"{key} = {json.dumps(value)}" for key, value in settings.items())]
    with (tree / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, "track_dependencies = false", ""]))


def _installed(folder: Path, tree: Path) -> str:
    """The Python of a new environment with mutmut and all that the tests need."""
    python = folder / "python" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "python"], check=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, "--constraint", tree / "constraints.txt", f"{tree}[dev]", MUTMUT], check=True)
    return str(python)


def _mutmut(tree: Path, python: str, words: Sequence[str]) -> str:
    with (tree / "mutmut.log").open("a", encoding="utf-8") as log:
        return subprocess.run(
            [python, "-m", "mutmut", *words],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree / "mutants" / "src")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            check=False,
        ).stdout


def _results(tree: Path) -> dict[str, int | None]:
    """Each mutant and the code with which its tests ended, None before they were asked."""
    return {
        name: code
        for path in tree.glob("mutants/**/*.meta")
        for name, code in json.loads(path.read_text("utf-8"))["exit_code_by_key"].items()
    }


def _tell(tree: Path, python: str, of: int, found: dict[str, int | None]) -> None:
    lived = {name: code for name, code in found.items() if _fate(code) not in ("killed", "hung")}
    shown = {name: _mutmut(tree, python, ("show", name)).strip() for name in lived}
    same = {name for name, diff in shown.items() if is_the_same(diff)}
    fates = Counter("the same" if name in same else _fate(code) for name, code in found.items())
    size, killed = len(found) - len(same), fates["killed"] + fates["hung"]
    low, high = interval(killed, size)
    print(
        f"{size} of {of} mutants: {killed} killed, {killed / size:.1%} (95 %: {low:.1%} to {high:.1%}); {dict(fates)}"
    )
    for name, code in lived.items():
        print(f"\n{'the same' if name in same else _fate(code)}: {shown[name]}")


def is_the_same(diff: str) -> bool:
    """Whether a mutant writes SQL in other letters and nothing else: what stands in quotes of SQL counts as it is."""
    lines = diff.splitlines()
    before, after = ([line[1:] for line in lines if re.match(f"[{sign}](?![{sign}])", line)] for sign in ("-", "+"))
    if len(before) != len(after) or not re.search(_SQL, " ".join(before)):
        return False
    return [_unlettered(line) for line in before] == [_unlettered(line) for line in after]


def _unlettered(line: str) -> str:
    """A line in small letters, but for what stands in quotes of SQL and for names of values."""
    return re.sub(r"'[^']*'|:\w+|.", lambda part: part[0] if len(part[0]) > 1 else part[0].lower(), line)


def _fate(code: int | None) -> str:
    if code in KILLED:
        return "killed"
    if code in TIMEOUT:
        return "hung"
    return {0: "survived", 5: "without tests", 33: "without tests"}.get(code or 0, f"code {code}")


def interval(killed: int, size: int) -> tuple[float, float]:
    """Where the share of all mutants lies with 95 % confidence, by Wilson."""
    share, z = killed / size, 1.96
    middle = (share + z * z / (2 * size)) / (1 + z * z / size)
    wide = z / (1 + z * z / size) * math.sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    return middle - wide, middle + wide


if __name__ == "__main__":
    main()
