"""Mutations of JSON documents: of their data, and of the way in which they are written."""

import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

import corpus

VALUES = corpus.values("json-values")
"""What may stand where another value stood."""
_NUMBER = re.compile(r":(-?\d+)")
_ODD_NUMBERS = ("NaN", "Infinity", "-Infinity", "1.0", "1e400", "-0", "9" * 30, "01", "+1", "0x1", "1_0")


def mutated(chance: Random, seed: Any) -> Any:
    """The data of a seed, of which a few things were changed; the seed stays what it was."""
    data = json.loads(json.dumps(seed))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        inner = _some_collection(chance, data)
        if inner is not None:
            chance.choice(CHANGES)(chance, inner)
    return data


def written(chance: Random, data: Any) -> bytes:
    """Data as one could write it, not as one should."""
    kind = chance.randrange(6)
    text = json.dumps(
        data,
        ensure_ascii=kind == 0,
        indent=2 if kind == 1 else None,
        sort_keys=kind != 2,
        separators=None if kind == 3 else (",", ":"),
    )
    if kind == 4:
        text = _NUMBER.sub(lambda match: f":{chance.choice((*_ODD_NUMBERS, *[match[1]] * 5))}", text)
    if kind == 5:  # a key that stands twice
        pairs = re.findall(r'"[a-z_]+":(?:"[^"]*"|\d+|null)', text)
        if pairs:
            pair = chance.choice(pairs)
            text = text.replace(pair, f"{pair},{pair if chance.random() < 0.5 else chance.choice(pairs)}", 1)
    return (text + chance.choice(("", "\n", "\n", "\n\n", " "))).encode("utf-8", "surrogatepass")


def _some_collection(chance: Random, data: Any) -> Any:
    """A map or list of the data that isn't empty, at any depth."""
    found = None
    while isinstance(data, dict | list) and data:
        found = data
        if chance.random() < 0.2:
            break
        data = data[chance.choice(list(data))] if isinstance(data, dict) else chance.choice(data)
    return found


def _keys(inner: Any) -> Sequence[Any]:
    return list(inner) if isinstance(inner, dict) else range(len(inner))


def _set(chance: Random, inner: Any) -> None:
    inner[chance.choice(_keys(inner))] = deepcopy(chance.choice(VALUES))


def _nudge(chance: Random, inner: Any) -> None:
    """A value that is nearly what it was."""
    key = chance.choice(_keys(inner))
    value = inner[key]
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        inner[key] = value[:at] + chance.choice(("", "x", " ", "\u200b", "A", "0", "/", "|")) + value[at + 1 :]
    elif isinstance(value, int):
        inner[key] = value + chance.choice((-1, 1, 2, 10**6))


def _drop(chance: Random, inner: Any) -> None:
    del inner[chance.choice(_keys(inner))]


def _add(chance: Random, inner: Any) -> None:
    if isinstance(inner, dict):
        key = chance.choice(("evil", "format", "digest", "users", "users ", "__proto__", "", "a" * 300, "é"))
        inner[key] = deepcopy(chance.choice(VALUES))
    else:
        inner.insert(chance.randrange(len(inner) + 1), deepcopy(chance.choice((*inner, chance.choice(VALUES)))))


def _swap(chance: Random, inner: Any) -> None:
    one, other = chance.choice(_keys(inner)), chance.choice(_keys(inner))
    inner[one], inner[other] = inner[other], inner[one]


def _rename(chance: Random, inner: Any) -> None:
    if isinstance(inner, dict):
        key = chance.choice(list(inner))
        other = chance.choice((key.upper(), key + "_", key[1:], chance.choice(list(inner))))
        inner[other] = inner.pop(key)


CHANGES: tuple[Callable[[Random, Any], None], ...] = (_set, _nudge, _nudge, _drop, _add, _swap, _rename)
"""What can happen to a collection."""
