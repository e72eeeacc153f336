"""A ledger whose file is replaced while a command has it open: nothing is written to what nobody sees any more."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from filled_ledgers import TENANT, carry_out, first_run, taken
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.sqlite import SqliteFile
from tenantry.cli.ledgers import Place
from tenantry.errors import PlanAgainError

URL = "sqlite:///ledger.db"
REPLACED = "The file of the ledger sqlite:///ledger.db was replaced while it was open; nothing was written."


@pytest.fixture
def opened(tmp_path: Path) -> Ledger:
    """A ledger that a command has open."""
    ledger = Place(tmp_path).make(URL)
    first_run(ledger)
    ledger.close()  # so that all of it is in its file
    assert ledger.tenants() == (TENANT,)
    return ledger


def replaced(root: Path) -> None:
    """Take the file away and make another ledger of the same content in its place, as `restore` does."""
    file = root / "ledger.db"
    file.rename(root / "removed.db")
    with contextlib.closing(Place(root).make(URL)) as made:
        first_run(made)


def revision(root: Path, name: str) -> int | None:
    """Which revision a file holds."""
    with contextlib.closing(SqliteFile(path=str(root / name), where=name).connect(write=False)) as found:
        number: int = found.execute("SELECT revision FROM tenants").fetchone()[0]
    return number


def test_a_change_that_begins_after_the_file_was_replaced_is_refused(tmp_path: Path, opened: Ledger) -> None:
    replaced(tmp_path)
    with pytest.raises(PlanAgainError) as told:
        carry_out(opened)
    opened.close()
    assert (str(told.value), told.value.hint) == (REPLACED, "Plan again.")
    assert [revision(tmp_path, name) for name in ("ledger.db", "removed.db")] == [1, 1]


@pytest.mark.parametrize("change", [replaced, lambda root: (root / "ledger.db").rename(root / "removed.db")])
def test_a_change_during_which_the_file_is_replaced_or_taken_away_is_undone(
    tmp_path: Path, opened: Ledger, change: Callable[[Path], None]
) -> None:
    def write() -> None:
        with opened.writing(taken(opened)) as writing:
            writing.note_contract({"companion": 99})
            change(tmp_path)

    with pytest.raises(PlanAgainError, match="was replaced"):
        write()
    assert not opened._connection.in_transaction  # noqa: SLF001 - tests look behind the door
    assert opened.read(TENANT).revision == 1
    opened.close()
    assert revision(tmp_path, "removed.db") == 1


def test_whoever_opens_it_anew_writes_to_the_new_one(tmp_path: Path, opened: Ledger) -> None:
    replaced(tmp_path)
    opened.close()
    carry_out(opened, contingency={"companion": 11})
    opened.close()
    assert revision(tmp_path, "ledger.db") == 2
