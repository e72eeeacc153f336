"""What a process does first that works for a command beside others."""

import signal


def leave_at_once() -> None:
    """Let signals end the process without a word: a Ctrl-C reaches every worker, and the command alone tells of it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
