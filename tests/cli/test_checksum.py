"""--checksum: what was reviewed is what is planned and applied, or nothing is."""

import json
from pathlib import Path

import pytest
from tests.at_the_door import Door, Said

from tenantry.model.digest import canonical, digest

OTHER = "sha256:" + "0" * 64
ADA = "ada@x.example"


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    made = Door(tmp_path, capsys)
    for name in ("contoso", "fabrikam"):
        wish(made, name, [ADA, "bob@x.example"])
    return made


def wish(door: Door, tenant: str, users: list[str], *, bought: int = 9, without: str | None = None) -> None:
    """Everybody in the list is to have a companion; of the one beside it, each license is to be taken."""
    wanted = {user: {"licenses": ["companion"]} for user in users}
    taken: dict[str, dict[str, list[str]]] = {without: {"licenses": []}} if without else {}
    data = {"version": 1, "contract": {"contingency": {"companion": bought}}, "users": wanted | taken}
    door.write(f"tenants/{tenant}.yaml", json.dumps(data))


def effect(door: Door, *words: str) -> str:
    """What a reviewer of a plan made now would see."""
    return str(json.loads(door.run("plan", "--format", "json", *words).out)["effect"])


def apply(door: Door, *words: str) -> Said:
    return door.run("apply", "--auto-approve", "--format", "json", *words)


def statuses(said: Said) -> list[str]:
    return [item["status"] for item in json.loads(said.out)["results"]]


def nothing_written(door: Door) -> bool:
    return not (door.root / ".tenantry").exists()


def test_a_plan_with_the_reviewed_effect_is_as_good_as_ever(door: Door) -> None:
    reviewed = effect(door)
    assert door.run("plan", "--checksum", reviewed).code == 0
    assert door.run("plan", "--checksum", reviewed, "--detailed-exitcode").code == 2


def test_a_plan_with_another_effect_is_shown_and_saved_in_full_and_refused(door: Door) -> None:
    unheld = door.run("plan")
    saved = door.root / "plan.json"
    said = door.run("plan", "--checksum", OTHER, "--out", str(saved), "--detailed-exitcode")
    assert (said.code, said.out) == (4, unheld.out)
    assert json.loads(saved.read_bytes())["effect"] == effect(door)
    assert OTHER in said.err
    assert effect(door) in said.err
    assert "hint: Plan again, and review it anew." in said.err


def test_a_refused_effect_is_told_to_the_quiet_too(door: Door) -> None:
    assert OTHER in door.run("plan", "-q", "--checksum", OTHER).err


def test_another_effect_is_worse_than_a_rejection_and_better_than_a_problem(door: Door) -> None:
    wish(door, "contoso", [ADA, "bob@x.example"], bought=1)
    assert door.run("plan").code == 3
    assert door.run("plan", "--checksum", effect(door)).code == 3
    assert door.run("plan", "--checksum", OTHER).code == 4
    door.write("tenants/broken.yaml", "version: 9\n")
    said = door.run("plan", "--checksum", OTHER)
    assert said.code == 1
    assert OTHER in said.err


