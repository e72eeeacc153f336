"""What a tenant's file says of the tenant itself, also where something else in it is wrong."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tenantry.documents.yaml import read_yaml
from tenantry.engine.calendar import is_zone
from tenantry.engine.loading import Files
from tenantry.errors import AuthorError


def head_of(files: Files, path: str, key: str, among: Iterable[str] = ("",)) -> Any:
    """The value of a key of `tenant`; None where none can be had: what is wrong is told where the tenant is read.

    Only a file in which the key stands, and any of the words beside it, is read as YAML.
    """
    try:
        content = files.read(path)
    except AuthorError:
        return None
    if key.encode() not in content or not any(word.encode() in content for word in among):
        return None
    document, _ = read_yaml(path, content)
    about = document.data.get("tenant") if document is not None and isinstance(document.data, Mapping) else None
    return about.get(key) if isinstance(about, Mapping) else None


def zone_of(files: Files, paths: Sequence[str]) -> str:
    """The time zone that the files of a tenant say; UTC, which is the default, where they say none that there is."""
    said = (head_of(files, path, "timezone") for path in paths)
    return next((name for name in said if isinstance(name, str) and is_zone(name)), "UTC")
