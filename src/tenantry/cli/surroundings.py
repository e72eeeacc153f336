"""What surrounds a call, for doctor: Python and its packages, git, who acts, CI, and the environment."""

import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator

from tenantry import __version__
from tenantry.cli.acting import actor, differs, git, in_ci
from tenantry.cli.runners import runner_here
from tenantry.cli.session import Session
from tenantry.model.checkup import Check

PYTHON_NEEDED = (3, 11)
MODULES = {"pyyaml": "yaml", "jsonschema-rs": "jsonschema_rs"}
"""The modules of packages that are imported under another name."""
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)")


def installation() -> Iterator[Check]:
    """This version, Python, and the packages that are needed; none of them is imported for it."""
    yield Check("tenantry", __version__)
    python = f"{platform.python_version()} ({sys.executable})"
    if sys.version_info < PYTHON_NEEDED:
        needed = ".".join(map(str, PYTHON_NEEDED))
        yield Check("Python", python, "wrong", f"Use Python {needed} or newer.")
    else:
        yield Check("Python", python)
    yield from _packages()
    yield _driver()
    if importlib.util.find_spec("yaml") and importlib.util.find_spec("yaml._yaml") is None:
        told = "PyYAML has no C parser, so reading takes many times as long"
        yield Check("YAML", told, "doubtful", "Install a wheel of PyYAML for this platform.")


def _packages() -> Iterator[Check]:
    try:
        needed = importlib.metadata.requires("tenantry") or []
    except importlib.metadata.PackageNotFoundError:
        yield Check("packages", "tenantry isn't installed", "wrong", "Install it with pip, and run it from there.")
        return
    there = []
    for match in (REQUIREMENT.match(text) for text in needed if ";" not in text):
        if match is not None:
            check = _package(match[1], match[2])
            if check.health == "well":
                there.append(check.how)
            else:
                yield check
    yield Check("packages", ", ".join(there))


def _driver() -> Check:
    try:
        return Check("PostgreSQL", f"psycopg {importlib.metadata.version('psycopg')}")
    except importlib.metadata.PackageNotFoundError:
        return Check("PostgreSQL", "no driver; a ledger there needs tenantry[postgres]")


def _package(name: str, minimum: str) -> Check:
    hint = f"Install {name} {minimum} or newer into this Python."
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Check("packages", f"{name} isn't there", "wrong", hint)
    if importlib.util.find_spec(MODULES.get(name, name)) is None:
        return Check("packages", f"{name} {version} can't be imported", "wrong", hint)
    if _numbers(version) < _numbers(minimum):
        return Check("packages", f"{name} {version} is too old", "wrong", hint)
    return Check("packages", f"{name} {version}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version)[:3])


def people(session: Session) -> Iterator[Check]:
    """git, the commit that a run would be recorded with, and as whose; CI and variables that mirror options."""
    yield _commit(session)
    who = actor(session).who
    if who == "unknown":
        yield Check("who", "a run would be recorded as unknown", "doubtful", "Tell git with `git config user.name`.")
    else:
        yield Check("who", f"a run would be recorded as {who}")
    runner = runner_here()
    yield Check("CI", f"{runner.name if runner else 'CI is set'}: no ledger is made unasked" if in_ci() else "no")
    mirrors = sorted(name for name in os.environ if name.startswith("TENANTRY_"))
    if mirrors:
        yield Check("environment", f"{', '.join(mirrors)}: as if the options were given")


def _commit(session: Session) -> Check:
    if shutil.which("git") is None:
        return Check("git", "not installed", "doubtful", "Without it, runs are recorded without a commit.")
    commit = actor(session).commit
    if commit is None:
        asked = git(session, "rev-parse", "--is-inside-work-tree")
        told = "no commit yet" if asked == "true" else "no repository here"
        return Check("git", told, "doubtful", "Without a commit, nobody sees which files a run came from.")
    if commit.endswith("+"):
        if differs(session) is None:
            told = f"commit {commit[:7]}, and git can't tell whether files differ from it"
            return Check("git", told, "doubtful", "See what `git status` says.")
        told = f"commit {commit[:7]}, and files that differ from it"
        return Check("git", told, "doubtful", "Commit them before you apply.")
    return Check("git", f"commit {commit[:7]}, clean")
