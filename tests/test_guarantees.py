"""docs/guarantees.md: whatever it names as a proof is a test that is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/guarantees.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)
INVARIANTS = [f"I{number}" for number in range(1, 10)]


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the tests of a module."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[f"{file}::{name}" for file, name in NAMED])
def test_a_test_that_the_page_names_is_there(file: str, name: str) -> None:
    path = ROOT / file
    assert path.is_file()
    assert not name or name in names_in(path)


def rows() -> list[list[str]]:
    """The cells of the rows of all tables."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_each_row_names_a_test() -> None:
    told = [row for row in rows() if row[-1] != "shown by"]
    assert len(told) >= len(INVARIANTS)
    assert not [row for row in told if not re.search(r"`tests/[\w/]+\.py", row[-1])]


def test_each_invariant_has_a_row() -> None:
    assert [row[0].partition("**")[2].partition("**")[0] for row in rows() if row[0].startswith("**I")] == INVARIANTS
