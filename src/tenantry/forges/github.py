"""Pull requests of GitHub, and of GitHub Enterprise Server."""

import re
from collections.abc import Iterator
from typing import Any

from tenantry.errors import OperatorError
from tenantry.forges.http import AnswerError, Client, Pace, Token
from tenantry.forges.picking import at, number_at, text_at
from tenantry.forges.sticky import Comment

_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_WORKFLOW = "github-actions[bot]"
"""Who the token of a workflow is."""


class GitHub:
    """The pull requests of one repository."""

    lacking = (
        "The token lacks the permission pull-requests: write (a pull request from a fork or of Dependabot never gets "
        "it), or the pull request isn't in this repository."
    )

    def __init__(self, *, address: str, repository: str, token: str, pace: Pace) -> None:
        """`address` is GITHUB_API_URL, `repository` is owner/name."""
        if re.fullmatch(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", repository, re.ASCII) is None:
            raise OperatorError("GITHUB_REPOSITORY is not like owner/name.")
        secret = Token("Authorization", f"Bearer {token}", token)
        self._client = Client(address, secret, _HEADERS, pace)
        # beside /api/v3 on a server of one's own, below the address at github.com
        self._graph = Client(address.rstrip("/").removesuffix("/v3"), secret, _HEADERS, pace)
        self._repository = f"/repos/{repository}"

    def own(self, pull: int) -> Iterator[Comment]:
        """The comments of the token's author, the oldest first."""
        me = self._me()
        for item in self._client.pages(self._path(pull), per_page="100"):
            number = number_at(item, "id")
            if number is not None and _is(at(item, "user"), me):
                yield Comment(handle=number, body=text_at(item, "body"), where=_where(pull, item))

    def create(self, pull: int, body: str, *, active: bool | None) -> Comment:  # noqa: ARG002 - comments aren't resolved here
        """Write a comment."""
        made = self._client.send("POST", self._path(pull), {"body": body}, again=False)
        return Comment(handle=number_at(made, "id"), body=body, where=_where(pull, made))

    def update(self, pull: int, comment: Comment, body: str, *, active: bool | None) -> None:  # noqa: ARG002 - as above
        """Write a comment anew."""
        self._client.send("PATCH", f"{self._repository}/issues/comments/{comment.handle}", {"body": body}, again=True)

    def merged_as(self, commit: str) -> Iterator[int]:
        """The pull requests whose merge made this commit."""
        for item in self._client.pages(f"{self._repository}/commits/{commit}/pulls", per_page="100"):
            number = number_at(item, "number")
            if number is not None and text_at(item, "merged_at") and text_at(item, "merge_commit_sha") == commit:
                yield number

    def _path(self, pull: int) -> str:
        return f"{self._repository}/issues/{pull}/comments"

    def _me(self) -> str | None:
        """The login of the token's author; None where the server doesn't tell.

        The REST interface refuses to tell it to the token of a workflow or of an app; the other one tells it to all.
        """
        try:
            told = self._graph.send("POST", "/graphql", {"query": "{viewer{login}}"}, again=True)
        except AnswerError:
            return None
        return text_at(told, "data", "viewer", "login") or None


def _is(user: Any, me: str | None) -> bool:
    if me is None:
        return text_at(user, "login") == _WORKFLOW and text_at(user, "type") == "Bot"
    return text_at(user, "login") == me


def _where(pull: int, comment: Any) -> str:
    return text_at(comment, "html_url") or f"pull request {pull}"
