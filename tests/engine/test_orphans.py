"""Tenants of a ledger under another name than that of their files: carried over, or told."""

import datetime
from dataclasses import dataclass, replace

import pytest

from tenantry.backends.backend import Backend
from tenantry.engine.asking import Request, ask, question
from tenantry.engine.loading import Selection
from tenantry.model.plan import Finding
from tenantry.model.state import CurrentState
from tenantry.planning.planner import Question
from worlds import Folder

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
PLAIN = "version: 1\n"
RENAMED = "version: 1\ntenant: {previously: old}\n"


@dataclass(frozen=True)
class Recorded:
    """A backend that knows these tenants."""

    names: tuple[str, ...]

    def for_worker(self) -> "Recorded":
        return self

    def tenants(self) -> tuple[str, ...]:
        return tuple(sorted(self.names))

    def knows(self, tenant: str) -> bool:
        return tenant in self.names

    def read(self, tenant: str) -> CurrentState:
        found = tenant in self.names
        return CurrentState(
            tenant=tenant, backend="sqlite", found=found, lineage=f"of {tenant}" if found else None, revision=7 * found
        )


def request(files: dict[str, str], *recorded: str, chosen: tuple[str, ...] = ()) -> Request:
    def opened(_: str) -> Backend:
        return Recorded(recorded)

    return Request(
        files=Folder({f"tenants/{name}.yaml": text for name, text in files.items()}),
        now=NOON,
        backend=opened,
        selection=Selection(patterns=chosen),
    )


def asked(files: dict[str, str], tenant: str, *recorded: str) -> tuple[Question | None, list[Finding]]:
    return question(ask(request(files, *recorded)), tenant)


def known(files: dict[str, str], tenant: str, *recorded: str) -> CurrentState:
    found, problems = asked(files, tenant, *recorded)
    assert found is not None, problems
    return found.current


def orphans(files: dict[str, str], *recorded: str, chosen: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """What the question about each chosen tenant tells, where it tells anything."""
    of_all = ask(request(files, *recorded, chosen=chosen))
    found = {name: question(of_all, name)[0] for name in of_all.tenants}
    return {name: item.orphans for name, item in found.items() if item is not None and item.orphans}


def test_a_renamed_tenant_is_known_by_its_former_id_until_the_ledger_knows_the_new_one() -> None:
    before = known({"new": RENAMED}, "new", "old")
    assert (before.tenant, before.found, before.lineage, before.revision) == ("old", True, "of old", 7)
    assert known({"new": RENAMED}, "new", "old", "new").lineage == "of new"
    unknown = known({"new": RENAMED}, "new", "other")
    assert (unknown.tenant, unknown.found) == ("new", False)


@pytest.mark.parametrize(
    ("former", "place", "word"),
    [("new", "2:22", "own id"), ("other", "2:22", "has files of its own")],
)
def test_a_former_id_that_a_tenant_bears_is_a_problem_at_its_place(former: str, place: str, word: str) -> None:
    files = {"new": f"version: 1\ntenant: {{previously: {former}}}\n", "other": PLAIN}
    found, problems = asked(files, "new", "old")
    assert found is None
    assert [(item.rule, f"{item.line}:{item.column}", item.tenant) for item in problems] == [
        ("previously-exists", place, "new")
    ]
    assert word in problems[0].message
    assert asked(files, "other", "old")[1] == []


def test_a_former_id_that_is_none_is_told_where_it_stands() -> None:
    _, problems = asked({"new": "version: 1\ntenant: {previously: Old AG}\n"}, "new")
    assert [(item.rule, item.line) for item in problems] == [("bad-format", 2)]


def test_tenants_of_the_ledger_without_a_file_are_told_with_those_that_it_does_not_know() -> None:
    files = {"a": PLAIN, "b": PLAIN, "c": PLAIN}
    assert orphans(files, "a", "x", "y") == {"b": ("x", "y"), "c": ("x", "y")}
    assert orphans(files, "a", "x", chosen=("b",)) == {"b": ("x",)}


def test_where_the_ledger_knows_all_the_first_tenant_tells_of_those_without_a_file() -> None:
    files = {"a": PLAIN, "b": PLAIN}
    assert orphans(files, "a", "b", "x") == {"a": ("x",)}
    assert orphans(files, "a", "b", "x", chosen=("b",)) == {"b": ("x",)}
    assert orphans(files, "a", "b") == {}


def test_a_tenant_that_says_its_former_id_leaves_nobody_without_a_file() -> None:
    assert orphans({"a": PLAIN, "new": RENAMED}, "a", "old") == {}
    assert orphans({"a": PLAIN, "new": RENAMED}, "a", "old", "x") == {"a": ("x",)}
    assert orphans({"a": PLAIN, "new": RENAMED}, "a", "old", chosen=("a",)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\nusers: {ada@x.example: {previously: old@x.example}}\n",
        "version: 1\ntenant: {name: previously old}\n",
        "# previously: old\n- old\n",
        "previously: [old\n",
        "tenant: {previously: [old]}\n",
        "tenant: previously old\n",
    ],
)
def test_only_the_key_of_the_tenant_says_a_former_id(text: str) -> None:
    assert orphans({"a": PLAIN, "b": text}, "a", "b", "old", chosen=("a",)) == {"a": ("old",)}


def test_a_file_that_can_not_be_read_says_no_former_id() -> None:
    class Closed(Folder):
        def paths(self) -> list[str]:
            return [*super().paths(), "tenants/b.yaml"]

    asked_for = request({"a": PLAIN}, "a", "old", chosen=("a",))
    files = Closed({"tenants/a.yaml": PLAIN})
    assert ask(replace(asked_for, files=files)).orphans == {"a": ("old",)}


def test_a_snapshot_says_nothing_of_tenants_without_a_file() -> None:
    snapshot = b'{"format": "tenantry-snapshot/1", "tenant": "a"}'
    of_all = ask(replace(request({"a": PLAIN}, "x"), snapshots=(("now.json", snapshot),)))
    found, _ = question(of_all, "a")
    assert found is not None
    assert found.orphans == ()
