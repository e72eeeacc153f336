"""Several who write a ledger on a server at once: who waits, who goes on, who looks again, and who gives up."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from test_postgresql import until_one_waits, url_of

from at_the_door import Door
from filled_ledgers import ME, TENANT, carry_out, dumped, first_run, grant, ledger_on, outside, taken
from tenantry.backends.ledger import postgresql
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Held, Lease
from tenantry.backends.ledger.writing import Writing
from tenantry.engine.patience import COLLISIONS, patiently, unwilling
from tenantry.errors import BusyError, CollisionError, OperatorError, PlanAgainError

BOB = "user:bob@x.example"
ENDED = "idle-in-transaction timeout|server closed the connection"
TOUCHED = "UPDATE counters SET assigned = assigned WHERE license = 'companion'"
SUSPENDED = (
    "UPDATE tenants SET state = 'suspended', revision = revision + 1;"
    "INSERT INTO observations (tenant, fact, value, at) VALUES (1, 'state', 'suspended', '2026-11-24T07:00:00Z')"
)


@pytest.fixture
def ledger(server_database: str) -> Iterator[Ledger]:
    """A ledger in which ada holds a companion."""
    made = ledger_on(server_database, write=True, makes=True)
    first_run(made)
    yield made
    made.close()


@pytest.fixture
def other(ledger: Ledger) -> Iterator[Ledger]:
    """The same, as another process opens it."""
    made = ledger.for_worker()
    yield made
    made.close()


@pytest.fixture
def desk(ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    """A workspace whose files ask for one more companion than there is in the ledger."""
    made = Door(tmp_path, capsys)
    monkeypatch.setenv("LEDGER", url_of(ledger))
    made.write("tenantry.yaml", '{"version": 1, "backend": "env:LEDGER"}')
    users = {f"{name}@x.example": {"licenses": ["companion"]} for name in ("ada", "bob")}
    contract = {"contingency": {"companion": 10, "contact_center": 9}}
    made.write("tenants/contoso.yaml", json.dumps({"version": 1, "contract": contract, "users": users}))
    return made


def settings(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Let a setting of each transaction be another one."""
    changed = 0
    for group in ("_SETTINGS", "_OF_WRITERS"):
        former = getattr(postgresql, group)
        mine = tuple(f"SET LOCAL {name} = '{value}'" if name in item else item for item in former)
        changed += mine != former
        monkeypatch.setattr(postgresql, group, mine)
    assert changed == 1


@contextlib.contextmanager
def stranger(ledger: Ledger, *statements: str) -> Iterator[Callable[[str], Any]]:
    """Somebody with an open transaction, who has said these statements in it."""
    with psycopg.connect(url_of(ledger), autocommit=True, options="-c search_path=tenantry") as connection:
        for statement in ("BEGIN", *statements):
            connection.execute(statement.encode())
        yield lambda statement: connection.execute(statement.encode())


