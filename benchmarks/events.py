"""The floor: PyYAML's C parser over the same bytes, events only, nothing built.

It prints the seconds that this alone took.
"""

import sys
import time
from pathlib import Path

from yaml._yaml import CParser


def main() -> None:
    """Parse the file that the command line names and throw everything away."""
    content = Path(sys.argv[1]).read_bytes()
    began = time.process_time()
    next_event = CParser(content).get_event
    while next_event() is not None:
        pass
    print(time.process_time() - began)


if __name__ == "__main__":
    main()
