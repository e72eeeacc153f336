"""What `make torture` tries, in its order: a new family is a module with `rows(seconds, seed)`, and its line here."""

from collections.abc import Iterable
from dataclasses import dataclass

WORKERS = 2
"""Fuzzers at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A name, the module that yields its rows, and how many seconds it may take at most.

    The work of a fuzzer is cut into `parts`, each with a seed of its own, and shares the machine with the others.
    Whatever is `alone` measures or crashes whole programs: it begins when nothing else runs.
    """

    name: str
    module: str
    budget: float
    parts: int = 1
    alone: bool = False


FAMILIES = (
    Family(name="yaml", module="fuzz_yaml", budget=105, parts=6),
    Family(name="plan", module="fuzz_plan", budget=115),
    Family(name="snapshot", module="fuzz_snapshot", budget=60),
    Family(name="csv", module="fuzz_csv", budget=105),
    Family(name="markdown", module="fuzz_markdown", budget=100),
    Family(name="html", module="fuzz_html", budget=50),
    Family(name="reports", module="fuzz_reports", budget=25),
    Family(name="crashes", module="crashes", budget=170, alone=True),
    Family(name="hammer", module="hammer", budget=100, alone=True),
)
"""Fuzzers end when they have tried what they promise, in about half of their budget on two cores; the others take it
all. In the worst case all of it is less than 15 minutes.
"""


def worst(chosen: Iterable[Family]) -> float:
    """Seconds that families take if each takes its whole budget."""
    chosen = tuple(chosen)
    beside = [family.budget for family in chosen if not family.alone for _ in range(family.parts)]
    alone = sum(family.budget for family in chosen if family.alone)
    # one worker may begin its last part when the other has nothing left to do
    return alone + (sum(beside) + max(beside, default=0)) / WORKERS
