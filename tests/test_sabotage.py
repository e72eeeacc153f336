"""The lists of `make sabotage` and `make mutation` fit today's code, and nothing is taken for a kill that is none."""

import ast
import builtins
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "sabotage"))
sys.path.append(str(HERE.parent / "benchmarks"))

from all_faults import FAULTS  # noqa: E402 - found by the line above
from sabotaging import ROOT, Instead, Sabotage, UnfitError, Within, sabotaged  # noqa: E402 - as above
from trying import judged  # noqa: E402 - as above

from mutation import ROOMS, Room, interval  # noqa: E402 - as above

MODULE = """
LIMIT = 3

class Shelf:
    @property
    def full(self):
        return self.books > LIMIT or self.books > 5

def full(books):
    return books > LIMIT
"""


def fault(at: str, change: Instead | Within) -> Sabotage:
    return Sabotage(what="A fault.", at=f"shelf:{at}", change=change, tests=())


def test_there_are_at_least_forty_faults_and_no_two_are_alike() -> None:
    assert len(FAULTS) >= 40
    assert len({item.what for item in FAULTS}) == len({(item.at, item.change) for item in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("item", FAULTS, ids=lambda item: f"{item.at}: {item.what}")
def test_a_fault_fits_the_code_of_today(item: Sabotage) -> None:
    source = (ROOT / item.file).read_text("utf-8")
    changed = sabotaged(source, item)
    assert changed != source
    compile(changed, item.file, "exec")
    if isinstance(item.change, Instead):
        assert _strange(item.change.expression, source) == set()


@pytest.mark.parametrize("test", sorted({test for item in FAULTS for test in item.tests}))
def test_a_test_that_a_fault_names_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    written = ast.parse((ROOT / file).read_text("utf-8")).body
    assert any(isinstance(item, ast.FunctionDef) and (item.name == name or not name) for item in written)


def test_each_fault_names_tests() -> None:
    assert all(item.tests for item in FAULTS)


def test_a_fault_is_put_where_it_says_and_nowhere_else() -> None:
    namespace: dict[str, object] = {}
    exec(sabotaged(MODULE, fault("full", Within("books > LIMIT", "books >= LIMIT"))), namespace)  # noqa: S102 - ours
    assert namespace["full"](3)  # type: ignore[operator]
    namespace = {}
    exec(sabotaged(MODULE, fault("full", Instead("lambda books: original(books - 1)"))), namespace)  # noqa: S102 - ours
    assert not namespace["full"](4)  # type: ignore[operator]
    assert "LIMIT = 4\n\nclass" in sabotaged(MODULE, fault("LIMIT", Within("3", "4")))
    assert "> 6" in sabotaged(MODULE, fault("Shelf.full", Within("5", "6")))


@pytest.mark.parametrize(
    ("at", "change"),
    [
        ("Shelf.full", Within("self.books >", "0 >")),
        ("Shelf.full", Within("return books > LIMIT", "return False")),
        ("empty", Instead("lambda: True")),
        ("Shelf.empty", Within("5", "6")),
    ],
)
def test_what_stands_there_twice_or_not_at_all_is_told(at: str, change: Instead | Within) -> None:
    with pytest.raises(UnfitError):
        sabotaged(MODULE, fault(at, change))


FAILED = "FAILED tests/test_a.py::test_b - assert 1 == 2\n1 failed, 3 passed in 0.1s\n"


@pytest.mark.parametrize(
    ("code", "said", "fate"),
    [
        (0, "4 passed in 0.1s", "survived"),
        (0, "1 passed, 3 skipped in 0.1s", "survived"),
        (1, FAILED, "killed"),
        (1, "ERROR tests/test_a.py::test_b - ValueError: 1\n1 error in 0.1s", "killed"),
        (1, FAILED.replace("assert 1 == 2", "NameError: name 'x' is not defined"), "unfit"),
        (1, "Traceback (most recent call last):\nImportError: cannot import name 'x'\n" + FAILED, "unfit"),
        (1, FAILED.replace("assert 1 == 2", "AssertionError: 1.08 s"), "unfit"),
        (1, "1 failed in 0.1s", "unfit"),
        (2, "ERROR tests/test_a.py\n!!! Interrupted: 1 error during collection !!!", "unfit"),
        (4, "ERROR: file or directory not found: tests/test_a.py", "unfit"),
        (5, "no tests ran in 0.1s", "unfit"),
        (-11, "", "unfit"),
        (None, "", "unfit"),
    ],
)
def test_only_tests_that_fail_kill(code: int | None, said: str, fate: str) -> None:
    assert judged(code, said)[0] == fate


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_the_code_that_is_mutated_and_the_tests_that_are_asked_are_there(room: Room) -> None:
    assert list(ROOT.glob(room.code))
    assert all((ROOT / test).exists() for test in room.tests)


@pytest.mark.parametrize(
    ("killed", "size", "low", "high"), [(50, 100, 0.404, 0.596), (100, 100, 0.963, 1.0), (0, 10, 0.0, 0.278)]
)
def test_the_share_of_all_mutants_lies_around_that_of_a_sample(killed: int, size: int, low: float, high: float) -> None:
    assert interval(killed, size) == pytest.approx((low, high), abs=0.001)


def _strange(expression: str, source: str) -> set[str]:
    """The names of an expression that neither it nor the module of which it becomes a part has."""
    names = [item for item in ast.walk(ast.parse(expression)) if isinstance(item, ast.Name)]
    own = {item.arg for item in ast.walk(ast.parse(expression)) if isinstance(item, ast.arg)}
    made = own | {item.id for item in names if isinstance(item.ctx, ast.Store)}
    known = {name for item in ast.walk(ast.parse(source)) for name in _bound(item)}
    return {item.id for item in names} - made - known - {"original"} - set(dir(builtins))


def _bound(item: ast.AST) -> list[str]:
    if isinstance(item, (ast.FunctionDef, ast.ClassDef)):
        return [item.name]
    if isinstance(item, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name for alias in item.names]
    return [item.id] if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store) else []
