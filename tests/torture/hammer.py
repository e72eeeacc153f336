"""Eight processes on one ledger, in each kind of database: they apply, observe and read at once for a while.

At the end all that they were told must be what the ledger says.
"""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cuts import cuts
from hammered import Watch, moment
from hammering import ENOUGH, PEOPLE, ROLES, SERVICES, Place, Said, Worker, hammer, heard, write
from row import Row

from filled_ledgers import ledger_at, ledger_on
from forked_commands import forking
from postgresql_server import make_server, programs

LEAST = 20.0
"""Seconds for which each database is hammered, if there is time."""
ENDS_WITHIN = 60
RIGHT_CODES = frozenset((0, 3, 4))
"""No file, disk or server is at fault here, so that 1 would be wrong as well."""
TENANTS = ("alpha", "beta", "gamma", "saved", "delta")
QUIET = {
    "services": {name: {"license": "advanced_routing"} for name in SERVICES},
    "users": {name: {"licenses": ["instant_messaging"]} for name in PEOPLE},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hammered:
    """What came of it: how many commands of each outcome, and what broke a promise."""

    commands: int
    outcomes: Counter[str]
    broken: tuple[str, ...]

    def __str__(self) -> str:
        """The counts that tell whether anything met at all."""
        told = ("applied", "already", "rejected", "stale", "busy")
        return ", ".join(f"{self.outcomes[name]} {name}" for name in told)


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """A row for each kind of database; what time is left, lines to a server are cut."""
    until = time.monotonic() + seconds
    kinds = ("SQLite", "PostgreSQL") if programs() is not None else ("SQLite",)
    share = min(LEAST, seconds / 4)
    for kind in kinds:
        begin = time.perf_counter()
        folder = Path(tempfile.mkdtemp(prefix="hammer-"))
        found = hammered(folder, kind, share, seed)
        yield Row(
            what=f"hammer, {kind}: {found}",
            runs=found.commands,
            faults=found.outcomes["stale"] + found.outcomes["busy"],
            violations=found.broken,
            seconds=time.perf_counter() - begin,
        )
        shutil.rmtree(folder)
    if programs() is not None:
        yield cuts(until - time.monotonic(), seed)


def hammered(folder: Path, kind: str, seconds: float, seed: int) -> Hammered:
    """Hammer a new ledger in this kind of database for a while."""
    if kind == "SQLite":
        return _hammered(folder, f"sqlite:///{folder}/ledger.db", seconds, seed)
    server = make_server()
    try:
        return _hammered(folder, server.url(server.new_database()), seconds, seed)
    finally:
        server.stop()


def _hammered(folder: Path, url: str, seconds: float, seed: int) -> Hammered:
    begun = Worker(Place(folder=folder, url=url, until=0, seed=seed), "before")
    for tenant in TENANTS:
        write(begun.folder, tenant, QUIET)
    begun.run("apply", *TENANTS, "--auto-approve", "--format", "json")
    place = Place(folder=folder, url=url, until=time.monotonic() + seconds, seed=seed)
    processes = [forking().Process(target=hammer, args=(place, role)) for role in ROLES]
    for process in processes:
        process.start()
    for process in processes:
        process.join(max(0.0, place.until - time.monotonic()) + ENDS_WITHIN)
        if process.exitcode is None:
            process.kill()
            process.join()
        process.close()
    said, broken = list(begun.said), []
    for of_one, seen in heard(place):
        said += of_one
        broken += seen
    broken += _words(said)
    broken += _ledger(url, said)
    broken += _ending(Worker(place, "after"))
    return Hammered(commands=len(said), outcomes=_outcomes(said), broken=tuple(broken))


def _outcomes(said: Iterable[Said]) -> Counter[str]:
    found: Counter[str] = Counter()
    for result in (result for item in said for result in item.results):
        waited = "the lock of the tenant is held" in result["message"] or "locked by another" in result["message"]
        found["busy" if result["status"] == "stale" and waited else result["status"]] += 1
    found["busy"] += sum(item.code == 4 and not item.results for item in said)  # an observation that was kept out
    return found


def _words(said: Iterable[Said]) -> Iterator[str]:
    for item in said:
        if item.code not in RIGHT_CODES or "Traceback" in item.err:
            yield f"{item.role}: {item.verb} ended with {item.code}: {item.results} {item.err}"


def _ledger(url: str, said: Iterable[Said]) -> Iterator[str]:
    """Every run was told once; receipts from nothing give what is there; nobody holds a lock."""
    told: Counter[str] = Counter()
    facts: dict[str, dict[str, int]] = {}
    again = set()
    for item in said:
        for result in item.results:
            if result["status"] == "already":
                again.add(result["run"])
            elif result["run"] is not None:
                told[result["run"]] += 1
                facts[result["run"]] = item.facts
    watch = Watch(url, facts)
    yield from watch.look()
    yield from (f"{run_id} was told {count} times" for run_id, count in told.items() if count > 1)
    yield from (f"{run_id} was told and isn't there" for run_id in (told.keys() | again) - watch.runs.keys())
    yield from (f"{run_id} is there and was told to nobody" for run_id in watch.runs.keys() - told.keys())
    if watch.known["delta"].revision != 1:
        yield "delta was touched, of which nobody spoke"
    with moment(url) as asked:
        yield from (f"a lock is held: {row}" for row in asked.rows("SELECT tenant FROM locks WHERE owner IS NOT NULL"))
    ledger = ledger_on(url) if url.startswith("postgres") else ledger_at(Path(url.removeprefix("sqlite:///")))
    yield from ledger.faults()
    ledger.close()


def _ending(worker: Worker) -> Iterator[str]:
    """A quiet run for each tenant ends well."""
    for tenant in TENANTS:
        words = [word for fact in ENOUGH for word in ("--contingency", fact)]
        write(worker.folder, tenant, QUIET)
        codes = [
            worker.run("observe", tenant, *words, "--state", "active", "--format", "json").code,
            worker.run("apply", tenant, "--auto-approve", "--format", "json").code,
            worker.run("plan", tenant, "--detailed-exitcode").code,
        ]
        if codes != [0, 0, 0]:
            yield f"{tenant}: the quiet run ended with {codes}: {worker.said[-2]}"
