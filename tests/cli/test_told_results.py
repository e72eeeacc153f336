"""What was written is told to the end: signals that come meanwhile, readers that have left or read nothing."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door
from filled_ledgers import ledger_at
from tenantry.backends.ledger.locks import Claimant

AT_THE_TELLING = """
import os, signal, sys
from tenantry.cli import acting, output
from tenantry.cli.door import main
put = output.put
def interrupted(*words, **more):
    sys.stderr.write("TELLING\\n")
    sys.stderr.flush()
    for number in {signals}:
        os.kill(os.getpid(), number)
    put(*words, **more)
output.put = interrupted
acting.TELLING_SECONDS = {seconds}
main()
"""
"""The command; signals come as soon as it begins to tell its results."""
EVE = Claimant(who="eve", host="elsewhere", pid=4711, alive=lambda _: True)
FULL: dict[str, Any] = {
    "version": 1,
    "contract": {"contingency": {"companion": 1}},
    "users": {"ada@x.example": {"licenses": ["companion"]}},
}
WAYS = {
    "apply": ("apply", "--auto-approve"),
    "apply of a saved plan": ("apply", "./plan.json"),
    "observe": ("observe", "contoso", "--state", "trial"),
}
TOLD = {
    "apply": "contoso: applied 1 change by run contoso-1",
    "apply of a saved plan": "contoso: applied 1 change by run contoso-1",
    "observe": "contoso: observed Tenant State; run contoso-1",
}


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace with one tenant that is ready, and its plan, saved."""
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", json.dumps(FULL))
    made.told("plan", "--out", str(tmp_path / "plan.json"), "--format", f"json={os.devnull}")
    return made


def buffered() -> dict[str, str]:
    """The surroundings in which Python gathers what is written, as it does where nobody says otherwise."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def started(
    door: Door, *words: str, signals: tuple[int, ...] = (), seconds: float = 60, stdout: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    """The command, to which signals come while it tells its results."""
    code = AT_THE_TELLING.format(signals=tuple(map(int, signals)), seconds=seconds)
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=door.root,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=buffered(),
    )


@contextlib.contextmanager
def left() -> Iterator[int]:
    """A pipe whose reader has left."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        yield writer
    finally:
        os.close(writer)


