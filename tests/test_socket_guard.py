"""The guard of the whole suite bites: no test opens a connection that it didn't ask for, nor does a child of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = """
import contextlib, socket, subprocess, sys
import pytest

HERE = ("127.0.0.1", 9)

def child(text):
    subprocess.run([sys.executable, "-c", "import socket; " + text], check=False, capture_output=True)

def caught(act):
    with contextlib.suppress(Exception):
        act()

def test_without_sockets(): pass
def test_unix(): socket.socketpair()[0].close()
def test_inet(): socket.socket()
def test_inet6(): socket.socket(socket.AF_INET6)
def test_udp(): socket.socket(type=socket.SOCK_DGRAM)
def test_name(): socket.getaddrinfo("localhost", 80)
def test_caught(): caught(socket.socket)
def test_in_a_child(): child("socket.socket()")
def test_name_in_a_child(): child("socket.gethostbyname('example.com')")
def test_unix_in_a_child(): child("socket.socketpair()")
@pytest.fixture
def early(): caught(socket.socket)
def test_in_a_fixture(early): pass
@pytest.fixture
def late():
    yield
    caught(socket.socket)
def test_in_a_late_fixture(late): pass

def test_home(loopback): socket.socket().bind(("127.0.0.1", 0))
def test_home6(loopback): socket.socket(socket.AF_INET6)
def test_name_at_home(loopback): socket.getaddrinfo("localhost", 80)
def test_all_addresses(loopback): socket.socket().bind(("0.0.0.0", 0))
def test_away(loopback): caught(lambda: socket.socket().connect(("192.0.2.1", 80)))
def test_name_away(loopback): caught(lambda: socket.getaddrinfo("localhost.example", 80))
def test_number_away(loopback): caught(lambda: socket.gethostbyname("127.0.0.1.example"))
def test_away_by_udp(loopback): caught(lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 80)))
def test_away_in_a_child(loopback): child("socket.create_connection(('192.0.2.1', 80), 1)")

def test_none(no_sockets): pass
def test_none_unix(no_sockets): caught(socket.socketpair)
def test_none_unix_in_a_child(no_sockets): child("socket.socketpair()")
def test_none_inet(no_sockets): caught(socket.socket)
"""
PASS = {
    *("without_sockets", "unix", "unix_in_a_child", "home", "home6", "name_at_home", "none"),
    "in_a_late_fixture",  # the test itself passes; its end is an error
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By test, how it came out, and how its end came out where that failed."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copy(HERE / "conftest.py", folder)
    shutil.copytree(HERE / "socket_guard", folder / "socket_guard")
    (folder / "test_guarded.py").write_text(TESTS, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rA",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore::ResourceWarning",
        str(folder),
    ]
    path = os.pathsep.join((str(HERE), os.environ["PYTHONPATH"]))  # where the conftest finds what it imports
    surroundings = {**os.environ, "PYTHONPATH": path}
    said = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False).stdout
    found: dict[str, list[str]] = {}
    for how, name in re.findall(r"^(PASSED|FAILED|ERROR) \S+::test_(\w+)", said, re.MULTILINE):
        found.setdefault(name, []).append(how)
    return found


NAMES = re.findall(r"^def test_(\w+)", TESTS, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_a_socket_that_was_not_asked_for_fails_its_test(outcomes: dict[str, list[str]], name: str) -> None:
    assert ("PASSED" in outcomes[name]) == (name in PASS), outcomes[name]
    assert ("ERROR" in outcomes[name]) == (name == "in_a_late_fixture")
