"""What jsonschema, which has the say on every no, finds wrong in a document."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry

from tenantry.documents.document import Document
from tenantry.documents.schema import quick_validator
from tenantry.documents.text import MAX_PROBLEMS
from tenantry.documents.words import Words, identity, placed, words
from tenantry.model.plan import Finding

LARGE = 200
"""From so many entries on, a section is narrowed down to those at fault before jsonschema walks it."""


def objections(document: Document, schema: Mapping[str, Any]) -> list[Finding]:
    """Everything that a schema has against a document, in the order of the text; at most MAX_PROBLEMS, about."""
    found: dict[Words, None] = {}
    for error in _validator(schema).iter_errors(_at_fault(document.data, schema)):
        found.update(dict.fromkeys(words(error, schema["$defs"])))
        if len(found) >= MAX_PROBLEMS:
            break
    return placed(document, found)


def _validator(schema: Mapping[str, Any]) -> Validator:
    # a registry of nothing: jsonschema's own would go to the network for what it doesn't know
    validator: Validator = _strict()(schema, registry=Registry())
    return validator


@cache
def _strict() -> Any:
    """The validator of jsonschema with two words read our way; making it takes as long as judging a small document."""
    extended: Any = extend  # it has no types
    return extended(Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique})


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    # the whole text has to match: in Python, unlike ECMAScript, a `$` alone lets a line end pass
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError("the pattern does not match")


def _unique(_validator: Any, _wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    # jsonschema's own compares all with all where items are maps
    if isinstance(instance, list) and len(set(map(identity, instance))) < len(instance):
        yield ValidationError("an item stands twice")


def _at_fault(data: Any, schema: Mapping[str, Any]) -> Any:
    """The document without the good entries of its large sections, so that a hundred thousand users cost no walk."""
    if not isinstance(data, dict):
        return data
    return {key: _narrowed(value, schema["properties"].get(key), schema["$defs"]) for key, value in data.items()}


def _narrowed(section: Any, own: Mapping[str, Any] | None, definitions: Mapping[str, Any]) -> Any:
    if own is None or not isinstance(section, dict) or len(section) < LARGE:
        return section
    quick = quick_validator({**own, "$defs": definitions})
    bad: dict[str, Any] = {}
    for key, value in section.items():
        if not quick.is_valid({key: value}):
            bad[key] = value
            if len(bad) == MAX_PROBLEMS:
                break
    # one entry at least: a section that is not empty must not look so
    return bad or dict([next(iter(section.items()))])
