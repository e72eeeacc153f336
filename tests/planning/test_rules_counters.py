"""Units that the vendor counts and no holder is known to have: they are taken, and they are nobody's."""

from typing import Any

import pytest

from tenantry.engine.report import report_of
from tenantry.model.plan import Plan
from worlds import BOUGHT, in_ledger, moves, of_rule, planned, question, told

CO, CC = "companion", "contact_center_user"
LOW, MIDDLE, HIGH = "advanced_routing", "enterprise_routing", "contact_center"
ADA, BOB, CYD = "ada@x.example", "bob@x.example", "cyd@x.example"
Data = dict[str, Any]


def people(*held: str) -> Data:
    """People, and the ones of them who hold a Companion."""
    return {"users": {upn: {"licenses": [CO] if upn in held else []} for upn in (ADA, BOB, CYD)}}


def counted(files: Data, current: Data, limit: int = 9, workspace: Data | None = None, **more: int) -> Plan:
    contract = {"contract": {"contingency": {**BOUGHT["contract"]["contingency"], CO: limit}}}
    return planned({**contract, **files}, current, workspace, **in_ledger(unaccounted=more))


def test_what_the_vendor_counts_beyond_the_ledger_is_one_warning_a_license() -> None:
    answer = counted({}, {}, **{CO: 2, CC: 1})
    assert told(answer, "counters-disagree") == [("warning", None, CO, 2), ("warning", None, CC, 1)]
    (first, second) = of_rule(answer, "counters-disagree")
    assert first.message == "Companion: the vendor counts 2 more than the ledger; they count as assigned."
    assert second.message == "Contact Center User: the vendor counts 1 more than the ledger; it counts as assigned."
    assert "tenantry observe contoso --snapshot FILE --counters FILE." in first.hint
    assert of_rule(counted({}, {}, **{CO: 0}), "counters-disagree") == []


def test_they_count_before_at_the_peak_and_after_and_what_is_available_is_less() -> None:
    answer = counted(people(ADA, BOB), people(BOB, CYD), **{CO: 2})
    (row,) = (row for row in answer.usage if row.license == CO)
    assert (row.before, row.peak, row.after, row.unaccounted, row.available) == (4, 4, 4, 2, 5)


@pytest.mark.parametrize(("limit", "verdict"), [(3, "ready"), (2, "rejected")])
def test_a_grant_finds_no_unit_that_the_vendor_counts_as_taken(limit: int, verdict: str) -> None:
    answer = counted(people(ADA), people(), limit, **{CO: 2})
    assert answer.verdict == verdict
    expected = ["Companion: 3 would be assigned (2 of them unaccounted), 2 were bought: 1 missing."]
    assert [item.message for item in of_rule(answer, "contingency-exceeded")] == expected * (verdict == "rejected")


def test_units_that_nobody_granted_can_be_too_many() -> None:
    (found,) = of_rule(counted(people(ADA), people(ADA), 2, **{CO: 2}), "over-allocated")
    assert found.message == "Companion: 3 are assigned (2 of them unaccounted), 2 were bought: 1 too many."


def test_one_unit_is_told_as_one() -> None:
    (found,) = of_rule(counted(people(ADA), people(ADA), 0), "over-allocated")
    assert found.message == "Companion: 1 is assigned, 0 were bought: 1 too many."
    (found,) = of_rule(counted(people(ADA, BOB), people(), 1), "contingency-exceeded")
    assert found.message == "Companion: 2 would be assigned, 1 was bought: 1 missing."


def test_tiers_are_ordered_by_the_units_that_are_left() -> None:
    files = {"services": {"a": {"license": HIGH}, "b": {"license": MIDDLE}}}
    current = {"services": {"a": {"license": MIDDLE}, "b": {"license": HIGH}}}
    contract = {"contract": {"contingency": {LOW: 0, MIDDLE: 1, HIGH: 2}}}
    free = planned({**contract, **files}, current, **in_ledger())
    assert [item.step for item in free.changes] == [1, 2]
    assert moves(free) == [f"~ service:a {MIDDLE} {HIGH}", f"~ service:b {HIGH} {MIDDLE}"]
    full = planned({**contract, **files}, current, **in_ledger(unaccounted={HIGH: 1}))
    assert [item.step for item in full.changes] == [1, 1]
    portal = planned({**contract, **files}, current, {"execution": "portal"}, **in_ledger(unaccounted={HIGH: 1}))
    assert [item.severity for item in of_rule(portal, "contingency-deadlock")] == ["error"]


