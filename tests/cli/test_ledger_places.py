"""Where a ledger is made: its file is its owner's alone and no file to commit, under whatever name."""

import os
import subprocess
from pathlib import Path

import pytest

from tenantry.cli.ledgers import Place
from tenantry.errors import AuthorError

OWN = "sqlite:///.tenantry/"


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


NAMES = ("ledger.db", "prod.db", "a b.db", "#1.db", "!x.db", "[ab]*?.db", "back\\slash.db", "zürich.db", " .db ")


def unknown_to_git(root: Path) -> list[str]:
    """What git would add."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout  # noqa: S607 - whichever git there is

    git("init", "--quiet")
    return git("status", "--porcelain", "--untracked-files=all").splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_name_of_a_ledger_in_the_own_folder_git_is_told_to_ignore_it_and_its_log(
    tmp_path: Path, name: str
) -> None:
    made(tmp_path, f"{OWN}{name}")
    (tmp_path / ".tenantry" / f"{name}-wal").touch()
    assert unknown_to_git(tmp_path) == ["?? .tenantry/.gitignore"]


def test_what_stands_in_a_gitignore_stays_and_each_ledger_gets_one_line(tmp_path: Path) -> None:
    ignoring = tmp_path / ".tenantry/.gitignore"
    ignoring.parent.mkdir()
    ignoring.write_bytes(b"mine\r\nyours")
    for name in ("ledger.db", "prod.db", "prod.db"):
        made(tmp_path, f"{OWN}{name}")
    assert ignoring.read_bytes() == b"mine\r\nyours\nledger.db*\nprod.db*\n"


def test_a_gitignore_of_everything_is_left_alone(tmp_path: Path) -> None:
    ignoring = tmp_path / ".tenantry/.gitignore"
    ignoring.parent.mkdir()
    ignoring.write_text("*\n")
    made(tmp_path, f"{OWN}prod.db")
    assert ignoring.read_text() == "*\n"


def test_a_gitignore_that_is_no_file_is_left_alone_and_no_link_followed(tmp_path: Path) -> None:
    folder = tmp_path / ".tenantry"
    folder.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs\n")
    ignoring = folder / ".gitignore"
    ignoring.symlink_to(elsewhere)
    made(tmp_path, f"{OWN}prod.db")
    assert elsewhere.read_text() == "theirs\n"
    ignoring.unlink()
    os.mkfifo(ignoring)
    made(tmp_path, f"{OWN}test.db")  # and it isn't waited for
    assert ignoring.is_fifo()


@pytest.mark.parametrize("url", ["sqlite:///x\udcff.db", "postgresql://host/x\udcff"])
def test_a_url_that_is_no_text_is_one_sentence(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER", url)
    for place, written in ((Place(tmp_path, url), OWN), (Place(tmp_path), "env:LEDGER")):
        with pytest.raises(AuthorError, match="The URL of the backend isn't UTF-8") as told:
            place.reading(written)
        assert told.value.hint.startswith("Write the URL like sqlite:///")
    assert list(tmp_path.iterdir()) == []
