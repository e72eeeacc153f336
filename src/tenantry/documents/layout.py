"""Which files below tenants/ make which tenant: a small tenant is a file, a large one a folder."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from tenantry.documents.problems import problem
from tenantry.documents.text import shown
from tenantry.model.plan import Finding

FOLDER = "tenants"
TENANT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")


def lay_out(paths: Iterable[str]) -> tuple[Mapping[str, tuple[str, ...]], list[Finding]]:
    """The files of each tenant, sorted, from the paths of all files below tenants/ (relative to the root, with /)."""
    files: dict[str, str] = {}
    folders: dict[str, list[str]] = {}
    problems: list[Finding] = []
    for path in sorted(paths):
        parts = PurePosixPath(path).parts[1:]
        suffix = PurePosixPath(path).suffix
        if suffix.lower() not in (".yaml", ".yml"):
            continue
        if suffix != ".yaml":
            message = f"{shown(path)} is not read: the ending must be .yaml."
            problems.append(problem("wrong-extension", message, file=path))
        elif len(parts) > 2:
            message = f"Nothing reads {shown(path)}: a tenant is a file in {FOLDER}/, or a folder of files there."
            problems.append(problem("unread-file", message, file=path))
        elif len(parts) == 2:
            folders.setdefault(parts[0], []).append(path)
        else:
            files[parts[0].removesuffix(".yaml")] = path
    problems += _bad_names(files, folders)
    found = {name: (path,) for name, path in files.items()} | {name: tuple(paths) for name, paths in folders.items()}
    return {name: found[name] for name in sorted(found) if TENANT_ID.match(name)}, problems


def _bad_names(files: Mapping[str, str], folders: Mapping[str, list[str]]) -> Iterable[Finding]:
    for name in files.keys() & folders.keys():
        message = f"Tenant {shown(name)} is both the file {files[name]} and the folder {FOLDER}/{shown(name)}."
        yield problem("tenant-twice", message, file=files[name])
    for name, path in {**{name: paths[0] for name, paths in folders.items()}, **files}.items():
        if not TENANT_ID.match(name):
            message = f"{shown(name)} can't be a tenant's id: up to 63 of a-z, 0-9 and -, not beginning with -."
            yield problem("bad-tenant-id", message, file=path)
