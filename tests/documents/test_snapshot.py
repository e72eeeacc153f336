"""Snapshots: the current state of a tenant in the words of a tenant file."""

import json
import time
from typing import Any

import pytest
from tenant_samples import CATALOG, GUID, rules_of, told

from tenantry.documents.check import check
from tenantry.documents.json import read_json
from tenantry.documents.snapshot import read_snapshot
from tenantry.model.labels import Labels
from tenantry.model.state import CurrentState, InUse

FILE = "state.json"
ADA = "ada@contoso.example"


def problems(text: str, **sections: Any) -> tuple[CurrentState | None, list[str]]:
    """What a snapshot tells, and what is wrong with it."""
    written = text or json.dumps({"format": "tenantry-snapshot/1", "tenant": "contoso", **sections})
    document, found = read_json(FILE, written.encode())
    assert document is not None
    found = found or check(document, "snapshot", CATALOG)
    if found:
        return None, told(found)
    state, found = read_snapshot(document, CATALOG)
    return state, told(found)


def state_of(**sections: Any) -> CurrentState:
    state, found = problems("", **sections)
    assert not found
    assert state is not None
    return state


def test_everything_but_format_and_tenant_may_be_absent() -> None:
    assert state_of() == CurrentState(tenant="contoso", backend="snapshot", where=FILE)
    assert state_of().in_use is None
    _, found = problems("{}")
    assert rules_of(found) == ["missing-key", "missing-key"]


def test_state_and_contingency_are_what_was_observed() -> None:
    state = state_of(state="trial", contingency={"companion": 10, "interact": "unlimited"}, in_use=[])
    assert (state.state, state.contingency, state.in_use) == ("trial", {"companion": 10, "interact": "unlimited"}, ())


def test_what_an_export_remembers_is_read_and_absence_is_not_nothing() -> None:
    assert (state_of().terms, state_of().declared) == (None, None)
    state = state_of(terms={}, declared=[])
    assert (state.terms, state.declared) == ({}, frozenset())
    declared = [f"user:{ADA.upper()}", f"user:{ADA}", "service:Desk"]
    terms = {"contract": {"contingency": {"gone": 1, "companion": "unlimited"}}, "execution": "portal"}
    state = state_of(terms=terms, declared=declared)
    assert (state.terms, state.declared) == (terms, frozenset((f"user:{ADA}", "service:Desk")))


@pytest.mark.parametrize(
    ("sections", "rules"),
    [
        ({"terms": {"prices": {}}}, ["unknown-key"]),
        ({"terms": {"contract": {"prices": {"companion": 1}}}}, ["wrong-type"]),
        ({"terms": []}, ["wrong-type"]),
        ({"declared": ["ada"]}, ["bad-format"]),
    ],
)
def test_what_no_export_writes_is_refused(sections: dict[str, Any], rules: list[str]) -> None:
    assert rules_of(problems("", **sections)[1]) == rules


def test_a_service_without_a_license_has_the_default_tier() -> None:
    services = {
        "a": {},
        "b": {"license": "contact_center", "addons": ["interact_service"]},
        "c": {"addons": ["interact_service"]},
    }
    holders = state_of(services=services).holders["service"]
    assert {key: sorted(holder.licenses) for key, holder in holders.items()} == {
        "a": ["advanced_routing"],
        "b": ["contact_center", "interact_service"],
        "c": ["advanced_routing", "interact_service"],
    }


def test_absent_licenses_are_none_and_absent_labels_are_not_told() -> None:
    state = state_of(users={ADA: {}}, virtual_users={"bot": {"licenses": []}})
    ada = state.holders["user"][ADA]
    assert (ada.licenses, ada.labels, ada.object_id, ada.enabled) == (frozenset(), Labels(), None, None)
    assert state.holders["virtual_user"]["bot"].licenses == frozenset()


def test_every_key_of_a_holder_is_read() -> None:
    body = {
        "name": "Ada",
        "licenses": ["companion"],
        "object_id": GUID.upper(),
        "enabled": False,
        "organization_unit": "/A",
        "cost_center": "4711",
    }
    ada = state_of(users={"Ada@contoso.example": body}).holders["user"][ADA]
    assert (ada.key, ada.id) == ("Ada@contoso.example", "user:Ada@contoso.example")
    assert (ada.labels, ada.object_id, ada.enabled) == (Labels("Ada", "/A", "4711", None), GUID, False)
    assert ada.licenses == frozenset({"companion"})
    desk = state_of(services={"desk": {"assignment_type": "skill_based"}}).holders["service"]["desk"]
    assert desk.labels.assignment_type == "skill_based"


def test_what_is_in_use_is_read() -> None:
    used = {"holder": f"user:{ADA}", "license": "contact_center_user", "what": "2 responsibility profiles"}
    assert state_of(in_use=[used]).in_use == (InUse(**used),)


def test_a_person_that_stands_twice_but_for_case_is_told() -> None:
    _, found = problems(
        '{"format": "tenantry-snapshot/1", "tenant": "contoso",\n'
        f' "users": {{"{ADA}": {{}},\n  "ADA@contoso.example": {{}}}}}}'
    )
    assert found == [f"{FILE}:3:3: holder-twice: user:ADA@contoso.example stands in this snapshot already, as {ADA}."]
    assert len(state_of(services={"Desk": {}, "desk": {}}).holders["service"]) == 2


@pytest.mark.parametrize(
    ("sections", "rule"),
    [
        ({"users": {ADA: {"licenses": ["compnion"]}}}, "unknown-license"),
        ({"users": {ADA: {"licenses": ["virtual_user"]}}}, "wrong-holder"),
        ({"services": {"desk": {"license": "interact_service"}}}, "wrong-holder"),
        ({"contingency": {"compnion": 1}}, "unknown-license"),
        ({"contingency": {"companion": -1}}, "out-of-range"),
        ({"state": "actve"}, "unknown-name"),
        ({"users": {"\u0430da@contoso.example": {}}}, "bad-format"),
        ({"users": {ADA: {"previously": ADA}}}, "unknown-key"),
        ({"in_use": [{"holder": ADA, "license": "companion", "what": "x"}]}, "bad-format"),
        ({"in_use": [{"holder": f"user:{ADA}", "license": "x", "what": "x"}]}, "unknown-license"),
        ({"tenant": "../etc"}, "bad-format"),
        ({"format": "tenantry-snapshot/2"}, "wrong-value"),
        ({"holders": {}}, "unknown-key"),
    ],
)
def test_a_snapshot_is_judged_by_its_schema(sections: dict[str, Any], rule: str) -> None:
    _, found = problems("", **sections)
    assert rules_of(found) == [rule]


def test_very_many_doubles_cost_bearable_time() -> None:
    users = {f"{name}{at}@contoso.example": {} for name in ("user", "USER") for at in range(3000)}
    began = time.perf_counter()
    _, found = problems("", users=users)
    assert len(found) == 3000
    assert time.perf_counter() - began < 3
