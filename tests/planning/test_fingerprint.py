"""Goal, basis and effect: equal exactly when what counts is equal."""

import datetime
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tenantry.model.catalog import Catalog, Kind
from tenantry.model.labels import Labels
from tenantry.model.state import CurrentState, Holder
from tenantry.model.tenant import Entry, Source, Tenant
from tenantry.planning.bought import Bought
from tenantry.planning.fingerprint import basis_of, effect_of, goal_of
from worlds import catalog_with, planned

ADA, BOB = "ada@x.example", "bob@x.example"
CO, CC = "companion", "contact_center_user"
GUID = "00000000-0000-4000-8000-000000000001"
FILES: dict[str, Any] = {
    "tenant": {"name": "Contoso"},
    "contract": {"contingency": {CO: 9, CC: 9, "contact_center": 9, "interact_service": 9}},
    "manage": {"users": "all"},
    "profiles": {"agent": {"licenses": [CC]}},
    "services": {"s": {"license": "contact_center", "addons": ["interact_service"]}, "t": {}},
    "users": {ADA: {"profiles": ["agent"], "licenses": [CO], "cost_center": "1"}, BOB: {"licenses": []}},
    "virtual_users": {"bot": {"licenses": []}, "old": {"absent": True}},
}
CURRENT: dict[str, Any] = {
    "state": "active",
    "contingency": {CO: 8},
    "services": {"s": {"license": "contact_center"}, "t": {}},
    "users": {ADA: {"licenses": [CO], "object_id": GUID, "enabled": True}, BOB: {"licenses": [CC]}},
    "virtual_users": {"bot": {}, "old": {}},
    "in_use": [{"holder": f"user:{ADA}", "license": CO, "what": "x"}],
}
Edit = Callable[[dict[str, Any]], Any]


def digests(files: Edit | None = None, current: Edit | None = None, **more: Any) -> tuple[str, str]:
    asked, held = deepcopy(FILES), deepcopy(CURRENT)
    if files:
        files(asked)
    if current:
        current(held)
    answer = planned(asked, held, **more)
    return answer.goal, answer.basis


MEANINGFUL: list[Edit] = [
    lambda files: files["users"][ADA].update(licenses=[]),
    lambda files: files["users"][ADA].update(cost_center="2"),
    lambda files: files["users"][ADA].pop("cost_center"),
    lambda files: files["users"][ADA].update(object_id=GUID),
    lambda files: files["users"][ADA].update(previously="old@x.example"),
    lambda files: files["users"][ADA].update(until="2026-11-23"),
    lambda files: files["users"][BOB].update(licenses=[CO]),
    lambda files: files["users"].pop(BOB),
    lambda files: files["profiles"]["agent"].update(licenses=[CO]),
    lambda files: files["services"]["s"].update(license="enterprise_routing"),
    lambda files: files["services"]["s"].update(addons=[]),
    lambda files: files["services"]["s"].pop("addons"),
    lambda files: files["services"]["s"].update(assignment_type="none"),
    lambda files: files["services"].update(t={"absent": True}),
    lambda files: files["virtual_users"].update(bot={}),
    lambda files: files["virtual_users"].update(old={}),
    lambda files: files["manage"].update(users="listed"),
    lambda files: files["manage"].update(services="all"),
]


@pytest.mark.parametrize("edit", MEANINGFUL)
def test_the_goal_moves_with_what_the_files_ask_for(edit: Edit) -> None:
    goal, basis = digests(edit)
    assert goal != digests()[0]
    assert basis == digests()[1]


def test_in_a_section_that_is_all_an_entry_without_licenses_asks_for_none() -> None:
    goals = {digests(lambda files, said=said: files["users"].update({BOB: said}))[0] for said in ({}, {"licenses": []})}
    assert goals == {digests()[0]}


