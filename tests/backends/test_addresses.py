"""The URL of a server: no word of a password is seen, and a server elsewhere has to prove who it is."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door, Said
from postgresql_server import (
    PASSWORD,
    REQUIRED,
    ROLE,
    Server,
    a_server_is_needed,
    free_port,
    identity,
    make_server,
    the_server,
)
from tenantry.backends.ledger import addresses
from tenantry.backends.ledger.addresses import options, visible
from tenantry.backends.ledger.postgresql import PostgresqlServer
from tenantry.cli import ledgers

TENANTRY = str(Path(sys.executable).with_name("tenantry"))
CANARY = "s3cret"
HOST, ROOTS = "db.example", "/etc/roots.pem"
NO_OPENSSL = "no openssl here"

SHOWN = {
    f"postgresql://ada:{CANARY}@{HOST}:6432/ledger": f"postgresql://{HOST}:6432/ledger",
    f"postgres://{HOST}/ledger?user=ada&password={CANARY}": f"postgresql://{HOST}/ledger",
    f"postgresql://ada:{CANARY}%40%2F%3A@{HOST}/ledger": f"postgresql://{HOST}/ledger",
    f"postgresql://ada:{CANARY}:x#?y@{HOST}/ledger": f"postgresql://{HOST}/ledger",
    f"postgresql://ada:{CANARY}@[::1]:6432/ledger": "postgresql://[::1]:6432/ledger",
    f"postgresql://ada:{CANARY}@a,b/ledger": "postgresql://a,b/ledger",
    f"postgresql://ada:{CANARY}@a:1,b:2/ledger": "postgresql://a:1,b:2/ledger",
    f"postgresql://ada:{CANARY}@/ledger?host=a,b&port=6432": "postgresql://a:6432,b:6432/ledger",
    f"postgresql://ada:{CANARY}@/ledger?host=/run/sockets": "postgresql:///ledger",
    f"postgresql://ada:{CANARY}@/ledger?hostaddr=192.0.2.7": "postgresql://192.0.2.7/ledger",
    f"postgresql://ada:{CANARY}@/ledger": "postgresql:///ledger",
    f"postgresql://{HOST}/ledger?sslpassword={CANARY}&passfile={CANARY}": f"postgresql://{HOST}/ledger",
}
MALFORMED = (
    f"postgresql://ada:{CANARY}@[::1",
    f"postgresql://ada:x@{CANARY}@{HOST}/ledger",
    f"postgresql://ada:x/{CANARY}@{HOST}/ledger",
    f"postgresql://ada:12/{CANARY}@{HOST}/ledger",
    f"postgresql://ada:{CANARY}/x@{HOST}/ledger",
    f"postgresql://{HOST}:{CANARY}/ledger",
    f"postgresql://ada:{CANARY}%zz@{HOST}/ledger",
    f"postgresql://ada:{CANARY}%ff@{HOST}/ledger",
    f"postgresql://{HOST}/ledger?pasword={CANARY}",
    f"postgresql://{HOST}/ledger?{CANARY}",
)


@pytest.mark.parametrize("url", SHOWN)
def test_of_a_url_people_see_where_it_leads_and_nothing_else(url: str) -> None:
    assert visible(url) == SHOWN[url]
    assert CANARY not in repr(PostgresqlServer(url=url, where=visible(url)))


@pytest.mark.parametrize("url", MALFORMED)
def test_a_url_that_could_be_misread_is_none(url: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - what it says is looked at below
        visible(url)
    assert CANARY not in str(raised.value)


# the real command


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", '{"version": 1, "users": {"ada@contoso.example": {"licenses": ["companion"]}}}')
    return made


COMMANDS = {
    "plan": ("plan",),
    "apply": ("apply", "--auto-approve", "--create-ledger"),
    "observe": ("observe", "contoso", "--state", "active"),
    "doctor": ("doctor",),
    "init": ("init",),
    "history": ("history",),
}
BROKEN = {
    "wrong password": ("postgresql://ledger:s3cret@/postgres?host={folder}", "password authentication failed"),
    "no such database": ("postgresql://ledger:{password}@/nowhere?host={folder}", "does not exist"),
    "host not found": ("postgresql://ada:s3cret@db.example/ledger", "failed to resolve host 'db.example'"),
    "no server there": ("postgresql://ada:s3cret@127.0.0.1:{port}/ledger", "Connection refused"),
    "none of several there": ("postgresql://ada:s3cret@127.0.0.1:{port},[::1]:{port}/ledger", "refused"),
    "no socket there": ("postgresql://ada:s3cret@/ledger?host=/nowhere", "No such file or directory"),
    "sslmode that isn't one": ("postgresql://ada:s3cret@127.0.0.1/ledger?sslmode=strict", "invalid sslmode value"),
    "timeout that isn't one": ("postgresql://ada:s3cret@127.0.0.1/ledger?connect_timeout=soon", "connect_timeout"),
    "not closed": ("postgresql://ada:s3cret@[::1", "none that PostgreSQL can read"),
    "unknown word": ("postgresql://db.example/ledger?pasword=s3cret", "none that PostgreSQL can read"),
    "slash in a password": ("postgresql://ada:x/s3cret@db.example/ledger", "none that PostgreSQL can read"),
}


def told(url: str) -> str:
    """A URL with what is known of this run filled in."""
    return url.format(folder=the_server().folder, password=PASSWORD, port=free_port())


def in_one_line(said: Said, command: str) -> str:
    """What a command says went wrong, as if lines had no end."""
    return " ".join((said.out if command == "doctor" else said.err).split())


def unresolved(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.usefixtures("server_database", "loopback")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", BROKEN)
def test_a_server_that_cannot_be_used_is_one_sentence_without_a_password(
    door: Door, monkeypatch: pytest.MonkeyPatch, name: str, command: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    url, sentence = BROKEN[name]
    said = door.run("--backend", told(url), *COMMANDS[command])
    assert said.code == 1
    # doctor looks at the backend, and then at the ledger in it
    assert 1 <= in_one_line(said, command).count(sentence) <= (2 if command == "doctor" else 1)
    assert CANARY not in said.out + said.err
    assert PASSWORD not in said.out + said.err


def test_without_a_driver_it_is_said_how_to_get_one(door: Door) -> None:
    door.write("blocked/psycopg/__init__.py", "raise ImportError('no psycopg here')")
    said = subprocess.run(
        [TENANTRY, "-C", str(door.root), "--backend", f"postgresql://ada:{CANARY}@/x", "plan"],
        env={**os.environ, "PYTHONPATH": f"{door.root / 'blocked'}:{os.environ['PYTHONPATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "needs a driver that isn't installed" in said.stderr
    assert "pip install 'tenantry[postgres]'" in said.stderr
    assert "Traceback" not in said.stderr
    assert CANARY not in said.stderr


# where a server is, and what it has to prove


HERE = ("@/x", "@/x?host=/run", "@/x?host=@abstract", "@localhost/x", "@127.0.0.1/x", "@[::1]/x", "@localhost,[::1]/x")
ELSEWHERE = (
    *("@db.example/x", "@10.0.0.1/x", "@localhost,db.example/x", "@db.example,/x", "@/x?hostaddr=10.0.0.1"),
    *("@localhost/x?hostaddr=10.0.0.1", "@db.example/x?hostaddr=127.0.0.1", "@/x?host=db.example", "@/x?service=s"),
)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a server stands in the environment."""
    for name in tuple(os.environ):
        if name.startswith("PG"):
            monkeypatch.delenv(name)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("place", HERE)
