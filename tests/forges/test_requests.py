"""What each platform is asked, word for word: addresses, headers and payloads of its own documentation."""

import base64
from typing import Any

import pytest
from tests.forges.local_server import Reply, Server, Watch
from tests.forges.platforms import COMMIT, PLATFORMS, PULL, TOKEN, FakeAzure, FakeGitHub, FakeGitLab, Merged, Platform

from tenantry.errors import OperatorError
from tenantry.forges.azure import AzureDevOps
from tenantry.forges.github import GitHub
from tenantry.forges.gitlab import GitLab
from tenantry.forges.marker import Marker
from tenantry.forges.sticky import post

PAGE = "<!-- tenantry:plan effect=sha256:" + "1" * 64 + " -->\n## Plan\n"
NEXT = PAGE.replace("## Plan", "## Another")


def told(platform: Platform, *, active: bool | None = None) -> list[tuple[str, str, dict[str, str], Any]]:
    """What is asked to make a comment and to write it anew."""
    with Server(platform.answer) as server:
        for text in (PAGE, NEXT):
            post(platform.forge(server, Watch().pace), PULL, Marker(), text, active=active)
        return [(item.method, item.path, dict(item.query), item.data) for item in server.asked]


def headers(platform: Platform, token: str = TOKEN) -> dict[str, str]:
    with Server(platform.answer) as server:
        list(platform.forge(server, Watch().pace, token).own(PULL))
        assert len({tuple(sorted(item.headers.items())) for item in server.asked if item.method == "GET"}) == 1
        return dict(server.asked[-1].headers)


def test_github_is_asked_for_the_comments_of_the_issue_that_a_pull_request_is() -> None:
    who = ("POST", "/graphql", {}, {"query": "{viewer{login}}"})
    listed = ("GET", "/repos/acme/licenses/issues/7/comments", {"per_page": "100"}, None)
    assert told(FakeGitHub()) == [
        *(who, listed, ("POST", "/repos/acme/licenses/issues/7/comments", {}, {"body": PAGE})),
        *(who, listed, ("PATCH", "/repos/acme/licenses/issues/comments/1", {}, {"body": NEXT})),
    ]
    sent = headers(FakeGitHub())
    assert sent["authorization"] == f"Bearer {TOKEN}"
    assert (sent["accept"], sent["x-github-api-version"]) == ("application/vnd.github+json", "2022-11-28")


def test_gitlab_is_asked_for_the_notes_of_the_merge_request() -> None:
    notes = "/api/v4/projects/31/merge_requests/7/notes"
    who = ("GET", "/api/v4/user", {}, None)
    listed = ("GET", notes, {"per_page": "100", "order_by": "created_at", "sort": "asc"}, None)
    assert told(FakeGitLab()) == [
        *(who, listed, ("POST", notes, {}, {"body": PAGE})),
        *(who, listed, ("PUT", f"{notes}/1", {}, {"body": NEXT})),
    ]
    sent = headers(FakeGitLab())
    assert sent["private-token"] == TOKEN
    assert "authorization" not in sent


def test_azure_devops_is_asked_for_the_threads_of_the_pull_request() -> None:
    threads = f"{FakeAzure.git}/pullRequests/7/threads"
    version = {"api-version": "7.1"}
    who = ("GET", "/acme/_apis/connectionData", {}, None)
    comment = {"parentCommentId": 0, "content": PAGE, "commentType": "text"}
    assert told(FakeAzure(), active=True) == [
        who,
        ("GET", threads, version, None),
        ("POST", threads, version, {"comments": [comment], "status": "active"}),
        who,
        ("GET", threads, version, None),
        ("PATCH", f"{threads}/1/comments/1", version, {"content": NEXT}),
        ("PATCH", f"{threads}/1", version, {"status": "active"}),
    ]
    assert headers(FakeAzure())["x-tfs-fedauthredirect"] == "Suppress"


