"""backup and restore: a whole ledger into one file and back, from either database into the other."""

import contextlib
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from at_the_door import Door
from filled_ledgers import carry_out, dumped, filled, grant, ledger_at, ledger_in, ledger_on, outside, revoke, taken
from full_states import FULL, HOSTILE, record_in
from postgresql_server import LACKING, REQUIRED, empty_database, programs
from tenantry.backends.ledger import copying, postgresql
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.sqlite import SqliteConnection
from tenantry.errors import CommitError, OperatorError
from tenantry.model.plan import Update
from tenantry.model.run import Actor, Record
from tenantry.model.state import Account, InUse

SQLITE = "sqlite:///.tenantry/ledger.db"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """An empty workspace."""
    (tmp_path / "tenants").mkdir()
    return Door(tmp_path, capsys)


@pytest.fixture
def server() -> str:
    """The URL of an empty database."""
    if programs() is None:
        pytest.fail(LACKING) if REQUIRED else pytest.skip(LACKING)
    return empty_database()


def storied(ledger: Ledger) -> None:
    """A ledger with everything in it that a ledger can hold, and numbers that don't begin at 1."""
    filled(ledger)
    ada, eve = "user:ada@x.example", "user:eve@x.example"
    renamed = Update(holder="user:ana@x.example", field="rename", before="ada@x.example", after="ana@x.example")
    carry_out(ledger, [revoke("user:ana@x.example", "companion")], [renamed])
    carry_out(ledger, updates=[Update(holder=eve, field="dropped", before=None, after=None)])
    carry_out(ledger, tenant="fabrikam", contingency={"companion": 0, "email": None})
    record_in(ledger, replace(FULL, tenant="nordwind"))
    record_in(ledger, replace(HOSTILE, tenant="lab"))
    carry_out(ledger, [grant("service:new", "contact_center")], tenant="lab", newcomers=["service:new"])
    with ledger.writing(taken(ledger)) as writing:
        writing.list_accounts({"ada@x.example": Account(upn="Ada@x.example", object_id="0e8b", enabled=False)})
        writing.use([InUse(holder=ada, license="companion", what="2 queues\n")])
        writing.observe("2026-11-24T06:44:00Z", [("used", "companion", "7"), ("directory", "", "1")])
        plan = ledger.run("contoso-1")
        assert plan is not None
        writing.record(
            Record(
                kind="observe",
                status="rejected",
                at="2026-11-24T06:45:00Z",
                actor=Actor("eve"),
                digest="sha256:x",
                plan=plan[1],
                notes=("é",),
                document='{"users": {}}\n',
            )
        )
    with ledger.writing(taken(ledger)) as writing:  # what is over-allocated is carried over as it is
        writing.note_contract({"companion": 0})
    ledger.close()


def made(door: Door) -> Ledger:
    """The ledger of the workspace, with everything in it."""
    door.told("init", "--no-input", str(door.root / "made"))
    (door.root / ".tenantry").mkdir()
    (door.root / "made/.tenantry/ledger.db").rename(door.root / ".tenantry/ledger.db")
    ledger = ledger_at(door.root / ".tenantry/ledger.db", write=True)
    storied(ledger)
    return ledger


def seal_of(text: str) -> str:
    """The digest that a command tells."""
    found = re.search(r"sha256:[0-9a-f]{64}", text)
    assert found
    return found[0]


