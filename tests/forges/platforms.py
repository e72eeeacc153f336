"""GitHub, GitLab and Azure DevOps as far as tenantry asks them, each in the shapes of its own documentation."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from tests.forges.local_server import Asked, Reply, Server

from tenantry.forges.azure import AzureDevOps
from tenantry.forges.github import GitHub
from tenantry.forges.gitlab import GitLab
from tenantry.forges.http import Pace
from tenantry.forges.sticky import Forge

TOKEN = "CANARY-5f2d8b"  # noqa: S105 - to be looked for in all outputs
ME, OTHER = "me", "somebody-else"
PULL = 7
COMMIT = "a1" * 20


@dataclass(slots=True)
class Note:
    """A comment in a platform's memory."""

    id: int
    author: str
    body: str
    status: str | None = None


@dataclass(slots=True)
class Merged:
    """A pull request as a platform lists it for a commit."""

    pull: int = PULL
    commit: str = COMMIT
    merged: bool = True


@dataclass
class Platform(ABC):
    """What all three have: comments of one pull request, and what was merged."""

    notes: list[Note] = field(default_factory=list)
    merges: list[Merged] = field(default_factory=list)
    listing = creating = ""
    """Which requests list and create comments, as `METHOD /path`."""
    name = token = ""
    limit = 0

    def write(self, author: str, body: str) -> Note:
        note = Note(len(self.notes) + 1, author, body)
        self.notes.append(note)
        return note

    def mine(self, number: str) -> Note:
        """The note of a number, which is to be written anew: whoever has the token may do that to no other's."""
        note = self.notes[int(number) - 1]
        assert note.author == ME, "somebody else's comment was edited"
        return note

    def by(self, author: str) -> list[str]:
        return [note.body for note in self.notes if note.author == author]

    def paged(self, asked: Asked, rows: list[Any], size: int) -> tuple[list[Any], int | None]:
        page = int(asked.query.get("page", "1"))
        return rows[(page - 1) * size : page * size], page + 1 if page * size < len(rows) else None

    @abstractmethod
    def answer(self, asked: Asked) -> Reply:
        """What the platform answers."""

    @abstractmethod
    def forge(self, server: Server, pace: Pace, token: str = TOKEN) -> Forge:
        """The client of this platform."""

    @abstractmethod
    def environment(self, server: Server) -> dict[str, str]:
        """The variables of a pipeline of the pull request."""

    @property
    @abstractmethod
    def forbidden(self) -> Reply:
        """How it says that the token may not."""


@dataclass
class FakeGitHub(Platform):
    """github.com. By default the token is a workflow's: REST tells it nothing of itself."""

    name, token = "github", "GITHUB_TOKEN"
    listing, creating = r"GET .*/issues/7/comments", r"POST .*/issues/7/comments"
    limit = 65_536
    viewer: str | None = "github-actions[bot]"
    me: str = "github-actions[bot]"

    def user(self, author: str) -> dict[str, Any]:
        if author != ME:
            return {"login": author, "id": 1, "type": "User"}
        return {"login": self.me, "id": 41898282, "type": "Bot" if self.me.endswith("[bot]") else "User"}

    def comment(self, note: Note) -> dict[str, Any]:
        where = f"https://github.example/acme/licenses/pull/7#issuecomment-{note.id}"
        return {"id": note.id, "user": self.user(note.author), "body": note.body, "html_url": where}

    def answer(self, asked: Asked) -> Reply:  # noqa: PLR0911 - one a request
        repository = "/repos/acme/licenses"
        if asked.path.endswith("/graphql"):
            assert asked.data == {"query": "{viewer{login}}"}
            if self.viewer is None:
                return Reply(status=403, data={"message": "Resource not accessible by integration"})
            return Reply(data={"data": {"viewer": {"login": self.viewer}}})
        if asked.path == f"{repository}/commits/{COMMIT}/pulls":
            return Reply(data=[self.pull(item) for item in self.merges])
        if asked.path == f"{repository}/issues/{PULL}/comments" and asked.method == "GET":
            rows, following = self.paged(asked, self.notes, int(asked.query["per_page"]))
            address = f"http://{asked.headers['host']}{asked.path}?per_page=100&page="
            links = f'<{address}1>; rel="first", <{address}{following}>; rel="next", <{address}9>; rel="last"'
            return Reply(data=[self.comment(note) for note in rows], headers={"Link": links} if following else {})
        if asked.data and len(asked.data["body"]) > self.limit:
            error = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
            error["message"] = "Body is too long (maximum is 65536 characters)"
            return Reply(status=422, data={"message": "Validation Failed", "errors": [error], "status": "422"})
        if asked.path == f"{repository}/issues/{PULL}/comments":
            return Reply(status=201, data=self.comment(self.write(ME, asked.data["body"])))
        found = re.fullmatch(rf"{repository}/issues/comments/(\d+)", asked.path)
        if found and asked.method == "PATCH":
            note = self.mine(found[1])
            note.body = asked.data["body"]
            return Reply(data=self.comment(note))
        return Reply(status=404, data={"message": "Not Found", "status": "404"})

    def pull(self, item: Merged) -> dict[str, Any]:
        at = "2026-11-24T09:00:00Z" if item.merged else None
        return {"number": item.pull, "state": "closed", "merged_at": at, "merge_commit_sha": item.commit}

    def forge(self, server: Server, pace: Pace, token: str = TOKEN) -> Forge:
        return GitHub(address=server.address, repository="acme/licenses", token=token, pace=pace)

    def environment(self, server: Server) -> dict[str, str]:
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": server.address,
            "GITHUB_REPOSITORY": "acme/licenses",
            "GITHUB_REF": f"refs/pull/{PULL}/merge",
            "GITHUB_SHA": COMMIT,
            "GITHUB_TOKEN": TOKEN,
        }

    @property
    def forbidden(self) -> Reply:
        return Reply(status=403, data={"message": "Resource not accessible by integration", "status": "403"})


