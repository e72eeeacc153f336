"""--flavor: the forge whose Markdown a plan or a report is written in, told or known by the runner."""

from pathlib import Path

import pytest

from at_the_door import Door

TENANT = """\
version: 1
tenant: {name: Contoso AG}
contract: {contingency: {companion: 5}}
users:
  ada@contoso.example: {licenses: [companion]}
"""
COMMANDS = (("plan",), ("whatif",), ("drift",), ("report",), ("show", "plan.json"))


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    """A workspace with a tenant that was applied, a license since, and a saved plan."""
    monkeypatch.chdir(tmp_path)
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", TENANT)
    made.told("apply", "--auto-approve")
    made.write("tenants/contoso.yaml", TENANT + "  bob@contoso.example: {licenses: [companion]}\n")
    made.told("plan", "--out", "plan.json")
    return made


def is_azure(markdown: str) -> bool:
    """Whether a page is written without HTML, as for Azure DevOps."""
    assert "companion" in markdown.lower()
    assert ("<code>" in markdown) != ("`" in markdown)
    return "`" in markdown


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_the_flavor_is_what_the_call_says(door: Door, command: tuple[str, ...]) -> None:
    for flavor in ("github", "gitlab", "azure"):
        page = door.told(*command, "--format", "markdown", "--flavor", flavor)
        assert is_azure(page) == (flavor == "azure")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("variable", [None, "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"])
def test_without_a_word_it_is_the_forge_of_the_runner_and_else_github(
    door: Door, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], variable: str | None
) -> None:
    if variable is not None:
        monkeypatch.setenv(variable, "True")
    assert is_azure(door.told(*command, "--format", "markdown")) == (variable == "TF_BUILD")
    assert not is_azure(door.told(*command, "--format", "markdown", "--flavor", "github"))


def test_the_environment_mirrors_the_option(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("TENANTRY_FLAVOR", "azure")
    assert is_azure(door.told("plan", "--format", "markdown"))
    assert not is_azure(door.told("plan", "--format", "markdown", "--flavor", "gitlab"))


def test_global_options_behind_it_are_heard_as_well(door: Door) -> None:
    said = door.run("plan", "--flavor", "azure", "-q", "--format", "markdown")
    assert is_azure(said.out)
    assert said.err == ""


def test_another_forge_is_a_mistake_of_the_call(door: Door) -> None:
    said = door.run("plan", "--flavor", "bitbucket")
    assert said.code == 64
    assert "'bitbucket' is not one of 'github', 'gitlab', 'azure'" in said.err


def test_a_step_summary_that_is_there_and_empty_gets_the_page(door: Door, tmp_path: Path) -> None:
    summary = tmp_path / "step_summary_1"
    summary.touch()
    mode = summary.stat().st_mode
    door.told("plan", "--format", f"markdown={summary}", "--format", "json=plan-2.json")
    assert summary.read_bytes().startswith(b"<!-- tenantry:plan effect=")
    assert summary.stat().st_mode == mode
    assert [path.name for path in tmp_path.glob("step_summary*")] == ["step_summary_1"]