def test_an_effect_is_that_of_the_same_tenants(door: Door) -> None:
    assert door.run("plan", "contoso", "--checksum", effect(door)).code == 4


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("text", ["", "sha256:", "0" * 64, "sha256:" + "A" * 64, OTHER + "\n", OTHER + "0", "md5:0"])
def test_what_is_no_effect_is_a_usage_error(door: Door, command: str, text: str) -> None:
    assert door.run(command, "--checksum", text).code == 64
    assert nothing_written(door)


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_an_empty_variable_is_no_leave_to_go_on(door: Door, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("TENANTRY_CHECKSUM", "")
    said = door.run(command, *(["--auto-approve"] if command == "apply" else []))
    assert said.code == 64
    assert "TENANTRY_CHECKSUM" in said.err
    assert nothing_written(door)


def test_the_variable_holds_as_the_option_does(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANTRY_CHECKSUM", OTHER)
    assert apply(door).code == 4
    assert nothing_written(door)


@pytest.mark.parametrize("saved", [True, False])
def test_what_was_reviewed_is_applied(door: Door, *, saved: bool) -> None:
    reviewed, file = effect(door), str(door.root / "plan.json")
    door.run("plan", "--out", file)
    said = apply(door, "--checksum", reviewed, *([file] if saved else []))
    assert (said.code, statuses(said)) == (0, ["applied", "applied"])
    if saved:
        again = apply(door, "--checksum", reviewed, file)
        assert (again.code, statuses(again)) == (0, ["already", "already"])


@pytest.mark.parametrize("saved", [True, False])
def test_where_one_tenant_moved_no_tenant_is_written(door: Door, *, saved: bool) -> None:
    reviewed, file = effect(door), str(door.root / "plan.json")
    wish(door, "fabrikam", [ADA])
    door.run("plan", "--out", file)
    said = apply(door, "--checksum", reviewed, *([file] if saved else []))
    assert (said.code, statuses(said)) == (4, ["stale", "stale"])
    assert nothing_written(door)
    assert said.err.count(reviewed) == 1


def test_the_merge_of_two_reviewed_branches_is_another_plan(door: Door) -> None:
    reviewed = effect(door)
    wish(door, "contoso", [ADA, "bob@x.example", "cyd@x.example"])
    assert apply(door, "--checksum", reviewed).code == 4
    assert nothing_written(door)


def test_nobody_is_asked_about_what_was_not_reviewed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenantry.cli.session.Session.asks", True)
    monkeypatch.setattr("click.confirm", lambda *_, **__: pytest.fail("somebody was asked"))
    assert door.run("apply", "--checksum", OTHER).code == 4


def test_a_problem_beside_a_wrong_checksum_is_the_worse_code(door: Door) -> None:
    door.write("tenants/broken.yaml", "version: 9\n")
    said = apply(door, "--checksum", OTHER)
    assert (said.code, sorted(statuses(said))) == (1, ["failed", "stale", "stale"])
    assert nothing_written(door)


def test_a_workspace_without_tenants_has_an_effect_too(door: Door) -> None:
    for name in ("contoso", "fabrikam"):
        (door.root / f"tenants/{name}.yaml").unlink()
    assert apply(door, "--checksum", OTHER).code == 4


def test_a_file_that_claims_the_reviewed_effect_for_other_changes_is_refused(door: Door) -> None:
    """Its digest fits, and so do its changes to the files of now; the effect alone is a lie."""
    reviewed = json.loads(door.run("plan", "--format", "json").out)
    wish(door, "contoso", [ADA, "bob@x.example", "mallory@x.example"])
    forged = json.loads(door.run("plan", "--format", "json").out)
    forged["effect"] = reviewed["effect"]
    for plan, honest in zip(forged["plans"], reviewed["plans"], strict=True):
        plan["effect"] = honest["effect"]
    del forged["digest"]
    file = door.root / "plan.json"
    file.write_text(canonical({**forged, "digest": digest(forged)}), "utf-8")
    said = apply(door, "--checksum", reviewed["effect"], str(file))
    assert (said.code, statuses(said)) == (4, ["stale", "stale"])
    assert nothing_written(door)


def test_a_guard_that_was_loosened_after_the_review_is_another_verdict(door: Door) -> None:
    assert apply(door).code == 0
    door.write("tenantry.yaml", json.dumps({"version": 1, "guards": {"protected": [f"user:{ADA}"]}}))
    wish(door, "contoso", ["bob@x.example"], without=ADA)
    reviewed, file = effect(door), str(door.root / "plan.json")
    assert door.run("plan", "--out", file).code == 3
    door.write("tenantry.yaml", json.dumps({"version": 1}))
    for words in ((file,), ()):
        said = apply(door, "--checksum", reviewed, *words)
        assert (said.code, statuses(said)[0]) == (4, "stale")
    held = json.loads(door.told("export", "contoso"))["users"]
    assert held[ADA]["licenses"] == ["companion"]


def test_a_waiver_that_was_reviewed_has_to_be_given_again(door: Door) -> None:
    assert apply(door).code == 0
    door.write("tenantry.yaml", json.dumps({"version": 1, "guards": {"protected": [f"user:{ADA}"]}}))
    wish(door, "contoso", ["bob@x.example"], without=ADA)
    waiver = ("--allow", "protected-holder", "--reason", "she left")
    reviewed, file = effect(door, *waiver), str(door.root / "plan.json")
    assert door.run("plan", "--out", file, *waiver).code == 0
    refused = apply(door, "--checksum", reviewed, file)
    assert (refused.code, statuses(refused)) == (4, ["stale", "nothing"])
    assert "rejected: protected-holder" in refused.out
    allowed = apply(door, "--checksum", reviewed, file, *waiver)
    assert (allowed.code, statuses(allowed)) == (0, ["applied", "already"])
