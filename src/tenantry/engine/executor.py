"""The only place that knows of parallel work: tenants are independent, so they may be worked on side by side."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from tenantry.engine.asking import Asked, question, refuse_unlabelled, unwatched
from tenantry.model.plan import Finding
from tenantry.planning.planner import Question

Answer = TypeVar("Answer")
Outcome = tuple[str, Answer | None, list[Finding]]

CHUNKS = 8
"""Portions that each worker gets in all: enough that none waits long for another, few enough to hand over cheaply."""


def answers(asked: Asked, answer: Callable[[Question], Answer], jobs: int) -> Iterator[Outcome[Answer]]:
    """The answer for each chosen tenant in order, or the problems that leave none.

    Tenants without the wanted labels are left out; CallerError where that leaves none.
    `answer` is a function of a module, so that it can be sent to other processes.
    """
    chosen = False
    for done, outcome in enumerate(_outcomes(asked, answer, min(jobs, len(asked.tenants))), 1):
        asked.request.progress(done, len(asked.tenants))
        _, found, problems = outcome
        if found is not None or problems:
            chosen = True
            yield outcome
    if not chosen and not asked.loaded.fatal:
        refuse_unlabelled(asked.request)


def _outcomes(asked: Asked, answer: Callable[[Question], Answer], workers: int) -> Iterator[Outcome[Answer]]:
    names = asked.tenants
    if workers <= 1:
        yield from (_one(asked, answer, name) for name in names)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - brings sockets and pipes, for --jobs alone

    # neither an open ledger nor the terminal of whoever watches can be handed over
    alone = replace(asked, backend=asked.backend.for_worker(), request=replace(asked.request, progress=unwatched))
    with ProcessPoolExecutor(workers, initializer=_prepare, initargs=(alone, answer)) as pool:
        yield from pool.map(_prepared, names, chunksize=max(1, len(names) // (workers * CHUNKS)))


def _one(asked: Asked, answer: Callable[[Question], Answer], name: str) -> Outcome[Answer]:
    found, problems = question(asked, name)
    return name, answer(found) if found is not None else None, problems


_work: list[tuple[Asked, Callable[[Question], Any]]] = []
"""What a worker process was prepared with; empty in the process that asks."""


def _prepare(asked: Asked, answer: Callable[[Question], Any]) -> None:
    asked.request.begin()
    _work[:] = [(replace(asked, backend=asked.backend.for_worker()), answer)]


def _prepared(name: str) -> Outcome[Any]:
    asked, answer = _work[0]
    return _one(asked, answer, name)
