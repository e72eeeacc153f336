"""Which files a workspace is read from, found without reading it whole."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from tenantry.documents.catalog import BUILTIN
from tenantry.documents.workspace import FILE
from tenantry.documents.yaml import read_yaml
from tenantry.engine.loading import Files
from tenantry.errors import AuthorError


def sources(files: Files) -> Iterator[str]:
    """The paths of tenantry.yaml, of everything below tenants/, and of what these name in other places."""
    yield FILE
    catalog = _written(files, FILE).get("catalog")
    if isinstance(catalog, str) and catalog not in BUILTIN:
        yield catalog
    for path in files.paths():
        yield path
        if path.endswith(".yaml"):
            yield from _rosters(files, path)


def _rosters(files: Files, path: str) -> Iterator[str]:
    """The rosters that a tenant's file names above its own folder; without such a name it isn't read as YAML."""
    bodies = _written(files, path, b"../").get("rosters")
    for body in bodies if isinstance(bodies, list) else ():
        name = body.get("file") if isinstance(body, Mapping) else None
        if isinstance(name, str):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def _written(files: Files, path: str, word: bytes = b"") -> Mapping[str, Any]:
    try:
        content = files.read(path)
    except AuthorError:
        return {}
    document = read_yaml(path, content)[0] if word in content else None
    return document.data if document is not None and isinstance(document.data, Mapping) else {}
