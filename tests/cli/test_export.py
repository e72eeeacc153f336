"""export: what the ledger knows comes out as a snapshot, and a plan with it is the plan with the ledger."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from filled_ledgers import ledger_at
from random_worlds import World, dice, guid, random_world
from tenantry.cli.door import run
from tenantry.documents.check import check
from tenantry.documents.json import read_json
from tenantry.documents.snapshot import read_snapshot
from tenantry.model.catalog import KINDS
from tenantry.model.digest import canonical
from tenantry.model.snapshot_data import snapshot_data
from tenantry.model.state import CurrentState, Holder, InUse
from worlds import NIMBUS, state

ADA, BOB = "ada@x.example", "bob@x.example"
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command in a workspace without tenants."""
    (tmp_path / "tenants").mkdir()
    monkeypatch.chdir(tmp_path)

    def said(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(words))
        told = capsys.readouterr()
        return code, told.out, told.err

    return said


def write(world: World) -> None:
    """The files of contoso, and its current state as now.json."""
    folder = Path("tenants/contoso")
    folder.mkdir()
    for at, part in enumerate(world.parts):
        (folder / f"{at}.yaml").write_text(json.dumps({"version": 1, **part}))
    for name, text in world.rosters.items():
        (folder / name).write_text(text)
    head = {"format": "tenantry-snapshot/1", "tenant": "contoso"}
    Path("now.json").write_text(json.dumps({**head, **world.current}))


def known() -> CurrentState:
    ledger = ledger_at(Path(".tenantry/ledger.db"))
    try:
        return ledger.read("contoso")
    finally:
        ledger.close()


def reread(text: str) -> CurrentState:
    """What reading a snapshot tells."""
    document, problems = read_json("export.json", text.encode())
    assert document is not None
    assert [*problems, *check(document, "snapshot", NIMBUS)] == []
    found, problems = read_snapshot(document, NIMBUS)
    assert found is not None, problems
    return found


def assert_same(first: CurrentState, second: CurrentState) -> None:
    """Two states tell the same of what a snapshot can tell."""
    for kind in KINDS:
        assert first.holders[kind] == second.holders[kind]
    assert (first.state, first.contingency) == (second.state, second.contingency)
    assert (first.terms, first.declared) == (second.terms, second.declared)
    assert (first.in_use is None) == (second.in_use is None)
    assert set(first.in_use or ()) == set(second.in_use or ())


def plan(call: Call, *words: str) -> Mapping[str, Any]:
    _, out, err = call("plan", "--format", "json", *words)
    plans = json.loads(out)["plans"]
    assert len(plans) == 1, err
    return dict(plans[0])


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_with_the_export_is_the_plan_with_the_ledger(call: Call, seed: int) -> None:
    chance = dice(seed)
    world = random_world(chance, NIMBUS)
    for number, body in enumerate(world.current["users"].values()):
        if chance.random() < 0.3:
            body["enabled"] = chance.random() < 0.5
        if chance.random() < 0.2:
            body.setdefault("object_id", guid(number + 1))
    if chance.random() < 0.5:
        world.current["state"] = "trial"
    if chance.random() < 0.5:
        world.current["contingency"] = {"companion": chance.choice((2, "unlimited"))}
    if chance.random() < 0.5:
        held = [(f"user:{upn}", item) for upn, body in world.current["users"].items() for item in body["licenses"]]
        world.current["in_use"] = [{"holder": who, "license": what, "what": "a queue"} for who, what in held[:2]]
    write(world)
    assert call("observe", "contoso", "--snapshot", "now.json")[0] == 0
    assert call("export", "contoso", "--out", "export.json") == (0, "", "")
    assert_same(reread(Path("export.json").read_text()), known())
    by_ledger, by_export = plan(call), plan(call, "--current", "export.json")
    for key in ("changes", "updates", "basis", "goal", "usage"):
        assert by_export[key] == by_ledger[key]


def test_terms_and_declared_holders_of_the_last_apply_come_out_and_are_judged_alike(call: Call) -> None:
    contract = {"contingency": {"companion": 5, "virtual_user": 1}}
    people = {"Ada@x.example": {"licenses": ["companion"]}, BOB: {"licenses": ["companion"]}}
    bots = {"bot": {"licenses": ["virtual_user"]}}
    write(World([{"contract": contract, "users": people, "virtual_users": bots}], {}))
    assert call("apply", "--auto-approve")[0] == 0
    call("export", "contoso", "--out", "export.json")
    data = json.loads(Path("export.json").read_text())
    assert data["declared"] == ["user:Ada@x.example", f"user:{BOB}", "virtual_user:bot"]
    assert data["terms"] == known().terms
    assert_same(reread(Path("export.json").read_text()), known())
    part = {"version": 1, "contract": {"contingency": {"companion": 7}}, "users": {BOB: {"licenses": []}}}
    Path("tenants/contoso/0.yaml").write_text(json.dumps(part))
    by_ledger, by_export = plan(call), plan(call, "--current", "export.json")
    for key in ("changes", "updates", "basis", "findings"):
        assert by_export[key] == by_ledger[key]
    rules = {finding["rule"] for finding in by_export["findings"]}
    assert {"terms-changed", "no-longer-listed"} <= rules


