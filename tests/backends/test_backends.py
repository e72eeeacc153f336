"""What every backend promises: the state that was put in comes out. A new backend adds itself to BACKENDS."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest

from filled_ledgers import first_run, ledger_in, ledger_on, plan_of, taken
from full_states import AT, BARE, FULL, HOSTILE, holder, record_in, state
from postgresql_server import LACKING, REQUIRED, empty_database, programs
from tenantry.backends.backend import Backend
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.no_ledger import NoLedger
from tenantry.backends.snapshots import Snapshots
from tenantry.model.plan import Contingency, Usage
from tenantry.model.run import Actor, Record, Status, UsageThen
from tenantry.model.state import Account, CurrentState, holder_key


def snapshots(_: Path, states: Iterable[CurrentState]) -> Backend:
    """Snapshots are the states themselves."""
    return Snapshots({item.tenant: replace(item, backend="snapshot") for item in states})


def sqlite(folder: Path, states: Iterable[CurrentState]) -> Backend:
    """A ledger in which each state was recorded, and which is read afterwards by somebody else."""
    ledger = ledger_in(folder)
    for item in states:
        record_in(ledger, item)
    ledger.close()
    return ledger_in(folder, write=False)


def postgresql(_: Path, states: Iterable[CurrentState]) -> Backend:
    """The same on a server."""
    if programs() is None:
        pytest.fail(LACKING) if REQUIRED else pytest.skip(LACKING)
    url = empty_database()
    ledger = ledger_on(url, write=True, makes=True)
    for item in states:
        record_in(ledger, item)
    ledger.close()
    return ledger_on(url)


BACKENDS: dict[str, Callable[[Path, Iterable[CurrentState]], Backend]] = {
    "snapshots": snapshots,
    "sqlite": sqlite,
    "postgresql": postgresql,
}


@pytest.fixture(params=BACKENDS)
def put(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Backend]]:
    """Puts states into a backend and gives it back."""
    made: list[Backend] = []

    def make(*states: CurrentState) -> Backend:
        made.append(BACKENDS[request.param](tmp_path, states))
        return made[-1]

    yield make
    for backend in made:
        if isinstance(backend, Ledger):
            backend.close()


def known(found: CurrentState) -> dict[str, Any]:
    """All that is known of a tenant, in a form in which equal states are equal."""
    return {
        "tenant": found.tenant,
        "found": found.found,
        "holders": {kind: dict(sorted(rows.items())) for kind, rows in found.holders.items()},
        "state": found.state,
        "contingency": found.contingency,
        "in_use": None
        if found.in_use is None
        else sorted((holder_key(item.holder), item.license, item.what) for item in found.in_use),
        "terms": found.terms,
        "declared": found.declared,
    }


Put = Callable[..., Backend]


@pytest.mark.parametrize("given", [FULL, BARE, HOSTILE], ids=["full", "bare", "hostile"])
def test_the_state_that_was_put_in_comes_out(put: Put, given: CurrentState) -> None:
    backend = put(given)
    assert known(backend.read("contoso")) == known(given)


def test_tenants_are_told_sorted_and_each_with_its_own_state(put: Put) -> None:
    names = ("nordwind", "contoso", "fabrikam", "a-1", "a")
    backend = put(*(state(holder("user", f"ada@{name}.example", "email"), tenant=name) for name in names))
    assert backend.tenants() == ("a", "a-1", "contoso", "fabrikam", "nordwind")
    for name in names:
        assert backend.knows(name)
        assert list(backend.read(name).holders["user"]) == [f"ada@{name}.example"]


def test_an_unknown_tenant_is_not_known(put: Put) -> None:
    backend = put(FULL)
    assert not backend.knows("fabrikam")
    assert not backend.knows("CONTOSO")
    assert backend.knows("contoso")


def test_nothing_is_known_where_nothing_was_put_in(put: Put) -> None:
    backend = put()
    assert backend.tenants() == ()
    assert not backend.knows("contoso")


def test_people_are_found_without_case_and_shown_as_written(put: Put) -> None:
    rows = put(FULL).read("contoso").holders
    assert rows["user"]["ada@contoso.example"].id == "user:Ada@Contoso.example"
    assert set(rows["service"]) == {"service-desk", "Service-Desk"}, "others are as they are"


def test_a_state_is_the_same_in_a_process_of_its_own(put: Put) -> None:
    backend = put(FULL, replace(HOSTILE, tenant="fabrikam"))
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned) as pool:
        for name in backend.tenants():
            there = pool.submit(methodcaller("read", name), backend.for_worker()).result()
            assert there == backend.read(name)


def test_a_question_changes_nothing(put: Put) -> None:
    backend = put(FULL)
    first = backend.read("contoso")
    backend.runs()
    backend.run("contoso-1")
    backend.last_moves("contoso", "user:ada@contoso.example")
    assert backend.read("contoso") == first


def test_what_runs_did_is_an_answer_everywhere(put: Put) -> None:
    backend = put(FULL)
    runs = backend.runs()
    assert [run.tenant for run in runs] in ([], ["contoso"])
    assert list(backend.runs(["fabrikam"])) == []
    assert backend.run("contoso-7") is None
    assert backend.document("contoso-7") is None
    assert set(backend.last_moves("contoso", "user:ADA@contoso.example")) in (
        set(),
        {"contact_center_user", "companion"},
    )
    assert backend.last_moves("contoso", "user:nobody@contoso.example") == {}
    assert [then.at for then in backend.usage_history("contoso", "")] in ([], [AT])
    assert list(backend.usage_history("fabrikam", "")) == []


def test_where_no_ledger_is_nothing_is_known() -> None:
    backend: Backend = NoLedger("sqlite:///l.db")
    found = backend.for_worker().read("contoso")
    assert (found.found, found.backend, found.where) == (False, "sqlite", "sqlite:///l.db")
    assert known(found) == {**known(BARE), "found": False}
    assert (backend.tenants(), backend.knows("contoso"), list(backend.runs()), backend.run("contoso-1")) == (
        *((), False),
        *([], None),
    )
    assert backend.last_moves("contoso", "user:ada@contoso.example") == {}
    assert list(backend.usage_history("contoso", "")) == []


def test_a_ledger_tells_what_runs_left_behind_since_a_time_and_not_of_those_that_left_nothing(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    runs: list[tuple[str, Status, int]] = [
        ("2026-11-20T00:00:00Z", "applied", 1),
        ("2026-11-21T00:00:00Z", "nothing", 2),
        ("2026-11-22T00:00:00Z", "rejected", 3),
        ("2026-11-22T00:00:01Z", "issued", 4),
        ("2026-11-23T00:00:00Z", "applied", 5),
    ]
    for at, status, after in runs:
        rows: list[tuple[str, Contingency, int]] = [
            *(("companion", 10, after), ("advanced_routing", "unlimited", 0), ("email", None, 7)),
        ]
        usage = tuple(
            Usage(license=name, contingency=bought, before=99, peak=99, after=units) for name, bought, units in rows
        )
        plan = plan_of(usage=usage)
        with ledger.writing(taken(ledger)) as writing:
            writing.record(Record(kind="observe", status=status, at=at, actor=Actor("ada"), digest=at, plan=plan))
    first_run(ledger, tenant="fabrikam", at="2026-11-23T12:00:00Z")
    found = ledger.usage_history("contoso", "2026-11-21T00:00:00Z")
    rest: dict[str, tuple[Contingency, int]] = {"advanced_routing": ("unlimited", 0), "email": (None, 7)}
    assert found == [
        UsageThen("2026-11-21T00:00:00Z", {"companion": (10, 2), **rest}),
        UsageThen("2026-11-23T00:00:00Z", {"companion": (10, 5), **rest}),
    ]
    ledger.close()


def test_a_directory_and_what_was_counted_are_kept_by_a_ledger(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    record_in(ledger, FULL)
    accounts = {
        "ada@x.example": Account(upn="Ada@x.example", object_id="0e8b", enabled=False),
        "b@x": Account(upn="b@x"),
    }
    with ledger.writing(taken(ledger)) as writing:
        writing.observe(AT, [("directory", "", "2"), ("used", "companion", "4"), ("used", "email", "1")])
        writing.list_accounts(accounts)
    found = ledger.read("contoso")
    assert found.directory == accounts
    assert found.unaccounted == {"companion": 3}
    assert found.observed_at == {**dict.fromkeys(FULL.contingency or {}, AT), "state": AT}
    ledger.close()
