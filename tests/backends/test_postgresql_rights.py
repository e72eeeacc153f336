"""What a role may do, what a database holds already, and when a ledger is made in it: each is one sentence."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from at_the_door import Door, Said
from filled_ledgers import ledger_on, outside
from postgresql_server import PASSWORD
from tenantry.backends.ledger import postgresql
from tenantry.backends.ledger.migrations import MIGRATIONS

GUEST, SECRET = "guest", "another-password"
READS = "GRANT USAGE ON SCHEMA tenantry TO guest; GRANT SELECT ON ALL TABLES IN SCHEMA tenantry TO guest"
TENANT_FILE = (
    '{"version": 1, "contract": {"contingency": {"companion": 3, "contact_center_user": 3}},'
    ' "users": {"%s@contoso.example": {"licenses": ["contact_center_user"]}}}'
)


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", TENANT_FILE % "ada")
    return made


@pytest.fixture
def url(server_database: str) -> str:
    """An empty database."""
    return server_database


@pytest.fixture
def guest(url: str) -> Iterator[str]:
    """The URL for another role, which may do nothing but come in."""
    sql(url, f"CREATE ROLE {GUEST} LOGIN PASSWORD '{SECRET}'")
    yield url.replace(f"//ledger:{PASSWORD}@", f"//{GUEST}:{SECRET}@")
    sql(url, f"DROP OWNED BY {GUEST}; DROP ROLE {GUEST}")


def sql(url: str, statements: str) -> list[tuple[object, ...]]:
    """What the database answers to its owner."""
    return outside(ledger_on(url), statements)


def run(door: Door, url: str, *words: str) -> Said:
    """A command on this ledger."""
    said = door.run("--backend", url, *words)
    assert SECRET not in said.out + said.err
    return said


APPLY = ("apply", "--auto-approve")


def as_told(url: str) -> str:
    """The ledger as sentences name it: without a password, and without the folder of the server."""
    return f"postgresql://{urlsplit(url).path}"


def made(door: Door, url: str) -> None:
    """A ledger in which ada is, and files that ask for bob."""
    assert run(door, url, *APPLY).code == 0
    door.write("tenants/contoso.yaml", TENANT_FILE % "bob")


def in_one_line(said: Said) -> str:
    """What a command said, as if lines had no end."""
    return " ".join((said.out + said.err).split())


def the_error(said: Said) -> str:
    """The one sentence by which a command failed, which is told with a hint."""
    assert said.code == 1, said
    told = [line for line in (said.err or said.out).splitlines() if "The ledger " in line or "error:" in line]
    assert len(told) == 1, said
    return in_one_line(said)


# rights


def test_a_role_that_may_only_read_can_plan_and_report_and_not_apply(door: Door, url: str, guest: str) -> None:
    made(door, url)
    sql(url, READS)
    said = run(door, guest, "plan")
    assert said.code == 0, said
    assert "user:bob@contoso.example" in said.out
    assert "contact_center_user" in door.told("--backend", guest, "report", "--format", "json")
    assert door.told("--backend", guest, "history")
    said = run(door, guest, *APPLY)
    assert said.code == 1
    assert "permission denied for table locks. Give the role of the URL the right to it." in in_one_line(said)
    assert len(sql(url, "SELECT * FROM runs")) == 1


@pytest.mark.parametrize(
    ("rights", "what"),
    [("", "permission denied for schema tenantry"), ("GRANT USAGE ON SCHEMA tenantry TO guest", "denied for table")],
)
@pytest.mark.parametrize("command", [("plan",), APPLY, ("observe", "contoso", "--state", "active"), ("init",)])
def test_a_role_without_a_right_to_read_is_told_so(
    door: Door, url: str, guest: str, rights: str, what: str, command: tuple[str, ...]
) -> None:
    made(door, url)
    if rights:
        sql(url, rights)
    assert what in the_error(run(door, guest, *command))


def test_a_server_that_only_reads_can_be_planned_on_and_not_applied_to(door: Door, url: str) -> None:
    made(door, url)
    frozen = f"{url}&options=-c%20default_transaction_read_only%3Don"
    assert run(door, frozen, "plan").code == 0
    said = run(door, frozen, *APPLY)
    assert said.code == 1
    assert "can't be written: the server is read-only" in in_one_line(said)
    assert len(sql(url, "SELECT * FROM runs")) == 1


def test_a_role_that_may_make_nothing_makes_no_ledger(door: Door, guest: str) -> None:
    assert "permission denied for database" in the_error(run(door, guest, *APPLY))
    assert "permission denied for database" in the_error(run(door, guest, "init"))


def test_in_a_schema_that_was_prepared_a_role_needs_no_right_to_make_others(door: Door, url: str, guest: str) -> None:
    sql(url, f"CREATE SCHEMA tenantry AUTHORIZATION {GUEST}")
    assert run(door, guest, *APPLY).code == 0
    assert run(door, guest, "plan").code == 0


# what is there already


FOREIGN = {
    "other tables": "CREATE SCHEMA tenantry; CREATE TABLE tenantry.things (a int)",
    "a view": "CREATE SCHEMA tenantry; CREATE VIEW tenantry.ledger AS SELECT 'one' AS version",
    "a ledger of another kind": "CREATE SCHEMA tenantry; CREATE TABLE tenantry.ledger (amount numeric)",
    "an empty one": "CREATE SCHEMA tenantry; CREATE TABLE tenantry.ledger (version bigint)",
    "a sequence": "CREATE SCHEMA tenantry; CREATE SEQUENCE tenantry.ledger",
}
COMMANDS = (("plan",), (*APPLY, "--create-ledger"), ("observe", "contoso", "--state", "active"), ("init",))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("what", FOREIGN)
def test_what_others_keep_under_our_name_is_left_alone(
    door: Door, url: str, what: str, command: tuple[str, ...]
) -> None:
    sql(url, FOREIGN[what])
    objects = "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'tenantry'::regnamespace ORDER BY 1"
    before = sql(url, objects)
    assert "has a schema tenantry that is no ledger" in the_error(run(door, url, *command))
    assert sql(url, objects) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_tables_of_a_newer_tenantry_are_left_to_it(door: Door, url: str, command: tuple[str, ...]) -> None:
    made(door, url)
    sql(url, "UPDATE ledger SET version = 99")
    assert "was written by a newer tenantry (version 99 of its tables)" in the_error(run(door, url, *command))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_server_that_is_too_old_is_told_so(
    door: Door, url: str, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(postgresql, "NEEDED", 99)
    said = run(door, url, *command)
    assert said.code == 1
    assert "a ledger needs 99 or newer" in in_one_line(said)
    assert sql(url, "SELECT to_regnamespace('tenantry')") == [(None,)]


# an empty database


def test_an_empty_database_is_no_ledger_yet_and_a_plan_makes_none(door: Door, url: str) -> None:
    elsewhere = run(door, "sqlite:///none.db", "plan")
    said = run(door, url, "plan")
    assert "ledger-missing" in said.out
    assert said.code == elsewhere.code == 0
    assert in_one_line(said).replace(as_told(url), "sqlite:///none.db") == in_one_line(elsewhere)
    assert sql(url, "SELECT to_regnamespace('tenantry')") == [(None,)]


@pytest.mark.parametrize("command", [APPLY, ("observe", "contoso", "--state", "active")])
def test_in_ci_no_ledger_is_made_unasked(
    door: Door, url: str, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CI", "true")
    said = run(door, url, *command)
    assert said.code == 1
    assert "with CI set none is made unasked" in in_one_line(said)
    assert sql(url, "SELECT to_regnamespace('tenantry')") == [(None,)]
    assert run(door, url, *command, "--create-ledger").code == 0
    assert sql(url, "SELECT version FROM ledger") == [(len(MIGRATIONS),)]


@pytest.mark.parametrize("command", [APPLY, ("observe", "contoso", "--state", "active"), ("init",)])
def test_elsewhere_a_ledger_is_made_when_it_is_written(door: Door, url: str, command: tuple[str, ...]) -> None:
    said = run(door, url, *command)
    assert said.code == 0, said
    assert f"made the ledger {as_told(url)}\n" in said.out + said.err
    assert sql(url, "SELECT version FROM ledger") == [(len(MIGRATIONS),)]
    again = run(door, url, *command)
    assert again.code == 0
    assert "made the ledger" not in again.out + again.err


def test_of_those_who_make_the_tables_at_once_each_finds_them(url: str) -> None:
    start = threading.Barrier(8)

    def make(_: int) -> tuple[int, tuple[str, ...]]:
        start.wait()
        ledger = ledger_on(url, write=True, makes=True)
        try:
            return ledger.version(), ledger.tenants()
        finally:
            ledger.close()

    with ThreadPoolExecutor(8) as together:
        assert list(together.map(make, range(8))) == [(len(MIGRATIONS), ())] * 8
    assert sql(url, "SELECT version FROM ledger") == [(len(MIGRATIONS),)]