def test_an_export_is_canonical_and_tells_only_what_is_known(call: Call) -> None:
    call("observe", "contoso", "--contingency", "companion=3")
    code, out, _ = call("export", "contoso")
    empty = {"services": {}, "users": {}, "virtual_users": {}}
    data = {"format": "tenantry-snapshot/1", "tenant": "contoso", "contingency": {"companion": 3}, **empty}
    assert (code, out) == (0, canonical(data))


def test_an_export_observed_again_moves_nothing(call: Call) -> None:
    world = random_world(dice(3), NIMBUS)
    write(world)
    call("observe", "contoso", "--snapshot", "now.json", "--state", "lab")
    call("export", "contoso", "--out", "export.json")
    code, out, _ = call("observe", "contoso", "--snapshot", "export.json")
    assert code == 0
    assert " ".join(out.split()).endswith("; nothing moved; run contoso-2")


def test_holders_stand_as_they_were_written_with_all_that_is_known_of_them() -> None:
    current = {
        "services": {"desk": {"license": "contact_center", "addons": ["interact_service"], "name": "Desk"}},
        "users": {
            "Ada@x.example": {"licenses": ["companion", "email"], "object_id": guid(1), "enabled": False},
            BOB: {},
        },
        "in_use": [],
    }
    data = snapshot_data(state(current), NIMBUS)
    assert data == {
        "format": "tenantry-snapshot/1",
        "tenant": "contoso",
        "services": {"desk": {"license": "contact_center", "addons": ["interact_service"], "name": "Desk"}},
        "users": {
            "Ada@x.example": {"licenses": ["companion", "email"], "object_id": guid(1), "enabled": False},
            BOB: {"licenses": []},
        },
        "virtual_users": {},
        "in_use": [],
    }


def test_what_is_in_use_stands_sorted_and_once() -> None:
    uses = [InUse(holder=f"user:{who}", license="companion", what="a queue") for who in (BOB, ADA, BOB)]
    data = snapshot_data(replace(state({}), in_use=tuple(uses)), NIMBUS)
    assert [item["holder"] for item in data["in_use"]] == [f"user:{ADA}", f"user:{BOB}"]


def test_terms_and_declared_holders_are_told_as_the_ledger_writes_them() -> None:
    people = {"ada@x.example": Holder(kind="user", key="Ada@x.example")}
    current = replace(
        state({}),
        holders={"service": {}, "user": people, "virtual_user": {}},
        terms={"manage": {"users": "all"}},
        declared=frozenset({"user:ada@x.example", "service:gone"}),
    )
    data = snapshot_data(current, NIMBUS)
    assert data["terms"] == {"manage": {"users": "all"}}
    assert data["declared"] == ["service:gone", "user:Ada@x.example"]
    assert reread(canonical(data)).declared == current.declared


def test_a_license_that_the_catalog_no_longer_knows_is_exported_all_the_same() -> None:
    people = {ADA: Holder(kind="user", key=ADA, licenses=frozenset({"retired", "companion"}))}
    current = replace(state({}), holders={"service": {}, "user": people, "virtual_user": {}})
    assert snapshot_data(current, NIMBUS)["users"] == {ADA: {"licenses": ["companion", "retired"]}}


# what can't be exported


def test_a_tenant_that_nobody_knows_is_told_with_those_that_there_are(call: Call) -> None:
    code, out, err = call("export", "contoso")
    assert (code, out) == (1, "")
    assert err.startswith("error: The ledger sqlite:///.tenantry/ledger.db knows no tenant yet.\nhint: ")
    assert not Path(".tenantry").exists()
    call("observe", "contoso", "--state", "active")
    code, _, err = call("export", "fabrikam")
    assert code == 1
    assert err == "error: The ledger sqlite:///.tenantry/ledger.db doesn't know 'fabrikam'; it knows contoso.\n"


def test_a_workspace_that_cannot_be_read_exports_nothing(call: Call) -> None:
    Path("tenantry.yaml").write_text("version: 1\nguards: on\n")
    code, out, err = call("export", "contoso")
    assert (code, out) == (1, "")
    assert err.startswith("error: tenantry.yaml:2:9: ")


def test_a_file_that_cannot_be_written_is_an_error(call: Call) -> None:
    call("observe", "contoso", "--state", "active")
    code, _, err = call("export", "contoso", "--out", "no/such/folder.json")
    assert code == 1
    assert "can't be written" in err
