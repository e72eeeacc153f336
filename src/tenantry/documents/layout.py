"""Which files below tenants/ make which tenant: a small tenant is a file, a large one a folder."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from tenantry.documents.problems import problem
from tenantry.documents.text import named, shown
from tenantry.model.plan import Finding
from tenantry.model.tenant import TENANT_ID

FOLDER = "tenants"
_ENDING = re.compile(r"\.ya?ml\Z", re.IGNORECASE)


def lay_out(paths: Iterable[str]) -> tuple[Mapping[str, tuple[str, ...]], list[Finding]]:
    """The files of each tenant, sorted, from the paths of all files below tenants/ (relative to the root, with /).

    A path with / at its end is a folder that can't be looked into. A tenant with a problem is there all the same, so
    that it can be asked for, and its files be read for what else is wrong.
    """
    files: dict[str, list[str]] = {}
    problems: list[Finding] = []
    for path in sorted(map(named, paths)):
        parts = PurePosixPath(path).parts[1:]
        ending = _ENDING.search(path)
        if path.endswith("/"):
            problems.append(_closed(parts[0] if parts else None, path.rstrip("/")))
            if parts:
                files.setdefault(parts[0], [])
        elif ending:
            name = parts[0] if len(parts) > 1 else parts[0][: -len(ending.group())]
            files.setdefault(name, []).append(path)
            problems += _astray(name, len(parts), ending.group(), path)
    for name, found in files.items():
        problems += _of_name(name, found)
    return {name: tuple(files[name]) for name in sorted(files)}, problems


def _closed(name: str | None, path: str) -> Finding:
    message = f"{shown(path)} is not looked into: it can't be read, or leads out of the workspace."
    return replace(problem("unread-folder", message, file=path), tenant=name)


def _astray(name: str, depth: int, ending: str, path: str) -> Iterable[Finding]:
    """What is wrong with the place of a file, or with the ending of its name."""
    if ending != ".yaml":
        yield _about(name, "wrong-extension", f"{shown(path)} is not read: the ending must be .yaml.", path)
    elif depth > 2:
        message = f"Nothing reads {shown(path)}: a tenant is a file in {FOLDER}/, or a folder of files there."
        yield _about(name, "unread-file", message, path)


def _of_name(name: str, files: list[str]) -> Iterable[Finding]:
    """What is wrong with a tenant's name, or with a file beside a folder of that name."""
    alone = f"{FOLDER}/{name}.yaml"
    if alone in files and len(files) > 1:
        message = f"Tenant {shown(name)} is both the file {shown(alone)} and the folder {FOLDER}/{shown(name)}."
        yield _about(name, "tenant-twice", message, alone)
    if not TENANT_ID.match(name) and files:
        message = f"{shown(name)} can't be a tenant's id: up to 63 of a-z, 0-9 and -, not beginning with -."
        yield _about(name, "bad-tenant-id", message, files[0])


def _about(name: str, rule: str, message: str, file: str) -> Finding:
    return replace(problem(rule, message, file=file), tenant=name)
