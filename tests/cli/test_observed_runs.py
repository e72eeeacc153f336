"""What an observation noted stays on record, is told in short at once, and whatever it finds is found at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door
from tenantry.documents.catalog import builtin
from tenantry.documents.check import check
from tenantry.documents.json import read_json
from tenantry.rendering.columns import width

ADA, BOB, CYD = "ada@x.example", "bob@x.example", "cyd@x.example"
ONE = "00000000-0000-4000-8000-00000000000a"
HOSTILE = "x\x1b[31m\n::error::y ##vso[z]\u202e"
UNCHANGED = "Files and current state agree"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace with one tenant, and no ledger."""
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", "version: 1\n")
    return made


def observed(door: Door, *words: str, tenant: str = "contoso", code: int = 0) -> str:
    said = door.run("observe", tenant, *words)
    assert said.code == code, said
    return said.out


def result(door: Door, *words: str, tenant: str = "contoso") -> dict[str, Any]:
    (found,) = json.loads(observed(door, *words, "--format", "json", tenant=tenant))["results"]
    return dict(found)


def snapshot(door: Door, name: str = "now.json", **parts: Any) -> str:
    head = {"format": "tenantry-snapshot/1", "tenant": "contoso"}
    return str(door.write(name, json.dumps({**head, **parts})))


def people(number: int, *licenses: str) -> dict[str, Any]:
    return {f"p{at:02}@x.example": {"licenses": list(licenses)} for at in range(number)}


def counters(door: Door, *rows: str) -> str:
    return str(door.write("counters.csv", "\n".join(["License,Total,Used", *rows, ""])))


def directory(door: Door, *rows: str) -> str:
    return str(door.write("people.csv", "\n".join(["userPrincipalName,id,accountEnabled", *rows, ""])))


def rules_told(found: dict[str, Any], *rules: str) -> list[Any]:
    return [
        (item["rule"], item["severity"], item["count"], item["holders"])
        for item in found["findings"]
        if item["rule"] in rules
    ]


# on record


def test_what_was_noted_is_shown_with_the_run_and_no_plan_is(door: Door) -> None:
    observed(door, "--state", "active")
    told = observed(door, "--state", "suspended", "--contingency", "companion=10")
    shown = door.told("show", "contoso-2")
    lines = shown.splitlines()
    assert lines[0].startswith("Run contoso-2: observe, applied, ")
    assert "  Tenant State: Active → Suspended\n  Companion: contingency 10\n" in shown
    assert "  Tenant State: Active → Suspended\n  Companion: contingency 10\n" in told
    assert UNCHANGED not in shown
    assert "no changes" not in shown
    assert "Plan:" not in shown


def test_what_was_found_is_shown_with_the_run(door: Door) -> None:
    observed(door, "--counters", counters(door, "Companion,10,2"))
    shown = door.told("show", "contoso-1")
    assert "counters: 0 of 1 license agrees with the ledger" in shown
    assert "counters-disagree: Companion: the vendor counts 2 more than the ledger" in " ".join(shown.split())


def test_in_other_formats_the_run_of_an_observation_is_a_plan(door: Door) -> None:
    observed(door, "--state", "suspended")
    text = door.told("show", "contoso-1", "--format", "json")
    document, problems = read_json("run.json", text.encode(), limit=10**6)
    assert document is not None
    assert [*problems, *check(document, "plan", builtin("nimbus"))] == []


def test_history_tells_in_short_what_was_noted_where_nothing_else_moved(door: Door) -> None:
    observed(door, "--state", "active")
    more = [word for name in ("companion=1", "interact=1", "email=1") for word in ("--contingency", name)]
    observed(door, "--state", "suspended", *more)
    observed(door, "--snapshot", snapshot(door, users={ADA: {"licenses": ["companion"]}}))
    observed(door, "--state", "suspended")
    lines = door.told("history").splitlines()
    assert [line.strip() for line in lines if line.startswith("    ")] == [
        "Tenant State: Suspended, as before",
        "Tenant State: Active → Suspended and 3 more",
        "Tenant State: Active",
    ]
    assert all(width(line) <= 80 for line in lines)
    keys = {key for run in json.loads(door.told("history", "--format", "json"))["runs"] for key in run}
    assert keys == {"run", "tenant", "at", "who", "commit", "kind", "status", "effect", "summary", "waivers"}


