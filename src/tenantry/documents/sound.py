"""The part of a faulty document that can be trusted, so that one slip doesn't hide what else is wrong."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tenantry.documents.document import Document
from tenantry.documents.schema import quick_validator, schema
from tenantry.model.catalog import Catalog


def sound(document: Document, kind: str, catalog: Catalog) -> Document:
    """The document with what its schema has nothing against.

    A faulty entry stays as an empty one where its kind may be empty, so that it isn't missed by those who name it.
    """
    shape = schema(kind, catalog)
    data: dict[str, Any] = {}
    lines: dict[str, Sequence[int]] = {}
    for key, value in document.data.items() if isinstance(document.data, dict) else ():
        own = shape["properties"].get(key)
        if own is None:
            continue
        is_valid = quick_validator({**own, "$defs": shape["$defs"]}).is_valid
        if is_valid(value):
            data[key] = value
        elif isinstance(value, dict) and is_valid({}):
            data[key] = {name: body for name, entry in value.items() for body in _first_good(is_valid, name, entry)}
        elif isinstance(value, list) and is_valid([]):
            data[key] = [item if is_valid([item]) else {} for item in value]
        if key in data and key in document.lines:
            where = zip(value, document.lines[key], strict=True)
            lines[key] = array("L", (line for name, line in where if name in data[key]))
    return replace(document, data=data, lines=lines)


def _first_good(is_valid: Callable[[Any], bool], name: str, entry: Any) -> list[Any]:
    """The entry, or an empty one in its place, or nothing."""
    bodies: tuple[Any, ...] = (entry, {})
    return [body for body in bodies if is_valid({name: body})][:1]
