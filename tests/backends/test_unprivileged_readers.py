"""Whoever may read a ledger's folder and not write it, while somebody else writes: what he sees is of one moment."""

import contextlib
import fcntl
import os
import re
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from filled_ledgers import TENANT, carry_out, filled, grant, ledger_in
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.sqlite import SqliteFile
from tenantry.cli import ledger_files
from tenantry.cli.ledger_files import looks
from tenantry.cli.ledgers import Place
from tenantry.errors import BusyError, OperatorError

URL = "sqlite:///.tenantry/ledger.db"
AT_ONCE = 15
SECONDS = 3
NOBODY = 65534


@pytest.fixture
def root() -> Iterator[Path]:
    """A workspace that everybody may enter, as those of other tests aren't."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        ledger = ledger_in(folder)
        filled(ledger)
        ledger.close()
        folder.joinpath(".tenantry/ledger.db").chmod(0o644)
        yield folder


def forked(act: Callable[[], object]) -> int:
    """Do something in a process of its own; its number."""
    pid = os.fork()
    if pid == 0:
        try:
            act()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever it is, this process ends here
            traceback.print_exc()
        finally:
            os._exit(1)
    return pid


def without_rights() -> None:
    """From now on this process may not write the folder: it is nobody's, or is told so where it wasn't root's."""
    if os.geteuid() != 0:
        os.access = lambda _, mode, **__: mode != os.W_OK
        return
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def writing(root: Path, until: float) -> None:
    """Open, write and close, again and again, as one apply after the other does."""
    number = 0
    while time.monotonic() < until:
        names = [f"user:{number}_{at}@x.example" for at in range(AT_ONCE)]
        ledger = ledger_in(root)
        carry_out(ledger, [grant(name, "email", step=at) for at, name in enumerate(names)], newcomers=names)
        ledger.close()
        number += 1
        time.sleep(0.01 * (number % 4))


def seen(ledger: Ledger) -> str:
    """What is wrong with what somebody sees."""
    state = ledger.read(TENANT)
    given = sum("email" in holder.licenses for holder in state.holders["user"].values())
    if given != AT_ONCE * (state.revision - 1):
        return f"torn: {given} at revision {state.revision}"
    return "sound"


def reading(root: Path, until: float, told: Path) -> None:
    """Open, read and close, again and again; what was seen, and how often."""
    without_rights()
    found: Counter[str] = Counter()
    while time.monotonic() < until:
        try:
            ledger = Place(root).reading(URL)
            assert isinstance(ledger, Ledger)
            found[seen(ledger)] += 1
            ledger.close()
        except Exception as error:  # noqa: BLE001 - each is told
            found[repr(error)] += 1
    told.write_text("\n".join(f"{count} x {what}" for what, count in found.items()), "utf-8")


def test_whoever_may_not_write_the_folder_reads_one_moment_however_somebody_writes(root: Path) -> None:
    until = time.monotonic() + SECONDS
    told = root / "told"
    told.touch(mode=0o666)
    told.chmod(0o666)
    processes = [
        forked(lambda: writing(root, until)),
        forked(lambda: reading(root, until, told)),
    ]
    assert [os.waitpid(pid, 0)[1] for pid in processes] == [0, 0]
    assert re.fullmatch("[0-9]+ x sound", told.read_text("utf-8"))
    ledger = ledger_in(root)
    assert ledger.read(TENANT).revision > 2
    assert ledger.faults() == []
    ledger.close()


def path_in(root: Path) -> Path:
    return root / ".tenantry/ledger.db"


def reader_of(root: Path, looked: Callable[[str], Generator[Callable[[], bool] | None, None, None]] = looks) -> Ledger:
    """The ledger for somebody who looks at its file before he reads it."""
    return Ledger(SqliteFile(path=str(path_in(root)), where=URL, looks=looked))


def test_a_copy_of_what_did_not_stand_still_is_thrown_away(root: Path) -> None:
    answers = [False, True]
    asked = 0

    def moving(_: str) -> Generator[Callable[[], bool], None, None]:
        nonlocal asked
        for answer in answers:
            asked += 1
            yield lambda answer=answer: answer  # type: ignore[misc] # of each its own

    reader = reader_of(root, moving)
    assert reader.tenants() == (TENANT,)
    assert asked == 2
    reader.close()
    path_in(root).write_bytes(path_in(root).read_bytes()[:6000])
    answers[:] = [False, False]
    with pytest.raises(BusyError, match="is locked by another process"):
        reader_of(root, moving).tenants()


def test_damage_of_a_file_that_stands_still_is_told_at_once(root: Path) -> None:
    path_in(root).write_bytes(path_in(root).read_bytes()[:6000])
    with pytest.raises(OperatorError, match="is damaged") as told:
        reader_of(root).tenants()
    assert told.value.hint == "Put a backup in its place."