def test_they_cost_as_much_as_all_others() -> None:
    contract = {"contingency": {CO: 9}, "prices": {CO: "10.00"}}
    answer = planned({"contract": contract, **people(ADA)}, people(), **in_ledger(unaccounted={CO: 2, CC: 1}))
    assert answer.cost is not None
    assert (answer.cost.before, answer.cost.after, answer.cost.unpriced) == ("20.00", "30.00", (CC,))


def test_guards_count_holders_and_not_units_of_which_none_is_known() -> None:
    workspace: Data = {"guards": {"min_holders": {CO: 1}, "max_revocations": {"percent": 40, "count": 0}}}
    answer = counted(people(), people(ADA), 9, workspace, **{CO: 7})
    assert told(answer, "min-holders") == [("error", f"user:{ADA}", CO, 1)]
    assert told(answer, "max-revocations") == [("error", f"user:{ADA}", CO, 1)]
    assert "1 of 1 would be taken away" in of_rule(answer, "max-revocations")[0].message


def test_advice_knows_that_somebody_holds_what_the_vendor_counts() -> None:
    files: Data = {"services": {"s": {"license": HIGH, "assignment_type": "skill_based"}}}
    rule = "skill-based-without-agents"
    assert told(planned({**BOUGHT, **files}, {}, **in_ledger()), rule)
    assert not told(planned({**BOUGHT, **files}, {}, **in_ledger(unaccounted={CC: 1})), rule)


def test_the_basis_moves_with_them_and_nothing_is_the_same_as_none() -> None:
    none, zero, one, two = (counted({}, {}, **more).basis for more in ({}, {CO: 0}, {CO: 1}, {CO: 2}))
    assert none == zero
    assert len({none, one, two}) == 3


def test_a_report_counts_them_as_assigned_and_in_a_row_of_their_own() -> None:
    current: Data = {"users": {ADA: {"licenses": [CO], "organization_unit": "/A", "cost_center": "1"}}}
    contract = {"contract": {"contingency": {CO: 2, CC: 9}, "prices": {CO: "1.00"}}}
    told_of = report_of(question(contract, current, **in_ledger(unaccounted={CC: 1, CO: 2})))
    rows = {row.license: row for part in told_of.parts for row in part.licenses}
    assert [(rows[name].assigned, rows[name].unaccounted, rows[name].available) for name in (CO, CC)] == [
        (3, 2, -1),
        (1, 1, 8),
    ]
    for groups, value in ((told_of.organization_units, "/A"), (told_of.cost_centers, "1")):
        assert [(item.value, item.holders, item.licenses, item.unaccounted) for item in groups] == [
            (value, 1, {CO: 1}, False),
            (None, 0, {CC: 1, CO: 2}, True),
        ]
    assert told_of.cost is not None
    assert told_of.cost.used == "3.00"
    assert {item.rule for item in told_of.findings} >= {"counters-disagree", "over-allocated"}


def test_a_report_tells_the_state_and_compares_nothing_with_what_was_before() -> None:
    current: Data = {"users": {ADA: {"licenses": [CO]}}}
    known = in_ledger(terms={}, declared=frozenset((f"user:{ADA}",)), unaccounted={CC: 1})
    files = {"users": {BOB: {}}, "contract": {"contingency": {CO: 5}}}
    told_of = report_of(question(files, {**current, "contingency": {CO: 4}}, orphans=("x",), **known))
    assert [item.rule for item in told_of.findings] == ["contract-disagrees", "counters-disagree", "over-allocated"]
    assert report_of(question(files, current)).findings == ()
