"""The platforms whose pipelines are known, each by the variable that it sets on its runners."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Runner:
    """A platform: its name in options, and the one that people know."""

    forge: str
    name: str


RUNNERS: Mapping[str, Runner] = {
    "GITHUB_ACTIONS": Runner("github", "GitHub Actions"),
    "GITLAB_CI": Runner("gitlab", "GitLab CI"),
    "TF_BUILD": Runner("azure", "Azure Pipelines"),
}


def runner_here() -> Runner | None:
    """The platform on whose runner this is called; None elsewhere."""
    return next((runner for variable, runner in RUNNERS.items() if os.environ.get(variable)), None)
