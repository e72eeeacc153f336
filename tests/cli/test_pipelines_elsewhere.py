"""The pipelines of Azure DevOps and GitLab from a branch to the ledger, their scripts run as an agent runs them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure_runner import Azure
from gitlab_runner import GitLab
from reviewed_repository import ALICE, HOSTILE, MOVED, USERS, Repository, repository
from runner_machine import statuses
from stand_ins import PullRequests
from tests.forges.local_server import Reply, Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("loopback")]
TOKEN = "glpat-5f2d8b"  # noqa: S105 - opens nothing
REVIEW = {
    "azure": {"validate": "validate", "plan": "plan", "plan_of_fork": "fork"},
    "gitlab": {"tenantry-validate": "validate", "tenantry-plan": "plan", "tenantry-plan-of-fork": "fork"},
}
APPLY = {
    "azure": {"plan": "merged", "apply": "apply"},
    "gitlab": {"tenantry-plan-of-merge": "merged", "tenantry-apply": "apply"},
}
"""What this module calls the jobs of each platform."""


@dataclass
class Scene:
    """One of the platforms. Jobs go by the names that they have in this module; skipped ones are left out."""

    platform: str
    repository: Repository
    runner: Any
    pulls: PullRequests
    server: Server

    def review(self, branch: str, number: int, *, fork: bool = False) -> dict[str, Any]:
        sha = self.repository.as_merged(branch)
        if self.platform == "azure":
            told = {"SYSTEM_PULLREQUEST_ISFORK": str(fork), "SYSTEM_PULLREQUEST_PULLREQUESTID": str(number)}
            return self._named(self.runner.run("tenantry-review", sha, BUILD_REASON="PullRequest", **told), REVIEW)
        told = {"CI_MERGE_REQUEST_PROJECT_ID": "31", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "32" if fork else "31"}
        told |= {"CI_PROJECT_ID": "31", "CI_MERGE_REQUEST_IID": str(number)}
        return self._named(self.runner.run(sha, CI_PIPELINE_SOURCE="merge_request_event", **told), REVIEW)

    def merge(self, branch: str, number: int | None) -> dict[str, Any]:
        sha = self.repository.merge(branch)
        if number is not None:
            self.pulls.merges[sha] = number
        return self._pushed(sha)

    def _pushed(self, sha: str) -> dict[str, Any]:
        if self.platform == "azure":
            return self._named(self.runner.run("tenantry-apply", sha, BUILD_REASON="IndividualCI"), APPLY)
        told = {"CI_COMMIT_BRANCH": "main", "CI_PROJECT_ID": "31"}
        return self._named(self.runner.run(sha, CI_PIPELINE_SOURCE="push", **told), APPLY)

    def by_hand(self, tenants: str | None = None) -> dict[str, Any]:
        sha = self.repository.head()
        if self.platform == "azure":
            parameters = {} if tenants is None else {"tenants": tenants}
            return self._named(self.runner.run("tenantry-apply", sha, parameters, BUILD_REASON="Manual"), APPLY)
        told = {"CI_COMMIT_BRANCH": "main", "CI_PROJECT_ID": "31"} | ({} if tenants is None else {"TENANTS": tenants})
        return self._named(self.runner.run(sha, CI_PIPELINE_SOURCE="web", **told), APPLY)

    def scheduled(self, what: str) -> dict[str, Any]:
        sha = self.repository.head()
        if self.platform == "azure":
            jobs = self.runner.run("tenantry-watch", sha, BUILD_REASON="Schedule", BUILD_CRONSCHEDULE_DISPLAYNAME=what)
            return {name: job for name, job in jobs.items() if job.status != "skipped"}
        told = {"CI_COMMIT_BRANCH": "main", "CI_PROJECT_ID": "31", "SCHEDULED": what}
        jobs = self.runner.run(sha, CI_PIPELINE_SOURCE="schedule", **told)
        return {name.removeprefix("tenantry-"): job for name, job in jobs.items()}

    def _named(self, jobs: dict[str, Any], names: dict[str, dict[str, str]]) -> dict[str, Any]:
        return {names[self.platform][own]: job for own, job in jobs.items() if job.status != "skipped"}

    @property
    def comments(self) -> dict[int, list[str]]:
        return self.pulls.comments


@pytest.fixture(params=["azure", "gitlab"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    made, pulls = repository(tmp_path, request.param), PullRequests(rights={TOKEN: {"api": "write"}})
    variables = {"TENANTRY_BACKEND": made.backend} | ({"GITLAB_TOKEN": TOKEN} if request.param == "gitlab" else {})
    kind = Azure if request.param == "azure" else GitLab
    with Server(pulls.answer) as server:
        runner = kind(made.remote, tmp_path / "runners", server.address, pulls, variables)
        yield Scene(request.param, made, runner, pulls, server)


def hosts(job: Any) -> str:
    """Which runners take a job."""
    return str(job.pool) if hasattr(job, "pool") else ",".join(job.tags)


def test_a_branch_is_reviewed_merged_approved_and_applied_and_then_there_is_nothing_to_do(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE, bob=[])
    jobs = scene.review("alice", 4)
    assert statuses(jobs) == {"validate": "success", "plan": "success"}
    assert hosts(jobs["plan"]) == "tenantry-review"
    page = scene.runner.artifacts["plan"] if scene.platform == "azure" else jobs["plan"].kept["plan.html"]
    assert "alice" in page.read_text()
    [comment] = scene.comments[4]
    assert comment.startswith("<!-- tenantry:plan effect=sha256:")
    assert "alice" in comment
    held, asked = scene.repository.holds(), []
    scene.runner.approve = lambda: asked.append(scene.repository.holds()) or True
    jobs = scene.merge("alice", 4)
    assert (jobs["merged"].status, jobs["apply"].status) == ("success", "success")
    assert asked == [held]
    assert (hosts(jobs["merged"]), hosts(jobs["apply"])) == ("tenantry", "tenantry")
    assert "acme: applied 3 changes by run acme-3" in jobs["apply"].log
    assert scene.repository.holds() == {"ada": ALICE, "alice": ALICE, "bob": []}
    assert statuses(scene.scheduled("drift")) == {"drift": "success", "due": "success"}


def test_a_plan_that_is_stale_when_it_is_approved_is_refused_and_nothing_is_written(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.review("alice", 4)

    scene.runner.approve = lambda: scene.repository.observe(MOVED)
    jobs = scene.merge("alice", 4)
    assert (jobs["merged"].status, jobs["apply"].status, jobs["apply"].code) == ("success", "failure", 4)
    assert scene.repository.holds() == {"bob": ["companion"]}


def test_a_merge_that_means_something_else_than_what_was_reviewed_waits_for_somebody(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.repository.branch("carol", ada=[])
    scene.review("alice", 4)
    scene.review("carol", 5)
    scene.runner.approve = lambda: False
    scene.merge("carol", 5)
    scene.runner.approve = lambda: True
    jobs = scene.merge("alice", 4)  # means carol's change, too
    assert (jobs["merged"].status, jobs["merged"].code) == ("failure", 4)
    assert "apply" not in jobs
    assert "This is not what was reviewed" in jobs["merged"].log
    assert scene.repository.holds() == {"ada": ALICE, "bob": ["contact_center_user"]}
    assert scene.by_hand()["apply"].status == "success"
    assert scene.repository.holds() == {"ada": [], "alice": ALICE, "bob": ["contact_center_user"]}


def test_a_commit_that_nobody_reviewed_is_not_applied(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    jobs = scene.merge("alice", None)
    assert (jobs["merged"].status, jobs["merged"].code) == ("failure", 4)
    assert "by hand" in jobs["merged"].log
    assert "alice" not in scene.repository.holds()


def test_a_fork_is_planned_away_from_the_ledger_and_without_a_comment(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.repository.ledger.rename(scene.repository.ledger.with_suffix(".hidden"))
    jobs = scene.review("alice", 4, fork=True)
    assert statuses(jobs) == {"validate": "success", "fork": "success"}
    assert scene.comments == {}
    if scene.platform == "azure":
        assert jobs["fork"].pool == "ubuntu-latest"
        assert "2 to grant" in jobs["fork"].summary
    else:
        assert jobs["fork"].tags == ()
        assert json.loads(jobs["fork"].kept["plan.terraform.json"].read_text()) == {
            "create": 2,
            "update": 0,
            "delete": 0,
        }


def test_a_rejected_plan_is_shown_and_fails(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE, zoe=["contact_center_user"])
    jobs = scene.review("alice", 4)
    assert statuses(jobs) == {"validate": "success", "plan": "failure"}
    assert jobs["plan"].code == 3
    [comment] = scene.comments[4]
    assert "rejected" in comment
    if scene.platform == "azure":
        assert scene.pulls.status == {4: "active"}
        assert [issue for issue in jobs["plan"].issues if "sourcepath=tenants/acme.yaml" in issue]
        assert "<failure" in jobs["plan"].log
        assert jobs["plan"].steps["Show the rules as tests"] == "success"
    else:
        assert {"plan.html", "plan.terraform.json", "plan.codequality.json"} == set(jobs["plan"].kept)
    jobs = scene.merge("alice", 4)
    assert (jobs["merged"].status, jobs["merged"].code) == ("failure", 3)


def test_a_thread_without_anything_to_look_at_is_closed(scene: Scene) -> None:
    if scene.platform == "gitlab":
        pytest.skip("GitLab's notes are neither open nor closed")
    scene.repository.branch("alice", alice=ALICE)
    scene.review("alice", 4)
    assert scene.pulls.status == {4: "closed"}


def test_by_hand_some_tenants_can_be_named(scene: Scene) -> None:
    scene.repository.write_users(alice=ALICE)
    scene.repository.commit("Give Alice licenses")
    assert scene.by_hand("nobody")["merged"].code == 64
    assert scene.by_hand("--allow=max-revocations --reason=x")["merged"].code == 64
    assert scene.by_hand("ac* acme")["apply"].status == "success"
    assert scene.repository.holds()["alice"] == ALICE


def test_a_world_that_moved_makes_the_night_red(scene: Scene) -> None:
    assert scene.repository.observe(USERS | MOVED)
    jobs = scene.scheduled("drift")
    assert statuses(jobs) == {"drift": "failure", "due": "failure"}
    assert jobs["drift"].code == 2


def test_the_weekly_report_is_kept_as_an_artifact(scene: Scene) -> None:
    jobs = scene.scheduled("report")
    assert statuses(jobs) == {"report": "success"}
    kept = scene.runner.artifacts["report"] if scene.platform == "azure" else jobs["report"].kept["report"]
    assert {"report.html", "report.xlsx", "REPORT.md"} <= {path.name for path in kept.iterdir()}


def test_where_an_install_fails_on_azure_nothing_goes_on(tmp_path: Path) -> None:
    made, pulls = repository(tmp_path, "azure"), PullRequests()
    path = made.clone / "azure-pipelines/tenantry-apply.yml"
    path.write_text(path.read_text().replace("tenantry[postgres]==", "tenantry[postgres]==9"))
    sha = made.commit("Want a version that is nowhere")
    azure = Azure(made.remote, tmp_path / "runners", "http://127.0.0.1:9", pulls, {"TENANTRY_BACKEND": made.backend})
    jobs = azure.run("tenantry-apply", sha, BUILD_REASON="Manual")
    assert (jobs["plan"].failed, jobs["apply"].status) == ("Install tenantry", "skipped")


def test_a_name_that_would_be_a_command_stays_a_name(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE, zoe=["contact_center_user"])
    scene.repository.rename(HOSTILE, "alice")
    jobs = scene.review("alice", 4)
    assert (statuses(jobs), jobs["plan"].code) == ({"validate": "success", "plan": "failure"}, 3)
    assert not list(scene.repository.remote.parent.rglob("owned"))


def test_a_branch_can_not_bring_the_comment_itself(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.repository.bring_a_plan("alice", f"sha256:{'0' * 64}")
    jobs = scene.review("alice", 4)
    assert (jobs["plan"].status, jobs["plan"].code) == ("failure", 1)
    assert scene.comments == {}


def test_a_comment_that_fails_is_no_green_job_and_hides_no_rule(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.server.disturb(r"GET .*/(threads|notes)", Reply(status=500, data={"message": "out of order"}))
    jobs = scene.review("alice", 4)
    assert (jobs["plan"].status, jobs["plan"].code) == ("failure", 1)
    assert "out of order" in jobs["plan"].log
    if scene.platform == "azure":
        assert jobs["plan"].failed == "Comment"
        assert (jobs["plan"].steps["Show the rules as tests"], jobs["plan"].steps["Verdict"]) == ("success", "success")
        assert "<testsuite" in jobs["plan"].log


def test_a_tenant_that_is_rejected_stops_no_other(scene: Scene) -> None:
    scene.repository.branch("alice", alice=ALICE)
    scene.repository.begin_without_a_contract("alice")
    assert scene.review("alice", 4)["plan"].code == 3
    jobs = scene.merge("alice", 4)
    assert (jobs["merged"].status, jobs["apply"].status, jobs["apply"].code) == ("success", "failure", 3)
    assert scene.repository.holds()["alice"] == ALICE
    assert "late: " in jobs["apply"].log
