"""observe and a past that two tenants claim: nobody takes it over, as nobody is planned."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door, Said
from filled_ledgers import ledger_at
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
