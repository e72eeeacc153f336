"""The hook for pre-commit, tried through pre-commit itself: it installs the hook from a commit of this repository."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenantry.cli.door import run

ROOT = Path(__file__).parent.parent.parent
# what the package is built from, and the hook
PARTS = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "src", "schemas")
PARTS += ("tenantry.yaml", "tenants", "snapshots")
PRE_COMMIT = Path(sys.executable).parent / "pre-commit"


@dataclass
class Desk:
    """A workspace in a repository in which the hook is installed."""

    folder: Path
    cache: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        who = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@x.example"}
        who |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@x.example"}
        env = {**os.environ, **who, "PRE_COMMIT_HOME": str(self.cache)}
        del env["PYTHONPATH"]  # what is installed comes from where packages come from, which the guard of sockets bars
        return subprocess.run(words, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def commit(self) -> subprocess.CompletedProcess[str]:
        self.run("git", "add", "--all")
        return self.run("git", "commit", "--message", "Change licenses")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("hook")
    source = folder / "tenantry"
    source.mkdir()
    for name in PARTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    desk = Desk(source, folder / "cache")
    desk.run("git", "init", "--quiet")
    assert desk.commit().returncode == 0
    commit = desk.run("git", "rev-parse", "HEAD").stdout.strip()

    desk = Desk(folder / "licenses", folder / "cache")
    assert run(["init", str(desk.folder)]) == 0
    config = f"repos:\n  - repo: {source}\n    rev: {commit}\n    hooks:\n      - id: tenantry-validate\n"
    (desk.folder / ".pre-commit-config.yaml").write_text(config)
    desk.run("git", "init", "--quiet")
    installed = desk.run(str(PRE_COMMIT), "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout
    assert desk.commit().returncode == 0
    return desk


@pytest.mark.slow
def test_a_file_with_a_mistake_can_not_be_committed_and_is_told_with_its_place(desk: Desk) -> None:
    tenant = desk.folder / "tenants/example.yaml"
    written = tenant.read_text()
    tenant.write_text(f"{written}profiles: {{a: {{licenses: [companyon]}}}}\n")
    refused = desk.commit()
    assert refused.returncode == 1
    assert "tenantry validate" in refused.stderr
    assert f"tenants/example.yaml:{len(written.splitlines()) + 1}:" in refused.stderr
    assert "companion" in refused.stderr  # the hint
    tenant.write_text(f"{written}profiles: {{a: {{licenses: [companion]}}}}\n")
    assert desk.commit().returncode == 0


@pytest.mark.slow
def test_files_that_are_no_tenant_s_are_not_checked(desk: Desk) -> None:
    (desk.folder / "notes.md").write_text("Ask Ada.\n")
    (desk.folder / "my-tenantry.yaml.txt").write_text("no workspace\n")
    (desk.folder / "old").mkdir()
    (desk.folder / "old/tenantry.yaml").write_text("{{{")
    done = desk.commit()
    assert done.returncode == 0
    assert "(no files to check)Skipped" in done.stderr


@pytest.mark.slow
def test_all_files_pass_at_any_time(desk: Desk) -> None:
    done = desk.run(str(PRE_COMMIT), "run", "--all-files", "--verbose")
    assert done.returncode == 0
    assert "tenantry validate" in done.stdout
    assert "Passed" in done.stdout
