"""The day of an observation is that of the tenant, as the day of a plan is."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door

EVENING = datetime.datetime(2026, 12, 11, 2, tzinfo=datetime.UTC)
"""In Los Angeles it is still the tenth, in UTC the eleventh, and so it is in Auckland, where it is afternoon."""
NIGHT = datetime.datetime(2026, 12, 10, 20, tzinfo=datetime.UTC)
"""In Auckland it is the eleventh already."""
WEST, EAST = "tenant: {timezone: America/Los_Angeles}\n", "tenant: {timezone: Pacific/Auckland}\n"
NOW = "tenantry.cli.session.Session.now"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    """A tenant of many people, whose disappearance is waived until the tenth."""
    made = Door(tmp_path, capsys)
    waived(made, "2026-12-10")
    monkeypatch.setattr(NOW, EVENING)
    snapshot(made, people=12)
    made.told("observe", "contoso", "--snapshot", str(made.root / "now.json"))
    snapshot(made, people=0)
    return made


def waived(door: Door, until: str) -> None:
    waiver = {"rule": "mass-disappearance", "tenant": "contoso", "reason": "they left", "until": until}
    door.write("tenantry.yaml", json.dumps({"version": 1, "waivers": [waiver]}))


def snapshot(door: Door, people: int) -> None:
    users: dict[str, Any] = {f"p{at}@x.example": {} for at in range(people)}
    door.write("now.json", json.dumps({"format": "tenantry-snapshot/1", "tenant": "contoso", "users": users}))


def emptied(door: Door) -> int:
    """The exit code of an observation in which everybody has gone."""
    return door.run("observe", "contoso", "--snapshot", str(door.root / "now.json")).code


def test_a_waiver_lasts_until_its_last_day_is_over_for_the_tenant(door: Door) -> None:
    door.write("tenants/contoso.yaml", f"version: 1\n{WEST}")
    assert emptied(door) == 0


def test_a_waiver_is_over_as_soon_as_its_last_day_is_over_for_the_tenant(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NOW, NIGHT)
    door.write("tenants/contoso.yaml", f"version: 1\n{EAST}")
    assert emptied(door) == 3


@pytest.mark.parametrize("text", ["version: 1\n", None])
def test_of_a_tenant_that_says_no_zone_the_day_is_that_of_utc(door: Door, text: str | None) -> None:
    if text is not None:
        door.write("tenants/contoso.yaml", text)
    assert emptied(door) == 3


def test_any_file_of_a_tenant_may_say_its_zone(door: Door) -> None:
    door.write("tenants/contoso/a.yaml", "version: 1\nusers: {timezone@x.example: {licenses: []}}\n")
    door.write("tenants/contoso/b.yaml", f"version: 1\n{WEST}")
    assert emptied(door) == 0


def test_a_file_in_which_something_else_is_wrong_says_the_zone_all_the_same(door: Door) -> None:
    door.write("tenants/contoso.yaml", f"version: 1\n{WEST}users: {{ada: {{}}}}\n")
    assert emptied(door) == 0


@pytest.mark.parametrize(
    "text",
    [
        "tenant: {timezone: Mars/Olympus}\n",
        "tenant: {timezone: [America/Los_Angeles]}\n",
        "tenant: timezone\n",
        "- timezone\n",
        "timezone: [\n",
    ],
)
def test_a_zone_that_is_none_keeps_nobody_from_recording_facts(door: Door, text: str) -> None:
    door.write("tenants/contoso.yaml", text)
    assert emptied(door) == 3
    door.told("observe", "contoso", "--state", "lab")


def test_a_file_that_can_not_be_read_keeps_nobody_from_recording_facts(door: Door) -> None:
    (door.root / "tenants").mkdir()
    (door.root / "tenants/contoso.yaml").symlink_to("/nowhere")
    assert emptied(door) == 3
    door.told("observe", "contoso", "--state", "lab")


def test_how_long_a_waiver_may_last_is_counted_from_the_day_of_the_tenant(door: Door) -> None:
    waived(door, "2027-01-11")
    door.told("observe", "contoso", "--state", "lab")
    door.write("tenants/contoso.yaml", f"version: 1\n{WEST}")
    said = door.run("observe", "contoso", "--state", "trial")
    assert (said.code, "until 2027-01-11: over 31 days after 2026-12-10" in said.out) == (1, True)


def test_the_run_is_of_the_day_that_a_plan_would_have(door: Door) -> None:
    waived(door, "2026-12-10")
    door.write("tenants/contoso.yaml", f"version: 1\n{WEST}")
    (plan,) = json.loads(door.told("plan", "--format", "json"))["plans"]
    door.told("observe", "contoso", "--state", "lab")
    (run,) = json.loads(door.told("show", "contoso-2", "--format", "json"))["plans"]
    assert run["as_of"] == plan["as_of"] == "2026-12-10"