def test_what_is_noted_is_harmless_text_on_lines_of_its_own(door: Door) -> None:
    users = {ADA: {"name": "Ada", "organization_unit": "/x"}}
    observed(door, "--snapshot", snapshot(door, users=users))
    observed(door, "--snapshot", snapshot(door, users={ADA: {**users[ADA], "name": "::error:: ##vso[z] " + "x" * 200}}))
    for text in (door.told("show", "contoso-2"), door.told("history")):
        for line in text.splitlines():
            assert line.isprintable()
            assert not line.lstrip().startswith("::")
            assert "##" not in line
            assert width(line) <= 80


# what is kept of a snapshot that was rejected


@pytest.fixture
def rejected(door: Door) -> Door:
    """Of twelve people a snapshot lacks eight; it is rejected, in run contoso-2."""
    observed(door, "--snapshot", snapshot(door, users=people(12, "companion")))
    observed(door, "--snapshot", snapshot(door, "cut.json", users=people(4), state="trial"), code=3)
    return door


def test_a_rejected_snapshot_says_what_was_not_recorded_and_how_to_get_it(rejected: Door) -> None:
    shown = rejected.told("show", "contoso-2")
    words = " ".join(shown.split())
    assert "Run contoso-2: observe, rejected, " in words
    assert "not recorded: Tenant State, 4 users" in words
    assert "mass-disappearance: users: the snapshot lacks 8 of 12 holders" in words
    assert "The snapshot is kept: tenantry export contoso --run contoso-2" in words
    assert UNCHANGED not in words
    assert "not recorded: Tenant State, 4 users" in rejected.told("history")


def test_the_run_of_a_rejected_snapshot_is_no_plan_that_was_applied(rejected: Door) -> None:
    saved = rejected.root / "saved.json"
    rejected.told("show", "contoso-2", "--format", f"json={saved}")
    said = rejected.run("apply", str(saved), "--format", "json")
    assert (said.code, json.loads(said.out)["results"][0]["status"]) == (4, "stale")


def test_a_kept_snapshot_comes_out_as_it_was_given_and_can_be_let_pass(rejected: Door) -> None:
    kept = rejected.root / "kept.json"
    assert rejected.told("export", "contoso", "--run", "contoso-2", "--out", str(kept)) == ""
    assert json.loads(kept.read_text()) == json.loads((rejected.root / "cut.json").read_text())
    assert rejected.told("export", "contoso", "--run", "contoso-2") == kept.read_text()
    observed(rejected, "--snapshot", str(kept), "--allow", "mass-disappearance", "--reason", "they left")
    assert len(json.loads(rejected.told("export", "contoso"))["users"]) == 4


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("contoso", "--run", "contoso-1"), 1, "Run contoso-1 keeps no snapshot"),
        (("contoso", "--run", "contoso-9"), 1, "The ledger knows no run 'contoso-9'."),
        (("other", "--run", "contoso-2"), 64, "Run contoso-2 is of contoso, not of other."),
    ],
)
def test_a_run_that_keeps_no_snapshot_is_told(rejected: Door, words: tuple[str, ...], code: int, told: str) -> None:
    said = rejected.run("export", *words)
    assert (said.code, said.out) == (code, "")
    assert told in said.err


def test_without_a_ledger_no_run_keeps_anything(door: Door) -> None:
    said = door.run("export", "contoso", "--run", "contoso-1")
    assert said.code == 1
    assert "there is no ledger" in said.err


# what was bought, as files and ledger know it


def bought(door: Door, run: str) -> dict[str, Any]:
    (plan,) = json.loads(door.told("show", run, "--format", "json"))["plans"]
    return {row["license"]: row["contingency"] for row in plan["usage"]}


