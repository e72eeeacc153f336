"""Rules of the catalog on the state after the plan: an error where the plan touches a violation, else a warning."""

from typing import Any

import pytest

from worlds import BOUGHT, catalog_with, of_rule, planned, told

ADA = "user:ada@x.example"
CC, IN, CO = "contact_center_user", "interact", "companion"
LOW, MIDDLE, HIGH = "advanced_routing", "enterprise_routing", "contact_center"
ADDON = "interact_service"
SKILL, TEAMS, NONE = "skill_based", "ms_teams_based", "none"


def ada(entry: dict[str, Any] | None, held: list[str], **more: Any) -> Any:
    users = {"users": {"ada@x.example": entry}} if entry is not None else {}
    return planned({**BOUGHT, **users}, {"users": {"ada@x.example": {"licenses": held}}}, **more)


@pytest.mark.parametrize(
    ("entry", "held", "severity"),
    [
        ({"licenses": [CC, IN]}, [], None),
        ({"licenses": [IN]}, [], "error"),
        ({"licenses": [IN]}, [CC, IN], "error"),
        ({"licenses": [CC, IN]}, [IN], None),
        ({"licenses": []}, [IN], None),
        # it was so before: untouched a warning, touched an error
        ({"licenses": [IN]}, [IN], "warning"),
        ({"licenses": [IN], "name": "Ada"}, [IN], "warning"),
        ({}, [IN], "warning"),
        (None, [IN], "warning"),
        ({"licenses": [IN, CO]}, [IN], "error"),
        ({"licenses": [IN]}, [IN, CO], "error"),
    ],
)
def test_a_license_needs_another_on_the_same_holder(
    entry: dict[str, Any] | None, held: list[str], severity: str | None
) -> None:
    answer = ada(entry, held)
    assert told(answer, "requires-license") == ([(severity, ADA, IN, 1)] if severity else [])
    assert (answer.verdict == "rejected") == (severity == "error")


def test_all_of_several_requirements_must_be_there_and_each_that_lacks_is_told() -> None:
    own = catalog_with(
        licenses={"duo": {"label": "Duo", "part": "user", "holder": "user", "requires": ["assistant", CO]}}
    )
    contract = {"contingency": {"duo": 9, CO: 9, "assistant": 9}}
    for licenses, missing in (([CO, "assistant"], 0), ([CO], 1), ([], 2)):
        files = {"contract": contract, "users": {"ada@x.example": {"licenses": ["duo", *licenses]}}}
        assert len(told(planned(files, {}, catalog=own), "requires-license")) == missing


def test_what_was_wrong_before_is_one_warning_and_blocks_nobody() -> None:
    held = {f"{name}@x.example": {"licenses": [IN]} for name in ("ada", "bob", "cyd")}
    files = {**BOUGHT, "users": {"ada@x.example": {"licenses": [IN, CO]}, "new@x.example": {"licenses": [CO]}}}
    answer = planned(files, {"users": held})
    assert told(answer, "requires-license") == [("error", ADA, IN, 1), ("warning", None, IN, 2)]
    assert of_rule(answer, "requires-license")[1].holders == ("user:bob@x.example", "user:cyd@x.example")
    assert of_rule(answer, "requires-license")[0].file == "tenants/contoso/0.yaml"
    del files["users"]["ada@x.example"]
    answer = planned(files, {"users": held})
    assert told(answer, "requires-license") == [("warning", None, IN, 3)]
    assert answer.verdict == "ready"


def service(entry: dict[str, Any] | None, held: dict[str, Any] | None, workspace: Any = None, **more: Any) -> Any:
    services = {"services": {"s": entry}} if entry is not None else {}
    return planned({**BOUGHT, **services}, {"services": {"s": held}} if held is not None else {}, workspace, **more)


