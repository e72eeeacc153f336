"""Snapshots from strangers: the JSON reader, the schema and the state; accepted is what another reader reads."""

import itertools
import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import corpus
from fuzzing import Fuzzer, fuzz
from judging import placed, strict_json
from mutating import Mutations
from mutating_json import mutated, written
from row import Row

from random_worlds import dice, random_world
from tenantry.documents.check import check
from tenantry.documents.json import read_json
from tenantry.documents.schema import accepts
from tenantry.documents.snapshot import read_snapshot
from tenantry.model.catalog import SECTIONS
from tenantry.model.state import CurrentState
from worlds import NIMBUS

FILE = "state.json"
WANTED = 200_000
_WORDS = 24
"""One in so many of those that the schema refuses is asked why: that takes a hundred times as long as reading."""
_turns = itertools.count()


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """The row of snapshots."""
    return fuzz(FUZZER, seconds, seed)


def _seeds() -> Iterator[Any]:
    head = {"format": "tenantry-snapshot/1", "tenant": "contoso"}
    for seed in range(40):
        world = random_world(dice(seed), NIMBUS).current
        yield from ({**head, key: value} for key, value in world.items() if key not in head)
    yield {**head, "in_use": [{"holder": "service:desk", "license": "contact_center", "what": "2 flows"}]}
    yield strict_json((corpus.ROOT / "snapshots/minimal.json").read_bytes())


_DATA = tuple(_seeds())
SEEDS = tuple(json.dumps(data).encode() for data in _DATA)
_TEXTS = Mutations(SEEDS, corpus.words("json"), bytes_share=0.5)


def make(chance: Random) -> bytes:
    """A snapshot to whose text or data something has happened."""
    return _TEXTS.mutated(chance) if chance.random() < 0.4 else written(chance, mutated(chance, chance.choice(_DATA)))


def judge(content: bytes, turn: int | None = None) -> int:
    """Whether a snapshot is refused."""
    turn = next(_turns) if turn is None else turn
    document, problems = read_json(FILE, content)
    placed(problems, content)
    if document is None or problems:
        assert problems, "nothing was read and nothing is told"
        return 1
    data = strict_json(content)
    assert repr(document.data) == repr(data)
    if not accepts(document, "snapshot", NIMBUS):
        if turn % _WORDS == 0:
            problems = check(document, "snapshot", NIMBUS)
            assert problems, "refused and nothing is told"
            placed(problems, content)
        return 1
    state, problems = read_snapshot(document, NIMBUS)
    placed(problems, content)
    assert (state is None) == bool(problems)
    if state is None:
        return 1
    _same(state, data)
    return 0


def _same(state: CurrentState, data: Mapping[str, Any]) -> None:
    """Each holder holds what the snapshot says, counted anew from its words."""
    for kind, section in SECTIONS.items():
        said = data.get(section, {})
        found = {row.key: row for row in state.holders[kind].values()}
        assert found.keys() == said.keys()
        for key, body in said.items():
            held = set(body.get("licenses", ()))
            if kind == "service":
                held = {body.get("license", "advanced_routing"), *body.get("addons", ())}
            assert found[key].licenses == held, f"{kind}:{key} holds {set(found[key].licenses)}, and not {held}"
            assert found[key].labels.name == body.get("name")
    assert (state.contingency or {}) == data.get("contingency", {})


def judge_again(content: bytes) -> int:
    """The same, with everything that is looked at in turns."""
    return judge(content, 0)


FUZZER = Fuzzer(name="snapshot", what="snapshots", wanted=WANTED, make=make, judge=judge, again=judge_again)
