"""The part of a faulty document that can be trusted, so that one slip doesn't hide what else is wrong."""

from dataclasses import replace
from typing import Any

from tenantry.documents.document import Document
from tenantry.documents.schema import quick_validator, schema
from tenantry.model.catalog import Catalog


def sound(document: Document, kind: str, catalog: Catalog) -> Document:
    """The document with those keys, and those entries of its maps, that its schema has nothing against."""
    shape = schema(kind, catalog)
    data: dict[str, Any] = {}
    for key, value in document.data.items() if isinstance(document.data, dict) else ():
        own = shape["properties"].get(key)
        if own is None:
            continue
        quick = quick_validator({**own, "$defs": shape["$defs"]})
        if quick.is_valid(value):
            data[key] = value
        elif isinstance(value, dict):
            data[key] = {name: entry for name, entry in value.items() if quick.is_valid({name: entry})}
    return replace(document, data=data)
