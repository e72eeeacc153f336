"""The commit of a run is told as clean only where every file that was read is that of the commit."""

import shutil
import subprocess
from pathlib import Path

import pytest

from at_the_door import Door
from filled_ledgers import ledger_at
from tenantry.documents.data import packaged

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
CATALOG = packaged("nimbus.catalog.yaml").decode()
ROSTER = "upn,licenses\nada@x.example,companion\n"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace in a folder of a repository: what it is read from lies beside tenants/ too, and all is committed."""
    made = Door(tmp_path / "licenses", capsys)
    made.write("tenantry.yaml", "version: 1\ncatalog: my[a].catalog.yaml\n")
    made.write("my[a].catalog.yaml", CATALOG)
    made.write("tenants/contoso.yaml", "version: 1\nrosters: [{file: ../people/all.csv}]\n")
    made.write("people/all.csv", ROSTER)
    made.write("shared/lab.yaml", "version: 1\n")
    (made.root / "tenants/lab.yaml").symlink_to("../shared/lab.yaml")
    made.write("README.md", "Licenses\n")
    made.write(".gitignore", ".tenantry/\n")
    git(made, "init", "-q", "..")
    git(made, "config", "user.name", "Ada")
    git(made, "config", "user.email", "ada@x.example")
    git(made, "add", ".")
    git(made, "commit", "-qm", "Begin")
    return made


def git(door: Door, *words: str) -> str:
    asked = ["git", "-C", str(door.root), *words]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def marked(door: Door) -> bool:
    """Whether the commit of a run, which is told, bears the sign of files that differ."""
    door.told("observe", "contoso", "--state", "active")
    ledger = ledger_at(door.root / ".tenantry/ledger.db")
    try:
        told = ledger.runs()[0].commit
    finally:
        ledger.close()
    assert told is not None
    assert told.removesuffix("+") == git(door, "rev-parse", "HEAD")
    return told.endswith("+")


def test_a_workspace_as_it_was_committed_is_clean(door: Door) -> None:
    assert not marked(door)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tenantry.yaml", "version: 1\ncatalog: my[a].catalog.yaml\nguards: {}\n"),
        ("my[a].catalog.yaml", f"{CATALOG}# mine\n"),
        ("tenants/contoso.yaml", "version: 1\n"),
        ("tenants/new.yaml", "version: 1\n"),
        ("people/all.csv", f"{ROSTER}bob@x.example,none\n"),
        ("shared/lab.yaml", "version: 1\nusers: {ada@x.example: {licenses: []}}\n"),
    ],
)
def test_any_file_that_is_read_and_differs_is_told_by_a_plus(door: Door, path: str, content: str) -> None:
    door.write(path, content)
    assert marked(door)


@pytest.mark.parametrize("path", ["README.md", "people/notes.txt", "mya.catalog.yaml", "../elsewhere.yaml"])
def test_a_file_that_nothing_reads_may_differ(door: Door, path: str) -> None:
    door.write(path, "changed\n")
    assert not marked(door)


def test_a_file_that_nobody_committed_differs_whatever_settings_say_of_such_files(door: Door) -> None:
    git(door, "config", "status.showUntrackedFiles", "no")
    door.write("tenants/new.yaml", "version: 1\n")
    assert marked(door)


@pytest.mark.parametrize("path", ["tenants/new.yaml", "tenants/fabrikam/main.yaml", "people/all.csv"])
def test_a_file_that_git_is_told_to_ignore_differs_too(door: Door, path: str) -> None:
    git(door, "rm", "-q", "--cached", "people/all.csv")
    door.write(".gitignore", ".tenantry/\n*.csv\nfabrikam/\nnew.yaml\n")
    git(door, "add", ".gitignore")
    git(door, "commit", "-qm", "Ignore")
    ignored = door.root / "people/all.csv"
    if path != "people/all.csv":
        ignored.unlink()
        door.write("tenants/contoso.yaml", "version: 1\n")
        git(door, "commit", "-qam", "Need no roster")
        door.write(path, "version: 1\n")
    assert marked(door)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("tenants/fabrikam/rosters/a.txt", "rosters/a.txt"),
        ("tenants/fabrikam/rosters/A.CSV", "rosters/A.CSV"),
        ("lists/a.dat", "../../lists/a.dat"),
    ],
)
def test_a_roster_that_is_ignored_differs_whatever_its_name(door: Door, path: str, named: str) -> None:
    door.write(".gitignore", ".tenantry/\na.*\nA.*\n")
    door.write("tenants/fabrikam/main.yaml", f"version: 1\nrosters: [{{file: {named}}}]\n")
    git(door, "add", ".")
    git(door, "commit", "-qm", "Name a roster")
    assert not marked(door)
    door.write(path, ROSTER)
    assert marked(door)


def test_a_link_to_a_file_that_is_ignored_differs(door: Door) -> None:
    door.write(".gitignore", ".tenantry/\n*.tmpl\n")
    door.write("shared/t1.tmpl", "version: 1\n")
    (door.root / "tenants/t1.yaml").symlink_to("../shared/t1.tmpl")
    git(door, "add", ".")
    git(door, "commit", "-qm", "Link")
    assert marked(door)


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_a_file_at_which_git_is_told_not_to_look_counts_as_one_that_differs(door: Door, flag: str) -> None:
    git(door, "update-index", flag, "README.md")
    assert not marked(door)
    git(door, "update-index", flag, "tenants/contoso.yaml")
    door.write("tenants/contoso.yaml", "version: 1\n")
    assert marked(door)


def test_an_edit_in_a_repository_of_its_own_is_seen_whatever_settings_say(
    door: Door, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Door(tmp_path / "other", capsys)
    other.write("main.yaml", "version: 1\n")
    git(other, "init", "-q")
    git(other, "add", ".")
    git(other, "-c", "user.name=Ada", "-c", "user.email=ada@x.example", "commit", "-qm", "Begin")
    git(door, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.root), "tenants/t7")
    git(door, "config", "-f", "../.gitmodules", "submodule.licenses/tenants/t7.ignore", "all")
    git(door, "config", "diff.ignoreSubmodules", "all")
    git(door, "add", "..")
    git(door, "commit", "-qm", "Take in")
    assert not marked(door)
    door.write("tenants/t7/main.yaml", "version: 1\nusers: {}\n")
    assert marked(door)


def test_a_file_that_is_ignored_and_not_read_may_lie_beside_tenants(door: Door) -> None:
    door.write(".gitignore", ".tenantry/\n.DS_Store\n")
    git(door, "commit", "-qam", "Ignore")
    door.write("tenants/.DS_Store", "x")
    assert not marked(door)


def test_where_git_fails_nobody_knows_and_a_plus_says_so(door: Door) -> None:
    (door.root.parent / ".git/index").write_bytes(b"broken")
    assert marked(door)
    assert "git can't tell whether files differ from it" in door.run("doctor").out


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../x.csv", "../[x", "../-h", "../a\\\\b.csv", "../\\0", ".", "../", "../.."]
)
def test_a_path_that_leads_nowhere_leaves_the_commit_as_clean_as_it_is(door: Door, path: str) -> None:
    rosters = f'[{{file: "{path}"}}, {{file: [../x]}}, {{}}, x]'
    door.write("tenants/lost.yaml", f"version: 1\nrosters: {rosters}\n")
    door.write("tenants/odd.yaml", "version: 1\nrosters: 5 # ../x\n")
    door.write("tenants/list.yaml", "- ../x\n")
    git(door, "add", "tenants")
    git(door, "commit", "-qm", "Lost")
    door.write("README.md", "changed\n")
    assert not marked(door)


def test_without_a_workspace_the_commit_of_the_folder_is_told(door: Door) -> None:
    assert ", clean" in door.run("-C", str(door.root.parent), "doctor").out
