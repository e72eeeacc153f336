"""The file of a ledger as the disk has it: which one it is, and whether it stands still for those who only read."""

import contextlib
import functools
import os
import time
from collections.abc import Callable, Generator
from pathlib import Path

_PATIENCE = 5
"""For how many seconds a file is looked at that doesn't stand still."""
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files beside it, in which the last commits may be."""
_READERS = (510, 0x4000_0002)
"""The bytes of a database that whoever reads it locks: how many, and from where on."""


def which(path: str) -> tuple[int, int] | None:
    """Which file there is under a name; None where there is none."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def only_read(path: Path) -> bool:
    """Whether nothing can be made beside a file, as SQLite does for whoever reads a ledger."""
    return not os.access(Path(os.path.realpath(path)).parent, os.W_OK)


def looks(path: str) -> Generator[Callable[[], bool] | None, None, None]:
    """Look at a database, for some seconds: None where a log lies beside it, else what tells whether it stands still.

    Without a log nobody moves anything in it but under a lock that keeps readers out. Whoever makes a log during such
    a look can't take it away before its end, for which he needs that lock. Its mark is for those who know no locks.
    """
    import fcntl  # noqa: PLC0415 - there is none on Windows, where nothing tells that a folder can't be written

    file = Path(path)
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if _has_log(file):
            _refuse_unreadable(file)
            yield None
        else:
            with file.open("rb") as opened, contextlib.suppress(BlockingIOError, PermissionError):
                fcntl.lockf(opened, fcntl.LOCK_SH | fcntl.LOCK_NB, *_READERS)
                stands = functools.partial(_stands, file, _mark(os.fstat(opened.fileno())))
                if stands():
                    yield stands
        time.sleep(0.01)


def _refuse_unreadable(file: Path) -> None:
    """PermissionError where a file that belongs to a database is there and kept from whoever wants to read it."""
    real = os.path.realpath(file)
    for path in (Path(f"{real}{end}") for end in ("", *BESIDE)):
        with contextlib.suppress(FileNotFoundError):
            mark = _mark(path.stat())
            # it is looked at again, since somebody may have taken it away in between
            if not os.access(path, os.R_OK) and _mark(path.stat()) == mark:
                raise PermissionError(0, f"permission denied to read {path.name}")


def _stands(file: Path, mark: tuple[int, ...]) -> bool:
    return not _has_log(file) and _mark(file.stat()) == mark


def _has_log(file: Path) -> bool:
    real = os.path.realpath(file)
    return any(os.path.lexists(f"{real}{end}") for end in BESIDE if end != "-shm")


def _mark(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
