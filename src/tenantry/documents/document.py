"""A document that was read: its data, its text, and the way from a path in the data to a place in the text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tenantry.documents.nodes import NODES, Nodes
from tenantry.documents.text import Lines, Place

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Data of one file, not yet judged; it is shared between equal parts and must not be changed.

    `lines` has, for each key of the top level that holds a mapping, the lines of that mapping's keys, in the order of
    its dict; it is empty for JSON. Every other place is found when it is asked for, by reading the text once more:
    problems are rare, and places of everything would take more memory than the data.
    """

    file: str
    data: Any = field(repr=False)
    text: str = field(repr=False)
    lines: Mapping[str, Sequence[int]] = field(repr=False)
    syntax: Literal["yaml", "json"] = "yaml"

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Line and column (from 1) of the value at a path, or of its key; of the nearest that exists above it."""
        return self.places([path], key=key)[path]

    def places(self, paths: Iterable[Path], *, key: bool = False) -> dict[Path, Place]:
        """The places of many paths in one walk through the text."""
        wanted = set(paths)
        trie: dict[Any, Any] = {}
        for path in wanted:
            branch = trie
            for step in path:
                branch = branch.setdefault(step, {})
        found = _Search(NODES[self.syntax](self.text)).run(trie)
        lines = Lines(self.text)
        return {path: lines.at(_nearest(found, path)[0 if key else 1]) for path in wanted}


def _nearest(found: Mapping[Path, tuple[int, int]], path: Path) -> tuple[int, int]:
    while path not in found:
        path = path[:-1]
    return found[path]


class _Search:
    """One walk through the nodes of a text, no further than the last path that is wanted."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._found: dict[Path, tuple[int, int]] = {}

    def run(self, trie: dict[Any, Any]) -> dict[Path, tuple[int, int]]:
        """The index of key and value of each path that exists, from a trie of the paths that are wanted."""
        kind, _, index = next(self._nodes)
        self._found[()] = (index, index)
        self._enter(kind, trie, ())
        return self._found

    def _enter(self, kind: str, trie: dict[Any, Any], path: Path) -> int:
        """Look into the node that has just begun; the number of levels that are left open, since nothing is wanted."""
        if kind == "{":
            return self._mapping(trie, path)
        return self._sequence(trie, path) if kind == "[" else 0

    def _mapping(self, trie: dict[Any, Any], path: Path) -> int:
        seen: set[Any] = set()
        still_open = 0
        while trie:
            self._close(still_open)
            kind, key, key_index = next(self._nodes)
            if kind == "}":
                return 0
            self._close(kind in "{[")
            kind, _, index = next(self._nodes)
            if key is None or key in seen or key not in trie:
                still_open = int(kind in "{[")
            else:
                seen.add(key)
                still_open = self._step(kind, trie, (*path, key), (key_index, index))
        return still_open + 1

    def _sequence(self, trie: dict[Any, Any], path: Path) -> int:
        position = still_open = 0
        while trie:
            self._close(still_open)
            kind, _, index = next(self._nodes)
            if kind == "]":
                return 0
            if position in trie:
                still_open = self._step(kind, trie, (*path, position), (index, index))
            else:
                still_open = int(kind in "{[")
            position += 1
        return still_open + 1

    def _step(self, kind: str, trie: dict[Any, Any], path: Path, indexes: tuple[int, int]) -> int:
        self._found[path] = indexes
        return self._enter(kind, trie.pop(path[-1]), path)

    def _close(self, levels: int) -> None:
        while levels:
            kind = next(self._nodes)[0]
            levels += (kind in "{[") - (kind in "}]")
