"""explain, beside a ledger: which run last moved a license."""

import json
from pathlib import Path

import pytest

from at_the_door import Door
from filled_ledgers import carry_out, first_run, grant, ledger_in, revoke
from tenantry.model.plan import Update
from tenantry.model.run import Actor

ADA = "user:ada@x.example"
FILE = "version: 1\nusers:\n  ada@x.example: {licenses: [companion]}\n"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace in which ada is to have a companion."""
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", FILE)
    return made


def because(door: Door, *args: str) -> list[tuple[str, str | None]]:
    """The reasons for the one license that is told, each with its file."""
    (item,) = json.loads(door.told("explain", *args, "--format", "json"))["licenses"]
    return [(reason["text"], reason["file"]) for reason in item["because"]]


def test_the_run_that_granted_a_license_is_told_last(door: Door) -> None:
    first_run(ledger_in(door.root))
    assert because(door, ADA) == [
        ("licenses", "tenants/contoso.yaml"),
        ("held today, as the ledger tells", None),
        ("granted by run contoso-1 (apply) on 2026-11-24 by ada", None),
    ]
    assert "granted by run contoso-1 (apply) on 2026-11-24 by ada\n" in door.told("explain", ADA)


def test_the_run_that_revoked_a_license_is_told_too(door: Door) -> None:
    ledger = ledger_in(door.root)
    first_run(ledger)
    carry_out(ledger, [revoke(ADA, "companion")], at="2026-12-01T00:00:00Z", actor=Actor("bob"))
    assert because(door, ADA)[-1] == ("revoked by run contoso-2 (apply) on 2026-12-01 by bob", None)


def test_what_an_observation_moved_nobody_granted_or_revoked(door: Door) -> None:
    ledger = ledger_in(door.root)
    first_run(ledger, kind="import")
    assert because(door, ADA)[-1][0] == "recorded as held by run contoso-1 (import) on 2026-11-24 by ada"
    carry_out(ledger, [revoke(ADA, "companion")], kind="observe")
    assert because(door, ADA)[-1][0] == "recorded as not held by run contoso-2 (observe) on 2026-11-24 by ada"


def test_a_person_who_is_to_be_renamed_is_known_under_both_names(door: Door) -> None:
    ledger = ledger_in(door.root)
    first_run(ledger)
    told = ("granted by run contoso-1 (apply) on 2026-11-24 by ada", None)
    renamed = FILE.replace("ada@", "ada.b@").replace("{", "{previously: ada@x.example, ")
    door.write("tenants/contoso.yaml", renamed)
    assert because(door, "ada@x.example")[-1] == told
    assert because(door, "ada.b@x.example")[-1] == told
    rename = Update(holder="user:ada.b@x.example", field="rename", before="ada@x.example", after="ada.b@x.example")
    carry_out(ledger, updates=[rename])
    assert because(door, "ada.b@x.example")[-1] == told


def test_a_tier_that_was_replaced_tells_the_run(door: Door) -> None:
    ledger = ledger_in(door.root)
    desk = "service:desk"
    carry_out(ledger, [grant(desk, "contact_center")], newcomers=[desk])
    carry_out(ledger, [grant(desk, "enterprise_routing", replaces="contact_center")])
    assert because(door, desk, "contact_center")[-1][0].startswith("revoked by run contoso-2 (apply)")
    assert because(door, desk, "enterprise_routing")[-1][0].startswith("granted by run contoso-2 (apply)")


def test_without_a_run_nothing_is_said_of_one(door: Door) -> None:
    users = {"ada@x.example": {"licenses": ["companion"]}}
    snapshot = {"format": "tenantry-snapshot/1", "tenant": "contoso", "users": users}
    assert [text for text, _ in because(door, ADA)] == ["licenses"]
    first_run(ledger_in(door.root), ["user:bob@x.example"])
    assert [text for text, _ in because(door, ADA)] == ["licenses"]
    file = door.write("now.json", json.dumps(snapshot))
    assert [text for text, _ in because(door, ADA, "--current", str(file))] == [
        "licenses",
        "held today, as the snapshot tells",
    ]


def test_who_did_it_is_hostile_text(door: Door) -> None:
    first_run(ledger_in(door.root), actor=Actor("\x1b[31m::error::\n##[x"))
    text = door.told("explain", ADA)
    assert "\x1b" not in text
    assert "::" not in text
    assert "##" not in text
