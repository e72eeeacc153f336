"""action.yml: the shell steps of the composite action, run as a runner runs them, and what they put out."""

import json
import os
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from expressions import filled_in, holds
from reviewed_repository import SNAPSHOT, USERS
from stand_ins import PullRequests, put, python_without_registry
from tests.forges.local_server import Server
from written_pipelines import ROOT, read

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("loopback")]
ACTION = read(ROOT / "action.yml")
SETUP = "actions/setup-python@"


@dataclass
class Ran:
    """What became of the action."""

    code: int = 0
    failed: str = ""
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


def act(folder: Path, inputs: Mapping[str, str], event: str = "push", **env: str) -> Ran:
    """Run the action with these inputs beside its defaults."""
    assert set(inputs) <= set(ACTION["inputs"])
    contexts: dict[str, Any] = {"github": {"token": "ghs_1", "event_name": event}, "steps": {}}
    defaults = {name: filled_in(item["default"], contexts, {}) for name, item in ACTION["inputs"].items()}
    contexts["inputs"] = {**defaults, **inputs}
    made, temporary = Ran(), folder / f"runner-{uuid.uuid4().hex}"
    path = python_without_registry(temporary / "python")
    for step in ACTION["runs"]["steps"]:
        if not holds(step.get("if"), contexts, {"success": lambda: made.code == 0}):
            continue
        if "uses" in step:
            assert step["uses"].startswith(SETUP)
            continue
        assert step["shell"] == "bash"
        output, summary = temporary / uuid.uuid4().hex, temporary / uuid.uuid4().hex
        output.touch()
        given = {key: filled_in(text, contexts, {}) for key, text in step.get("env", {}).items()}
        surroundings = {"PATH": path, "LC_ALL": "C.UTF-8", "CI": "true", "GITHUB_ACTIONS": "true", **env, **given}
        surroundings |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
        surroundings |= {
            "RUNNER_TEMP": str(temporary),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        bash = ["/bin/bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        done = subprocess.run(bash, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
        made.log += done.stdout + done.stderr
        made.summary += summary.read_text() if summary.exists() else ""
        put_out = dict(line.split("=", 1) for line in output.read_text().splitlines())
        contexts["steps"][step.get("id", "")] = {"outputs": put_out}
        if done.returncode:
            made.code, made.failed = done.returncode, step["name"]
    made.outputs = {name: filled_in(item["value"], contexts, {}) for name, item in ACTION["outputs"].items()}
    return made


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with a workspace in a folder whose name has a space."""
    folder = tmp_path / "check out"
    users = {**USERS, "alice@acme.example": {"licenses": ["companion"]}}
    contract = {"contingency": {"contact_center_user": 3, "companion": 2}}
    put(folder / "licenses here/tenants/acme.yaml", {"version": 1, "contract": contract, "users": users})
    put(folder / "licenses here/snapshots/acme.json", SNAPSHOT)
    return folder


GIVEN = {"path": "licenses here", "current": "snapshots/*.json"}


def test_a_plan_with_changes_is_ready_and_puts_out_its_effect_and_its_files(workspace: Path) -> None:
    ran = act(workspace, GIVEN)
    assert ran.code == 0, ran.log
    plan = json.loads(Path(ran.outputs["plan-file"]).read_text())
    assert ran.outputs["effect"] == plan["effect"]
    told = {name: ran.outputs[name] for name in ("has-changes", "verdict", "exit-code")}
    assert told == {"has-changes": "true", "verdict": "ready", "exit-code": "2"}
    assert ran.summary == Path(ran.outputs["summary-file"]).read_text()
    assert ran.summary.startswith(f"<!-- tenantry:plan effect={plan['effect']} -->")


def test_a_checkout_can_not_bring_modules_of_python(workspace: Path) -> None:
    for name in ("json.py", "pip.py", "click.py", "sitecustomize.py"):
        for folder in (workspace, workspace / GIVEN["path"]):
            (folder / name).write_text("raise SystemExit('taken over')\n")
    ran = act(workspace, GIVEN)
    assert (ran.code, ran.outputs["verdict"]) == (0, "ready")
    assert "taken over" not in ran.log


def test_a_plan_without_changes_says_so(workspace: Path) -> None:
    put(workspace / "licenses here/tenants/acme.yaml", {"version": 1})
    ran = act(workspace, GIVEN)
    told = {name: ran.outputs[name] for name in ("has-changes", "verdict", "exit-code")}
    assert (ran.code, told) == (0, {"has-changes": "false", "verdict": "no_changes", "exit-code": "0"})


def test_a_rejected_plan_comments_and_then_fails(workspace: Path) -> None:
    users = {**USERS, **{f"u{at}@acme.example": {"licenses": ["companion"]} for at in range(5)}}
    contract = {"contingency": {"contact_center_user": 3, "companion": 2}}
    put(workspace / "licenses here/tenants/acme.yaml", {"version": 1, "contract": contract, "users": users})
    pulls = PullRequests(rights={"ghs_1": {"pull-requests": "write"}})
    with Server(pulls.answer) as server:
        env = {
            "GITHUB_API_URL": server.address,
            "GITHUB_REPOSITORY": "acme/licenses",
            "GITHUB_REF": "refs/pull/4/merge",
        }
        ran = act(workspace, {**GIVEN, "comment": "true"}, "pull_request", **env)
    assert (ran.code, ran.failed) == (3, "Verdict")
    assert (ran.outputs["verdict"], ran.outputs["has-changes"]) == ("rejected", "false")
    [comment] = pulls.comments[4]
    assert comment.strip() == ran.summary.strip()


def test_it_comments_only_where_it_was_asked_and_in_a_pull_request(workspace: Path) -> None:
    for inputs, name in (({}, "pull_request"), ({"comment": "true"}, "push")):
        ran = act(workspace, {**GIVEN, **inputs}, name, GITHUB_API_URL="http://127.0.0.1:9")
        assert ran.code == 0, ran.log


def test_validate_tells_problems_at_their_places(workspace: Path) -> None:
    ran = act(workspace, {"command": "validate", "path": "licenses here"})
    assert (ran.code, ran.outputs["exit-code"], ran.outputs["verdict"]) == (0, "0", "")
    (workspace / "licenses here/tenants/acme.yaml").write_text("version: 1\nuserz: {}\n")
    ran = act(workspace, {"command": "validate", "path": "licenses here"})
    assert (ran.code, ran.outputs["verdict"]) == (1, "error")
    assert "::error file=tenants/acme.yaml,line=2" in ran.log


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"command": "apply"}, "the input command is plan, validate, drift or report"),
        ({"command": "plan; touch owned"}, "the input command is plan, validate, drift or report"),
        ({"current": "none/*.json"}, "no snapshot matches the input current"),
        ({"current": "$(touch owned)"}, "no snapshot matches the input current"),
        ({"tenants": "--out=owned"}, ""),
        ({"tenants": "`touch owned` $(touch owned)"}, ""),
        ({"version": "1; touch owned"}, ""),
    ],
)
def test_an_input_is_never_taken_for_more_than_it_is(workspace: Path, inputs: dict[str, str], says: str) -> None:
    ran = act(workspace, {**GIVEN, **inputs})
    assert ran.code != 0
    assert says in ran.log
    assert not list(workspace.rglob("owned"))
    assert ran.outputs["has-changes"] != "true"


def test_a_report_is_a_page_and_a_workbook(workspace: Path) -> None:
    ran = act(workspace, {**GIVEN, "command": "report"})
    assert ran.code == 0, ran.log
    page = Path(ran.outputs["plan-file"])
    assert page.read_text().startswith("<!doctype html>")
    assert (page.parent / "report.xlsx").exists()
    assert "Companion" in ran.summary
