"""A ledger in a SQLite file: whoever opens it by himself is held to its quota, and the file is never hurt."""

import contextlib
import functools
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_ledger import ADA, EVE, GIVE, counter, held_by

from filled_ledgers import (
    TENANT,
    carry_out,
    dumped,
    filled,
    first_run,
    ledger_at,
    ledger_in,
    outside,
    path_of,
    revoke,
    taken,
)
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.migrations import MIGRATIONS
from tenantry.backends.ledger.sqlite import APPLICATION_ID
from tenantry.errors import OperatorError

INSERTS = ("INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE", "INSERT OR FAIL", "INSERT OR ROLLBACK", "REPLACE")


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger in which ada and bob hold the two companions that were bought, and eve none."""
    made = ledger_in(tmp_path)
    filled(made)
    yield made
    made.close()


def reader_of(ledger: Ledger) -> Ledger:
    """The same ledger as another process opens it to read."""
    return ledger_at(path_of(ledger))


@pytest.mark.parametrize("how", INSERTS)
def test_nobody_can_assign_more_than_the_ceiling(full: Ledger, how: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="quota"):
        outside(full, f"{how} {GIVE}")
    assert counter(full) == (2, 2)
    assert held_by(full, EVE) == []


@pytest.mark.parametrize("how", INSERTS)
def test_what_is_assigned_already_cannot_be_written_over_and_counted_twice(full: Ledger, how: str) -> None:
    again = GIVE.replace("eve", "ada")
    with pytest.raises(sqlite3.IntegrityError, match="has this license already"):
        outside(full, f"{how} {again}")
    assert counter(full) == (2, 2)


_ADA = "(id, tenant, kind, key, folded) VALUES (1, 2, 'user', 'ada@x.example', 'ada@x.example')"
_AGAIN = "(tenant, kind, key, folded) VALUES (1, 'user', 'ADA@x.example', 'ada@x.example')"


@pytest.mark.parametrize(
    "what",
    [
        *(f"{how} INTO holders {values}" for how in ("INSERT OR REPLACE", "REPLACE") for values in (_ADA, _AGAIN)),
        f"INSERT INTO holders {_ADA} ON CONFLICT (id) DO UPDATE SET tenant = 2",
        "UPDATE OR REPLACE holders SET folded = 'bob@x.example' WHERE id = 3",
        "UPDATE holders SET rowid = 10 WHERE id = 1",
        "UPDATE OR REPLACE holders SET id = 1, tenant = 2 WHERE id = 3",
        "INSERT OR REPLACE INTO tenants (id, name, lineage) VALUES (1, 'contoso', 'a')",
        "INSERT OR REPLACE INTO tenants (name, lineage) VALUES ('contoso', 'a')",
        "UPDATE OR REPLACE tenants SET name = 'contoso' WHERE id = 2",
        "UPDATE OR REPLACE tenants SET rowid = 1 WHERE id = 2",
    ],
)
def test_nothing_is_replaced_past_what_the_tables_count(full: Ledger, what: str) -> None:
    carry_out(full, tenant="fabrikam", contingency={"companion": 0})
    rows = dumped(full)
    with pytest.raises(sqlite3.IntegrityError):
        outside(full, what)
    assert dumped(full) == rows


def test_what_is_counted_for_another_tenant_than_its_holder_is_told(full: Ledger) -> None:
    carry_out(full, tenant="fabrikam", contingency={"companion": 0})
    outside(full, "DROP TRIGGER holders_stay")
    outside(full, "UPDATE holders SET tenant = 2 WHERE id = 1")
    assert full.faults()[1:] == ["contoso: 1 of companion counted here is of no holder that is here."]


def test_a_trigger_in_other_words_is_told(full: Ledger) -> None:
    outside(full, "DROP TRIGGER tenants_grow")
    outside(full, "CREATE TRIGGER tenants_grow BEFORE UPDATE ON tenants BEGIN SELECT 1; END")
    assert full.faults() == ["The database keeps its rules no longer: the trigger tenants_grow is gone or off."]


def test_what_the_database_itself_finds_wrong_is_told(full: Ledger) -> None:
    with contextlib.closing(sqlite3.connect(path_of(full), isolation_level=None)) as other:
        other.execute("PRAGMA ignore_check_constraints = ON")
        other.execute("UPDATE counters SET ceiling = 0 WHERE license = 'companion'")
    assert full.faults() == ["The file is damaged: CHECK constraint failed in counters."]


# the file


def sound_file(path: Path) -> None:
    """A ledger with a few pages."""
    made = ledger_in(path.parent.parent)
    first_run(made, [f"user:{at}@x.example" for at in range(300)], bought=300)
    made.close()


def altered(change: Callable[[Path], None]) -> Callable[[Path], None]:
    """A ledger to which something was done."""

    def make(path: Path) -> None:
        sound_file(path)
        change(path)

    return make


def database(path: Path, *statements: str) -> None:
    """Run statements on a SQLite file, whatever is in it."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def written(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def shortened(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "a text": (written(b"This is no ledger, but a text that somebody wrote about one.\n" * 20), "is not a ledger"),
    "a short text": (written(b"hello\n"), "is not a ledger"),
    "another database": (lambda path: database(path, "CREATE TABLE t (a)"), "not a ledger of tenantry"),
    "another application's": (lambda path: database(path, "PRAGMA application_id = 7"), "not a ledger of tenantry"),
    "of a newer tenantry": (
        altered(lambda path: database(path, "PRAGMA user_version = 99")),
        "was written by a newer tenantry .version 99",
    ),
    "cut in half": (altered(shortened), "is damaged"),
    "scribbled over": (
        altered(
            lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * (path.stat().st_size - 100)) and None
        ),
        "is damaged",
    ),
}