def test_a_file_that_is_gone_or_kept_from_somebody_is_one_sentence(root: Path) -> None:
    path_in(root).unlink()
    with pytest.raises(OperatorError, match="can't be used: no such file or directory"):
        reader_of(root).tenants()


def test_while_somebody_looks_whoever_writes_leaves_his_log_by_which_it_is_seen(root: Path) -> None:
    with contextlib.closing(looks(str(path_in(root)))) as looking:
        stands = next(looking)
        assert stands is not None
        assert stands()
        assert os.waitpid(forked(lambda: writing(root, time.monotonic() + 0.01)), 0)[1] == 0
        assert path_in(root).with_name("ledger.db-wal").exists()
        assert not stands()
        assert next(looking) is None
    reader = reader_of(root)
    assert reader.read(TENANT).revision > 1
    reader.close()


def test_a_change_by_somebody_who_knows_no_locks_is_seen(root: Path) -> None:
    with contextlib.closing(looks(str(path_in(root)))) as looking:
        stands = next(looking)
        assert stands is not None
        os.utime(path_in(root), ns=(0, 0))
        assert not stands()


def test_whoever_keeps_readers_out_is_waited_for_and_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_files, "_PATIENCE", 0.1)
    there, gone = os.pipe()

    def keep() -> None:
        with path_in(root).open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX, 510, 0x4000_0002)  # as SQLite does while it carries a log over
            os.write(gone, b"x")
            time.sleep(60)

    pid = forked(keep)
    os.read(there, 1)
    try:
        with pytest.raises(BusyError, match="is locked by another process"):
            reader_of(root).tenants()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert reader_of(root).tenants() == (TENANT,)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs somebody else")
@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_whoever_may_not_read_what_belongs_to_a_ledger_is_told_which_file_that_is(root: Path, end: str) -> None:
    ledger = ledger_in(root)
    carry_out(ledger, tenant="fabrikam")
    for beside in ("-wal", "-shm"):
        path_in(root).with_name(f"ledger.db{beside}").chmod(0o644)
    path_in(root).with_name(f"ledger.db{end}").chmod(0o600)

    def refused() -> None:
        without_rights()
        with pytest.raises(OperatorError, match=f"can't be used: permission denied to read ledger.db{end}[.]"):
            Place(root).reading(URL).tenants()

    assert os.waitpid(forked(refused), 0)[1] == 0
    ledger.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs somebody else")
def test_a_log_that_was_left_without_its_index_is_one_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As somebody leaves it who copies both."""
    monkeypatch.setattr(ledger_files, "_PATIENCE", 0.1)
    log = path_in(root).with_name("ledger.db-wal")
    ledger = ledger_in(root)
    carry_out(ledger, tenant="fabrikam")
    held = log.read_bytes()
    ledger.close()
    log.write_bytes(held)

    def read() -> None:
        without_rights()
        assert Place(root).reading(URL).tenants() == (TENANT, "fabrikam")

    def refused() -> None:
        with pytest.raises(OperatorError, match="its log has to be put in order first"):
            read()

    assert os.waitpid(forked(refused), 0)[1] == 0
    assert Place(root).reading(URL).tenants() == (TENANT, "fabrikam")
    assert os.waitpid(forked(read), 0)[1] == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs somebody else")
def test_whoever_makes_the_index_of_a_log_anew_keeps_nobody_from_reading(root: Path) -> None:
    """SQLite tells those who only read that they can't, for as long as that takes, also where they have read before."""
    log, index = path_in(root).with_name("ledger.db-wal"), path_in(root).with_name("ledger.db-shm")
    ledger = ledger_in(root)
    carry_out(ledger, tenant="fabrikam")
    held = log.read_bytes(), index.read_bytes()
    ledger.close()
    log.write_bytes(held[0])
    index.write_bytes(held[1])
    (opened, begin), (begun, go) = os.pipe(), os.pipe()

    def make() -> None:
        with index.open("r+b") as file:  # as SQLite does for who is the first to open a log
            os.read(opened, 1)
            fcntl.lockf(file, fcntl.LOCK_EX, 1, 128)
            file.truncate(3)
            fcntl.lockf(file, fcntl.LOCK_SH, 1, 128)
            os.write(go, b"x")
            time.sleep(0.3)
            ledger_in(root).tenants()

    def read() -> None:
        without_rights()
        before, after = Place(root).reading(URL), Place(root).reading(URL)
        assert before.tenants() == (TENANT, "fabrikam")
        os.write(begin, b"x")
        os.read(begun, 1)
        assert before.tenants() == (TENANT, "fabrikam")
        assert after.tenants() == (TENANT, "fabrikam")

    assert [os.waitpid(pid, 0)[1] for pid in (forked(read), forked(make))] == [0, 0]
