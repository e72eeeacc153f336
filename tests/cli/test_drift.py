"""drift: a moved world, told from files that are ahead."""

import json
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door
from filled_ledgers import ledger_in, outside

ADA, BOB, CYD = ("ada@x.example", "bob@x.example", "cyd@x.example")
BOUGHT = {"contingency": dict.fromkeys(("companion", "email", "contact_center", "advanced_routing"), 10)}
FILES: dict[str, Any] = {
    "version": 1,
    "contract": BOUGHT,
    "services": {"desk": {"license": "contact_center"}},
    "users": {ADA: {"licenses": ["companion"], "cost_center": "1"}, BOB: {"licenses": ["email"]}},
}
WORLD: dict[str, Any] = {
    "services": {"desk": {"license": "contact_center"}},
    "users": {ADA: {"licenses": ["companion"], "cost_center": "1"}, BOB: {"licenses": ["email"]}},
}


class Site(Door):
    """A workspace in which files and world move apart."""

    def files(self, **more: Any) -> None:
        self.write("tenants/contoso.yaml", json.dumps({**FILES, **more}))

    def world(self, **sections: Any) -> None:
        """What the portal shows now, of every section."""
        snapshot = {"format": "tenantry-snapshot/1", "tenant": "contoso", **WORLD, **sections}
        self.told("observe", "contoso", "--snapshot", str(self.write("now.json", json.dumps(snapshot))))

    def drift(self) -> dict[str, Any]:
        """The only plan of the drift."""
        [plan] = json.loads(self.told("drift", "--format", "json"))["plans"]
        return dict(plan)


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Site:
    made = Site(tmp_path, capsys)
    made.files()
    made.world()
    made.told("apply", "--auto-approve")
    return made


def moves(plan: dict[str, Any]) -> list[tuple[str, ...]]:
    changed = [(item["action"], item["holder"].partition(":")[2], item["license"]) for item in plan["changes"]]
    return [*changed, *((item["field"], item["holder"].partition(":")[2], str(item["to"])) for item in plan["updates"])]


def told(plan: dict[str, Any]) -> dict[str, int]:
    rules = [item["rule"] for item in plan["findings"]]
    assert len(rules) == len(set(rules))
    return {item["rule"]: item["count"] for item in plan["findings"]}


def test_where_nobody_moved_anything_there_is_no_drift(site: Site) -> None:
    plan = site.drift()
    assert (plan["verdict"], moves(plan), told(plan)) == ("no_changes", [], {})
    assert site.run("drift", "--detailed-exitcode").code == 0


def test_what_the_world_moved_is_shown_as_what_would_set_it_back(site: Site) -> None:
    site.world(
        services={"desk": {"license": "advanced_routing"}},
        users={ADA: {"licenses": ["companion", "email"], "cost_center": "2"}, BOB: {"licenses": []}},
    )
    plan = site.drift()
    assert moves(plan) == [
        ("revoke", ADA, "email"),
        ("replace", "desk", "contact_center"),
        ("grant", BOB, "email"),
        ("cost_center", ADA, "1"),
    ]
    assert told(plan) == {"world-moved": 3}
    assert [row["after"] - row["before"] for row in plan["usage"] if row["before"] != row["after"]] == [-1, 1]
    assert site.run("drift", "--detailed-exitcode").code == 2


def test_files_that_are_ahead_are_no_drift(site: Site) -> None:
    site.files(users={ADA: {"licenses": ["companion", "email"], "cost_center": "7"}, BOB: {"licenses": ["email"]}})
    plan = site.drift()
    assert (moves(plan), told(plan)) == ([], {"files-ahead": 2})
    assert site.run("drift", "--detailed-exitcode").code == 0
    site.world(users={**WORLD["users"], BOB: {"licenses": ["email", "companion"]}})
    plan = site.drift()
    assert (moves(plan), told(plan)) == ([("revoke", BOB, "companion")], {"world-moved": 1, "files-ahead": 2})


def test_what_came_back_is_no_drift(site: Site) -> None:
    site.world(users={**WORLD["users"], ADA: {"licenses": [], "cost_center": "2"}})
    site.world()
    assert (moves(site.drift()), told(site.drift())) == ([], {})


def test_what_came_back_is_no_drift_of_files_that_are_ahead_or_of_whom_none_speaks(site: Site) -> None:
    people = {**WORLD["users"], BOB: {"licenses": ["email", "companion"]}, CYD: {"licenses": ["email"]}}
    site.world(users=people)
    site.files(users={**FILES["users"], BOB: {"licenses": ["email"]}})
    site.told("apply", "--auto-approve")
    site.files(users={**FILES["users"], ADA: {"licenses": ["companion"], "cost_center": "3"}})
    people[BOB] = {"licenses": ["email"]}
    site.world(users={**people, ADA: {"licenses": ["companion"], "cost_center": "2"}, CYD: {"licenses": []}})
    site.world(users=people)
    assert (moves(site.drift()), told(site.drift())) == ([], {"files-ahead": 1})


def test_a_holder_that_went_away_is_drift_with_all_that_it_had(site: Site) -> None:
    site.world(users={BOB: {"licenses": ["email"]}})
    assert moves(site.drift()) == [("grant", ADA, "companion"), ("cost_center", ADA, "1")]


def test_a_holder_of_whom_no_file_speaks_is_told_and_left_alone(site: Site) -> None:
    site.world(users={**WORLD["users"], CYD: {"licenses": ["email"]}})
    plan = site.drift()
    assert (plan["verdict"], moves(plan), told(plan)) == ("no_changes", [], {"unlisted-moved": 1})