@pytest.mark.parametrize("write", [False, True], ids=["read", "written"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_sentence_and_stays_as_it_is(tmp_path: Path, name: str, *, write: bool) -> None:
    make, sentence = BROKEN[name]
    path = tmp_path / ".tenantry" / "ledger.db"
    path.parent.mkdir()
    make(path)
    before = path.read_bytes()
    ledger = ledger_in(tmp_path, write=write)
    use = functools.partial(carry_out, ledger) if write else functools.partial(ledger.read, TENANT)
    with pytest.raises(OperatorError, match=sentence) as raised:
        use()
    ledger.close()
    assert "\n" not in str(raised.value)
    assert "sqlite:///.tenantry/ledger.db" in str(raised.value)
    assert raised.value.hint
    assert path.read_bytes() == before


def test_an_empty_file_is_a_ledger_without_anything_until_it_is_written(tmp_path: Path) -> None:
    reader = ledger_in(tmp_path, write=False)
    assert reader.tenants() == ()
    assert not reader.read(TENANT).found
    assert (reader.runs(), reader.run("contoso-1"), reader.locks(), reader.faults()) == ([], None, [], [])
    assert reader.last_moves(TENANT, ADA) == {}
    reader.close()
    assert (tmp_path / ".tenantry" / "ledger.db").read_bytes() == b""
    first_run(ledger_in(tmp_path))
    assert ledger_in(tmp_path, write=False).tenants() == (TENANT,)


def test_a_reader_cannot_write(full: Ledger) -> None:
    reader = reader_of(full)
    assert reader.tenants() == (TENANT,)
    with pytest.raises(OperatorError, match="it is read-only"):
        taken(reader)
    reader.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_file_without_permission_to_write_is_one_sentence(full: Ledger) -> None:
    full.close()
    path_of(full).chmod(stat.S_IRUSR)
    with pytest.raises(OperatorError, match="can't be written"):
        taken(full)


def test_the_file_says_what_it_is_and_is_written_with_care(full: Ledger) -> None:
    connection = full._connection  # noqa: SLF001 - tests look behind the door

    def pragma(name: str) -> object:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("application_id") == APPLICATION_ID
    assert pragma("user_version") == len(MIGRATIONS)
    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("foreign_keys") == 1
    assert pragma("trusted_schema") == 0
    full.close()
    assert path_of(full).read_bytes()[68:72] == b"tnty"


def test_a_reader_sees_one_moment_while_another_process_writes(full: Ledger) -> None:
    reader = reader_of(full)
    lease = taken(full)
    stamp = reader.stamp()
    with full.writing(lease) as writing:
        writing.carry_out([revoke(ADA, "companion")], (), ())
        assert "companion" in reader.read(TENANT).holders["user"]["ada@x.example"].licenses
        assert reader.stamp() == stamp
    assert reader.stamp() != stamp
    assert "companion" not in reader.read(TENANT).holders["user"]["ada@x.example"].licenses
    reader.close()


def test_what_is_read_is_of_one_moment_though_somebody_writes_in_the_middle_of_it(full: Ledger) -> None:
    reader = reader_of(full)
    written = []

    def write(statement: str) -> None:
        if "FROM holders" in statement and not written:
            written.append(carry_out(full, [revoke(ADA, "companion")]))

    reader.tenants()
    reader._connection.opened.set_trace_callback(write)  # noqa: SLF001 - tests look behind the door
    state = reader.read(TENANT)
    assert written == ["contoso-2"]
    assert (state.revision, sorted(state.holders["user"]["ada@x.example"].licenses)) == (1, ["companion"])
    state = reader.read(TENANT)
    assert (state.revision, sorted(state.holders["user"]["ada@x.example"].licenses)) == (2, [])
    reader.close()
