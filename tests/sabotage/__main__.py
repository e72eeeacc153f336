"""Whether the tests bite: each fault of a list is put into a copy of the code, and the tests that it names must fail.

The code as it is comes first, and no test may fail there.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from all_faults import FAULTS
from trying import Tried, tried, unharmed


def main() -> int:
    """Exit with 1 unless every fault is killed, and nothing else is."""
    asked = _asked()
    chosen = [fault for fault in FAULTS if asked.only is None or asked.only in f"{fault.at} {fault.what}"]
    first = unharmed(dict.fromkeys(test for fault in chosen for test in fault.tests))
    _tell("passes" if first.fate == "survived" else "FAILS", first, "the code as it is")
    if first.fate != "survived":
        return 1
    killed = 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        for fault, found in zip(chosen, pool.map(tried, chosen), strict=True):
            killed += found.fate == "killed"
            _tell(found.fate if found.fate == "killed" else found.fate.upper(), found, fault.what)
    sys.stdout.write(f"{killed} of {len(chosen)} killed\n")
    return int(killed != len(chosen) or not chosen)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/sabotage", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="the faults of whose place or sentence this is a part")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many at a time (%(default)s)")
    return parser.parse_args()


def _tell(fate: str, found: Tried, what: str) -> None:
    sys.stdout.write(f"{fate:8} {found.seconds:6.1f} s  {what}\n{'':19}{found.told}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
