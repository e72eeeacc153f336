"""What a process does first that works for a command beside others."""

import signal

from tenantry.cli.door import ENDING


def leave_at_once() -> None:
    """Let signals end the process without a word: a Ctrl-C reaches every worker, and the command alone tells of it."""
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
