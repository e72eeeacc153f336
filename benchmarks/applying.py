"""Applies the changes of a workspace to a copy of its ledger, and prints the seconds from its lock to its commit.

applying.py WORKSPACE        what an apply takes
applying.py WORKSPACE bare   what as many bare inserts into the table of assignments take, in one transaction
"""

import datetime
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Claimant
from tenantry.backends.ledger.sqlite import SqliteFile
from tenantry.cli.files import WorkspaceFiles
from tenantry.engine.apply import Acting, apply, judged_now
from tenantry.engine.asking import Request, ask
from tenantry.engine.plan import sealed
from tenantry.model.run import Actor

CHANGES = 15_000


def main() -> None:
    """Print the seconds."""
    workspace = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "ledger.db"
        print(bare(workspace, path) if sys.argv[2:] == ["bare"] else applied(workspace, path))


def applied(workspace: Path, path: Path) -> float:
    """Plan, and time the apply alone, per 15,000 changes."""
    shutil.copy(workspace / ".tenantry" / "ledger.db", path)
    ledger = Ledger(SqliteFile(path=str(path), where=""), write=True)
    request = Request(
        files=WorkspaceFiles(workspace), now=datetime.datetime.now(datetime.UTC), backend=lambda _: ledger
    )
    asked = ask(request)
    judged = {name: found for name, found, _ in judged_now(asked) if found is not None}
    plans = sealed((), [item.plan for item in judged.values()])
    acting = Acting(
        actor=Actor("bench"),
        claimant=Claimant(who="bench", host="bench", pid=0, alive=lambda _: True),
        ledger=lambda _: ledger,
        wait=lambda _: False,
        stopped=lambda: False,
    )
    began = time.perf_counter()
    [outcome] = apply(asked, plans, acting, judged).outcomes
    took = time.perf_counter() - began
    if outcome.status != "applied":
        raise SystemExit(outcome.message)
    return took * CHANGES / outcome.applied


def bare(workspace: Path, path: Path) -> float:
    """Time bare inserts into the same table, by holder as in a plan, without triggers, receipts and foreign keys."""
    shutil.copy(workspace / ".tenantry" / "ledger.db", path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    holders = [number for (number,) in connection.execute("SELECT id FROM holders")]
    chosen = sorted(random.Random(CHANGES).choices(holders, k=CHANGES))
    rows = [(1, holder, f"license_{at}") for at, holder in enumerate(chosen)]
    began = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO assignments (tenant, holder, license) VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
