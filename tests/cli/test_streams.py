"""Results that go to a stream by its name: what is there stays, what comes later comes behind, nothing is replaced."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from at_the_door import Door
from tenantry.cli.files import can_be_written, write_given
from tenantry.cli.output import targets
from tenantry.cli.streams import pour
from tenantry.errors import OperatorError

TENANTRY = str(Path(sys.executable).parent / "tenantry")
FILE = json.dumps(
    {
        "version": 1,
        "contract": {"contingency": {"companion": 1}},
        "users": {"ada@x.example": {"licenses": ["companion"]}},
    }
)
STREAMS = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link", "folder/1", "/dev/../dev/./stdout"]
FORMATS = ("text", "json", "xlsx")
WAYS: dict[str, tuple[str, ...]] = {
    "backup -": ("backup", "-"),
    "export -": ("export", "contoso", "--out", "-"),
    **{f"backup {name}": ("backup", name) for name in STREAMS},
    **{f"plan --format json={name}": ("plan", "--format", f"json={name}") for name in STREAMS},
    "plan --out -": ("plan", "--out", "-", "--format", f"json={os.devnull}"),
    "plan --out /dev/stdout": ("plan", "--out", "/dev/stdout", "--format", f"json={os.devnull}"),
    "export --out /dev/stdout": ("export", "contoso", "--out", "/dev/stdout"),
}


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace with a tenant and a ledger, and links to streams beside it."""
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", FILE)
    made.told("apply", "--auto-approve")
    (tmp_path / "link").symlink_to("/dev/stdout")
    (tmp_path / "folder").symlink_to("/dev/fd")
    return made


def called(door: Door, *words: str, **streams: Any) -> "subprocess.CompletedProcess[bytes]":
    """The command, with streams of the test's."""
    where = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run([TENANTRY, *words], cwd=door.root, stdin=subprocess.DEVNULL, check=False, **where)


def result(door: Door, way: str) -> bytes:
    """What is written through a pipe."""
    ended = called(door, *WAYS[way])
    assert (ended.returncode, ended.stdout[:1]) == (0, b"{"), ended.stderr
    return ended.stdout


@contextlib.contextmanager
def no_file_more(door: Door) -> Iterator[None]:
    """What is done inside leaves no file more or less in the workspace."""
    names = sorted(path.name for path in door.root.iterdir())
    yield
    assert sorted(path.name for path in door.root.iterdir()) == names


@pytest.mark.parametrize("way", WAYS)
def test_the_file_behind_a_stream_keeps_what_is_in_it_and_what_comes_later(door: Door, way: str) -> None:
    wanted = result(door, way)
    log = door.write("log", "keep\n")
    with no_file_more(door), log.open("ab") as stream:
        ended = called(door, *WAYS[way], stdout=stream)
        os.write(stream.fileno(), b"done\n")
    assert ended.returncode == 0, ended.stderr
    assert log.read_bytes() == b"keep\n" + wanted + b"done\n"


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_written_from_its_beginning_is_shared_by_all_who_write_to_it(door: Door, way: str) -> None:
    wanted = result(door, way)
    with (door.root / "log").open("wb") as stream:
        os.write(stream.fileno(), b"before\n")
        assert called(door, *WAYS[way], stdout=stream).returncode == 0
        os.write(stream.fileno(), b"done\n")
    assert (door.root / "log").read_bytes() == b"before\n" + wanted + b"done\n"


@pytest.mark.parametrize("way", WAYS)
def test_a_file_without_a_name_is_written_and_gets_none(door: Door, way: str) -> None:
    wanted = result(door, way)
    log = door.write("log", "")
    with log.open("r+b") as stream:
        log.unlink()
        with no_file_more(door):
            assert called(door, *WAYS[way], stdout=stream).returncode == 0
        stream.seek(0)
        assert stream.read() == wanted


@pytest.mark.parametrize("way", WAYS)
def test_a_socket_is_written_to_as_a_pipe_is(door: Door, way: str) -> None:
    wanted = result(door, way)
    near, far = socket.socketpair()
    with near, far:
        far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        assert called(door, *WAYS[way], stdout=far).returncode == 0
        far.shutdown(socket.SHUT_WR)
        with near.makefile("rb") as reading:
            assert reading.read() == wanted


@pytest.mark.parametrize("name", ["/dev/stderr", "/dev/fd/2"])
def test_standard_error_is_a_stream_too(door: Door, name: str) -> None:
    log = door.write("log", "keep\n")
    with log.open("ab") as stream:
        assert called(door, "plan", "--format", f"json={name}", stderr=stream).returncode == 0
    assert log.read_bytes().startswith(b'keep\n{"')


