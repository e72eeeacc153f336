"""Pull requests of Azure DevOps: a comment is a thread, which is open or closed."""

import base64
import re
import urllib.parse
from collections.abc import Iterator
from typing import Any

from tenantry.errors import OperatorError
from tenantry.forges.http import Client, Pace, Token
from tenantry.forges.picking import at, number_at, text_at
from tenantry.forges.sticky import Comment

_VERSION = {"api-version": "7.1"}
_HEADERS = {
    "Accept": "application/json",
    "X-TFS-FedAuthRedirect": "Suppress",  # answer 401, and don't lead to a page to sign in at
}


class AzureDevOps:
    """The pull requests of one repository."""

    lacking = (
        "The build service lacks the permission Contribute to pull requests: Project settings, Repositories, Security "
        "(with it absent Azure DevOps says TF401027), or the pull request isn't in this repository."
    )

    def __init__(self, *, address: str, project: str, repository: str, token: str, pace: Pace) -> None:
        """`address` is SYSTEM_COLLECTIONURI; a project has a name or an id, a repository an id."""
        if not project or not repository:
            raise OperatorError("SYSTEM_TEAMPROJECT or BUILD_REPOSITORY_ID is empty.")
        self._client = Client(address, _token(token), _HEADERS, pace)
        names = (urllib.parse.quote(name, safe="") for name in (project, repository))
        self._git = "/{}/_apis/git/repositories/{}".format(*names)

    def own(self, pull: int) -> Iterator[Comment]:
        """The threads that the token's author began, the oldest first."""
        me = text_at(self._client.get("/_apis/connectionData"), "authenticatedUser", "id")
        if not me:
            raise OperatorError(f"{self._client.host} doesn't tell whose token this is.")
        for thread in sorted(self._threads(pull), key=lambda item: number_at(item, "id") or 0):
            number, first = number_at(thread, "id"), _first(thread)
            comment = number_at(first, "id")
            if number is None or comment is None or text_at(first, "author", "id").lower() != me.lower():
                continue
            if at(thread, "isDeleted") is not True and at(first, "isDeleted") is not True:
                body = text_at(first, "content")
                yield Comment(handle=(number, comment), body=body, where=_where(pull, number))

    def create(self, pull: int, body: str, *, active: bool | None) -> Comment:
        """Begin a thread, open if it is active and closed if it isn't."""
        comment = {"parentCommentId": 0, "content": body, "commentType": "text"}
        data = {"comments": [comment], **_status(active=active)}
        made = self._client.send("POST", self._path(pull), data, again=False, **_VERSION)
        number = number_at(made, "id")
        return Comment(handle=(number, number_at(_first(made), "id")), body=body, where=_where(pull, number))

    def update(self, pull: int, comment: Comment, body: str, *, active: bool | None) -> None:
        """Write the comment of a thread anew, then open or close the thread."""
        thread, number = comment.handle
        path = f"{self._path(pull)}/{thread}"
        self._client.send("PATCH", f"{path}/comments/{number}", {"content": body}, again=True, **_VERSION)
        if active is not None:
            self._client.send("PATCH", path, _status(active=active), again=True, **_VERSION)

    def merged_as(self, commit: str) -> Iterator[int]:
        """The completed pull requests whose merge made this commit."""
        query = {"queries": [{"type": "lastMergeCommit", "items": [commit]}]}
        found = self._client.send("POST", f"{self._git}/pullrequestquery", query, again=True, **_VERSION)
        numbers = set[int]()
        for item in _pulls(at(found, "results"), commit):
            number = number_at(item, "pullRequestId")
            made = text_at(item, "lastMergeCommit", "commitId") or commit  # the query has compared it
            if number is not None and text_at(item, "status") == "completed" and made == commit:
                numbers.add(number)
        yield from numbers

    def _threads(self, pull: int) -> Iterator[dict[str, Any]]:
        return self._client.pages(self._path(pull), "value", **_VERSION)

    def _path(self, pull: int) -> str:
        return f"{self._git}/pullRequests/{pull}/threads"


def _token(token: str) -> Token:
    """A pipeline's own token is a JSON web token; a person's is given as a password."""
    if re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII):
        return Token("Authorization", f"Bearer {token}", token)
    basic = base64.b64encode(f":{token}".encode()).decode()
    return Token("Authorization", f"Basic {basic}", token)


def _first(thread: Any) -> Any:
    """The comment that began a thread; None where there is none."""
    comments = at(thread, "comments")
    return comments[0] if isinstance(comments, list) and comments else None


def _pulls(results: Any, commit: str) -> Iterator[Any]:
    for result in results if isinstance(results, list) else ():
        found = at(result, commit)
        yield from found if isinstance(found, list) else ()


def _status(*, active: bool | None) -> dict[str, str]:
    return {} if active is None else {"status": "active" if active else "closed"}


def _where(pull: int, number: int | None) -> str:
    return f"pull request {pull}, thread {number}"
