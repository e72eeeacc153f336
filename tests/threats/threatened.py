"""A workspace that somebody fills with hostile files, and the real command in it."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tenantry.cli.door import run
from tenantry.model.digest import canonical, digest

ADA = "ada@contoso.example"
CANARY = "CANARY-7f3a"
CONTOSO = "tenants/contoso.yaml"
PLACED = re.compile(r"^(?P<place>[^:\n]+:\d+:\d+): (?P<rule>[a-z0-9-]+): \S.*", re.MULTILINE)
SECOND = 1.0
PATIENCE = 60.0
"""Seconds after which a command that waits for something has been caught at it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Rule and place of each problem that was told as text, each on a line of its own."""
        return [(match["rule"], match["place"]) for match in PLACED.finditer(self.out)]


class Workspace:
    """A workspace on the disk, and commands in it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root / "workspace"
        (self.root / "tenants").mkdir(parents=True)
        self._capsys = capsys

    def write(self, path: str, content: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def link(self, path: str, target: str | Path) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).symlink_to(target)

    def run(self, *args: str, within: float = SECOND) -> Said:
        """Run a command in this process; it must neither raise nor take long, be it at work or waiting.

        `within`: seconds at work, since what others do on this machine meanwhile doesn't count.
        """
        self._capsys.readouterr()
        begun, at_work = time.perf_counter(), time.process_time()
        code = run(["-C", str(self.root), *args])
        taken, waited = time.process_time() - at_work, time.perf_counter() - begun
        out, err = self._capsys.readouterr()
        said = Said(code, out, err)
        assert "Traceback" not in said.all
        assert taken < within, f"{taken:.2f} s"
        assert waited < PATIENCE
        return said

    def refused(self, *args: str, within: float = SECOND) -> list[tuple[str, str]]:
        """The problems of a validation that must fail, told as text and in JSON alike."""
        said = self.run("validate", *args, within=within)
        assert said.code == 1, said.all
        as_json = self.run("validate", "--format", "json", *args, within=within)
        assert as_json.code == 1
        told = json.loads(as_json.out)["problems"]
        assert all(item["hint"] and item["message"] for item in told)
        problems = [(item["rule"], f"{item['file']}:{item['line']}:{item['column']}") for item in told]
        assert said.problems == problems
        return problems


def command(root: Path, *args: str, timeout: float = 20) -> Said:
    """Run the installed command as a process of its own; it must not end by a signal."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("tenantry")), "-C", str(root), *args],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode >= 0, f"signal {-done.returncode}"
    assert "Traceback" not in done.stdout + done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def snapshot(**more: object) -> str:
    """A snapshot of contoso as JSON."""
    return json.dumps({"format": "tenantry-snapshot/1", "tenant": "contoso", **more})


def resealed(text: str, edit: Callable[[dict[str, Any]], None]) -> str:
    """A plan that somebody edited and gave the digest that fits."""
    data = json.loads(text)
    del data["digest"]
    edit(data)
    return canonical({**data, "digest": digest(data)})
