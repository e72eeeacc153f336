"""What the runners of all three platforms do on their machine: read a pipeline, check out, run a shell, keep files."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from written_pipelines import Loader

SURROUNDINGS = {"LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""Variables of every shell: one language, and no git configuration of whoever runs the tests."""
STRICT = ("-e", "-o", "pipefail")
"""How GitHub and GitLab call bash; an agent of Azure Pipelines calls it without."""


@dataclass(kw_only=True)
class Job:
    """What became of a job."""

    status: str = "success"
    code: int = 0
    failed: str = ""
    log: str = ""
    summary: str = ""
    steps: dict[str, str] = field(default_factory=dict)

    def end_step(self, name: str, code: int) -> None:
        """Note how a step ended; the first that failed is the one that the job failed by."""
        self.steps[name] = "failure" if code else "success"
        if code and self.status == "success":
            self.status, self.code, self.failed = "failure", code, name


def statuses(jobs: Mapping[str, Any]) -> dict[str, str]:
    """What became of each job."""
    return {name: job.status for name, job in jobs.items()}


def pipeline_at(remote: Path, sha: str, path: str) -> dict[str, Any]:
    """A pipeline file as it stands at a commit."""
    shown = ["git", "-C", str(remote), "show", f"{sha}:{path}"]
    text = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
    data: dict[str, Any] = yaml.load(text, Loader)  # noqa: S506 - a safe loader
    return data


def check_out(remote: Path, sha: str, folder: Path) -> None:
    """A commit in a folder of its own."""
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "clone", "--quiet", str(remote), "."], check=True)
    subprocess.run([*git, "checkout", "--quiet", sha], check=True)


def keep(source: Path, kept: Path) -> None:
    """Copy a file or a folder, if it is there, into the folder of an artifact."""
    if source.is_dir():
        shutil.copytree(source, kept)
    elif source.exists():
        kept.mkdir(parents=True)
        shutil.copy(source, kept)


def bash(words: tuple[str, ...], folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run bash with nothing of this process about it; what it says to either stream is its output."""
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", *words],
        cwd=folder,
        env={**SURROUNDINGS, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
