"""What a document may say: the JSON Schemas with the names of the catalog in force, and the quick yes by them.

The quick yes comes from jsonschema-rs; on a no, jsonschema has the say and gives places. Both are imported late: most
documents are good, and most commands need neither. No reference in a schema leaves it, so nothing is ever fetched.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tenantry.documents.data import packaged
from tenantry.documents.document import Document
from tenantry.model.catalog import Catalog

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator as QuickValidator

KINDS = ("tenant", "workspace", "catalog", "plan", "snapshot", "report")
"""The kinds of documents that have a schema."""

Names = tuple[tuple[str, tuple[str, ...]], ...]


def schema(kind: str, catalog: Catalog | None) -> dict[str, Any]:
    """The schema of a kind of document, with the catalog's names in it; the catalog's own schema needs none."""
    return _filled(kind, _names(catalog))


def accepts(document: Document, kind: str, catalog: Catalog | None) -> bool:
    """The quick yes: whether the schema of its kind has nothing against a document."""
    return _quick(kind, _names(catalog)).is_valid(document.data)


def _names(catalog: Catalog | None) -> Names:
    if catalog is None:
        return ()
    licenses = catalog.licenses.values()
    return (
        ("license", tuple(catalog.licenses)),
        ("service_license", catalog.tiers),
        ("addon", tuple(item.id for item in licenses if item.holder == "service" and item.tier is None)),
        ("user_license", catalog.of("user")),
        ("virtual_user_license", catalog.of("virtual_user")),
        ("person_license", tuple(item.id for item in licenses if item.holder != "service")),
        ("part", tuple(part.id for part in catalog.parts)),
        ("state", tuple(catalog.states)),
        ("assignment_type", tuple(catalog.assignment_types)),
    )


def _filled(kind: str, names: Names) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(packaged(f"{kind}.schema.json"))
    for name, known in names:
        definition = data["$defs"].get(name, {})
        if "enum" in definition:
            definition.update(enum=list(known), examples=list(known[:2]))
    return data


@lru_cache(maxsize=16)
def _quick(kind: str, names: Names) -> "QuickValidator":
    return quick_validator(_filled(kind, names))


def quick_validator(schema: Mapping[str, Any]) -> "QuickValidator":
    """A validator that says yes or no, two hundred times faster than the one that can say why."""
    from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 - late, see above

    return Draft202012Validator(dict(schema), validate_formats=False)
