"""Watches the sockets of a Python process; each Python that a test starts imports this by its name, from PYTHONPATH.

What may be opened stands in the environment, and so does the file in which is told what was tried all the same: an
exception alone could be caught, and that of a child is nobody's.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

ALLOWED = "TESTS_SOCKETS"
"""`none`, `unix` (sockets within this machine, without an address) or `loopback` (127.0.0.1 and ::1 as well)."""
TOLD = "TESTS_SOCKETS_TOLD"

AF_UNIX, OF_A_DESCRIPTOR = 1, -1


class SocketOpenedError(RuntimeError):
    """A socket was opened that the test didn't ask for."""


def _is_here(host: Any) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    return text in ("::1", "localhost") or (text.startswith("127.") and text.replace(".", "").isdigit())


def _of_address(address: Any) -> bool:
    return not isinstance(address, tuple) or _is_here(address[0])


ADDRESSED: dict[str, Callable[[tuple[Any, ...]], bool]] = {
    "socket.bind": lambda args: _of_address(args[1]),
    "socket.connect": lambda args: _of_address(args[1]),
    "socket.sendmsg": lambda args: _of_address(args[1]),
    "socket.sendto": lambda args: _of_address(args[1]),
    "socket.getaddrinfo": lambda args: _is_here(args[0]),
    "socket.gethostbyaddr": lambda args: _is_here(args[0]),
    "socket.gethostbyname": lambda args: _is_here(args[0]),
    "socket.getnameinfo": lambda args: _of_address(args[0]),
}
"""What names an address, and whether it is one of this machine."""


def allowed(event: str, args: tuple[Any, ...], policy: str) -> bool:
    """Whether what Python is about to do is what the test asked for."""
    if event == "socket.__new__":
        family = args[1]
        return policy == "loopback" or (policy == "unix" and family in (AF_UNIX, OF_A_DESCRIPTOR))
    if event in ADDRESSED:
        if policy == "loopback":
            return ADDRESSED[event](args)
        return policy == "unix" and "get" not in event and not isinstance(args[1], tuple)
    return True


def watch(event: str, args: tuple[Any, ...]) -> None:
    """Raise and tell where a socket is opened, or a name looked up, that the test didn't ask for."""
    if not event.startswith("socket."):
        return
    policy = os.environ.get(ALLOWED, "loopback")
    if allowed(event, args, policy):
        return
    shown = args[:2] if "get" in event else args[1:]  # others begin with the socket itself
    what = f"{event} {shown}, and {policy} is allowed"
    if TOLD in os.environ:
        with open(os.environ[TOLD], "a", encoding="utf-8") as told:  # noqa: PTH123 - pathlib is heavy for every child
            told.write(f"{what} in {' '.join(sys.argv[:3])}\n")
    raise SocketOpenedError(what)


sys.addaudithook(watch)
