"""Writing the measured files."""

from collections.abc import Iterable
from pathlib import Path


def write(file: Path, lines: Iterable[str]) -> None:
    """Write a file, with its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(lines)
