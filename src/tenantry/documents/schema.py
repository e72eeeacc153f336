"""What a document may say: the JSON Schemas with the names of the catalog in force, and the judgement by them.

The quick yes comes from jsonschema-rs; on a no, jsonschema has the say and gives places. Both are imported late: most
documents are good, and most commands need neither. No reference in a schema leaves it, so nothing is ever fetched.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tenantry.documents.data import packaged
from tenantry.documents.document import Document
from tenantry.documents.text import MAX_PROBLEMS
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding

if TYPE_CHECKING:
    from jsonschema.protocols import Validator
    from jsonschema_rs import Draft202012Validator as QuickValidator

    from tenantry.documents.words import Words

KINDS = ("tenant", "workspace", "catalog", "plan", "snapshot", "report")
"""The kinds of documents that have a schema."""

LARGE = 200
"""From so many entries on, a section is narrowed down to those at fault before jsonschema walks it."""

Names = tuple[tuple[str, tuple[str, ...]], ...]


def schema(kind: str, catalog: Catalog | None) -> dict[str, Any]:
    """The schema of a kind of document, with the catalog's names in it; the catalog's own schema needs none."""
    return _filled(kind, _names(catalog))


def check(document: Document, kind: str, catalog: Catalog | None) -> list[Finding]:
    """Everything that the schema of its kind finds wrong in a document, in the order of the text."""
    names = _names(catalog)
    if _quick(kind, names).is_valid(document.data):
        return []
    return _explained(document, _filled(kind, names))


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
    return _quick_of(_filled(kind, names))


def _quick_of(schema: Mapping[str, Any]) -> "QuickValidator":
    from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 - late, see above

    return Draft202012Validator(dict(schema), validate_formats=False)


def _explained(document: Document, schema: Mapping[str, Any]) -> list[Finding]:
    from tenantry.documents.words import placed, words  # noqa: PLC0415 - late, with jsonschema

    found: dict[Words, None] = {}
    for error in _strict(schema).iter_errors(_at_fault(document.data, schema)):
        found.update(dict.fromkeys(words(error, schema["$defs"])))
        if len(found) >= MAX_PROBLEMS:
            break
    return placed(document, found)


def _strict(schema: Mapping[str, Any]) -> "Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - late, see above
    from jsonschema.validators import extend  # noqa: PLC0415
    from referencing import Registry  # noqa: PLC0415

    extended: Any = extend  # it has no types
    # a registry of nothing: jsonschema's own would go to the network for what it doesn't know
    validator: Validator = extended(Draft202012Validator, {"pattern": _pattern})(schema, registry=Registry())
    return validator


def _pattern(validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterable[Any]:
    import re  # noqa: PLC0415 - with jsonschema

    from jsonschema import ValidationError  # noqa: PLC0415

    # the whole text has to match: in Python, unlike ECMAScript, a `$` alone lets a line end pass
    if validator.is_type(instance, "string") and not re.fullmatch(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _at_fault(data: Any, schema: Mapping[str, Any]) -> Any:
    """The document without the good entries of its large sections, so that a hundred thousand users cost no walk."""
    if not isinstance(data, dict):
        return data
    return {key: _narrowed(value, schema["properties"].get(key), schema["$defs"]) for key, value in data.items()}


def _narrowed(section: Any, own: Mapping[str, Any] | None, definitions: Mapping[str, Any]) -> Any:
    if own is None or not isinstance(section, dict) or len(section) < LARGE:
        return section
    quick = _quick_of({**own, "$defs": definitions})
    bad: dict[str, Any] = {}
    for key, value in section.items():
        if not quick.is_valid({key: value}):
            bad[key] = value
            if len(bad) == MAX_PROBLEMS:
                break
    # one entry at least: a section that is not empty must not look so
    return bad or dict([next(iter(section.items()))])