MEANINGLESS: list[Edit] = [
    lambda files: files["users"].update({ADA: {"licenses": [CC, CO], "cost_center": "1"}}),
    lambda files: files["users"][ADA].update(until="2026-12-23"),
    lambda files: files["users"][ADA].update({"from": "2026-11-24"}),
    lambda files: files["users"][BOB].update(licenses=[CO], without=[], until="2026-11-23"),
    lambda files: files["profiles"].update(unused={"licenses": [CO]}),
    lambda files: files.update(users=dict(reversed(files["users"].items()))),
    lambda files: files["tenant"].update(name="Other", labels={"a": "b"}),
    lambda files: files["contract"].update(valid_until="2026-12-31", prices={CO: "1.00"}),
]


@pytest.mark.parametrize("edit", MEANINGLESS)
def test_neither_goal_nor_basis_move_with_how_it_is_written(edit: Edit) -> None:
    assert digests(edit) == digests()


def test_the_goal_moves_with_what_a_second_entry_of_a_person_says() -> None:
    def goal(rows: str) -> str:
        files = {"users": {ADA: {"name": "Ada"}}, "rosters": [{"file": "r.csv"}]}
        return planned(files, {}, rosters={"r.csv": f"upn,cost_center,object_id,licenses\n{rows}\n"}).goal

    said = [f"{ADA},1,,", f"{ADA},2,,", f"{ADA},1,{GUID},", f"{ADA},1,,{CO}", ""]
    assert len({goal(rows) for rows in said}) == len(said)


def test_the_goal_is_in_the_words_of_a_catalog() -> None:
    changed = catalog_with(parts={"user": "Users"})
    assert digests(catalog=changed)[0] != digests()[0]
    assert digests(catalog=changed)[1] == digests()[1]


BASES: list[tuple[Edit | None, Edit | None]] = [
    (lambda files: files["contract"]["contingency"].update({CC: 8}), None),
    (lambda files: files["contract"].update(state="suspended"), None),
    (None, lambda held: held.update(state="lab")),
    (None, lambda held: held["contingency"].update({CO: 7})),
    (None, lambda held: held["services"]["s"].update(license="enterprise_routing")),
    (None, lambda held: held["services"]["s"].update(addons=["interact_service"])),
    (None, lambda held: held["services"]["t"].update(assignment_type="none")),
    (None, lambda held: held["users"][ADA].update(name="Ada")),
    (None, lambda held: held["users"][ADA].update(organization_unit="/x")),
    (None, lambda held: held["users"][ADA].update(cost_center="1")),
    (None, lambda held: held["users"][ADA].update(enabled=False)),
    (None, lambda held: held["users"][ADA].pop("object_id")),
    (None, lambda held: held["users"].update({"new@x.example": {}})),
    (None, lambda held: held["virtual_users"].pop("bot")),
    (None, lambda held: held["virtual_users"]["bot"].update(licenses=["virtual_user"])),
    (None, lambda held: held.update(in_use=[])),
    (None, lambda held: held.pop("in_use")),
    (None, lambda held: held["in_use"][0].update(what="y")),
]


@pytest.mark.parametrize(("files", "current"), BASES)
def test_the_basis_moves_with_the_current_state_and_the_contract(files: Edit | None, current: Edit | None) -> None:
    goal, basis = digests(files, current)
    assert basis != digests()[1]
    assert goal == digests()[0]


def test_nothing_looked_at_is_not_nothing_in_use() -> None:
    bases = {
        digests(None, lambda held: held.update(in_use=[]))[1],
        digests(None, lambda held: held.pop("in_use"))[1],
        digests()[1],
    }
    assert len(bases) == 3


def test_the_basis_does_not_move_with_the_order_of_holders() -> None:
    assert digests(None, lambda held: held.update(users=dict(reversed(held["users"].items())))) == digests()


def test_no_digest_depends_on_which_characters_a_machine_can_print() -> None:
    # U+1C89 came with Unicode 16: Python 3.14 can print it, 3.13 can't
    name = Labels(name="\u1c89")
    holder = Holder(kind="user", key=ADA, labels=name)
    current = CurrentState(tenant="contoso", backend="sqlite", holders={**NOBODY, "user": {ADA: holder}})
    said = Entry(ADA, Source("a.yaml"), 1, None, name)
    tenant = Tenant(id="contoso", name="C", file="a.yaml", entries={**NOBODY, "user": {ADA: (said,)}})
    empty = Catalog(name="own", parts=(), licenses={}, states={}, assignment_types={})
    assert (
        basis_of(current, Bought({}, "active", ()))
        == "sha256:131dd9e152c4a4c8611d854009c93a5809c319d7eb7884703295d553f3fa9693"
    )
    assert (
        goal_of(tenant, empty, datetime.date(2026, 11, 24))
        == "sha256:d49ccb8855072c860dd207ce0408859a4741c9b9fe45a8302c7e3729868f48fe"
    )


