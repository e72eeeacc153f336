"""Saved plans that were changed, cut, forged or made for something else: refused before anything is written."""

import contextlib
import copy
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.threats.threatened import ADA, CONTOSO, Workspace, resealed

from tenantry.documents.catalog import BUILTIN, builtin
from tenantry.engine.claim import claim
from tenantry.errors import PlanAgainError
from tenantry.model.digest import canonical, digest

EVE = "eve@contoso.example"
Keys = tuple[str | int, ...]
"""The way from the top of a plan's data to a value."""


def wish(workspace: Workspace, users: str, bought: int = 3) -> None:
    workspace.write(
        CONTOSO,
        f"""
version: 1
tenant: {{name: Contoso AG}}
manage: {{users: all}}
contract:
  contingency: {{contact_center: 1, companion: {bought}}}
  prices: {{companion: "2.00"}}
  currency: CHF
services: {{hotline: {{license: contact_center}}}}
users: {{{users}}}
""",
    )


def ledger_of(workspace: Workspace) -> list[str]:
    """All that a ledger holds, but for the lock that an apply takes and gives back before it has refused anything."""
    with contextlib.closing(sqlite3.connect(workspace.root / ".tenantry/ledger.db")) as reader:
        return [line for line in reader.iterdump() if not line.startswith('INSERT INTO "locks"')]


@pytest.fixture
def saved(workspace: Workspace, tmp_path: Path) -> Path:
    """A saved plan that grants, revokes, updates and tells findings, for a ledger that knows the tenant."""
    wish(workspace, f"{EVE}: {{licenses: [companion]}}, {ADA}: {{licenses: [], cost_center: '1'}}", bought=2)
    assert workspace.run("apply", "--auto-approve").code == 0
    wish(workspace, f"{ADA}: {{licenses: [companion], cost_center: '2'}}")
    file = tmp_path / "plan.json"
    assert workspace.run("plan", "--out", str(file)).code == 0
    data = json.loads(file.read_bytes())["plans"][0]
    assert [item["action"] for item in data["changes"]] == ["revoke", "grant"]
    assert len(data["updates"]) == 1
    assert data["findings"]
    assert data["cost"]
    return file


def refused(workspace: Workspace, file: Path, codes: tuple[int, ...] = (4,)) -> str:
    """What is said of a plan that must be refused, with nothing written."""
    before = ledger_of(workspace)
    said = workspace.run("apply", str(file))
    assert said.code in codes, said.all
    assert "recorded in the ledger" not in said.all
    assert ledger_of(workspace) == before
    return said.all


# bytes


def test_a_saved_plan_is_shown_as_it_was_saved(workspace: Workspace, saved: Path) -> None:
    said = workspace.run("show", str(saved), "--format", "json")
    assert said.code == 0
    assert said.out == saved.read_text(encoding="utf-8")


CHANGES: dict[str, Callable[[bytes, int], bytes]] = {
    "a bit": lambda text, at: text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :],
    "its case": lambda text, at: text[:at] + bytes([text[at] ^ 32]) + text[at + 1 :],
    "the highest bit": lambda text, at: text[:at] + bytes([text[at] ^ 128]) + text[at + 1 :],
    "gone": lambda text, at: text[:at] + text[at + 1 :],
    "a space before it": lambda text, at: text[:at] + b" " + text[at:],
    "twice": lambda text, at: text[:at] + text[at : at + 1] + text[at:],
    "the end": lambda text, at: text[:at],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_plan_of_which_any_byte_was_changed_is_no_claim(saved: Path, change: str) -> None:
    """Each byte; what `apply` looks at first refuses, and nothing but that."""
    content, catalog = saved.read_bytes(), builtin(BUILTIN[0])
    assert claim("plan.json", content, catalog)
    for at in range(len(content)):
        changed = CHANGES[change](content, at)
        try:
            claim("plan.json", changed, catalog)
        except PlanAgainError:
            continue
        assert changed == content, f"byte {at} was taken: {changed[at - 20 : at + 20]!r}"


