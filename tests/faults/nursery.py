"""A process that has read tenantry's modules and forks a child for each command, so that many take less than a second.

Run as a program. A line of JSON on standard input is an order: words of the command, its folder, its environment, and
the files for its two streams. The answer is a line with the exit code as `subprocess` tells it.
"""

import gc
import json
import os
import sys
from typing import Any

from tenantry.cli import main
from tenantry.cli.door import run


def warm(folder: str) -> None:
    """Import whatever commands import late, by commands that write nothing."""
    for words in (["plan"], ["observe", "--help"], ["apply", "--auto-approve", "nobody"], ["history"]):
        run(["-C", folder, *words])


def next_order(answers: Any) -> list[str]:
    """The words of the next command, in the child that is to run it; the parent never returns."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            answers.close()
            become(order)
            return list(order["words"])
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)
    sys.exit(0)


def become(order: dict[str, Any]) -> None:
    """Take the folder, the streams and the environment that a command of its own would have."""
    os.chdir(order["folder"])
    streams = (os.devnull, order["out"], order["err"])
    for number, path in enumerate(streams):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(order["environment"])


if __name__ == "__main__":
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    warm(sys.argv[1])
    gc.collect()
    gc.freeze()
    main(next_order(replies))
