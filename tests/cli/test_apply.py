"""apply: what the exit code, the last line and the history say, and that they agree."""

import contextlib
import datetime
import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from filled_ledgers import ledger_at
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Claimant, Lease
from tenantry.cli.door import run
from tenantry.model.digest import canonical, digest

TENANTRY = str(Path(sys.executable).parent / "tenantry")
USERS = {
    "ada@x.example": {"licenses": ["companion"], "cost_center": "1"},
    "bob@x.example": {"licenses": ["companion", "email"]},
}

PLENTY = {"contingency": {"contact_center": 9, "companion": 9, "email": 9}}


@dataclass
class Desk:
    """A workspace and the command, as somebody at a desk has them."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def write(self, name: str = "contoso", bought: int = 2, **more: Any) -> None:
        files = {"version": 1, "contract": {"contingency": {"companion": bought, "email": "unlimited"}}, "users": USERS}
        self.put(f"tenants/{name}.yaml", {**files, **more})

    def put(self, path: str, data: Any) -> None:
        (self.folder / path).parent.mkdir(exist_ok=True, parents=True)
        (self.folder / path).write_text(json.dumps(data))

    def run(self, *words: str) -> tuple[int, str, str]:
        """The exit code and what was said on both streams."""
        self.capture.readouterr()
        code = run(["-C", str(self.folder), *words])
        said = self.capture.readouterr()
        return code, said.out, said.err

    def plan(self, *words: str) -> str:
        """The path of a plan that was saved now."""
        path = str(self.folder / f"plan{len(list(self.folder.glob('plan*')))}.json")
        self.run("plan", "--out", path, *words)
        return path

    def apply(self, *words: str) -> tuple[int, list[dict[str, Any]]]:
        """The exit code and the results of an apply that asks nobody."""
        code, out, err = self.run("apply", "--auto-approve", "--format", "json", *words)
        assert "Traceback" not in err
        told = json.loads(out)
        assert told["format"] == "tenantry-result/1"
        return code, told["results"]

    @property
    def path(self) -> Path:
        return self.folder / ".tenantry" / "ledger.db"

    @property
    def ledger(self) -> Ledger:
        return ledger_at(self.path, write=True)

    def held(self, tenant: str = "contoso") -> dict[str, list[str]]:
        users = self.ledger.read(tenant).holders["user"].values()
        return {row.key: sorted(row.licenses) for row in users}


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path, capsys)
    made.write()
    return made


def one(results: list[Mapping[str, Any]]) -> tuple[str, int, int, int]:
    """Status and counts of the only result."""
    [result] = results
    changes = result["changes"]
    return result["status"], changes["applied"], changes["not_applied"], changes["unknown"]


# what is applied


def test_a_plan_is_shown_recorded_and_empty_afterwards(desk: Desk) -> None:
    code, out, _ = desk.run("apply", "--auto-approve")
    assert code == 0
    assert "2 people get Companion" in out
    assert out.splitlines()[-1] == "recorded in the ledger: 3 changes; nothing was sent to Nimbus"
    assert desk.held() == {"ada@x.example": ["companion"], "bob@x.example": ["companion", "email"]}
    code, out, _ = desk.run("plan", "--detailed-exitcode", "--format", "json")
    assert (code, json.loads(out)["plans"][0]["verdict"]) == (0, "no_changes")


def test_a_saved_plan_is_applied_exactly_and_once(desk: Desk) -> None:
    plan = desk.plan()
    code, results = desk.apply(plan)
    assert (code, one(results)) == (0, ("applied", 3, 0, 0))
    before = desk.path.read_bytes()
    code, again = desk.apply(plan)
    assert (code, one(again)) == (0, ("already", 0, 0, 0))
    assert again[0]["run"] == results[0]["run"]
    assert desk.path.read_bytes() == before


def test_the_ledger_is_its_owner_s_alone(desk: Desk) -> None:
    desk.apply()
    assert desk.path.stat().st_mode & 0o777 == 0o600


def test_the_history_tells_who_from_which_commit_and_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*words: str) -> str:
        name = ("-c", "user.name=Ada", "-c", "user.email=ada@x.example")
        made = subprocess.run(
            ["git", "-C", str(desk.folder), *name, *words],  # noqa: S607 - whichever git there is
            capture_output=True,
            check=True,
            text=True,
        )
        return made.stdout.strip()

    git("init", "-q")
    git("config", "user.name", "Ada")
    git("config", "user.email", "ada@x.example")
    git("add", "tenants")
    git("commit", "-qm", "Begin")
    commit = git("rev-parse", "HEAD")
    desk.apply()
    desk.put("tenantry.yaml", {"version": 1, "guards": {"protected": ["user:bob@x.example"]}})
    desk.write(users={"ada@x.example": USERS["ada@x.example"], "bob@x.example": {"licenses": []}})
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_ACTOR", "octo")
    code, _ = desk.apply("--allow", "protected-holder", "--reason", "he left")
    assert code == 0
    last, first = desk.ledger.runs()
    assert (first.who, first.commit) == ("Ada <ada@x.example>", commit)
    assert (last.who, last.commit) == ("octo", f"{commit}+")
    assert [(item.rule, item.reason) for item in last.waivers] == [("protected-holder", "he left")]


def test_in_a_pipeline_without_a_repository_the_commit_is_the_pipeline_s(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_SHA", "1234567890abcdef")
    desk.apply("--create-ledger")
    assert desk.ledger.runs()[0].commit == "1234567890abcdef"


def test_an_apply_without_changes_notes_terms_and_contract_once(desk: Desk) -> None:
    desk.apply()
    desk.write(bought=5)
    assert [one(desk.apply()[1])[0] for _ in range(2)] == ["nothing", "nothing"]
    assert [(item.status, item.revision) for item in desk.ledger.runs()] == [("nothing", 2), ("applied", 1)]
    assert desk.ledger.read("contoso").terms == {
        **(desk.ledger.read("contoso").terms or {}),
        "contract": {"contingency": {"companion": 5, "email": "unlimited"}},
    }


def test_a_saved_plan_without_changes_is_applied_once_too(desk: Desk) -> None:
    desk.write(users={})
    plan = desk.plan()
    assert [(code, one(results)) for code, results in (desk.apply(plan), desk.apply(plan))] == [
        (0, ("nothing", 0, 0, 0)),
        (0, ("already", 0, 0, 0)),
    ]
    assert len(desk.ledger.runs()) == 1


def test_what_was_observed_limits_every_writer_where_it_is_less_than_the_files_say(desk: Desk) -> None:
    desk.write(bought=9)
    desk.run("observe", "contoso", "--contingency", "companion=3")
    assert desk.apply()[0] == 0
    with contextlib.closing(sqlite3.connect(desk.path)) as other:
        counted = other.execute("SELECT contingency, ceiling, assigned FROM counters WHERE license = 'companion'")
        assert counted.fetchall() == [(3, 3, 2)]


def test_labels_alone_are_applied_and_leave_the_revision(desk: Desk) -> None:
    desk.apply()
    desk.write(users={**USERS, "ada@x.example": {"licenses": ["companion"], "cost_center": "2"}})
    code, results = desk.apply()
    assert (code, one(results)) == (0, ("applied", 0, 0, 0))
    assert results[0]["message"] == "applied 1 update by run contoso-2"
    current = desk.ledger.read("contoso")
    assert (current.revision, current.holders["user"]["ada@x.example"].labels.cost_center) == (1, "2")


# what is refused


def stale(desk: Desk, plan: str, *words: str) -> str:
    """The message of an apply that must be refused as stale, with nothing written."""
    before = desk.held() if desk.path.exists() else None
    code, results = desk.apply(plan, *words)
    assert (code, results[0]["status"], results[0]["changes"]["applied"]) == (4, "stale", 0), results
    assert before is None or desk.held() == before
    return str(results[0]["message"])


def test_somebody_new_of_whom_files_tell_a_label_alone_is_there_afterwards(desk: Desk) -> None:
    desk.apply()
    desk.write(users={**USERS, "cyd@x.example": {"cost_center": "3"}})
    code, results = desk.apply()
    assert (code, one(results)) == (0, ("applied", 0, 0, 0))
    assert desk.ledger.read("contoso").holders["user"]["cyd@x.example"].labels.cost_center == "3"


def test_files_that_moved_make_a_plan_stale_and_are_named(desk: Desk) -> None:
    plan = desk.plan()
    desk.write(users={"ada@x.example": USERS["ada@x.example"]})
    message = stale(desk, plan)
    assert "grant email user:bob@x.example" in message


def test_files_that_ask_for_something_else_make_a_plan_stale_though_its_changes_are_the_same(desk: Desk) -> None:
    plan = desk.plan()
    desk.write(users={**USERS, "cyd@x.example": {"licenses": []}})
    assert "the files ask for something else" in stale(desk, plan)


def test_a_contract_that_shrank_makes_a_plan_stale_and_is_named(desk: Desk) -> None:
    plan = desk.plan()
    desk.write(bought=1)
    assert "companion > contingency: 2 → 1" in stale(desk, plan)


def test_a_tenant_that_was_suspended_makes_a_plan_stale_and_is_named(desk: Desk) -> None:
    plan = desk.plan()
    contract = {"state": "suspended", "contingency": {"companion": 2, "email": "unlimited"}}
    desk.write(contract=contract)
    assert "state: active → suspended" in stale(desk, plan)


def test_a_run_in_between_makes_a_plan_stale_and_is_named(desk: Desk) -> None:
    desk.apply()
    desk.write(users={**USERS, "ada@x.example": {"licenses": []}})
    plan = desk.plan()
    desk.write(users={**USERS, "bob@x.example": {"licenses": ["companion"]}})
    desk.apply()
    desk.write(users={**USERS, "ada@x.example": {"licenses": []}})
    message = stale(desk, plan)
    assert "contoso-2 (apply, " in message


def test_a_plan_for_people_to_carry_out_is_none_for_the_ledger(desk: Desk) -> None:
    desk.put("tenantry.yaml", {"version": 1, "execution": "portal"})
    plan = desk.plan()
    desk.put("tenantry.yaml", {"version": 1})
    assert "its changes are not those" in stale(desk, plan)


def test_a_plan_for_a_day_ahead_is_stale(desk: Desk) -> None:
    assert "it is for 2999-01-01" in stale(desk, desk.plan("--as-of", "2999-01-01"))


def test_a_plan_is_for_the_day_of_its_tenant_wherever_the_command_runs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(tenant={"timezone": "Pacific/Auckland"})  # where the day has begun
    evening = datetime.datetime(2030, 1, 1, 22, tzinfo=datetime.UTC)
    monkeypatch.setattr("tenantry.cli.session.Session.now", evening)
    plan = desk.plan()
    assert json.loads(Path(plan).read_text())["plans"][0]["as_of"] == "2030-01-02"
    assert desk.apply(plan)[0] == 0


def test_a_plan_of_yesterday_is_applied_as_it_was_planned(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    yesterday = datetime.datetime(2030, 1, 1, 12, tzinfo=datetime.UTC)
    monkeypatch.setattr("tenantry.cli.session.Session.now", yesterday)
    desk.write(users={"ada@x.example": {"licenses": ["companion"], "until": "2030-01-01"}})
    plan = desk.plan()
    monkeypatch.setattr("tenantry.cli.session.Session.now", yesterday + datetime.timedelta(days=1))
    assert desk.apply(plan)[0] == 0
    assert desk.held() == {"ada@x.example": ["companion"]}
    desk.apply()
    assert desk.held() == {"ada@x.example": []}


@pytest.mark.parametrize("saved", [True, False])
def test_what_is_written_while_a_plan_is_judged_is_not_overlooked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, saved: bool
) -> None:
    desk.apply()
    desk.write(users={**USERS, "bob@x.example": {"licenses": ["companion"]}})
    words = (desk.plan(),) if saved else ()
    read = Ledger.read
    writers: list[object] = []

    def read_just_before_somebody_writes(ledger: Ledger, tenant: str) -> object:
        state = read(ledger, tenant)
        if not writers:
            with contextlib.closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
                writers.append(other.execute("DELETE FROM assignments WHERE license = 'companion'"))
        return state

    monkeypatch.setattr(Ledger, "read", read_just_before_somebody_writes)
    code, results = desk.apply(*words)
    assert (code, results[0]["status"], len(writers)) == (4, "stale", 1)
    assert len(desk.ledger.runs()) == 1


def test_a_plan_on_a_snapshot_is_never_applied(desk: Desk) -> None:
    desk.put("now.json", {"format": "tenantry-snapshot/1", "tenant": "contoso"})
    assert "snapshot" in stale(desk, desk.plan("--current", str(desk.folder / "now.json")))


def test_a_supposition_is_never_applied(desk: Desk) -> None:
    path = desk.folder / "supposed.json"
    desk.run("whatif", "--set", "companion=9", "--format", f"json={path}")
    assert "supposition" in stale(desk, str(path))


def test_a_plan_of_another_ledger_is_stale(desk: Desk) -> None:
    desk.apply()
    desk.write(users={**USERS, "ada@x.example": {"licenses": []}})
    plan = desk.plan()
    desk.path.rename(desk.folder / "away.db")
    desk.write()
    desk.apply()
    desk.write(users={**USERS, "ada@x.example": {"licenses": []}})
    assert "another ledger" in stale(desk, plan)


def test_a_plan_for_a_ledger_that_is_gone_is_stale_and_makes_no_other_one(desk: Desk) -> None:
    desk.apply()
    desk.write(users={**USERS, "ada@x.example": {"licenses": []}})
    plan = desk.plan()
    desk.path.unlink()
    assert "put it back in place" in stale(desk, plan)
    assert not desk.path.exists()


def test_a_tenant_s_file_is_no_plan(desk: Desk) -> None:
    code, _, err = desk.run("apply", "tenants/contoso.yaml")
    assert (code, "give the tenant's id" in err) == (64, True)


def test_a_plan_of_a_tenant_that_is_not_here_is_stale(desk: Desk) -> None:
    plan = desk.plan()
    (desk.folder / "tenants/contoso.yaml").rename(desk.folder / "tenants/fabrikam.yaml")
    assert "no such tenant" in stale(desk, plan)


CONTENT = {
    "a byte that was changed": lambda text: text.replace("ada@", "eve@", 1),
    "a key that was added": lambda text: text.replace('{"digest"', '{"also":1,"digest"', 1),
    "text that is cut off": lambda text: text[:-20],
    "an empty file": lambda _: "",
    "another layout of the same": lambda text: json.dumps(json.loads(text), indent=1),
    "a space at its end": lambda text: f"{text} ",
    "no line end at its end": lambda text: text.rstrip("\n"),
    "another format": lambda text: resealed(text, lambda data: data.update(format="tenantry-plan/2")),
    "a key that was added, with a new digest": lambda text: resealed(text, lambda data: data.update(also=1)),
    "a change that was added, with a new digest": lambda text: resealed(text, add_a_change),
    "a reason that was hidden, with a new digest": lambda text: resealed(text, hide_a_reason),
    "a label that was turned, with a new digest": lambda text: resealed(text, turn_a_label),
}


def resealed(text: str, edit: Any) -> str:
    """A plan that somebody edited and gave the digest that fits."""
    data = json.loads(text)
    del data["digest"]
    edit(data)
    return canonical({**data, "digest": digest(data)})


def add_a_change(data: dict[str, Any]) -> None:
    changes = data["plans"][0]["changes"]
    changes.append({**changes[0], "holder": "user:eve@x.example", "step": len(changes) + 1})


def hide_a_reason(data: dict[str, Any]) -> None:
    data["plans"][0]["changes"][0]["reason"] = "as always"


def turn_a_label(data: dict[str, Any]) -> None:
    data["plans"][0]["updates"][0]["to"] = "2"


@pytest.mark.parametrize("what", CONTENT)
def test_a_plan_that_is_not_what_was_saved_is_refused(desk: Desk, what: str) -> None:
    plan = Path(desk.plan())
    plan.write_text(CONTENT[what](plan.read_text()))
    code, out, err = desk.run("apply", str(plan))
    assert code == 4
    assert "Traceback" not in err
    assert "recorded in the ledger" not in out
    assert not desk.ledger.knows("contoso") if desk.path.exists() else True


def test_more_than_was_bought_is_rejected_and_shown_in_full(desk: Desk) -> None:
    desk.write(bought=1)
    code, out, _ = desk.run("apply", "--auto-approve")
    assert code == 3
    assert "contingency-exceeded" in out
    assert out.splitlines()[-1] == "contoso: rejected: contingency-exceeded"
    assert not desk.path.exists()


def test_a_waiver_of_the_plan_is_needed_again_at_apply(desk: Desk) -> None:
    desk.apply()
    desk.put("tenantry.yaml", {"version": 1, "guards": {"protected": ["user:bob@x.example"]}})
    desk.write(users={**USERS, "bob@x.example": {"licenses": []}})
    plan = desk.plan("--allow", "protected-holder", "--reason", "he left")
    code, results = desk.apply(plan)
    assert (code, one(results)) == (3, ("rejected", 0, 2, 0))
    code, results = desk.apply(plan, "--allow", "protected-holder", "--reason", "he left")
    assert (code, one(results)) == (0, ("applied", 2, 0, 0))


def test_what_is_allowed_for_one_tenant_is_not_allowed_for_others(desk: Desk) -> None:
    desk.write("fabrikam")
    desk.apply()
    desk.put("tenantry.yaml", {"version": 1, "guards": {"protected": ["user:bob@x.example"]}})
    for name in ("contoso", "fabrikam"):
        desk.write(name, users={**USERS, "bob@x.example": {"licenses": []}})
    code, results = desk.apply("--allow", "protected-holder:fabrikam", "--reason", "he left")
    assert (code, [item["status"] for item in results]) == (3, ["rejected", "applied"])


def test_a_tenant_on_hold_is_left_alone_and_is_not_in_the_exit_code(desk: Desk) -> None:
    desk.put("tenantry.yaml", {"version": 1, "tenants": {"contoso": {"hold": "until the merger"}}})
    plan = desk.plan()
    for words in ((), (plan,)):
        code, results = desk.apply(*words)
        assert (code, one(results)) == (0, ("held", 0, 3, 0))
        assert "until the merger" in results[0]["message"]
    assert not desk.path.exists()
    for bought, verdict in ((2, "ready"), (1, "rejected")):
        desk.write(bought=bought)
        code, out, _ = desk.run("plan", "--detailed-exitcode", "--format", "json")
        assert (code, json.loads(out)["plans"][0]["verdict"]) == (0, verdict)


def test_what_people_carry_out_is_not_recorded_as_done(desk: Desk) -> None:
    desk.put("tenantry.yaml", {"version": 1, "execution": "portal"})
    code, results = desk.apply()
    assert (code, one(results)) == (1, ("failed", 0, 3, 0))
    assert not desk.path.exists()


def test_labels_that_people_set_are_not_recorded_as_done(desk: Desk) -> None:
    desk.apply()
    desk.put("tenantry.yaml", {"version": 1, "execution": "portal"})
    desk.write(users={**USERS, "ada@x.example": {"licenses": ["companion"], "cost_center": "2"}})
    code, results = desk.apply()
    assert (code, one(results)) == (1, ("failed", 0, 0, 0))
    assert desk.ledger.read("contoso").holders["user"]["ada@x.example"].labels.cost_center == "1"


def test_every_tenant_comes_out_on_its_own_and_the_worst_code_wins(desk: Desk) -> None:
    desk.write("a-good")
    desk.write("b-full", bought=1)
    desk.put("tenants/c-broken.yaml", {"version": 1, "users": {"nobody": {}}})
    desk.write("d-good")
    code, results = desk.apply()
    assert code == 1
    assert [(item["tenant"], item["status"]) for item in results] == [
        ("a-good", "applied"),
        ("b-full", "rejected"),
        ("c-broken", "failed"),
        ("contoso", "applied"),
        ("d-good", "applied"),
    ]
    assert "tenants/c-broken.yaml:1:" in results[2]["message"]
    assert desk.apply("a-good", "b-full")[0] == 3
    plan = desk.plan("a-good", "d-good")
    desk.put("tenants/a-good.yaml", {"version": 1, "users": {"nobody": {}}})
    assert [item["status"] for item in desk.apply(plan)[1]] == ["failed", "nothing"]


# who may, and who is asked


def test_without_somebody_to_ask_it_is_a_usage_error(desk: Desk) -> None:
    assert desk.run("apply")[0] == 64
    assert desk.run("--no-input", "apply")[0] == 64
    assert not desk.path.exists()


def answered(desk: Desk, answer: str, meanwhile: Callable[[], object] = bool) -> tuple[int, str]:
    """The exit code of an apply at a terminal at which somebody answers, and what was shown before.

    `meanwhile` happens while somebody thinks about the answer.
    """
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # it may be ignored where the tests run in the background
        os.chdir(desk.folder)
        os.execv(TENANTRY, [TENANTRY, "apply"])  # noqa: S606 - the command itself, at a terminal
    shown = ""
    try:
        while "[y/N]" not in shown and select.select([terminal], [], [], 20)[0]:
            shown += os.read(terminal, 4096).decode("utf-8", "replace")
        meanwhile()
        for _ in range(20):  # what is typed before somebody reads may be thrown away
            os.write(terminal, answer.encode())
            for _ in range(10):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    return os.waitstatus_to_exitcode(status), shown
                time.sleep(0.1)
        raise AssertionError(f"no end after {shown}")
    finally:
        os.close(terminal)


@pytest.mark.parametrize(("answer", "code", "recorded"), [("y\n", 0, True), ("n\n", 1, False), ("\x03", 130, False)])
def test_somebody_is_asked_and_the_answer_counts(desk: Desk, answer: str, code: int, *, recorded: bool) -> None:
    ended, shown = answered(desk, answer)
    assert ended == code
    assert "2 people get Companion" in shown
    assert "Record 3 changes and 1 update of contoso in the ledger?" in shown
    assert desk.path.exists() == recorded


MEANWHILE: dict[str, Callable[[Desk], object]] = {
    "the tenant was suspended": lambda desk: desk.run("observe", "contoso", "--state", "suspended"),
    "somebody else's apply": lambda desk: (
        desk.write(users={**USERS, "bob@x.example": {"licenses": []}}),
        desk.apply(),
    ),
    "there and back": lambda desk: [
        desk.run("observe", "contoso", "--contingency", f"companion={bought}") for bought in (1, 2)
    ],
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_was_shown_is_not_applied_to_a_ledger_that_moved_before_the_answer(desk: Desk, what: str) -> None:
    desk.write(users={**USERS, "bob@x.example": {"licenses": ["companion"]}})
    desk.apply()
    desk.run("observe", "contoso", "--contingency", "companion=2")
    desk.write()
    left: list[object] = []

    def meanwhile() -> None:
        MEANWHILE[what](desk)
        desk.write()
        left.append((desk.held(), desk.ledger.runs()))

    assert answered(desk, "y\n", meanwhile)[0] == 4
    assert [(desk.held(), desk.ledger.runs())] == left
    assert desk.ledger.locks() == []


def test_in_ci_no_ledger_is_made_unasked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    code, results = desk.apply()
    assert (code, results[0]["status"]) == (1, "failed")
    assert "every holder would count as new" in results[0]["message"]
    assert not desk.path.exists()
    assert desk.apply("--create-ledger")[0] == 0


@pytest.mark.parametrize("value", ["", "0", "false", "False"])
def test_outside_ci_a_ledger_is_made_whatever_word_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CI", value)
    assert desk.apply()[0] == 0
    assert desk.path.exists()


def test_approval_and_waivers_do_not_come_from_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANTRY_AUTO_APPROVE", "1")
    assert desk.run("apply")[0] == 64
    monkeypatch.setenv("CI", "1")
    monkeypatch.setenv("TENANTRY_CREATE_LEDGER", "1")
    assert desk.apply()[0] == 1


# locks, interruptions, broken ledgers


def lock(desk: Desk, *, host: str, pid: int) -> tuple[Ledger, Lease]:
    ledger = desk.ledger
    lease = ledger.take("contoso", Claimant(who="eve", host=host, pid=pid, alive=lambda _: True))
    assert isinstance(lease, Lease)
    return ledger, lease


def test_a_lock_that_is_held_is_waited_for_as_long_as_was_said_and_no_longer(desk: Desk) -> None:
    desk.apply()
    desk.write(users={})
    desk.write(users={**USERS, "bob@x.example": {"licenses": []}})
    ledger, lease = lock(desk, host="elsewhere", pid=7)
    code, results = desk.apply()
    assert (code, one(results)) == (4, ("stale", 0, 2, 0))
    assert "eve (process 7 on elsewhere" in results[0]["message"]
    begun = time.monotonic()
    assert desk.apply("--lock-timeout", "1s")[0] == 4
    assert time.monotonic() - begun >= 1
    waiting = subprocess.Popen([TENANTRY, "apply", "--auto-approve", "--lock-timeout", "30s"], cwd=desk.folder)
    time.sleep(1)
    ledger.free(lease)
    assert waiting.wait(20) == 0
    assert desk.held()["bob@x.example"] == []


def test_a_saved_plan_is_applied_again_to_the_tenants_that_it_could_not_reach(desk: Desk) -> None:
    desk.write("fabrikam")
    desk.apply()
    for name in ("contoso", "fabrikam"):
        desk.write(name, users={**USERS, "bob@x.example": {"licenses": []}})
    plan = desk.plan()
    ledger, lease = lock(desk, host="elsewhere", pid=7)
    code, results = desk.apply(plan)
    assert (code, [item["status"] for item in results]) == (4, ["stale", "applied"])
    ledger.free(lease)
    code, results = desk.apply(plan)
    assert (code, [item["status"] for item in results]) == (0, ["applied", "already"])
    assert desk.held()["bob@x.example"] == []


def test_the_lock_of_a_process_that_died_here_is_taken_over_and_told(desk: Desk) -> None:
    desk.apply()
    desk.write(users={**USERS, "bob@x.example": {"licenses": []}})
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    lock(desk, host=os.uname().nodename, pid=dead.pid)
    code, results = desk.apply()
    assert (code, results[0]["status"]) == (0, "applied")
    assert "taken over from eve" in results[0]["message"]


def test_the_lock_of_a_process_of_somebody_else_is_no_dead_one_s(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.apply()
    lock(desk, host=os.uname().nodename, pid=7)

    def kill(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.kill", kill)
    code, results = desk.apply()
    assert (code, "is held by eve" in results[0]["message"]) == (4, True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_while_waiting_writes_nothing_and_says_so(desk: Desk, number: int, code: int) -> None:
    desk.apply()
    desk.write(users={**USERS, "bob@x.example": {"licenses": []}})
    lock(desk, host="elsewhere", pid=7)
    words = [TENANTRY, "apply", "--auto-approve", "--format", "json", "--lock-timeout", "60s"]
    waiting = subprocess.Popen(words, cwd=desk.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert waiting.stderr is not None
    for line in waiting.stderr:
        if line.startswith("Plan:"):
            break
    time.sleep(0.5)  # it waits for the lock now
    waiting.send_signal(number)
    out, _ = waiting.communicate(timeout=20)
    assert waiting.returncode == code
    [result] = json.loads(out)["results"]
    assert one([result]) == ("failed", 0, 2, 0)
    assert result["message"] == "interrupted while it waited for the lock; nothing was written"
    assert desk.held()["bob@x.example"] == ["companion", "email"]


def test_an_interruption_after_the_lock_was_taken_writes_nothing_and_gives_it_back(desk: Desk) -> None:
    desk.write("fabrikam")
    desk.apply()
    for name in ("contoso", "fabrikam"):
        desk.write(name, users={**USERS, "bob@x.example": {"licenses": []}})
    other = sqlite3.connect(desk.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    words = [TENANTRY, "apply", "--auto-approve", "--format", "json"]
    waiting = subprocess.Popen(words, cwd=desk.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert waiting.stderr is not None
    for line in waiting.stderr:
        if line.startswith("Plan:"):
            break
    time.sleep(0.5)  # SQLite waits for the other process now, and the lock is taken as soon as it is done
    waiting.send_signal(signal.SIGTERM)
    other.close()
    out, _ = waiting.communicate(timeout=20)
    assert waiting.returncode == 143
    assert [(one([result]), result["message"]) for result in json.loads(out)["results"]] == [
        (("failed", 0, 2, 0), "interrupted before it was written; nothing was written"),
        (("failed", 0, 2, 0), "not begun: the command was interrupted"),
    ]
    assert desk.held()["bob@x.example"] == ["companion", "email"]
    assert desk.ledger.locks() == []


@pytest.mark.parametrize("known", [True, False])
def test_several_at_once_apply_one_plan_once(desk: Desk, *, known: bool) -> None:
    """A ledger that nobody has made yet is made by all of them."""
    if known:
        desk.apply()
        desk.write(users={**USERS, "bob@x.example": {"licenses": []}})
    plan = desk.plan()
    all_of_them = [
        subprocess.Popen(
            [TENANTRY, "apply", plan, "--format", "json", "--lock-timeout", "30s"],
            cwd=desk.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(4)
    ]
    told = [json.loads(process.communicate(timeout=60)[0])["results"][0]["status"] for process in all_of_them]
    assert sorted(told) == ["already", "already", "already", "applied"]
    assert len(desk.ledger.runs()) == desk.ledger.read("contoso").revision == 1 + known
    assert desk.ledger.faults() == []


def test_an_empty_file_is_no_ledger_yet_and_in_ci_none_is_made_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.path.parent.mkdir()
    desk.path.touch()
    assert "ledger-missing" in desk.run("plan")[1]
    monkeypatch.setenv("CI", "1")
    assert desk.apply()[0] == 1
    assert desk.path.read_bytes() == b""
    assert desk.apply("--create-ledger")[0] == 0


def test_a_link_that_leads_nowhere_is_no_place_for_a_ledger(desk: Desk) -> None:
    desk.path.parent.mkdir()
    desk.path.symlink_to(desk.folder / "nowhere")
    code, results = desk.apply()
    assert (code, "leads nowhere" in results[0]["message"]) == (1, True)


def test_the_lock_of_the_whole_database_is_waited_for_as_well(desk: Desk) -> None:
    desk.apply()
    desk.write(users={**USERS, "bob@x.example": {"licenses": []}})
    other = sqlite3.connect(desk.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(7, other.close)  # longer than SQLite itself waits
    release.start()
    assert desk.apply("--lock-timeout", "30s")[0] == 0
    release.join()


@pytest.mark.parametrize("broken", ["closed", "a pipe that nobody reads", "a full disk"])
def test_what_was_applied_is_told_even_if_nobody_takes_the_result(desk: Desk, broken: str) -> None:
    words = f"'{TENANTRY}' apply '{desk.plan()}'"
    ways = {
        "closed": f"{words} >&-",
        "a pipe that nobody reads": f"set -o pipefail; (sleep 0.2; {words}) | true",
        "a full disk": f"{words} > /dev/full",
    }
    found = subprocess.run(["bash", "-c", ways[broken]], cwd=desk.folder, capture_output=True, text=True, check=False)  # noqa: S607
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    runs = len(desk.ledger.runs()) if desk.path.exists() else 0
    assert runs == (0 if broken == "closed" else 1)
    assert ("by run contoso-1" in found.stderr) == (runs == 1)


def test_results_are_written_where_nothing_could_be_planned(desk: Desk) -> None:
    desk.put("tenantry.yaml", {"version": 1, "foo": 1})
    assert desk.apply() == (1, [])


def test_labels_that_nobody_bears_are_a_usage_error(desk: Desk) -> None:
    assert desk.run("apply", "--auto-approve", "-l", "region=zz")[0] == 64


@pytest.mark.parametrize("url", ["mysql://h/d", "env:", "sqlite:///", "ledger.db", "postgresql://"])
def test_what_is_no_url_of_a_ledger_is_a_problem_of_the_file(desk: Desk, url: str) -> None:
    desk.put("tenantry.yaml", {"version": 1, "backend": url})
    for command in ("validate", "plan"):
        code, out, _ = desk.run(command, "--format", "json")
        (problem,) = json.loads(out)["problems"]
        assert (code, problem["rule"], problem["file"]) == (1, "unknown-backend", "tenantry.yaml")


def test_an_empty_url_is_not_the_usual_one(desk: Desk) -> None:
    code, out, err = desk.run("--backend", "", "plan")
    assert (code, out) == (1, "")
    assert err.startswith("error: The URL of the backend is empty.")


def test_validate_asks_no_backend(desk: Desk) -> None:
    desk.put("tenantry.yaml", {"version": 1, "backend": "env:NOPE"})
    assert desk.run("validate")[0] == 0
    assert desk.run("plan")[0] == 1


@pytest.mark.usefixtures("loopback")  # where nobody listens
def test_what_stands_in_the_place_of_a_url_is_never_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("tenantry.yaml", {"version": 1, "backend": "env:LEDGER"})
    for secret in (
        "CANARY-4711",
        "CANARY-4711://x",
        "postgresql://u:CANARY-4711@127.0.0.1:9/x",
        "mysql://u:CANARY-4711@h",
    ):
        monkeypatch.setenv("LEDGER", secret)
        code, out, err = desk.run("plan")
        assert (code, "CANARY" in out + err) == (1, False)
    assert "of the kind mysql" in err


def test_a_result_that_can_not_be_written_is_told_before_anything_is(desk: Desk) -> None:
    code, _, err = desk.run("apply", "--auto-approve", "--format", "json=/nonexistent/x.json")
    assert (code, "can't be written" in err) == (1, True)
    assert not desk.path.exists()


def test_a_upn_that_somebody_left_can_be_given_to_somebody_new(desk: Desk) -> None:
    old, new = ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "3f2504e0-4f89-41d3-9a0c-0305e82c3302")
    desk.write(users={"c@x.example": {"object_id": old, "licenses": ["companion"]}})
    desk.apply()
    desk.write(
        users={
            "c@x.example": {"object_id": new, "licenses": ["companion"], "cost_center": "9"},
            "c.old@x.example": {"object_id": old, "licenses": ["companion"]},
        }
    )
    assert one(desk.apply()[1]) == ("applied", 1, 0, 0)
    users = desk.ledger.read("contoso").holders["user"]
    assert {key: (row.object_id, row.labels.cost_center) for key, row in users.items()} == {
        "c@x.example": (new, "9"),
        "c.old@x.example": (old, None),
    }
    assert desk.run("plan", "--detailed-exitcode")[0] == 0


def test_a_license_that_the_catalog_lost_is_a_problem_and_never_a_second_tier(desk: Desk) -> None:
    catalog = (Path(__file__).parents[2] / "schemas" / "nimbus.catalog.yaml").read_text("utf-8")
    desk.write(
        services={"desk": {"license": "enterprise_routing"}},
        contract={"contingency": {"enterprise_routing": 1, "contact_center": 1, "companion": 2, "email": 9}},
    )
    desk.apply()
    lost = re.sub(r"(?m)^  enterprise_routing:\n(?:    .*\n)+", "", catalog).replace(
        "enterprise_routing", "contact_center"
    )
    (desk.folder / "own.catalog.yaml").write_text(lost, encoding="utf-8")
    desk.put("tenantry.yaml", {"version": 1, "catalog": "own.catalog.yaml"})
    desk.write(
        services={"desk": {"license": "contact_center"}},
        contract={"contingency": {"contact_center": 1, "companion": 2, "email": 9}},
    )
    for command in (("plan",), ("report",), ("drift",), ("apply", "--auto-approve")):
        code, out, _ = desk.run(*command)
        assert (
            code,
            "knows the license enterprise_routing (service:desk), and the catalog doesn't" in " ".join(out.split()),
        ) == (1, True), out
    assert len(desk.ledger.runs()) == 1


def test_a_state_or_an_assignment_type_that_the_catalog_lost_is_a_problem_as_well(desk: Desk) -> None:
    desk.write(services={"desk": {"license": "contact_center", "assignment_type": "skill_based"}}, contract=PLENTY)
    desk.apply()
    desk.run("observe", "contoso", "--state", "trial")
    catalog = yaml.safe_load((Path(__file__).parents[2] / "schemas" / "nimbus.catalog.yaml").read_text("utf-8"))
    del catalog["states"]["trial"], catalog["assignment_types"]["skill_based"]
    (desk.folder / "own.catalog.yaml").write_text(yaml.safe_dump(catalog, sort_keys=False), encoding="utf-8")
    desk.put("tenantry.yaml", {"version": 1, "catalog": "own.catalog.yaml"})
    desk.write(contract=PLENTY)
    code, out, _ = desk.run("plan")
    assert code == 1
    assert "the assignment type skill_based (service:desk)" in " ".join(out.split())
    assert "the tenant state trial" in " ".join(out.split())


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE observations SET value = 'frozen' WHERE fact = 'state'", "the tenant state frozen"),
        ("UPDATE holders SET assignment_type = 'odd' WHERE folded = 'ada@x.example'", "the assignment type odd"),
    ],
)
def test_a_word_that_the_catalog_does_not_have_is_a_problem(desk: Desk, statement: str, told: str) -> None:
    desk.apply()
    desk.run("observe", "contoso", "--state", "active")
    with contextlib.closing(sqlite3.connect(desk.path, isolation_level=None)) as other:
        assert other.execute(statement).rowcount == 1
    code, out, _ = desk.run("plan")
    assert (code, told in " ".join(out.split())) == (1, True)
    assert desk.apply()[0] == 1


def test_of_two_tenants_that_say_they_were_a_third_neither_is_planned(desk: Desk) -> None:
    desk.apply()
    (desk.folder / "tenants/contoso.yaml").unlink()
    for name in ("north", "south"):
        desk.write(name, tenant={"previously": "contoso"})
    code, out, _ = desk.run("plan")
    assert code == 1
    assert out.count("previously-twice: tenants/north.yaml and tenants/south.yaml all say") == 2


def test_whom_the_ledger_knows_by_its_own_id_claims_nobody_s_past(desk: Desk) -> None:
    desk.write("north")
    desk.apply()
    (desk.folder / "tenants/contoso.yaml").unlink()
    for name in ("north", "south"):
        desk.write(name, tenant={"previously": "contoso"})
    code, results = desk.apply()
    assert (code, [(item["tenant"], item["status"]) for item in results]) == (
        0,
        [("north", "nothing"), ("south", "nothing")],
    )
    assert desk.ledger.tenants() == ("north", "south")


def test_a_waiver_that_lasts_too_long_is_a_problem_of_plan_and_apply(desk: Desk) -> None:
    waiver = {"rule": "protected-holder", "reason": "he left", "until": "2999-01-01"}
    desk.put("tenantry.yaml", {"version": 1, "waivers": [waiver]})
    assert desk.run("plan")[0] == 1
    assert desk.apply()[0] == 1
    assert not desk.path.exists()


BROKEN = {
    "not a database": b"this is text, and long enough to be looked at as a database file by anybody who is curious\n"
    * 9,
    "somebody else's database": None,
    "of a newer version": None,
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve"), ("report",), ("drift",)])
def test_a_file_that_is_no_ledger_is_one_sentence_and_stays_untouched(
    desk: Desk, what: str, command: tuple[str, ...]
) -> None:
    desk.path.parent.mkdir()
    if BROKEN[what]:
        desk.path.write_bytes(BROKEN[what] or b"")
    elif what == "of a newer version":
        desk.apply()
        with sqlite3.connect(desk.path) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
    else:
        with sqlite3.connect(desk.path) as connection:
            connection.execute("CREATE TABLE theirs (a)")
        connection.close()
    before = desk.path.read_bytes()
    code, _, err = desk.run(*command)
    assert code == 1
    assert re.fullmatch(r"error: [^\n]+\.\n(hint: [^\n]+\n)?", err), err
    assert desk.path.read_bytes() == before


def test_a_ledger_on_a_medium_that_is_read_only_is_read_and_not_applied_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.apply()
    desk.write(users={**USERS, "bob@x.example": {"licenses": []}})
    before = desk.path.read_bytes()
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
    assert desk.run("plan", "--detailed-exitcode")[0] == 2
    assert sorted(path.name for path in desk.path.parent.iterdir()) == [".gitignore", "ledger.db"]
    assert desk.path.read_bytes() == before


def test_what_stands_in_the_log_of_a_ledger_is_read_though_its_folder_is_read_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run("observe", "contoso", "--state", "active")
    with contextlib.closing(sqlite3.connect(desk.path)) as reader:
        reader.execute("SELECT count(*) FROM runs").fetchall()  # as long as it is open the log stays beside the file
        desk.apply()
        monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
        assert desk.run("plan", "--detailed-exitcode")[0] == 0


def test_a_database_that_another_process_writes_is_told_as_locked(desk: Desk) -> None:
    desk.apply()
    desk.write(users={**USERS, "bob@x.example": {"licenses": []}})
    other = sqlite3.connect(desk.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    code, results = desk.apply()
    other.close()
    assert (code, one(results)) == (4, ("stale", 0, 2, 0))
    assert "locked by another process" in results[0]["message"]
