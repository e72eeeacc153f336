"""Where the ledger of a workspace lies: from a URL of a file, an option or the environment to an open ledger."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from tenantry.backends.backend import Backend
from tenantry.backends.no_ledger import NoLedger
from tenantry.errors import AuthorError, OperatorError

SQLITE = "sqlite:///"
ENVIRONMENT = "env:"


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

    def create(self, written: str) -> None:
        """Make the file of a ledger, readable by its owner alone, where there is none."""
        url, path = self.locate(written)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600))
        except FileExistsError:
            return
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise OperatorError(f"The ledger {url} can't be made: {reason}.", "See to its folder.") from None

    def _opened(self, written: str, *, write: bool) -> Backend:
        url, path = self.locate(written)
        try:
            status = path.stat()
        except FileNotFoundError:
            return NoLedger(url)
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise OperatorError(f"The ledger {url} can't be read: {reason}.", "See to its folder.") from None
        if not stat.S_ISREG(status.st_mode):
            raise OperatorError(f"The ledger {url} is not a regular file.", "Name a file.")
        from tenantry.backends.ledger.ledger import Ledger  # noqa: PLC0415 - brings the database, where there is one

        return Ledger(str(path), url, write=write, frozen=_frozen(path))

    def locate(self, written: str) -> tuple[str, Path]:
        """The URL that counts, and its file. TenantryError where there is none, or none that can be a ledger."""
        url = self.override or written
        if url.startswith(ENVIRONMENT):
            name = url.removeprefix(ENVIRONMENT)
            url = os.environ.get(name, "")
            if not url:
                raise OperatorError(
                    f"The backend's URL is to be read from {name}, which isn't set.", "Set the environment variable."
                )
        if not url.startswith(SQLITE) or url == SQLITE or "\0" in url:
            scheme = url.partition(":")[0][:40]
            raise AuthorError(
                f"tenantry can't keep a ledger in a backend of the kind {scheme!r}.",
                "Write the URL like sqlite:///.tenantry/ledger.db, relative to the workspace.",
            )
        return url, self.root / url.removeprefix(SQLITE)


def _frozen(path: Path) -> bool:
    """Whether nothing can be written where a ledger lies, and nothing is left to be carried over from its log."""
    return not os.access(path.parent, os.W_OK) and not os.path.lexists(f"{path}-wal")
