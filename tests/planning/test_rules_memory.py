"""Rules on what is remembered: the terms of the last apply, who was listed then, and which tenants a ledger knows."""

from typing import Any

import pytest

from tenantry.model.plan import Finding, Plan
from tenantry.planning.planner import plan
from tenantry.planning.terms import terms_of
from worlds import BOUGHT, LEDGER, in_ledger, of_rule, planned, question, told

CO, CC = "companion", "contact_center_user"
ADA, BOB, CYD = "ada@x.example", "bob@x.example", "cyd@x.example"
GUID = "00000000-0000-4000-8000-000000000001"
Data = dict[str, Any]


# terms-changed


def terms(tenant: Data, workspace: Data | None = None) -> Data:
    asked = question(tenant, {}, workspace)
    return terms_of(asked.tenant, asked.catalog, asked.policy)


def after(before: Data, tenant: Data, workspace: Data | None = None) -> Plan:
    """The plan where the last apply was made under these terms."""
    return planned(tenant, {}, workspace, **in_ledger(terms=before))


def moved(before: Data, tenant: Data, workspace: Data | None = None) -> list[str]:
    return [item.message for item in of_rule(after(before, tenant, workspace), "terms-changed")]


def contract(**said: Any) -> Data:
    return {"contract": said}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (contract(contingency={CC: 120}), contract(contingency={CC: 500}), [f"contingency {CC} 120 → 500"]),
        (contract(contingency={CC: 1}), contract(contingency={CC: "unlimited"}), [f"contingency {CC} 1 → unlimited"]),
        (contract(contingency={CC: 1}), contract(contingency={CC: 1, CO: 2}), [f"contingency {CO} none → 2"]),
        (contract(contingency={CC: 1, CO: 2}), contract(contingency={CC: 1, CO: 0}), [f"contingency {CO} 2 → none"]),
        (contract(contingency={CC: 1, CO: 2}), {}, [f"contingency {CO} 2 → none", f"contingency {CC} 1 → none"]),
        ({}, contract(contingency={}), ["contingency none → empty"]),
        (contract(contingency={}), contract(contingency={CC: 1}), [f"contingency {CC} none → 1"]),
        (contract(state="trial"), contract(state="active"), ["state trial → active"]),
        (contract(state="trial"), {}, ["state trial → none"]),
        (
            contract(valid_until="2099-12-31", currency="CHF"),
            contract(valid_until="2098-12-31", currency="EUR"),
            ["currency CHF → EUR", "valid_until 2099-12-31 → 2098-12-31"],
        ),
        (contract(prices={CO: "4.5"}), contract(prices={CO: "4.75"}), [f"prices {CO} 4.50 → 4.75"]),
        (
            {"users": {ADA: {}}},
            {"users": {ADA: {}}, "manage": {"users": "all"}},
            ["manage users listed → all"],
        ),
        ({"users": {ADA: {}}}, {}, ["manage users listed → none"]),
    ],
)
def test_each_term_of_the_files_that_moved_is_told_with_both_sides(
    before: Data, now: Data, expected: list[str]
) -> None:
    assert sorted(moved(terms(before), now)) == sorted(expected)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (
            {"guards": {"max_revocations": {"percent": 10, "count": 3}}},
            {"guards": {"max_revocations": {"percent": 20, "count": 3}}},
            ["guards max_revocations percent 10 → 20"],
        ),
        (
            {"guards": {}},
            {"guards": {"max_revocations": "off"}},
            [
                "guards max_revocations at_most 500 → none",
                "guards max_revocations count 3 → none",
                "guards max_revocations none → off",
                "guards max_revocations percent 10 → none",
            ],
        ),
        ({"guards": {}}, {"guards": {"min_holders": {CO: 2}}}, [f"guards min_holders {CO} none → 2"]),
        (
            {"guards": {"protected": [f"user:{ADA}", "service:Desk"]}},
            {"guards": {"protected": [f"user:{BOB}", "service:Desk"]}},
            [f"guards protected none → user:{BOB}", f"guards protected user:{ADA} → none"],
        ),
        ({"rules": {"companion-idle": "error"}}, {}, ["rules companion-idle error → none"]),
        ({}, {"execution": "portal"}, ["execution ledger → portal"]),
        ({}, {"tenants": {"contoso": {"hold": "wait"}}}, ["hold none → wait"]),
    ],
)
def test_each_term_of_the_workspace_that_moved_is_told_with_both_sides(
    before: Data, now: Data, expected: list[str]
) -> None:
    assert sorted(moved(terms({}, before), {}, now)) == expected


