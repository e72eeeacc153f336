"""A workspace that was read for a question: whose problems are told, and what they keep from being planned."""

import datetime
import json
from collections.abc import Mapping

import pytest

from tenantry.engine.asking import Request
from tenantry.engine.loading import Selection
from tenantry.engine.validate import validate
from tenantry.errors import AuthorError, CallerError

GOOD = "version: 1\n"
BAD = "version: 1\nusers: {ada: {}}\n"


class Files:
    """Files in memory."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def paths(self) -> list[str]:
        return [path for path in self._files if path.startswith("tenants/")]

    def exists(self, path: str) -> bool:
        return path in self._files

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise AuthorError("There is no such file.")
        return self._files[path].encode()


def told(files: Mapping[str, str], *patterns: str, snapshots: tuple[tuple[str, bytes], ...] = ()) -> list[str]:
    """File and rule of each problem, and the tenants that could be judged."""
    request = Request(
        files=Files(files),
        now=datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC),
        selection=Selection(patterns=patterns),
        snapshots=snapshots,
    )
    validation, _ = validate(request)
    problems = [f"{item.file}: {item.rule}" for item in validation.problems]
    return [*problems, *(judged.tenant for judged in validation.tenants)]


def test_a_bad_tenant_does_not_keep_the_others_from_being_judged() -> None:
    assert told({"tenants/a.yaml": BAD, "tenants/b.yaml": GOOD}) == ["tenants/a.yaml: bad-format", "b"]


def test_problems_of_tenants_that_were_not_chosen_are_not_told() -> None:
    files = {"tenants/a.yaml": BAD, "tenants/b.yaml": GOOD, "tenants/c.yml": GOOD, "tenants/d/e/f.yaml": GOOD}
    assert told(files, "b") == ["b"]
    assert told(files, "[cd]") == ["tenants/c.yml: wrong-extension", "tenants/d/e/f.yaml: unread-file"]


def test_a_closed_folder_of_all_tenants_is_told_whatever_was_chosen() -> None:
    assert told({"tenants/": "", "tenants/b.yaml": GOOD}, "b") == ["tenants: unread-folder", "b"]


def test_a_closed_folder_of_a_tenant_keeps_it_from_being_judged() -> None:
    files = {"tenants/a/users.yaml": GOOD, "tenants/a/rosters/": "", "tenants/b.yaml": GOOD, "tenants/c/": ""}
    assert told(files) == ["tenants/a/rosters: unread-folder", "tenants/c: unread-folder", "b"]


def test_a_faulty_workspace_file_keeps_all_from_being_judged_and_hides_no_problem_of_theirs() -> None:
    files = {
        "tenantry.yaml": "version: 1\nexecutoin: portal\nprofiles: {agent: {licenses: [compnion]}}\n",
        "tenants/a.yaml": "version: 1\nusers: {ada: {}, bob@contoso.example: {profiles: [agent, other]}}\n",
        "tenants/b.yaml": GOOD,
    }
    expected = ["tenantry.yaml: unknown-key", "tenantry.yaml: unknown-license"]
    assert told(files) == [*expected, "tenants/a.yaml: bad-format"]
    assert told(files, "b") == expected


@pytest.mark.parametrize(
    "workspace", ["version: [", "version: 1\ncatalog: gone.yaml\n", "version: 1\ncatalog: bad.yaml\n"]
)
def test_where_nobody_knows_the_vocabulary_tenants_are_not_judged_by_another(workspace: str) -> None:
    files = {"tenantry.yaml": workspace, "bad.yaml": "version: 1\n", "tenants/a.yaml": BAD}
    problems = told(files)
    assert problems
    assert not [line for line in problems if line.startswith("tenants/")]


def test_two_snapshots_of_one_tenant_are_an_error_of_the_call() -> None:
    content = json.dumps({"format": "tenantry-snapshot/1", "tenant": "b"}).encode()
    with pytest.raises(CallerError, match="Two snapshots of b"):
        told({"tenants/b.yaml": GOOD}, snapshots=(("1.json", content), ("2.json", content)))


def test_a_snapshot_of_a_tenant_that_the_workspace_has_not_is_told() -> None:
    content = json.dumps({"format": "tenantry-snapshot/1", "tenant": "c"}).encode()
    assert told({"tenants/b.yaml": GOOD}, snapshots=(("1.json", content),)) == ["1.json: wrong-tenant"]
