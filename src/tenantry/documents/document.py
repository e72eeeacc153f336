"""A document that was read: its data, its text, and the way from a path in the data to a place in the text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tenantry.documents.nodes import NODES
from tenantry.documents.searching import Path, Spot, search
from tenantry.documents.text import Lines, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Data of one file, not yet judged; it is shared between equal parts and must not be changed.

    `lines` has, for each key of the top level that holds a mapping, the lines of that mapping's keys, in the order of
    its dict, and `top` where the keys and values of the top level begin; both are empty for JSON. Every other place is
    found when it is asked for, by reading a part of the text once more: problems are rare, and places of everything
    would take more memory than the data.
    """

    file: str
    data: Any = field(repr=False)
    text: str = field(repr=False)
    lines: Mapping[str, Sequence[int]] = field(repr=False)
    top: Mapping[str, Spot] = field(default_factory=dict, repr=False)
    syntax: Literal["yaml", "json"] = "yaml"
    _counted: Lines = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_counted", Lines(self.text))

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Line and column (from 1) of the value at a path, or of its key; of the nearest that exists above it."""
        return self.places([path], key=key)[path]

    def places(self, paths: Iterable[Path], *, key: bool = False) -> dict[Path, Place]:
        """The places of many paths, each part of the text read once."""
        by_part: dict[Path, list[Path]] = {}
        positions: dict[Any, dict[Any, int]] = {}
        for path in paths:
            by_part.setdefault(self._part(path, positions), []).append(path)
        places = {}
        for part, wanted in by_part.items():
            found = self._found(part, wanted, positions)
            for path in wanted:
                places[path] = self._counted.at(_nearest(found, path)[0 if key else 1])
        return places

    def _part(self, path: Path, positions: dict[Any, dict[Any, int]]) -> Path:
        """The smallest part of the text that shows a path and can be read by itself: all, an entry, or one below it.

        A map without braces can be read from any of its keys on, if the key begins its line.
        """
        name: Any = path[0] if path else None
        if name not in self.top or not self._begins_line(self.top[name][0]):
            return ()
        if len(path) == 1 or name not in self.lines or self.text[self.top[name][1]] == "{":
            return path[:1]
        if name not in positions:
            positions[name] = {key: position for position, key in enumerate(self.data[name])}
        return path[:2] if path[1] in positions[name] else path[:1]

    def _begins_line(self, index: int) -> bool:
        return self.text[index - 1 : index] in ("", "\n", "\r")

    def _found(self, part: Path, paths: list[Path], positions: dict[Any, dict[Any, int]]) -> dict[Path, Spot]:
        """The spots of paths that a part of the text shows, and of what stands above them."""
        if not part:
            known = [path for path in paths if not self.top or (path and path[0] in self.top)]
            return search(NODES[self.syntax](self.text), known)
        begin, end = self._range(part, positions)
        above: Any = part[:-1]
        nodes = NODES[self.syntax](self.text[begin:end])
        found = search(nodes, [path[len(above) :] for path in paths])
        if part[len(above) :] not in found:  # of a key behind a `?` on another line, the part alone is no map
            return self._found((), paths, positions)
        spots = {above + path: (key + begin, value + begin) for path, (key, value) in found.items()}
        return spots | {above: self.top[above[0]]} if above else spots

    def _range(self, part: Path, positions: dict[Any, dict[Any, int]]) -> tuple[int, int]:
        """From where to where a part can be read: up to the entry that follows."""
        name: Any = part[0]
        if len(part) == 1:
            begin = self.top[name][0]
            return begin, min((key for key, _ in self.top.values() if key > begin), default=len(self.text))
        lines = self.lines[name]
        position = positions[name][part[1]]
        begin = self._counted.begin(lines[position])
        if position + 1 < len(lines):
            return begin, self._counted.begin(lines[position + 1])
        return begin, self._range(part[:1], positions)[1]


def _nearest(found: Mapping[Path, Spot], path: Path) -> Spot:
    while path not in found:
        path = path[:-1]
    return found[path]