@contextlib.contextmanager
def stuck() -> Iterator[int]:
    """A full pipe whose reader reads nothing."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    try:
        yield writer
    finally:
        os.close(writer)
        os.close(reader)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("signals", "code"),
    [
        ((signal.SIGTERM,), 143),
        ((signal.SIGINT, signal.SIGTERM), 143),
        ((signal.SIGTERM, signal.SIGINT), 130),
        ((signal.SIGHUP,), 129),
    ],
)
def test_a_signal_while_results_are_told_loses_none_of_them(
    door: Door, way: str, signals: tuple[int, ...], code: int
) -> None:
    words = (*WAYS[way], "--format", "text", "--format", "json=result.json")
    process = started(door, *words, signals=signals)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert TOLD[way] in out
    assert "error" not in err
    (result,) = json.loads((door.root / "result.json").read_text())["results"]
    assert (result["status"], result["run"]) == ("applied", "contoso-1")


def test_a_signal_that_the_caller_ignores_stays_ignored(door: Door) -> None:
    """As whoever calls a command by `nohup`, or in the background, wants it."""
    ignored = (signal.SIGHUP, signal.SIGINT)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ignored}
    try:
        process = started(door, *WAYS["apply"], signals=ignored)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert TOLD["apply"] in out


def test_a_terminal_that_is_closed_ends_the_command_with_a_word() -> None:
    begun = "import os, signal; from tenantry.cli import door"
    closed = "door.group.main = lambda **_: os.kill(os.getpid(), signal.SIGHUP)"
    code = f"{begun}; {closed}; door.main()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (129, "error: terminated\n")


@pytest.mark.parametrize("way", WAYS)
def test_telling_that_hangs_can_be_broken_off_and_people_are_told(door: Door, way: str) -> None:
    with stuck() as pipe:
        process = started(door, *WAYS[way], "--format", "json", "--format", "text=r", seconds=0, stdout=pipe)
        assert process.stderr is not None
        while process.stderr.readline() != "TELLING\n":
            assert process.poll() is None
        time.sleep(0.3)  # it waits for its reader now
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert TOLD[way] in err
    assert "Traceback" not in err
    assert err.endswith("error: interrupted\n")


def test_where_nothing_is_buffered_a_signal_cuts_off_no_text() -> None:
    code = "import signal; signal.signal(signal.SIGUSR1, lambda *_: None)\n"
    code += "from tenantry.cli.output import to_stdout; to_stdout('x' * 1_000_000)"
    process = subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert os.read(process.stdout.fileno(), 1) == b"x"
    time.sleep(0.3)  # the pipe is full now
    process.send_signal(signal.SIGUSR1)
    assert len(process.communicate(timeout=60)[0]) == 999_999
    assert process.returncode == 0


@pytest.mark.parametrize("way", ["apply of a saved plan", "observe"])
def test_where_the_reader_has_left_result_files_are_written_and_people_are_told(door: Door, way: str) -> None:
    with left() as pipe:
        process = started(door, *WAYS[way], "--format", "text", "--format", "json=result.json", stdout=pipe)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert TOLD[way] in err
    assert json.loads((door.root / "result.json").read_text())["results"][0]["run"] == "contoso-1"


@contextlib.contextmanager
def full() -> Iterator[int]:
    """A disk without room."""
    with Path("/dev/full").open("wb") as disk:
        yield disk.fileno()


@pytest.mark.parametrize("deaf", [left, full])
def test_where_nobody_hears_what_is_said_beside_the_work_goes_on_and_is_told(
    door: Door, deaf: Callable[[], contextlib.AbstractContextManager[int]]
) -> None:
    """On standard error, such as the log of a runner whose disk is full: who waits for whom, what was made, errors."""
    url = f"sqlite:///{door.root}/restored.db"

    def code(*words: str) -> int:
        with deaf() as stderr:
            asked = [str(Path(sys.executable).with_name("tenantry")), *words]
            return subprocess.run(
                asked,
                cwd=door.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                check=False,
                env=buffered(),
            ).returncode

    def told() -> list[tuple[str, str]]:
        results = json.loads((door.root / "result.json").read_text())["results"]
        return [(item["tenant"], item["status"]) for item in results]

    assert code("apply", "--auto-approve", "--format", "json=result.json") == 0
    assert told() == [("contoso", "applied")]
    assert code("observe", "contoso", "--state", "active", "--format", "json=result.json") == 0
    assert told() == [("contoso", "applied")]
    assert code("backup", "kept") == 0
    assert code("--backend", url, "restore", "kept") == 0
    assert code("plan", "--checksum", f"sha256:{'0' * 64}") == 4
    assert code("apply", "--nonsense") == 64
    door.write("tenants/fabrikam.yaml", json.dumps(FULL))
    door.write(
        "tenants/contoso.yaml",
        json.dumps(
            {
                **FULL,
                "contract": {"contingency": {"companion": 2}},
                "users": {"bob@x.example": {"licenses": ["companion"]}, **FULL["users"]},
            }
        ),
    )
    ledger = ledger_at(door.root / ".tenantry/ledger.db", write=True)
    ledger.take("fabrikam", EVE)
    ledger.close()
    assert code("apply", "--auto-approve", "--lock-timeout", "1s", "--format", "json=result.json") == 4
    assert told() == [("contoso", "applied"), ("fabrikam", "stale")]


def test_a_rejected_plan_that_nobody_can_see_keeps_no_outcome_of_another_from_being_told(door: Door) -> None:
    door.write("tenants/fabrikam.yaml", json.dumps({**FULL, "contract": {"contingency": {"companion": 0}}}))
    assert door.run("plan", "--out", str(door.root / "plan.json")).code == 3
    with Path("/dev/full").open("wb") as disk:
        words = ("apply", "./plan.json", "--format", "text", "--format", "json=result.json")
        process = started(door, *words, stdout=disk.fileno())
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert TOLD["apply"] in err
    assert "fabrikam: rejected: contingency-exceeded" in err
    statuses = [item["status"] for item in json.loads((door.root / "result.json").read_text())["results"]]
    assert statuses == ["applied", "rejected"]
