"""The pipeline of a workspace, as `init --ci` writes it: files that aren't there yet, at the root of a repository."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from tenantry import __version__
from tenantry.cli.acting import git
from tenantry.cli.session import Session
from tenantry.errors import AuthorError
from tenantry.rendering.pipelines import PLATFORMS, pipeline_files

INCLUDED = ".gitlab/tenantry.yml"
INCLUDER = ".gitlab-ci.yml"


def missing_files(root: Path, platform: str) -> dict[str, str]:
    """The files of the pipeline that aren't there yet, by path; AuthorError where none of them would ever run.

    Platforms look for pipelines at the root of a repository, and there the commands would find no workspace.
    """
    repository = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    if repository != root:
        raise AuthorError(
            f"Nothing was written: a pipeline runs at the root of a repository, {repository}, and this workspace would "
            f"lie below it, in {root.relative_to(repository)}.",
            "Give the workspace a repository of its own.",
        )
    files = pipeline_files(platform, version=__version__, branch=_branch(root))
    return {path: text for path, text in files.items() if not os.path.lexists(root / path)}


def told(root: Path, platform: str, written: dict[str, str]) -> Iterator[str]:
    """What is said of the files that were written and of those that were there, and what is left to do by hand."""
    for path in PLATFORMS[platform].files:
        yield f"{'wrote' if path in written else 'kept'} {path}"
    if platform == "gitlab" and INCLUDER not in written and not _includes(root):
        yield f"to do: include it in {INCLUDER}, which was there: include: [{{local: {INCLUDED}}}]"
    others = [path for name, other in PLATFORMS.items() if name != platform for path in other.files]
    for path in others:
        if os.path.lexists(root / path):
            yield f"to do: {path} is there too, and each pipeline would apply what is merged: keep one platform's"
    yield f"to do, since no file can set it: {PLATFORMS[platform].settings} (docs/ci.md)"


def _includes(root: Path) -> bool:
    try:
        return INCLUDED in (root / INCLUDER).read_text("utf-8", "replace")
    except OSError:
        return False


def _branch(root: Path) -> str:
    """The branch that reviews lead into: the remote's own, if it is known here."""
    folder = next(folder for folder in (root, *root.parents) if folder.is_dir())
    head = git(Session(directory=str(folder)), "symbolic-ref", "--short", "refs/remotes/origin/HEAD") or ""
    name = head.removeprefix("origin/")
    return name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", name, re.ASCII) else "main"
