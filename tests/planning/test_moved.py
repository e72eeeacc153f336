"""What moved between two sets of plans: each thing once, on the side where it is."""

from dataclasses import replace

from tenantry.model.plan import PlanSet
from tenantry.model.report import Move
from tenantry.planning.moved import moved
from worlds import BOUGHT, planned

EMPTY = PlanSet(tool="tenantry 1", digest="sha256:a", effect="sha256:b", problems=(), plans=())


def test_equal_sets_have_nothing_that_moved() -> None:
    assert moved(EMPTY, EMPTY) == ()


def test_digests_alone_are_nothing_that_moved() -> None:
    assert moved(EMPTY, replace(EMPTY, digest="sha256:c", effect="sha256:d")) == ()


def test_a_value_that_differs_has_both_sides() -> None:
    assert moved(EMPTY, replace(EMPTY, tool="tenantry 2")) == (Move("tool", "tenantry 1", "tenantry 2"),)


def test_what_is_not_told_on_one_side_is_none_there() -> None:
    before, after = (replace(EMPTY, plans=(replace(planned({}, {}), lineage=line),)) for line in (None, "ab"))
    assert moved(before, after) == (Move("plans > contoso > lineage", "none", "ab"),)


def test_a_change_that_is_there_in_one_only_has_one_side() -> None:
    user, other = ({"users": {f"{name}@x.example": {"licenses": ["companion"]}}} for name in ("ada", "bob"))
    before, after = (replace(EMPTY, plans=(planned({**BOUGHT, **files}, {}),)) for files in (user, other))
    changes = [move for move in moved(before, after) if " > changes > " in move.where]
    assert [(move.where.split()[-1], move.before is None, move.after is None) for move in changes] == [
        ("user:ada@x.example", False, True),
        ("user:bob@x.example", True, False),
    ]
