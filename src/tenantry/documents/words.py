"""What a JSON Schema validator finds, in the words of an administrator: rule, sentence, hint, and where to point."""

import difflib
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tenantry.documents.document import Document
from tenantry.documents.problems import problem
from tenantry.documents.searching import Path
from tenantry.documents.text import shown
from tenantry.model.plan import Finding

Error = Any
"""A ValidationError of jsonschema. Its own types say of each field that it may be unset, which no error found is."""

_FEW, _MANY = 6, 12
_ORDERED_KINDS = ("service_license", "addon", "user_license", "virtual_user_license", "person_license", "license")


class Words(NamedTuple):
    """One problem. `path` leads to its value in the data, or to its key; an empty hint leaves it to the rule's row."""

    rule: str
    message: str
    hint: str
    path: Path
    at_key: bool


def words(error: Error, definitions: Mapping[str, Any]) -> Iterator[Words]:
    """The problems that one error of the validator stands for; `definitions` are the schema's `$defs`."""
    tell = _TELLERS.get(str(error.validator), _other)
    yield from tell(error, definitions)


def placed(document: Document, told: Iterable[Words]) -> list[Finding]:
    """The findings of what is told about a document, in the order of its text."""
    told = list(told)
    keys = document.places((word.path for word in told if word.at_key), key=True)
    values = document.places(word.path for word in told if not word.at_key)
    findings = []
    for word in told:
        line, column = (keys if word.at_key else values)[word.path]
        findings.append(problem(word.rule, word.message, file=document.file, line=line, column=column, hint=word.hint))
    return sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0))


def nearest(name: str, known: tuple[str, ...]) -> str | None:
    """The known name that was most likely meant, or None where none is near."""
    return _nearest(name.casefold().replace(" ", "_").replace("-", "_"), known)


@lru_cache(maxsize=1024)
def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    folded = {item.casefold().replace("-", "_"): item for item in known}
    found = difflib.get_close_matches(name[:100], folded, n=1)
    return folded[found[0]] if found else None


def suggestion(name: str, known: tuple[str, ...], what: str) -> str:
    """A hint that names the nearest of the known names, or lists them."""
    near = nearest(name, known)
    return listing(known, what) if near is None else f'Did you mean "{shown(near)}"?'


def listing(known: tuple[str, ...], what: str) -> str:
    """A hint that lists the known names, as many as can be read."""
    if not known:
        return f"{what}: there are none."
    listed = ", ".join(shown(item) for item in known[:_MANY])
    return f"{what}: {listed}." if len(known) <= _MANY else f"{what}: {listed} and {len(known) - _MANY} more."


def quoted(value: Any) -> str:
    """A value of a file as a sentence may hold it."""
    if isinstance(value, str):
        return f'"{shown(value)}"'
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return "null" if value is None else str(value).lower()


def _told(value: Any) -> str:
    kind = "text " if isinstance(value, str) else "the number " if type(value) is int else ""
    return kind + quoted(value)


def _is_key(error: Error) -> bool:
    return list(error.absolute_schema_path)[-2:-1] == ["propertyNames"]


def _field(error: Error) -> str:
    names = [part for part in error.absolute_path if isinstance(part, str)]
    return "The key" if _is_key(error) else shown(names[-1]) if names else "The file"


def _said(rule: str, message: str, hint: str, error: Error) -> Words:
    path = tuple(error.absolute_path)
    if _is_key(error):
        return Words(rule, message, hint, (*path, error.instance), at_key=True)
    return Words(rule, message, hint, path, at_key=False)


def _noun(title: str) -> str:
    plain = title if title[:2].isupper() else title[:1].lower() + title[1:]
    return f"an {plain}" if plain[0] in "aeio" else f"a {plain}"


