"""One way to write data as bytes, and its digest: equal data has equal bytes on every machine."""

import hashlib
import json
from typing import Any

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)
_NESTED = frozenset((dict, list, tuple))


def canonical(data: Any) -> str:
    """Data as canonical JSON: sorted keys, compact, no escapes beyond what JSON needs, one LF at the end.

    Maps have text as keys. A float is a TypeError: machines and languages write one number in several ways.
    """
    _refuse_floats(data)
    return _ENCODER.encode(data) + "\n"


def digest(data: Any) -> str:
    """The digest of data, over its canonical form: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(canonical(data).encode()).hexdigest()


def _refuse_floats(data: Any) -> None:
    pending: list[Any] = [[data]]
    while pending:
        item = pending.pop()
        values = item.values() if isinstance(item, dict) else item
        kinds = set(map(type, values))
        if float in kinds:
            number = next(value for value in values if type(value) is float)
            raise TypeError(f"{number!r} is a float; a decimal number is written as text")
        if not kinds.isdisjoint(_NESTED):
            pending.extend(value for value in values if type(value) in _NESTED)