def test_a_run_tells_what_was_bought_as_the_files_or_the_last_apply_do(door: Door) -> None:
    door.write("tenants/contoso.yaml", "version: 1\ncontract: {contingency: {companion: 7, interact: unlimited}}\n")
    observed(door, "--snapshot", snapshot(door, users={ADA: {"licenses": ["companion"]}}))
    assert (bought(door, "contoso-1")["companion"], bought(door, "contoso-1")["email"]) == (7, 0)
    assert door.run("apply", "--auto-approve").code == 0
    observed(door, "--contingency", "companion=5")
    found = bought(door, "contoso-3")
    assert (found["companion"], found["interact"], found["email"]) == (5, "unlimited", 0)
    assert "not known what was bought" not in door.told("show", "contoso-3", "--format", "markdown")


# a directory


def test_who_is_missing_from_the_directory_or_disabled_is_told_at_once(door: Door) -> None:
    users = {**people(7, "companion"), ADA: {"licenses": ["companion"]}, BOB: {"licenses": []}, CYD: {}}
    observed(door, "--snapshot", snapshot(door, users=users))
    listing = directory(door, f"{ADA},{ONE},false", f"{CYD},,false")
    found = result(door, "--directory", listing)
    assert rules_told(found, "unknown-holder", "disabled-holder") == [
        ("disabled-holder", "warning", 1, [f"user:{ADA}"]),
        ("unknown-holder", "warning", 7, [f"user:p{at:02}@x.example" for at in range(5)]),
    ]
    text = observed(door, "--directory", listing)
    assert "7 users hold licenses and aren't known to the directory." in " ".join(text.split())
    assert "holders: user:p00@x.example" in text
    assert "and 2 more" in text


def test_people_are_found_in_the_directory_by_object_id_too(door: Door) -> None:
    users = {ADA: {"licenses": ["companion"], "object_id": ONE}}
    observed(door, "--snapshot", snapshot(door, users=users))
    found = result(door, "--directory", directory(door, f"{BOB},{ONE},true"))
    assert rules_told(found, "unknown-holder", "disabled-holder") == []


def test_how_grave_a_disabled_account_is_is_the_workspace_s_word(door: Door) -> None:
    observed(door, "--snapshot", snapshot(door, users={ADA: {"licenses": ["companion"]}}))
    listing = directory(door, f"{ADA},,false")
    for severity, told in (("info", ["info"]), ('"off"', [])):
        door.write("tenantry.yaml", f"version: 1\nrules: {{disabled-holder: {severity}}}\n")
        found = result(door, "--directory", listing)
        assert [item[1] for item in rules_told(found, "disabled-holder")] == told


def test_without_a_directory_in_the_call_nobody_is_looked_for_in_it(door: Door) -> None:
    observed(door, "--directory", directory(door, f"{BOB},,true"))
    assert result(door, "--snapshot", snapshot(door, users={ADA: {"licenses": ["companion"]}}))["findings"] == []


# an id that no file bears


@pytest.mark.parametrize(("tenant", "hint"), [("contosso", 'Did you mean "contoso"?'), ("zzz", "tenants/zzz.yaml")])
def test_an_id_that_no_file_bears_is_recorded_and_told(door: Door, tenant: str, hint: str) -> None:
    found = result(door, "--state", "active", tenant=tenant)
    assert found["status"] == "applied"
    assert rules_told(found, "tenant-without-file") == [("tenant-without-file", "info", 1, [])]
    assert hint in found["findings"][0]["hint"]
    assert result(door, "--state", "active")["findings"] == []


# in short


def test_the_message_tells_in_short_what_was_observed(door: Door) -> None:
    seen = snapshot(
        door,
        users={ADA: {"licenses": ["companion"]}, BOB: {}},
        services={"desk": {}},
        virtual_users={},
        in_use=[{"holder": f"user:{ADA}", "license": "companion", "what": "a queue"}],
    )
    words = ("--state", "active", "--contingency", "email=3", "--counters", counters(door, "Companion,1,1"))
    found = result(door, *words, "--snapshot", seen, "--directory", directory(door, f"{ADA},,true"))
    assert found["message"] == (
        "observed Tenant State, contingency of 2 licenses, 1 service, 2 users, 1 feature in use, "
        "counters of 1 license, a directory of 1 account; run contoso-1"
    )
    assert found["changes"]["applied"] == 2
    assert result(door, "--state", "active")["message"] == "observed Tenant State; nothing moved; run contoso-2"
    nobody = snapshot(door, virtual_users={}, in_use=[])
    assert result(door, "--snapshot", nobody)["message"].startswith("observed 0 virtual users, 0 features in use; run")
    assert result(door, "--snapshot", snapshot(door))["message"].startswith("observed nothing; nothing moved; run")


