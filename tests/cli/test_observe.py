"""observe: what portal and directory show goes into the ledger as it is, whole or not at all."""

import contextlib
import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from filled_ledgers import ledger_at
from random_worlds import dice, random_world
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Claimant, Lease
from tenantry.cli.door import run
from tenantry.documents.catalog import builtin
from tenantry.documents.data import packaged
from tenantry.errors import CommitError, OperatorError, PlanAgainError, TenantryError
from tenantry.model.state import CurrentState

ADA, BOB, CYD = "ada@x.example", "bob@x.example", "cyd@x.example"
ONE, TWO = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
LEDGER = ".tenantry/ledger.db"

Said = tuple[int, str, str]
"""Exit code, standard output, standard error."""
Call = Callable[..., Said]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command in a workspace of one tenant, contoso."""
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants/contoso.yaml").write_text("version: 1\n")
    monkeypatch.chdir(tmp_path)

    def said(*words: str) -> Said:
        capsys.readouterr()
        code = run(list(words))
        told = capsys.readouterr()
        return code, told.out, told.err

    return said


def snapshot(name: str = "now.json", tenant: str = "contoso", **parts: Any) -> str:
    """The name of a snapshot file in the current folder."""
    Path(name).write_text(json.dumps({"format": "tenantry-snapshot/1", "tenant": tenant, **parts}))
    return name


def counters(*rows: str) -> str:
    Path("counters.csv").write_text("\n".join(["License,Total,Used", *rows, ""]))
    return "counters.csv"


def directory(*rows: str) -> str:
    Path("people.csv").write_text("\n".join(["userPrincipalName,id,accountEnabled,city", *rows, ""]), encoding="utf-8")
    return "people.csv"


def known(tenant: str = "contoso") -> CurrentState:
    """What the ledger knows."""
    ledger = ledger_at(Path(LEDGER))
    try:
        assert ledger.faults() == []
        return ledger.read(tenant)
    finally:
        ledger.close()


def result(call: Call, *words: str, code: int = 0) -> Mapping[str, Any]:
    """The one result of an observation, in the format for programs."""
    found, out, err = call("observe", *words, "--format", "json")
    assert found == code, err
    data = json.loads(out)
    assert data["format"] == "tenantry-result/1"
    (outcome,) = data["results"]
    assert sorted(outcome) == ["changes", "findings", "message", "run", "status", "tenant"]
    return dict(outcome)


def rows(statement: str) -> list[Any]:
    """What stands in the ledger's file."""
    connection = sqlite3.connect(LEDGER)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def people(number: int, *licenses: str) -> dict[str, Any]:
    return {f"p{at:02}@x.example": {"licenses": list(licenses)} for at in range(number)}


# each kind of fact


def test_a_state_is_recorded_with_a_run_by_whoever_saw_it(call: Call) -> None:
    code, out, _ = call("observe", "contoso", "--state", "suspended")
    assert (code, out) == (0, "  Tenant State: Suspended\ncontoso: observed Tenant State; run contoso-1\n")
    assert known().state == "suspended"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", known().observed_at["state"])
    assert rows("SELECT kind, status, revision FROM runs") == [("observe", "applied", 1)]


def test_a_contingency_is_named_by_id_or_label(call: Call) -> None:
    code, out, _ = call(
        "observe", "contoso", "--contingency", "companion=10", "--contingency", "Contact Center User=unlimited"
    )
    assert code == 0
    assert "  Companion: contingency 10\n" in out
    assert known().contingency == {"companion": 10, "contact_center_user": "unlimited"}
    assert rows("SELECT license, contingency, ceiling FROM counters ORDER BY 1") == [
        ("companion", 10, 10),
        ("contact_center_user", None, None),
    ]


def test_a_snapshot_becomes_current_section_by_section(call: Call) -> None:
    first = snapshot(
        users={ADA: {"licenses": ["companion"], "name": "Ada", "enabled": True}, BOB: {}},
        services={"desk": {"license": "contact_center", "assignment_type": "skill_based"}},
        in_use=[{"holder": f"user:{ADA}", "license": "companion", "what": "a queue"}],
    )
    assert result(call, "contoso", "--snapshot", first)["changes"] == {"applied": 2, "not_applied": 0, "unknown": 0}
    assert sorted(known().holders["user"]) == [ADA, BOB]
    assert known().holders["user"][ADA].enabled is True
    assert [item.what for item in known().in_use or ()] == ["a queue"]
    second = snapshot(users={ADA: {"licenses": ["interact"], "enabled": False}})
    code, out, _ = call("observe", "contoso", "--snapshot", second)
    assert code == 0
    assert out.splitlines() == [
        "  users: 1 seen, 1 gone",
        f"  - Companion user:{ADA}",
        f"  + Interact user:{ADA}",
        "contoso: observed 1 user; run contoso-2",
    ]
    state = known()
    assert sorted(state.holders["user"]) == [ADA]
    assert (state.holders["user"][ADA].labels.name, state.holders["user"][ADA].enabled) == ("Ada", False)
    assert state.holders["service"]["desk"].licenses == {"contact_center"}
    assert state.in_use == ()  # of a license that is gone nothing is in use
    assert state.revision == 2


