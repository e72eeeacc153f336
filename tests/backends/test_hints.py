"""What a ledger refuses, or can't do, says what to do next."""

import sqlite3
from pathlib import Path

import pytest

from tenantry.backends.ledger.database import commit_failed, refused_write
from tenantry.backends.ledger.migrations import newer
from tenantry.backends.ledger.sqlite import SqliteFile
from tenantry.errors import TenantryError

TOLD = [
    (refused_write("here", "why"), "The ledger here refused a write", "Plan again."),
    (commit_failed(ValueError("a\n b.")), "The database failed at the commit: a b.", "Look at `tenantry history`."),
    (newer("here", 9), "The ledger here was written by a newer tenantry (version 9", "Install the newer tenantry."),
]


@pytest.mark.parametrize(("error", "message", "hint"), TOLD)
def test_an_error_of_a_ledger_says_what_is_wrong_and_what_to_do(error: TenantryError, message: str, hint: str) -> None:
    assert str(error).startswith(message)
    assert error.hint == hint


def test_a_file_of_others_is_to_be_named_rightly(tmp_path: Path) -> None:
    path = tmp_path / "others.db"
    with sqlite3.connect(path) as others:
        others.execute("CREATE TABLE things (id)")
    others.close()
    with pytest.raises(TenantryError, match="is a database, but not a ledger") as told:
        SqliteFile(path=str(path), where="here").connect(write=False)
    assert told.value.hint == "Name the right file."
