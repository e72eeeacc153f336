"""The order of tier replacements: each finds a free unit, or, where none can, a circle moves at once.

A replacement takes one unit of its new tier and frees one of its old tier. Which service moves doesn't matter here,
only how many move from where to where, so everything runs over counts of moves by pair of tiers.

Whether single moves can do it all is seen from the end. Going back in time, the move from a to b takes a free unit
from a and gives one to b; it can be taken back while a has a free unit, or once nothing else enters a (then a may as
well be over its contingency at the start). So free units walk along the moves, from tiers that have one at the end
and from tiers that nobody enters, and a unit that comes by a tier can do every round trip that begins there before it
goes on: all moves between tiers that a unit reaches can be done. Tiers that none reaches are *sealed*: full at the
end, and entered only from one another. There, and only there, a circle has to move at once. This depends on the moves
that are left and on what is free at the end, which no move changes; so the order is found step by step without a
search: no step may seal a tier.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]
"""From a tier to a tier."""
Moves = Mapping[Pair, int]
Free = Mapping[str, int | None]
"""Units that are free of each tier, negative where it is over its contingency; None: no limit."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Steps in order, each one pair or the pairs of a circle; with `spare` units more there would be no circle."""

    steps: tuple[tuple[Pair, ...], ...]
    spare: int = 0


def arrange(moves: Moves, free: Free, preference: Mapping[Pair, int]) -> Arrangement:
    """Order the moves so that none enters a full tier; circles only where single moves can't do it all.

    The end state must fit: no tier that is entered is over its contingency after all moves. `preference` ranks pairs
    that could go next; the lowest goes first. ValueError where the end state doesn't fit.
    """
    left, room, ends = dict(moves), dict(free), _after(moves, free)
    wanted = sorted(moves, key=lambda pair: (preference[pair], pair))
    sealed = _sealed(left, ends)
    spare, ring = _spare(left, sealed), _ring(left, sealed)
    steps: list[tuple[Pair, ...]] = []
    while left:
        step = _single(left, room, ends, sealed, wanted) or ring
        if not step:
            raise ValueError("the moves end over a contingency")
        for pair in step:
            _walk(left, room, pair)
        steps.append(step)
        if not all(pair in left for pair in step):
            sealed = _sealed(left, ends)
            ring = _ring(left, sealed)
    return Arrangement(tuple(steps), spare)


def _single(left: Moves, room: Free, ends: Free, sealed: frozenset[str], wanted: Iterable[Pair]) -> tuple[Pair, ...]:
    """The first pair that finds a free unit and seals no tier; nothing where there is none."""
    for pair in wanted:
        units = room[pair[1]]
        if pair in left and (units is None or units > 0):
            rest = [other for other in left if other != pair]
            if left[pair] > 1 or _sealed(rest, ends) <= sealed:
                return (pair,)
    return ()


def _sealed(left: Iterable[Pair], ends: Free) -> frozenset[str]:
    """The tiers with moves to which no free unit can come, by what is free at the end."""
    tiers = {tier for pair in left for tier in pair}
    entered = {new for _, new in left}
    return frozenset(tiers - _reached(left, {tier for tier in tiers if tier not in entered or ends[tier] != 0}))


def _reached(left: Iterable[Pair], starts: Iterable[str]) -> set[str]:
    """The tiers that can be reached from some, along the moves."""
    onward: dict[str, list[str]] = {}
    for old, new in left:
        onward.setdefault(old, []).append(new)
    seen, pending = set(starts), list(starts)
    while pending:
        fresh = [tier for tier in onward.get(pending.pop(), ()) if tier not in seen]
        seen.update(fresh)
        pending += fresh
    return seen


def _spare(left: Iterable[Pair], sealed: frozenset[str]) -> int:
    """How many units, one in each group of sealed tiers that nothing else enters, would reach all of them."""
    backward = [(new, old) for old, new in left]
    before = {tier: _reached(backward, {tier}) for tier in sealed}
    firsts = {frozenset(found) for found in before.values() if all(before[tier] == found for tier in found)}
    return len(firsts)


def _ring(left: Moves, sealed: frozenset[str]) -> tuple[Pair, ...]:
    """The shortest circle of moves between sealed tiers, of several the first; nothing where no tier is sealed."""
    inside = sorted(pair for pair in left if sealed.issuperset(pair))
    rings = [ring for start in inside for ring in _closed(inside, start)]
    return min(rings, key=lambda ring: (len(ring), ring), default=())


def _closed(pairs: list[Pair], start: Pair) -> Iterator[tuple[Pair, ...]]:
    """The shortest circle that a pair begins, if there is one: breadth first until it is back."""
    queue: deque[tuple[Pair, ...]] = deque([(start,)])
    seen = {start[1]}
    while queue:
        path = queue.popleft()
        if path[-1][1] == start[0]:
            yield path
            return
        for pair in pairs:
            if pair[0] == path[-1][1] and pair[1] not in seen:
                seen.add(pair[1])
                queue.append((*path, pair))


def _after(moves: Moves, free: Free) -> dict[str, int | None]:
    """What is free of each tier once all moves are done."""
    left, ends = dict(moves), dict(free)
    for pair, count in moves.items():
        _walk(left, ends, pair, count)
    return ends


def _walk(left: dict[Pair, int], room: dict[str, int | None], pair: Pair, times: int = 1) -> None:
    """Carry out a move some times."""
    left[pair] -= times
    if not left[pair]:
        del left[pair]
    for tier, units in ((pair[0], times), (pair[1], -times)):
        now = room[tier]
        if now is not None:
            room[tier] = now + units
