"""Locks of tenants as people meet them, on each kind of database: waiting, being kept out, taking over, looking."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from filled_ledgers import ledger_at, ledger_on, outside, taken
from forked_commands import Command, Ended
from postgresql_server import LACKING, REQUIRED, empty_database, programs
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Claimant, Lease
from tenantry.errors import PlanAgainError

EVE = Claimant(who="eve", host="elsewhere", pid=4711, alive=lambda _: True)
HELD = r"held by eve \(process 4711 on elsewhere, for (\d+) s\)"


@dataclass
class Desk:
    """A workspace whose tenant was applied, and now wants a license more."""

    folder: Path
    url: str
    ledger: Ledger

    def write(self, *licenses: str) -> None:
        """Let ada have these licenses."""
        path = self.folder / "tenants" / "contoso.yaml"
        path.parent.mkdir(exist_ok=True)
        bought = {"contract": {"contingency": {"companion": 5, "email": 5}}}
        users = {"users": {"ada@x.example": {"licenses": list(licenses)}}}
        path.write_text(json.dumps({"version": 1, **bought, **users}))

    def begin(self, *words: str) -> Command:
        """Begin a command."""
        return Command(self.folder, "--backend", self.url, *words)

    def run(self, *words: str) -> Ended:
        """Run a command to its end."""
        return self.begin(*words).wait()

    def apply(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Apply, and what came of it."""
        ended = self.run("apply", "--auto-approve", "--format", "json", *words)
        [result] = json.loads(ended.out)["results"]
        return ended.code, result

    def held(self) -> frozenset[str]:
        """What ada holds."""
        return self.ledger.read("contoso").holders["user"]["ada@x.example"].licenses

    def waits(self) -> str:
        """What a command that waits has said of it, as soon as it has."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            said = (self.folder / "err").read_text() if (self.folder / "err").exists() else ""
            if "waiting for the lock" in said:
                return said
            time.sleep(0.02)
        raise AssertionError(said)

    def expire(self) -> None:
        """Let the time of every lock be over."""
        outside(self.ledger, "UPDATE locks SET expires_at = 0")


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The same in each kind of database."""
    if request.param == "postgresql":
        if programs() is None:
            pytest.fail(LACKING) if REQUIRED else pytest.skip(LACKING)
        url = empty_database()
        ledger = ledger_on(url, write=True)
    else:
        url = f"sqlite:///{tmp_path}/ledger.db"
        ledger = ledger_at(tmp_path / "ledger.db", write=True)
    made = Desk(tmp_path, url, ledger)
    made.write("companion")
    assert made.apply()[1]["status"] == "applied"
    made.write("companion", "email")
    (tmp_path / "err").unlink()
    yield made
    ledger.close()


def test_a_lock_that_is_held_keeps_an_apply_out_with_its_holder_and_age(desk: Desk) -> None:
    taken(desk.ledger, claimant=EVE)
    outside(desk.ledger, "UPDATE locks SET taken_at = taken_at - 42")
    code, result = desk.apply()
    assert (code, result["status"], result["changes"]["applied"], result["run"]) == (4, "stale", 0, None)
    told = re.search(HELD, result["message"])
    assert told is not None
    assert 42 <= int(told[1]) < 60
    assert result["message"].endswith("wait for it with --lock-timeout")
    assert desk.held() == {"companion"}


def test_an_observation_is_kept_out_as_well(desk: Desk) -> None:
    taken(desk.ledger, claimant=EVE)
    ended = desk.run("observe", "contoso", "--contingency", "companion=1")
    assert ended.code == 4
    assert re.search(HELD, " ".join(ended.out.split()))
    assert len(desk.ledger.runs()) == 1


def test_whoever_waits_gets_in_when_the_other_one_is_done(desk: Desk) -> None:
    lease = taken(desk.ledger, claimant=EVE)
    waiting = desk.begin("apply", "--auto-approve", "--lock-timeout", "60s")
    assert re.search(HELD, desk.waits())
    assert desk.held() == {"companion"}
    desk.ledger.free(lease)
    assert waiting.wait().code == 0
    assert desk.held() == {"companion", "email"}
    assert desk.ledger.locks() == []


def test_whoever_waits_gets_in_when_a_lease_runs_out_and_tells_from_whom(desk: Desk) -> None:
    taken(desk.ledger, claimant=EVE)
    waiting = desk.begin("apply", "--auto-approve", "--lock-timeout", "60s")
    desk.waits()
    desk.expire()
    ended = waiting.wait()
    assert ended.code == 0
    assert "its lock was taken over from eve" in " ".join(ended.out.split())
    assert desk.held() == {"companion", "email"}


def test_whoever_lost_the_lock_after_its_lease_writes_nothing_any_more(desk: Desk) -> None:
    late = taken(desk.ledger, claimant=EVE)
    desk.expire()
    code, result = desk.apply()
    assert (code, result["status"]) == (0, "applied")
    assert re.search(r"its lock was taken over from eve \(process 4711 on elsewhere, for \d+ s\)", result["message"])
    assert "whose lease had run out" in result["message"]
    with pytest.raises(PlanAgainError, match="was lost to another process"), desk.ledger.writing(late) as writing:
        writing.note_contract({"companion": 0})
    assert desk.held() == {"companion", "email"}
    assert outside(desk.ledger, "SELECT contingency FROM counters WHERE license = 'companion'") == [(5,)]


def test_whoever_lost_the_lock_gives_back_nobody_else_s(desk: Desk) -> None:
    late = taken(desk.ledger, claimant=EVE)
    desk.expire()
    now = desk.ledger.take("contoso", Claimant(who="bob", host="there", pid=1, alive=lambda _: True))
    assert isinstance(now, Lease)
    assert now.fence == late.fence + 1
    desk.ledger.free(late)
    assert [lock.owner for lock in desk.ledger.locks()] == ["bob"]


def test_a_lock_of_one_tenant_bars_no_other(desk: Desk) -> None:
    (desk.folder / "tenants" / "fabrikam.yaml").write_text(
        '{"version": 1, "users": {"bob@x.example": {"name": "Bob"}}}'
    )
    taken(desk.ledger, claimant=EVE)
    ended = desk.run("apply", "--auto-approve", "--format", "json")
    assert ended.code == 4
    told = {item["tenant"]: item["status"] for item in json.loads(ended.out)["results"]}
    assert told == {"contoso": "stale", "fabrikam": "applied"}


def test_doctor_shows_who_holds_a_lock_and_for_how_long(desk: Desk) -> None:
    assert "none held" in desk.run("doctor").out
    lease = taken(desk.ledger, claimant=EVE)
    outside(desk.ledger, "UPDATE locks SET taken_at = taken_at - 42")
    shown = " ".join(desk.run("doctor").out.split())
    told = re.search(f"contoso is {HELD}", shown)
    assert told is not None
    assert 42 <= int(told[1]) < 60
    assert "Wait, or apply with --lock-timeout." in shown
    desk.expire()
    assert "its lease ran out" in " ".join(desk.run("doctor").out.split())
    desk.ledger.free(lease)
    assert "none held" in desk.run("doctor").out
