"""A whole customer, as exports and an administrator's list give it: every count agrees with one by other means."""

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tenantry.cli.door import run

RAW = Path(__file__).parent / "data" / "alpenblick"
TYPES = {"MS Teams-based": "ms_teams_based", "Skill-based": "skill_based", "None": "none"}


def rows(name: str, delimiter: str = ",") -> list[dict[str, str]]:
    with (RAW / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def license_id(label: str) -> str:
    return {"interact_(service)": "interact_service"}.get(name := label.strip().lower().replace(" ", "_"), name)


def ids(cell: str) -> list[str]:
    return [license_id(label) for label in cell.split(",") if label.strip()]


LICENSES = [license_id(row["License"]) for row in rows("portal-counters.csv")]


@pytest.fixture(autouse=True)
def alpenblick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The customer as a workspace with a roster, and what the portal has as a snapshot."""
    folder = tmp_path / "tenants" / "alpenblick"
    (folder / "rosters").mkdir(parents=True)
    people = {row["userPrincipalName"].lower(): row for row in rows("entra-users.csv")}
    with (folder / "rosters" / "people.csv").open("w", encoding="utf-8", newline="") as stream:
        roster = csv.writer(stream, delimiter=";")
        roster.writerow(["UPN", "Name", "object_id", "organization_unit", "cost_center", "licenses"])
        for row in rows("lizenzliste.csv", ";"):
            person = people[row["Benutzer"].lower()]
            licenses = ", ".join(ids(row["Lizenzen"]))
            unit = f"/{row['Standort']}" if row["Standort"] else ""
            roster.writerow([row["Benutzer"], row["Anzeigename"], person["id"], unit, row["Kostenstelle"], licenses])
    bought = {license_id(row["License"]): int(row["Total"]) for row in rows("portal-counters.csv")}
    services = {
        row["Id"]: {
            "name": row["Name"],
            "license": license_id(row["License"]),
            "addons": ids(row["Add-ons"]),
            "assignment_type": TYPES[row["User Assignment Type"]],
            "organization_unit": row["Organization Unit"],
        }
        for row in rows("portal-services.csv")
    }
    bots = {
        row["Id"]: {"name": row["Name"], "licenses": ["virtual_user"] if row["Licensed"] == "yes" else []}
        for row in rows("virtual-users.csv")
    }
    # JSON is YAML, and written by another hand than the one that is tested
    write(folder / "contract.yaml", {"version": 1, "contract": {"state": "active", "contingency": bought}})
    write(folder / "services.yaml", {"version": 1, "services": services, "virtual_users": bots})
    write(
        folder / "users.yaml", {"version": 1, "manage": {"users": "all"}, "rosters": [{"file": "rosters/people.csv"}]}
    )
    listed = {row["Benutzer"].lower(): row for row in rows("lizenzliste.csv", ";")}
    users: dict[str, dict[str, Any]] = {}
    for upn, person in people.items():
        row = listed.get(upn)
        users[upn] = {"object_id": person["id"], "enabled": person["accountEnabled"] == "True"}
        if row is not None:
            users[upn] |= {
                "name": row["Anzeigename"],
                "cost_center": row["Kostenstelle"],
                "organization_unit": f"/{row['Standort']}",
                "licenses": ids(row["Lizenzen"]),
            }
            users[upn] = {key: value for key, value in users[upn].items() if value not in ("", "/")}
    snapshot = {"services": services, "users": users, "virtual_users": bots}
    write(tmp_path / "portal.json", {"format": "tenantry-snapshot/1", "tenant": "alpenblick", **snapshot})
    write(tmp_path / "nobody.json", {"format": "tenantry-snapshot/1", "tenant": "alpenblick"})
    monkeypatch.chdir(tmp_path)


def write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def counted() -> Counter[str]:
    """Units by license, counted in the raw text without a CSV reader or a word of tenantry."""
    found: Counter[str] = Counter()
    for line in (RAW / "lizenzliste.csv").read_text("utf-8-sig").splitlines()[1:]:
        found.update(license_id(label) for label in line.split(";")[2].split(","))
    for line in (RAW / "portal-services.csv").read_text("utf-8-sig").splitlines()[1:]:
        labels = re.findall(r"Advanced Routing|Enterprise Routing|Contact Center\b|Interact \(Service\)", line)
        found.update(license_id(label) for label in labels)
    found["virtual_user"] = (RAW / "virtual-users.csv").read_text("utf-8-sig").count(",yes")
    return found


def planned(snapshot: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["plan", "--current", snapshot, "--format", "json"]) == 0
    plan: dict[str, Any] = json.loads(capsys.readouterr().out)["plans"][0]
    return plan


def test_files_that_say_what_the_portal_has_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned("portal.json", capsys)

    assert (plan["verdict"], plan["changes"], plan["updates"]) == ("no_changes", [], [])
    by_hand = counted()
    assert {row["license"]: row["after"] for row in plan["usage"]} == {name: by_hand[name] for name in LICENSES}


def test_an_empty_portal_is_granted_every_license_that_the_lists_count(capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned("nobody.json", capsys)

    assert plan["verdict"] == "ready"
    assert Counter(change["license"] for change in plan["changes"]) == counted()
    assert {change["action"] for change in plan["changes"]} == {"grant"}
    assert len({change["holder"] for change in plan["changes"]}) == 178 + 34 + 2


def test_the_report_agrees_with_the_lists_by_license_and_by_cost_center(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--current", "portal.json", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["tenants"][0]

    page = {row["license"]: row for part in told["parts"] for row in part["licenses"]}
    by_hand = counted()
    assert {name: row["assigned"] for name, row in page.items()} == {name: by_hand[name] for name in page}
    for row in rows("portal-counters.csv"):
        name, total = license_id(row["License"]), int(row["Total"])
        assert (page[name]["contingency"], page[name]["available"]) == (total, total - by_hand[name])
    centers = {row["cost_center"]: row["licenses"] for row in told["cost_centers"]}
    for center in {row["Kostenstelle"] for row in rows("lizenzliste.csv", ";")}:
        people = [row for row in rows("lizenzliste.csv", ";") if row["Kostenstelle"] == center]
        assert Counter(centers[center or None]) >= Counter(item for row in people for item in ids(row["Lizenzen"]))


# on the ledger: observed, planned, applied, changed, planned, applied

ROSTER = Path("tenants/alpenblick/rosters/people.csv")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What a command that succeeds says as JSON."""
    capsys.readouterr()
    assert run([*words, "--format", "json"]) == 0
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    return data


def assigned(capsys: pytest.CaptureFixture[str]) -> Counter[str]:
    """Units by license, as the report on the ledger has them."""
    parts = said(capsys, "report")["tenants"][0]["parts"]
    return Counter({row["license"]: row["assigned"] for part in parts for row in part["licenses"] if row["assigned"]})


def outcome(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, int]:
    [result] = said(capsys, *words)["results"]
    return result["status"], result["changes"]["applied"]


def applied(capsys: pytest.CaptureFixture[str], name: str) -> tuple[list[tuple[str, str]], tuple[str, int]]:
    """The changes of a plan that is saved and applied, and how it came out."""
    assert run(["plan", "--out", name]) == 0
    [plan] = json.loads(Path(name).read_text("utf-8"))["plans"]
    assert plan["verdict"] == "ready"
    return [(change["action"], change["license"]) for change in plan["changes"]], outcome(capsys, "apply", f"./{name}")


def test_the_customer_is_observed_planned_applied_changed_planned_and_applied(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # the exports as they are: the services alone are known from a snapshot, the people come from the list
    portal = json.loads(Path("portal.json").read_text("utf-8"))
    write(Path("services.json"), {key: value for key, value in portal.items() if key != "users"})
    counters, directory = str(RAW / "portal-counters.csv"), str(RAW / "entra-users.csv")
    given = len(rows("portal-services.csv")) + given_beside_tiers()
    seen = ("observe", "alpenblick", "--snapshot", "services.json", "--directory", directory)
    assert outcome(capsys, *seen) == ("applied", given)

    changes, came_out = applied(capsys, "first.json")
    people = Counter(license_id(label) for row in rows("lizenzliste.csv", ";") for label in row["Lizenzen"].split(","))
    assert Counter(license_id for _, license_id in changes) == people
    assert came_out == ("applied", people.total())
    assert outcome(capsys, "apply", "./first.json") == ("already", 0)
    assert run(["plan", "--detailed-exitcode"]) == 0

    # what the vendor counts beyond the ledger counts as assigned, and is told
    assert assigned(capsys) == counted()
    used = Counter({license_id(row["License"]): int(row["Used"]) for row in rows("portal-counters.csv")})
    beyond = used - counted()
    [result] = said(capsys, "observe", "alpenblick", "--counters", counters)["results"]
    found = [item for item in result["findings"] if item["severity"] == "warning"]
    assert {item["license"]: item["count"] for item in found} == beyond
    assert assigned(capsys) == counted() + beyond

    lines = ROSTER.read_text("utf-8").splitlines()
    listed = {row["Benutzer"].lower(): ids(row["Lizenzen"]) for row in rows("lizenzliste.csv", ";")}
    leaver = next(upn for upn, licenses in listed.items() if len(licenses) == 1)
    joins = next(upn for row in rows("entra-users.csv") if (upn := row["userPrincipalName"].lower()) not in listed)
    kept = [line for line in lines if not line.lower().startswith(leaver)]
    assert len(kept) == len(lines) - 1
    ROSTER.write_text("\n".join([*kept, f"{joins};;;;;{listed[leaver][0]}", ""]), encoding="utf-8")
    changes, came_out = applied(capsys, "second.json")
    assert changes == [("revoke", listed[leaver][0]), ("grant", listed[leaver][0])]
    assert came_out == ("applied", 2)
    assert run(["plan", "--detailed-exitcode"]) == 0
    assert assigned(capsys) == counted() + beyond
    assert [item["kind"] for item in said(capsys, "history")["runs"]] == ["apply", "observe", "apply", "observe"]


def given_beside_tiers() -> int:
    """Addons of services and licenses of virtual users, counted in the exports."""
    addons = sum(len(ids(row["Add-ons"])) for row in rows("portal-services.csv"))
    return addons + sum(row["Licensed"] == "yes" for row in rows("virtual-users.csv"))
