"""Settings that ask for the network, hold a password, or name no place; and the patterns that judge them."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.threats.threatened import ADA, CANARY, CONTOSO, Workspace, command

from tenantry.documents.catalog import BUILTIN, builtin
from tenantry.documents.schema import KINDS, quick_validator, schema

PASSWORDS = (
    f"postgresql://ledger:{CANARY}@db/ledger",
    f"postgresql://:{CANARY}@db/ledger",
    f"postgres://ledger:{CANARY}/x@db/ledger",
    f"postgresql://ledger@db/ledger?password={CANARY}",
    f"postgresql://ledger@db/ledger?sslmode=require&sslpassword={CANARY}",
    f"postgresql://ledger@db/ledger?PassWord={CANARY}",
    f"postgresql://ledger@db/ledger?pass%77ord={CANARY}",
    f"mysql://ledger:{CANARY}@db/ledger",
)


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("url", PASSWORDS)
def test_a_password_in_the_backend_s_url_is_refused_and_shows_in_no_output(workspace: Workspace, url: str) -> None:
    workspace.write("tenantry.yaml", f"version: 1\nbackend: {url}\n")
    workspace.write(CONTOSO, "version: 1\n")
    assert ("password-in-file", "tenantry.yaml:2:10") in workspace.refused()
    for arguments in (
        ["plan"],
        ["plan", "--format", "json"],
        ["report"],
        ["whatif"],
        ["explain", f"user:{ADA}"],
        ["apply", "--auto-approve"],
        ["observe", "contoso", "--state", "active"],
        ["doctor"],
        ["history"],
    ):
        said = workspace.run(*arguments)
        assert said.code == 1
        assert CANARY not in said.all


@pytest.mark.parametrize("url", ["x://", "sqlite:", "://", "nonsense"])
def test_a_backend_s_url_of_any_shape_ends_in_no_traceback(workspace: Workspace, url: str) -> None:
    workspace.write("tenantry.yaml", f"version: 1\nbackend: '{url}'\n")
    workspace.write(CONTOSO, "version: 1\n")
    assert workspace.run("plan").code == 1


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("url", ["postgresql://[::1", "postgresql://", "postgresql://127.0.0.1:9/x"])
def test_a_url_that_leads_to_no_server_ends_in_no_traceback(workspace: Workspace, url: str) -> None:
    workspace.write("tenantry.yaml", f"version: 1\nbackend: '{url}'\n")
    workspace.write(CONTOSO, "version: 1\n")
    assert workspace.run("plan", within=20).code == 1


ELSEWHERE = ("http://169.254.169.254/latest", "file:///etc/passwd", "https://evil.example/schema.json")


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("key", ["$ref", "$schema", "$dynamicRef", "$id"])
@pytest.mark.parametrize("path", ["words.yaml", "tenantry.yaml", CONTOSO])
def test_a_reference_to_elsewhere_opens_no_socket(workspace: Workspace, path: str, key: str, url: str) -> None:
    workspace.write("tenantry.yaml", "version: 1\ncatalog: words.yaml\n")
    workspace.write("words.yaml", "version: 1\n")
    workspace.write(CONTOSO, "version: 1\n")
    workspace.write(path, f'version: 1\n"{key}": {url}\n')
    if path == CONTOSO:
        workspace.write("tenantry.yaml", "version: 1\n")
    assert [("unknown-key", f"{path}:2:1")] == [found for found in workspace.refused() if found[1] == f"{path}:2:1"]


@pytest.mark.usefixtures("no_sockets")
def test_the_command_itself_fetches_no_reference(workspace: Workspace) -> None:
    workspace.write("tenantry.yaml", "version: 1\ncatalog: words.yaml\n")
    workspace.write("words.yaml", 'version: 1\n"$ref": http://169.254.169.254/latest\n')
    workspace.write(CONTOSO, "version: 1\n")
    for verb in ("validate", "plan"):
        assert command(workspace.root, verb).code == 1


def _patterns(data: Any) -> set[str]:
    if isinstance(data, list):
        return {found for item in data for found in _patterns(item)}
    if not isinstance(data, dict):
        return set()
    own = {data["pattern"]} if isinstance(data.get("pattern"), str) else set()
    return own | {found for item in data.values() for found in _patterns(item)}


PATTERNS = sorted({found for kind in KINDS for found in _patterns(schema(kind, builtin(BUILTIN[0])))})
ANY_TEXT = r"^\s*\S[\s\S]*$"
"""The one pattern that lets a text have several lines: a reason."""
UNITS = ("a", "0", "a.", "-", "a-", " ", "a@", "@a", ".", "user:", "sha256:", "0-", "!", "*", "A", "1.")


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 15
    assert ANY_TEXT in PATTERNS


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_of_ours_takes_long_over_any_text(pattern: str) -> None:
    """A schema is asked before a length is cut, and what it refuses is looked at again."""
    validator = quick_validator({"type": "string", "pattern": pattern})
    begun = time.process_time()
    for unit in UNITS:
        for end in ("", "!", "\n", "\x00"):
            validator.is_valid(unit * 20_000 + end)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("pattern", [pattern for pattern in PATTERNS if pattern != ANY_TEXT])
@settings(max_examples=20)
@given(data=st.data())
def test_no_pattern_of_ours_overlooks_a_line_end(pattern: str, data: st.DataObject) -> None:
    validator = quick_validator({"type": "string", "pattern": pattern})
    text = data.draw(st.from_regex(pattern, fullmatch=True).filter(lambda text: not text.endswith("\n")))
    assert validator.is_valid(text)
    assert not validator.is_valid(text + "\n")
    assert not validator.is_valid("\n" + text)
