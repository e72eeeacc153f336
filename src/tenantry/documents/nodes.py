"""A text as a stream of nodes with their places, for those who look for a place: the same shape for YAML and JSON."""

import json
import re
from collections.abc import Callable, Iterator, Mapping

from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tenantry.documents.events import open_events

Node = tuple[str, str | None, int]
"""Kind (`{`, `}`, `[`, `]`, `"` for a quoted scalar, `a` for a plain one), text of a scalar, index of its beginning."""
Nodes = Iterator[Node]

_KINDS = {MappingStartEvent: "{", MappingEndEvent: "}", SequenceStartEvent: "[", SequenceEndEvent: "]"}
_TOKEN = re.compile(r'[\[\]{}]|("[^"\\]*(?:\\.[^"\\]*)*")|[^\s\[\]{}",:]+')


def yaml_nodes(text: str) -> Nodes:
    """The nodes of a text that was read as YAML before."""
    next_event = open_events(text.encode("utf-8"))
    while (event := next_event()) is not None:
        kind = event.__class__
        if kind is ScalarEvent:
            yield '"' if event.style else "a", event.value, event.start_mark.index
        elif kind in _KINDS:
            yield _KINDS[kind], None, event.start_mark.index


def json_nodes(text: str) -> Nodes:
    """The nodes of a text that was read as JSON before, or of its beginning that is JSON."""
    for token in _TOKEN.finditer(text):
        written = token.group()
        if token.group(1):
            yield '"', json.loads(written) if "\\" in written else written[1:-1], token.start()
        elif written in "{}[]":
            yield written, None, token.start()
        else:
            yield "a", written, token.start()


NODES: Mapping[str, Callable[[str], Nodes]] = {"yaml": yaml_nodes, "json": json_nodes}