# names of licenses and states


@pytest.mark.parametrize("state", ["Suspended", "SUSPENDED", " suspended "])
def test_a_state_is_named_by_id_or_label(door: Door, state: str) -> None:
    observed(door, "--state", state)
    assert json.loads(door.told("export", "contoso"))["state"] == "suspended"
    assert "Tenant State Suspended" in " ".join(door.told("whatif", "--set-state", state).split())


def test_a_license_is_named_by_id_or_label_wherever_a_call_names_one(door: Door) -> None:
    observed(door, "--snapshot", snapshot(door, users={ADA: {"licenses": ["contact_center_user"]}}))
    by_label = door.told("explain", ADA, "contact center user", "--format", "json")
    assert by_label == door.told("explain", ADA, "contact_center_user", "--format", "json")
    (plan,) = json.loads(door.told("whatif", "--set", "Contact Center User=130", "--format", "json"))["plans"]
    assert {row["license"]: row["contingency"] for row in plan["usage"]}["contact_center_user"] == 130


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("observe", "contoso", "--state", "actve"), 'Did you mean "active"?'),
        (("whatif", "--set-state", "Suspnded"), 'Did you mean "suspended"?'),
        (("whatif", "--set", "Companoin=1"), 'Did you mean "companion"?'),
        (("whatif", "--set", "companion=many"), "write LICENSE=N"),
        (("whatif", "--set", "zzz=1"), "Licenses: "),
        (("explain", ADA, "Companoin"), 'Did you mean "companion"?'),
    ],
)
def test_a_name_that_is_none_is_a_usage_error_with_the_nearest(door: Door, words: tuple[str, ...], told: str) -> None:
    observed(door, "--snapshot", snapshot(door, users={ADA: {"licenses": ["companion"]}}))
    said = door.run(*words)
    assert (said.code, said.out) == (64, "")
    assert told in said.err


# as much as anybody reads


def test_of_a_section_that_is_seen_for_the_first_time_licenses_are_counted(door: Door) -> None:
    users = {**people(60, "contact_center_user"), ADA: {"licenses": ["contact_center_user", "companion"]}}
    lines = observed(door, "--snapshot", snapshot(door, users=users)).splitlines()
    assert lines[:-1] == [
        "  users: 61 seen, 61 new",
        "  Contact Center User: 61 assigned",
        "  Companion: 1 assigned",
    ]
    fewer = {**people(60), **people(32, "contact_center_user")}
    lines = observed(door, "--snapshot", snapshot(door, users=fewer, services={"desk": {}})).splitlines()
    assert lines[:4] == [
        "  services: 1 seen, 1 new",
        "  users: 60 seen, 1 gone",
        "  Advanced Routing: 1 assigned",
        f"  - Contact Center User user:{ADA}",
    ]
    assert len(lines) == 15
    assert lines[-2] == "  and 20 more changes and updates"


# what can't be a tenant


@pytest.mark.parametrize("name", ["tenants/contoso.yaml", "contoso.yaml", "now.json", "tenants\\contoso.yaml"])
def test_a_file_in_place_of_a_tenant_is_a_usage_error_that_says_so(door: Door, name: str) -> None:
    for words in (("observe", name, "--state", "active"), ("export", name)):
        said = door.run(*words)
        assert (said.code, said.out) == (64, "")
        assert "is a file; give the tenant's id" in said.err


def test_the_help_says_what_observe_can_let_pass_and_where_the_reason_stays(door: Door) -> None:
    told = " ".join(door.told("observe", "--help").split())
    assert "mass-disappearance" in told
    assert "it stays on record" in told
    assert "in the plan" not in told
    assert "it stays in the plan" in " ".join(door.told("plan", "--help").split())
    assert "--run RUN" in door.told("export", "--help")
