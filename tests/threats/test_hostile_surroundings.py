"""What a repository brings beside its files: settings of git that would run, names that would speak to a pipeline."""

import subprocess
from pathlib import Path

import pytest
from threatened import CONTOSO, Workspace, command

COMMANDS = (["doctor"], ["plan"], ["apply", "--auto-approve"])


def repository(root: Path) -> None:
    """Make a folder a repository with a commit of all that is in it."""
    who = ("-c", "user.name=eve", "-c", "user.email=eve@x.example")
    for words in (("init", "--quiet"), ("add", "."), (*who, "commit", "--quiet", "--message", "Begin")):
        subprocess.run(["git", "-C", str(root), *words], check=True)  # noqa: S607 - whichever git there is


def runs(root: Path, core: str) -> None:
    """Let settings of git run something as soon as git believes them."""
    with (root / "config").open("a", encoding="utf-8") as settings:
        settings.write(f"[core]\n{core.replace(chr(39), chr(34))}")


def test_a_folder_that_looks_like_a_repository_of_git_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace(tmp_path, capsys)
    workspace.write(CONTOSO, "version: 1\n")
    repository(workspace.root)
    for part in (workspace.root / ".git").iterdir():  # git lets nobody commit a .git, and anybody what is in it
        part.rename(workspace.root / part.name)
    (workspace.root / ".git").rmdir()
    runs(workspace.root, f"\tbare = false\n\tworktree = ..\n\tfsmonitor = 'touch {tmp_path}/ran; false'\n")
    for words in COMMANDS:
        command(workspace.root, *words)
    assert not (tmp_path / "ran").exists()


def test_a_repository_whose_settings_watch_its_files_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace(tmp_path, capsys)
    workspace.write(CONTOSO, "version: 1\n")
    repository(workspace.root)
    runs(workspace.root / ".git", f"\tfsmonitor = 'touch {tmp_path}/ran; false'\n")
    for words in COMMANDS:
        command(workspace.root, *words)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("hostile", ["##vso[task.complete result=Succeeded]x", "::error::x"])
def test_the_place_of_a_ledger_is_no_command_of_a_pipeline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hostile: str
) -> None:
    workspace = Workspace(tmp_path, capsys)
    workspace.write("tenantry.yaml", f'version: 1\nbackend: "sqlite:///{hostile}/ledger.db"\n')
    workspace.write(CONTOSO, "version: 1\n")
    for words in (*COMMANDS, ["backup", str(tmp_path / "a")], ["history"], ["observe", "contoso", "--state", "active"]):
        said = command(workspace.root, *words)
        assert said.code == 0, said.all
        assert "##" not in said.all
        assert "::" not in said.all