def test_of_very_many_changes_the_first_are_told_and_the_rest_is_counted(call: Call) -> None:
    call("observe", "contoso", "--snapshot", snapshot(users=people(60)))
    code, out, _ = call("observe", "contoso", "--snapshot", snapshot(users=people(60, "companion")))
    assert code == 0
    assert len(out.splitlines()) == 13
    assert out.splitlines()[-2:] == ["  and 50 more changes and updates", "contoso: observed 60 users; run contoso-2"]


def test_what_is_in_use_replaces_what_was_known_of_it(call: Call) -> None:
    use = [{"holder": f"user:{ADA}", "license": "companion", "what": "a queue"}]
    call("observe", "contoso", "--snapshot", snapshot(in_use=use))
    code, out, _ = call("observe", "contoso", "--snapshot", snapshot(in_use=[]))
    assert (code, out) == (0, "  in use: 0 features\ncontoso: observed 0 features in use; run contoso-2\n")
    assert known().in_use == ()


def test_terms_and_declared_holders_of_a_snapshot_are_nobody_s_observation(call: Call) -> None:
    seen = snapshot(users={ADA: {}}, terms={"manage": {"users": "all"}}, declared=[f"user:{ADA}"])
    assert call("observe", "contoso", "--snapshot", seen)[0] == 0
    assert (known().terms, known().declared) == (None, None)


def test_state_and_contingency_of_a_snapshot_are_observations(call: Call) -> None:
    assert call("observe", "contoso", "--snapshot", snapshot(state="trial", contingency={"companion": 2}))[0] == 0
    assert (known().state, known().contingency) == ("trial", {"companion": 2})


def test_who_has_another_upn_now_keeps_licenses_and_labels(call: Call) -> None:
    call("observe", "contoso", "--snapshot", snapshot(users={ADA: {"licenses": ["companion"], "object_id": ONE}}))
    now = snapshot(users={BOB: {"licenses": ["companion"], "object_id": ONE.upper()}})
    outcome = call("observe", "contoso", "--snapshot", now)
    assert f"  ~ user:{BOB} rename: {ADA} → {BOB}\n" in outcome[1]
    assert sorted(known().holders["user"]) == [BOB]
    assert rows("SELECT count(*) FROM receipts WHERE run = 2") == [(0,)]


def test_two_people_can_exchange_their_upns(call: Call) -> None:
    call("observe", "contoso", "--snapshot", snapshot(users={ADA: {"object_id": ONE}, BOB: {"object_id": TWO}}))
    call("observe", "contoso", "--snapshot", snapshot(users={ADA: {"object_id": TWO}, BOB: {"object_id": ONE}}))
    assert {key: row.object_id for key, row in known().holders["user"].items()} == {ADA: TWO, BOB: ONE}


# counters


def test_counters_are_held_against_the_ledger_after_the_snapshot_of_the_same_call(call: Call) -> None:
    words = ("contoso", "--counters", counters("Companion,10,2"))
    outcome = result(call, *words, "--snapshot", snapshot(users={ADA: {"licenses": ["companion"]}}))
    (found,) = outcome["findings"]
    assert (found["rule"], found["severity"], found["license"]) == ("counters-disagree", "warning", "companion")
    assert found["count"] == 1
    assert found["message"] == (
        "Companion: the vendor counts 1 more than the ledger (2 in use, 1 recorded); it counts as assigned."
    )
    assert known().unaccounted == {"companion": 1}
    assert known().contingency == {"companion": 10}


def test_a_vendor_that_counts_less_is_told_for_information(call: Call) -> None:
    call("observe", "contoso", "--snapshot", snapshot(users=people(3, "companion")))
    code, out, _ = call("observe", "contoso", "--counters", counters("Companion,10,1", "Email,0,0"))
    assert code == 0
    assert "counters: 1 of 2 licenses agrees with the ledger" in out
    told = " ".join(out.split())
    assert "info counters-disagree: Companion: the vendor counts 2 fewer than the ledger (1 in use, 3 recorded)" in told
    assert known().unaccounted == {}


