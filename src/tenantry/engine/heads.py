"""A glance into a file: what it says at its top, also where something else in it is wrong."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tenantry.documents.yaml import read_yaml
from tenantry.engine.calendar import is_zone
from tenantry.engine.loading import Files
from tenantry.errors import AuthorError


def data_of(files: Files, path: str, worth: Callable[[bytes], bool]) -> Mapping[str, Any]:
    """The data of a file whose content is worth to be read as YAML; none where it isn't, or none can be had."""
    try:
        content = files.read(path)
    except AuthorError:
        return {}
    document = read_yaml(path, content)[0] if worth(content) else None
    return document.data if document is not None and isinstance(document.data, Mapping) else {}


def head_of(files: Files, path: str, key: str, among: Iterable[str] = ("",)) -> Any:
    """The value of a key of `tenant`; None where none can be had: what is wrong is told where the tenant is read.

    Only a file in which the key stands, and any of the words beside it, is read as YAML.
    """

    def worth(content: bytes) -> bool:
        return key.encode() in content and any(word.encode() in content for word in among)

    about = data_of(files, path, worth).get("tenant")
    return about.get(key) if isinstance(about, Mapping) else None


def zone_of(files: Files, paths: Sequence[str]) -> str:
    """The time zone that the files of a tenant say; UTC, which is the default, where they say none that there is."""
    said = (head_of(files, path, "timezone") for path in paths)
    return next((name for name in said if isinstance(name, str) and is_zone(name)), "UTC")
