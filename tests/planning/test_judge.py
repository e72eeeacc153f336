"""From findings to a verdict: severities that move, waivers, and the order in which findings are told."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from tenantry.model.plan import Plan
from tenantry.model.policy import Policy, Waiver
from tenantry.planning.judge import waivable
from tenantry.planning.planner import plan
from tenantry.planning.rules.table import rules
from worlds import BOUGHT, NIMBUS, moves, of_rule, planned, question, told

CO, CC = "companion", "contact_center_user"
LOW, MIDDLE, HIGH = "advanced_routing", "enterprise_routing", "contact_center"
ADDON = "interact_service"
TODAY = datetime.date(2026, 11, 24)
ADA = "user:ada@x.example"

IDLE: tuple[dict[str, Any], dict[str, Any]] = (
    {**BOUGHT, "users": {"ada@x.example": {"licenses": [CO]}}},
    {"services": {"s": {}}},
)
"""Companion where no service makes use of it: companion-idle, adjustable."""


@pytest.mark.parametrize(
    ("severity", "expected", "verdict"),
    [
        ("off", [], "ready"),
        ("info", ["info"], "ready"),
        ("warning", ["warning"], "ready"),
        ("error", ["error"], "rejected"),
        (None, ["warning"], "ready"),
    ],
)
def test_the_severity_of_an_adjustable_rule_moves(severity: str | None, expected: list[str], verdict: str) -> None:
    answer = planned(*IDLE, {"rules": {"companion-idle": severity}} if severity else {})
    assert [item[0] for item in told(answer, "companion-idle")] == expected
    assert answer.verdict == verdict
    assert answer.count("error") == (verdict == "rejected")


def addon(tier: str, workspace: dict[str, Any]) -> Plan:
    return planned({**BOUGHT, "services": {"s": {"license": tier, "addons": [ADDON]}}}, {}, workspace)


@pytest.mark.parametrize(
    ("severity", "low", "middle"),
    [("off", ["error"], []), ("info", ["error"], ["info"]), ("error", ["error"], ["error"])],
)
def test_of_a_rule_with_an_error_and_a_warning_only_the_warning_moves(
    severity: str, low: list[str], middle: list[str]
) -> None:
    for tier, expected in ((LOW, low), (MIDDLE, middle)):
        answer = addon(tier, {"rules": {"needs-tier": severity}})
        assert [item[0] for item in told(answer, "needs-tier")] == expected


def waiver(rule: str, until: str = "2026-12-24", **more: Any) -> dict[str, Any]:
    return {"rule": rule, "tenant": "contoso", "reason": "ticket 1", "until": until, **more}


def test_an_error_that_was_raised_can_be_waived_and_one_that_was_born_can_not() -> None:
    workspace = {"rules": {"needs-tier": "error"}, "waivers": [waiver("needs-tier")]}
    raised, born = addon(MIDDLE, workspace), addon(LOW, workspace)
    assert (raised.verdict, born.verdict) == ("ready", "rejected")
    assert [item.waived for item in of_rule(raised, "needs-tier")] == ["ticket 1"]
    assert [item.waived for item in of_rule(born, "needs-tier")] == [None]
    assert told(born, "waiver-unneeded") == [("info", None, None, 1)]


def protected(*waivers: dict[str, Any], **more: Any) -> Plan:
    """Two protected people lose a license each."""
    names = ("ada@x.example", "bob@x.example")
    files = {**BOUGHT, "users": {upn: {"licenses": []} for upn in names}}
    current = {"users": {"ada@x.example": {"licenses": [CO]}, "bob@x.example": {"licenses": [CC]}}}
    workspace = {"guards": {"protected": [f"user:{upn}" for upn in names]}, "waivers": list(waivers)}
    return planned(files, current, workspace, **more)


WAIVERS: list[tuple[list[dict[str, Any]], list[str], list[str]]] = [
    # the waivers, the licenses whose findings are waived, what is told about the waivers
    ([], [], []),
    ([waiver("protected-holder")], [CO, CC], []),
    ([waiver("protected-holder", holder=ADA)], [CO], []),
    ([waiver("protected-holder", holder="user:ADA@X.example")], [CO], []),
    ([waiver("protected-holder", license=CC)], [CC], []),
    ([waiver("protected-holder", holder=ADA, license=CC)], [], ["waiver-unneeded"]),
    ([waiver("protected-holder", holder=ADA, license=CO)], [CO], []),
    ([waiver("protected-holder", holder="user:eve@x.example")], [], ["waiver-unneeded"]),
    ([waiver("max-revocations")], [], ["waiver-unneeded"]),
    ([waiver("protected-holder", until="2026-11-24")], [CO, CC], []),
    ([waiver("protected-holder", until="2026-11-23")], [], ["waiver-expired"]),
    (
        [waiver("protected-holder", until="2026-11-23"), waiver("protected-holder", license=CC), waiver("min-holders")],
        [CC],
        ["waiver-expired", "waiver-unneeded"],
    ),
]


@pytest.mark.parametrize(("waivers", "passed", "about"), WAIVERS)
def test_a_waiver_lets_pass_what_it_names_while_it_lasts(
    waivers: list[dict[str, Any]], passed: list[str], about: list[str]
) -> None:
    answer = protected(*waivers)
    found = of_rule(answer, "protected-holder")
    assert [item.severity for item in found] == ["error", "error"]
    assert {item.license for item in found if item.waived == "ticket 1"} == set(passed)
    assert answer.verdict == ("ready" if len(passed) == 2 else "rejected")
    assert answer.count("error") == 2 - len(passed)
    assert [item.rule for item in answer.findings if item.rule.startswith("waiver")] == about
    assert all(
        item.severity == "info" and item.file == "tenantry.yaml" for item in answer.findings if item.rule in about
    )


def test_what_is_not_waived_says_how_it_could_be_and_what_can_not_be_does_not() -> None:
    assert all("--allow protected-holder" in item.hint for item in of_rule(protected(), "protected-holder"))
    (found,) = of_rule(planned({"contract": {"contingency": {CO: 0}}, **_grant()}, {}), "contingency-exceeded")
    assert "--allow" not in found.hint


def _grant() -> dict[str, Any]:
    return {"users": {"ada@x.example": {"licenses": [CO]}}}


def test_of_several_waivers_the_most_exact_gives_the_reason_wherever_it_stands() -> None:
    several = [
        waiver("protected-holder", reason="b"),
        waiver("protected-holder", reason="a"),
        waiver("protected-holder", license=CC, reason="license"),
        waiver("protected-holder", holder=ADA, reason="holder"),
    ]
    for order in (several, several[::-1]):
        answer = protected(*order)
        assert [item.waived for item in of_rule(answer, "protected-holder")] == ["holder", "license"]
        assert told(answer, "waiver-unneeded") == []


def test_a_waiver_of_a_command_has_no_end() -> None:
    asked = question({**BOUGHT, **_grant()}, {"users": {"ada@x.example": {"licenses": []}}})
    asked = replace(asked, policy=Policy(waivers=(Waiver(rule="min-holders", reason="x"),)))
    assert told(plan(asked), "waiver-unneeded") == [("info", None, None, 1)]


def test_no_plan_calls_a_waiver_unneeded_that_only_an_observation_can_need() -> None:
    asked = question({"users": {}}, {})
    asked = replace(asked, policy=Policy(waivers=(Waiver(rule="mass-disappearance", reason="x"),)))
    assert told(plan(asked), "waiver-unneeded") == []


@pytest.mark.parametrize("severity", [None, "error", "info"])
def test_a_rule_can_be_waived_by_its_nature_or_because_it_was_raised(severity: Any) -> None:
    policy = Policy(severities={"needs-tier": severity} if severity else {})
    known = rules(NIMBUS)
    assert waivable(known["max-revocations"], policy)
    assert waivable(known["needs-tier"], policy) == (severity == "error")
    assert not waivable(known["contingency-exceeded"], policy)


UNWAIVABLE = {
    "contingency-exceeded", "contingency-deadlock", "contract-missing", "state-forbids-changes", "requires-license",
    "needs-tier", "assignment-type-needs-tier", "assignment-type-changed", "identity-conflict",
}  # fmt: skip
W = {
    "contract-ended", "unknown-holder",
    "downgrade-in-use", "max-revocations", "min-holders", "protected-holder", "mass-disappearance",
}  # fmt: skip
A = {
    "terms-changed", "no-longer-listed", "disabled-holder", "contract-disagrees", "counters-disagree", "needs-tier",
    "virtual-user-unlicensed", "email-without-contact-center-user",
    "external-task-without-contact-center-user", "instant-messaging-idle", "companion-idle", "virtual-user-idle",
    "skill-based-without-agents",
}  # fmt: skip


def test_the_table_says_who_may_move_what_as_the_contract_does() -> None:
    known = rules(NIMBUS)
    assert {rule.id for rule in known.values() if rule.waivable} == W
    assert {rule.id for rule in known.values() if rule.adjustable} == A
    assert {rule.id for rule in known.values() if rule.severity == "error" and not rule.waivable} == UNWAIVABLE
    assert all(rule.why and rule.mend for rule in known.values())
    assert {rule.severity for name, rule in known.items() if name in A - {"needs-tier", "terms-changed"}} == {"warning"}
    assert known["terms-changed"].severity == "info"


def test_findings_stand_by_severity_rule_holder_and_license_after_what_was_missing() -> None:
    names = [f"{name}@x.example" for name in ("bob", "ada")]
    files = {
        "contract": {"contingency": {CO: 0}, "state": "lab"},
        "users": {upn: {"licenses": [CO, "interact"]} for upn in names},
        "services": {"s": {"addons": [ADDON]}},
    }
    answer = planned(files)
    keys = [(item.rule, item.severity, item.holder or "") for item in answer.findings]
    assert keys[0][0] == "ledger-missing"
    rest = keys[1:]
    severities = ("error", "warning", "info")
    assert rest == sorted(rest, key=lambda key: (severities.index(key[1]), key[0], key[2]))
    assert [key[2] for key in rest if key[0] == "requires-license"] == sorted(f"user:{upn}" for upn in names)
    assert all(item.tenant == "contoso" for item in answer.findings)
    assert all(item.message.strip() and item.hint.strip() for item in answer.findings)


def test_a_rejected_plan_is_shown_in_full() -> None:
    answer = planned({"contract": {"contingency": {}}, **_grant()}, {})
    assert (answer.verdict, moves(answer)) == ("rejected", [f"+ {ADA} {CO}"])


def test_updates_alone_are_ready() -> None:
    answer = planned({**BOUGHT, "users": {"ada@x.example": {"name": "Ada"}}}, {"users": {"ada@x.example": {}}})
    assert (answer.verdict, answer.count("update"), answer.count("grant")) == ("ready", 1, 0)


def test_a_waiver_counts_by_the_day_on_which_it_is_asked_for_not_by_that_of_the_plan() -> None:
    files: dict[str, Any] = {**BOUGHT, "services": {"s": {"license": MIDDLE, "addons": [ADDON]}}}
    workspace = {"rules": {"needs-tier": "error"}, "waivers": [waiver("needs-tier", until="2026-11-30")]}
    assert planned(files, {}, workspace).verdict == "ready"
    assert planned(files, {}, workspace, today="2026-11-30").verdict == "ready"
    late = planned(files, {}, workspace, today="2026-12-01")
    assert (late.verdict, late.as_of) == ("rejected", "2026-11-24")
    assert told(late, "waiver-expired") == [("info", None, None, 1)]