def test_how_grave_a_disagreement_is_is_the_workspace_s_word(call: Call) -> None:
    Path("tenantry.yaml").write_text('version: 1\nrules: {counters-disagree: "off"}\n')
    assert result(call, "contoso", "--counters", counters("Companion,10,1"))["findings"] == []
    assert known().unaccounted == {"companion": 1}


def test_what_was_unaccounted_is_forgotten_with_a_section_that_was_seen_whole(call: Call) -> None:
    call("observe", "contoso", "--counters", counters("Companion,10,4", "Virtual User,1,1"))
    assert known().unaccounted == {"companion": 4, "virtual_user": 1}
    call("observe", "contoso", "--snapshot", snapshot(users={ADA: {}}))
    assert known().unaccounted == {"virtual_user": 1}


def test_what_was_bought_stays_known_where_a_snapshot_tells_nothing_of_it(call: Call) -> None:
    call("observe", "contoso", "--contingency", "companion=5", "--state", "trial")
    call("observe", "contoso", "--snapshot", snapshot(users={ADA: {"licenses": ["companion"]}}))
    assert (known().contingency, known().state) == ({"companion": 5}, "trial")


def test_counters_are_held_against_what_the_ledger_counts_each_time_they_are_seen(call: Call) -> None:
    contract = {"contingency": {"companion": 9}}
    files = {"version": 1, "contract": contract, "users": {ADA: {"licenses": ["companion"]}}}
    Path("tenants/contoso.yaml").write_text(json.dumps(files))
    call("observe", "contoso", "--counters", counters("Companion,9,2"))
    assert known().unaccounted == {"companion": 2}
    assert call("apply", "--auto-approve")[0] == 0
    assert known().unaccounted == {"companion": 2}
    call("observe", "contoso", "--counters", counters("Companion,9,2"))
    assert known().unaccounted == {"companion": 1}


def test_more_than_was_bought_is_recorded_and_then_nobody_can_enlarge_it(call: Call) -> None:
    seen = snapshot(users=people(5, "companion") | {CYD: {}}, contingency={"companion": 3})
    assert result(call, "contoso", "--snapshot", seen)["status"] == "applied"
    assert rows("SELECT contingency, assigned, ceiling FROM counters WHERE license = 'companion'") == [(3, 5, 5)]
    connection = sqlite3.connect(LEDGER)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute(
            "INSERT INTO assignments (tenant, holder, license)"
            " SELECT tenant, id, 'companion' FROM holders WHERE folded = ?",
            (CYD,),
        )
    connection.close()
    assert result(call, "contoso", "--contingency", "companion=1")["status"] == "applied"
    assert rows("SELECT contingency, assigned, ceiling FROM counters WHERE license = 'companion'") == [(1, 5, 5)]


def test_what_is_seen_of_one_tenant_leaves_every_other_one_as_it_was(call: Call) -> None:
    def seen(tenant: str, *licenses: str, able: str) -> tuple[str, ...]:
        use = [{"holder": f"user:{ADA}", "license": "companion", "what": "a queue"}]
        held = snapshot(tenant=tenant, users={ADA: {"licenses": ["companion", *licenses]}}, in_use=use)
        accounts = directory(f"{ADA},{ONE},{able},")
        return (tenant, "--snapshot", held, "--contingency", "companion=1", "--directory", accounts)

    def other() -> tuple[Any, ...]:
        ledger = "SELECT counters.* FROM counters JOIN tenants ON tenants.id = tenant AND name = 'fabrikam'"
        return known("fabrikam"), rows(ledger)

    words = seen("fabrikam", able="true")
    assert call("observe", *words, "--counters", counters("Companion,1,3"))[0] == 0
    before = other()
    assert call("observe", *seen("contoso", able="false"))[0] == 0
    assert call("observe", "contoso", "--snapshot", snapshot(users={}, in_use=[]))[0] == 0
    assert other() == before


def test_what_was_bought_still_limits_every_writer_after_a_snapshot_alone(call: Call) -> None:
    call("observe", "contoso", "--contingency", "companion=3")
    for holders, ceiling in ((2, 3), (4, 4), (1, 3)):
        call("observe", "contoso", "--snapshot", snapshot(users=people(holders, "companion")))
        found = rows("SELECT contingency, assigned, ceiling FROM counters WHERE license = 'companion'")
        assert found == [(3, holders, ceiling)]


# a directory


