"""A line to PostgreSQL that is cut, or whose command is killed, at every message in turn, as long as there is time."""

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from row import Row

from cutting_proxy import Fate, Proxy
from interrupted_commands import Bench, Verb, at, at_each, tried, tried_killed
from postgresql_server import free_port, make_server

VERBS: tuple[Verb, ...] = ("apply", "observe")
Case = Callable[[Bench], list[str]]


def cuts(seconds: float, seed: int) -> Row:
    """One row, of all commands that met something."""
    begin = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="cuts-"))
    violations: list[str] = []
    runs = 0
    server = make_server(port=free_port())
    try:
        with Proxy(server.port) as proxy:
            bench = Bench(folder=folder, server=server, proxy=proxy, database=server.new_database())
            for name, case in _cases(bench, seed):
                if time.monotonic() - begin > seconds:
                    break
                runs += 1
                violations += [f"{name}: {sentence}" for sentence in case(bench)]
    finally:
        server.stop()
    shutil.rmtree(folder)
    return Row(
        what="lines to a server cut, commands killed",
        runs=2 * runs,  # after each a quiet one
        faults=runs,
        violations=tuple(violations),
        seconds=time.monotonic() - begin,
    )


def _cases(bench: Bench, seed: int) -> Iterator[tuple[str, Case]]:
    """Every single one in an order of chance; then two in one command, as long as somebody asks."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable sequence
    found: list[tuple[str, Case]] = []
    messages: dict[Verb, int] = {}
    for verb in VERBS:
        bench.turn()
        assert bench.run(verb).code == 0
        messages[verb] = bench.proxy.number
        for number in range(1, messages[verb] + 1):
            for fate in (Fate.CUT, Fate.SENT):
                found.append((f"{verb} {fate.name} at {number}", _cut(verb, number, fate)))
                found.append((f"{verb} killed, {fate.name} at {number}", _killed(verb, number, fate)))
    chance.shuffle(found)
    yield from found
    while True:
        verb = chance.choice(VERBS)
        fates = {chance.randint(1, messages[verb] + 20): chance.choice((Fate.CUT, Fate.SENT)) for _ in range(2)}
        yield f"{verb} {fates}", _cut_twice(verb, fates)


def _cut(verb: Verb, number: int, fate: Fate) -> Case:
    return lambda bench: tried(bench, verb, at(number, fate))


def _killed(verb: Verb, number: int, fate: Fate) -> Case:
    return lambda bench: tried_killed(bench, verb, number, fate)


def _cut_twice(verb: Verb, fates: dict[int, Fate]) -> Case:
    return lambda bench: tried(bench, verb, at_each(fates), unknown=None)
