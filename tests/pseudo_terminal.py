"""The command on a pseudo-terminal of any size, in a child process, with what it wrote to either stream."""

import fcntl
import io
import os
import pty
import re
import select
import struct
import sys
import termios
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ANSI = re.compile(r"\x1b\[[0-9;]*m")
"""The only escape sequences that the command writes: colors."""
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """How a command ended, and every byte that it and the terminal's echo wrote."""

    code: int
    out: str
    err: str

    @property
    def plain(self) -> str:
        """What was written to standard output, without color."""
        return ANSI.sub("", self.out)


def on_terminal(
    args: Sequence[str],
    *,
    columns: int = 80,
    env: Mapping[str, str] | None = None,
    pipes: str = "",
    typed: str = "",
    once: str = "",
) -> Seen:
    """Run the command; streams named in `pipes` (out, err) are pipes. `typed` is typed when `once` is on the screen.

    Both terminals are the size of `columns`; 0 is one that doesn't know its size. Standard error is the one that
    controls the process, so that a typed Ctrl-C is echoed there and interrupts it.
    """
    ends = {name: os.pipe() if name in pipes.split() else pty.openpty() for name in ("out", "err")}
    # a pipe gives its reading end first, a terminal the end of whoever looks at it: both are the parent's
    near = {name: end[0] for name, end in ends.items()}
    far = {name: end[1] for name, end in ends.items()}
    child = os.fork()
    if child == 0:
        _become(args, columns, env or {}, far, near)
    for end in far.values():
        os.close(end)
    said = _read(near, typed.encode(), once.encode())
    _, status = os.waitpid(child, 0)
    texts = {name: data.decode().replace("\r\n", "\n") for name, data in said.items()}
    return Seen(os.waitstatus_to_exitcode(status), texts["out"], texts["err"])


def _become(
    args: Sequence[str], columns: int, env: Mapping[str, str], far: Mapping[str, int], near: Mapping[str, int]
) -> None:
    """In the child: take the streams, be led by the terminal, run the command, and never come back."""
    code = 99
    try:
        os.setsid()
        for end in far.values():
            if os.isatty(end):
                fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24 if columns else 0, columns, 0, 0))
        if os.isatty(far["err"]):
            fcntl.ioctl(far["err"], termios.TIOCSCTTY, 0)
        stdin = far["err"] if os.isatty(far["err"]) else os.open(os.devnull, os.O_RDONLY)
        for number, end in enumerate((stdin, far["out"], far["err"])):
            os.dup2(end, number)
        for end in (*far.values(), *near.values()):
            os.close(end)
        sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False), encoding="utf-8")
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), encoding="utf-8", write_through=True)
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", write_through=True)
        os.environ.pop("COLUMNS", None)
        os.environ.update({"TERM": "xterm-256color", **env})
        from tenantry.cli.door import main  # noqa: PLC0415 - the child's business

        main(list(args))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 98
    except BaseException:  # noqa: BLE001 - a child that returned would run the other tests again
        traceback.print_exc()
    finally:
        os._exit(code)


def _read(near: Mapping[str, int], typed: bytes, once: bytes) -> dict[str, bytes]:
    """Everything that is written until both streams are closed."""
    said = dict.fromkeys(near, b"")
    names = {end: name for name, end in near.items()}
    until = time.monotonic() + PATIENCE
    while names:
        ready, _, _ = select.select(list(names), [], [], max(until - time.monotonic(), 0))
        assert ready, f"the command hangs: {said}"
        for end in ready:
            try:
                data = os.read(end, 65536)
            except OSError:  # the other end of a terminal was closed
                data = b""
            if not data:
                os.close(end)
                del names[end]
                continue
            said[names[end]] += data
            if typed and once in said["err"]:
                os.write(near["err"], typed)
                typed = b""
    return said