def test_a_directory_pins_people_and_tells_who_can_sign_in(call: Call) -> None:
    call("observe", "contoso", "--snapshot", snapshot(users={ADA: {}, BOB: {"object_id": TWO}}))
    seen = directory(f"ADA@x.example,{ONE},false,Zurich", f"{BOB},{ONE[:-1]}c,,", f"{CYD},,True,", "zoë@x.example,,,")
    code, out, _ = call("observe", "contoso", "--directory", seen)
    assert code == 0
    assert " ".join(out.split()) == (
        f"~ user:{ADA} object_id: (not set) → {ONE} directory: 3 accounts"
        " contoso: observed a directory of 3 accounts; run contoso-2;"
        " 1 account of the directory skipped, whose UPN isn't ASCII"
    )
    state = known()
    assert (state.holders["user"][ADA].object_id, state.holders["user"][ADA].enabled) == (ONE, False)
    assert (state.holders["user"][BOB].object_id, state.holders["user"][BOB].enabled) == (TWO, None)
    assert sorted(state.directory or {}) == [ADA, BOB, CYD]
    assert rows("SELECT holder, field, after FROM updates WHERE run = 2") == [(f"user:{ADA}", "object_id", ONE)]


def test_people_who_come_with_a_snapshot_are_pinned_by_the_directory_of_the_same_call(call: Call) -> None:
    seen = snapshot(users={ADA: {"enabled": True}})
    call("observe", "contoso", "--snapshot", seen, "--directory", directory(f"{ADA},{ONE},false,"))
    assert (known().holders["user"][ADA].object_id, known().holders["user"][ADA].enabled) == (ONE, False)


def test_a_second_directory_replaces_the_first(call: Call) -> None:
    call("observe", "contoso", "--directory", directory(f"{ADA},{ONE},true,"))
    call("observe", "contoso", "--directory", directory(f"{BOB},{TWO},true,"))
    assert sorted(known().directory or {}) == [BOB]


# what is known already


def test_what_is_known_already_is_seen_once_more_and_nothing_moves(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("contoso", "--snapshot", snapshot(users={ADA: {"licenses": ["companion"]}}), "--state", "active")
    files = ("--counters", counters("Companion,1,1"), "--directory", directory(f"{ADA},{ONE},true,"))
    assert result(call, *words, *files)["status"] == "applied"
    before = known()
    monkeypatch.setattr("tenantry.cli.session.Session.now", _later(before))
    outcome = result(call, *words, *files)
    assert outcome["status"] == "nothing"
    assert outcome["message"].endswith("; nothing moved; run contoso-2")
    after = known()
    assert after.revision == before.revision
    assert set(after.observed_at.values()) == {"2030-01-02T03:04:05Z"}
    assert rows("SELECT status FROM runs") == [("applied",), ("nothing",)]


def _later(_: CurrentState) -> Any:
    import datetime  # noqa: PLC0415 - only here

    return datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


# a snapshot that lacks most


def test_a_snapshot_that_lacks_most_is_kept_and_nothing_of_the_call_becomes_current(call: Call) -> None:
    call("observe", "contoso", "--snapshot", snapshot(users=people(12, "companion")))
    before = known()
    cut = snapshot(users=people(4, "companion"), state="trial")
    outcome = result(call, "contoso", "--snapshot", cut, "--contingency", "companion=3", code=3)
    assert (outcome["status"], outcome["run"]) == ("rejected", "contoso-2")
    assert outcome["changes"] == {"applied": 0, "not_applied": 8, "unknown": 0}
    (found,) = outcome["findings"]
    assert (found["rule"], found["count"], found["tenant"]) == ("mass-disappearance", 8, "contoso")
    assert found["holders"] == [f"user:p{at:02}@x.example" for at in range(4, 9)]
    assert known() == before
    ((status, document),) = rows("SELECT status, document FROM runs WHERE id = 'contoso-2'")
    assert (status, json.loads(document)) == ("rejected", json.loads(Path(cut).read_text()))
    assert rows("SELECT count(*) FROM receipts WHERE run = 2") == [(0,)]


def test_with_a_reason_it_becomes_current_and_the_reason_stays(call: Call) -> None:
    call("observe", "contoso", "--snapshot", snapshot(users=people(12)))
    words = ("--snapshot", snapshot(users={}), "--allow", "mass-disappearance:contoso", "--reason", "team closed")
    outcome = result(call, "contoso", *words)
    assert (outcome["status"], outcome["findings"][0]["waived"]) == ("applied", "team closed")
    assert known().holders["user"] == {}
    assert rows("SELECT waivers FROM runs WHERE id = 'contoso-2'") == [('[["mass-disappearance", "team closed"]]',)]


@pytest.mark.parametrize("tenant", ["contoso", "nofile"])
def test_a_waiver_of_the_workspace_lets_it_pass(call: Call, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenantry.cli.session.Session.now", _later(CurrentState(tenant="", backend="")))
    waiver = f"{{rule: mass-disappearance, tenant: {tenant}, reason: moved, until: 2030-01-20}}"
    Path("tenantry.yaml").write_text(f"version: 1\nwaivers: [{waiver}]\n")
    call("observe", tenant, "--snapshot", snapshot(tenant=tenant, users=people(12)))
    assert call("observe", tenant, "--snapshot", snapshot(tenant=tenant, users={}))[0] == 0
    Path("tenantry.yaml").write_text(f"version: 1\nwaivers: [{waiver.replace('01-20', '03-20')}]\n")
    code, out, _ = call("observe", tenant, "--state", "active")
    assert code == 1
    assert "waiver-too-long" in out


# what can't be observed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Nothing to observe"),
        (("--state", "suspnded"), 'Did you mean "suspended"?'),
        (("--contingency", "companoin=3"), 'Did you mean "companion"?'),
        (("--contingency", "companion=many"), "write LICENSE=N"),
        (("--contingency", "companion"), "write LICENSE=N"),
        (("--contingency", "companion=1", "--contingency", "Companion=2"), "is told twice: 1 and 2"),
        (("--state", "active", "--allow", "mass-disappearance"), "--allow needs --reason"),
        (("--state", "active", "--allow", "max-revocations", "--reason", "x"), "isn't judged by max-revocations"),
        (("--state", "active", "--allow", "mass-disappearance:other", "--reason", "x"), "speaks of other"),
        (("--state", "active", "--format", "html"), "There is no format 'html'"),
    ],
)
def test_words_that_say_nothing_are_a_usage_error(call: Call, words: tuple[str, ...], told: str) -> None:
    code, out, err = call("observe", "contoso", *words)
    assert (code, out) == (64, "")
    assert told in err
    assert not Path(LEDGER).exists()


