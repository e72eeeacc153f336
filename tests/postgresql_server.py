"""A PostgreSQL server of the tests' own, from the machine's programs: started when it is first asked for."""

import atexit
import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

REQUIRED = os.environ.get("TESTS_POSTGRESQL") == "required"
LACKING = "no PostgreSQL server (postgres, initdb) here"
ROLE, PASSWORD = "ledger", "a-password-of-tests"  # noqa: S105 - of a server that nobody else can reach
_NUMBERS = count(1)


def programs() -> Path | None:
    """The folder of initdb and postgres; None where they aren't installed."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@dataclass
class Server:
    """A running server. `options` are its settings beside the usual ones, such as those of TLS."""

    folder: Path
    options: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, database: str, *, host: str = "127.0.0.1", **more: str) -> str:
        """The URL of a database, by TCP and with the password of its role."""
        query = "&".join(f"{key}={value}" for key, value in more.items())
        return f"postgresql://{ROLE}:{PASSWORD}@{host}:{self.port}/{database}{'?' if query else ''}{query}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        found = programs()
        assert found is not None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = self.port or free.getsockname()[1]
        settings = (
            *("listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.folder}"),
            *("fsync=off", "max_connections=60", "log_destination=stderr", *self.options),
        )
        words = [str(found / "postgres"), "-D", str(self.folder / "data")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*words, *(word for setting in settings for word in ("-c", setting))],
                **_as_somebody(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise AssertionError((self.folder / "log").read_text("utf-8")) from None
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop it at once, as if its machine had lost power; what was committed is there when it starts again."""
        if self.process is not None:
            self.process.send_signal(subprocess.signal.SIGQUIT)  # type: ignore[attr-defined]
            self.process.wait(60)
            self.process = None

    def new_database(self) -> str:
        """A new, empty database; its name."""
        name = f"ledger_{next(_NUMBERS)}"
        self.execute("postgres", f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is in it."""
        self.execute("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, database: str, statement: str) -> list[Any]:
        """What the server answers to somebody who knows nothing of tenantry."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def _as_somebody() -> dict[str, Any]:
    """As whom a server runs: it refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}


def make_server(*options: str) -> Server:
    """A new server that runs until the tests end."""
    found = programs()
    assert found is not None, LACKING
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    identity = _as_somebody()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    subprocess.run(
        [
            *(str(found / "initdb"), "-D", str(folder / "data"), "-U", ROLE, f"--pwfile={secret}", "--no-sync"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
        ],
        **identity,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    made = Server(folder, options)
    atexit.register(made.stop)
    made.start()
    return made


@cache
def the_server() -> Server:
    """The one server of the run."""
    return make_server()


@contextlib.contextmanager
def database() -> Iterator[str]:
    """The URL of a new, empty database, which is dropped in the end."""
    server = the_server()
    name = server.new_database()
    try:
        yield server.url(name)
    finally:
        server.drop_database(name)
