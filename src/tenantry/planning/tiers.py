"""The order of tier replacements: each finds a free unit, or, where none can, a circle moves at once.

A replacement takes one unit of its new tier and frees one of its old tier. Seen the other way round, a free unit walks
from the new tier to the old. Which service moves doesn't matter here, only how many move from where to where, so the
search runs over counts of moves by pair of tiers.

Where no tier is over its contingency, the answer is known without a search: a connected group of tiers is stuck exactly
if all its tiers are full and as many services come as go in each (an Euler trail of the free units covers every other
group). Tiers over their contingency swallow the first units that reach them; there a search over the counts decides.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Pair = tuple[str, str]
"""From a tier to a tier."""
Moves = Mapping[Pair, int]
Free = Mapping[str, int | None]
"""Units that are free of each tier, negative where it is over its contingency; None: no limit."""

SEARCH_LIMIT = 100_000
"""States that the search looks at before it settles for circles. Only tiers over their contingency need a search."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Steps in order, each one pair or the pairs of a circle. `complete`: single moves could do it all."""

    steps: tuple[tuple[Pair, ...], ...]
    stuck: tuple[Pair, ...] = ()


def arrange(moves: Moves, free: Free, preference: Mapping[Pair, int]) -> Arrangement:
    """Order the moves so that none enters a full tier; what single moves can't do is left in `stuck`.

    The end state must fit (see `unfit`). `preference` ranks pairs that could go next; the lowest goes first.
    """
    wanted = sorted(moves, key=lambda pair: (preference[pair], pair))
    path = _search(dict(moves), dict(free), wanted)
    if path is None:
        path, left = _greedy(dict(moves), dict(free), wanted)
        return Arrangement(tuple((pair,) for pair in path), tuple(_spread(left, wanted)))
    return Arrangement(tuple((pair,) for pair in path))


def circles(stuck: tuple[Pair, ...]) -> Iterator[tuple[Pair, ...]]:
    """Split moves that come and go evenly in each tier into circles, the shortest first."""
    left: dict[Pair, int] = {}
    for pair in stuck:
        left[pair] = left.get(pair, 0) + 1
    while left:
        ring = min((_shortest_ring(left, pair) for pair in left), key=lambda found: (len(found), found))
        for pair in ring:
            left[pair] -= 1
            if not left[pair]:
                del left[pair]
        yield ring


def _shortest_ring(left: Moves, start: Pair) -> tuple[Pair, ...]:
    """The shortest circle through a pair: breadth first from where it arrives back to where it leaves."""
    queue: deque[tuple[Pair, ...]] = deque([(start,)])
    seen = {start[1]}
    while queue:
        path = queue.popleft()
        if path[-1][1] == start[0]:
            return path
        for pair in sorted(left):
            if pair[0] == path[-1][1] and (pair[1] not in seen or pair[1] == start[0]):
                seen.add(pair[1])
                queue.append((*path, pair))
    msg = "moves that come and go evenly always close a circle"
    raise AssertionError(msg)


def _search(moves: dict[Pair, int], free: dict[str, int | None], wanted: list[Pair]) -> list[Pair] | None:
    """A full order of single moves, or None where there is none (or the search limit is reached)."""
    path: list[Pair] = []
    options = [iter(wanted)]
    failed: set[tuple[int, ...]] = set()
    while options:
        if not any(moves.values()):
            return path
        state = tuple(moves[pair] for pair in wanted)
        step = None
        if state not in failed and len(failed) < SEARCH_LIMIT and not _hopeless(moves, free):
            step = next((pair for pair in options[-1] if moves[pair] and _fits(free, pair[1])), None)
        if step is None:
            failed.add(state)
            options.pop()
            if path:
                _walk(moves, free, path.pop(), -1)
            continue
        _walk(moves, free, step, 1)
        path.append(step)
        options.append(iter(wanted))
    return None


def _hopeless(moves: Moves, free: Free) -> bool:
    """Whether a connected group of tiers with moves is full throughout and comes and goes evenly: nothing can start."""
    return any(all(free[tier] == 0 and not _net(moves, tier) for tier in group) for group in groups(moves))


def groups(moves: Moves) -> list[set[str]]:
    """The tiers with moves left, grouped by what moves connect."""
    groups: list[set[str]] = []
    for pair, count in moves.items():
        if count:
            joined = [group for group in groups if not group.isdisjoint(pair)]
            groups = [group for group in groups if group.isdisjoint(pair)]
            groups.append(set(pair).union(*joined))
    return groups


def _net(moves: Moves, tier: str) -> int:
    """Moves into a tier less moves out of it."""
    return sum(((pair[1] == tier) - (pair[0] == tier)) * count for pair, count in moves.items())


def _greedy(
    moves: dict[Pair, int], free: dict[str, int | None], wanted: list[Pair]
) -> tuple[list[Pair], dict[Pair, int]]:
    """Go as far as single moves go; what is left comes and goes evenly between full tiers."""
    path: list[Pair] = []
    while (step := next((pair for pair in wanted if moves[pair] and _fits(free, pair[1])), None)) is not None:
        _walk(moves, free, step, 1)
        path.append(step)
    return path, {pair: count for pair, count in moves.items() if count}


def _spread(left: Moves, wanted: list[Pair]) -> Iterator[Pair]:
    for pair in wanted:
        yield from [pair] * left.get(pair, 0)


def _fits(free: Free, tier: str) -> bool:
    units = free[tier]
    return units is None or units > 0


def _walk(moves: dict[Pair, int], free: dict[str, int | None], pair: Pair, by: int) -> None:
    """Carry out (1) or take back (-1) one move."""
    moves[pair] -= by
    for tier, units in ((pair[0], by), (pair[1], -by)):
        now = free[tier]
        if now is not None:
            free[tier] = now + units
