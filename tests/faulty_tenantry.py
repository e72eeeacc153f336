"""The real command to which the answer of a commit is lost: a program that tests run as a process of its own.

With FAULT=unheard:N the N-th COMMIT that writes takes place, and its answer is lost; with lost:N so is the file.
(Whatever else a disk can do is done by tests/faults, below the database.)
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

FAULT = os.environ.get("FAULT", "")
_connect = sqlite3.connect


class Losing(sqlite3.Connection):
    """A connection that loses the answer when it is told to."""

    commits = 0
    path = ""
    _writes = False

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement."""
        answer = super().execute(statement, *values)
        if statement.startswith("BEGIN"):
            self._writes = statement == "BEGIN IMMEDIATE"
        if statement == "COMMIT" and self._writes:
            Losing.commits += 1
            if f"lost:{Losing.commits}" == FAULT:
                Path(Losing.path).rename(Losing.path + ".away")
            if FAULT in (f"lost:{Losing.commits}", f"unheard:{Losing.commits}"):
                raise sqlite3.OperationalError("disk I/O error")
        return answer


def connect(database: str, **more: Any) -> sqlite3.Connection:
    """sqlite3.connect, for answers that are lost."""
    Losing.path = database.removeprefix("file:").partition("?")[0]
    return _connect(database, factory=Losing, **more)


if __name__ == "__main__":
    sqlite3.connect = connect  # type: ignore[assignment]
    from tenantry.cli import main

    main()