class Meanwhile(threading.Thread):
    """Something that is done beside the test. `end` waits for it, and gives what came of it."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__()
        self._act = act
        self._found: Any = None
        self.start()

    def run(self) -> None:
        try:
            self._found = self._act()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever it is
            self._found = error

    def end(self) -> Any:
        self.join(30)
        assert not self.is_alive()
        return self._found


def give_bob(ledger: Ledger, lease: Lease) -> None:
    with ledger.writing(lease) as writing:
        writing.carry_out([grant(BOB, "companion")], (), (BOB,))


def companions(ledger: Ledger) -> int:
    count: int = outside(ledger, "SELECT assigned FROM counters WHERE license = 'companion'")[0][0]
    return count


# rows


def test_whoever_takes_a_lock_over_waits_for_the_one_who_writes_under_it_and_takes_it_then(
    ledger: Ledger, other: Ledger
) -> None:
    lease = taken(ledger)
    doubting = replace(ME, alive=lambda _: False)
    with ledger.writing(lease) as writing:
        second = Meanwhile(lambda: patiently(lambda: other.take(TENANT, doubting), unwilling))
        until_one_waits(ledger)
        writing.carry_out([grant(BOB, "companion")], (), (BOB,))
    found = second.end()
    assert isinstance(found, Lease), found
    assert (found.fence, found.taken_over) == (lease.fence + 1, None)


def test_whoever_waited_for_the_one_who_took_the_lock_over_writes_nothing(ledger: Ledger) -> None:
    lease = taken(ledger)
    with stranger(ledger, "UPDATE locks SET fence = fence + 1, owner = 'eve'") as eve:
        late = Meanwhile(lambda: patiently(lambda: give_bob(ledger, lease), unwilling))
        until_one_waits(ledger)
        eve("COMMIT")
    error = late.end()
    assert isinstance(error, PlanAgainError), error
    assert "was lost to another process; nothing was written" in str(error)
    assert companions(ledger) == 1


def test_writers_of_two_tenants_do_not_wait_for_each_other(ledger: Ledger, other: Ledger) -> None:
    lease = taken(ledger)
    began = time.monotonic()
    with ledger.writing(lease) as writing:
        writing.carry_out([grant(BOB, "companion")], (), (BOB,))
        first_run(other, tenant="fabrikam")
        carry_out(other, [grant(BOB, "companion")], newcomers=(BOB,), tenant="fabrikam")
    assert time.monotonic() - began < postgresql.BUSY_SECONDS
    assert [(name, other.read(name).revision) for name in other.tenants()] == [("contoso", 1), ("fabrikam", 2)]


def test_whoever_waits_too_long_is_told_that_it_is_locked(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(monkeypatch, "lock_timeout", "100ms")
    lease = taken(ledger)
    with stranger(ledger, "UPDATE tenants SET revision = revision"):
        with pytest.raises(BusyError, match="is locked by another process") as raised, ledger.writing(lease) as writing:
            writing.note_contract({}, "suspended")
        assert not isinstance(raised.value, CollisionError)


def test_a_command_waits_for_a_row_as_long_as_it_is_told_to(
    desk: Door, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, "lock_timeout", "100ms")
    with stranger(ledger, "UPDATE locks SET owner = owner") as eve:
        said = desk.run("apply", "--auto-approve")
        assert said.code == 4, said
        assert "is locked by another process" in " ".join(said.out.split())
        leaves = threading.Timer(0.5, lambda: eve("COMMIT"))
        leaves.start()
        said = desk.run("apply", "--auto-approve", "--lock-timeout", "30")
        leaves.join()
    assert said.code == 0, said
    assert companions(ledger) == 2


# collisions, provoked on the server itself


def parted() -> Any:
    """The server parts two who write at once, and this is the one who is to look again."""
    return pytest.raises(CollisionError, match="was written by somebody else at the same moment")


def test_rows_that_were_written_since_the_transaction_began_are_a_collision(ledger: Ledger) -> None:
    lease = taken(ledger)
    with parted(), ledger.writing(lease) as writing:
        outside(ledger, TOUCHED)
        writing.note_contract({"companion": 9})
    assert outside(ledger, "SELECT contingency FROM counters") == [(10,)]


def test_two_who_wait_for_each_other_are_a_collision(ledger: Ledger) -> None:
    carry_out(ledger, contingency={"email": 5})
    lease = taken(ledger)
    with stranger(ledger, "SET LOCAL deadlock_timeout = '60s'", TOUCHED.replace("companion", "email")) as eve:
        with parted(), ledger.writing(lease) as writing:
            writing.note_contract({"companion": 9})
            waiting = Meanwhile(lambda: eve(TOUCHED))
            until_one_waits(ledger)
            writing.note_contract({"email": 9})
        waiting.end()
    assert outside(ledger, "SELECT contingency FROM counters ORDER BY 1") == [(5,), (10,)]


# what a command does then


@pytest.fixture
def moments(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, int], list[str]]:
    """Let somebody else write in the middle of the transaction, so many times; the list of those moments."""

    def arrange(method: str, statement: str, times: int) -> list[str]:
        told: list[str] = []
        original = getattr(Writing, method)

        def meanwhile(self: Writing, *args: Any, **more: Any) -> Any:
            told.append(method)
            if len(told) <= times:
                outside(ledger, statement)
            return original(self, *args, **more)

        monkeypatch.setattr(Writing, method, meanwhile)
        return told

    return arrange


Moments = Callable[[str, str, int], list[str]]
OBSERVE = ("observe", "contoso", "--contingency", "companion=20")


def test_apply_goes_on_where_what_was_written_meanwhile_is_nothing_that_was_judged(
    desk: Door, ledger: Ledger, moments: Moments
) -> None:
    told = moments("note_contract", TOUCHED, 2)
    said = desk.run("apply", "--auto-approve")
    assert said.code == 0, said
    assert (len(told), companions(ledger)) == (3, 2)
    assert [run.id for run in ledger.runs()] == ["contoso-2", "contoso-1"]
    assert ledger.locks() == []


def test_apply_is_stale_where_the_contract_was_changed_meanwhile(desk: Door, ledger: Ledger, moments: Moments) -> None:
    told = moments("note_contract", SUSPENDED, 1)
    said = desk.run("apply", "--auto-approve")
    assert said.code == 4, said
    assert "stale" in said.out
    assert (len(told), companions(ledger)) == (1, 1)
    assert len(ledger.runs()) == 1
    assert ledger.locks() == []


@pytest.mark.parametrize(
    ("command", "method"), [(("apply", "--auto-approve"), "note_contract"), (OBSERVE, "lift")], ids=["apply", "observe"]
)
def test_where_somebody_else_is_always_first_it_is_given_up(
    desk: Door, ledger: Ledger, moments: Moments, command: tuple[str, ...], method: str
) -> None:
    before = dumped(ledger)
    told = moments(method, TOUCHED, 99)
    said = desk.run(*command)
    assert said.code == 4, said
    assert "was written by somebody else at the same moment" in " ".join((said.out + said.err).split())
    assert len(told) == COLLISIONS + 1
    assert dumped(ledger) == before
    assert ledger.locks() == []


def test_observe_records_what_was_seen_though_somebody_else_was_first(
    desk: Door, ledger: Ledger, moments: Moments
) -> None:
    told = moments("lift", TOUCHED, 2)
    said = desk.run(*OBSERVE)
    assert said.code == 0, said
    assert len(told) == 3
    assert [run.kind for run in ledger.runs()] == ["observe", "apply"]
    assert outside(ledger, "SELECT value FROM observations") == [("20",)]


# time, and those who fall silent


@pytest.mark.parametrize("days", [-1, 1])
def test_a_lease_is_judged_by_the_clock_of_the_server_whatever_that_of_the_client_says(
    desk: Door, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + days * 86400)
    elsewhere = replace(ME, host="elsewhere")
    lease = taken(ledger, claimant=elsewhere)
    assert isinstance(ledger.take(TENANT, replace(ME, host="here")), Held)
    assert desk.run("apply", "--auto-approve").code == 4
    [(left,)] = outside(ledger, "SELECT expires_at - extract(epoch FROM now())::int FROM locks")
    assert 50 <= left <= 61
    outside(ledger, "UPDATE locks SET expires_at = extract(epoch FROM now())::int - 1")
    assert desk.run("apply", "--auto-approve").code == 0
    with pytest.raises(PlanAgainError, match="was lost"):
        give_bob(ledger, lease)


@pytest.mark.parametrize("at_the_end", [False, True])
def test_whoever_falls_silent_is_ended_by_the_server_and_bars_nobody(
    ledger: Ledger, other: Ledger, monkeypatch: pytest.MonkeyPatch, *, at_the_end: bool
) -> None:
    settings(monkeypatch, "idle_in_transaction_session_timeout", "200ms")
    lease = taken(ledger)
    with pytest.raises(OperatorError) as raised, ledger.writing(lease) as writing:  # noqa: PT012 - it is one story
        writing.carry_out([grant(BOB, "companion")], (), (BOB,))
        until_gone(other)
        found = other.take(TENANT, replace(ME, alive=lambda _: False))
        assert isinstance(found, Lease)
        if not at_the_end:
            writing.carry_out([grant("user:eve@x.example", "companion")], (), ("user:eve@x.example",))
    assert "\n" not in str(raised.value)
    assert re.search(ENDED, str(raised.value))
    assert raised.value.hint
    assert companions(ledger) == 1
    give_bob(other, found)
    assert companions(ledger) == 2
    # and whoever was silent can speak again
    assert ledger.locks() == []
    assert ledger.read(TENANT).found


def until_gone(ledger: Ledger) -> None:
    """Wait until nobody is silent in a transaction."""
    until = time.monotonic() + 20
    while outside(ledger, "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_an_apply_that_was_ended_gives_its_lock_back_and_the_next_one_goes_on(
    desk: Door, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, "idle_in_transaction_session_timeout", "200ms")
    original = Writing.note_contract

    def silent(self: Writing, *args: Any) -> None:
        until_gone(ledger)
        original(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Writing, "note_contract", silent)
        said = desk.run("apply", "--auto-approve")
    assert said.code == 1, said
    assert re.search(ENDED, " ".join(said.out.split()))
    assert (ledger.locks(), companions(ledger)) == ([], 1)
    said = desk.run("apply", "--auto-approve")
    assert said.code == 0, said
    assert "taken over" not in said.out
    assert companions(ledger) == 2
