"""--max-age: a saved plan that is older than that is stale, whatever else it may be."""

import datetime
import json
from pathlib import Path

import pytest
from tests.at_the_door import Door, Said

MONDAY = datetime.datetime(2030, 1, 7, 9, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
ADA = "ada@x.example"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY)
    made = Door(tmp_path, capsys)
    wish(made)
    return made


def wish(door: Door, *, bought: int = 1, zone: str = "UTC") -> None:
    users = {ADA: {"licenses": ["companion"]}}
    data = {"version": 1, "contract": {"contingency": {"companion": bought}}, "users": users}
    door.write("tenants/contoso.yaml", json.dumps({**data, "tenant": {"timezone": zone}}))


def saved(door: Door) -> str:
    file = str(door.root / "plan.json")
    door.run("plan", "--out", file)
    return file


def applied(door: Door, *words: str) -> tuple[int, str, str]:
    """The exit code, and status and message of the only tenant."""
    said = door.run("apply", "--auto-approve", "--format", "json", *words)
    [result] = json.loads(said.out)["results"]
    return said.code, result["status"], result["message"]


def nothing_written(door: Door) -> bool:
    return not (door.root / ".tenantry").exists()


@pytest.mark.parametrize(
    ("days", "text", "told"),
    [
        (3, "2d", "3 days ago, and may be 2 days old at most"),
        (1, "0", "1 day ago, and may be 0 days old at most"),
        (1, "23h", "1 day ago, and may be 23 hours old at most"),
        (1, "30m", "1 day ago, and may be 30 minutes old at most"),
        (1, "90s", "1 day ago, and may be 90 seconds old at most"),
        (1, "90", "1 day ago, and may be 90 seconds old at most"),
        (2, "36h", "2 days ago, and may be 36 hours old at most"),
    ],
)
def test_a_plan_that_is_older_is_stale_and_its_age_is_told(
    door: Door, monkeypatch: pytest.MonkeyPatch, days: int, text: str, told: str
) -> None:
    file = saved(door)
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY + days * DAY)
    code, status, message = applied(door, file, "--max-age", text)
    assert (code, status) == (4, "stale")
    assert message == f"stale: it was planned for 2030-01-07, {told}; plan again"
    assert nothing_written(door)


@pytest.mark.parametrize(("days", "text"), [(2, "2d"), (1, "24h"), (1, "36h"), (0, "0s"), (0, "30m"), (1, "1440m")])
def test_a_plan_that_is_no_older_is_applied(door: Door, monkeypatch: pytest.MonkeyPatch, days: int, text: str) -> None:
    file = saved(door)
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY + days * DAY)
    assert applied(door, file, "--max-age", text)[:2] == (0, "applied")


def test_without_it_a_plan_of_any_age_is_applied(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved(door)
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY + 300 * DAY)
    assert applied(door, file)[:2] == (0, "applied")


def test_days_are_those_of_the_tenant(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 09:00 of Monday in Greenwich, Kiritimati has 23:00; an hour later there it is Tuesday."""
    wish(door, zone="Pacific/Kiritimati")
    file = saved(door)
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY + datetime.timedelta(minutes=59))
    assert door.run("apply", file, "--max-age", "0").code == 0
    (door.root / ".tenantry/ledger.db").unlink()
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY + datetime.timedelta(minutes=61))
    assert door.run("apply", file, "--max-age", "0").code == 4


def test_age_is_looked_at_before_rules(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    wish(door, bought=0)
    file = saved(door)
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY + 3 * DAY)
    assert applied(door, file)[:2] == (3, "rejected")
    assert applied(door, file, "--max-age", "2d")[:2] == (4, "stale")


def test_what_was_applied_before_is_told_as_that_however_old(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved(door)
    applied(door, file)
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY + 30 * DAY)
    assert applied(door, file, "--max-age", "1d")[:2] == (0, "already")


def test_what_is_planned_now_has_no_age(door: Door) -> None:
    said = door.run("apply", "--auto-approve", "--max-age", "1d")
    assert said.code == 64
    assert "--max-age is for a saved plan" in said.err
    assert nothing_written(door)


def test_labels_of_the_environment_choose_no_plan_and_keep_none_from_being_applied(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = saved(door)
    assert door.run("apply", file, "--label", "a=b").code == 64
    monkeypatch.setenv("TENANTRY_LABEL", "a=b")
    assert applied(door, file)[:2] == (0, "applied")


def test_the_variable_holds_saved_plans_and_leaves_others_alone(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved(door)
    monkeypatch.setenv("TENANTRY_MAX_AGE", "2d")
    monkeypatch.setattr("tenantry.cli.session.Session.now", MONDAY + 3 * DAY)
    assert applied(door, file)[:2] == (4, "stale")
    assert applied(door, file, "--max-age", "3d")[:2] == (0, "applied")
    wish(door, bought=2)
    assert applied(door)[:2] == (0, "nothing")
    assert door.run("plan").code == 0


@pytest.mark.parametrize("text", ["", "2w", "-1d", "1.5d", "1d ", "1d\n", "d", "\u0661d", "1234567d", "inf"])
def test_what_is_no_time_is_a_usage_error(door: Door, text: str) -> None:
    said: Said = door.run("apply", saved(door), "--max-age", text)
    assert said.code == 64
    assert nothing_written(door)