def test_another_catalog_is_told_without_its_digest() -> None:
    assert moved({**terms({}), "catalog": "sha256:0"}, {}) == ["catalog changed"]


def test_terms_that_are_as_they_were_are_not_told() -> None:
    files: Data = {**contract(contingency={CC: 120, CO: 0}), "users": {ADA: {}, BOB: {}}}
    workspace: Data = {"guards": {"protected": [f"user:{ADA}", f"user:{BOB}"]}}
    again: Data = {"guards": {"protected": [f"user:{BOB}", f"user:{ADA.title()}"], "max_revocations": {}}}
    assert moved(terms(files, workspace), {**files, **contract(contingency={CC: 120})}, again) == []


def test_where_nothing_is_remembered_no_term_has_moved() -> None:
    assert of_rule(planned(BOUGHT, {}, **in_ledger()), "terms-changed") == []


def test_a_term_of_the_contract_is_told_with_license_and_place_and_before_everything_else() -> None:
    files = {**contract(contingency={CC: 0, CO: 1}), "users": {ADA: {"licenses": [CC, CO]}}}
    answer = after({**terms(files), "contract": {"contingency": {CC: 5, "gone": 1}}}, files)
    first = answer.findings[:3]
    assert [(item.license, item.file) for item in first] == [
        (name, "tenants/contoso/0.yaml") for name in (None, CO, CC)
    ]
    assert answer.findings[3].severity == "error"
    assert all(item.severity == "info" and item.line for item in of_rule(answer, "terms-changed"))


def test_terms_that_moved_leave_the_effect_as_it_is() -> None:
    files = {**BOUGHT, "users": {ADA: {"licenses": [CO]}}}
    still, now = (after(before, files) for before in (terms(files), {}))
    assert of_rule(now, "terms-changed")
    assert (now.effect, now.basis, now.goal) == (still.effect, still.basis, still.goal)


def test_a_workspace_can_make_terms_that_move_an_error() -> None:
    workspace = {"rules": {"terms-changed": "error"}}
    answer = after(terms(contract(state="trial"), workspace), {}, workspace)
    assert (told(answer, "terms-changed"), answer.verdict) == ([("error", None, None, 1)], "rejected")


# no-longer-listed

HELD: Data = {
    "services": {"desk": {"license": "contact_center"}, "lobby": {}},
    "users": {ADA: {"licenses": [CO]}, BOB: {"licenses": [CO]}, CYD: {}},
    "virtual_users": {"bot": {"licenses": ["virtual_user"]}},
}
SPOKEN = frozenset((f"user:{ADA}", f"user:{BOB}", f"user:{CYD}", "service:lobby", "virtual_user:bot"))
LISTED: Data = {"services": {"desk": {}}, "users": {ADA: {}, BOB: {}}, "virtual_users": {"bot": {}}}


def left(files: Data, declared: frozenset[str] | None = SPOKEN, current: Data = HELD) -> list[Finding]:
    return of_rule(planned({**BOUGHT, **files}, current, **in_ledger(declared=declared)), "no-longer-listed")


def test_a_holder_that_files_named_once_and_that_holds_something_is_told() -> None:
    (found,) = left({**LISTED, "users": {ADA: {}}}, frozenset((f"user:{BOB}",)))
    assert (found.severity, found.holder, found.count) == ("warning", f"user:{BOB}", 1)
    assert "named this holder once" in found.message


def test_several_holders_are_one_finding_with_a_count_and_the_first_of_them() -> None:
    (found,) = left({"services": {"desk": {}}, "users": {CYD: {}}, "virtual_users": {"bot-2": {}}})
    assert (found.holder, found.count) == (None, 4)
    assert found.holders == ("service:lobby", f"user:{ADA}", f"user:{BOB}", "virtual_user:bot")
    assert "4 holders" in found.message


@pytest.mark.parametrize(
    "files",
    [
        {**LISTED, "services": {"lobby": {}}},  # named, be it without a word about licenses
        {**LISTED, "services": {"lobby": {"absent": True}}},
        {
            "services": {"lobby": {}},
            "users": {ADA.title(): {}, BOB: {"licenses": []}},
        },  # the section of bot is not managed
        {"users": {ADA: {}}, "manage": {"users": "all"}},
        {},
    ],
)
def test_who_is_named_and_whose_section_is_not_managed_as_listed_is_not_told(files: Data) -> None:
    assert left(files) == []


