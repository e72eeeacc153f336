"""The databases in which a ledger may be; what a ledger promises is asked of each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from filled_ledgers import ledger_in, ledger_on
from postgresql_server import LACKING, REQUIRED, empty_database, programs
from tenantry.backends.ledger.ledger import Ledger


@pytest.fixture
def server_database() -> str:
    """The URL of an empty database; where no server is installed the test is skipped, unless it is required."""
    if programs() is None:
        pytest.fail(LACKING) if REQUIRED else pytest.skip(LACKING)
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