def test_a_server_on_this_machine_is_spoken_to_as_it_likes(place: str) -> None:
    assert "sslmode" not in options(f"postgresql://ada{place}", ROOTS)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_server_elsewhere_has_to_prove_by_the_roots_of_the_system_that_it_is_the_right_one(place: str) -> None:
    said = options(f"postgresql://ada{place}", ROOTS)
    assert (said["sslmode"], said["sslrootcert"]) == ("verify-full", ROOTS)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("mode", ["disable", "require", "verify-ca"])
def test_the_url_has_the_say_on_how_a_server_is_spoken_to(mode: str) -> None:
    said = options(f"postgresql://ada@{HOST}/x?sslmode={mode}&connect_timeout=3&application_name=mine", ROOTS)
    assert not {"sslmode", "sslrootcert", "connect_timeout", "application_name"} & set(said)
    own = options(f"postgresql://ada@{HOST}/x?sslrootcert=own.pem", ROOTS)
    assert own["sslmode"] == "verify-full"
    assert "sslrootcert" not in own


@pytest.mark.usefixtures("alone")
def test_where_the_environment_names_the_server_it_is_judged_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", HOST)
    assert options("postgresql://ada@/x", ROOTS)["sslmode"] == "verify-full"
    assert "sslmode" not in options("postgresql://ada@localhost/x", ROOTS)
    monkeypatch.setenv("PGHOST", "localhost")
    monkeypatch.setenv("PGHOSTADDR", "10.0.0.1")
    assert options("postgresql://ada@/x", ROOTS)["sslmode"] == "verify-full"


@pytest.mark.usefixtures("alone")
def test_an_old_libpq_is_not_told_a_word_that_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql://ada@{HOST}/x"
    assert options(url, "system")["sslrootcert"] == "system"
    monkeypatch.setattr(addresses.pq, "version", lambda: 150000)
    assert "sslrootcert" not in options(url, "system")
    assert options(url, ROOTS)["sslrootcert"] == ROOTS