@pytest.mark.parametrize("tenant", ["Contoso", "a/b", "x.json", "-", "a" * 64])
def test_what_can_be_no_tenant_is_a_usage_error(call: Call, tenant: str) -> None:
    assert call("observe", "--state", "active", "--", tenant)[0] == 64


def test_one_call_that_contradicts_itself_is_refused(call: Call) -> None:
    words = ("--counters", counters("Companion,12,0"), "--contingency", "companion=10")
    code, _, err = call("observe", "contoso", *words)
    assert code == 64
    assert "companion is told twice: 10 by the options, 12 by counters.csv." in err
    assert call("observe", "contoso", "--state", "active", "--snapshot", snapshot(state="trial"))[0] == 64
    assert call("observe", "contoso", "--state", "trial", "--snapshot", snapshot(state="trial"))[0] == 0


def test_all_problems_of_all_files_are_told_and_nothing_is_recorded(call: Call) -> None:
    files = ("--counters", counters("Companoin,x,1"), "--directory", directory("ada,,"))
    code, out, _ = call("observe", "contoso", *files, "--snapshot", snapshot(tenant="other"))
    assert code == 1
    lines = out.splitlines()
    assert 'counters.csv:2:1: unknown-license: There is no license "Companoin".' in lines
    assert any(line.startswith("counters.csv:2:11: bad-count: ") for line in lines)
    assert 'people.csv:2:1: bad-format: "ada" is not a UPN.' in lines
    assert any(line.startswith("now.json:1:45: wrong-tenant: The snapshot is of other") for line in lines)
    assert lines[-1] == "contoso: not observed: 4 problems; nothing was recorded"
    assert not Path(LEDGER).exists()
    outcome = result(call, "contoso", *files, code=1)
    assert (outcome["status"], outcome["run"], len(outcome["findings"])) == ("failed", None, 3)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("[", "json-syntax"),
        ('{"format": "tenantry-snapshot/1"}', "missing-key"),
        (
            json.dumps({"format": "tenantry-snapshot/1", "tenant": "contoso", "users": {ADA: {}, ADA.upper(): {}}}),
            "holder-twice",
        ),
    ],
)
def test_a_snapshot_that_is_none_is_refused(call: Call, content: str, rule: str) -> None:
    Path("now.json").write_text(content)
    code, out, _ = call("observe", "contoso", "--snapshot", "now.json")
    assert code == 1
    assert f": {rule}: " in out


def test_files_that_are_not_there_are_problems_told_at_once_in_the_files_asked_for(call: Call) -> None:
    words = ("observe", "contoso", "--counters", "gone.csv", "--directory", "none.csv", "--snapshot", "now.json")
    Path("now.json").mkdir()
    code, out, err = call(*words, "--format", "json=o.json")
    (outcome,) = json.loads(Path("o.json").read_text())["results"]
    assert (code, outcome["status"], out) == (1, "failed", "")
    found = {(item["file"], item["rule"], item["message"]) for item in outcome["findings"]}
    assert found == {
        ("gone.csv", "unreadable-file", "There is no such file."),
        ("none.csv", "unreadable-file", "There is no such file."),
        ("now.json", "unreadable-file", "This is not a regular file."),
    }
    assert "gone.csv:1:1: " in err
    assert "contoso: not observed: 3 problems; nothing was recorded\nproblems in files: 3\n" in err
    assert not Path(LEDGER).exists()


