"""show: saved plans and runs, in every format of a plan."""

import json
from pathlib import Path

import pytest

from at_the_door import Door
from filled_ledgers import carry_out, first_run, grant, ledger_in, revoke, waived
from tenantry.backends.ledger.ledger import Ledger
from tenantry.documents.catalog import builtin
from tenantry.documents.check import check
from tenantry.documents.json import read_json
from tenantry.model.plan import Update
from tenantry.model.run import Actor
from tenantry.rendering.formats import PLAN_FORMATS

BOB, EVE = "user:bob@x.example", "user:eve@x.example"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace with one tenant."""
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", "version: 1\n")
    return made


@pytest.fixture
def ledger(door: Door) -> Ledger:
    """Two runs."""
    made = ledger_in(door.root)
    first_run(made, [BOB])
    carry_out(
        made,
        [revoke(BOB, "companion"), grant(EVE, "companion", step=2, file="tenants/contoso.yaml", line=4)],
        [Update(holder=EVE, field="name", before=None, after="Eve")],
        newcomers=[EVE],
        actor=Actor("Ada <ada@x.example>", "0123456789abcdef"),
        findings=[waived("max-revocations", "team closed, ticket 4711")],
    )
    return made


@pytest.mark.usefixtures("ledger")
def test_a_run_stands_above_what_it_carried_out(door: Door) -> None:
    lines = door.told("show", "contoso-2").splitlines()
    assert lines[:4] == [
        "Run contoso-2: apply, applied, 2026-11-24 06:44Z by Ada <ada@x.example>, commit",
        "    0123456",
        "    waived max-revocations: team closed, ticket 4711",
        "",
    ]
    assert lines[4].startswith("contoso (Contoso AG): ")
    changes = [line.split()[:2] for line in lines if line.startswith("    ") and "Companion  user" in line]
    assert changes == [
        ["-", "revoke"],
        ["+", "grant"],
    ]
    assert lines[-1].startswith("Plan: 1 to grant, 1 to revoke, 0 to replace, 1 to update")


@pytest.mark.usefixtures("ledger")
def test_the_json_of_a_run_is_a_plan_that_is_sealed_and_passes_the_schema(door: Door) -> None:
    text = door.told("show", "contoso-2", "--format", "json")
    document, problems = read_json("run.json", text.encode(), limit=10**6)
    assert document is not None
    assert [*problems, *check(document, "plan", builtin("nimbus"))] == []
    saved = door.write("run.json", text)
    assert door.told("show", str(saved), "--format", "json") == text
    (plan,) = json.loads(text)["plans"]
    assert [(change["action"], change["line"]) for change in plan["changes"]] == [("revoke", None), ("grant", 4)]
    assert plan["updates"] == [{"holder": EVE, "field": "name", "from": None, "to": "Eve"}]


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("name", [name for name in PLAN_FORMATS if name != "text"])
def test_in_other_formats_a_run_is_exactly_what_its_plan_would_be(door: Door, name: str) -> None:
    saved = door.write("run.json", door.told("show", "contoso-2", "--format", "json"))
    assert door.told("show", "contoso-2", "--format", name) == door.told("show", str(saved), "--format", name)


@pytest.mark.usefixtures("ledger")
def test_what_moved_is_told_between_runs_and_files_alike(door: Door) -> None:
    first = str(door.write("first.json", door.told("show", "contoso-1", "--format", "json")))
    between = door.told("show", "contoso-2", "--against", "contoso-1")
    assert f"+ plans > contoso > changes > grant companion {EVE}" in between.replace("\n    ", " ")
    assert door.told("show", "contoso-2", "--against", first) == between
    assert door.told("show", first, "--against", "contoso-1") == "= nothing moved\n"


@pytest.mark.usefixtures("ledger")
def test_a_run_that_is_not_known_is_one_sentence_with_the_nearest(door: Door) -> None:
    said = door.run("show", "contosso-2")
    assert (said.code, said.out) == (1, "")
    assert said.err == "error: The ledger knows no run 'contosso-2'.\nhint: Did you mean contoso-2 or contoso-1?\n"
    assert "tenantry history" in door.run("show", "x").err


def test_without_a_ledger_there_are_no_runs(door: Door) -> None:
    said = door.run("show", "contoso-1")
    assert said.code == 1
    assert "there is no ledger at sqlite:///.tenantry/ledger.db" in said.err


def test_a_run_needs_a_workspace_and_a_file_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = Door(tmp_path, capsys)
    said = outside.run("show", "contoso-1")
    assert said.code == 1
    assert "No workspace" in said.err
    assert "no such file" in outside.run("show", str(tmp_path / "gone.json")).err


@pytest.mark.parametrize("name", ["./plan", "gone.json", "a\\b", "plans/gone"])
def test_what_looks_like_a_file_is_one(door: Door, name: str) -> None:
    said = door.run("show", name)
    assert said.code == 1
    assert "There is no such file" in said.err


def test_a_hostile_run_is_harmless_text(door: Door) -> None:
    hostile = "\x1b[31m\n::error::x ##vso[x]"
    first_run(ledger_in(door.root), actor=Actor(hostile, hostile), findings=[waived("max-revocations", hostile)])
    text = door.told("show", "contoso-1")
    assert "\x1b" not in text
    assert "::" not in text
    assert "##" not in text
    said = door.run("show", "x\x1b[31m\n::error::")
    assert said.code == 1
    assert "\x1b" not in said.err