@pytest.mark.usefixtures("loopback", "alone")
def test_the_environment_cannot_lead_a_whole_url_elsewhere(
    door: Door, monkeypatch: pytest.MonkeyPatch, tls: "Secured", tmp_path: Path
) -> None:
    services = tmp_path / "services"
    services.write_text("[s]\nhost=other.example\nhostaddr=127.0.0.9\nport=1\ndbname=elsewhere\nuser=mallory\n")
    for name, value in {
        "PGSERVICEFILE": str(services),
        "PGSERVICE": "s",
        "PGHOST": "other.example",
        "PGHOSTADDR": "127.0.0.9",
        "PGPORT": "1",
        "PGDATABASE": "elsewhere",
        "PGUSER": "mallory",
        "PGSSLMODE": "disable",
        "PGSSLROOTCERT": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    url = f"postgresql://{ROLE}:{PASSWORD}@localhost:{tls.server.port}/postgres?sslmode=require"
    assert "over TLS" in spoken(door, url)


# TLS, with a real server


class Secured:
    """A server with a certificate for db.example, which is also the authority that issued it; and another one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root, self.other = (self._certificate(name) for name in ("server", "other"))
        who = identity()
        if who:
            for path in (folder, *folder.iterdir()):
                os.chown(path, who["user"], who["group"])
        files = (f"ssl_cert_file={self.root}", f"ssl_key_file={folder / 'server.key'}")
        self.server = make_server("ssl=on", *files, port=free_port())
        folder.chmod(0o755)

    def _certificate(self, name: str) -> Path:
        path = self.folder / f"{name}.pem"
        words = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN={HOST}"
        subprocess.run(
            [
                *("openssl", *words.split(), "-addext", f"subjectAltName=DNS:{HOST}"),
                *("-out", path, "-keyout", path.with_suffix(".key")),
            ],
            capture_output=True,
            check=True,
        )
        return path

    def url(self, host: str = HOST, **more: Any) -> str:
        """Its URL, as that of a server elsewhere."""
        return address(self.server, host, **more)


def address(server: Server, host: str = HOST, **more: Any) -> str:
    """The URL of a server on this machine, as if it were elsewhere."""
    words = "".join(f"&{key}={value}" for key, value in more.items())
    return f"postgresql://{ROLE}:{PASSWORD}@{host}:{server.port}/postgres?hostaddr=127.0.0.1{words}"


def spoken(door: Door, url: str) -> str:
    """How doctor says that a ledger, which is made if there is none, is spoken to."""
    door.told("--backend", url, "init")
    return door.told("--backend", url, "doctor")


@pytest.fixture(scope="module")
def tls(loopback: None) -> Iterator[Secured]:  # noqa: ARG001 - opens the way
    a_server_is_needed()
    if shutil.which("openssl") is None:
        pytest.fail(NO_OPENSSL) if REQUIRED else pytest.skip(NO_OPENSSL)
    folder = Path(tempfile.mkdtemp(prefix="tls-"))  # the server, as whom it runs, can't go where pytest's folders are
    made = Secured(folder)
    yield made
    made.server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def unsecured(loopback: None) -> Iterator[Server]:  # noqa: ARG001 - opens the way
    """A server on the network that knows no TLS."""
    a_server_is_needed()
    made = make_server(port=free_port())
    yield made
    made.stop()


@pytest.mark.usefixtures("loopback", "alone")
def test_a_server_that_proves_itself_is_spoken_to_over_tls(
    door: Door, monkeypatch: pytest.MonkeyPatch, tls: Secured
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert "over TLS" in spoken(door, tls.url(sslrootcert=tls.root))
    # the authority may be one that the machine trusts
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.root))
    assert "over TLS" in spoken(door, tls.url())
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.other))
    assert ", not encrypted" in spoken(door, tls.url(sslmode="disable"))
    assert "over TLS" in spoken(door, tls.url("other.example", sslmode="require"))


@pytest.mark.usefixtures("loopback", "alone")
@pytest.mark.parametrize("command", ["plan", "apply", "observe", "doctor", "init"])
@pytest.mark.parametrize("why", ["another authority", "another name", "no TLS"])
def test_a_server_that_does_not_prove_itself_is_one_sentence_and_told_nothing(  # it is what was set up
    door: Door, monkeypatch: pytest.MonkeyPatch, tls: Secured, unsecured: Server, why: str, command: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.other if why == "another authority" else tls.root))
    url = {"another name": tls.url("other.example"), "no TLS": address(unsecured)}.get(why, tls.url())
    said = door.run("--backend", url, *COMMANDS[command])
    assert said.code == 1
    where = in_one_line(said, command)
    sentence = {
        "another authority": "certificate verify failed",
        "another name": 'server certificate for "db.example" does not match host name "other.example"',
        "no TLS": "server does not support SSL, but SSL was required",
    }[why]
    assert sentence in where
    assert "?sslrootcert=" in where
    assert "?sslmode=" in where
    assert PASSWORD not in said.out + said.err


def test_the_certificates_of_the_system_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = tmp_path / "ca.pem"
    found.touch()
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setattr(ledgers, "_ROOTS", (str(tmp_path / "none"), str(found)))
    assert ledgers._roots() == str(found)  # noqa: SLF001 - tests look behind the door
    monkeypatch.setattr(ledgers, "_ROOTS", ())
    assert ledgers._roots() == "system"  # noqa: SLF001 - as above
