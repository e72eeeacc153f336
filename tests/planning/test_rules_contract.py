"""Rules on the tenant's state, the end of its contract, and what can't be known yet."""

from typing import Any

import pytest

from worlds import BOUGHT, catalog_with, of_rule, planned, told

CO = "companion"
NOTHING: dict[str, Any] = {"users": {"ada@x.example": {"licenses": [CO]}}}
GRANT: dict[str, Any] = {"users": {"ada@x.example": {"licenses": [CO, "assistant"]}}}
LABEL: dict[str, Any] = {"users": {"ada@x.example": {"licenses": [CO], "name": "Ada"}}}
TYPE: dict[str, Any] = {"services": {"s": {"assignment_type": "ms_teams_based"}}}
LABEL_OF_SERVICE: dict[str, Any] = {"services": {"s": {"name": "S"}}}
CURRENT: dict[str, Any] = {"users": {"ada@x.example": {"licenses": [CO]}}, "services": {"s": {}}}


def in_state(state: str, files: dict[str, Any], **contract: Any) -> Any:
    return planned({**files, "contract": {**BOUGHT["contract"], "state": state, **contract}}, CURRENT)


@pytest.mark.parametrize("state", ["suspended", "expired", "canceled"])
@pytest.mark.parametrize(
    ("files", "severity", "verdict"),
    [
        (NOTHING, "warning", "no_changes"),
        (GRANT, "error", "rejected"),
        (LABEL, "warning", "ready"),
        (LABEL_OF_SERVICE, "warning", "ready"),
        (TYPE, "error", "rejected"),
    ],
)
def test_a_state_that_allows_nothing_rejects_changes_and_assignment_types_and_lets_labels_pass(
    state: str, files: dict[str, Any], severity: str, verdict: str
) -> None:
    answer = in_state(state, files)
    assert told(answer, "state-forbids-changes") == [(severity, None, None, 1)]
    assert answer.verdict == verdict


def test_a_state_that_forbids_counts_what_can_not_be_applied_and_says_what_it_does() -> None:
    files = {**TYPE, "users": {"ada@x.example": {"licenses": []}, "bob@x.example": {"licenses": [CO]}}}
    (found,) = of_rule(in_state("suspended", files), "state-forbids-changes")
    assert found.count == 3
    assert " 2 changes and 1 update can't be applied." in found.message
    assert "1 change " in of_rule(in_state("suspended", GRANT), "state-forbids-changes")[0].message
    assert "All users are locked out" in found.message


@pytest.mark.parametrize(("state", "rule"), [("trial", "state-trial"), ("lab", "state-lab"), ("active", None)])
def test_a_state_worth_a_word_gets_one_and_lets_changes_pass(state: str, rule: str | None) -> None:
    answer = in_state(state, GRANT)
    assert [(item.rule, item.severity) for item in answer.findings if item.rule.startswith("state")] == (
        [(rule, "info")] if rule else []
    )
    assert answer.verdict == "ready"


@pytest.mark.parametrize(
    ("files", "last", "expected"),
    [
        (GRANT, "2026-11-23", ["error"]),
        (GRANT, "2026-11-24", []),
        (GRANT, "2026-11-25", []),
        (NOTHING, "2026-11-23", ["warning"]),
        (LABEL, "2026-11-23", ["warning"]),
        (NOTHING, "2026-11-24", []),
    ],
)
def test_after_the_last_day_of_the_contract_changes_are_rejected(
    files: dict[str, Any], last: str, expected: list[str]
) -> None:
    assert [item[0] for item in told(in_state("active", files, valid_until=last), "contract-ended")] == expected


@pytest.mark.parametrize(("today", "expected"), [("2026-11-25", []), ("2026-11-26", ["error"])])
def test_the_contract_is_over_by_the_day_on_which_it_is_asked_not_by_that_of_the_plan(
    today: str, expected: list[str]
) -> None:
    files = {**GRANT, "contract": {**BOUGHT["contract"], "valid_until": "2026-11-25"}}
    assert [item[0] for item in told(planned(files, CURRENT, today=today), "contract-ended")] == expected


def test_a_catalog_can_have_states_of_its_own_and_none_of_its_names_weakens_a_rule() -> None:
    own = catalog_with(
        states={
            "frozen": {"label": "Frozen", "effect": "Ice.", "changes": "forbidden"},
            "party": {"label": "Party", "effect": "Cake.", "changes": "allowed", "notice": "contingency-exceeded"},
        }
    )
    files = {"contract": {"state": "frozen", "contingency": {CO: 1}}, "users": {"ada@x.example": {"licenses": [CO]}}}
    assert [item[0] for item in told(planned(files, {}, catalog=own), "state-forbids-changes")] == ["error"]
    files["contract"] = {"state": "party", "contingency": {CO: 0}}
    answer = planned(files, {}, catalog=own)
    assert [item[0] for item in told(answer, "contingency-exceeded")] == ["error", "info"]
    assert answer.verdict == "rejected"


def test_without_a_ledger_every_holder_counts_as_new_and_this_is_said_first() -> None:
    answer = planned({**NOTHING, **BOUGHT})
    assert told(answer, "ledger-missing") == [("warning", None, None, 1)]
    assert answer.findings[0].rule == "ledger-missing"
    assert (answer.lineage, answer.revision, answer.verdict) == (None, 0, "ready")
    assert told(planned({**NOTHING, **BOUGHT}, {}), "ledger-missing") == []


def test_a_snapshot_has_no_memory_of_what_files_said() -> None:
    assert told(planned({**NOTHING, **BOUGHT}, {}), "no-memory") == [("info", None, None, 1)]
    assert told(planned(BOUGHT, {}), "no-memory") == [("info", None, None, 1)]
    assert told(planned({**NOTHING, **BOUGHT}), "no-memory") == []


def test_a_tenant_on_hold_says_so_and_is_planned_all_the_same() -> None:
    answer = planned({**NOTHING, **BOUGHT}, {}, {"tenants": {"contoso": {"hold": "until the merger"}}})
    assert told(answer, "tenant-held") == [("info", None, None, 1)]
    assert "until the merger" in (answer.held or "")
    assert answer.verdict == "ready"
    assert planned({**NOTHING, **BOUGHT}, {}).held is None
