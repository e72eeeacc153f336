"""What apply remembers: whom the files spoke for, by which terms, and under which name a tenant is known."""

import json
from pathlib import Path
from typing import Any

import pytest

from at_the_door import Door
from filled_ledgers import ledger_in, outside

ADA, BOB, CYD = ("ada@x.example", "bob@x.example", "cyd@x.example")
CONTRACT = {"contingency": {"companion": 9, "advanced_routing": "unlimited"}}
HELD = {"licenses": ["companion"]}


class Site(Door):
    """A workspace that is applied again and again."""

    def files(self, name: str = "contoso", **sections: Any) -> None:
        self.write(f"tenants/{name}.yaml", json.dumps({"version": 1, "contract": CONTRACT, **sections}))

    def apply(self) -> dict[str, Any]:
        [result] = json.loads(self.told("apply", "--auto-approve", "--format", "json"))["results"]
        return dict(result)

    def declared(self) -> list[str]:
        rows = outside(ledger_in(self.root), "SELECT folded FROM holders WHERE declared = 1 ORDER BY folded")
        return [folded for (folded,) in rows]

    def findings(self) -> dict[str, list[str]]:
        [plan] = json.loads(self.run("plan", "--format", "json").out)["plans"]
        return {item["rule"]: item["holders"] for item in plan["findings"]}


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(tmp_path, capsys)


def observed(site: Site, **sections: Any) -> None:
    snapshot = {"format": "tenantry-snapshot/1", "tenant": "contoso", **sections}
    site.told("observe", "contoso", "--snapshot", str(site.write("now.json", json.dumps(snapshot))))


def test_whom_files_once_spoke_for_and_no_longer_do_keeps_what_he_has_and_is_told(site: Site) -> None:
    site.files(users={ADA: HELD, BOB: HELD})
    site.apply()
    site.files(users={ADA: HELD})
    assert site.findings() == {"no-longer-listed": [f"user:{BOB}"]}
    assert site.apply()["status"] == "nothing"
    assert site.findings() == {"no-longer-listed": [f"user:{BOB}"]}  # until he is listed again or holds nothing
    site.files(users={ADA: HELD, BOB: HELD})
    assert site.findings() == {}


def test_who_holds_nothing_and_is_not_named_is_forgotten(site: Site) -> None:
    site.files(users={ADA: HELD, BOB: HELD})
    site.apply()
    observed(site, users={ADA: HELD, BOB: {"licenses": []}})
    site.files(users={ADA: HELD})
    site.apply()
    assert site.declared() == [ADA]
    observed(site, users={ADA: HELD, BOB: HELD})
    assert site.findings() == {}


def test_from_whom_an_apply_takes_everything_is_forgotten_by_it(site: Site) -> None:
    site.files(users={ADA: HELD, BOB: HELD}, manage={"users": "all"})
    site.apply()
    assert site.declared() == [ADA, BOB]
    site.files(users={ADA: HELD}, manage={"users": "all"})
    assert site.apply()["status"] == "applied"
    assert site.declared() == [ADA]


def test_whoever_is_forgotten_is_forgotten_by_a_run_of_its_own_and_once(site: Site) -> None:
    site.files(users={ADA: HELD, BOB: {"licenses": []}}, services={"desk": {}})
    observed(site, users={ADA: HELD, BOB: {"licenses": []}})
    site.apply()
    site.files(users={ADA: HELD}, services={"desk": {}})
    result = site.apply()
    assert (result["status"], result["run"]) == ("nothing", "contoso-3")
    assert site.declared() == [ADA, "desk"]
    result = site.apply()
    assert (result["status"], result["run"]) == ("nothing", None)


def test_many_are_noted_at_once_and_those_whom_nobody_named_are_not(site: Site) -> None:
    site.files(users={ADA: HELD, BOB: HELD})
    observed(site, users={ADA: HELD, BOB: HELD, CYD: HELD}, services={"desk": {}})
    site.apply()
    assert site.declared() == [ADA, BOB]
    site.files(users={ADA: HELD, BOB: HELD, CYD: HELD}, services={"desk": {}})
    assert site.apply()["status"] == "nothing"
    assert site.declared() == [ADA, BOB, CYD, "desk"]


def test_of_many_who_are_noted_at_once_the_few_whom_nobody_named_are_left_out(site: Site) -> None:
    site.files(users={ADA: HELD, BOB: HELD})
    observed(site, users={ADA: HELD, BOB: HELD, CYD: HELD})
    site.apply()
    assert site.declared() == [ADA, BOB]


