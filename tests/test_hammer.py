"""Eight processes on one ledger for some seconds, in each kind of database; `make torture` lets them work longer."""

import sqlite3
import sys
from pathlib import Path

import pytest

from postgresql_server import LACKING, REQUIRED, programs

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "torture"))

from hammer import TENANTS, hammered  # noqa: E402 - found by the line above
from hammered import Watch  # noqa: E402 - as above
from hammering import Place, Worker, write  # noqa: E402 - as above

SECONDS = 4.0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_many_processes_at_once_lose_double_and_over_assign_nothing(kind: str, tmp_path: Path) -> None:
    if kind == "PostgreSQL" and programs() is None:
        pytest.fail(LACKING) if REQUIRED else pytest.skip(LACKING)
    found = hammered(tmp_path, kind, SECONDS, seed=1)
    assert found.broken == ()
    assert found.outcomes["applied"] >= len(TENANTS)


# the one who watches must see what is wrong


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    """A ledger with one person who holds the one companion that was bought, and one service."""
    worker = Worker(Place(folder=tmp_path, url=f"sqlite:///{tmp_path}/ledger.db", until=0, seed=0), "first")
    sections = {
        "services": {"desk": {"license": "contact_center"}},
        "users": {"ada@x.example": {"licenses": ["companion"]}},
    }
    write(worker.folder, "alpha", sections)
    assert worker.run("apply", "alpha", "--auto-approve", "--format", "json").code == 0
    made = Watch(worker.place.url)
    assert made.look() == []
    return made


LATER = """
INSERT INTO runs SELECT 9, 'alpha-9', tenant, at, who, commit_id, kind, status, digest, effect, goal, {revision},
  waivers, summary, plan, notes, document FROM runs;
"""
RECEIPTS = """
INSERT INTO receipts SELECT 9, position, change, step, action, holder, license, replaces, risk, reason, file, line
FROM receipts
"""


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM assignments WHERE license = 'companion'", "receipts and assignments differ"),
        ("DELETE FROM assignments WHERE license = 'contact_center'", "has 0 tiers"),
        ("UPDATE counters SET assigned = assigned + 1 WHERE license = 'companion'", "the counter of companion says 2"),
        ("UPDATE counters SET ceiling = 9 WHERE license = 'companion'", "ceiling 9 over 1 of 4"),
        ("UPDATE tenants SET revision = revision + 1", "revision 2, and that of its last run is 1"),
        ("UPDATE tenants SET lineage = 'another'", "lineage or revision went back"),
        ("DROP TRIGGER tenants_grow; UPDATE tenants SET revision = 0", "lineage or revision went back"),
        (LATER.format(revision=3), "the revision went from 1 to 3"),
        (LATER.format(revision=2) + RECEIPTS, "has no effect on what was there"),
    ],
)
def test_whoever_watches_sees_what_is_wrong(watch: Watch, statement: str, told: str) -> None:
    with sqlite3.connect(watch.url.removeprefix("sqlite:///")) as file:
        file.executescript(statement)
    file.close()
    assert told in "\n".join(watch.look())
