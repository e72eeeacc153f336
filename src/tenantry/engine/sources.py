"""Which files a workspace is read from, found without reading it whole."""

import posixpath
from collections.abc import Iterator, Mapping

from tenantry.documents.catalog import BUILTIN
from tenantry.documents.workspace import FILE
from tenantry.engine.heads import data_of
from tenantry.engine.loading import Files


def sources(files: Files) -> Iterator[str]:
    """The paths of tenantry.yaml, of everything below tenants/, and of what these name in other places."""
    yield FILE
    catalog = data_of(files, FILE, lambda _: True).get("catalog")
    if isinstance(catalog, str) and catalog not in BUILTIN:
        yield catalog
    for path in files.paths():
        yield path
        if path.endswith(".yaml"):
            yield from _rosters(files, path)


def _rosters(files: Files, path: str) -> Iterator[str]:
    """The rosters that a tenant's file names above its own folder; without such a name it isn't read as YAML."""
    bodies = data_of(files, path, lambda content: b"../" in content).get("rosters")
    for body in bodies if isinstance(bodies, list) else ():
        name = body.get("file") if isinstance(body, Mapping) else None
        if isinstance(name, str):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
