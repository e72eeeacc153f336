"""history: who changed what and when, newest first."""

import json
import re
import sqlite3
from pathlib import Path

import pytest

from at_the_door import Door
from filled_ledgers import ADA, carry_out, first_run, grant, ledger_in, outside, path_of, revoke, waived
from tenantry.backends.ledger.ledger import Ledger
from tenantry.model.plan import Update
from tenantry.model.run import Actor
from tenantry.rendering.columns import width

EVE = "user:eve@x.example"
HOSTILE = "Eve\x1b[31m\n::error::x ##vso[task]\u202e <img>|`"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace with one tenant, and no ledger."""
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", "version: 1\n")
    return made


@pytest.fixture
def ledger(door: Door) -> Ledger:
    """Three runs of two tenants, one of which has no file any more."""
    made = ledger_in(door.root)
    first_run(made)
    carry_out(made, tenant="fabrikam", kind="observe", status="nothing", at="2026-11-25T07:00:00Z", actor=Actor("bob"))
    carry_out(
        made,
        [grant(EVE, "companion"), revoke("user:ada@x.example", "companion", step=2)],
        [Update(holder=EVE, field="name", before=None, after="Eve")],
        newcomers=[EVE],
        at="2026-11-26T08:30:59Z",
        actor=Actor("Ada <ada@x.example>", "0123456789abcdef+"),
        findings=[waived("max-revocations", "team closed, ticket 4711")],
    )
    return made


def ids(door: Door, *args: str) -> list[str]:
    """The runs that are told."""
    return [run["run"] for run in json.loads(door.told("history", "--format", "json", *args))["runs"]]


@pytest.mark.usefixtures("ledger")
def test_each_run_is_a_line_newest_first_with_its_waivers_below(door: Door) -> None:
    assert door.told("history").splitlines() == [
        "contoso-2   2026-11-26 08:30Z  apply    applied  Ada  0123456+  +1 -1 ·1",
        "    waived max-revocations: team closed, ticket 4711",
        "fabrikam-1  2026-11-25 07:00Z  observe  nothing  bob",
        "contoso-1   2026-11-24 06:44Z  apply    applied  ada  1a2b3c4   +1",
        "+ granted, - revoked, ~ replaced, · updated",
    ]


@pytest.mark.usefixtures("ledger")
def test_the_json_has_the_keys_of_the_contract(door: Door) -> None:
    data = json.loads(door.told("history", "--format", "json"))
    assert data["format"] == "tenantry-history/1"
    assert data["runs"][0] == {
        "run": "contoso-2",
        "tenant": "contoso",
        "at": "2026-11-26T08:30:59Z",
        "who": "Ada <ada@x.example>",
        "commit": "0123456789abcdef",
        "kind": "apply",
        "status": "applied",
        "effect": f"sha256:{'e' * 64}",
        "summary": {"error": 0, "grant": 1, "replace": 0, "revoke": 1, "update": 1, "warning": 0},
        "waivers": [{"rule": "max-revocations", "reason": "team closed, ticket 4711"}],
    }
    assert data["runs"][1]["commit"] is None
    assert data["runs"][1]["waivers"] == []


@pytest.mark.usefixtures("ledger")
def test_tenants_are_chosen_by_ids_and_globs_of_workspace_and_ledger(door: Door) -> None:
    door.write("tenants/nordwind.yaml", "version: 1\n")
    assert ids(door) == ["contoso-2", "fabrikam-1", "contoso-1"]
    assert ids(door, "fabrikam") == ["fabrikam-1"]
    assert ids(door, "con*", "fabrikam") == ["contoso-2", "fabrikam-1", "contoso-1"]
    assert ids(door, "nordwind") == []
    assert door.told("history", "nordwind") == "No runs yet.\n"


@pytest.mark.usefixtures("ledger")
def test_a_pattern_that_matches_nothing_is_a_usage_error(door: Door) -> None:
    said = door.run("history", "lab-*")
    assert said.code == 64
    assert "No tenant matches 'lab-*'" in said.err
    assert "contoso, fabrikam" in said.err


@pytest.mark.usefixtures("ledger")
def test_the_newest_alone_can_be_asked_for(door: Door) -> None:
    assert ids(door, "--limit", "1") == ["contoso-2"]
    assert ids(door, "--limit", "1", "fabrikam") == ["fabrikam-1"]
    assert door.run("history", "--limit", "0").code == 64


def test_without_a_ledger_there_is_no_history(door: Door) -> None:
    assert door.told("history") == "No ledger at sqlite:///.tenantry/ledger.db yet.\n"
    assert json.loads(door.told("history", "--format", "json")) == {"format": "tenantry-history/1", "runs": []}
    assert door.told("history", "contoso").startswith("No ledger at")
    assert door.run("history", "fabrikam").code == 64


def test_a_ledger_without_runs_says_so(door: Door) -> None:
    assert ledger_in(door.root).tenants() == ()
    assert door.told("history") == "No runs yet.\n"


@pytest.mark.usefixtures("ledger")
def test_a_workspace_file_with_problems_hides_the_ledger_unless_the_call_names_it(door: Door) -> None:
    door.write("tenantry.yaml", "version: 1\nbackent: x\n")
    said = door.run("history")
    assert said.code == 1
    assert "tenantry.yaml:2:1" in said.err
    assert ids(door, "--backend", "sqlite:///.tenantry/ledger.db", "fabrikam") == ["fabrikam-1"]


def test_a_broken_tenant_file_hides_nothing(door: Door, ledger: Ledger) -> None:
    door.write("tenants/contoso.yaml", "users: [")
    assert ids(door, "contoso") == [run.id for run in ledger.runs(["contoso"])]


def test_a_file_that_is_no_ledger_is_one_sentence(door: Door) -> None:
    door.write(".tenantry/ledger.db", "not a database, but long enough to be taken for one " * 40)
    said = door.run("history")
    assert said.code == 1
    assert said.out == ""
    assert re.fullmatch(r"error: .* is not a ledger: .*\nhint: .*\n", said.err)


def test_hostile_names_stay_on_their_line_and_in_their_column(door: Door) -> None:
    made = ledger_in(door.root)
    hostile = Actor(HOSTILE, HOSTILE)
    first_run(made, actor=hostile, findings=[waived("max-revocations", HOSTILE)])
    for text in ("2026-11-24T06:44:00Z", HOSTILE):
        with sqlite3.connect(path_of(ledger_in(door.root))) as connection:
            connection.execute("UPDATE runs SET at = ?", (text,))
        connection.close()
        for line in door.told("history").splitlines():
            assert line.isprintable()
            assert "::" not in line
            assert "##" not in line
            assert width(line) <= 80
    assert json.loads(door.told("history", "--format", "json"))["runs"][0]["who"] == HOSTILE


def test_a_run_whose_id_leaves_no_room_takes_more_lines_and_is_told_whole(door: Door) -> None:
    made = ledger_in(door.root)
    tenant = "a" + "-long" * 12
    door.write(f"tenants/{tenant}.yaml", "version: 1\n")
    first_run(made, tenant=tenant, actor=ADA)
    first_run(made)
    text = door.told("history")
    assert f"{tenant}-1" in text
    assert all(width(line) <= 80 for line in text.splitlines())
    assert outside(made, "SELECT count(*) FROM runs") == [(2,)]
    assert text.count("1a2b3c4") == 2
