"""Files that are no ledger of ours, can't be written, are full, or belong to somebody else just now."""

import contextlib
import os
import re
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.threats.threatened import ADA, CONTOSO, Workspace, command

from tenantry.backends.ledger.ledger import Ledger

HEAD = "version: 1\ncontract: {contingency: {companion: 9}}\n"


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    """A workspace whose ledger holds one license, and whose files ask for another one."""
    workspace.write(CONTOSO, f"{HEAD}users: {{{ADA}: {{licenses: [companion]}}}}\n")
    assert workspace.run("apply", "--auto-approve").code == 0
    workspace.write(CONTOSO, f"{HEAD}users: {{bob@contoso.example: {{licenses: [companion]}}}}\n")
    return workspace


def at(workspace: Workspace) -> Path:
    return workspace.root / ".tenantry/ledger.db"


def _theirs(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE theirs (a)")
        made.commit()


def _pragma(text: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as opened:
            opened.execute(f"PRAGMA {text}")

    return change


def _cut(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size // 2)


NONE_OF_OURS: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("this is no database\n" * 400),
    "zeros": lambda path: path.write_bytes(bytes(8192)),
    "somebody else's database": _theirs,
    "of another application": _pragma("application_id = 252006673"),
    "of a newer version": _pragma("user_version = 99"),
    "half of it": _cut,
    "a page of it written over": lambda path: path.write_bytes(
        path.read_bytes()[:4096] + b"\xff" * 4096 + path.read_bytes()[8192:]
    ),
    "letters of its schema that are none": lambda path: path.write_bytes(
        path.read_bytes().replace(b"CREATE TABLE observations", b"CREATE T\xe8BLE observations")
    ),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "a device": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    "a link to nowhere": lambda path: (path.unlink(), path.symlink_to("gone/ledger.db")),
}


@pytest.mark.parametrize("what", NONE_OF_OURS)
def test_what_is_no_ledger_is_one_sentence_and_stays_as_it_is(applied: Workspace, what: str) -> None:
    NONE_OF_OURS[what](at(applied))
    before = at(applied).read_bytes() if at(applied).is_file() else None
    for words in (("plan",), ("apply", "--auto-approve"), ("report",)):
        if what == "a link to nowhere" and words != ("apply", "--auto-approve"):
            continue  # to read it is to find nothing
        said = applied.run(*words, within=5)
        assert said.code == 1, said.all
        told = [line for line in said.all.splitlines() if line.startswith(("error: ", "contoso: The ledger"))]
        assert len(told) == 1, said.all
    if before is not None:
        assert at(applied).read_bytes() == before


@pytest.mark.parametrize("what", ["text", "of a newer version", "a pipe"])
def test_the_command_itself_ends_with_one_sentence(applied: Workspace, what: str) -> None:
    NONE_OF_OURS[what](at(applied))
    for verb in (("plan",), ("apply", "--auto-approve")):
        said = command(applied.root, *verb)
        assert said.code == 1
        assert re.fullmatch(r"error: [^\n]+\.\n(hint: [^\n]+\n)?", said.err), said.err


def test_on_a_full_disk_nothing_is_written_and_nothing_is_lost(applied: Workspace) -> None:
    """No file may grow by a byte more, as on a disk that is full."""
    held = applied.run("export", "contoso").out

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    done = subprocess.run(
        [str(Path(sys.executable).with_name("tenantry")), "-C", str(applied.root), "apply", "--auto-approve"],
        preexec_fn=full,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert applied.run("export", "contoso").out == held
    assert applied.run("apply", "--auto-approve").code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_in_a_folder_that_is_read_only_it_is_read_and_not_written(applied: Workspace) -> None:
    folder = at(applied).parent
    folder.chmod(0o500)
    at(applied).chmod(0o400)
    try:
        assert command(applied.root, "plan").code == 0
        said = command(applied.root, "apply", "--auto-approve")
        assert said.code == 1
        assert "can't be written" in said.all
    finally:
        folder.chmod(0o700)


def test_a_database_that_somebody_holds_is_told_with_4(applied: Workspace) -> None:
    held = applied.run("export", "contoso").out
    other = sqlite3.connect(at(applied), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        said = command(applied.root, "apply", "--auto-approve")
    finally:
        other.close()
    assert said.code == 4
    assert "locked by another process" in " ".join(said.all.split())
    assert applied.run("export", "contoso").out == held


def test_a_lock_that_somebody_holds_is_told_with_4_and_with_who(applied: Workspace) -> None:
    with contextlib.closing(sqlite3.connect(at(applied))) as other:
        other.execute(
            "UPDATE locks SET owner = 'eve', host = 'elsewhere', pid = 1,"
            " taken_at = strftime('%s', 'now'), expires_at = strftime('%s', 'now') + 60"
        )
        other.commit()
    said = command(applied.root, "apply", "--auto-approve")
    assert said.code == 4
    assert "held by eve" in " ".join(said.all.split())


def test_a_ledger_that_is_replaced_while_it_is_applied_to_is_told_with_4(
    applied: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, changed = Ledger.take, []

    def late(ledger: Ledger, *words: Any) -> Any:
        if not changed:
            at(applied).rename(applied.root / "removed.db")
            changed.append(shutil.copy(applied.root / "removed.db", at(applied)))
        return take(ledger, *words)

    monkeypatch.setattr(Ledger, "take", late)
    said = applied.run("apply", "--auto-approve")
    assert said.code == 4
    assert "was replaced while it was open; nothing was written" in " ".join(said.all.split())
    monkeypatch.undo()
    assert applied.run("plan", "--detailed-exitcode").code == 2
    assert applied.run("apply", "--auto-approve").code == 0


# who may read it


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o007])
def test_whatever_the_umask_ledger_and_log_are_their_owner_s_alone(workspace: Workspace, umask: int) -> None:
    workspace.write(CONTOSO, f"{HEAD}users: {{{ADA}: {{licenses: [companion]}}}}\n")
    before = os.umask(umask)
    try:
        assert workspace.run("observe", "contoso", "--state", "active").code == 0
        with contextlib.closing(sqlite3.connect(at(workspace))) as reader:
            reader.execute("SELECT count(*) FROM runs").fetchall()  # as long as it is open the log stays beside it
            assert workspace.run("apply", "--auto-approve").code == 0
            found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in at(workspace).parent.glob("ledger.db*")}
    finally:
        os.umask(before)
    assert found == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600)


@pytest.mark.parametrize("words", [("init", "new"), ("apply", "--auto-approve", "--backend", "sqlite:///deep/er/l.db")])
def test_a_ledger_that_a_command_makes_is_its_owner_s_alone(workspace: Workspace, words: tuple[str, ...]) -> None:
    workspace.write(CONTOSO, f"{HEAD}users: {{{ADA}: {{licenses: [companion]}}}}\n")
    before = os.umask(0)
    try:
        assert workspace.run(*words, within=5).code == 0
    finally:
        os.umask(before)
    found = list(workspace.root.rglob("*.db*"))
    assert found
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o027, 0o640)])
def test_what_was_asked_for_has_the_mode_that_the_umask_says(workspace: Workspace, umask: int, mode: int) -> None:
    """A saved plan is handed on, to a job of another user too: whoever wants it for himself says so by the umask."""
    workspace.write(CONTOSO, f"{HEAD}users: {{{ADA}: {{licenses: [companion]}}}}\n")
    plan, page, state = (workspace.root / name for name in ("plan.json", "page.md", "state.json"))
    before = os.umask(umask)
    try:
        assert workspace.run("plan", "--out", str(plan), "--format", f"markdown={page}").code == 0
        assert workspace.run("apply", str(plan)).code == 0
        assert workspace.run("export", "contoso", "--out", str(state)).code == 0
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (plan, page, state)] == [mode] * 3


def test_a_ledger_that_is_a_link_is_the_one_that_it_leads_to(applied: Workspace, tmp_path: Path) -> None:
    """A link on the owner's own disk is the owner's word; what it leads to is looked at like any other file."""
    shutil.move(at(applied), tmp_path / "ledger.db")
    at(applied).symlink_to(tmp_path / "ledger.db")
    assert applied.run("apply", "--auto-approve").code == 0
    assert at(applied).is_symlink()
    assert json_users(applied) == {ADA, "bob@contoso.example"}


def json_users(workspace: Workspace) -> set[str]:
    """Whom the ledger knows."""
    with contextlib.closing(sqlite3.connect(at(workspace))) as reader:
        return {row[0] for row in reader.execute("SELECT key FROM holders")}
