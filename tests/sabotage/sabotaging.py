"""One deliberate fault: where it goes, what it does, which tests must see it, and the source with the fault in it.

A place is a function, method or constant of a module, so that whatever moves around it lets the fault stand.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


class UnfitError(Exception):
    """A fault doesn't fit the code of today."""


@dataclass(frozen=True, slots=True)
class Instead:
    """An expression over `original` that takes its place; it is bound at the end of the module."""

    expression: str


@dataclass(frozen=True, slots=True)
class Within:
    """A text that stands once in the place, and what stands there instead."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sabotage:
    """A fault. `at` is `module:name` or `module:Class.name`, `tests` are node ids and files of which one must fail."""

    what: str
    at: str
    change: Instead | Within
    tests: tuple[str, ...]

    @property
    def file(self) -> str:
        """The path of the module below the root."""
        return f"src/{self.at.partition(':')[0].replace('.', '/')}.py"

    @property
    def name(self) -> str:
        """The place in the module."""
        return self.at.partition(":")[2]


def sabotaged(source: str, fault: Sabotage) -> str:
    """The source of a module with a fault in it. UnfitError where it doesn't fit."""
    first, last = _place(ast.parse(source), fault.name)
    if isinstance(fault.change, Instead):
        return f"{source}\n{fault.name} = (lambda original: {fault.change.expression})({fault.name})\n"
    lines = source.splitlines(keepends=True)
    inside = "".join(lines[first:last])
    times = inside.count(fault.change.old)
    if times != 1:
        raise UnfitError(f"{fault.at}: {fault.change.old!r} stands there {times} times")
    changed = inside.replace(fault.change.old, fault.change.new)
    return "".join((*lines[:first], changed, *lines[last:]))


def _place(tree: ast.Module, name: str) -> tuple[int, int]:
    """The lines of a function, method or constant, from its first decorator to its end."""
    found: list[ast.stmt] = []
    body = tree.body
    for part in name.split("."):
        found = [item for item in body if part in _names(item)]
        if len(found) != 1:
            raise UnfitError(f"{name} stands there {len(found)} times")
        body = getattr(found[0], "body", [])
    above = [item.lineno for item in getattr(found[0], "decorator_list", [])]
    return min(*above, found[0].lineno, found[0].lineno) - 1, found[0].end_lineno or 0


def _names(item: ast.stmt) -> list[str]:
    if isinstance(item, (ast.FunctionDef, ast.ClassDef)):
        return [item.name]
    targets = item.targets if isinstance(item, ast.Assign) else [item.target] if isinstance(item, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]
