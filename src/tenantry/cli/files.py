"""Files of the workspace and of the caller: regular ones only, never through a link that leaves the workspace."""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tenantry.cli.ledger_files import BESIDE
from tenantry.cli.streams import can_be_streamed, is_stream, write_stream
from tenantry.errors import AuthorError, OperatorError

MAX_BYTES = 64 * 1024 * 1024
SNAPSHOT_BYTES = 512 * 1024 * 1024


def find_root(start: Path) -> Path:
    """The nearest folder upwards that holds tenantry.yaml or tenants/."""
    if not start.is_dir():
        raise AuthorError(f"{start} is not a folder.")
    try:
        here = start.resolve()
        for folder in (here, *here.parents):
            if (folder / "tenantry.yaml").exists() or (folder / "tenants").is_dir():
                return folder
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise AuthorError(f"The folder can't be looked at, nor those above it: {reason}.", "Start elsewhere.") from None
    raise AuthorError(
        f"No workspace: neither tenantry.yaml nor tenants/ in {here} or above.", "Make one with `tenantry init`."
    )


@dataclass(frozen=True, slots=True)
class WorkspaceFiles:
    """The files below a workspace root, by paths relative to it."""

    root: Path

    def paths(self) -> list[str]:
        """The paths of all files below tenants/, links to files included; of a closed folder, with / at its end.

        A tenant's folder may be a link inside the workspace. Closed are folders that can't be listed, that lead out of
        the workspace, or that are named like a YAML file and hold nothing.
        """
        if not os.path.lexists(self.root / "tenants"):
            return []
        found: list[str] = []
        pending = ["tenants"]
        while pending:
            path = pending.pop()
            inside = self._inside(path)
            if inside is None or (not inside and path.lower().endswith((".yaml", ".yml"))):
                found.append(f"{path}/")
                continue
            for name, is_folder, is_link in inside:
                if not is_folder:
                    found.append(f"{path}/{name}")
                elif not is_link or path == "tenants":  # deeper, a link could lead round in a circle
                    pending.append(f"{path}/{name}")
        return sorted(found)

    def _inside(self, path: str) -> list[tuple[str, bool, bool]] | None:
        """Names in a folder, whether each is a folder and whether it is a link; None for a closed folder."""
        folder = self.root / path
        try:
            if folder.is_symlink() and not folder.resolve().is_relative_to(self.root.resolve()):
                return None
            with os.scandir(folder) as entries:
                return [(entry.name, _is_folder(entry), entry.is_symlink()) for entry in entries]
        except (OSError, RuntimeError):  # of links in a circle, Python 3.12 and older say RuntimeError
            return None

    def exists(self, path: str) -> bool:
        """Whether there is anything of this name."""
        return os.path.lexists(self.root / path)

    def read(self, path: str) -> bytes:
        """The content of a file inside the workspace; AuthorError says why it can't be had."""
        if "\0" in path or "\\" in path or Path(path).is_absolute():
            raise AuthorError("The path must be relative, with / between folders.", "Write it like rosters/zurich.csv.")
        root = Path(os.path.realpath(self.root))
        target = Path(os.path.realpath(root / path))
        if not target.is_relative_to(root):
            raise AuthorError("The file lies outside the workspace.", "Move it into the workspace.")
        return _content(target, MAX_BYTES)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link in a circle, which is told when it is read


def content_given(path: str) -> bytes:
    """The content of a file that the caller names, wherever it lies; AuthorError says why it can't be had."""
    return _content(Path(path), SNAPSHOT_BYTES)


def read_given(path: str) -> bytes:
    """The same, where what can't be had is told with the name of the file."""
    try:
        return content_given(path)
    except AuthorError as error:
        raise AuthorError(f"{path}: {error}", error.hint) from None


def lines_given(path: str) -> Iterator[bytes]:
    """The lines of a file that the caller names, wherever it lies and however large it is."""
    try:
        with _opened(Path(path)) as stream:
            yield from stream
    except AuthorError as error:
        raise AuthorError(f"{path}: {error}", error.hint) from None


def _content(target: Path, limit: int) -> bytes:
    with _opened(target) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > limit:
            raise AuthorError(f"The file has {size} bytes, more than the {limit} that are read.", "Split it.")
        return stream.read(limit + 1)


@contextlib.contextmanager
def _opened(target: Path) -> Iterator[BinaryIO]:
    """A regular file; AuthorError says why it can't be had, or read."""
    try:
        # without O_NONBLOCK a FIFO would wait for a writer before it can be refused
        descriptor = os.open(target, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise AuthorError("There is no such file.", "Mend the name.") from None
    except OSError as error:
        raise AuthorError(f"The file can't be read: {(error.strerror or 'unknown reason').lower()}.") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise AuthorError("This is not a regular file.", "Give a file.")
        with open(descriptor, "rb", closefd=False) as stream:
            yield stream
    except OSError as error:
        raise AuthorError(f"The file can't be read: {(error.strerror or 'unknown reason').lower()}.") from None
    finally:
        os.close(descriptor)


def can_be_written(path: str) -> bool:
    """Whether a file can be put in this place, as far as that can be known beforehand."""
    if is_stream(path):
        return can_be_streamed(path)
    target = Path(os.path.realpath(path))
    return target.parent.is_dir() and os.access(target.parent, os.W_OK) and not target.is_dir()


def write_given(path: str, content: str | bytes | Iterable[bytes], *, private: bool = False) -> None:
    """Write a file that the caller asked for, whole or not at all; a stream is written to where it stands.

    One that is `private` can be read by its owner alone.
    """
    # names of files may hold bytes that are no text, as on standard output
    text = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    pieces = (text,) if isinstance(text, bytes) else text
    try:
        if is_stream(path):
            write_stream(path, pieces)
            return
        target = Path(os.path.realpath(path))
        _spare_databases(target)
        _put(target, pieces, private=private)
    except OSError as error:
        raise OperatorError(f"{path} can't be written: {(error.strerror or 'unknown reason').lower()}.") from None


def _mode(target: Path) -> int:
    """Who may read and write a file: as it was, or as the umask says of a new one."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _spare_databases(target: Path) -> None:
    """Refuse to put a file in place of a database or its log: it may be the ledger's. OperatorError where it is one."""
    for database in (target, *(Path(str(target).removesuffix(end)) for end in BESIDE)):
        if database.is_file():
            with database.open("rb") as there:
                if there.read(16) == b"SQLite format 3\0":
                    what = "a database" if database == target else f"part of the database {database.name}"
                    raise OperatorError(f"{target} is {what}, and would be lost.", "Name another file.")


def _put(target: Path, pieces: Iterable[bytes], *, private: bool) -> None:
    """Put a file in its place when it is complete; nothing is left where that fails."""
    import tempfile  # noqa: PLC0415 - brings compression and random numbers, and most calls write no file

    descriptor, name = tempfile.mkstemp(dir=target.parent)
    made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        if not private:
            made.chmod(_mode(target))
        made.replace(target)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
