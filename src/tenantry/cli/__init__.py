"""The door: files, environment, streams and exit codes. What a command needs is imported when it is called."""

from tenantry.cli.door import main

__all__ = ["main"]
