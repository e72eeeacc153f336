"""Stands between the real command and a PostgreSQL server, and cuts the line at a chosen message of the client.

It understands just enough of the protocol to know one message from the next, and the commit of a transaction that
writes a run from every other.
"""

import contextlib
import enum
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

_HOST = "127.0.0.1"
_RUN = b"INSERT INTO runs"
"""Stands in every transaction with an effect, and in no other."""
_SHORTEST = 8
"""Bytes of a message that asks for TLS before a line is set up; such messages have no kind."""
_ACTED_UPON = frozenset((b"Q", b"E", b"p", b"X"))
"""Kinds of messages that let the server do something; the others prepare one of these, and go with it."""
_SETTLED_WITHIN = 20
_CHUNK = 65536


class Fate(enum.Enum):
    """What becomes of a message of the client, and of the line after it."""

    PASS = "it is forwarded"  # noqa: S105 - no password
    CUT = "it never reaches the server, which sees the line end"
    SENT = "it reaches the server, the client sees the line end at once, and the server finishes what it was told"
    ANSWERED = "the server has answered when the line ends, and the answer reaches nobody"


@dataclass(frozen=True, slots=True)
class Message:
    """The n-th message since the proxy was armed that a server acts upon, with those that prepared it.

    `commits`: it is the commit of an effect.
    """

    number: int
    text: bytes
    commits: bool


Judge = Callable[[Message], Fate]


def pass_all(_: Message) -> Fate:
    """A line that nobody cuts."""
    return Fate.PASS


@dataclass
class Proxy:
    """Listens on this machine's own network, as long as it is entered, for a server at `upstream`."""

    upstream: int
    judge: Judge = pass_all
    number: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _going: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        """Listen."""
        self._listening = socket.create_server((_HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        self._reachable = True
        self._going.set()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self.unreachable()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()
        self.settle()

    def arm(self, judge: Judge) -> None:
        """Count anew, and let each message be judged."""
        self.judge, self.number, self._reachable = judge, 0, True

    def unreachable(self) -> None:
        """End every new line before a word is said."""
        self._reachable = False

    def hold(self) -> None:
        """Keep every message, until it may go on."""
        self._going.clear()

    def go_on(self) -> None:
        """Let messages be judged again."""
        self._going.set()

    def settle(self) -> None:
        """Wait until the server has ended every line, and so whatever was begun on it."""
        for thread in self._threads:
            thread.join(_SETTLED_WITHIN)
            assert not thread.is_alive(), "the server didn't end a line"
        self._threads.clear()
        if self.failures:
            raise self.failures.pop()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if not self._reachable:
                client.close()
                continue
            try:
                server = socket.create_connection((_HOST, self.upstream), 10)
            except OSError:
                client.close()
                continue
            for end in (client, server):
                end.settimeout(None)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = _Line(self, client, server)
            for work in (line.up, line.down):
                thread = threading.Thread(target=work, daemon=True)
                thread.start()
                self._threads.append(thread)

    def fate(self, text: bytes, *, commits: bool) -> Fate:
        """What is to become of the next message."""
        self._going.wait(_SETTLED_WITHIN)
        with self._lock:
            self.number += 1
            message = Message(self.number, text, commits)
        return self.judge(message)  # which may take its time, and other lines go on meanwhile


class _Line:
    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._muted, self._answered = threading.Event(), threading.Event()
        self._writes, self._prepared = False, b""

    def up(self) -> None:
        """What the client says, until one of both or a fate ends the line; then the server gets its end."""
        try:
            for message in _messages(self._client):
                if not self._forwarded(message):
                    break
        except OSError:
            pass  # one of both has left
        except Exception as error:  # noqa: BLE001 - of a judge: it is raised where the test waits
            self._proxy.failures.append(error)
        _end(self._client, socket.SHUT_RDWR)
        _end(self._server, socket.SHUT_WR)

    def down(self) -> None:
        """What the server says, until it has nothing more to say; nobody hears it once the line is cut."""
        with contextlib.suppress(OSError):
            while chunk := self._server.recv(_CHUNK):
                if self._muted.is_set():
                    self._answered.set()
                    continue
                with contextlib.suppress(OSError):
                    self._client.sendall(chunk)
        self._answered.set()
        _end(self._client, socket.SHUT_RDWR)
        self._client.close()
        self._server.close()

    def _forwarded(self, message: bytes) -> bool:
        """Whether the line goes on after a message."""
        self._prepared += message
        fate = Fate.PASS
        if message[:1] in _ACTED_UPON or message[:1] == b"\0":  # a length begins with it where there is no kind
            text, self._prepared = self._prepared, b""
            self._writes = (self._writes and not text.startswith(b"BEGIN", 5)) or _RUN in text
            fate = self._proxy.fate(text, commits=self._writes and message.startswith(b"COMMIT", 5))
        if fate is Fate.CUT:
            return False
        if fate is not Fate.PASS:
            self._muted.set()
        self._server.sendall(message)
        if fate is Fate.ANSWERED:
            self._answered.wait(_SETTLED_WITHIN)
        return fate is Fate.PASS


def _messages(client: socket.socket) -> Iterator[bytes]:
    """Whole messages, as they come. The first ones are those of a line that isn't set up yet."""
    held, started = b"", False
    while True:
        head = 1 if started else 0
        while len(held) < head + 4 or len(held) < head + struct.unpack_from("!i", held, head)[0]:
            chunk = client.recv(_CHUNK)
            if not chunk:
                return
            held += chunk
        length = head + struct.unpack_from("!i", held, head)[0]
        # what asks for TLS or the like is as short as this, and is followed by another beginning
        started = started or length > _SHORTEST
        yield held[:length]
        held = held[length:]


def _end(end: socket.socket, how: int) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(how)