@pytest.mark.parametrize("change", CHANGES)
def test_apply_itself_refuses_a_changed_byte_and_writes_nothing(workspace: Workspace, saved: Path, change: str) -> None:
    content, file = saved.read_bytes(), workspace.root / ".tenantry/ledger.db"
    for at in range(0, len(content), 97):
        saved.write_bytes(CHANGES[change](content, at))
        if saved.read_bytes() != content:
            before = file.read_bytes()
            assert refused(workspace, saved).startswith("error: ")
            assert file.read_bytes() == before
            assert workspace.run("show", str(saved)).code in (0, 1, 4)


@pytest.mark.parametrize("end", ["\n", " ", "\0", "\r\n", "{}", "\ufeff"])
def test_something_behind_or_before_a_plan_makes_it_another_one(workspace: Workspace, saved: Path, end: str) -> None:
    text = saved.read_text("utf-8")
    for changed in (text + end, end + text):
        saved.write_text(changed, "utf-8")
        refused(workspace, saved)


CONTENT = {
    "NaN": '{"digest": NaN}',
    "Infinity": '{"digest": "sha256:", "plans": Infinity}',
    "null": "null",
    "a number": "1",
    "empty": "",
    "an object": "{}",
    "a list": "[]",
    "of the future": '{"format": "tenantry-plan/2"}',
    "100,000 brackets": "[" * 100_000,
    "NUL": "\0",
}


@pytest.mark.parametrize("content", CONTENT.values(), ids=CONTENT)
def test_a_file_that_is_no_plan_is_refused(workspace: Workspace, saved: Path, content: str) -> None:
    saved.write_text(content, encoding="utf-8")
    assert refused(workspace, saved).startswith("error: ")
    said = workspace.run("show", str(saved))
    assert said.code == 1
    assert said.err.startswith("error: ")


@pytest.mark.parametrize("key", ["digest", "plans", "tenant", "changes"])
@pytest.mark.parametrize("value", ["x", None])
def test_a_key_that_stands_twice_is_refused(workspace: Workspace, saved: Path, key: str, value: str | None) -> None:
    """One reader may see the first of the two, and another one the last."""
    text = saved.read_text("utf-8")
    saved.write_text(text.replace(f'"{key}":', f'"{key}":{json.dumps(value)},"{key}":', 1), "utf-8")
    assert "stands twice" in refused(workspace, saved) or key == "digest"


@pytest.mark.parametrize("layout", [{"indent": 2}, {"separators": (", ", ": ")}, {"ensure_ascii": True}])
def test_a_plan_that_is_written_another_way_can_be_shown_and_not_applied(
    workspace: Workspace, saved: Path, layout: dict[str, Any]
) -> None:
    saved.write_text(json.dumps(json.loads(saved.read_bytes()), **layout), encoding="utf-8")
    assert workspace.run("show", str(saved)).code == 0
    assert "byte for byte" in refused(workspace, saved)


# values, with the digest that fits