def test_an_entry_that_has_not_begun_is_no_reason_to_write_anything(site: Site) -> None:
    site.files(users={ADA: HELD, BOB: {**HELD, "from": "2999-01-01"}})
    site.apply()
    path = ledger_in(site.root)
    before = len(path.runs())
    site.apply()
    assert len(path.runs()) == before
    assert site.declared() == [ADA]


def test_terms_that_move_are_told_until_they_are_applied(site: Site) -> None:
    site.files(users={ADA: HELD})
    site.apply()
    site.files(users={ADA: HELD}, contract={"contingency": {**CONTRACT["contingency"], "companion": 500}})
    assert "contingency companion 9 → 500" in site.told("plan")
    site.apply()
    assert "terms-changed" not in site.findings()


def test_the_gravest_terms_are_told_first_however_many_have_moved(site: Site) -> None:
    site.files(users={ADA: HELD})
    site.apply()
    prices = dict.fromkeys(("companion", "email", "interact", "assistant"), "1.00")
    moved = {
        "contingency": {**CONTRACT["contingency"], "companion": 500},
        "currency": "CHF",
        "valid_until": "2999-01-01",
    }
    site.files(users={ADA: HELD}, contract={**moved, "prices": prices, "state": "trial"}, manage={"users": "all"})
    site.write("tenantry.yaml", json.dumps({"version": 1, "guards": {"max_revocations": "off"}}))
    notices = [line for line in site.run("plan", "--format", "github").out.splitlines() if "terms-changed" in line]
    assert "contingency companion 9 → 500" in notices[0]
    assert "state none → trial" in notices[1]
    text = site.run("plan").out
    assert text.index("contingency companion 9 → 500") < text.index("currency none → CHF")


def test_whoever_moves_the_terms_can_not_silence_that_they_moved(site: Site) -> None:
    site.files(users={ADA: HELD})
    site.apply()
    site.write("tenantry.yaml", json.dumps({"version": 1, "rules": {"terms-changed": "off"}}))
    assert "rules terms-changed none → off" in site.told("plan")
    site.apply()  # whoever applies it has seen it
    site.files(users={ADA: HELD}, contract={"contingency": {**CONTRACT["contingency"], "companion": 500}})
    assert "terms-changed" not in site.findings()


def test_a_tenant_that_was_renamed_keeps_its_past(site: Site) -> None:
    site.files(users={ADA: HELD, BOB: HELD})
    site.apply()
    lineage = ledger_in(site.root).read("contoso").lineage
    (site.root / "tenants/contoso.yaml").unlink()
    site.files("fabrikam", users={ADA: HELD, BOB: {"licenses": []}}, tenant={"previously": "contoso"})
    result = site.apply()
    assert (result["tenant"], result["status"], result["changes"]["applied"]) == ("fabrikam", "applied", 1)
    ledger = ledger_in(site.root)
    assert ledger.tenants() == ("fabrikam",)
    assert (ledger.read("fabrikam").lineage, ledger.read("fabrikam").revision) == (lineage, 2)
    assert [run.tenant for run in ledger.runs()] == ["fabrikam", "fabrikam"]
    assert site.apply()["status"] == "nothing"
    assert site.run("plan", "--detailed-exitcode").code == 0


def test_a_tenant_that_gets_another_name_and_nothing_else_has_a_run_that_says_so(site: Site) -> None:
    site.files(users={ADA: HELD})
    site.apply()
    (site.root / "tenants/contoso.yaml").unlink()
    site.files("fabrikam", users={ADA: HELD}, tenant={"previously": "contoso"})
    result = site.apply()
    assert (result["status"], result["run"]) == ("nothing", "fabrikam-2")
    assert ledger_in(site.root).tenants() == ("fabrikam",)
    assert site.apply()["run"] is None


def test_a_saved_plan_of_a_renamed_tenant_is_applied(site: Site) -> None:
    site.files(users={ADA: HELD})
    site.apply()
    (site.root / "tenants/contoso.yaml").unlink()
    site.files("fabrikam", users={ADA: {"licenses": []}}, tenant={"previously": "contoso"})
    plan = str(site.root / "plan.json")
    site.told("plan", "--out", plan)
    assert site.run("apply", plan).code == 0
    assert "already" in site.told("apply", plan)
