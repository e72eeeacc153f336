"""A pull request that raises its own limits, hides what it takes, or counts on a ledger that is thrown away."""

import html
import json
from pathlib import Path

import pytest
from tests.threats.threatened import ADA, CONTOSO, Workspace, command

from tenantry.cli.door import run
from tenantry.rendering.formats import PLAN_FORMATS

NUMBERS_ALONE = "gitlab-terraform"
"""A format of three numbers, which tells no finding at all."""
FORMATS = [name for name in PLAN_FORMATS if name != NUMBERS_ALONE]
BEFORE = {
    "version": 1,
    "contract": {"contingency": {"contact_center": 1, "companion": 1, "instant_messaging": 9}, "state": "active"},
    "services": {"hotline": {"license": "contact_center"}},
    "users": {ADA: {"licenses": ["companion"]}},
}
RAISED = {
    "its own contingency": ({"contract": {"contingency": {"companion": 500}}}, {}, "contingency companion 1 → 500"),
    "its own state": ({"contract": {**BEFORE["contract"], "state": "trial"}}, {}, "state active → trial"),  # type: ignore[dict-item]
    "its own guards": ({}, {"guards": {"max_revocations": "off"}}, "guards"),
    "its own protection": ({}, {"guards": {"protected": []}}, "guards"),
    "its own rules": ({}, {"rules": {"companion-idle": "off"}}, "rules"),
    "what is managed": ({"manage": {"users": "all"}}, {}, "manage users"),
}


@pytest.fixture
def applied(workspace: Workspace) -> Workspace:
    """What is on the main branch, applied. There is no git around it."""
    workspace.write("tenantry.yaml", json.dumps({"version": 1, "guards": {"protected": [f"user:{ADA}"]}}))
    workspace.write(CONTOSO, json.dumps(BEFORE))
    assert workspace.run("apply", "--auto-approve").code == 0
    assert not list(workspace.root.rglob(".git"))
    return workspace


@pytest.mark.parametrize("what", RAISED)
@pytest.mark.parametrize("fmt", FORMATS)
def test_terms_that_a_pull_request_moves_are_told_first_in_every_format_without_git(
    applied: Workspace, monkeypatch: pytest.MonkeyPatch, what: str, fmt: str
) -> None:
    monkeypatch.setenv("PATH", "")
    tenant, settings, told = RAISED[what]
    guards = {"guards": {"protected": [f"user:{ADA}"]}}
    many = {f"u{at}@contoso.example": {"licenses": ["companion", "instant_messaging"]} for at in range(3)}
    applied.write("tenantry.yaml", json.dumps({"version": 1, **guards, **settings}))
    applied.write(CONTOSO, json.dumps({**BEFORE, **tenant, "users": {**BEFORE["users"], **many}}))  # type: ignore[dict-item]
    said = applied.run("plan", "--format", fmt, within=5)
    assert said.code in (0, 3)
    out = html.unescape(said.out)
    first = out.index("terms-changed")
    others = {item["rule"] for item in findings(applied)} - {"terms-changed"}
    assert others
    assert all(out.index(rule) > first for rule in others if rule in out)
    assert told.split(maxsplit=1)[0] in out


def findings(workspace: Workspace) -> list[dict[str, str]]:
    found = json.loads(workspace.run("plan", "--format", "json").out)["plans"][0]["findings"]
    assert found[0]["rule"] == "terms-changed"
    return list(found)


@pytest.mark.parametrize("what", RAISED)
def test_the_first_finding_names_what_was_moved(applied: Workspace, what: str) -> None:
    tenant, settings, told = RAISED[what]
    guards = {"guards": {"protected": [f"user:{ADA}"]}}
    applied.write("tenantry.yaml", json.dumps({"version": 1, **guards, **settings}))
    applied.write(CONTOSO, json.dumps({**BEFORE, **tenant}))
    messages = [item["message"] for item in findings(applied) if item["rule"] == "terms-changed"]
    assert any(told in message for message in messages), messages


def test_the_command_itself_needs_no_git_to_tell_it(applied: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    applied.write(CONTOSO, json.dumps({**BEFORE, **RAISED["its own contingency"][0]}))
    monkeypatch.setenv("PATH", "")
    said = command(applied.root, "plan")
    assert said.code == 0
    assert "contingency companion 1 → 500" in said.out


ROWS = 2000


@pytest.mark.parametrize("fmt", ["text", "markdown", "html", "github", "json", "azure"])
def test_two_thousand_rows_hide_no_removal(workspace: Workspace, fmt: str) -> None:
    """Whom a license is taken from stands before everybody who gets one, in any room that there is."""
    head = {"version": 1, "manage": {"users": "all"}}
    people = {f"u{at:04}@contoso.example": {"licenses": ["companion"]} for at in range(ROWS)}
    contract = {"contingency": {"companion": ROWS + 1}}
    workspace.write(CONTOSO, json.dumps({**head, "contract": contract, "users": {ADA: {"licenses": ["companion"]}}}))
    assert workspace.run("apply", "--auto-approve").code == 0
    workspace.write(CONTOSO, json.dumps({**head, "contract": contract, "users": people}))
    said = workspace.run("plan", "--format", fmt, within=20)
    assert said.code == 0
    if fmt in ("github", "azure"):  # annotations tell findings; the counts and the page beside them tell the rest
        return
    spelled = {"markdown": "ada&#64;contoso&#46;example", "html": "ada@contoso.example"}.get(fmt, ADA)
    assert spelled in said.out
    assert said.out.index(spelled) < said.out.index(spelled.replace("ada", "u0000"))
    if fmt in ("text", "markdown", "html"):
        assert "1 person loses Companion" in " ".join(said.out.split())


# a ledger that is thrown away


@pytest.mark.parametrize("ci", ["true", "1", "yes"])
def test_on_a_runner_that_is_thrown_away_no_ledger_is_made_unasked(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    monkeypatch.setenv("CI", ci)
    workspace.write(CONTOSO, json.dumps(BEFORE))
    plan = json.loads(workspace.run("plan", "--format", "json", "--out", str(tmp_path / "plan.json")).out)
    assert plan["plans"][0]["findings"][0]["rule"] == "ledger-missing"
    for fmt in FORMATS:
        out = " ".join(html.unescape(workspace.run("plan", "--format", fmt, within=5).out).split())
        assert "There is no ledger at" in out
    (tmp_path / "state.json").write_text('{"format": "tenantry-snapshot/1", "tenant": "contoso", "users": {}}')
    for words in (
        ("apply", "--auto-approve"),
        ("apply", str(tmp_path / "plan.json")),
        ("observe", "contoso", "--state", "active"),
        ("observe", "contoso", "--snapshot", str(tmp_path / "state.json")),
        *((verb,) for verb in ("plan", "report", "drift", "whatif", "history", "doctor", "validate")),
        ("export", "contoso"),
        ("explain", f"user:{ADA}"),
    ):
        said = workspace.run(*words, within=5)
        if words[0] in ("apply", "observe"):
            assert said.code == 1
            assert "with CI set none is made unasked" in " ".join(said.all.split())
        assert not (workspace.root / ".tenantry").exists(), words
    assert workspace.run("apply", "--auto-approve", "--create-ledger").code == 0
    assert (workspace.root / ".tenantry/ledger.db").exists()


def test_init_makes_a_ledger_in_ci_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert run(["init", str(tmp_path / "new")]) == 0
    assert (tmp_path / "new/.tenantry/ledger.db").exists()
