"""The quick yes: data from a stream of events, as fast as Python can, and Doubt at the first sign of anything unusual.

This is the hot path of every command. It tells no problem; whoever meets Doubt reads again with `refusing`, which does.
"""

import gc
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from tenantry.documents.events import NextEvent, open_events
from tenantry.documents.scalars import Fault, is_special, meaning
from tenantry.documents.searching import Spot
from tenantry.documents.text import FORBIDDEN_IN_VALUE

MAX_LEVELS = 32
MAX_NODES = 5_000_000
LONGEST_SHARED_LIST = 16

_SEPARATORS = b",:\n\r[{?-"
_ANCHOR = re.compile(rb"&(?<!\w&)\S")
_TAG = re.compile(rb"!(?<!\w!)")
"""Where an anchor or a tag could begin. Each expression begins with its character, which makes the search quick."""


class Doubt(Exception):  # noqa: N818 - it is no error: the strict reader may find nothing
    """The document is not plainly good."""


class _Plain(dict[str, Any]):
    """Plain scalars and their values, each text looked at once."""

    def __missing__(self, text: str) -> Any:
        value = meaning(text)
        if value.__class__ is Fault:
            raise Doubt
        self[text] = value
        return value


class _Keys(dict[str, str]):
    """Plain keys, each text looked at once."""

    def __missing__(self, text: str) -> str:
        if is_special(text) and meaning(text) is not text:
            raise Doubt
        self[text] = text
        return text


class _Quoted(dict[str, str]):
    """Quoted scalars, each text looked at once: an escape may have made a character that no file may hold."""

    def __missing__(self, text: str) -> str:
        if FORBIDDEN_IN_VALUE.search(text):
            raise Doubt
        self[text] = text
        return text


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the garbage collector off while very many values are made and none is dropped."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def build(content: bytes) -> tuple[Any, Mapping[str, Sequence[int]], Mapping[str, Spot]]:
    """Build the data of a document, the lines of its second level, the spots of its first. Raises Doubt or YAMLError.

    The bytes have no byte order mark, which would move the spots.
    """
    if may_exceed(content, MAX_NODES):
        raise Doubt
    next_event = open_events(content)
    if _ANCHOR.search(content) or _TAG.search(content):
        next_event = _guarded(next_event)
    next_event()
    start = next_event()
    if start.__class__ is not DocumentStartEvent or start.tags or (start.version or (1, 2)) != (1, 2):
        raise Doubt
    builder = _Builder(next_event)
    with without_collector():
        data = builder.root()
    if next_event().__class__ is not DocumentEndEvent or next_event().__class__ is not StreamEndEvent:
        raise Doubt
    return data, builder.lines, builder.top


def may_exceed(content: bytes, nodes: int) -> bool:
    """Whether a document could have more nodes; False is certain.

    Between two scalars stands a separator, and each collection has a separator of its own.
    """
    if len(content) <= nodes:
        return False
    return 2 * (len(content) - len(content.translate(None, _SEPARATORS))) + 1 > nodes


def _guarded(next_event: NextEvent) -> NextEvent:
    def guarded() -> Any:
        event = next_event()
        if getattr(event, "anchor", None) is not None or getattr(event, "tag", None) is not None:
            raise Doubt
        return event

    return guarded


class _Builder:
    """Mappings and sequences of one stream. Each method is called after the start event and eats the end event."""

    __slots__ = ("_keys", "_lists", "_next_event", "_plain", "_quoted", "lines", "top")

    def __init__(self, next_event: NextEvent) -> None:
        self._next_event = next_event
        self._plain = _Plain()
        self._keys = _Keys()
        self._quoted = _Quoted()
        self._lists: dict[str, list[Any]] = {}
        self.lines: dict[str, array[int]] = {}
        self.top: dict[str, Spot] = {}

    def root(self) -> Any:
        event = self._next_event()
        if event.__class__ is MappingStartEvent:
            return self._top(in_block=not event.flow_style)
        if event.__class__ is SequenceStartEvent:
            return self._sequence(1)
        return self._scalar(event)

    def _top(self, *, in_block: bool) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while (event := self._next_event()).__class__ is ScalarEvent:
            key = (self._quoted if event.style else self._keys)[event.value]
            if key in data:
                raise Doubt
            value = self._next_event()
            if in_block:
                self.top[key] = _index(event), _index(value)
            kind = value.__class__
            if kind is MappingStartEvent:
                self.lines[key] = array("L")
                data[key] = self._mapping(2, self.lines[key])
            else:
                data[key] = self._sequence(2) if kind is SequenceStartEvent else self._scalar(value)
        if event.__class__ is not MappingEndEvent:
            raise Doubt
        return data

    # one function and not three: calls would cost a tenth of the whole reading
    def _mapping(  # noqa: C901, PLR0912
        self, level: int, lines: "array[int] | None"
    ) -> dict[str, Any]:
        if level > MAX_LEVELS:
            raise Doubt
        next_event, plain, quoted, keys = self._next_event, self._plain, self._quoted, self._keys
        data: dict[str, Any] = {}
        count = 0
        while True:
            event = next_event()
            kind = event.__class__
            if kind is not ScalarEvent:
                break
            if event.style:
                key = quoted[event.value]
            elif lines is None:
                key = keys[event.value]
            else:  # holders: nearly all of them different, so that a cache would only grow
                key = event.value
                if is_special(key) and meaning(key) is not key:
                    raise Doubt
            if lines is not None:
                lines.append(event.start_mark.line + 1)
            count += 1
            event = next_event()
            kind = event.__class__
            if kind is ScalarEvent:
                data[key] = quoted[event.value] if event.style else plain[event.value]
            elif kind is SequenceStartEvent:
                data[key] = self._sequence(level + 1)
            elif kind is MappingStartEvent:
                data[key] = self._mapping(level + 1, None)
            else:
                raise Doubt
        if kind is not MappingEndEvent or len(data) != count:
            raise Doubt
        return data

    def _sequence(self, level: int) -> list[Any]:
        if level > MAX_LEVELS:
            raise Doubt
        next_event, plain, quoted = self._next_event, self._plain, self._quoted
        data: list[Any] = []
        while True:
            event = next_event()
            kind = event.__class__
            if kind is ScalarEvent:
                data.append(quoted[event.value] if event.style else plain[event.value])
            elif kind is SequenceEndEvent:
                break
            elif kind is MappingStartEvent:
                data.append(self._mapping(level + 1, None))
            elif kind is SequenceStartEvent:
                data.append(self._sequence(level + 1))
            else:
                raise Doubt
        if not 0 < len(data) <= LONGEST_SHARED_LIST:
            return data
        try:  # a tenant has few different lists of licenses and many that are equal; data is read, never changed
            return self._lists.setdefault("\0".join(data), data)
        except TypeError:  # not only text
            return data

    def _scalar(self, event: Any) -> Any:
        if event.__class__ is not ScalarEvent:
            raise Doubt
        return (self._quoted if event.style else self._plain)[event.value]


def _index(event: Any) -> int:
    index: int = event.start_mark.index
    return index
