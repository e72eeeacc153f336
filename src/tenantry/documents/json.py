"""Reads JSON strictly: bytes become a Document and problems, in the shape of the YAML reader's."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tenantry.documents.building import MAX_LEVELS, without_collector
from tenantry.documents.document import Document
from tenantry.documents.nodes import json_nodes
from tenantry.documents.problems import problem
from tenantry.documents.scalars import MAX_DIGITS
from tenantry.documents.text import (
    FORBIDDEN_IN_VALUE,
    MAX_BYTES,
    MAX_PROBLEMS,
    Lines,
    cleaned,
    decode,
    forbidden_rule,
    shown,
)
from tenantry.model.plan import Finding

Fault = tuple[str, str, int]
"""A rule that is broken, the sentence, the index in the text."""

_BLANKS = " \t\r\n"
_DOUBTFUL_ESCAPE = re.compile(
    r"\\(?:[bfr]|u(?:00[0189].|007f|061c|200[ef]|202[89a-e]|206[6-9]|d[89a-f]..|feff|fff[ef]))", re.IGNORECASE
)


def read_json(file: str, content: bytes, *, limit: int = MAX_BYTES) -> tuple[Document | None, list[Finding]]:
    """The document of a file of at most `limit` bytes, and its problems; `file` is the name that problems show.

    null is a value of JSON and becomes None. Decimal numbers, NaN, numbers of more than 18 digits, keys that stand
    twice, more than 32 levels and whatever no text may hold are problems. The document is None where it can't be read.
    """
    text, problems = decode(file, content, limit=limit)
    if text is None:
        return None, problems
    loader = _Loader()
    try:
        with without_collector():
            data = loader.load(text)
    except json.JSONDecodeError as error:
        if not text.strip():
            return None, [*problems, problem("empty-document", "The file says nothing.", file=file)]
        at, objection = _objection(text, error)
        line, column = Lines(text).at(at)
        message = f"This is not JSON: {shown(objection)}."
        return None, [*problems, problem("json-syntax", message, file=file, line=line, column=column)]
    except RecursionError:
        return None, [*problems, *_Strict(file, text).problems()]
    deep = _too_deep(data)
    if deep or loader.doubt or _DOUBTFUL_ESCAPE.search(text):
        problems += _Strict(file, text).problems()
        if deep:
            return None, problems
        data = _cleaned(data)
    return Document(file=file, data=data, text=text, lines={}, syntax="json"), problems


def _objection(text: str, error: json.JSONDecodeError) -> tuple[int, str]:
    """Where a text stops being JSON, and why. Of a comma before a bracket, versions of Python say different things."""
    at = error.pos
    comma = at if text[at : at + 1] == "," else len(text[:at].rstrip(_BLANKS)) - 1
    if text[comma : comma + 1] == "," and text[comma + 1 :].lstrip(_BLANKS)[:1] in ("}", "]"):
        return comma, "a comma stands before the end"
    return at, error.msg[:1].lower() + error.msg[1:]


class _Loader:
    """The standard library's decoder, which also notes whether something gives reason for doubt."""

    def __init__(self) -> None:
        self.doubt = False

    def load(self, text: str) -> Any:
        """The data; of a key that stands twice the first, of a number that is refused its text."""
        decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._integer,
            parse_float=self._refused,
            parse_constant=self._refused,
        )
        return decoder.decode(text)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) == len(pairs):
            return data
        self.doubt = True
        return {**dict.fromkeys(data), **dict(reversed(pairs))}

    def _integer(self, text: str) -> int | str:
        return int(text) if len(text.lstrip("-")) <= MAX_DIGITS else self._refused(text)

    def _refused(self, text: str) -> str:
        self.doubt = True
        return text


def _too_deep(data: Any) -> bool:
    level: list[Any] = [[data]]
    for _ in range(MAX_LEVELS + 1):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if outer.__class__ is dict else outer)
            if inner.__class__ is dict or inner.__class__ is list
        ]
    return bool(level)


def _cleaned(data: Any) -> Any:
    """The data without the forbidden characters that escapes made."""
    if isinstance(data, str):
        return cleaned(data)
    if isinstance(data, list):
        return [_cleaned(value) for value in data]
    if isinstance(data, dict):
        return {_cleaned(key): _cleaned(value) for key, value in data.items()}
    return data


class _Strict:
    """A second, slow walk through a JSON text that tells everything that is refused in it, with places."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._places = Lines(text)

    def problems(self) -> list[Finding]:
        """The problems of the text as far as it is JSON."""
        found: list[Finding] = []
        for rule, message, index in self._faults():
            line, column = self._places.at(index)
            found.append(problem(rule, message, file=self._file, line=line, column=column))
            if len(found) == MAX_PROBLEMS:
                break
        return found

    def _faults(self) -> Iterator[Fault]:
        open_maps: list[dict[str, int] | None] = []  # of each open level: the keys of a map so far, None for a list
        key_next = False
        for kind, text, index in json_nodes(self._text):
            if kind in "{[":
                open_maps.append({} if kind == "{" else None)
                if len(open_maps) > MAX_LEVELS:
                    yield "too-deep", f"Here begins a level deeper than {MAX_LEVELS}.", index
                    return
            elif text is None:
                open_maps.pop()
            else:
                yield from _text_faults(text, index) if kind == '"' else _plain_faults(text, index)
                if key_next and open_maps[-1] is not None:
                    yield from self._key_faults(text, index, open_maps[-1])
            in_map = bool(open_maps) and open_maps[-1] is not None
            key_next = in_map and (text is None or not key_next)

    def _key_faults(self, key: str, index: int, keys: dict[str, int]) -> Iterator[Fault]:
        before = keys.setdefault(key, index)
        if before != index:
            line, column = self._places.at(before)
            here = "{}:{}".format(*self._places.at(index))
            message = f'The key "{shown(key)}" stands twice in this map: at {line}:{column} and at {here}.'
            yield "duplicate-key", message, index


def _text_faults(text: str, index: int) -> Iterator[Fault]:
    for character in dict.fromkeys(FORBIDDEN_IN_VALUE.findall(text)):
        message = f"An escape makes the character U+{ord(character):04X}, which must not stand in a text."
        yield forbidden_rule(character), message, index


def _plain_faults(text: str, index: int) -> Iterator[Fault]:
    if text in ("NaN", "Infinity", "-Infinity"):
        yield "not-a-number", f"{text} is no number that counts something.", index
    elif not text.lstrip("-").isdigit():
        if text not in ("true", "false", "null"):
            yield "decimal-number", f"{shown(text)} is not a whole number.", index
    elif len(text.lstrip("-")) > MAX_DIGITS:
        yield "integer-too-long", f"The number has {len(text.lstrip('-'))} digits, more than {MAX_DIGITS}.", index
