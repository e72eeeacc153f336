"""No command but comment and reviewed opens a socket; with a ledger in a file, not even one within this machine."""

from pathlib import Path

import pytest
from tests.threats.threatened import ADA, CONTOSO, Workspace, command

from tenantry.cli.door import COMMANDS

PLAN, STATE = "plan.json", "state.json"
ON_LINE = {"comment", "reviewed"}
CALLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "validate": ((), ("--format", "sarif")),
    "plan": ((), ("--format", "html"), ("--current", STATE), ("--out", PLAN), ("--jobs", "2")),
    "apply": ((PLAN,), ("--auto-approve",)),
    "report": ((), ("--format", "xlsx=report.xlsx"), ("--format", "markdown=report.md")),
    "drift": ((),),
    "whatif": (("--set", "companion=9"),),
    "history": ((),),
    "show": ((PLAN,), ("contoso-1",)),
    "observe": (("contoso", "--state", "active"), ("contoso", "--snapshot", STATE)),
    "export": (("contoso",),),
    "explain": ((f"user:{ADA}",),),
    "backup": (("backup.file",),),
    "restore": (("other.file", "--backend", "sqlite:///restored.db"),),
    "rules": ((),),
    "schema": (("tenant",),),
    "doctor": ((),),
    "completion": (("bash",),),
    "init": (("new",),),
    "demo": ((),),
}


@pytest.fixture
def filled(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a ledger, a plan, and a snapshot."""
    workspace.write(
        CONTOSO,
        f"version: 1\nusers: {{{ADA}: {{licenses: [companion]}}}}\ncontract: {{contingency: {{companion: 1}}}}\n",
    )
    workspace.write(STATE, '{"format": "tenantry-snapshot/1", "tenant": "contoso", "users": {}}')
    monkeypatch.chdir(workspace.root)
    workspace.run("observe", "contoso", "--state", "active", within=20)
    workspace.run("plan", "--out", PLAN, within=20)
    workspace.run("backup", "other.file", within=20)
    return workspace


def test_every_command_is_called() -> None:
    assert CALLS.keys() | ON_LINE == COMMANDS.keys()


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("verb", [verb for verb in CALLS if verb != "demo"])
def test_a_command_opens_no_socket(filled: Workspace, verb: str) -> None:
    for words in CALLS[verb]:
        if "--jobs" not in words:  # what processes do among themselves is looked at below
            assert filled.run(verb, *words, within=20).code == 0


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("verb", ["validate", "plan", "demo"])
def test_a_command_of_its_own_opens_none_either(filled: Workspace, verb: str) -> None:
    for words in CALLS[verb]:
        assert command(filled.root, verb, *words, timeout=60).code == 0
    assert Path(PLAN).exists()