def test_problems_of_the_workspace_keep_everything_from_being_observed(call: Call) -> None:
    Path("tenantry.yaml").write_text("version: 1\nguards: on\n")
    code, out, _ = call("observe", "contoso", "--state", "active")
    assert code == 1
    assert out.startswith("tenantry.yaml:2:9: ")
    assert not Path(LEDGER).exists()


def test_there_must_be_a_workspace(tmp_path_factory: pytest.TempPathFactory, call: Call) -> None:
    folder = tmp_path_factory.mktemp("nowhere")
    code, _, err = call("-C", str(folder), "observe", "contoso", "--state", "active")
    assert code == 1
    assert "No workspace" in err


# the tenant's id, its lock, its ledger


def test_a_tenant_needs_no_file_and_a_broken_one_keeps_nobody_from_recording_facts(call: Call) -> None:
    assert call("observe", "nofile", "--state", "lab")[0] == 0
    assert known("nofile").state == "lab"
    assert call("observe", "contoso", "--state", "lab")[0] == 0
    Path("tenants/contoso.yaml").write_text("version: 2\n")
    assert call("observe", "contoso", "--state", "trial")[0] == 0


def test_a_tenant_that_had_another_id_is_observed_in_its_own_record(call: Call) -> None:
    call("observe", "contoso", "--state", "lab")
    Path("tenants/contoso.yaml").rename("tenants/fabrikam.yaml")
    Path("tenants/fabrikam.yaml").write_text("version: 1\ntenant: {previously: contoso}\n")
    assert call("observe", "fabrikam", "--state", "trial")[0] == 0
    assert known("fabrikam").state == "trial"
    assert rows("SELECT name, revision FROM tenants") == [("fabrikam", 2)]


def test_a_new_tenant_whose_file_is_broken_could_be_an_old_one_and_is_refused(call: Call) -> None:
    Path("tenants/contoso.yaml").write_text("version: 1\nusers: {ada: {}}\n")
    code, out, _ = call("observe", "contoso", "--state", "active")
    assert code == 1
    assert out.startswith("tenants/contoso.yaml:2:9: bad-format: ")
    assert not Path(LEDGER).exists()


def test_the_smaller_number_keeps_the_quota_until_the_next_apply(call: Call) -> None:
    Path("tenants/contoso.yaml").write_text(
        "version: 1\ncontract: {contingency: {companion: 2}}\nusers: {ada@x.example: {licenses: [companion]}}\n"
    )
    call("apply", "--auto-approve")
    quota = "SELECT contingency, assigned, ceiling FROM counters WHERE license = 'companion'"
    call("observe", "contoso", "--contingency", "companion=9")
    assert rows(quota) == [(2, 1, 2)]
    call("observe", "contoso", "--contingency", "companion=1")
    assert rows(quota) == [(1, 1, 1)]
    assert json.loads(call("export", "contoso")[1])["contingency"] == {"companion": 1}


def test_a_contingency_that_becomes_unlimited_counts(call: Call) -> None:
    Path("tenants/contoso.yaml").write_text("version: 1\nusers: {ada@x.example: {cost_center: '1'}}\n")
    call("apply", "--auto-approve")
    revisions = []
    for number in ("unlimited", "unlimited", "3", "unlimited"):
        call("observe", "contoso", "--contingency", f"companion={number}")
        revisions += rows("SELECT revision FROM tenants")
    assert revisions == [(2,), (2,), (3,), (4,)]


@pytest.fixture
def locked(call: Call) -> Iterator[Ledger]:
    """The ledger, in which somebody else has the tenant's lock."""
    call("observe", "contoso", "--state", "active")
    ledger = ledger_at(Path(LEDGER), write=True)
    other = Claimant(who="eve", host="elsewhere", pid=7, alive=lambda _: True)
    assert isinstance(ledger.take("contoso", other), Lease)
    yield ledger
    ledger.close()


@pytest.mark.usefixtures("locked")
def test_a_lock_that_somebody_has_is_told_with_who_has_it(call: Call) -> None:
    outcome = result(call, "contoso", "--state", "trial", code=4)
    assert (outcome["status"], outcome["run"]) == ("stale", None)
    told = outcome["message"]
    assert told.startswith("not observed: nothing was recorded. The lock of the tenant is held by eve (process 7 on ")
    assert told.endswith(" Try again when it is done; a lock that nobody renews is free after 60 seconds.")
    assert known().state == "active"