def test_where_a_section_is_complete_whoever_appears_is_drift(site: Site) -> None:
    site.files(manage={"users": "all"})
    site.told("apply", "--auto-approve")
    site.world(users={**WORLD["users"], CYD: {"licenses": ["email"]}})
    plan = site.drift()
    assert (moves(plan), told(plan)) == ([("revoke", CYD, "email")], {"world-moved": 1})


def test_a_person_who_was_renamed_in_the_world_is_the_same_person(site: Site) -> None:
    guid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    site.files(users={**FILES["users"], ADA: {**FILES["users"][ADA], "object_id": guid}})
    site.told("apply", "--auto-approve")
    renamed = {"licenses": ["companion", "email"], "cost_center": "1", "object_id": guid}
    site.world(users={"eve@x.example": renamed, BOB: {"licenses": ["email"]}})
    assert moves(site.drift()) == [("revoke", ADA, "email"), ("rename", ADA, ADA)]


def test_a_service_that_no_longer_exists_in_the_files_is_no_drift(site: Site) -> None:
    site.files(services={"desk": {"absent": True}})
    assert told(site.drift()) == {"files-ahead": 2}
    site.world(services={"desk": {"license": "advanced_routing"}})
    plan = site.drift()
    assert moves(plan) == [("revoke", "desk", "advanced_routing")]


def test_a_service_that_comes_back_in_the_world_is_drift(site: Site) -> None:
    site.files(services={"desk": {"absent": True}})
    site.told("apply", "--auto-approve")
    site.world()
    plan = site.drift()
    assert moves(plan) == [("revoke", "desk", "contact_center"), ("dropped", "desk", "None")]


def test_a_service_that_comes_back_is_drift_beside_files_that_are_ahead(site: Site) -> None:
    site.files(services={"desk": {"absent": True}})
    site.told("apply", "--auto-approve")
    site.world(users={**WORLD["users"], ADA: {"licenses": ["companion"], "cost_center": "2"}})
    site.files(services={"desk": {"absent": True}}, users={**FILES["users"], BOB: {"licenses": []}})
    plan = site.drift()
    assert moves(plan) == [
        ("revoke", "desk", "contact_center"),
        ("dropped", "desk", "None"),
        ("cost_center", ADA, "1"),
    ]
    assert told(plan) == {"world-moved": 2, "files-ahead": 1}


def test_a_tenant_that_got_another_name_has_drifted_since_it_bore_the_old_one(site: Site) -> None:
    site.world(users={**WORLD["users"], BOB: {"licenses": []}})
    (site.root / "tenants/contoso.yaml").unlink()
    site.write("tenants/fabrikam.yaml", json.dumps({**FILES, "tenant": {"previously": "contoso"}}))
    plan = site.drift()
    assert (moves(plan), told(plan)) == ([("grant", BOB, "email")], {"world-moved": 1})


def test_a_drift_that_no_plan_could_set_back_is_told_and_rejects_nothing(site: Site) -> None:
    site.world(users={**WORLD["users"], BOB: {"licenses": []}}, state="suspended")
    plan = site.drift()
    severities = {item["rule"]: item["severity"] for item in plan["findings"]}
    assert (plan["verdict"], severities["state-forbids-changes"]) == ("ready", "warning")
    assert site.run("drift").code == 0


def test_before_the_first_apply_nothing_can_have_drifted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = Site(tmp_path, capsys)
    site.files()
    assert told(site.drift()) == {"ledger-missing": 1, "no-baseline": 1}
    site.world(users={})
    plan = site.drift()
    assert (plan["verdict"], moves(plan), told(plan)) == ("no_changes", [], {"no-baseline": 1})


def test_after_an_apply_drift_begins_anew(site: Site) -> None:
    site.world(users={**WORLD["users"], BOB: {"licenses": ["email", "companion"]}})
    site.told("apply", "--auto-approve")
    assert (moves(site.drift()), told(site.drift())) == ([], {})


def test_a_contract_or_state_that_the_world_moved_is_drift_as_well(site: Site) -> None:
    site.told("observe", "contoso", "--contingency", "email=9")
    assert told(site.drift()) == {"contract-disagrees": 1}
    assert "Files and current state agree" not in site.told("drift")
    assert site.run("drift", "--detailed-exitcode").code == 2
    site.told("observe", "contoso", "--contingency", "email=10")
    assert site.run("drift", "--detailed-exitcode").code == 0
    site.told("observe", "contoso", "--state", "suspended")
    assert [(item["rule"], item["severity"]) for item in site.drift()["findings"]] == [
        ("state-forbids-changes", "warning")
    ]
    assert site.run("drift", "--detailed-exitcode").code == 2


def test_a_drift_is_no_plan_and_never_says_that_files_and_state_agree(site: Site) -> None:
    site.files(users={**FILES["users"], BOB: {"licenses": []}})
    assert "Files and current state agree" not in site.told("drift")
    site.world(users={**WORLD["users"], BOB: {"licenses": ["email", "companion"]}})
    path = str(site.root / "drift.json")
    site.told("drift", "--format", f"json={path}")
    said = site.run("apply", path)
    assert (said.code, "it is a drift and not a plan" in said.out) == (4, True)


def test_what_somebody_moved_in_the_ledger_itself_is_drift_as_well(site: Site) -> None:
    outside(ledger_in(site.root), "DELETE FROM assignments WHERE license = 'companion'")
    plan = site.drift()
    assert (moves(plan), told(plan)) == ([("grant", ADA, "companion")], {"world-moved": 1})
    assert site.run("drift", "--detailed-exitcode").code == 2


def test_problems_of_files_are_an_error_and_labels_choose(site: Site) -> None:
    site.write("tenants/broken.yaml", '{"version": 1, "users": {"nobody": {}}}')
    assert site.run("drift").code == 1
    assert site.run("drift", "contoso").code == 0
    assert site.run("drift", "contoso", "-l", "region=emea").code == 64