@dataclass
class FakeGitLab(Platform):
    """A GitLab of one's own, with the token of a project."""

    name, token = "gitlab", "GITLAB_TOKEN"
    listing, creating = r"GET .*/merge_requests/7/notes", r"POST .*/notes"
    limit = 1_000_000

    def comment(self, note: Note) -> dict[str, Any]:
        identity = {"id": 99 if note.author == ME else 5, "username": note.author}
        return {
            "id": note.id,
            "body": note.body,
            "author": identity,
            "system": note.status == "system",
            "noteable_iid": PULL,
        }

    def answer(self, asked: Asked) -> Reply:  # noqa: PLR0911 - one a request
        project = "/api/v4/projects/31"
        if asked.path == "/api/v4/user":
            return Reply(data={"id": 99, "username": "project_31_bot_1f", "bot": True})
        if asked.path == f"{project}/repository/commits/{COMMIT}/merge_requests":
            return Reply(data=[self.pull(item) for item in self.merges])
        if asked.path == f"{project}/merge_requests/{PULL}/notes" and asked.method == "GET":
            assert (asked.query["sort"], asked.query["order_by"]) == ("asc", "created_at")
            rows, following = self.paged(asked, self.notes, int(asked.query["per_page"]))
            elsewhere = f'<https://inside.example/notes?page={following}>; rel="next"'  # as behind a proxy
            headers = {"x-next-page": str(following or ""), **({"Link": elsewhere} if following else {})}
            return Reply(data=[self.comment(note) for note in rows], headers=headers)
        if asked.method in ("POST", "PUT") and len(asked.data["body"]) > self.limit:
            told = '400 (Bad request) "Note {:note=>["is too long (maximum is 1000000 characters)"]}" not given'
            return Reply(status=400, data={"message": told})
        if asked.path == f"{project}/merge_requests/{PULL}/notes":
            return Reply(status=201, data=self.comment(self.write(ME, asked.data["body"])))
        found = re.fullmatch(rf"{project}/merge_requests/{PULL}/notes/(\d+)", asked.path)
        if found and asked.method == "PUT":
            note = self.mine(found[1])
            note.body = asked.data["body"]
            return Reply(data=self.comment(note))
        return Reply(status=404, data={"message": "404 Not found"})

    def pull(self, item: Merged) -> dict[str, Any]:
        state = "merged" if item.merged else "opened"
        return {"iid": item.pull, "state": state, "target_project_id": 31, "merge_commit_sha": item.commit}

    def forge(self, server: Server, pace: Pace, token: str = TOKEN) -> Forge:
        return GitLab(address=f"{server.address}/api/v4", project="31", token=token, pace=pace)

    def environment(self, server: Server) -> dict[str, str]:
        return {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{server.address}/api/v4",
            "CI_PROJECT_ID": "31",
            "CI_MERGE_REQUEST_IID": str(PULL),
            "CI_COMMIT_SHA": COMMIT,
            "GITLAB_TOKEN": TOKEN,
        }

    @property
    def forbidden(self) -> Reply:
        return Reply(status=403, data={"message": "403 Forbidden"})