def test_a_descriptor_that_the_caller_opened_is_written_to(door: Door) -> None:
    log = door.write("log", "keep\n")
    with log.open("ab") as stream:
        number = stream.fileno()
        assert called(door, "export", "contoso", "--out", f"/dev/fd/{number}", pass_fds=[number]).returncode == 0
        os.write(number, b"done\n")
    assert log.read_text().startswith('keep\n{"')
    assert log.read_text().endswith("}\ndone\n")


def test_what_another_process_has_open_keeps_its_content(door: Door) -> None:
    log = door.write("log", "keep\n")
    with log.open("rb") as stream:
        name = f"/proc/{os.getpid()}/fd/{stream.fileno()}"
        assert called(door, "export", "contoso", "--out", name).returncode == 0
    assert log.read_text().startswith('keep\n{"')


def test_what_was_printed_before_stands_before(tmp_path: Path) -> None:
    code = "import sys; from tenantry.cli.files import write_given; sys.stdout.write('one\\n')\n"
    code += "sys.stderr.write('a'); write_given('/dev/stdout', 'two\\n'); sys.stdout.write('three\\n')"
    with (tmp_path / "log").open("wb") as stream:
        env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        subprocess.run([sys.executable, "-c", code], stdout=stream, env=env, check=True)
    assert (tmp_path / "log").read_text() == "one\ntwo\nthree\n"


@pytest.mark.parametrize("words", [("backup",), ("plan", "--out"), ("export", "contoso", "--out")])
def test_what_the_command_opened_itself_is_no_stream_of_the_caller_s(
    door: Door, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger would be written over."""
    ledger = door.root / ".tenantry/ledger.db"
    with ledger.open("r+b") as stream:
        name = f"/dev/fd/{stream.fileno()}"
        assert not can_be_written(name)
        said = door.run(*words, name)
        assert said.code == 1
        assert f"{name} can't be written: whoever called has opened no such descriptor." in said.err
    assert ledger.read_bytes().startswith(b"SQLite format 3\0")
    assert not can_be_written("/dev/fd/987654321")
    monkeypatch.chdir(door.root)
    said = door.run("apply", "--auto-approve", "--format", "json=/dev/fd/987")
    assert (said.code, said.out) == (1, "")
    assert "/dev/fd/987 can't be written." in said.err


def test_a_reader_that_has_left_is_told(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    os.set_inheritable(writer, True)  # noqa: FBT003 - it takes no keyword
    with pytest.raises(OperatorError, match="can't be written: broken pipe"):
        write_given(f"/dev/fd/{writer}", "text\n")
    os.close(writer)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/{}/fd/1"])
def test_standard_output_is_one_place_however_it_is_named(name: str) -> None:
    name = name.format(os.getpid())
    assert targets([f"json={name}"], FORMATS) == [("json", "-")]
    for wanted, out in (((f"json={name}", "text"), None), (("text=-", f"json={name}"), None), (("text",), name)):
        with pytest.raises(click.UsageError, match="Two results go to"):
            targets(wanted, FORMATS, out)
    assert targets([f"json={name}", "text=/dev/stderr"], FORMATS) == [("json", "-"), ("text", "/dev/stderr")]


def test_a_stream_takes_many_pieces_whole(tmp_path: Path) -> None:
    def pieces() -> Iterable[bytes]:
        for number in range(20_000):
            yield b"%07d\n" % number

    with (tmp_path / "log").open("wb") as stream:
        os.set_inheritable(stream.fileno(), True)  # noqa: FBT003 - it takes no keyword
        write_given(f"/dev/fd/{stream.fileno()}", pieces())
    assert (tmp_path / "log").read_bytes() == b"".join(pieces())


def test_what_a_system_takes_a_bit_at_a_time_is_written_whole() -> None:
    """As it does where a signal cuts a write short."""
    taken = bytearray()

    def take(piece: memoryview) -> int:
        taken.extend(piece[:3])
        return min(3, len(piece))

    pour(take, [b"what was", b"", bytearray(b" written")])
    assert taken == b"what was written"


@pytest.mark.parametrize("name", ["/dev/fdd/1", "dev/fd/1", "/proc/fd/1", "/dev/fd/1x", "/dev/fd", "loop"])
def test_other_names_are_files(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    assert targets([f"json={name}"], FORMATS) == [("json", name)]