@pytest.mark.usefixtures("locked")
def test_the_files_asked_for_are_written_where_somebody_else_has_the_lock(call: Call) -> None:
    code, out, _ = call("observe", "contoso", "--state", "trial", "--format", "text", "--format", "json=o.json")
    assert code == 4
    assert " ".join(out.split()).startswith("contoso: not observed: nothing was recorded. The lock of the tenant")
    assert json.loads(Path("o.json").read_text())["results"][0]["status"] == "stale"


@pytest.mark.parametrize(("error", "code", "status"), [(PlanAgainError, 4, "stale"), (OperatorError, 1, "failed")])
def test_what_fails_of_the_ledger_is_told_in_the_files_asked_for(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: type[TenantryError], code: int, status: str
) -> None:
    call("observe", "contoso", "--state", "active")

    def fails(*_: object) -> None:
        raise error("The disk is gone.", "Look for it.")

    monkeypatch.setattr(Ledger, "writing", fails)
    assert call("observe", "contoso", "--state", "trial", "--format", "json=o.json")[0] == code
    (outcome,) = json.loads(Path("o.json").read_text())["results"]
    assert outcome["status"] == status
    assert outcome["message"] == "not observed: nothing was recorded. The disk is gone. Look for it."
    assert rows("SELECT owner FROM locks") == [(None,)]


def test_a_lock_whose_time_is_over_is_taken_over_and_told(call: Call, locked: Ledger) -> None:
    connection = sqlite3.connect(LEDGER)
    connection.execute("UPDATE locks SET expires_at = 0")
    connection.commit()
    connection.close()
    code, out, _ = call("observe", "contoso", "--state", "trial")
    assert code == 0
    assert "its lock was taken over from eve" in " ".join(out.split())
    assert locked.locks() == []


def test_a_database_that_another_process_writes_for_a_moment_is_waited_for(call: Call) -> None:
    call("observe", "contoso", "--state", "active")
    other = sqlite3.connect(LEDGER, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, other.close)
    release.start()
    assert call("observe", "contoso", "--state", "trial")[0] == 0
    release.join()


