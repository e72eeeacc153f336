"""observe and the record of a former id: who takes it over, and when nobody does."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door, Said
from filled_ledgers import ledger_at
from postgresql_server import a_server_is_needed, empty_database
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.writing import Writing

HEIR = "version: 1\ntenant: {previously: contoso}\n"
LEDGER = ".tenantry/ledger.db"
TWICE = "tenants/north.yaml and tenants/south.yaml all say that they were contoso before."


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace in which north and south say that they were contoso, whom no file names any more."""
    made = Door(tmp_path, capsys)
    made.write("tenants/north.yaml", HEIR)
    made.write("tenants/south.yaml", HEIR)
    return made


def recorded(door: Door) -> tuple[str, ...]:
    ledger = ledger_at(door.root / LEDGER)
    try:
        assert ledger.locks() == []
        return ledger.tenants()
    finally:
        ledger.close()


def problems(said: Said) -> Any:
    """What a plan or an observation finds wrong with north."""
    told = json.loads(said.out)
    found = told["problems"] if "problems" in told else told["results"][0]["findings"]
    return [item for item in found if item["tenant"] == "north"]


def test_of_two_tenants_that_say_they_were_a_third_neither_is_observed(door: Door) -> None:
    door.told("observe", "contoso", "--state", "lab")
    said = door.run("observe", "north", "--state", "active")
    assert (said.code, said.out.splitlines()[0]) == (1, f"tenants/north.yaml:1:1: previously-twice: {TWICE}")
    assert said.out.splitlines()[-1] == "north: not observed: 1 problem; nothing was recorded"
    assert recorded(door) == ("contoso",)


def test_plan_and_observe_say_the_same_of_a_past_that_two_claim(door: Door) -> None:
    door.told("observe", "contoso", "--state", "lab")
    planned = door.run("plan", "--format", "json")
    observed = door.run("observe", "north", "--state", "active", "--format", "json")
    assert planned.code == observed.code == 1
    assert problems(planned) == problems(observed) != []


def test_as_soon_as_one_of_the_two_is_known_by_its_own_id_the_other_is_the_heir(door: Door) -> None:
    (door.root / "tenants/south.yaml").unlink()
    door.told("observe", "south", "--state", "lab")
    door.told("observe", "contoso", "--state", "trial")
    door.write("tenants/south.yaml", HEIR)
    door.told("observe", "north", "--state", "active")
    assert recorded(door) == ("north", "south")


def test_where_nobody_has_recorded_their_past_both_are_new(door: Door) -> None:
    door.told("observe", "north", "--state", "active")
    door.told("observe", "south", "--state", "active")
    assert recorded(door) == ("north", "south")


def test_a_past_that_is_recorded_at_the_last_moment_is_claimed_by_two_all_the_same(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.told("observe", "other", "--state", "lab")
    real = Ledger.writing

    def late(ledger: Ledger, *words: Any) -> contextlib.AbstractContextManager[Writing]:
        monkeypatch.setattr(Ledger, "writing", real)
        door.told("observe", "contoso", "--state", "lab")
        return real(ledger, *words)

    monkeypatch.setattr(Ledger, "writing", late)
    said = door.run("observe", "north", "--state", "active")
    assert (said.code, f"previously-twice: {TWICE}" in said.out) == (1, True)
    assert recorded(door) == ("contoso", "other")


# a rejected observation


@pytest.fixture(params=["sqlite", "postgresql"])
def renamed(request: pytest.FixtureRequest, door: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A workspace in which contoso, of which 20 people are recorded, is called north now, in each kind of database."""
    if request.param == "postgresql":
        a_server_is_needed()
        monkeypatch.setenv("TENANTRY_BACKEND", empty_database())
    for name in ("north", "south"):
        (door.root / f"tenants/{name}.yaml").unlink()
    door.write("tenants/contoso.yaml", "version: 1\n")
    door.told("observe", "contoso", "--create-ledger", "--snapshot", snapshot(door, "contoso", 20))
    (door.root / "tenants/contoso.yaml").unlink()
    door.write("tenants/north.yaml", HEIR)
    return door


def snapshot(door: Door, tenant: str, people: int) -> str:
    users = {f"p{at:02}@x.example": {"licenses": ["companion"]} for at in range(people)}
    seen = {"format": "tenantry-snapshot/1", "tenant": tenant, "users": users}
    return str(door.write(f"{tenant}-{people}.json", json.dumps(seen)))


def rejected(door: Door) -> tuple[str, str]:
    """Observe of north that only one is left: what is told, and the file that says so."""
    cut = snapshot(door, "north", 1)
    said = door.run("observe", "north", "--snapshot", cut, "--format", "json")
    assert said.code == 3, said
    return json.loads(said.out)["results"][0]["message"], cut


def test_a_rejected_observation_leaves_the_record_under_its_former_id(renamed: Door) -> None:
    before = renamed.told("export", "contoso")
    told, cut = rejected(renamed)
    kept = "the snapshot is kept with run north-2 of contoso, and nothing became current"
    assert told == f"rejected: mass-disappearance; {kept}"
    assert renamed.told("export", "contoso") == before
    assert renamed.run("export", "north").code == 1
    runs = json.loads(renamed.told("history", "--format", "json"))["runs"]
    assert [(run["run"], run["tenant"], run["status"]) for run in runs] == [
        ("north-2", "contoso", "rejected"),
        ("contoso-1", "contoso", "applied"),
    ]
    assert "tenantry export contoso --run north-2 prints it" in " ".join(renamed.told("show", "north-2").split())
    assert json.loads(renamed.told("export", "contoso", "--run", "north-2")) == json.loads(Path(cut).read_text())


def test_what_is_allowed_after_a_rejection_takes_the_record_over(renamed: Door) -> None:
    _, cut = rejected(renamed)
    rejected(renamed)
    renamed.told("observe", "north", "--snapshot", cut, "--allow", "mass-disappearance", "--reason", "team closed")
    runs = json.loads(renamed.told("history", "north", "--format", "json"))["runs"]
    assert [run["run"] for run in runs] == ["north-4", "north-3", "north-2", "contoso-1"]
    assert len(json.loads(renamed.told("export", "north"))["users"]) == 1


def test_after_a_rejection_who_goes_by_the_former_id_goes_on_in_the_same_record(renamed: Door) -> None:
    rejected(renamed)
    told = renamed.told("observe", "contoso", "--state", "trial")
    assert told.splitlines()[-1] == "contoso: observed Tenant State; run contoso-3"
    assert len(json.loads(renamed.told("export", "contoso"))["users"]) == 20
