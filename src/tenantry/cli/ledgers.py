"""Where the ledger of a workspace lies: from a URL of a file, an option or the environment to an open ledger."""

import contextlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenantry.backends.backend import Backend
from tenantry.backends.no_ledger import NoLedger
from tenantry.cli.ledger_files import looks, only_read, which
from tenantry.errors import AuthorError, OperatorError

if TYPE_CHECKING:
    from tenantry.backends.ledger.database import Database
    from tenantry.backends.ledger.ledger import Ledger

SQLITE = "sqlite:///"
POSTGRESQL = ("postgresql://", "postgres://")
ENVIRONMENT = "env:"
OWN_FOLDER = ".tenantry"


@dataclass(frozen=True, slots=True)
class Place:
    """How a workspace's backend is opened. `override` is the URL that the call gives; it goes before the file's."""

    root: Path
    override: str | None = None

    def reading(self, written: str) -> Backend:
        """The ledger of this URL, to be read; one that doesn't exist yet holds nothing."""
        return self._opened(written, write=False)

    def writing(self, written: str) -> Backend:
        """The ledger of this URL, to be read and written; one that doesn't exist yet holds nothing."""
        return self._opened(written, write=True)

    def make(self, written: str) -> "Ledger":
        """The ledger of this URL, to be read and written, made if there is none: its owner alone can read its file."""
        from tenantry.backends.ledger.ledger import Ledger  # noqa: PLC0415 - brings the database, where there is one

        url, path = self.locate(written)
        if path is not None:
            _make_file(url, path)
        made = Ledger(_database(url, path, makes=True), write=True)
        made.tenants()  # opening it makes its tables
        if path is not None:
            _keep_out_of_git(path)
        return made

    def _opened(self, written: str, *, write: bool) -> Backend:
        """A file without content is none yet, as if it weren't there; so is a database without tables of ours."""
        url, path = self.locate(written)
        if path is not None and not _size(url, path):
            return NoLedger(url)
        from tenantry.backends.ledger.ledger import Ledger  # noqa: PLC0415 - as above

        found = Ledger(_database(url, path), write=write)
        if path is None and found.version() == 0:
            found.close()
            return NoLedger(found.where)
        return found

    def locate(self, written: str) -> tuple[str, Path | None]:
        """The URL that counts, and its file, if it is one. TenantryError where there is none that can be a ledger."""
        url = written if self.override is None else self.override
        if url.startswith(ENVIRONMENT):
            name = url.removeprefix(ENVIRONMENT)
            url = os.environ.get(name, "")
            if not url:
                raise OperatorError(
                    f"The backend's URL is to be read from {name}, which isn't set.", "Set the environment variable."
                )
        try:
            url.encode()
        except UnicodeEncodeError:
            raise AuthorError("The URL of the backend isn't UTF-8.", _HOW_TO_WRITE) from None
        if url.startswith(POSTGRESQL):
            return url, None
        path = url.removeprefix(SQLITE)
        if not url.startswith(SQLITE) or path in ("", ":memory:") or "\0" in url:
            scheme = url.partition("://")[0]
            # whatever else stands there may be a secret that was put into the wrong place
            kind = f"the kind {scheme}" if re.fullmatch("[a-z][a-z0-9+.-]{0,19}", scheme) and "://" in url else "a kind"
            what = "names no file" if scheme == "sqlite" else f"is of {kind} that can't be used" if url else "is empty"
            raise AuthorError(f"The URL of the backend {what}.", _HOW_TO_WRITE)
        return url, self.root / path

    def shown(self, written: str) -> str:
        """What people may see of the URL that counts."""
        url, path = self.locate(written)
        return url if path is not None else _database(url, None).where


_HOW_TO_WRITE = (
    "Write the URL like sqlite:///.tenantry/ledger.db, relative to the workspace, or like "
    "postgresql://role@host/database."
)

_HOW_TO_WRITE_IT = f"{_HOW_TO_WRITE} In a password, @ is written %40, / is %2F, % is %25."
_ROOTS = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian and its children, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)


def _database(url: str, path: Path | None, *, makes: bool = False) -> "Database":
    """The database that a URL means, which gets its tables if it has none and the call `makes` it.

    AuthorError where it can't be one, OperatorError where its driver lacks.
    """
    if path is not None:
        from tenantry.backends.ledger.sqlite import SqliteFile  # noqa: PLC0415 - only where it is needed

        return SqliteFile(path=str(path), where=url, looks=looks if only_read(path) else None, which=which)
    try:
        from tenantry.backends.ledger.addresses import visible  # noqa: PLC0415 - as above
        from tenantry.backends.ledger.postgresql import PostgresqlServer  # noqa: PLC0415 - as above
    except ImportError:
        raise OperatorError(
            "A ledger in PostgreSQL needs a driver that isn't installed.", "pip install 'tenantry[postgres]'"
        ) from None
    try:
        return PostgresqlServer(url=url, where=visible(url), makes=makes, roots=_roots())
    except ValueError:
        raise AuthorError("The URL of the backend is none that PostgreSQL can read.", _HOW_TO_WRITE_IT) from None


def _roots() -> str:
    """The file of the certificates that this machine trusts; a driver that brings its own OpenSSL doesn't know it."""
    found = os.environ.get("SSL_CERT_FILE") or next(filter(os.path.isfile, _ROOTS), None)
    return found or "system"


def _make_file(url: str, path: Path) -> None:
    """Make an empty file for a ledger where there is none, for its owner alone, as one is that was empty."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600))
        except FileExistsError:
            if path.is_file() and path.stat().st_size == 0:
                with contextlib.suppress(PermissionError):  # it is somebody else's, who says who may read it
                    path.chmod(0o600)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise OperatorError(f"The ledger {url} can't be made: {reason}.", "See to its folder.") from None
    if _size(url, path) is None:
        raise OperatorError(f"The ledger {url} can't be made: its name is a link that leads nowhere.", "Delete it.")


def _size(url: str, path: Path) -> int | None:
    """How large the file of a ledger is; None where there is none."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise OperatorError(f"The ledger {url} can't be read: {reason}.", "See to its folder.") from None
    if not stat.S_ISREG(status.st_mode):
        raise OperatorError(f"The ledger {url} is not a regular file.", "Name a file.")
    return status.st_size


def _keep_out_of_git(path: Path) -> None:
    """A ledger in the folder of the workspace's own is no file to commit: its .gitignore gets a line that says so."""
    ignoring = path.parent / ".gitignore"
    if path.parent.name != OWN_FOLDER or (os.path.lexists(ignoring) and not stat.S_ISREG(ignoring.lstat().st_mode)):
        return
    line = re.sub(r"[\\*?!#\[\]\s]", "?", path.name, flags=re.ASCII).encode() + b"*"
    with contextlib.suppress(OSError):
        there = ignoring.read_bytes() if ignoring.exists() else b""
        if {b"*", line}.isdisjoint(there.splitlines()):
            with ignoring.open("ab") as stream:
                stream.write((b"" if there.endswith(b"\n") or not there else b"\n") + line + b"\n")
