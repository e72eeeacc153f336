"""Which files below tenants/ make which tenant: a small tenant is a file, a large one a folder."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from tenantry.documents.problems import problem
from tenantry.documents.text import shown
from tenantry.model.plan import Finding

FOLDER = "tenants"
TENANT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


def lay_out(paths: Iterable[str]) -> tuple[Mapping[str, tuple[str, ...]], list[Finding]]:
    """The files of each tenant, sorted, from the paths of all files below tenants/ (relative to the root, with /).

    A tenant with a problem has no files, so that it can be asked for and not be planned.
    """
    files: dict[str, list[str]] = {}
    problems: list[Finding] = []
    for path in sorted(paths):
        parts = PurePosixPath(path).parts[1:]
        suffix = PurePosixPath(path).suffix
        if suffix.lower() not in (".yaml", ".yml"):
            continue
        name = parts[0] if len(parts) > 1 else parts[0].removesuffix(suffix)
        files.setdefault(name, []).append(path)
        if suffix != ".yaml":
            message = f"{shown(path)} is not read: the ending must be .yaml."
            problems.append(_about(name, "wrong-extension", message, path))
        elif len(parts) > 2:
            message = f"Nothing reads {shown(path)}: a tenant is a file in {FOLDER}/, or a folder of files there."
            problems.append(_about(name, "unread-file", message, path))
    for name, found in files.items():
        problems += _of_name(name, found)
    faulty = {item.tenant for item in problems}
    return {name: () if name in faulty else tuple(files[name]) for name in sorted(files)}, problems


def _of_name(name: str, files: list[str]) -> Iterable[Finding]:
    """What is wrong with a tenant's name, or with a file beside a folder of that name."""
    alone = f"{FOLDER}/{name}.yaml"
    if alone in files and len(files) > 1:
        message = f"Tenant {shown(name)} is both the file {shown(alone)} and the folder {FOLDER}/{shown(name)}."
        yield _about(name, "tenant-twice", message, alone)
    if not TENANT_ID.match(name):
        message = f"{shown(name)} can't be a tenant's id: up to 63 of a-z, 0-9 and -, not beginning with -."
        yield _about(name, "bad-tenant-id", message, files[0])


def _about(name: str, rule: str, message: str, file: str) -> Finding:
    return replace(problem(rule, message, file=file), tenant=name)
