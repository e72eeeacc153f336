"""Advice of the catalog: judged on the tenant after the plan, one finding a rule and license."""

from typing import Any

import pytest

from worlds import BOUGHT, Data, catalog_with, of_rule, planned, told

CC, CO, IM, EM, ET = "contact_center_user", "companion", "instant_messaging", "email", "external_task"
LOW, MIDDLE, HIGH = "advanced_routing", "enterprise_routing", "contact_center"
V = "virtual_user"


def tenant(tier: str | None, licenses: list[str], **current: Any) -> Any:
    """A plan that gives Ada licenses, where one service of a tier is known."""
    services = {"services": {"s": {"license": tier}}} if tier else {}
    files = {**BOUGHT, "users": {"ada@x.example": {"licenses": licenses}}}
    return planned(files, {**services, **current})


ADVICE: list[tuple[str | None, list[str], str, str | None]] = [
    (LOW, [CO], "companion-idle", CO),
    (MIDDLE, [CO], "companion-idle", None),
    (HIGH, [CO], "companion-idle", None),
    (None, [CO], "companion-idle", None),  # no service is known
    (LOW, [CC], "companion-idle", None),
    (LOW, [IM], "instant-messaging-idle", IM),
    (MIDDLE, [IM], "instant-messaging-idle", IM),
    (HIGH, [IM], "instant-messaging-idle", None),
    (HIGH, [EM], "email-without-contact-center-user", EM),
    (HIGH, [EM, CC], "email-without-contact-center-user", None),
    (HIGH, [ET], "external-task-without-contact-center-user", ET),
    (HIGH, [ET, CC], "external-task-without-contact-center-user", None),
    (HIGH, [], "external-task-without-contact-center-user", None),
]


@pytest.mark.parametrize(("tier", "licenses", "rule", "license_id"), ADVICE)
def test_a_license_that_does_nothing_is_a_warning(
    tier: str | None, licenses: list[str], rule: str, license_id: str | None
) -> None:
    answer = tenant(tier, licenses)
    assert told(answer, rule) == ([("warning", "user:ada@x.example", license_id, 1)] if license_id else [])
    assert answer.verdict in ("ready", "no_changes")


def test_the_tiers_that_count_are_those_after_the_plan() -> None:
    users = {"users": {"ada@x.example": {"licenses": [CO]}}}
    guards = {"guards": {"max_revocations": "off"}}
    up = planned({**BOUGHT, "services": {"s": {"license": MIDDLE}}}, {**users, "services": {"s": {}}})
    assert told(up, "companion-idle") == []
    lowered = {**BOUGHT, "services": {"s": {"license": LOW}}}
    down = planned(lowered, {**users, "services": {"s": {"license": MIDDLE}}}, guards)
    assert told(down, "companion-idle") == [("warning", "user:ada@x.example", CO, 1)]
    dropped = {**BOUGHT, "services": {"s": {"absent": True}}}
    assert told(planned(dropped, {**users, "services": {"s": {}}}, guards), "companion-idle") == []


def test_advice_speaks_of_everybody_in_one_finding_with_the_first_five() -> None:
    people = {f"p{at}@x.example": {"licenses": [CO]} for at in range(9)}
    (found,) = of_rule(planned(BOUGHT, {"users": people, "services": {"s": {}}}), "companion-idle")
    assert (found.count, found.holder) == (9, None)
    assert found.holders == tuple(f"user:p{at}@x.example" for at in range(5))


def test_advice_says_whether_it_is_inferred() -> None:
    inferred, documented = (
        of_rule(tenant(LOW, [CO, ET]), "companion-idle"),
        of_rule(tenant(LOW, [CO, ET]), "external-task-without-contact-center-user"),
    )
    assert inferred[0].message.endswith(". (Inferred, not documented.)")
    assert "nferred" not in documented[0].message


@pytest.mark.parametrize(
    ("files", "current", "unlicensed", "idle"),
    [
        ({"bot": {"licenses": [V]}}, {}, 0, 1),
        ({"bot": {"licenses": []}}, {"bot": {"licenses": [V]}}, 1, 0),
        ({"bot": {"licenses": []}}, {}, 1, 0),
        ({"bot": {}}, {}, 1, 0),
        ({"bot": {"name": "Bot"}}, {}, 1, 0),
        ({"bot": {"licenses": [V], "from": "2026-12-01"}}, {}, 0, 0),
        ({"bot": {"absent": True}}, {"bot": {"licenses": [V]}}, 0, 0),
        ({}, {"bot": {}, "cat": {"licenses": [V]}}, 1, 1),
    ],
)
def test_a_virtual_user_without_a_license_and_one_without_a_service_are_told(
    files: Data, current: Data, unlicensed: int, idle: int
) -> None:
    answer = planned({**BOUGHT, "virtual_users": files}, {"virtual_users": current, "services": {"s": {}}})
    assert sum(item[3] for item in told(answer, "virtual-user-unlicensed")) == unlicensed
    assert sum(item[3] for item in told(answer, "virtual-user-idle")) == idle


def test_skill_based_services_need_somebody_to_work_in_them() -> None:
    services = {"services": {"s": {"license": HIGH, "assignment_type": "skill_based"}, "t": {"license": HIGH}}}
    assert told(tenant(None, [CO], **services), "skill-based-without-agents") == [("warning", "service:s", None, 1)]
    assert told(tenant(None, [CC], **services), "skill-based-without-agents") == []


def own(when: Data, **more: Any) -> Any:
    advice = [{"rule": "own-advice", "when": when, "message": "Look.", "evidence": "documented", "source": "here"}]
    return catalog_with(**more, assignment_types={"free": {"label": "Free", "advice": advice}})


def test_advice_on_an_assignment_type_looks_at_what_its_services_lack() -> None:
    catalog = own({"holder_lacks": "interact_service"})
    services = {
        "s": {"assignment_type": "free", "license": HIGH},
        "t": {"assignment_type": "free", "license": HIGH, "addons": ["interact_service"]},
    }
    answer = planned({**BOUGHT, "services": services}, {}, catalog=catalog)
    assert told(answer, "own-advice") == [("warning", "service:s", None, 1)]


def test_all_conditions_of_an_advice_must_hold() -> None:
    catalog = own({"tenant_lacks": CC, "no_service_at_least": HIGH})
    for tier, licenses, fires in ((MIDDLE, [], True), (HIGH, [], False), (MIDDLE, [CC], False)):
        files = {
            **BOUGHT,
            "services": {"s": {"assignment_type": "free", "license": tier}},
            "users": {"ada@x.example": {"licenses": licenses}},
        }
        assert bool(told(planned(files, {}, catalog=catalog), "own-advice")) == fires


def test_advice_named_like_a_rule_that_is_there_does_not_weaken_it() -> None:
    advice = [{"rule": "contingency-exceeded", "when": {"unlicensed": True}, "message": "x", "source": "x"}]
    licenses = {"hologram": {"label": "Hologram", "part": "user", "holder": "user", "advice": advice}}
    catalog = catalog_with(licenses=licenses)
    files = {"contract": {"contingency": {CO: 0}}, "users": {"ada@x.example": {"licenses": [CO]}}}
    answer = planned(files, {}, catalog=catalog)
    assert [item[0] for item in told(answer, "contingency-exceeded")] == ["error", "warning"]