def test_a_ledger_goes_to_the_other_database_and_back_and_is_the_same(door: Door, server: str) -> None:
    first = made(door)
    files = [str(door.root / name) for name in ("a", "b", "c")]
    there, back = ("--backend", server), ("--backend", "sqlite:///back.db")
    calls = [("backup", files[0]), (*there, "restore", files[0]), (*there, "backup", files[1])]
    calls += [(*back, "restore", files[1]), (*back, "backup", files[2])]
    told = [said.err for said in (door.run(*words) for words in calls) if said.code == 0]
    assert len(told) == len(calls)
    assert len({seal_of(text) for text in told}) == 1
    assert len({Path(name).read_bytes() for name in files}) == 1
    second, third = ledger_on(server), ledger_at(door.root / "back.db")
    assert dumped(first) == dumped(second) == dumped(third)
    for ledger in (second, third):
        assert ledger.faults() == []
        assert ledger.locks() == []
        assert ledger.tenants() == first.tenants()
        for name in ledger.tenants():
            assert ledger.read(name).holders == first.read(name).holders
        assert ledger.runs() == first.runs()
        ledger.close()
    assert server not in "".join(told)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_ledger_goes_on_where_the_other_one_stopped(
    door: Door, kind: str, request: pytest.FixtureRequest
) -> None:
    first = made(door)
    file = str(door.root / "a")
    door.told("backup", file)
    url = "sqlite:///second.db" if kind == "sqlite" else request.getfixturevalue("server")
    door.told("--backend", url, "restore", file)
    second = ledger_at(door.root / "second.db", write=True) if kind == "sqlite" else ledger_on(url, write=True)
    # new rows have new numbers, fences go on, and the quota holds
    for ledger in (first, second):
        carry_out(
            ledger, [grant("user:zoe@x.example", "assistant")], newcomers=["user:zoe@x.example", "user:y@x.example"]
        )
        carry_out(ledger, tenant="new")
    assert dumped(first) == {**dumped(second), "tenants": dumped(first)["tenants"]}
    fences = "SELECT tenant, fence FROM locks ORDER BY tenant"
    assert outside(first, fences) == outside(second, fences)
    with pytest.raises(Exception, match="quota"):
        outside(
            second,
            "INSERT INTO assignments (tenant, holder, license)"
            " SELECT tenant, id, 'companion' FROM holders WHERE folded = 'zoe@x.example'",
        )
    second.close()


def test_a_backup_can_be_read_by_its_owner_alone_whatever_the_umask(door: Door) -> None:
    made(door)
    before = os.umask(0)
    try:
        door.told("backup", str(door.root / "a"))
    finally:
        os.umask(before)
    assert (door.root / "a").stat().st_mode & 0o777 == 0o600


def test_a_backup_can_go_through_a_pipe(door: Door) -> None:
    made(door)
    door.told("backup", str(door.root / "a"))
    command = [str(Path(sys.executable).with_name("tenantry")), "-C", str(door.root), "-q", "backup", "/dev/stdout"]
    piped = subprocess.run(command, capture_output=True, check=True)
    assert (piped.stdout, piped.stderr) == ((door.root / "a").read_bytes(), b"")


