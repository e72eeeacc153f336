"""Vocabulary is data: what is added to a copy of the catalog works in every command, with no line of Python."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CATALOG = Path(__file__).parents[1] / "schemas" / "nimbus.catalog.yaml"
TENANTRY = Path(sys.executable).with_name("tenantry")
ADA, BOB = "ada@contoso.example", "bob@contoso.example"

PART = "  channel: Channel licenses\n"
LICENSE = """\
  messenger:
    label: Messenger
    part: channel
    holder: user
    requires: [contact_center_user]
    preview: true
    advice:
      - rule: messenger-without-interact
        when: {holder_lacks: interact}
        message: Messenger is of little use without Interact.
        evidence: documented
        source: a release note
"""
STATE = """\
  paused:
    label: Paused
    effect: Nobody is served, and changes wait for tomorrow.
    changes: allowed
    notice: state-paused
"""
TENANT = f"""\
version: 1
contract: {{state: paused, contingency: {{contact_center_user: 2, messenger: 1}}}}
profiles: {{chatter: {{licenses: [contact_center_user, messenger]}}}}
users:
  {ADA}: {{profiles: [chatter]}}
rosters: [{{file: people.csv}}]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a catalog of its own: Nimbus with a part, a license, a state and an advice more."""
    text = CATALOG.read_text(encoding="utf-8")
    text = text.replace("  virtual_user: Virtual User licenses\n", f"{PART}  virtual_user: Virtual User licenses\n")
    text = text.replace("\n  virtual_user:\n    label:", f"\n{LICENSE}\n  virtual_user:\n    label:")
    text = text.replace("  suspended:\n", f"{STATE}  suspended:\n")
    text = text.replace("name: nimbus\n", "name: nimbus-and-more\n")
    for path, content in {
        "words.yaml": text,
        "tenantry.yaml": "version: 1\ncatalog: words.yaml\nrules: {messenger-without-interact: info}\n",
        "tenants/contoso.yaml": TENANT,
        "tenants/people.csv": f"upn,licenses\n{BOB},contact_center_user\n",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    return tmp_path


def say(workspace: Path, *args: str, code: int = 0) -> str:
    """What the installed command says, with the exit code that it must have."""
    done = subprocess.run([TENANTRY, "-C", workspace, *args], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def plan(workspace: Path, *args: str, code: int = 0) -> dict[str, Any]:
    (found,) = json.loads(say(workspace, "plan", "--format", "json", *args, code=code))["plans"]
    assert isinstance(found, dict)
    return found


def test_a_new_license_and_state_are_valid_where_the_catalog_has_them(workspace: Path) -> None:
    assert "0 problems" in say(workspace, "validate")
    (workspace / "tenantry.yaml").write_text("version: 1\n", encoding="utf-8")
    told = say(workspace, "validate", code=1)
    assert 'There is no license "messenger"' in told
    assert '"paused"' in told


def test_a_new_license_that_is_misspelled_is_told_with_its_name(workspace: Path) -> None:
    (workspace / "tenants" / "people.csv").write_text(f"upn,licenses\n{BOB},mesenger\n", encoding="utf-8")
    assert 'Did you mean "messenger"?' in say(workspace, "validate", code=1)


def test_a_new_license_is_planned_in_its_order_and_its_advice_is_given(workspace: Path) -> None:
    found = plan(workspace)
    assert (found["verdict"], found["state"]) == ("ready", "paused")
    granted = [(item["holder"], item["license"]) for item in found["changes"]]
    assert granted.index((f"user:{ADA}", "contact_center_user")) < granted.index((f"user:{ADA}", "messenger"))
    findings = {item["rule"]: item for item in found["findings"]}
    assert findings["state-paused"]["severity"] == "info"
    assert findings["messenger-without-interact"]["severity"] == "info"
    assert findings["messenger-without-interact"]["message"].startswith("Messenger is of little use")
    usage = {item["license"]: item for item in found["usage"]}
    assert (usage["messenger"]["after"], usage["messenger"]["contingency"]) == (1, 1)
    assert list(usage).index("messenger") == list(usage).index("email") + 1


def test_what_a_new_license_requires_and_how_many_were_bought_is_judged(workspace: Path) -> None:
    roster = workspace / "tenants" / "people.csv"
    roster.write_text(f"upn,licenses\n{BOB},messenger\n", encoding="utf-8")
    rules = {item["rule"] for item in plan(workspace, code=3)["findings"] if item["severity"] == "error"}
    assert rules == {"requires-license", "contingency-exceeded"}


def test_a_new_license_is_reported_in_its_part(workspace: Path) -> None:
    state = {
        "format": "tenantry-snapshot/1",
        "tenant": "contoso",
        "state": "paused",
        "users": {ADA: {"licenses": ["contact_center_user", "messenger"]}},
    }
    (workspace / "state.json").write_text(json.dumps(state), encoding="utf-8")
    arguments = ("report", "--current", str(workspace / "state.json"))
    (report,) = json.loads(say(workspace, *arguments, "--format", "json"))["tenants"]
    parts = {part["part"]: part for part in report["parts"]}
    assert list(parts) == ["service", "addon", "user", "modality", "channel", "virtual_user"]
    assert parts["channel"]["label"] == "Channel licenses"
    (row,) = parts["channel"]["licenses"]
    assert (row["license"], row["label"], row["assigned"], row["available"]) == ("messenger", "Messenger", 1, 0)
    for form in ("text", "markdown"):
        text = say(workspace, *arguments, "--format", form)
        for word in ("Channel", "Messenger", "preview", "Paused", "Nobody is served"):
            assert word in text, (form, word)


@pytest.mark.parametrize("kind", ["tenant", "workspace", "snapshot", "plan", "report"])
def test_the_schemas_have_the_names_of_the_catalog_in_force(workspace: Path, kind: str) -> None:
    schema = json.loads(say(workspace, "schema", kind))
    definitions = schema["$defs"]
    assert "messenger" in definitions["license"]["enum"]
    assert kind == "workspace" or "paused" in definitions["state"]["enum"]
    for name in definitions.keys() & {"user_license", "person_license"}:
        assert "messenger" in definitions[name]["enum"]
    for name in definitions.keys() & {"service_license", "addon", "virtual_user_license"}:
        assert "messenger" not in definitions[name]["enum"]
    if "part" in definitions:
        assert "channel" in definitions["part"]["enum"]


def test_new_rules_are_listed_explained_and_can_be_asked_for(workspace: Path) -> None:
    listed = say(workspace, "rules")
    assert "messenger-without-interact" in listed
    assert "state-paused" in listed
    assert "Messenger is of little use" in say(workspace, "rules", "messenger-without-interact")


def test_a_new_license_is_explained_and_tried_out(workspace: Path) -> None:
    assert "Messenger" in say(workspace, "explain", f"user:{ADA}", "messenger")
    found = json.loads(say(workspace, "whatif", "--set", "messenger=0", "--format", "json", code=3))["plans"][0]
    assert [item["license"] for item in found["findings"] if item["rule"] == "contingency-exceeded"] == ["messenger"]
    suspended = json.loads(say(workspace, "whatif", "--set-state", "suspended", "--format", "json", code=3))
    assert suspended["plans"][0]["verdict"] == "rejected"