def test_azure_devops_gets_a_pipeline_s_token_as_bearer_and_a_person_s_as_password() -> None:
    job = "eyJhbGciOi.eyJuYW1laWQi.c2lnbmF0dXJl-_"
    assert headers(FakeAzure(), job)["authorization"] == f"Bearer {job}"
    basic = headers(FakeAzure())["authorization"].removeprefix("Basic ")
    assert base64.b64decode(basic).decode() == f":{TOKEN}"


@pytest.mark.parametrize(
    ("merge", "squash", "head", "counts"),
    [
        (COMMIT, None, "c" * 40, True),
        (COMMIT, "d" * 40, "c" * 40, True),
        (None, COMMIT, "c" * 40, True),
        (None, None, COMMIT, True),
        ("b" * 40, COMMIT, "c" * 40, False),
        ("b" * 40, None, COMMIT, False),
        (None, "b" * 40, COMMIT, False),
        (None, None, None, False),
    ],
)
def test_gitlab_merges_by_merge_squash_or_fast_forward(
    merge: str | None, squash: str | None, head: str | None, *, counts: bool
) -> None:
    merged = {"iid": 7, "state": "merged", "merge_commit_sha": merge, "squash_commit_sha": squash, "sha": head}
    rows = [merged, {**merged, "target_project_id": 32, "iid": 8}, {**merged, "state": "closed", "iid": 9}]
    with Server(lambda _: Reply(data=rows)) as server:
        found = list(FakeGitLab().forge(server, Watch().pace).merged_as(COMMIT))
    assert found == ([7] if counts else [])


@pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("row", [{}, {"number": "7", "iid": "7", "pullRequestId": "7"}, {"number": True, "iid": True}])
def test_a_pull_request_of_another_shape_is_none(kind: type[Platform], row: dict[str, Any]) -> None:
    platform = kind(merges=[Merged()])
    whole = {"state": "merged", "merged_at": "x", "merge_commit_sha": COMMIT, "status": "completed", **row}
    answers = {"results": [{COMMIT: [whole]}]} if isinstance(platform, FakeAzure) else [whole]
    with Server(lambda _: Reply(data=answers)) as server:
        assert list(platform.forge(server, Watch().pace).merged_as(COMMIT)) == []


@pytest.mark.parametrize("data", [None, [], {"results": None}, {"results": [None, 3, {}]}, {"results": [{COMMIT: 3}]}])
def test_azure_devops_answering_a_query_with_nothing_found_nothing(data: Any) -> None:
    with Server(lambda _: Reply(data=data)) as server:
        assert list(FakeAzure().forge(server, Watch().pace).merged_as(COMMIT)) == []


@pytest.mark.parametrize("data", [{}, {"id": "7"}, [], None, {"authenticatedUser": {"id": 3}}])
@pytest.mark.parametrize("kind", [FakeGitLab, FakeAzure], ids=lambda kind: kind.name)
def test_without_knowing_whose_token_it_is_no_comment_counts(kind: type[Platform], data: Any) -> None:
    with Server(lambda _: Reply(data=data)) as server, pytest.raises(OperatorError, match="whose token this is"):
        list(kind().forge(server, Watch().pace).own(PULL))


def test_what_makes_an_address_is_looked_at_first() -> None:
    pace = Watch().pace
    for repository in ("acme", "acme/licenses/../../user", "acme/licenses?x=", "", "a b/c"):
        with pytest.raises(OperatorError, match="owner/name"):
            GitHub(address="https://git.example", repository=repository, token=TOKEN, pace=pace)
    for project in ("", "acme/licenses", "31/../32", "-1", "٣"):
        with pytest.raises(OperatorError, match="not a number"):
            GitLab(address="https://git.example", project=project, token=TOKEN, pace=pace)
    with pytest.raises(OperatorError, match="empty"):
        AzureDevOps(address="https://git.example", project="", repository="x", token=TOKEN, pace=pace)
    forge = AzureDevOps(address="https://git.example", project="../x?y", repository="a/b", token=TOKEN, pace=pace)
    assert forge._git == "/..%2Fx%3Fy/_apis/git/repositories/a%2Fb"  # noqa: SLF001 - no request is to be made
