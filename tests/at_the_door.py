"""A workspace on the disk, and the real command in it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tenantry.cli.door import run


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Door:
    """Commands in a folder. A traceback fails the test whatever the command is asked for."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def write(self, path: str, content: str) -> Path:
        """A file of the workspace."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
        return target

    def run(self, *args: str) -> Said:
        """Run a command as a person would who stands in the folder."""
        self._capsys.readouterr()
        code = run(["-C", str(self.root), *args])
        said = Said(code, *self._capsys.readouterr())
        assert "Traceback" not in said.out + said.err
        return said

    def told(self, *args: str) -> str:
        """What a command that succeeds prints."""
        said = self.run(*args)
        assert said.code == 0, said
        return said.out
