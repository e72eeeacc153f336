"""What `init --ci` writes, as data: files in a repository of their own, and the shell scripts in them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tenantry.cli.door import run

ROOT = Path(__file__).parent.parent.parent
FOLDERS = {"github": ".github/workflows", "azure": "azure-pipelines", "gitlab": ".gitlab"}


def new_workspace(folder: Path, platform: str) -> Path:
    """A repository with a workspace and its pipeline."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)  # noqa: S607
    assert run(["init", str(folder), "--ci", platform]) == 0
    return folder


def pipelines(workspace: Path, platform: str) -> dict[str, Path]:
    """The files with jobs, by name."""
    return {path.stem: path for path in sorted((workspace / FOLDERS[platform]).glob("*.yml"))}


class Loader(yaml.SafeLoader):
    """YAML as the platforms read it: `on` is no truth, and GitLab's !reference is a list."""


Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool" or letter not in "oOyYnN"]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_constructor("!reference", lambda loader, node: Reference(loader.construct_sequence(node)))


class Reference(list[str]):
    """A path into the file, where GitLab puts what it finds there."""


def read(path: Path) -> Any:
    """The data of a pipeline file."""
    return yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a safe loader with less


def scripts(data: Any) -> Iterator[str]:
    """Every shell script that stands anywhere in a pipeline or an action."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("run", "bash") and isinstance(value, str):
                yield value
            elif key in ("script", "before_script", "after_script"):
                yield "\n".join(line for line in value if isinstance(line, str))
            else:
                yield from scripts(value)
    elif isinstance(data, list):
        for value in data:
            yield from scripts(value)
