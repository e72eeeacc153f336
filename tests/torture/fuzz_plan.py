"""Saved plans from strangers: accepted only if canonical, sealed, and byte for byte a plan that could be written."""

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import corpus
from fuzzing import Fuzzer, fuzz
from judging import canonical, placed, strict_json, told
from mutating import Mutations
from mutating_json import mutated, written
from rendering_samples import PLAN, PROBLEM, QUIET, READY, usage
from row import Row

from tenantry.documents.json import read_json
from tenantry.documents.plan import unchanged
from tenantry.documents.schema import accepts
from tenantry.engine.claim import claim
from tenantry.engine.plan import sealed
from tenantry.engine.saved import SAVED_BYTES, refuse, saved
from tenantry.errors import AuthorError, PlanAgainError
from tenantry.model.digest import canonical as as_saved
from tenantry.model.plan import PlanSet
from tenantry.model.plan_data import plan_set_data
from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.layout import Layout
from worlds import NIMBUS, planned

FILE = "plan.json"
WANTED = 200_000
_SHOWN, _WORDS = 16, 24
"""One in so many: of the changed plans that are accepted, shown in every format; of those that the schema refuses,
asked why. Each of these takes a hundred times as long as reading.
"""
_turns = itertools.count()


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """The row of saved plans."""
    return fuzz(FUZZER, seconds, seed)


def _seeds() -> tuple[PlanSet, ...]:
    few = usage(companion=(8, 7))[6:7]
    return (
        sealed((), [replace(READY, changes=READY.changes[:2], usage=few, findings=(), cost=None)]),
        sealed((), [replace(PLAN, changes=PLAN.changes[2:3], updates=(), usage=few, findings=PLAN.findings[1:2])]),
        sealed((PROBLEM,), [replace(QUIET, usage=few)]),
        sealed((PROBLEM,), []),
        sealed(
            (),
            [
                planned({"users": {"ada@x.example": {"licenses": ["companion"]}}}),
                replace(QUIET, tenant="zeta", usage=()),
            ],
        ),
    )


SEEDS = tuple(as_saved(plan_set_data(plans)).encode() for plans in _seeds())
_DATA = tuple(map(strict_json, SEEDS))
_GOLDEN = (corpus.ROOT / "tests/golden/contoso/plan.json").read_bytes()
_TEXTS = Mutations((*SEEDS, *SEEDS, _GOLDEN), corpus.words("json"), bytes_share=0.5, often=(1, 1, 1, 1, 2, 3))


def make(chance: Random) -> bytes:
    """A plan to whose bytes or data something has happened; often with the digest that it should have then."""
    kind = chance.random()
    if kind < 0.45:
        return _TEXTS.mutated(chance)
    data = mutated(chance, chance.choice(_DATA))
    if isinstance(data, dict) and kind < 0.75:
        data["digest"] = _seal(data)
    if kind < 0.7:
        try:
            return canonical(data)
        except (UnicodeEncodeError, ValueError):
            return written(chance, data)
    return written(chance, data)


def _seal(data: Any) -> str:
    content = {key: value for key, value in data.items() if key != "digest"}
    try:
        return "sha256:" + hashlib.sha256(canonical(content)).hexdigest()
    except UnicodeEncodeError:  # a lone surrogate
        return "sha256:" + "0" * 64


def judge(content: bytes, turn: int | None = None) -> int:
    """Whether a plan is refused."""
    turn = next(_turns) if turn is None else turn
    if turn % _WORDS and _refused_soon(content):
        return 1
    try:
        plans = claim(FILE, content, NIMBUS)
    except PlanAgainError as error:
        told(error)
        if turn % _SHOWN == 0:
            _shown(content)
        return 1
    data = strict_json(content)
    assert content == canonical(data), "not canonical and accepted"
    assert data["digest"] == _seal(data), "not sealed and accepted"
    assert plan_set_data(plans) == data, "not what it says"
    if content not in SEEDS and turn % _SHOWN == 0:
        for rendered in PLAN_FORMATS.values():
            rendered(plans, NIMBUS, Layout())
    return 0


def _refused_soon(content: bytes) -> bool:
    """Whether reading and the schema refuse a plan, as `claim` does, without the words."""
    document, problems = read_json(FILE, content, limit=SAVED_BYTES)
    placed(problems, content)
    if document is None or problems:
        return True
    try:
        unchanged(document)
    except PlanAgainError:
        return True
    return not accepts(document, "plan", NIMBUS)


def _shown(content: bytes) -> None:
    """What can't be applied is refused by `show` as well, or says the same written in another way."""
    try:
        plans, problems = saved(FILE, content, NIMBUS)
        placed(problems, content)
        refuse(problems)
    except (AuthorError, PlanAgainError) as error:
        told(error)
    else:
        assert plans is not None
        assert plan_set_data(plans)["digest"] == _seal(strict_json(content))


def judge_again(content: bytes) -> int:
    """The same, with everything that is looked at in turns."""
    return judge(content, 0)


FUZZER = Fuzzer(name="plan", what="saved plans", wanted=WANTED, make=make, judge=judge, again=judge_again)
