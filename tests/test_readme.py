"""What documents show is what the commands print. `make readme` writes the outputs anew.

In a fenced block `console`, lines that begin with `$ ` are run, and what follows is their output. A block with a path
after its language is a file. Between a comment with a command and `<!-- end of output -->` stands its output.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenantry.cli.door import COMMANDS

ROOT = Path(__file__).parent.parent
EXAMPLES = ("tenantry.yaml", "tenants", "snapshots")
DOCUMENTS = {"README.md": (), "docs/lifecycle.md": EXAMPLES}
"""Each document, and what its commands find in their folder."""
DAY = "2026-11-24"
"""Never ahead of today, or what is planned here could not be applied."""
SURROUNDINGS = {
    "HOME": "",
    "LC_ALL": "C.UTF-8",
    "LOGNAME": "ada",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "TENANTRY_AS_OF": DAY,
}
END = "<!-- end of output -->"


class Shell:
    """A folder in which commands are run one by one, each knowing how the one before ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._code = 0

    def run(self, command: str) -> list[str]:
        commands = Path(sys.executable).parent
        result = subprocess.run(
            ["bash", "-c", f"set -o pipefail; (exit {self._code}); {command}"],  # noqa: S607 - whichever bash there is
            cwd=self._folder,
            env={**SURROUNDINGS, "PATH": f"{commands}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        self._code = result.returncode
        timed = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\dZ", f"{DAY} 09:00Z", result.stdout)
        # drift is judged by today, and a run is of the day on which it ran
        return re.sub(r"\b(as of|on) \d{4}-\d\d-\d\d\b", rf"\1 {DAY}", timed).splitlines()

    def write(self, path: str, lines: list[str]) -> None:
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join([*lines, ""]), encoding="utf-8")


def renewed(text: str, shell: Shell) -> Iterator[str]:
    """The lines of a document with the outputs that its commands have now."""
    lines = iter(text.splitlines())
    for line in lines:
        yield line
        if line.startswith("```") and line != "```":
            block = list(iter(lambda: next(lines), "```"))
            if line == "```console":
                block = [shown for command in block if command.startswith("$ ") for shown in session(command, shell)]
            elif " " in line:
                shell.write(line.partition(" ")[2], block)
            yield from (*block, "```")
        elif command := re.fullmatch(r"<!-- (tenantry .*) -->", line):
            list(iter(lambda: next(lines), END))
            yield from ("", *shell.run(command[1]), "", END)


def session(command: str, shell: Shell) -> list[str]:
    return [command, *shell.run(command.removeprefix("$ "))]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_shows_what_its_commands_print(document: str, tmp_path: Path) -> None:
    for name in DOCUMENTS[document]:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    written = (ROOT / document).read_text("utf-8")
    now = "\n".join([*renewed(written, Shell(tmp_path)), ""])
    if os.environ.get("TESTS_REWRITE"):
        (ROOT / document).write_text(now, encoding="utf-8")
        return
    assert now.splitlines() == written.splitlines(), "make readme"


def test_the_readme_names_every_command() -> None:
    named = re.findall(r"^\| `([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(set(named) & set(COMMANDS)) == sorted(COMMANDS)


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
