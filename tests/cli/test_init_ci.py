"""init --ci: the files of a pipeline, beside whatever is there."""

import subprocess
from pathlib import Path

import pytest
from written_pipelines import FOLDERS, new_workspace, pipelines

from tenantry import __version__
from tenantry.cli.door import run

NAMES = {
    "github": ["tenantry-apply", "tenantry-drift", "tenantry-report", "tenantry-review"],
    "azure": ["tenantry-apply", "tenantry-review", "tenantry-watch"],
    "gitlab": ["tenantry"],
}


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True)  # noqa: S607


@pytest.mark.parametrize("platform", FOLDERS)
def test_a_new_workspace_has_its_pipeline(platform: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = new_workspace(tmp_path / "new", platform)
    files = pipelines(workspace, platform)
    assert list(files) == NAMES[platform]
    told = capsys.readouterr().out
    assert "wrote tenants/example.yaml" in told
    for path in files.values():
        assert f"wrote {path.relative_to(workspace).as_posix()}\n" in told
        text = path.read_text()
        assert "@{" not in text
        assert text.count(f'"tenantry[postgres]=={__version__}"\n') >= 1
    assert "to do, since no file can set it: " in told


@pytest.mark.parametrize("platform", FOLDERS)
def test_no_file_is_overwritten_and_what_is_missing_is_written(
    platform: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = new_workspace(tmp_path / "new", platform)
    first, *others = pipelines(workspace, platform).values()
    first.write_text("# mine\n")
    for other in others:
        other.unlink()
    capsys.readouterr()
    assert run(["init", str(workspace), "--ci", platform]) == 0
    told = capsys.readouterr().out
    assert first.read_text() == "# mine\n"
    assert f"kept {first.relative_to(workspace).as_posix()}\n" in told
    for other in others:
        assert f"wrote {other.relative_to(workspace).as_posix()}\n" in told
        assert "tenantry" in other.read_text()
    assert "nothing but its schemas, its ledger and the pipeline was looked at" in told


def test_a_pipeline_of_gitlab_that_is_there_is_left_alone_and_told_what_to_include(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("build: {script: [make]}\n")
    new_workspace(tmp_path, "gitlab")
    assert "include: [{local: .gitlab/tenantry.yml}]" in capsys.readouterr().out
    (tmp_path / ".gitlab-ci.yml").write_text("include: [{local: .gitlab/tenantry.yml}]\n")
    assert run(["init", str(tmp_path), "--ci", "gitlab"]) == 0
    told = capsys.readouterr().out
    assert "kept .gitlab-ci.yml" in told
    assert "to do: include" not in told


def test_a_pipeline_below_the_root_of_a_repository_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tmp_path, "init", "--quiet")
    assert run(["init", str(tmp_path / "licenses/here"), "--ci", "github"]) == 1
    assert "a pipeline runs at the root of a repository" in capsys.readouterr().err
    assert not (tmp_path / "licenses").exists()


def test_the_pipeline_applies_what_comes_to_the_branch_that_the_remote_is_on(tmp_path: Path) -> None:
    new_workspace(tmp_path, "github")
    git(tmp_path, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/live")
    apply = pipelines(tmp_path, "github")["tenantry-apply"]
    assert "branches: [main]" in apply.read_text()
    apply.unlink()
    run(["init", str(tmp_path), "--ci", "github"])
    assert "branches: [release/live]" in apply.read_text()


@pytest.mark.parametrize("name", ["odd]name", "a,b", "'q", "#x"])
def test_a_branch_whose_name_would_break_the_file_is_not_taken(name: str, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "symbolic-ref", "refs/remotes/origin/HEAD", f"refs/remotes/origin/{name.replace(']', '}')}")
    run(["init", str(tmp_path), "--ci", "github"])
    assert "branches: [main]" in pipelines(tmp_path, "github")["tenantry-apply"].read_text()


def test_a_platform_that_nobody_knows_is_a_usage_error(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path), "--ci", "jenkins"]) == 64
    assert list(tmp_path.iterdir()) == []


def test_a_second_platform_is_told_that_both_would_apply(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = new_workspace(tmp_path / "new", "azure")
    assert "is there too" not in capsys.readouterr().out
    assert run(["init", str(workspace), "--ci", "gitlab"]) == 0
    assert "to do: azure-pipelines/tenantry-apply.yml is there too, and each pipeline" in capsys.readouterr().out
