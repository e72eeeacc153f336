"""Every line of the table of exit codes, by the real command as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from filled_ledgers import ledger_in, taken
from tenantry.cli.exits import of_outcomes
from tenantry.model.run import Outcome, Status

TENANTRY = str(Path(sys.executable).parent / "tenantry")
FAULTY = str(Path(__file__).parent / "faulty_tenantry.py")
FILES: dict[str, Any] = {
    "version": 1,
    "contract": {"contingency": {"companion": 1}},
    "users": {"ada@x.example": {"licenses": ["companion"]}},
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A tenant whose plan is ready, and a ledger that doesn't know it yet."""
    (tmp_path / "tenants").mkdir()
    files(tmp_path)
    return tmp_path


def files(workspace: Path, **more: Any) -> None:
    (workspace / "tenants" / "contoso.yaml").write_text(json.dumps({**FILES, **more}))


def call(workspace: Path, *words: str, command: tuple[str, ...] = (TENANTRY,), **more: str) -> int:
    """The exit code of the command, on a bare account without a terminal."""
    return subprocess.run(
        [*command, *words],
        cwd=workspace,
        env={"PATH": os.environ["PATH"], "HOME": "", **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    ).returncode


def test_0_is_done(workspace: Path) -> None:
    assert call(workspace, "plan", "--out", "plan.json") == 0
    assert call(workspace, "apply", "plan.json") == 0
    assert call(workspace, "plan", "--detailed-exitcode") == 0
    assert call(workspace, "drift", "--detailed-exitcode") == 0
    assert call(workspace, "report") == 0


def test_1_is_an_error_of_a_file_the_backend_or_the_tool(workspace: Path) -> None:
    (workspace / "ledger").write_text("no database, but some text that goes on for a while\n" * 9)
    assert call(workspace, "--backend", "sqlite:///ledger", "plan") == 1
    files(workspace, users={"nobody": {}})
    for command in ("validate", "plan", "drift"):
        assert call(workspace, command) == 1
    assert call(workspace, "apply", "--auto-approve") == 1
    assert call(workspace, "show", "missing.json") == 1


def test_2_is_a_valid_plan_with_changes_or_drift_where_it_is_asked_for(workspace: Path) -> None:
    assert call(workspace, "plan", "--detailed-exitcode") == 2
    call(workspace, "apply", "--auto-approve")
    (workspace / "now.json").write_text('{"format": "tenantry-snapshot/1", "tenant": "contoso", "users": {}}')
    assert call(workspace, "observe", "contoso", "--snapshot", "now.json") == 0
    assert call(workspace, "drift") == 0
    assert call(workspace, "drift", "--detailed-exitcode") == 2


def test_3_is_rejected(workspace: Path) -> None:
    files(workspace, contract={"contingency": {"companion": 0}})
    assert call(workspace, "plan") == 3
    assert call(workspace, "apply", "--auto-approve") == 3


def test_4_is_stale_changed_or_locked(workspace: Path) -> None:
    call(workspace, "plan", "--out", "plan.json")
    plan = (workspace / "plan.json").read_text()
    (workspace / "changed.json").write_text(plan.replace("ada@", "eve@"))
    assert call(workspace, "apply", "changed.json") == 4
    assert call(workspace, "show", "./changed.json") == 4
    files(workspace, users={"bob@x.example": {"licenses": ["companion"]}})
    assert call(workspace, "apply", "plan.json") == 4
    ledger = ledger_in(workspace)
    lease = taken(ledger)
    assert call(workspace, "apply", "--auto-approve") == 4
    ledger.free(lease)
    assert call(workspace, "apply", "--auto-approve") == 0


def test_5_is_an_outcome_that_nobody_knows(workspace: Path) -> None:
    call(workspace, "apply", "--auto-approve")
    files(workspace, users={"ada@x.example": {"licenses": []}})
    faulty = (sys.executable, FAULTY)
    assert call(workspace, "apply", "--auto-approve", command=faulty, FAULT="lost:2") == 5


def test_of_many_tenants_the_worst_code_wins() -> None:
    worst_first: tuple[Status, ...] = ("failed", "unknown", "stale", "rejected", "applied")
    codes = [1, 5, 4, 3, 0]
    for at, code in enumerate(codes):
        outcomes = [Outcome(tenant="contoso", status=status, message="") for status in worst_first[at:]]
        assert (of_outcomes(outcomes), of_outcomes(reversed(outcomes))) == (code, code)
    assert of_outcomes(()) == 0


def test_64_is_usage(workspace: Path) -> None:
    wrong = (["plan", "nobody"], ["plan", "--no-such"], ["apply"], ["apply", "--no-input"], ["observe", "contoso"], [])
    assert [call(workspace, *words) for words in wrong] == [64, 64, 64, 64, 64, 0]  # without a word: the help
    assert call(workspace, "apply", "--auto-approve", "--allow", "contingency-exceeded", "--reason", "x") == 64
    assert call(workspace, "apply", "--auto-approve", "--lock-timeout", "soon") == 64


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_130_and_143_are_interrupted(workspace: Path, number: int, code: int) -> None:
    ledger = ledger_in(workspace)
    lease = taken(ledger)
    words = [TENANTRY, "apply", "--auto-approve", "--lock-timeout", "60s"]
    process = subprocess.Popen(words, cwd=workspace, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Plan:"):
            break
    time.sleep(0.5)  # it waits for the lock now
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == code
    ledger.free(lease)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_130_and_143_are_interrupted_while_nothing_is_written_too(workspace: Path, number: int, code: int) -> None:
    """While the tenant is read, from a file that takes a while to judge."""
    files(workspace, users={f"user{at}@x.example": {"licenses": ["companion"]} for at in range(60_000)})
    process = subprocess.Popen([TENANTRY, "plan"], cwd=workspace, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(0.7)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert b"Traceback" not in err