ADDONS: list[tuple[dict[str, Any] | None, dict[str, Any] | None, str | None]] = [
    ({"license": HIGH, "addons": [ADDON]}, None, None),
    ({"license": MIDDLE, "addons": [ADDON]}, None, "warning"),
    ({"license": LOW, "addons": [ADDON]}, None, "error"),
    ({"addons": [ADDON]}, None, "error"),
    ({"license": LOW}, {"license": HIGH, "addons": [ADDON]}, "error"),
    ({"license": LOW, "addons": []}, {"license": HIGH, "addons": [ADDON]}, None),
    ({"license": MIDDLE}, {"license": HIGH, "addons": [ADDON]}, "warning"),
    ({"license": MIDDLE}, {"license": LOW, "addons": [ADDON]}, "warning"),
    ({"license": HIGH}, {"license": LOW, "addons": [ADDON]}, None),
    (None, {"license": LOW, "addons": [ADDON]}, "warning"),
    (None, {"license": MIDDLE, "addons": [ADDON]}, "warning"),
    ({"name": "S"}, {"license": LOW, "addons": [ADDON]}, "warning"),
    # a new assignment type doesn't touch what was wrong with an addon
    ({"assignment_type": TEAMS}, {"license": LOW, "addons": [ADDON]}, "warning"),
]


@pytest.mark.parametrize(("entry", "held", "severity"), ADDONS)
def test_an_addon_needs_a_tier_and_where_the_documents_disagree_it_is_a_warning(
    entry: dict[str, Any] | None, held: dict[str, Any] | None, severity: str | None
) -> None:
    answer = service(entry, held)
    assert told(answer, "needs-tier") == ([(severity, "service:s", ADDON, 1)] if severity else [])
    assert (answer.verdict == "rejected") == (severity == "error")


TYPES: list[tuple[dict[str, Any] | None, dict[str, Any] | None, str | None]] = [
    ({"license": HIGH, "assignment_type": SKILL}, None, None),
    ({"license": MIDDLE, "assignment_type": SKILL}, None, "error"),
    ({"assignment_type": SKILL}, {"license": LOW}, "error"),
    ({"assignment_type": SKILL}, {"license": HIGH}, None),
    ({"license": LOW}, {"license": HIGH, "assignment_type": SKILL}, "error"),
    ({"license": LOW, "assignment_type": NONE}, {"license": HIGH, "assignment_type": SKILL}, None),
    (None, {"license": LOW, "assignment_type": SKILL}, "warning"),
    ({"name": "S"}, {"license": LOW, "assignment_type": SKILL}, "warning"),
    ({"license": LOW, "assignment_type": TEAMS}, None, None),
    ({"absent": True}, {"license": LOW, "assignment_type": SKILL}, None),
]


@pytest.mark.parametrize(("entry", "held", "severity"), TYPES)
def test_an_assignment_type_needs_a_tier(
    entry: dict[str, Any] | None, held: dict[str, Any] | None, severity: str | None
) -> None:
    answer = service(entry, held)
    assert told(answer, "assignment-type-needs-tier") == ([(severity, "service:s", None, 1)] if severity else [])
    assert (answer.verdict == "rejected") == (severity == "error")


@pytest.mark.parametrize(
    ("old", "new", "fires"),
    [
        (TEAMS, SKILL, True),
        (SKILL, TEAMS, True),
        (TEAMS, NONE, False),
        (NONE, SKILL, False),
        (SKILL, SKILL, False),
        (None, SKILL, False),
        (SKILL, None, False),
    ],
)
def test_two_assignment_types_can_not_be_exchanged(*, old: str | None, new: str | None, fires: bool) -> None:
    held = {"license": HIGH, **({"assignment_type": old} if old else {})}
    answer = service({"license": HIGH, **({"assignment_type": new} if new else {})}, held)
    assert told(answer, "assignment-type-changed") == ([("error", "service:s", None, 1)] if fires else [])
    if fires:
        (found,) = of_rule(answer, "assignment-type-changed")
        assert (found.file, found.line) == ("tenants/contoso/0.yaml", 1)


def test_many_services_in_doubt_are_one_finding_with_the_first_five() -> None:
    services = {f"s{at}": {"license": MIDDLE, "addons": [ADDON]} for at in range(9)}
    (found,) = of_rule(planned({**BOUGHT, "services": services}, {}), "needs-tier")
    assert (found.count, found.holders) == (9, tuple(f"service:s{at}" for at in range(5)))


def test_an_identity_in_doubt_is_an_error_with_its_place() -> None:
    old, new = (f"00000000-0000-4000-8000-00000000000{at}" for at in (1, 2))
    files = {**BOUGHT, "users": {"ada@x.example": {"object_id": new}}}
    (found,) = of_rule(planned(files, {"users": {"ada@x.example": {"object_id": old}}}), "identity-conflict")
    assert (found.severity, found.holder, found.file, found.line) == ("error", ADA, "tenants/contoso/0.yaml", 1)
