"""An HTTP server on this machine that answers as it is told, and remembers what it was asked."""

import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tenantry.forges.http import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: JSON, or `raw` bytes as they are. `gone`: the connection ends without one."""

    status: int = 200
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    promised: int | None = None
    drip: float = 0.0
    delay: float = 0.0
    gone: bool = False


@dataclass(slots=True)
class Disturbance:
    """A reply that stands in for the next answer to some request; `done`: only the answer is lost, not the act."""

    pattern: str
    reply: Reply
    done: bool = False


class Server:
    """A server for the time of a test."""

    def __init__(self, answer: Callable[[Asked], Reply], tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self._answer = answer
        self._failures: list[BaseException] = []
        self._disturbances: list[Disturbance] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except Exception:  # noqa: BLE001 - the client has hung up, or it is told at the end
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                outer.handle(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that http.server looks for

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._http.server_port}"
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
            self.address = f"https://localhost:{self._http.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        if self._failures:
            raise self._failures[0]

    def disturb(self, pattern: str, *replies: Reply, done: bool = False) -> None:
        """Let the next requests like `METHOD /path` find these replies."""
        self._disturbances += [Disturbance(pattern, reply, done) for reply in replies]

    def lines(self, but: str = "-") -> list[str]:
        """What was asked, one line a request."""
        return [f"{item.method} {item.path}" for item in self.asked if not re.search(but, f"{item.method} {item.path}")]

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """One request."""
        parts = urlsplit(handler.path)
        content = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        asked = Asked(
            method=handler.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in handler.headers.items()},
            data=json.loads(content) if content else None,
        )
        self.asked.append(asked)
        line = f"{asked.method} {asked.path}"
        found = next((item for item in self._disturbances if re.search(item.pattern, line)), None)
        if found is not None:
            self._disturbances.remove(found)
        try:
            reply = self._answer(asked) if found is None or found.done else found.reply
        except Exception as failure:
            self._failures.append(failure)
            raise
        self._send(handler, reply if found is None else found.reply)

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        time.sleep(reply.delay)
        handler.close_connection = True
        if reply.gone:
            return
        content = json.dumps(reply.data).encode() if reply.raw is None else reply.raw
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content) if reply.promised is None else reply.promised))
        handler.end_headers()
        if not reply.drip:
            handler.wfile.write(content)
            return
        for place in range(len(content)):
            handler.wfile.write(content[place : place + 1])
            handler.wfile.flush()
            time.sleep(reply.drip)


class Watch:
    """A clock that nobody has to wait for."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.at = 0.0

    @property
    def pace(self) -> Pace:
        return Pace(wait=self._wait, passed=lambda: self.at)

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds
