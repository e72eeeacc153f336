"""The real command on a disk that fails at a chosen moment: a program that tests run as a process of its own.

FAULT is `kill:N` (the process is killed before its N-th statement that writes; a commit counts twice, before and after
it), `error:N` (that statement fails once), `broken:N` (it fails and so does each one after it) or `lost:N` (the N-th
COMMIT takes place, its answer is lost, and so is the file). TRACE names a file into which the number of writing
statements is written at the end.
"""

import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE", "CREATE", "COMMIT")


class Faulty(sqlite3.Connection):
    """A connection that counts what it writes, and fails when it is told to."""

    count = 0
    commits = 0
    path = ""

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement, unless its moment has come."""
        if statement == "COMMIT" and self._writes:
            Faulty.commits += 1
            if f"lost:{Faulty.commits}" == FAULT:
                super().execute(statement)
                Path(Faulty.path).rename(Faulty.path + ".away")
                raise sqlite3.OperationalError("disk I/O error")
        self._look(statement)
        answer = super().execute(statement, *values)
        if statement == "COMMIT":
            self._look(statement)
        return answer

    def executemany(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement for many rows, unless its moment has come."""
        self._look(statement)
        return super().executemany(statement, *values)

    _writes = False

    def _look(self, statement: str) -> None:
        if statement.startswith("BEGIN"):
            self._writes = statement == "BEGIN IMMEDIATE"
        if not self._writes or not statement.lstrip().startswith(WRITES):
            return
        Faulty.count += 1
        kind, _, number = FAULT.partition(":")
        if kind == "kill" and Faulty.count == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        if (kind == "error" and Faulty.count == int(number)) or (kind == "broken" and Faulty.count >= int(number)):
            raise sqlite3.OperationalError("disk I/O error")


def connect(database: str, **more: Any) -> sqlite3.Connection:
    """sqlite3.connect, for a disk that fails."""
    Faulty.path = database.removeprefix("file:").partition("?")[0]
    return _connect(database, factory=Faulty, **more)


FAULT = os.environ.get("FAULT", "none:0")
_connect = sqlite3.connect

if __name__ == "__main__":
    sqlite3.connect = connect  # type: ignore[assignment]
    from tenantry.cli import main

    try:
        main()
    finally:
        if "TRACE" in os.environ:
            Path(os.environ["TRACE"]).write_text(str(Faulty.count))
        sys.stdout.flush()