def test_the_lock_is_free_after_a_rejection_and_after_an_error(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    call("observe", "contoso", "--snapshot", snapshot(users=people(12)))
    assert call("observe", "contoso", "--snapshot", snapshot(users={}))[0] == 3
    assert rows("SELECT owner FROM locks") == [(None,)]

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tenantry.engine.recording.observed", broken)
    assert call("observe", "contoso", "--snapshot", snapshot(users={}))[0] == 130
    assert rows("SELECT owner FROM locks") == [(None,)]
    assert rows("SELECT count(*) FROM runs") == [(2,)]


@pytest.mark.parametrize(
    ("commits", "answers", "code", "status", "counts"),
    [
        (True, True, 0, "applied", (1, 0, 0)),
        (False, True, 1, "failed", (0, 1, 0)),
        (True, False, 5, "unknown", (0, 0, 1)),
    ],
)
def test_after_a_failure_at_the_commit_the_ledger_is_asked_whether_it_was_written(
    call: Call, monkeypatch: pytest.MonkeyPatch, *, commits: bool, answers: bool, code: int, status: str, counts: Any
) -> None:
    call("observe", "contoso", "--state", "active")
    real = Ledger.writing

    @contextlib.contextmanager
    def failing(ledger: Ledger, *words: Any) -> Iterator[Any]:
        with real(ledger, *words) as writing:
            yield writing
            if not commits:
                raise CommitError("The disk is full.")
        raise CommitError("The disk is full.")

    def gone(*_: object) -> None:
        raise OperatorError("The disk is gone.")

    monkeypatch.setattr(Ledger, "writing", failing)
    if not answers:
        monkeypatch.setattr(Ledger, "run", gone)
    seen = snapshot(users={ADA: {"licenses": ["companion"]}})
    outcome = result(call, "contoso", "--snapshot", seen, code=code)
    assert outcome["status"] == status
    assert tuple(outcome["changes"][name] for name in ("applied", "not_applied", "unknown")) == counts
    assert ("The disk is" in outcome["message"]) == (status != "applied")
    assert (ADA in known().holders["user"]) == commits


def test_the_run_of_another_process_is_not_taken_for_one_that_failed_at_the_commit(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("observe", "contoso", "--state", "active")
    real = Ledger.writing

    @contextlib.contextmanager
    def failing(ledger: Ledger, *words: Any) -> Iterator[Any]:
        with contextlib.suppress(KeyError), real(ledger, *words) as writing:
            yield writing
            raise KeyError  # as the database does, it takes everything back
        monkeypatch.setattr(Ledger, "writing", real)
        ledger.free(words[0])
        monkeypatch.setattr("tenantry.cli.session.Session.now", _later(known()))
        assert call("observe", "contoso", "--state", "lab")[0] == 0
        raise CommitError("The disk is full.")

    monkeypatch.setattr(Ledger, "writing", failing)
    outcome = result(call, "contoso", "--state", "trial", code=1)
    assert (outcome["status"], outcome["run"]) == ("failed", None)
    assert (known().state, rows("SELECT id FROM runs")) == ("lab", [("contoso-1",), ("contoso-2",)])


def test_in_ci_no_ledger_is_made_unasked(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("TENANTRY_CREATE_LEDGER", "1")
    assert "with CI set none is made unasked" in result(call, "contoso", "--state", "active", code=1)["message"]
    assert not Path(LEDGER).exists()
    assert call("observe", "contoso", "--state", "active", "--create-ledger")[0] == 0
    assert call("observe", "contoso", "--state", "active")[0] == 0


# many worlds


def test_the_ledger_shows_what_was_seen_last_whatever_it_was(call: Call) -> None:
    catalog = builtin("nimbus")
    allow = ("--allow", "mass-disappearance", "--reason", "a law")
    for seed in range(30):
        chance = dice(seed)
        seen = random_world(chance, catalog).current
        bought = {name: chance.randint(0, 3) for name in catalog.licenses}
        assert call("observe", "contoso", "--snapshot", snapshot(**seen, contingency=bought), *allow)[0] == 0
        state = known()
        assert state.contingency == bought
        for section, kind in (("users", "user"), ("virtual_users", "virtual_user")):
            wanted = {key.lower(): set(body["licenses"]) for key, body in seen[section].items()}
            assert {key: set(row.licenses) for key, row in state.holders[kind].items()} == wanted  # type: ignore[index]
        tiers = {key: {body["license"], *body["addons"]} for key, body in seen["services"].items()}
        assert {key: set(row.licenses) for key, row in state.holders["service"].items()} == tiers


def test_where_the_result_can_not_be_written_nothing_is_recorded(call: Call) -> None:
    code, _, err = call("observe", "contoso", "--state", "active", "--format", "json=gone/x.json")
    assert (code, "gone/x.json can't be written" in err) == (1, True)
    assert not Path(LEDGER).exists()


@pytest.mark.parametrize("content", [None, "{"])
def test_a_file_whose_name_is_no_text_is_told_by_it(call: Call, content: str | None) -> None:
    name = os.fsdecode(b"c\xff.json")
    if content is not None:
        Path(name).write_text(content)
    assert call("observe", "contoso", "--snapshot", name, "--format", "json=told.json")[0] == 1
    (problem,) = json.loads(Path("told.json").read_text("utf-8"))["results"][0]["findings"]
    assert problem["file"] == "c\\udcff.json"


def own_states(**states: str) -> None:
    """A catalog of the workspace's own with these states, each with what it allows, beside active."""
    catalog = yaml.safe_load(packaged("nimbus.catalog.yaml"))
    known = catalog["states"]["active"]
    catalog["states"] = {"active": known, **{name: {**known, "changes": changes} for name, changes in states.items()}}
    Path("own.yaml").write_text(yaml.safe_dump(catalog, sort_keys=False))
    Path("tenantry.yaml").write_text("version: 1\ncatalog: own.yaml\n")


def test_a_state_that_the_workspace_s_own_catalog_knows_is_recorded(call: Call) -> None:
    own_states(frozen="forbidden")
    result(call, "contoso", "--state", "frozen")
    assert known().state == "frozen"
    Path("tenants/contoso.yaml").write_text("version: 1\ncontract: {state: frozen}\n")
    assert call("apply", "--auto-approve")[0] == 0


def test_a_state_that_the_catalog_has_no_more_is_put_right_by_what_is_seen(call: Call) -> None:
    own_states(frozen="forbidden")
    result(call, "contoso", "--state", "frozen")
    own_states()
    assert "beyond-catalog" in call("plan")[2] + call("plan")[1]
    result(call, "contoso", "--contingency", "companion=5")
    result(call, "contoso", "--state", "active")
    assert known().state == "active"
    assert call("plan")[0] == 0


def test_a_state_that_files_tell_stricter_moves_nothing_when_it_is_seen_again(call: Call) -> None:
    Path("tenants/contoso.yaml").write_text("version: 1\ncontract: {state: trial}\n")
    call("apply", "--auto-approve", "--create-ledger")
    result(call, "contoso", "--state", "active")
    before = known().revision
    call("apply", "--auto-approve")
    assert result(call, "contoso", "--state", "active")["status"] == "nothing"
    assert known().revision == before
