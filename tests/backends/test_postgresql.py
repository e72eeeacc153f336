"""A ledger on a server: whoever opens it by himself is held to its quota, and finds no way around its tables."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from test_ledger import ADA, EVE, GIVE, counter, held_by

from filled_ledgers import ME, TABLES, TENANT, carry_out, dumped, filled, grant, ledger_on, outside, revoke
from tenantry.backends.ledger import postgresql
from tenantry.backends.ledger.database import AT_ONCE
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Lease
from tenantry.errors import CommitError, OperatorError, PlanAgainError

REPLICA = "SET session_replication_role = replica;"
MERGE = (
    "MERGE INTO assignments USING (SELECT tenant, id FROM holders WHERE folded = 'eve@x.example') AS new"
    " ON assignments.holder = new.id"
    " WHEN NOT MATCHED THEN INSERT (tenant, holder, license) VALUES (new.tenant, new.id, 'companion')"
)
WRITERS = {
    "insert": f"INSERT {GIVE}",
    "upsert": f"INSERT {GIVE} ON CONFLICT (holder, license) DO UPDATE SET license = excluded.license",
    "do nothing": f"INSERT {GIVE} ON CONFLICT DO NOTHING",
    "insert in a query": f"WITH given AS (INSERT {GIVE} RETURNING 1) SELECT * FROM given",  # noqa: S608 - our own words
    "insert in a block": f"DO $$ BEGIN INSERT {GIVE}; END $$",
    "insert as a replica": f"{REPLICA} INSERT {GIVE}",
    "merge": MERGE,
}


@pytest.fixture
def full(server_database: str) -> Iterator[Ledger]:
    """A ledger in which ada and bob hold the two companions that were bought, and eve none."""
    made = ledger_on(server_database, write=True, makes=True)
    filled(made)
    yield made
    made.close()


def url_of(ledger: Ledger) -> str:
    """The URL of its database."""
    url: str = ledger._database.url  # type: ignore[attr-defined] # noqa: SLF001 - tests look behind the door
    return url


def copy_in(ledger: Ledger, settings: str = "") -> None:
    """Copy a companion for eve in, as those do who restore a part of a database."""
    copying = "COPY tenantry.assignments (tenant, holder, license) FROM STDIN"
    with psycopg.connect(url_of(ledger), options=settings) as server, server.cursor().copy(copying) as copy:
        copy.write_row((1, 3, "companion"))


# the quota


@pytest.mark.parametrize("how", WRITERS)
def test_nobody_can_assign_more_than_the_ceiling(full: Ledger, how: str) -> None:
    if how == "merge" and int(outside(full, "SHOW server_version_num")[0][0]) < 150000:
        pytest.skip("this PostgreSQL knows no MERGE")
    with pytest.raises(psycopg.errors.CheckViolation, match="quota"):
        outside(full, WRITERS[how])
    assert counter(full) == (2, 2)
    assert held_by(full, EVE) == []
    carry_out(full, [revoke(ADA, "companion")])
    outside(full, WRITERS[how])
    assert counter(full) == (2, 2)
    assert full.faults() == []


@pytest.mark.parametrize("settings", ["", "-c session_replication_role=replica"], ids=["", "as a replica"])
def test_nobody_can_copy_in_more_than_the_ceiling(full: Ledger, settings: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="quota"):
        copy_in(full, settings)
    carry_out(full, [revoke(ADA, "companion")])
    copy_in(full, settings)
    assert counter(full) == (2, 2)
    assert full.faults() == []


@pytest.mark.parametrize("before", ["", REPLICA], ids=["", "as a replica"])
@pytest.mark.parametrize(
    "what",
    [
        "UPDATE assignments SET license = 'email'",
        "TRUNCATE assignments",
        "TRUNCATE holders CASCADE",
        f"INSERT {GIVE.replace('eve', 'ada')} ON CONFLICT (holder, license) DO UPDATE SET license = 'email'",
        "UPDATE tenants SET revision = 0",
        "UPDATE holders SET tenant = 2",
        "INSERT INTO holders SELECT * FROM holders ON CONFLICT (id) DO UPDATE SET tenant = 2",
        "DELETE FROM holders WHERE id = 1",
    ],
)
def test_what_would_not_be_counted_is_refused(full: Ledger, before: str, what: str) -> None:
    carry_out(full, tenant="fabrikam", contingency={"companion": 0})
    rows = dumped(full)
    with pytest.raises(psycopg.errors.CheckViolation):
        outside(full, f"{before} {what}")
    assert dumped(full) == rows


@pytest.mark.parametrize("before", ["", REPLICA], ids=["", "as a replica"])
def test_what_is_deleted_is_counted_and_lowers_the_ceiling_of_an_overrun(full: Ledger, before: str) -> None:
    carry_out(full, contingency={"companion": 1})
    assert counter(full) == (2, 2)
    outside(full, f"{before} DELETE FROM assignments WHERE holder = 1")  # noqa: S608 - our own words
    assert counter(full) == (1, 1)
    with pytest.raises(psycopg.errors.CheckViolation, match="quota"):
        outside(full, f"INSERT {GIVE}")


def test_a_statement_with_many_rows_is_counted_by_each_of_them(full: Ledger) -> None:
    fay = "user:fay@x.example"
    carry_out(full, newcomers=(fay,), contingency={"companion": 3})
    both = (
        "INSERT INTO assignments (tenant, holder, license) SELECT tenant, id, 'companion' FROM holders"
        " WHERE folded IN ('eve@x.example', 'fay@x.example')"
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="quota"):
        outside(full, both)
    assert counter(full) == (2, 3)
    carry_out(full, contingency={"companion": 1})
    outside(full, "DELETE FROM assignments")
    assert counter(full) == (0, 1)
    carry_out(full, contingency={"companion": 2, "email": "unlimited"})
    outside(full, both)
    assert counter(full) == (2, 2)
    several = ("email", "companion")
    outside(full, "DELETE FROM assignments WHERE license = 'companion'")
    for license_id in several:
        outside(full, both.replace("companion", license_id))
    outside(full, "DELETE FROM assignments WHERE holder = 4")
    assert [counter(full, license_id) for license_id in several] == [(1, None), (1, 2)]
    assert full.faults() == []


def test_more_changes_than_one_statement_takes_are_all_carried_out(full: Ledger) -> None:
    many = [f"user:{at}@x.example" for at in range(2 * AT_ONCE + 1)]
    carry_out(full, [grant(holder, "email") for holder in many], newcomers=many)
    assert counter(full, "email") == (len(many), None)
    run = full.run("contoso-2")
    assert run is not None
    assert [change.holder for change in run[1].changes] == many
    carry_out(full, [revoke(holder, "email") for holder in many])
    assert counter(full, "email") == (0, None)
    with pytest.raises(PlanAgainError, match="no longer holds what the changes start from"):
        carry_out(full, [revoke(holder, "email") for holder in many[-1:]])


@pytest.mark.parametrize(("end", "left"), [("COMMIT", (3, 3)), ("ROLLBACK", (3, 3))])
def test_of_two_that_race_for_the_last_unit_one_gets_it(full: Ledger, end: str, left: tuple[int, int]) -> None:
    carry_out(full, newcomers=("user:fay@x.example",), contingency={"companion": 3})
    refused: list[str] = []

    def second() -> None:
        try:
            outside(full, f"INSERT {GIVE.replace('eve', 'fay')}")
        except psycopg.errors.CheckViolation as error:
            refused.append(str(error))

    with psycopg.connect(url_of(full), autocommit=True, options="-c search_path=tenantry") as first:
        first.execute(f"BEGIN; INSERT {GIVE}".encode())
        racing = threading.Thread(target=second)
        racing.start()
        until_one_waits(full)
        first.execute(end.encode())
        racing.join(20)
    assert len(refused) == (end == "COMMIT")
    assert counter(full) == left
    assert full.faults() == []


def until_one_waits(ledger: Ledger) -> None:
    """Wait until somebody waits for somebody else's lock."""
    until = time.monotonic() + 20
    while not outside(ledger, "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
        assert time.monotonic() < until
        time.sleep(0.02)


# tables of the same names


@pytest.fixture
def decoys(full: Ledger) -> Iterator[None]:
    """Empty tables of our names in two other schemas; they are empty afterwards, too."""
    schemas = ("public", "decoys")
    names = [f"{schema}.{table}" for schema in schemas for table in (*TABLES, "locks", "ledger")]
    made = "; ".join(f"CREATE TABLE {name} (LIKE tenantry.{name.partition('.')[2]})" for name in names)
    outside(full, f"CREATE SCHEMA decoys; {made}")
    yield
    found = outside(full, " UNION ALL ".join(f"SELECT 1 FROM {name}" for name in names))  # noqa: S608 - our own words
    outside(full, f"DROP TABLE {', '.join(names)}; DROP SCHEMA decoys")
    assert found == []


@pytest.mark.usefixtures("decoys")
@pytest.mark.parametrize("how", ["PGOPTIONS", "role", "database", "URL"])
def test_tables_of_the_same_names_elsewhere_are_never_taken_for_ours(
    full: Ledger, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    url, name = url_of(full), outside(full, "SELECT current_database()")[0][0]
    path = "decoys,public,tenantry"
    match how:
        case "PGOPTIONS":
            monkeypatch.setenv("PGOPTIONS", f"-c search_path={path}")
        case "role":
            outside(full, f"ALTER ROLE ledger SET search_path = {path}")
        case "database":
            outside(full, f"ALTER DATABASE {name} SET search_path = {path}")
        case _:
            url += f"&options=-c%20search_path%3D{path}"
    try:
        again = ledger_on(url, write=True)
        carry_out(again, [revoke(ADA, "companion"), grant(EVE, "companion", step=2)])
        assert held_by(again, EVE) == ["companion"]
        assert [run.id for run in again.runs()] == ["contoso-2", "contoso-1"]
        assert again.locks() == []
        again.close()
    finally:
        outside(full, f"ALTER ROLE ledger RESET search_path; ALTER DATABASE {name} RESET search_path")
    assert counter(full) == (2, 2)


def test_temporary_tables_of_the_same_names_are_never_taken_for_ours(full: Ledger) -> None:
    inside = full._connection.opened  # type: ignore[attr-defined] # noqa: SLF001 - tests look behind the door
    for table in (*TABLES, "locks"):
        inside.execute(f"CREATE TEMPORARY TABLE {table} (LIKE tenantry.{table})")
    carry_out(full, [revoke(ADA, "companion")])
    assert counter(full) == (1, 2)
    for table in (*TABLES, "locks"):
        assert inside.execute(f"SELECT * FROM pg_temp.{table}").fetchall() == []  # noqa: S608 - our own words


@pytest.mark.usefixtures("decoys")
def test_a_writer_is_counted_in_our_tables_wherever_his_path_leads(full: Ledger) -> None:
    with psycopg.connect(url_of(full), autocommit=True, options="-c search_path=public") as other:
        other.execute("DELETE FROM tenantry.assignments WHERE holder = 1")
        assert counter(full) == (1, 2)
        other.execute("INSERT INTO tenantry.assignments (tenant, holder, license) VALUES (1, 3, 'companion')")
        with pytest.raises(psycopg.errors.CheckViolation, match="quota"):
            other.execute("INSERT INTO tenantry.assignments (tenant, holder, license) VALUES (1, 1, 'companion')")
    assert counter(full) == (2, 2)


# nothing is kept by a session


def renewed(ledger: Ledger, how: Callable[[Any], None]) -> None:
    """Do something to the connection before each transaction, as a pooler might."""
    connection: Any = ledger._connection  # noqa: SLF001 - tests look behind the door
    begin = connection.begin

    def begun(**how_to: Any) -> None:
        how(connection)
        begin(**how_to)

    connection.begin = begun


def another_session(connection: Any) -> None:
    """Another session of the server takes the place of this one."""
    former = connection.opened
    url, password = former.info.dsn, former.info.password
    former.close()
    connection.opened = psycopg.connect(url, password=password, autocommit=True, prepare_threshold=None)


def forgotten(connection: Any) -> None:
    """The session forgets everything that it was told."""
    connection.opened.execute("DISCARD ALL")


@pytest.mark.parametrize("how", [another_session, forgotten])
def test_a_life_of_a_ledger_needs_no_session(server_database: str, how: Callable[[Any], None]) -> None:
    ledger = ledger_on(server_database, write=True, makes=True)
    assert ledger.tenants() == ()
    renewed(ledger, how)
    filled(ledger)
    carry_out(ledger, [revoke(ADA, "companion"), grant(EVE, "companion", step=2)], kind="observe")
    assert held_by(ledger, EVE) == ["companion"]
    assert [run.kind for run in ledger.runs()] == ["observe", "apply"]
    assert (ledger.locks(), ledger.faults()) == ([], [])
    ledger.close()


# what a commit is worth


@pytest.mark.parametrize(
    ("told", "kept"), [("off", "on"), ("local", "local"), ("remote_apply", "remote_apply"), ("on", "on")]
)
def test_what_is_written_is_on_the_disk_whatever_the_role_is_used_to(full: Ledger, told: str, kept: str) -> None:
    outside(full, f"ALTER ROLE ledger SET synchronous_commit = {told}")
    try:
        ledger = ledger_on(url_of(full), write=True)
        connection = ledger._connection  # noqa: SLF001 - tests look behind the door
        connection.begin(write=True)
        assert connection.execute("SHOW synchronous_commit").fetchone() == (kept,)
        connection.roll_back()
        ledger.close()
    finally:
        outside(full, "ALTER ROLE ledger RESET synchronous_commit")


def test_a_connection_that_was_ended_while_nothing_went_over_it_is_made_anew(full: Ledger) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tenantry'"
    assert full.tenants() == ("contoso",)
    assert outside(full, others)
    assert isinstance(full.take("contoso", ME), Lease)
    assert outside(full, others)
    assert full.tenants() == ("contoso",)


def test_whoever_reads_may_be_long_at_it(full: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = ("SET LOCAL idle_in_transaction_session_timeout = '100ms'",)
    monkeypatch.setattr(postgresql, "_OF_WRITERS", mine)
    with full.copied() as tables:
        time.sleep(0.5)
        assert sum(len(list(table.rows)) for table in tables) > 5


def test_a_commit_that_the_server_answers_with_a_rollback_is_not_taken_for_done(full: Ledger) -> None:
    connection = full._connection  # noqa: SLF001 - tests look behind the door
    connection.begin(write=True)
    connection.execute("DELETE FROM assignments")
    with pytest.raises(psycopg.errors.DivisionByZero):
        connection.execute("SELECT 1 / 0")
    with pytest.raises(CommitError, match="the transaction had failed before"):
        connection.commit()
    assert counter(full) == (2, 2)


def test_a_text_that_no_server_can_keep_is_one_sentence(full: Ledger) -> None:
    with pytest.raises(OperatorError, match="cannot contain NUL") as raised:
        carry_out(full, newcomers=("user:nul\0@x.example",))
    assert "\n" not in str(raised.value)
    assert len(full.runs()) == 1


def test_a_text_is_kept_whatever_encoding_the_url_names(full: Ledger) -> None:
    ledger = ledger_on(f"{url_of(full)}&client_encoding=latin1", write=True)
    carry_out(ledger, newcomers=("service:Łódź-東京",))
    assert "Łódź-東京" in ledger.read(TENANT).holders["service"]
    ledger.close()


@pytest.mark.parametrize("how", ["DISABLE TRIGGER USER", "DISABLE TRIGGER assignments_given", "ENABLE TRIGGER USER"])
def test_triggers_that_are_off_are_told(full: Ledger, how: str) -> None:
    outside(full, f"ALTER TABLE assignments {how}")
    assert "The database keeps its rules no longer: the trigger assignments_given is gone or off." in full.faults()