def test_who_was_never_named_or_holds_nothing_is_not_told() -> None:
    files = {"services": {"desk": {}}, "users": {ADA: {}}}
    assert left(files, frozenset((f"user:{CYD}", "service:desk"))) == []
    assert left(files, None) == []
    assert [
        item.holder for item in left(files, frozenset((f"user:{BOB}",)), {"users": {BOB.title(): {"licenses": [CO]}}})
    ]


def test_a_person_who_is_known_by_another_name_is_named_by_the_new_one() -> None:
    current = {"users": {BOB: {"licenses": [CO], "object_id": GUID}}}
    declared = frozenset((f"user:{BOB}",))
    for entry in ({"object_id": GUID}, {"previously": BOB}):
        assert left({"users": {"new@x.example": entry}}, declared, current) == []
    doubtful = {"users": {"new@x.example": {"previously": BOB, "object_id": GUID.replace("1", "2")}}}
    assert left(doubtful, declared, current) == []


# no-memory


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({}, ["moved in the contract", "left the lists"]),
        ({"terms": {}}, ["left the lists"]),
        ({"declared": frozenset()}, ["moved in the contract"]),
    ],
)
def test_a_snapshot_without_memory_says_what_can_not_be_told(known: Data, words: list[str]) -> None:
    (found,) = of_rule(planned(BOUGHT, {}, **known), "no-memory")
    assert (found.severity, found.count) == ("info", 1)
    assert [word for word in ("moved in the contract", "left the lists") if word in found.message] == words


def test_a_snapshot_with_memory_and_a_ledger_lack_nothing() -> None:
    assert of_rule(planned(BOUGHT, {}, terms={}, declared=frozenset()), "no-memory") == []
    assert of_rule(planned(BOUGHT, {}, **in_ledger()), "no-memory") == []


# ledger-missing and tenant-without-file


def missing(**known: Any) -> list[Finding]:
    return of_rule(planned(BOUGHT, **known), "ledger-missing")


def test_no_ledger_and_a_ledger_that_does_not_know_the_tenant_are_told_apart() -> None:
    assert [item.message for item in missing()] == [f"There is no ledger at {LEDGER}: every holder counts as new."]
    (found,) = missing(exists=True)
    assert found.message == f"The ledger at {LEDGER} doesn't know this tenant: every holder counts as new."
    assert missing(exists=True, found=True) == []


def test_a_tenant_that_the_ledger_does_not_know_may_be_one_of_those_without_a_file() -> None:
    (found,) = missing(exists=True, orphans=("contoso-ag", "x"))
    assert "contoso-ag, x (renamed? tenant: {previously: old-id})." in found.message


def test_tenants_without_a_file_are_one_finding_that_names_five_and_counts_all() -> None:
    names = ("a", "b", "c", "d", "e", "f", "g")
    (found,) = of_rule(planned(BOUGHT, {}, orphans=names), "tenant-without-file")
    assert (found.severity, found.count, found.holders, found.holder) == ("info", 7, (), None)
    assert found.message == "The ledger knows 7 tenants without a file: a, b, c, d, e and 2 more."
    (found,) = of_rule(planned(BOUGHT, {}, orphans=("a",)), "tenant-without-file")
    assert found.message == "The ledger knows a tenant without a file: a."
    assert of_rule(planned(BOUGHT, {}), "tenant-without-file") == []


def test_what_is_remembered_moves_neither_effect_nor_digests() -> None:
    files = {**BOUGHT, "users": {ADA: {"licenses": [CO]}}}
    known = in_ledger(terms={}, declared=frozenset((f"user:{BOB}",)))
    current = {"users": {BOB: {"licenses": [CO]}}}
    bare, full = plan(question(files, current, **in_ledger())), plan(question(files, current, orphans=("x",), **known))
    assert {item.rule for item in full.findings} - {item.rule for item in bare.findings} == {
        "no-longer-listed",
        "tenant-without-file",
        "terms-changed",
    }
    assert (bare.effect, bare.goal, bare.basis) == (full.effect, full.goal, full.basis)
