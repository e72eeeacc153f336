"""One walk through the nodes of a text, which finds where the paths of its data stand."""

from collections.abc import Iterable
from typing import Any

from tenantry.documents.nodes import Nodes
from tenantry.documents.text import cleaned

Path = tuple[str | int, ...]
Spot = tuple[int, int]
"""The indexes in a text at which a key and its value begin; of what has no key, twice that of the value."""


def search(nodes: Nodes, paths: Iterable[Path]) -> dict[Path, Spot]:
    """Find the paths, and what stands above them; a path that does not exist is left out."""
    trie: dict[Any, Any] = {}
    for path in paths:
        branch = trie
        for step in path:
            branch = branch.setdefault(step, {})
    return _Search(nodes).run(trie)


class _Search:
    """A walk no further than the last path that is wanted, from a trie of them."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._found: dict[Path, Spot] = {}

    def run(self, trie: dict[Any, Any]) -> dict[Path, Spot]:
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
            key = None if key is None else cleaned(key)
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

    def _step(self, kind: str, trie: dict[Any, Any], path: Path, indexes: Spot) -> int:
        self._found[path] = indexes
        return self._enter(kind, trie.pop(path[-1]), path)

    def _close(self, levels: int) -> None:
        while levels:
            kind = next(self._nodes)[0]
            levels += (kind in "{[") - (kind in "}]")
