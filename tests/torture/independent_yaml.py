"""A second reader of YAML, written from the specification alone: what a text means by the core schema of YAML 1.2.

It shares no line with tenantry. Its nodes come from PyYAML, either parser.
"""

import re
from typing import Any

import yaml

INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
BOOLEANS = {word: value for value in (True, False) for word in (str(value), str(value).lower(), str(value).upper())}
FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NoDataError(ValueError):
    """The text says something that plain data can't."""


def means(content: bytes, *, slow: bool = False) -> Any:
    """The data that a text means; YAMLError where it is no YAML, NoDataError where it isn't plain data."""
    loader = (yaml.SafeLoader if slow else FAST)(content)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    if node is None:
        raise NoDataError("no document")
    return _value(node)


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _value(key_node)
        if not isinstance(key, str):
            raise NoDataError(f"the key {key!r} is no text")
        if key in data:
            raise NoDataError(f"the key {key!r} stands twice")
        if key == "<<" and not key_node.style:
            raise NoDataError("a merge key")
        data[key] = _value(value_node)
    return data


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:
        return text
    if text in NULLS:
        raise NoDataError("null")
    if text in BOOLEANS:
        return BOOLEANS[text]
    if INTEGER.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan")) if FLOAT.fullmatch(text) else text