@dataclass
class FakeAzure(Platform):
    """Azure DevOps, with the token of the build service."""

    name, token = "azure", "SYSTEM_ACCESSTOKEN"
    listing, creating = r"GET .*/pullRequests/7/threads", r"POST .*/threads"
    limit = 150_000
    git = "/acme/Team%20Two/_apis/git/repositories/3411ebc1"

    def thread(self, note: Note) -> dict[str, Any]:
        identity = {"id": "B0B5-ME" if note.author == ME else "d6245f20", "displayName": note.author}
        comment = {"id": 1, "parentCommentId": 0, "author": identity, "content": note.body, "commentType": "text"}
        reply = {"id": 2, "parentCommentId": 1, "author": {"id": "d6245f20"}, "content": "Fine", "commentType": "text"}
        gone = note.status == "deleted"
        return {"id": note.id, "comments": [comment, reply], "status": note.status, "isDeleted": gone}

    def answer(self, asked: Asked) -> Reply:  # noqa: PLR0911 - one a request
        if asked.path == "/acme/_apis/connectionData":
            return Reply(data={"authenticatedUser": {"id": "b0b5-me", "providerDisplayName": "Team Build Service"}})
        assert asked.query["api-version"] == "7.1"
        if asked.path == f"{self.git}/pullrequestquery":
            assert asked.data == {"queries": [{"type": "lastMergeCommit", "items": [COMMIT]}]}
            return Reply(data={"results": [{COMMIT: [self.pull(item) for item in self.merges]}]})
        if asked.path == f"{self.git}/pullRequests/{PULL}/threads" and asked.method == "GET":
            page = int(asked.query.get("continuationToken", "1"))
            rows, following = self.paged(Asked(**{**_fields(asked), "query": {"page": str(page)}}), self.notes, 100)
            system = {"id": 9999, "comments": [{"id": 1, "commentType": "system", "author": {"id": "b0b5-me"}}]}
            newest_first = [system, *(self.thread(note) for note in reversed(rows))]
            headers = {"x-ms-continuationtoken": str(following)} if following else {}
            return Reply(data={"value": newest_first, "count": len(newest_first)}, headers=headers)
        content = asked.data.get("content") or (asked.data.get("comments") or [{}])[0].get("content", "")
        if len(content) > self.limit:
            told = "A discussion comment cannot be longer than 150000 characters.\r\nParameter name: comment.Content"
            return Reply(status=400, data={"$id": "1", "message": told, "typeKey": "ArgumentException"})
        if asked.path == f"{self.git}/pullRequests/{PULL}/threads":
            note = self.write(ME, content)
            note.status = asked.data.get("status")
            return Reply(data=self.thread(note))
        found = re.fullmatch(rf"{self.git}/pullRequests/{PULL}/threads/(\d+)(/comments/1)?", asked.path)
        if found and asked.method == "PATCH":
            note = self.mine(found[1])
            note.body, note.status = content or note.body, asked.data.get("status", note.status)
            return Reply(data=self.thread(note))
        return Reply(status=404, data={"message": "TF401180: The requested pull request was not found."})

    def pull(self, item: Merged) -> dict[str, Any]:
        status = "completed" if item.merged else "active"
        return {"pullRequestId": item.pull, "status": status, "lastMergeCommit": {"commitId": item.commit}}

    def forge(self, server: Server, pace: Pace, token: str = TOKEN) -> Forge:
        return AzureDevOps(
            address=f"{server.address}/acme/", project="Team Two", repository="3411ebc1", token=token, pace=pace
        )

    def environment(self, server: Server) -> dict[str, str]:
        return {
            "TF_BUILD": "True",
            "SYSTEM_COLLECTIONURI": f"{server.address}/acme/",
            "SYSTEM_TEAMPROJECT": "Team Two",
            "BUILD_REPOSITORY_ID": "3411ebc1",
            "SYSTEM_PULLREQUEST_PULLREQUESTID": str(PULL),
            "BUILD_SOURCEVERSION": COMMIT,
            "SYSTEM_ACCESSTOKEN": TOKEN,
        }

    @property
    def forbidden(self) -> Reply:
        told = "TF401027: You need the Git 'PullRequestContribute' permission to perform this action."
        return Reply(status=403, data={"$id": "1", "message": told, "typeKey": "GitNeedsPermissionException"})


def _fields(asked: Asked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in ("method", "path", "query", "headers", "data")}


PLATFORMS: tuple[type[Platform], ...] = (FakeGitHub, FakeGitLab, FakeAzure)
