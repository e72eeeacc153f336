"""Merge requests of GitLab, wherever it runs."""

import re
from collections.abc import Iterator

from tenantry.errors import OperatorError
from tenantry.forges.http import Client, Pace, Token
from tenantry.forges.picking import at, number_at, text_at
from tenantry.forges.sticky import Comment


class GitLab:
    """The merge requests of one project."""

    lacking = (
        "GITLAB_TOKEN lacks the scope api or the role Reporter in this project, or the merge request isn't in it; "
        "make a project access token, since CI_JOB_TOKEN can't write notes."
    )

    def __init__(self, *, address: str, project: str, token: str, pace: Pace) -> None:
        """`address` is CI_API_V4_URL, `project` is CI_PROJECT_ID."""
        if re.fullmatch(r"[0-9]+", project, re.ASCII) is None:
            raise OperatorError("CI_PROJECT_ID is not a number.")
        self._client = Client(address, Token("PRIVATE-TOKEN", token, token), {"Accept": "application/json"}, pace)
        self._number, self._project = int(project), f"/projects/{project}"

    def own(self, pull: int) -> Iterator[Comment]:
        """The notes of the token's author, the oldest first."""
        me = number_at(self._client.get("/user"), "id")
        if me is None:
            raise OperatorError(f"{self._client.host} doesn't tell whose token this is.")
        for item in self._client.pages(self._path(pull), per_page="100", order_by="created_at", sort="asc"):
            number = number_at(item, "id")
            if number is not None and number_at(item, "author", "id") == me and at(item, "system") is not True:
                yield Comment(handle=number, body=text_at(item, "body"), where=_where(pull, number))

    def create(self, pull: int, body: str, *, active: bool | None) -> Comment:  # noqa: ARG002 - notes aren't resolved
        """Write a note."""
        made = self._client.send("POST", self._path(pull), {"body": body}, again=False)
        number = number_at(made, "id")
        return Comment(handle=number, body=body, where=_where(pull, number))

    def update(self, pull: int, comment: Comment, body: str, *, active: bool | None) -> None:  # noqa: ARG002 - as above
        """Write a note anew."""
        self._client.send("PUT", f"{self._path(pull)}/{comment.handle}", {"body": body}, again=True)

    def merged_as(self, commit: str) -> Iterator[int]:
        """The merge requests whose merge made this commit: a merge, a squash, or, fast-forward, its last commit."""
        for item in self._client.pages(f"{self._project}/repository/commits/{commit}/merge_requests", per_page="100"):
            number = number_at(item, "iid")
            made = text_at(item, "merge_commit_sha") or text_at(item, "squash_commit_sha") or text_at(item, "sha")
            here = number_at(item, "target_project_id") in (None, self._number)
            if number is not None and here and text_at(item, "state") == "merged" and made == commit:
                yield number

    def _path(self, pull: int) -> str:
        return f"{self._project}/merge_requests/{pull}/notes"


def _where(pull: int, number: int | None) -> str:
    return f"merge request !{pull}, note {number}"
