"""Where a ledger is made: its file is its owner's alone and no file to commit, under whatever name."""

from pathlib import Path

import pytest

from tenantry.cli.ledgers import Place


def made(root: Path, url: str) -> None:
    """Make a ledger, as the first apply does."""
    Place(root).make(url).close()


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o660, 0o400])
def test_an_empty_file_that_becomes_a_ledger_is_its_owner_s_alone(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "ledger.db"
    file.touch()
    file.chmod(mode)
    made(tmp_path, "sqlite:///ledger.db")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.stat().st_size > 0


def test_a_ledger_that_is_there_keeps_the_mode_that_its_owner_gave_it(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    made(tmp_path, "sqlite:///ledger.db")
    file.chmod(0o640)
    made(tmp_path, "sqlite:///ledger.db")
    assert file.stat().st_mode & 0o777 == 0o640