NOBODY: dict[Kind, dict[str, Any]] = {"service": {}, "user": {}, "virtual_user": {}}


def effect(
    files: Edit | None = None, current: Edit | None = None, workspace: Any = None, day: str = "2026-11-24"
) -> str:
    asked, held = deepcopy(FILES), deepcopy(CURRENT)
    if files:
        files(asked)
    if current:
        current(held)
    return planned(asked, held, workspace, day=day).effect


SAME_EFFECT: list[dict[str, Any]] = [
    {"day": "2026-11-25"},
    {"files": lambda files: files["contract"].update(prices={CO: "1.00"})},
    {"files": lambda files: files["tenant"].update(name="Other")},
    {"files": lambda files: files["users"].update({ADA: {"licenses": [CC, CO], "cost_center": "1"}})},
    {"current": lambda held: held["users"][ADA].update(enabled=False)},
    {"current": lambda held: held.update(state="lab")},
    {"workspace": {"execution": "portal"}},
]


@pytest.mark.parametrize("edit", SAME_EFFECT)
def test_the_effect_is_equal_while_the_same_would_happen(edit: dict[str, Any]) -> None:
    assert effect(**edit) == effect()


OTHER_EFFECT: list[dict[str, Any]] = [
    {"files": lambda files: files["users"][ADA].update(licenses=[])},
    {"files": lambda files: files["users"][ADA].update(cost_center="2")},
    {"files": lambda files: files["contract"]["contingency"].update({CC: 0})},
    {"current": lambda held: held.update(state="suspended")},
    {"current": lambda held: held["users"][ADA].update(licenses=[])},
    {"workspace": {"guards": {"protected": [f"user:{BOB}"]}}},
]


@pytest.mark.parametrize("edit", OTHER_EFFECT)
def test_the_effect_differs_where_something_else_would_happen(edit: dict[str, Any]) -> None:
    assert effect(**edit) != effect()


def test_a_waiver_is_part_of_the_effect() -> None:
    guards = {"guards": {"protected": [f"user:{BOB}"]}}
    waiver = {"rule": "protected-holder", "tenant": "contoso", "reason": "x", "until": "2026-12-01"}
    effects = {effect(), effect(workspace=guards), effect(workspace={**guards, "waivers": [waiver]})}
    assert len(effects) == 3
    other = effect(workspace={**guards, "waivers": [{**waiver, "reason": "y"}]})
    assert other in effects


PROTECTED, FEW = {"protected": [f"user:{BOB}"]}, {"max_revocations": {"percent": 0, "count": 0}}


def test_what_a_plan_is_rejected_for_is_part_of_the_effect() -> None:
    assert len({effect(workspace={"guards": guards}) for guards in (PROTECTED, FEW, {**PROTECTED, **FEW})}) == 3


def test_which_of_two_errors_is_waived_is_part_of_the_effect_though_the_other_rejects() -> None:
    guards = {"guards": {**PROTECTED, **FEW}}
    until = {"tenant": "contoso", "reason": "x", "until": "2026-12-01"}
    effects = {
        effect(workspace={**guards, "waivers": [{"rule": rule, **until} for rule in rules]})
        for rules in ((), ("protected-holder",), ("max-revocations",))
    }
    assert len(effects) == 3


def test_the_same_for_another_tenant_is_another_effect() -> None:
    here, there = (effect_of(tenant, (), (), "no_changes", ()) for tenant in ("contoso", "fabrikam"))
    assert here != there


def test_a_plan_bears_the_effect_of_what_it_says() -> None:
    answer = planned(FILES, CURRENT)
    said = effect_of("contoso", answer.changes, answer.updates, answer.verdict, answer.findings)
    assert answer.effect == said
