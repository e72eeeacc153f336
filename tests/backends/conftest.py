"""The databases in which a ledger may be; what a ledger promises is asked of each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from filled_ledgers import ledger_in, ledger_on
from postgresql_server import a_server_is_needed, empty_database
from tenantry.backends.ledger.ledger import Ledger


@pytest.fixture
def server_database() -> str:
    """The URL of an empty database; where no server is installed the test is skipped, unless it is required."""
    a_server_is_needed()
    return empty_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger, in each kind of database."""
    if request.param == "sqlite":
        made = ledger_in(tmp_path)
    else:
        made = ledger_on(request.getfixturevalue("server_database"), makes=True, write=True)
    yield made
    made.close()
