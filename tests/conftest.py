"""What holds for all tests: the same cases and the same surroundings in each run, so that a red one is red again.

And no test opens a connection unasked, be it by a child process.
"""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from faults.disk import LACKING as NO_COMPILER
from postgresql_server import LACKING as NO_SERVER
from socket_guard.sitecustomize import ALLOWED, TOLD

settings.register_profile("same-cases", derandomize=True, deadline=None, database=None)
settings.load_profile("same-cases")

PIPELINES = ("CI", "GITHUB_", "GITLAB_", "TF_BUILD", "BUILD_", "SYSTEM_", "AGENT_", "RUNNER_")
OPTIONS = ("TENANTRY_", "NO_COLOR", "FORCE_COLOR")

for name in tuple(os.environ):
    if name.startswith((*PIPELINES, *OPTIONS)):
        del os.environ[name]
os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background of a shell has it ignored

SOCKETS = {"no_sockets": "none", "loopback": "loopback"}
"""By fixture, what a test may open; any other test has sockets without an address alone."""
GUARD = Path(__file__).with_name("socket_guard")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(GUARD), os.environ.get("PYTHONPATH"))))
os.environ[ALLOWED] = "unix"
os.environ[TOLD] = str(Path(tempfile.gettempdir(), f"sockets-of-tests-{os.getpid()}"))


@pytest.fixture(scope="session")
def loopback() -> None:
    """For tests, and fixtures of tests, that connect to a server of their own on this machine."""


@pytest.fixture(scope="session")
def no_sockets() -> None:
    """For tests of what must not even open a socket within this machine."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """From the first fixture to the last, a test opens what it has asked for."""
    asked = [SOCKETS[name] for name in SOCKETS if name in getattr(item, "fixturenames", ())]
    os.environ[ALLOWED] = asked[0] if asked else "unix"
    try:
        return (yield)
    finally:
        os.environ[ALLOWED] = "unix"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """A test in which a socket was opened fails, whoever has caught the exception."""
    try:
        return (yield)
    finally:
        _fail_if_told()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """And so does one whose fixtures or children have opened one meanwhile."""
    try:
        return (yield)
    finally:
        _fail_if_told()


def _fail_if_told() -> None:
    told = Path(os.environ[TOLD])
    if told.exists():
        what = told.read_text("utf-8")
        told.unlink()
        pytest.fail(f"a socket was opened that the test didn't ask for:\n{what}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line each how many tests had no server or compiler: else a run without looks like any other."""
    for lacking, variable in ((NO_SERVER, "TESTS_POSTGRESQL"), (NO_COMPILER, "TESTS_FAULTS")):
        reports = terminalreporter.getreports("skipped") if lacking else []
        skipped = [report for report in reports if lacking in str(report.longrepr)]
        if skipped:
            how = f"{variable}=required lets them fail"
            terminalreporter.write_line(f"{len(skipped)} tests were skipped: {lacking}; {how}")