def places(data: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every value of a plan, maps and lists included, with the way to it."""
    yield keys, data
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from places(value, (*keys, key))


def put(data: Any, keys: Keys, value: Any) -> None:
    for key in keys[:-1]:
        data = data[key]
    data[keys[-1]] = value


TOLD = {"name", "state", "verdict", "effect", "findings", "usage", "cost", "unmanaged"}
"""What a plan of a tenant tells people and doesn't ask for: apply works it out anew, whatever stands there."""
OTHER: dict[type, tuple[Any, ...]] = {
    str: ("x", "2020-01-01", "2026-02-31", f"user:{EVE}", "companion", None),
    int: (0, 999_999_999, "1", None),
    type(None): ("x", f"user:{EVE}", 0),
    list: ([], None),
    dict: ({}, None),
}


def is_told(keys: Keys) -> bool:
    return keys[0] in {"effect", "tool", "problems"} or (len(keys) > 2 and keys[2] in TOLD)


def test_every_value_that_asks_for_something_is_judged_anew(workspace: Workspace, saved: Path, tmp_path: Path) -> None:
    """An attacker gives each value others, and the digest that fits. What is only told can't change what is done."""
    honest, text = tmp_path / "honest", saved.read_text("utf-8")
    shutil.copytree(workspace.root / ".tenantry", honest)
    workspace.run("apply", str(saved))
    wanted = workspace.run("export", "contoso").out
    told = json.loads(workspace.run("show", "contoso-2", "--format", "json").out)["plans"]
    shutil.rmtree(workspace.root / ".tenantry")
    shutil.copytree(honest, workspace.root / ".tenantry")
    before, data, tried = ledger_of(workspace), json.loads(text), 0
    for keys, value in places(data):
        if not keys or keys == ("digest",):
            continue
        others = [other for other in OTHER[type(value)] if other != value]
        for other in others[:1] if is_told(keys) else others:
            tried += 1
            forged = copy.deepcopy(data)
            put(forged, keys, other)
            del forged["digest"]
            saved.write_text(canonical({**forged, "digest": digest(forged)}), "utf-8")
            said = workspace.run("apply", str(saved))
            where = f"{keys}: {value!r} → {other!r}: {said.all}"
            if said.code == 4 or (keys == ("plans",) and not other):  # a claim of nothing asks for nothing
                assert ledger_of(workspace) == before, where
                continue
            assert said.code == 0, where
            assert is_told(keys) or keys[2:] == ("as_of",), where  # an earlier day, on which files asked for the same
            assert workspace.run("export", "contoso").out == wanted, where
            shown = json.loads(workspace.run("show", "contoso-2", "--format", "json").out)["plans"]
            assert shown == told or keys[2:] == ("as_of",), where
            shutil.rmtree(workspace.root / ".tenantry")
            shutil.copytree(honest, workspace.root / ".tenantry")
    assert tried > 200


@pytest.mark.parametrize("sealed", [True, False])
def test_a_key_that_was_added_anywhere_is_refused(workspace: Workspace, saved: Path, *, sealed: bool) -> None:
    text = saved.read_text("utf-8")
    data = json.loads(text)
    for keys in [keys for keys, value in places(data) if isinstance(value, dict)]:

        def add(forged: Any, keys: Keys = keys) -> None:
            for key in keys:
                forged = forged[key]
            forged["evil"] = 1

        forged = copy.deepcopy(data)
        add(forged)
        saved.write_text(resealed(text, add) if sealed else canonical(forged), "utf-8")
        refused(workspace, saved)
        assert workspace.run("show", str(saved)).code == (1 if sealed else 4)


def test_a_key_that_was_taken_anywhere_is_refused(workspace: Workspace, saved: Path) -> None:
    text = saved.read_text("utf-8")
    for keys, _ in places(json.loads(text)):
        if not keys or isinstance(keys[-1], int):
            continue
        if keys == ("digest",):
            saved.write_text(canonical({k: v for k, v in json.loads(text).items() if k != "digest"}), "utf-8")
        else:

            def take(forged: Any, keys: Keys = keys) -> None:
                for key in keys[:-1]:
                    forged = forged[key]
                del forged[keys[-1]]

            saved.write_text(resealed(text, take), "utf-8")
        refused(workspace, saved)


@pytest.mark.parametrize("name", ["changes", "updates"])
@pytest.mark.parametrize("how", ["fewer", "twice", "turned"])
def test_changes_that_are_fewer_more_or_in_another_order_are_refused(
    workspace: Workspace, saved: Path, name: str, how: str
) -> None:
    def edit(data: dict[str, Any]) -> None:
        items = data["plans"][0][name]
        data["plans"][0][name] = {"fewer": items[1:], "twice": items + items, "turned": items[::-1]}[how]

    text = saved.read_text("utf-8")
    saved.write_text(resealed(text, edit), "utf-8")
    if saved.read_text("utf-8") == text:
        return  # of one, the order can't be turned
    refused(workspace, saved)


# made for something else


def test_a_tenant_that_stands_twice_is_applied_once(workspace: Workspace, saved: Path) -> None:
    saved.write_text(resealed(saved.read_text("utf-8"), lambda data: data["plans"].append(data["plans"][0])), "utf-8")
    said = workspace.run("apply", str(saved), "--format", "json")
    assert [item["status"] for item in json.loads(said.out)["results"]] == ["applied", "already"]


def test_a_plan_of_another_tenant_is_refused(workspace: Workspace, saved: Path) -> None:
    (workspace.root / CONTOSO).rename(workspace.root / "tenants/fabrikam.yaml")
    assert "no such tenant" in refused(workspace, saved)
    saved.write_text(resealed(saved.read_text("utf-8"), lambda data: data["plans"][0].update(tenant="fabrikam")))
    refused(workspace, saved)


def test_a_plan_of_another_ledger_is_refused(workspace: Workspace, saved: Path) -> None:
    shutil.rmtree(workspace.root / ".tenantry")
    wish(workspace, f"{EVE}: {{licenses: [companion]}}, {ADA}: {{licenses: [], cost_center: '1'}}")
    workspace.run("apply", "--auto-approve")
    wish(workspace, f"{ADA}: {{licenses: [companion], cost_center: '2'}}")
    assert "another ledger" in refused(workspace, saved)


def test_a_plan_of_an_older_revision_is_refused(workspace: Workspace, saved: Path) -> None:
    files = (workspace.root / CONTOSO).read_text("utf-8")
    wish(workspace, f"{ADA}: {{licenses: []}}")
    assert workspace.run("apply", "--auto-approve").code == 0
    wish(workspace, f"{EVE}: {{licenses: [companion]}}, {ADA}: {{licenses: [], cost_center: '1'}}")
    assert workspace.run("apply", "--auto-approve").code == 0
    (workspace.root / CONTOSO).write_text(files, "utf-8")  # the world is what it was, and two revisions ahead
    assert "to and fro by contoso-2 (apply, " in " ".join(refused(workspace, saved).split())


def test_a_plan_that_was_applied_writes_nothing_again(workspace: Workspace, saved: Path) -> None:
    assert workspace.run("apply", str(saved)).code == 0
    before = ledger_of(workspace)
    said = workspace.run("apply", str(saved))
    assert (said.code, "already applied by run contoso-2" in said.out) == (0, True)
    assert ledger_of(workspace) == before
    wish(workspace, f"{EVE}: {{licenses: [companion]}}")
    assert workspace.run("apply", "--auto-approve").code == 0
    before = ledger_of(workspace)
    assert "already applied" in workspace.run("apply", str(saved)).out
    assert ledger_of(workspace) == before


def test_no_field_of_another_plan_fits(workspace: Workspace, saved: Path) -> None:
    """A second, sound plan of the same tenant lends each of its fields to the first."""
    text = saved.read_text("utf-8")
    second = saved.with_name("second.json")
    wish(workspace, f"{EVE}: {{licenses: [companion]}}, bob@contoso.example: {{licenses: [companion]}}", bought=2)
    assert workspace.run("plan", "--as-of", "2026-01-01", "--out", str(second)).code == 0
    wish(workspace, f"{ADA}: {{licenses: [companion], cost_center: '2'}}")
    other, own = json.loads(second.read_bytes())["plans"][0], json.loads(text)["plans"][0]
    lent = [name for name in own if own[name] != other[name] and name not in TOLD and name != "summary"]
    assert set(lent) >= {"goal", "changes", "updates", "as_of"}
    for name in lent:
        if name != "as_of":  # on that day the files asked for the same
            lend = {name: other[name]}
            saved.write_text(resealed(text, lambda data, lend=lend: data["plans"][0].update(lend)), "utf-8")
            refused(workspace, saved)
    refused(workspace, second)


def test_a_plan_for_a_day_that_no_calendar_has_is_refused(workspace: Workspace, saved: Path) -> None:
    for day in ("2026-02-31", "0000-01-01", "2026-13-01", "9999-99-99"):
        text = resealed(saved.read_text("utf-8"), lambda data, day=day: data["plans"][0].update(as_of=day))
        saved.write_text(text, "utf-8")
        refused(workspace, saved)
