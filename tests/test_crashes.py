"""Apply on a machine that fails: whatever the moment, what is there is whole, and one quiet run ends well."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from filled_ledgers import ledger_at, outside
from tenantry.backends.ledger.ledger import Ledger
from tenantry.model.catalog import KINDS

FAULTY = Path(__file__).parent / "faulty_tenantry.py"
BEFORE = {
    "version": 1,
    "contract": {
        "contingency": {"contact_center": 1, "enterprise_routing": 1, "contact_center_user": 2, "companion": 1}
    },
    "manage": {"services": "all", "users": "all"},
    "services": {"desk": {"license": "contact_center"}, "line": {"license": "enterprise_routing"}},
    "users": {
        "ada@x.example": {"licenses": ["contact_center_user", "companion"], "cost_center": "1"},
        "bob@x.example": {"licenses": ["contact_center_user"]},
    },
}
AFTER = {
    **BEFORE,
    "services": {"desk": {"license": "enterprise_routing"}, "line": {"license": "contact_center"}},
    "users": {
        "ada@x.example": {"licenses": ["contact_center_user"], "cost_center": "2"},
        "cyd@x.example": {"licenses": ["contact_center_user", "companion"]},
    },
}
"""A circle of tiers with no unit free, a person who goes, one who comes, a label that moves."""
Holdings = dict[str, tuple[frozenset[str], str | None]]


@dataclass
class Machine:
    """A workspace on a disk that fails when it is told to."""

    folder: Path

    def write(self, files: object) -> None:
        path = self.folder / "tenants" / "contoso.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(files))

    def run(self, *words: str, fault: str = "none:0", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(FAULTY), *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "FAULT": fault, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def apply(self, fault: str = "none:0", **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("apply", "--auto-approve", "--format", "json", fault=fault, **more)

    @property
    def ledger(self) -> Ledger:
        return ledger_at(self.folder / ".tenantry/ledger.db")

    def holdings(self) -> tuple[int, Holdings]:
        """The revision, and who holds what under which cost center."""
        current = self.ledger.read("contoso")
        rows = [row for kind in KINDS for row in current.holders[kind].values()]
        return current.revision, {row.id: (row.licenses, row.labels.cost_center) for row in rows}

    def assert_whole(self) -> None:
        """The invariants that hold at any moment, whoever looks."""
        ledger = self.ledger
        assert ledger.faults() == []
        revision, _ = self.holdings()
        runs = ledger.runs()
        assert [run.revision for run in runs] == sorted((run.revision for run in runs), reverse=True)
        assert revision == max((run.revision for run in runs), default=0)
        for assigned, contingency in outside(ledger, "SELECT assigned, contingency FROM counters"):
            assert contingency is None or assigned <= contingency


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose files have just moved from BEFORE, which was applied, to AFTER."""
    made = Machine(tmp_path_factory.mktemp("prepared"))
    made.write(BEFORE)
    assert made.apply().returncode == 0
    made.write(AFTER)
    return made.folder


def copy(prepared: Path, folder: Path) -> Machine:
    """Another one like it."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return Machine(folder)


@pytest.fixture(scope="module")
def moments(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many moments there are at which the apply can be made to fail."""
    at = copy(prepared, tmp_path_factory.mktemp("counted"))
    trace = at.folder / "trace"
    assert at.apply(TRACE=str(trace)).returncode == 0
    return int(trace.read_text())


FIRST: Holdings = {
    "service:desk": (frozenset({"contact_center"}), None),
    "service:line": (frozenset({"enterprise_routing"}), None),
    "user:ada@x.example": (frozenset({"contact_center_user", "companion"}), "1"),
    "user:bob@x.example": (frozenset({"contact_center_user"}), None),
}
LAST: Holdings = {
    "service:desk": (frozenset({"enterprise_routing"}), None),
    "service:line": (frozenset({"contact_center"}), None),
    "user:ada@x.example": (frozenset({"contact_center_user"}), "2"),
    "user:bob@x.example": (frozenset(), None),
    "user:cyd@x.example": (frozenset({"contact_center_user", "companion"}), None),
}


@pytest.mark.slow
def test_a_process_that_is_killed_at_any_write_leaves_everything_or_nothing(
    prepared: Path, tmp_path: Path, moments: int
) -> None:
    assert moments > 15
    ends = set()
    for moment in range(1, moments + 1):
        at = copy(prepared, tmp_path / str(moment))
        assert at.apply(f"kill:{moment}").returncode == -signal.SIGKILL
        at.assert_whole()
        revision, holdings = at.holdings()
        assert (revision, holdings) in ((1, FIRST), (2, LAST)), moment
        assert len(at.ledger.runs()) == revision
        ends.add(revision)
        # the dead process's lock is taken over at once, and one quiet run ends where the files say
        quiet = at.apply()
        assert quiet.returncode == 0, quiet.stderr
        assert at.holdings() == (2, LAST)
        assert at.ledger.locks() == []
        at.assert_whole()
    assert ends == {1, 2}  # the last moment is just after the commit


@pytest.mark.slow
def test_a_disk_that_fails_at_any_write_is_told_and_leaves_nothing(
    prepared: Path, tmp_path: Path, moments: int
) -> None:
    for kind in ("error", "broken"):
        for moment in range(1, moments + 1):
            at = copy(prepared, tmp_path / f"{kind}{moment}")
            ended = at.apply(f"{kind}:{moment}")
            at.assert_whole()
            assert "Traceback" not in ended.stderr
            [result] = json.loads(ended.stdout)["results"]
            if moment == moments:  # just after the commit: a new look finds the run
                assert (ended.returncode, result["status"], result["changes"]["applied"]) == (0, "applied", 6)
                assert at.holdings() == (2, LAST)
                continue
            assert (ended.returncode, result["status"], result["changes"]["applied"]) == (1, "failed", 0), moment
            assert "disk I/O error" in result["message"]
            assert at.holdings() == (1, FIRST)
            assert at.apply().returncode == 0
            assert at.holdings() == (2, LAST)


def test_an_answer_that_is_lost_at_the_commit_is_an_unknown_outcome(prepared: Path, tmp_path: Path) -> None:
    at = copy(prepared, tmp_path)
    ended = at.apply("lost:2")
    assert ended.returncode == 5, ended.stdout
    [result] = json.loads(ended.stdout)["results"]
    assert result["status"] == "unknown"
    assert result["changes"] == {"applied": 0, "not_applied": 0, "unknown": 6}
    away = tmp_path / ".tenantry" / "ledger.db.away"
    away.rename(tmp_path / ".tenantry" / "ledger.db")
    # it was written, as the run says that is found now
    assert at.holdings() == (2, LAST)
    assert json.loads(at.apply().stdout)["results"][0]["status"] == "nothing"