def _unknown_keys(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    known = tuple(error.schema["properties"])
    for key in error.instance:
        if key not in known:
            hint = suggestion(key, known, "Keys here")
            message = f"There is no key {quoted(key)} here."
            yield Words("unknown-key", message, hint, (*error.absolute_path, key), at_key=True)


def _missing_keys(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    for key in error.validator_value:
        if key not in error.instance:
            example = error.schema["properties"][key]["examples"][0]
            hint = f"Add it, for example {key}: {example}." if isinstance(example, str | int) else "Add it."
            yield Words("missing-key", f"The key {key} is missing.", hint, tuple(error.absolute_path), at_key=True)


def _not_among(error: Error, definitions: Mapping[str, Any]) -> Iterator[Words]:
    known, value = tuple(error.validator_value), error.instance
    if not isinstance(value, str):
        yield from _wrong_type(error, definitions)
        return
    kind = next((name for name in _ORDERED_KINDS if definitions.get(name) == error.schema), None)
    if kind is None:
        hint = suggestion(value, known, "It can be")
        yield _said("unknown-name", f"{_field(error)} can't be {quoted(value)}.", hint, error)
    elif value in definitions["license"]["enum"]:
        message = f"{quoted(value)} is not {_noun(error.schema['title'])}."
        yield _said("wrong-holder", message, listing(known, "What can stand here"), error)
    else:
        hint = suggestion(value, known, "Licenses")
        yield _said("unknown-license", f"There is no license {quoted(value)}.", hint, error)


def _not_the_value(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    wanted = quoted(error.validator_value)
    yield _said("wrong-value", f"{_field(error)} must be {wanted}, not {quoted(error.instance)}.", "", error)


def _wrong_type(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    message = f"{_field(error)} must be {_expected(error.schema)}, not {_told(error.instance)}."
    yield _said("wrong-type", message, _type_hint(error), error)


def _out_of_range(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    message = f"{_field(error)} must be {_expected(error.schema)}, not {quoted(error.instance)}."
    yield _said("out-of-range", message, "", error)


def _no_branch(error: Error, definitions: Mapping[str, Any]) -> Iterator[Words]:
    branches: dict[Any, list[Error]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    for errors in branches.values():
        if not any(inner.validator in ("type", "const") and not inner.relative_path for inner in errors):
            for inner in errors:
                yield from words(inner, definitions)
            return
    yield from _wrong_type(error, definitions)


def _bad_form(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    message, hint = ill_formed(error.instance, error.schema)
    yield _said("bad-format", message, hint, error)


def ill_formed(text: str, definition: Mapping[str, Any]) -> tuple[str, str]:
    """Sentence and hint for a text that hasn't the form of its definition; a foreign character is named."""
    foreign = next((character for character in text if not character.isascii()), None)
    message = f"{quoted(text)} is not {_noun(definition['title'])}"
    if foreign is not None:
        message += f": it holds U+{ord(foreign):04X} {unicodedata.name(foreign, 'without a name')}"
    return message + ".", f"{definition['description']} For example: {quoted(definition['examples'][0])}."


def _length(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    wrong = "is empty" if not error.instance else f"is longer than {error.validator_value} characters"
    yield _said("bad-format", f"{_field(error)} {wrong}.", "", error)


def _twice(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    seen: set[str] = set()
    for at, item in enumerate(error.instance):
        known = len(seen)
        seen.add(identity(item))
        if len(seen) == known:
            what = "The same entry" if isinstance(item, dict) else quoted(item)
            message = f"{what} stands twice in {_field(error)}."
            yield Words("listed-twice", message, "", (*error.absolute_path, at), at_key=False)


def identity(item: Any) -> str:
    """Text that is equal exactly for equal items of a list, so that a long list takes no comparison of all with all."""
    return json.dumps(item, sort_keys=True)


def _empty(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    yield _said("missing-entry", f"{_field(error)} must not be empty.", "", error)


def _not_alone(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    key = str(error.absolute_schema_path[-2])
    others = ", ".join(shown(other) for other in error.instance if other != key)
    message = f"{key} stands alone, but beside it there is {others}."
    yield Words("absent-not-alone", message, "", (*error.absolute_path, key), at_key=True)


def _other(error: Error, _: Mapping[str, Any]) -> Iterator[Words]:
    yield _said("wrong-value", f"{_field(error)} is not as it should be: {shown(error.message)}.", "", error)


_TELLERS: Mapping[str, Callable[[Error, Mapping[str, Any]], Iterator[Words]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "enum": _not_among,
    "const": _not_the_value,
    "type": _wrong_type,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "anyOf": _no_branch,
    "pattern": _bad_form,
    "minLength": _length,
    "maxLength": _length,
    "uniqueItems": _twice,
    "minProperties": _empty,
    "maxProperties": _not_alone,
}

_KINDS = {
    "string": "text",
    "boolean": "true or false",
    "object": "a map of keys and values",
    "array": "a list",
    "null": "null",
}


def _expected(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_expected(branch) for branch in schema["anyOf"])
    if "const" in schema:
        return quoted(schema["const"])
    if "enum" in schema:
        few = len(schema["enum"]) <= _FEW
        return f"one of {', '.join(map(shown, schema['enum']))}" if few else _noun(schema["title"])
    return " or ".join(_KINDS.get(kind) or _whole_number(schema) for kind in _kinds(schema))


def _whole_number(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    return "a whole number" + ("" if low is None else f" from {low}") + ("" if high is None else f" to {high}")


def _type_hint(error: Error) -> str:
    value, branches = error.instance, error.schema.get("anyOf", [error.schema])
    wanted = {kind for branch in branches for kind in _kinds(branch)}
    if isinstance(value, str):
        near = nearest(value, tuple(branch["const"] for branch in branches if "const" in branch))
        if near is not None:
            return f'Did you mean "{near}"?'
        if "integer" in wanted and value.isdecimal() and value.isascii():
            return f"Write it without quotes: {shown(value)}."
        if "array" in wanted:
            return f"Write it as a list: [{shown(value)}]."
    elif "string" in wanted and isinstance(value, int):
        return f'Quote it: "{quoted(value)}".'
    return "Write {} for an entry that says nothing more." if wanted == {"object"} and error.absolute_path else ""


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds: str | list[str] = schema.get("type", "string" if "enum" in schema else "const")
    return [kinds] if isinstance(kinds, str) else kinds
