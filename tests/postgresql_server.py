"""A PostgreSQL server of the tests' own, from the machine's programs: started when it is first asked for."""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

REQUIRED = os.environ.get("TESTS_POSTGRESQL") == "required"
LACKING = "no PostgreSQL server (postgres, initdb) here"
ROLE, PASSWORD = "ledger", "a-password-of-tests"
_NUMBERS = count(1)


def programs() -> Path | None:
    """The folder of initdb and postgres; None where they aren't installed."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def a_server_is_needed() -> None:
    """Skip the test where no server is installed, or let it fail where one is required."""
    if programs() is None:
        pytest.fail(LACKING) if REQUIRED else pytest.skip(LACKING)


@dataclass
class Server:
    """A running server, which is reached by a socket in its folder, or on this machine's own network at `port`.

    `options` are its settings beside the usual ones, such as those of TLS.
    """

    folder: Path
    options: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, database: str, **more: str) -> str:
        """The URL of a database, with the password of its role."""
        more = more if self.port else {"host": str(self.folder), **more}
        at = f"127.0.0.1:{self.port}" if self.port else ""
        query = "&".join(f"{key}={value}" for key, value in more.items())
        return f"postgresql://{ROLE}:{PASSWORD}@{at}/{database}{'?' if query else ''}{query}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        found = programs()
        assert found is not None
        listening = (f"listen_addresses={'127.0.0.1' if self.port else ''}", f"port={self.port or 5432}")
        settings = (
            *(*listening, f"unix_socket_directories={self.folder}"),
            *("fsync=off", "max_connections=60", "log_destination=stderr", *self.options),
        )
        words = [str(found / "postgres"), "-D", str(self.folder / "data")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*words, *(word for setting in settings for word in ("-c", setting))],
                **identity(),
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
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)
            self.process = None

    def new_database(self) -> str:
        """A new, empty database; its name."""
        name = f"ledger_{os.getpid()}_{next(_NUMBERS)}"
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


def identity() -> dict[str, Any]:
    """As whom a server runs, in the words of Popen: it refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}


def make_server(*options: str, port: int = 0) -> Server:
    """A new server that runs until the tests end."""
    found = programs()
    assert found is not None, LACKING
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    who = identity()
    if who:
        os.chown(folder, who["user"], who["group"])
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    subprocess.run(
        [
            *(str(found / "initdb"), "-D", str(folder / "data"), "-U", ROLE, f"--pwfile={secret}", "--no-sync"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
        ],
        **who,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    made = Server(folder, options, port)
    atexit.register(made.stop)
    made.start()
    return made


def free_port() -> int:
    """A port of this machine's own network at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@cache
def the_server() -> Server:
    """The one server of the run."""
    return make_server()


@cache
def _database_of(_process: int) -> str:
    return the_server().new_database()


def empty_database() -> str:
    """The URL of the run's database, empty as if it were new."""
    name = _database_of(os.getpid())  # a process that was forked has one of its own
    the_server().execute(name, "DROP SCHEMA IF EXISTS tenantry CASCADE")
    return the_server().url(name)
