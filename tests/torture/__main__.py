"""The long half of the tests: fuzzers beside each other, then crashes and concurrency alone; one table at the end.

`--again yaml FILE` judges one kept input once more.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / room) for room in ("torture", "", "rendering", "documents")]

from families import FAMILIES, WORKERS, Family, worst  # noqa: E402 - found by the line above
from fuzzing import judged  # noqa: E402 - as above
from row import Row  # noqa: E402 - as above
from running import fuzzer_of, rows_of, run  # noqa: E402 - as above
from table import table, united  # noqa: E402 - as above

SEED = 20261124
_KNOWN = {family.name: family for family in FAMILIES if find_spec(family.module)}


def main() -> int:
    """Exit with 1 where anything broke a promise."""
    asked = _asked()
    chosen = [_KNOWN[name] for name in asked.only or _KNOWN]
    if asked.again:
        return _again(*asked.again)
    if asked.part is not None:
        sys.stdout.write(rows_of(chosen[0], asked.part, asked.budget, asked.seed))
        return 0
    begin = time.perf_counter()
    place = Path(tempfile.mkdtemp(prefix="tenantry-torture-"))
    share = 1.0 if asked.budget is None else asked.budget / worst(chosen)
    rows = united(_rows(chosen, share, asked.seed, place))
    sys.stdout.write(f"{table(rows, time.perf_counter() - begin)}\n")
    violations = [sentence for row in rows for sentence in row.violations]
    if not violations:
        place.rmdir()
        return 0
    sys.stdout.write("\n- ".join((f"\nSeed {asked.seed}. What broke a promise:", *violations)) + "\n")
    return 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="for other inputs than usual (%(default)s)")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=_KNOWN, help=", ".join(_KNOWN))
    parser.add_argument("--budget", type=float, metavar="SECONDS", help="for all of it, shared among the families")
    parser.add_argument("--again", nargs=2, metavar=("NAME", "FILE"), help="judge the input in a file")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _again(name: str, file: str) -> int:
    fuzzer = fuzzer_of(_KNOWN[name])
    refused, broken = judged(fuzzer.again or fuzzer.judge, Path(file).read_bytes())
    sys.stdout.write(f"{broken or f'Every promise is kept ({refused} refused).'}\n")
    return int(bool(broken))


def _rows(chosen: Sequence[Family], share: float, seed: int, place: Path) -> Iterable[Row]:
    for alone, workers in ((False, WORKERS), (True, 1)):
        work = [(family, part) for family in chosen if family.alone == alone for part in range(family.parts)]
        with ThreadPoolExecutor(workers) as pool:
            jobs = [pool.submit(run, family, part, family.budget * share, seed, place) for family, part in work]
            for job in jobs:
                yield from job.result()


if __name__ == "__main__":
    sys.exit(main())