def test_a_ledger_that_others_have_makes_no_backup_a_bad_one(door: Door) -> None:
    made(door).close()
    file = str(door.root / "a")
    door.told("backup", file)
    (door.root / ".tenantry/ledger.db").unlink()
    door.told("init")
    with contextlib.closing(sqlite3.connect(door.root / ".tenantry/ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = door.run("restore", file)
    assert said.code == 4
    assert "is locked by another process" in said.err
    assert "no ledger holds" not in said.err


def test_a_lock_that_somebody_had_is_nothing_that_a_ledger_holds(door: Door) -> None:
    made(door)
    file = str(door.root / "a")
    door.told("backup", file)
    new = ledger_in(door.root / "made")
    new.free(taken(new))
    new.close()
    url = f"sqlite:///{door.root}/made/.tenantry/ledger.db"
    assert door.run("--backend", url, "restore", file).code == 0


def test_a_file_that_is_replaced_stays_as_closed_as_it_was(door: Door) -> None:
    made(door)
    file = door.root / "plan.json"
    file.write_text("{}")
    file.chmod(0o600)
    door.told("plan", "--out", str(file))
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_that_cannot_be_written_leaves_the_one_before(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made(door)
    file = door.root / "a"
    door.told("backup", str(file))
    before = file.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    said = door.run("backup", str(file))
    assert (said.code, said.err) == (1, f"error: {file} can't be written: no space left on device.\n")
    assert file.read_bytes() == before
    assert sorted(path.name for path in door.root.iterdir()) == [".tenantry", "a", "made", "tenants"]


def test_a_ledger_that_holds_anything_is_left_alone(door: Door) -> None:
    ledger = made(door)
    file = str(door.root / "a")
    door.told("backup", file)
    before = dumped(ledger)
    said = door.run("restore", file)
    assert said.code == 1
    assert said.err.startswith(f"error: There is a ledger at {SQLITE} already, and it isn't empty.\n")
    assert dumped(ledger) == before


def test_an_empty_ledger_is_filled(door: Door) -> None:
    ledger = made(door)
    file = str(door.root / "a")
    door.told("backup", file)
    (door.root / ".tenantry/ledger.db").unlink()
    door.told("init")
    door.told("restore", file)
    assert ledger.faults() == []
    assert "contoso" in ledger.tenants()


def test_where_there_is_no_ledger_there_is_no_backup(door: Door) -> None:
    said = door.run("backup", str(door.root / "a"))
    assert (said.code, said.err) == (
        1,
        f"error: There is no ledger at {SQLITE} yet.\nhint: Name another one with --backend.\n",
    )
    assert not (door.root / "a").exists()


def test_a_ledger_that_is_not_sound_is_not_backed_up(door: Door) -> None:
    ledger = made(door)
    outside(ledger, "UPDATE counters SET assigned = assigned + 1, ceiling = NULL WHERE license = 'email'")
    said = door.run("backup", str(door.root / "a"))
    assert said.code == 1
    assert "is not sound: " in said.err
    assert not (door.root / "a").exists()


def resealed(lines: list[bytes]) -> bytes:
    """Lines with the digest that they have."""
    body = b"".join(lines[:-1])
    last = json.loads(lines[-1])
    last["digest"] = f"sha256:{hashlib.sha256(body).hexdigest()}"
    return body + json.dumps(last, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Other words, under a digest that fits."""

    def change(content: bytes) -> bytes:
        assert old in content
        return resealed(content.replace(old, new, 1).splitlines(keepends=True))

    return change


def rewritten(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """The first place of a pattern in other words, under a digest that fits."""

    def change(content: bytes) -> bytes:
        content, found = re.subn(old, new, content, count=1)
        assert found
        return resealed(content.splitlines(keepends=True))

    return change


_RUN = rb'(?m)^(\[1,"contoso-1",.*)'
UNTRUE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a ceiling above what was bought": (replaced(b'"companion",0,0,0,0]', b'"companion",0,0,0,99]'), "the ceiling of"),
    "no ceiling": (replaced(b'"companion",0,0,0,0]', b'"companion",0,0,0,null]'), "the ceiling of companion is none"),
    "a ceiling where nothing is known": (replaced(b'"email",null,0,0,null', b'"email",null,0,0,50'), "holds what no"),
    "a ceiling without limit": (replaced(b'"email",null,1,0,null', b'"email",null,1,0,50'), "holds what no ledger"),
    "a tenant of no name": (replaced(b'[1,"contoso"', b'[1,"../x"'), "'../x' is the name of no tenant"),
    "terms that are no text": (rewritten(rb'"\{\\"contingency.*\}\\n"\]', rb'"{"]'), "the tenant nordwind isn't"),
    "terms that are none": (rewritten(rb'"\{\\"contingency.*\}\\n"\]', rb'"[]"]'), "the tenant nordwind isn't"),
    "waivers that are none": (rewritten(_RUN + rb'"\[\]","\{', rb'\1"x","{'), "the run contoso-1 isn't"),
    "notes that are none": (rewritten(_RUN + rb'"\[\]",null\]', rb'\1"1",null]'), "the run contoso-1 isn't"),
    "a summary that is none": (rewritten(_RUN + rb'"\{\\"error.*?\}"', rb'\1"[]"'), "the run contoso-1 isn't"),
    "a plan that is none": (rewritten(_RUN + rb'"\{\\"as_of.*\}(?:\\n)?"', rb'\1"{}"'), "the run contoso-1 isn't"),
    "a fact that is none": (replaced(b'"companion","7",1', b'"companion","abc",1'), "the tenant contoso isn't"),
    "an action that is none": (replaced(b'1,"grant"', b'1,"evil"'), "holds what no ledger holds"),
    "a risk that is none": (replaced(b'null,"none"', b'null,"evil"'), "holds what no ledger holds"),
    "a revision that nothing can follow": (
        rewritten(rb'(?m)^(\[1,"contoso","[0-9a-f]+",)3', rb"\g<1>9223372036854775807"),
        "holds what no ledger holds",
    ),
    "a status that is none": (replaced(b'"apply","applied"', b'"apply","evil"'), "holds what no ledger holds"),
}
DEFECTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "is no backup of a ledger."),
    "a text": (lambda _: b"hello\n", "is no backup of a ledger."),
    "a database": (lambda _: b"SQLite format 3\0" + bytes(range(256)), "is no backup of a ledger."),
    "a plan": (lambda _: b'{"format":"tenantry-plan/1"}\n', "is no backup of a ledger."),
    "200,000 brackets": (lambda _: b"[" * 200_000 + b"\n", "is no backup of a ledger."),
    "of a newer tenantry": (replaced(b"backup/1", b"backup/2"), "was written by a newer tenantry (version 2)."),
    "of newer tables": (replaced(b'"version":1', b'"version":2'), "was written by a newer tenantry (version 2)."),
    "a number that no database keeps": (replaced(b'[1,"contoso"', b'[%d,"contoso"' % 10**30), "that no ledger holds."),
    "a text in place of a number": (replaced(b'[1,"contoso"', b'["1","contoso"'), "that no ledger holds."),
    "a number in place of a text": (replaced(b'[1,"contoso"', b"[1,7"), "that no ledger holds."),
    "a text that no server keeps": (replaced(b'"contoso"', b'"con\\u0000toso"'), "that no ledger holds."),
    "of no version": (replaced(b'"version":1', b'"version":null'), "is damaged: it is of no version."),
    "cut off in a line": (lambda content: content[: len(content) // 2], "is damaged: it is cut off."),
    "cut off behind a line": (
        lambda content: b"".join(content.splitlines(keepends=True)[:-1]),
        "is damaged: it is cut off.",
    ),
    "one letter changed": (
        lambda content: content.replace(b"ana@x", b"ena@x", 1),
        "is damaged: its digest is not that of its lines.",
    ),
    "a line more": (lambda content: content + b"[]\n", "is damaged: something stands behind its end."),
    "a space more": (
        lambda content: content.replace(b"[1,", b"[1, ", 1),
        "is damaged: line 3 is not as it was written.",
    ),
    "a float": (replaced(b"[1,", b"[1.5,"), "is not as it was written."),
    "a list in a row": (replaced(b'"contoso"', b"[]"), "is damaged: a line that is no row of its table."),
    "a truth in a row": (replaced(b'"contoso"', b"true"), "is damaged: a line that is no row of its table."),
    "a table of another name": (replaced(b'"table":"updates"', b'"table":"evil"'), "other tables than a ledger has."),
    "a column of another name": (replaced(b'"lineage"', b'"evil"'), "other tables than a ledger has."),
    "an assignment more than counted": (
        lambda content: resealed(without_first_row(content, b"assignments")),
        "holds what no ledger holds",
    ),
    "rows in another order": (
        rewritten(rb'(?m)^(\[1,"email",.*\n)(\[2,"companion",0.*\n)', rb"\2\1"),
        "holds what no ledger holds",
    ),
    "an assignment of nobody": (replaced(b'[2,"companion",1]', b'[99,"companion",1]'), "holds what no ledger holds"),
}


def without_first_row(content: bytes, table: bytes) -> list[bytes]:
    """The lines without one that stands first in a table, and counted so."""
    lines = content.splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if b'"table":"%s"' % table in line)
    last = json.loads(lines[-1])
    last["rows"] -= 1
    return [*lines[: at + 1], *lines[at + 2 : -1], json.dumps(last, sort_keys=True, separators=(",", ":")).encode()]


@pytest.mark.parametrize("defect", DEFECTS | UNTRUE)
def test_what_is_no_sound_backup_is_one_sentence_and_nothing_is_made(door: Door, defect: str) -> None:
    change, sentence = (DEFECTS | UNTRUE)[defect]
    made(door)
    file = door.root / "a"
    door.told("backup", str(file))
    file.write_bytes(change(file.read_bytes()))
    said = door.run("--backend", "sqlite:///new.db", "restore", str(file))
    assert said.code == 1
    assert said.out == ""
    assert sentence in said.err
    assert re.fullmatch(r"error: .*\.\n(hint: .*\.\n)?", said.err), said.err
    assert not (door.root / "new.db").exists()


def test_any_byte_that_is_changed_is_seen(door: Door) -> None:
    made(door)
    file = door.root / "a"
    door.told("backup", str(file))
    content = file.read_bytes()
    for at in range(0, len(content), max(1, len(content) // 200)):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        said = door.run("--backend", "sqlite:///new.db", "restore", str(file))
        assert (said.code, said.out) == (1, ""), at
    assert not (door.root / "new.db").exists()


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo", "/dev/zero"])
def test_what_is_no_regular_file_is_one_sentence(door: Door, kind: str) -> None:
    target = door.root / "a" if not kind.startswith("/") else Path(kind)
    if kind == "folder":
        target.mkdir()
    elif kind == "fifo":
        os.mkfifo(target)
    said = door.run("restore", str(target))
    assert said.code == 1
    assert said.err.startswith(f"error: {target}: ")


# a failure at the very end


def failing(monkeypatch: pytest.MonkeyPatch, *, commits: bool) -> None:
    """Let the second commit fail, which is that of the rows, and be carried out or not; the first is of a trial."""
    rightly, seen = SqliteConnection.commit, []

    def commit(connection: SqliteConnection) -> None:
        tables = connection.execute("SELECT count(*) FROM runs").fetchone() if connection.version() else (0,)
        seen.append(tables[0])
        if tables[0] == 0 or len([count for count in seen if count]) == 1:
            rightly(connection)
            return
        if commits:
            rightly(connection)
        else:
            connection.roll_back()
        raise CommitError("The database failed at the commit: no answer.", "Look.")

    monkeypatch.setattr(SqliteConnection, "commit", commit)


def backed_up(door: Door) -> tuple[Ledger, str]:
    """A ledger and its backup."""
    ledger, file = made(door), str(door.root / "a")
    door.told("backup", file)
    return ledger, file


def test_a_commit_whose_answer_was_lost_is_looked_up(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, file = backed_up(door)
    failing(monkeypatch, commits=True)
    door.told("--backend", "sqlite:///new.db", "restore", file)
    assert dumped(ledger_at(door.root / "new.db")) == dumped(ledger)


def test_a_commit_that_did_not_take_place_is_told(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    _, file = backed_up(door)
    failing(monkeypatch, commits=False)
    said = door.run("--backend", "sqlite:///new.db", "restore", file)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: The database failed at the commit")
    assert ledger_at(door.root / "new.db").tenants() == ()


def test_where_nobody_can_see_what_became_of_it_that_is_told(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    _, file = backed_up(door)
    failing(monkeypatch, commits=True)
    monkeypatch.setattr(Ledger, "copied", lambda _: (_ for _ in ()).throw(OperatorError("nobody there")))
    said = door.run("--backend", "sqlite:///new.db", "restore", file)
    assert (said.code, said.out) == (5, "")
    assert said.err.startswith(f"error: Whether {file} was restored to sqlite:///new.db is unknown")


def test_those_who_write_at_the_same_time_make_no_backup_a_bad_one(
    door: Door, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = backed_up(door)
    door.told("--backend", server, "restore", file)
    # as if it had been empty when it was looked at
    monkeypatch.setattr(copying, "empty", lambda _: True)
    said = door.run("--backend", server, "restore", file)
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith("error: Others write into the ledger postgresql:///")


def test_snapshots_that_are_kept_go_to_a_server_in_portions_that_it_takes(
    door: Door, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = made(door)
    for text in ("a" * 3000, "b" * 3000, "c"):
        plan = ledger.run("contoso-1")
        assert plan is not None
        kept = Record(
            kind="observe", status="rejected", at="", actor=Actor("a"), digest="", plan=plan[1], document=text
        )
        with ledger.writing(taken(ledger)) as writing:
            writing.record(kept)
    file = str(door.root / "a")
    door.told("backup", file)
    sizes = []
    execute = psycopg.Cursor.execute

    def measured(cursor: Any, query: bytes, values: Any = None, **more: Any) -> Any:
        sizes.append(sum(len(value) for value in values or () if isinstance(value, str)))
        return execute(cursor, query, values, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", measured)
    monkeypatch.setattr(postgresql, "_LETTERS", 5000)
    door.told("--backend", server, "restore", file)
    assert 3000 < max(sizes) < 2 * 5000
    monkeypatch.undo()
    assert dumped(ledger_on(server)) == dumped(ledger)
