"""Runs parts of families as processes of their own: one that dies or hangs is a violation, not the end of the table."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from families import Family
from fuzzing import FOLDER, Fuzzer, last_inputs
from row import Row

_GRACE = 75
"""Seconds beyond its budget after which a part is killed: more than an input may hang."""


def run(family: Family, part: int, seconds: float, seed: int, place: Path) -> tuple[Row, ...]:
    """The rows of one part of a family."""
    begin = time.perf_counter()
    own = place / f"{family.name}-{part}"
    own.mkdir()
    command = [sys.executable, str(Path(__file__).parent), "--only", family.name, "--seed", str(seed)]
    command += ["--part", str(part), "--budget", str(seconds)]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, FOLDER: str(own), "PYTHONFAULTHANDLER": "1"},
        start_new_session=True,  # so that whatever it started can be ended with it
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds + _GRACE)
            how = f"ended with {process.returncode}"
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            how = f"gave no answer {_GRACE} s after its time"
    if process.returncode == 0:
        rows = tuple(Row(**{**row, "violations": tuple(row["violations"])}) for row in json.loads(out.splitlines()[-1]))
    else:
        inputs = "".join(f"; the input is {path}" for path in last_inputs(own))
        told = " ".join(err.split())[-400:]
        died = f"{family.name}: the process {how}{inputs}: {told}"
        rows = (Row(what=family.name, runs=0, faults=1, violations=(died,), seconds=time.perf_counter() - begin),)
    if not any(row.violations for row in rows):
        for path in own.iterdir():
            path.unlink()
        own.rmdir()
    return rows


def rows_of(family: Family, part: int, seconds: float, seed: int) -> str:
    """The same inside of that process, as JSON."""
    rows = import_module(family.module).rows(seconds, seed * 1000 + part)
    return json.dumps([asdict(row) for row in rows])


def fuzzer_of(family: Family) -> Fuzzer:
    """The fuzzer of a family, to judge one input again."""
    fuzzer: Fuzzer = import_module(family.module).FUZZER
    return fuzzer
