"""The workflows of `init --ci github` from a branch to the ledger, their shell steps run as a runner runs them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from github_runner import Event, GitHub, Job
from reviewed_repository import ALICE, HOSTILE, MOVED, USERS, Repository, repository
from runner_machine import statuses
from stand_ins import PullRequests
from tests.forges.local_server import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("loopback")]


@dataclass
class Scene:
    repository: Repository
    github: GitHub
    pulls: PullRequests

    def review(self, branch: str, number: int, *, fork: bool = False) -> dict[str, Job]:
        """What the workflow makes of a pull request."""
        head = {"repo": {"full_name": "mallory/licenses" if fork else "acme/licenses"}}
        data = {"pull_request": {"number": number, "head": head}}
        sha = self.repository.as_merged(branch)
        event = Event(name="pull_request", sha=sha, ref=f"refs/pull/{number}/merge", data=data, fork=fork)
        return self.github.run("tenantry-review", event)

    def merge(self, branch: str, number: int) -> dict[str, Job]:
        """Merge a pull request; what the workflow that applies makes of it."""
        sha = self.repository.merge(branch)
        self.pulls.merges[sha] = number
        return self.github.run("tenantry-apply", Event(name="push", sha=sha))

    def by_hand(self, workflow: str = "tenantry-apply", **inputs: str) -> dict[str, Job]:
        event = Event(name="workflow_dispatch", sha=self.repository.head(), inputs={"tenants": "", **inputs})
        return self.github.run(workflow, event)

    def nightly(self, workflow: str = "tenantry-drift") -> dict[str, Job]:
        return self.github.run(workflow, Event(name="schedule", sha=self.repository.head()))


@pytest.fixture
def scene(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Scene]:
    made, pulls = repository(tmp_path, "github"), PullRequests()
    capfd.readouterr()
    with Server(pulls.answer) as server:
        variables = {"TENANTRY_RUNNER": "writes", "TENANTRY_REVIEW_RUNNER": "reads", "TENANTRY_BACKEND": made.backend}
        yield Scene(made, GitHub(made.remote, tmp_path / "runners", server.address, pulls, variables), pulls)


def test_a_branch_is_reviewed_merged_approved_and_applied_and_then_there_is_nothing_to_do(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE, bob=[])
    jobs = scene.review("alice", 4)
    assert statuses(jobs) == {"validate": "success", "plan": "success"}
    assert (jobs["validate"].host, jobs["plan"].host) == ("ubuntu-latest", "reads")
    [comment] = scene.pulls.comments[4]
    assert comment.startswith("<!-- tenantry:plan effect=sha256:")
    assert "alice" in comment
    assert comment.strip() == jobs["plan"].summary.strip()
    assert "alice" in (scene.github.artifacts["plan"] / "plan.html").read_text()
    held = scene.repository.holds()

    asked = []
    scene.github.approve = lambda: asked.append(scene.repository.holds()) or True
    jobs = scene.merge("alice", 4)
    assert statuses(jobs) == {"plan": "success", "apply": "success"}
    assert asked == [held]
    assert {job.host for job in jobs.values()} == {"writes"}
    assert comment.splitlines()[0] in jobs["plan"].summary
    assert "    acme: applied 3 changes by run acme-3\n" in jobs["apply"].summary
    assert scene.repository.holds() == {"ada": ALICE, "alice": ALICE, "bob": []}
    told = scene.repository.tenantry("history").stdout
    assert re.search(r"acme-3 .* apply +applied +ada ", told)

    jobs = scene.nightly()
    assert statuses(jobs) == {"drift": "success", "due": "success"}
    assert "no changes" in jobs["due"].summary


def test_a_second_push_writes_the_same_comment_anew_and_what_it_tells_is_applied(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.review("alice", 4)
    [first] = scene.pulls.comments[4]
    scene.repository.branch("alice", alice=["companion"])
    scene.review("alice", 4)
    [second] = scene.pulls.comments[4]
    assert first.splitlines()[0] != second.splitlines()[0]
    assert statuses(scene.merge("alice", 4)) == {"plan": "success", "apply": "success"}
    assert scene.repository.holds()["alice"] == ["companion"]


def test_a_plan_that_is_stale_when_it_is_approved_is_refused_and_nothing_is_written(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.review("alice", 4)

    scene.github.approve = lambda: scene.repository.observe(MOVED)
    jobs = scene.merge("alice", 4)
    assert statuses(jobs) == {"plan": "success", "apply": "failure"}
    assert (jobs["apply"].failed, jobs["apply"].code) == ("Apply", 4)
    assert "stale" in jobs["apply"].summary
    assert scene.repository.holds() == {"bob": ["companion"]}


def test_a_merge_that_means_something_else_than_what_was_reviewed_waits_for_somebody(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.repository.branch("carol", ada=[])
    scene.review("alice", 4)
    scene.review("carol", 5)
    scene.github.approve = lambda: False
    assert statuses(scene.merge("carol", 5)) == {"plan": "success", "apply": "rejected"}

    scene.github.approve = lambda: True
    jobs = scene.merge("alice", 4)  # means carol's change, too
    assert statuses(jobs) == {"plan": "failure", "apply": "skipped"}
    assert (jobs["plan"].failed, jobs["plan"].code) == ("Plan", 4)
    assert "Wrong checksum" in jobs["plan"].log
    assert "This is not what was reviewed" in jobs["plan"].summary
    assert scene.repository.holds() == {"ada": ALICE, "bob": ["contact_center_user"]}

    jobs = scene.by_hand()
    assert statuses(jobs) == {"plan": "success", "apply": "success"}
    assert scene.repository.holds() == {"ada": [], "alice": ALICE, "bob": ["contact_center_user"]}


def test_a_commit_that_nobody_reviewed_is_not_applied(scene: Scene) -> None:
    scene.repository.write_users(alice=ALICE)
    sha = scene.repository.commit("Go round the review")
    jobs = scene.github.run("tenantry-apply", Event(name="push", sha=sha))
    assert statuses(jobs) == {"plan": "failure", "apply": "skipped"}
    assert jobs["plan"].code == 4
    assert "Run this workflow by hand" in jobs["plan"].summary
    assert "alice" not in scene.repository.holds()


def test_what_the_approver_refuses_is_not_applied(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.review("alice", 4)
    scene.github.approve = lambda: False
    assert statuses(scene.merge("alice", 4)) == {"plan": "success", "apply": "rejected"}
    assert "alice" not in scene.repository.holds()
    jobs = scene.nightly()
    assert statuses(jobs) == {"drift": "success", "due": "failure"}
    assert jobs["due"].code == 2
    assert "alice" in jobs["due"].summary


def test_a_fork_is_planned_away_from_the_ledger_into_the_summary(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.repository.ledger.rename(scene.repository.ledger.with_suffix(".hidden"))
    jobs = scene.review("alice", 4, fork=True)
    assert statuses(jobs) == {"validate": "success", "plan": "success"}
    assert {job.host for job in jobs.values()} == {"ubuntu-latest"}
    assert jobs["plan"].steps["Comment"] == "skipped"
    assert scene.pulls.comments == {}
    assert "alice" in jobs["plan"].summary
    assert "2 to grant" in jobs["plan"].summary  # by the snapshot; without it, everybody's licenses would be granted


def test_a_token_that_may_not_comment_leaves_the_plan_in_the_summary(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.github.read_only = True
    jobs = scene.review("alice", 4)
    assert statuses(jobs) == {"validate": "success", "plan": "success"}
    assert scene.pulls.comments == {4: []}
    assert "notice: no comment" in jobs["plan"].log
    assert "alice" in jobs["plan"].summary


def test_a_rejected_plan_is_shown_and_fails(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE, zoe=["contact_center_user"])
    jobs = scene.review("alice", 4)
    assert statuses(jobs) == {"validate": "success", "plan": "failure"}
    assert (jobs["plan"].failed, jobs["plan"].code) == ("Verdict", 3)
    [comment] = scene.pulls.comments[4]
    assert "rejected" in comment
    assert "contingency" in comment
    assert re.search(r"^::error file=tenants/acme.yaml,line=\d+", jobs["plan"].log, re.MULTILINE)
    jobs = scene.merge("alice", 4)
    assert statuses(jobs) == {"plan": "failure", "apply": "skipped"}
    assert jobs["plan"].code == 3
    assert "alice" not in scene.repository.holds()


def test_a_file_that_nobody_can_read_is_shown_and_fails(scene: Scene) -> None:
    scene.repository.branch("alice", alice=["companyon"])
    jobs = scene.review("alice", 4)
    assert statuses(jobs) == {"validate": "failure", "plan": "failure"}
    assert (jobs["plan"].failed, jobs["plan"].code) == ("Verdict", 1)
    assert "companyon" in scene.pulls.comments[4][0]


def test_a_world_that_moved_makes_the_night_red(scene: Scene) -> None:
    assert scene.repository.observe(USERS | MOVED)
    jobs = scene.nightly()
    assert statuses(jobs) == {"drift": "failure", "due": "failure"}
    assert jobs["drift"].code == 2
    assert "bob" in jobs["drift"].summary


def test_without_a_ledger_nights_and_reports_are_silent_and_an_apply_makes_none(scene: Scene) -> None:
    scene.github.variables.clear()
    assert statuses(scene.nightly()) == {"drift": "skipped", "due": "skipped"}
    assert statuses(scene.nightly("tenantry-report")) == {"report": "skipped"}
    jobs = scene.by_hand()
    assert statuses(jobs) == {"plan": "success", "apply": "failure"}
    assert jobs["apply"].code == 1
    assert "none is made unasked" in " ".join(jobs["apply"].log.split())


def test_by_hand_some_tenants_can_be_named_and_none_of_them_is_an_option(scene: Scene) -> None:
    scene.repository.write_users(alice=ALICE)
    scene.repository.commit("Give Alice licenses")
    jobs = scene.by_hand(tenants="nobody")
    assert (statuses(jobs)["plan"], jobs["plan"].code) == ("failure", 64)
    jobs = scene.by_hand(tenants="--allow=max-revocations --reason=x")
    assert (statuses(jobs)["plan"], jobs["plan"].code) == ("failure", 64)
    jobs = scene.by_hand(tenants="ac* acme")
    assert statuses(jobs) == {"plan": "success", "apply": "success"}
    assert scene.repository.holds()["alice"] == ALICE


def test_the_weekly_report_is_kept_as_an_artifact(scene: Scene) -> None:
    jobs = scene.nightly("tenantry-report")
    assert statuses(jobs) == {"report": "success"}
    kept = {path.name for path in scene.github.artifacts["report"].iterdir()}
    assert {"report.html", "report.xlsx", "REPORT.md"} <= kept
    assert [name for name in kept if name.startswith("REPORT.") and name.endswith(".svg")]
    assert "Companion" in jobs["report"].summary
    assert "svg" not in jobs["report"].summary


def test_a_name_that_would_be_a_command_stays_a_name(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE, zoe=["contact_center_user"])
    scene.repository.rename(HOSTILE, "alice")
    jobs = scene.review("alice", 4)
    assert (statuses(jobs), jobs["plan"].code) == ({"validate": "success", "plan": "failure"}, 3)
    assert not list(scene.repository.remote.parent.rglob("owned"))


def test_a_branch_can_not_bring_the_comment_itself(scene: Scene) -> None:
    effect = f"sha256:{'0' * 64}"
    scene.repository.branch("alice", alice=ALICE)
    scene.repository.bring_a_plan("alice", effect)
    jobs = scene.review("alice", 4)
    assert (jobs["plan"].status, jobs["plan"].code) == ("failure", 1)
    assert scene.pulls.comments == {}
    assert effect not in jobs["plan"].summary


def test_a_tenant_that_is_rejected_stops_no_other(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.repository.begin_without_a_contract("alice")
    assert scene.review("alice", 4)["plan"].code == 3
    jobs = scene.merge("alice", 4)
    assert (jobs["plan"].status, jobs["apply"].status, jobs["apply"].code) == ("success", "failure", 3)
    assert scene.repository.holds()["alice"] == ALICE
    assert "late: " in jobs["apply"].log
