"""comment and reviewed: a plan from a pull request's pipeline to the apply of its merge, through the real command."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.at_the_door import Door, Said
from tests.forges.local_server import Reply, Server
from tests.forges.platforms import COMMIT, ME, OTHER, PLATFORMS, TOKEN, FakeAzure, FakeGitLab, Merged, Platform

pytestmark = pytest.mark.usefixtures("loopback")

ADA, BOB = "ada@x.example", "bob@x.example"


class Pipeline:
    """A workspace, a platform that runs, and the environment of its pipeline."""

    def __init__(self, door: Door, platform: Platform, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.door, self.platform, self.server, self.patch = door, platform, server, monkeypatch
        for name, value in platform.environment(server).items():
            monkeypatch.setenv(name, value)
        self.wish([ADA])

    def wish(self, users: list[str], bought: int = 9) -> None:
        """Everybody in the list is to have a companion, and nobody else."""
        wanted = {user: {"licenses": ["companion"] if user in users else []} for user in (ADA, BOB)}
        data = {"version": 1, "contract": {"contingency": {"companion": bought}}, "users": wanted}
        self.door.write("tenants/contoso.yaml", json.dumps(data))

    def path(self, name: str) -> str:
        return str(self.door.root / name)

    def plan(self) -> str:
        """A plan as Markdown and as saved; its effect."""
        self.door.run("plan", "--out", self.path("plan.json"), "--format", f"markdown={self.path('plan.md')}")
        return str(json.loads((self.door.root / "plan.json").read_bytes())["effect"])

    def comment(self, *words: str) -> Said:
        return self.door.run("comment", self.path("plan.md"), *words)

    def merge(self) -> None:
        self.platform.merges.append(Merged())


def piped(kind: type[Platform], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Pipeline]:
    platform = kind()
    with Server(platform.answer) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", lambda _: None)
        yield Pipeline(Door(tmp_path, capsys), platform, server, patch)


@pytest.fixture(params=PLATFORMS, ids=lambda kind: kind.name)
def pipe(request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Pipeline]:
    yield from piped(request.param, tmp_path, capsys)


# from review to apply


def test_what_was_reviewed_is_applied_and_what_moved_since_is_not(pipe: Pipeline) -> None:
    effect = pipe.plan()
    said = pipe.comment()
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("comment created: ")
    pipe.merge()
    assert pipe.door.told("reviewed") == f"{effect}\n"
    assert pipe.door.run("apply", "--auto-approve", "--checksum", effect).code == 0
    pipe.wish([ADA, BOB])
    assert pipe.door.run("apply", "--auto-approve", "--checksum", pipe.door.told("reviewed").strip()).code == 4


def test_a_comment_is_kept_up_to_date_and_says_so(pipe: Pipeline) -> None:
    pipe.plan()
    told = [pipe.comment().err.partition(":")[0] for _ in range(2)]
    pipe.wish([ADA, BOB])
    effect = pipe.plan()
    assert [*told, pipe.comment().err.partition(":")[0]] == ["comment created", "comment unchanged", "comment updated"]
    [body] = pipe.platform.by(ME)
    assert body.rstrip() == Path(pipe.path("plan.md")).read_text("utf-8").rstrip()
    assert effect in body


def test_keys_keep_comments_apart(pipe: Pipeline) -> None:
    first = pipe.plan()
    pipe.comment("--key", "emea")
    pipe.wish([])
    second = pipe.plan()
    pipe.comment("--key", "apac")
    pipe.merge()
    told = [pipe.door.run("reviewed", *words) for words in (["--key", "emea"], ["--key", "apac"], [])]
    assert [(said.code, said.out.strip()) for said in told] == [(0, first), (0, second), (4, "")]


@pytest.mark.parametrize("key", ["", "a b", "-->", "a--b", "a->b", "é", "-a", "a" * 65, "a\n"])
def test_a_key_that_could_break_the_comment_is_a_usage_error(pipe: Pipeline, key: str) -> None:
    pipe.plan()
    assert pipe.comment("--key", key).code == 64
    assert pipe.server.asked == []


# what is refused


def test_nothing_was_reviewed_without_a_pull_request_or_without_a_comment_of_ours(pipe: Pipeline) -> None:
    effect = pipe.plan()
    none = pipe.door.run("reviewed")
    pipe.merge()
    pipe.platform.write(OTHER, Path(pipe.path("plan.md")).read_text("utf-8"))
    foreign = pipe.door.run("reviewed")
    for said in (none, foreign):
        assert (said.code, said.out) == (4, "")
        assert "hint: Plan this commit, and have the plan reviewed." in said.err
        assert effect not in said.err
    assert COMMIT[:12] in none.err


def test_a_token_that_may_not_comment_is_one_notice_and_no_failure(pipe: Pipeline) -> None:
    pipe.plan()
    pipe.server.disturb(pipe.platform.creating, pipe.platform.forbidden)
    said = pipe.comment()
    assert said.code == 0
    [line] = said.err.splitlines()
    assert line.startswith("notice: no comment: ")
    assert "lacks" in line
    assert line.endswith("The plan is in the log of this job, and in its summary if the pipeline writes one.")


def test_without_a_token_a_comment_is_passed_over_and_a_review_is_not(pipe: Pipeline) -> None:
    pipe.plan()
    for value in ("", "  \n"):
        pipe.patch.setenv(pipe.platform.token, value)
        said = pipe.comment()
        assert said.code == 0
        assert said.err.startswith(f"notice: no comment, since {pipe.platform.token} isn't set.")
        refused = pipe.door.run("reviewed")
        assert (refused.code, refused.out) == (1, "")
        assert pipe.platform.token in refused.err
    assert pipe.server.asked == []


def test_a_line_end_behind_a_token_is_none_of_it(pipe: Pipeline) -> None:
    pipe.plan()
    pipe.patch.setenv(pipe.platform.token, f"{TOKEN}\n")
    assert pipe.comment().err.startswith("comment created")


def test_a_pipeline_of_no_pull_request_has_nothing_to_comment(pipe: Pipeline) -> None:
    pipe.plan()
    for name in ("GITHUB_REF", "CI_MERGE_REQUEST_IID", "SYSTEM_PULLREQUEST_PULLREQUESTID"):
        pipe.patch.delenv(name, raising=False)
    said = pipe.comment()
    assert said.code == 1
    assert "error: This pipeline doesn't run for a pull request" in said.err
    assert pipe.server.asked == []


@pytest.mark.parametrize("number", ["7/../8", "-7", "\u0667", "7 8", "1" * 30, "main"])
def test_what_is_no_number_is_no_pull_request(pipe: Pipeline, number: str) -> None:
    pipe.plan()
    pipe.patch.setenv("GITHUB_REF", f"refs/pull/{number}/merge")
    pipe.patch.setenv("CI_MERGE_REQUEST_IID", number)
    pipe.patch.setenv("SYSTEM_PULLREQUEST_PULLREQUESTID", number)
    assert pipe.comment().code == 1
    assert pipe.server.asked == []


@pytest.mark.parametrize("commit", ["", "HEAD", "a1", "../" + COMMIT, COMMIT + "?", COMMIT.upper()])
def test_what_is_no_commit_was_never_reviewed(pipe: Pipeline, commit: str) -> None:
    for name in ("GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION"):
        pipe.patch.setenv(name, commit)
    assert pipe.door.run("reviewed").code == 1
    assert pipe.server.asked == []


def test_a_variable_that_is_missing_is_named(pipe: Pipeline) -> None:
    pipe.plan()
    needed = {
        "github": ("GITHUB_REPOSITORY",),
        "gitlab": ("CI_API_V4_URL", "CI_PROJECT_ID"),
        "azure": ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_REPOSITORY_ID"),
    }
    for name in needed[pipe.platform.name]:
        with pipe.patch.context() as patch:
            patch.delenv(name)
            said = pipe.comment()
        assert said.code == 1
        assert name in said.err


def test_a_comment_that_is_too_long_says_max_bytes(pipe: Pipeline) -> None:
    pipe.plan()
    with Path(pipe.path("plan.md")).open("a", encoding="utf-8") as stream:
        stream.write("x" * pipe.platform.limit)
    said = pipe.comment()
    assert said.code == 1
    assert "too long" in said.err
    assert "--max-bytes" in said.err


@pytest.mark.parametrize("status", [401, 409, 500])
def test_any_other_failure_is_an_error(pipe: Pipeline, status: int) -> None:
    pipe.plan()
    pipe.server.disturb(pipe.platform.listing, Reply(status=status, data={"message": "\x1b[2J::error::no"}))
    said = pipe.comment()
    assert said.code == 1
    assert str(status) in said.err
    assert "\x1b" not in said.err
    assert "::error" not in said.err


@pytest.mark.parametrize("text", ["", "# A plan\n", "\n<!-- tenantry:plan effect=sha256:" + "0" * 64 + " -->\n"])
def test_a_file_that_is_no_plan_is_not_shown(pipe: Pipeline, text: str) -> None:
    pipe.door.write("plan.md", text)
    said = pipe.comment()
    assert said.code == 1
    assert "not the Markdown of a plan" in said.err
    assert pipe.server.asked == []


def test_files_that_are_missing_or_no_text_are_errors(pipe: Pipeline) -> None:
    assert pipe.comment().code == 1
    (pipe.door.root / "plan.md").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in pipe.comment().err


# secrets


def test_the_token_is_in_no_output_of_any_outcome(pipe: Pipeline) -> None:
    effect = pipe.plan()
    pipe.merge()
    outputs = []
    for status in (200, 302, 401, 403, 404, 422, 500):
        data = {"message": f"your token is {TOKEN}", "errors": [{"message": TOKEN}]}
        headers = {"Location": f"https://{TOKEN}.example/"} if status == 302 else {}
        for words in (("comment", pipe.path("plan.md")), ("reviewed",)):
            pipe.server.disturb(".", Reply(status=status, data=data, headers=headers))
            outputs.append(pipe.door.run(*words))
    outputs.append(pipe.comment())
    assert any(effect in said.out for said in outputs) or pipe.platform.by(ME)
    assert TOKEN not in "".join(said.out + said.err for said in outputs)
    files = [path.read_bytes() for path in pipe.door.root.rglob("*") if path.is_file()]
    assert all(TOKEN.encode() not in content for content in files)


def test_a_token_of_several_lines_is_not_shown(pipe: Pipeline) -> None:
    pipe.plan()
    pipe.patch.setenv(pipe.platform.token, f"{TOKEN}\nX-Evil: 1")
    said = pipe.comment()
    assert said.code == 1
    assert "The token holds" in said.err
    assert TOKEN not in said.err
    assert pipe.server.asked == []


# which platform


def test_the_platform_can_be_said(pipe: Pipeline) -> None:
    pipe.plan()
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD"):
        pipe.patch.delenv(name, raising=False)
    said = pipe.comment()
    assert said.code == 64
    assert "--forge" in said.err
    assert pipe.comment("--forge", pipe.platform.name).err.startswith("comment created")
    pipe.patch.setenv("TENANTRY_FORGE", pipe.platform.name)
    assert pipe.comment().err.startswith("comment unchanged")
    assert pipe.comment("--forge", "bitbucket").code == 64


@pytest.fixture
def github(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Pipeline]:
    yield from piped(PLATFORMS[0], tmp_path, capsys)


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ('{"pull_request": {"number": 7}}', True),
        ('{"number": 8}', False),
        ('{"pull_request": {"number": "7"}}', False),
        ('{"pull_request": null}', False),
        ("[", False),
        ("[]", False),
        ("[" * 100_000, False),
        (None, False),
    ],
)
def test_github_tells_the_pull_request_in_its_event(github: Pipeline, event: str | None, *, found: bool) -> None:
    github.plan()
    path = github.door.root / "event.json"
    if event is not None:
        path.write_text(event)
    github.patch.setenv("GITHUB_EVENT_PATH", str(path))
    github.patch.setenv("GITHUB_REF", "refs/heads/main")
    assert github.comment().code == (0 if found else 1)
    github.patch.setenv("GITHUB_REF", "refs/pull/7/merge")
    assert github.comment().code == 0


def test_github_is_github_com_where_nothing_else_is_said(github: Pipeline) -> None:
    github.plan()
    github.patch.delenv("GITHUB_API_URL")
    github.patch.setenv("https_proxy", "http://127.0.0.1:9")
    said = github.comment()
    assert said.code == 1
    assert "api.github.com can't be reached" in said.err


# open and closed


@pytest.fixture
def azure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Pipeline]:
    yield from piped(FakeAzure, tmp_path, capsys)


def test_a_thread_is_open_while_its_plan_is_rejected_or_revokes(azure: Pipeline) -> None:
    statuses = []
    for users, bought in (([ADA], 0), ([ADA], 9), ([], 9)):
        azure.wish(users, bought)
        azure.plan()
        assert azure.comment("--plan", azure.path("plan.json")).code == 0
        statuses.append(azure.platform.notes[0].status)
        azure.door.run("apply", "--auto-approve")
    assert statuses == ["active", "closed", "active"]
    azure.door.write("tenants/broken.yaml", "version: 9\n")
    azure.wish([])
    azure.plan()
    azure.comment("--plan", azure.path("plan.json"))
    assert azure.platform.notes[0].status == "active"


def test_a_repository_of_another_platform_is_not_looked_for_on_azure_devops(azure: Pipeline) -> None:
    azure.plan()
    azure.patch.setenv("BUILD_REPOSITORY_PROVIDER", "GitHub")
    said = azure.comment()
    assert said.code == 1
    assert "is on GitHub" in said.err
    assert azure.server.asked == []
    azure.patch.setenv("BUILD_REPOSITORY_PROVIDER", "TfsGit")
    assert azure.comment().code == 0


@pytest.fixture
def gitlab(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Pipeline]:
    yield from piped(FakeGitLab, tmp_path, capsys)


def test_a_fork_s_pipeline_comments_on_its_merge_request_and_not_on_one_of_the_fork(gitlab: Pipeline) -> None:
    gitlab.plan()
    gitlab.patch.setenv("CI_MERGE_REQUEST_PROJECT_ID", "31")
    gitlab.patch.setenv("CI_PROJECT_ID", "77")
    assert gitlab.comment().err.startswith("comment created")
    assert all("/projects/77" not in line for line in gitlab.server.lines())


def test_markdown_of_another_plan_is_refused(azure: Pipeline) -> None:
    azure.plan()
    shown = Path(azure.path("plan.md")).read_text("utf-8")
    azure.wish([])
    azure.plan()
    azure.door.write("plan.md", shown)
    said = azure.comment("--plan", azure.path("plan.json"))
    assert said.code == 4
    assert "another plan" in said.err
    assert azure.comment("--plan", azure.path("plan.md")).code == 1
    assert azure.server.asked == []


# what is loaded


def test_only_these_commands_load_anything_that_can_connect(tmp_path: Path) -> None:
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants/contoso.yaml").write_text("version: 1\n")
    program = (
        "import sys, tenantry.cli.door as door; door.run(['-C', sys.argv[1], 'plan', '--format', 'markdown'])\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True)
    assert not re.findall(r"\b(?:http\.client|urllib\.request|ssl|tenantry\.forges\S*)(?= |$)", result.stderr)
