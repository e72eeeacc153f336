"""People and the directory: who they are, whom it doesn't know, and whose account is disabled."""

from typing import Any

import pytest

from tenantry.engine.report import report_of
from tenantry.model.plan import Finding, Plan
from tenantry.model.state import Account
from worlds import BOUGHT, directory, in_ledger, moves, of_rule, planned, question, told, updates

CO, CC = "companion", "contact_center_user"
ADA, BOB, CYD, NEW = "ada@x.example", "bob@x.example", "cyd@x.example", "new@x.example"
GUID_1, GUID_2 = (f"00000000-0000-4000-8000-00000000000{at}" for at in (1, 2))
Data = dict[str, Any]


def asked(users: Data, held: Data, *accounts: Account, manage: str = "listed", **more: Any) -> Plan:
    """The plan of people, against rows of the current state and accounts of the directory."""
    files = {**BOUGHT, **({"users": users, "manage": {"users": manage}} if users else {})}
    return planned(files, {"users": held}, more.pop("workspace", None), directory=directory(*accounts), **more)


def has(*licenses: str, **more: Any) -> Data:
    return {"licenses": list(licenses), **more}


# who they are


def test_an_entry_without_an_object_id_has_that_of_its_account_and_it_is_learned() -> None:
    answer = asked({ADA.title(): has(CO)}, {ADA: has(CO)}, Account(upn=ADA.upper(), object_id=GUID_1))
    assert updates(answer) == [(f"user:{ADA.title()}", "object_id", None, GUID_1)]
    assert moves(answer) == []


def test_a_person_is_found_under_an_old_name_by_the_object_id_of_the_account() -> None:
    answer = asked({NEW: has(CO)}, {ADA: has(CO, object_id=GUID_1)}, Account(upn=NEW, object_id=GUID_1))
    assert updates(answer) == [(f"user:{NEW}", "rename", ADA, NEW)]
    assert (moves(answer), answer.verdict) == ([], "ready")


def test_what_the_files_pin_goes_before_what_the_directory_tells() -> None:
    users = {ADA: has(CO), NEW: has(CO, object_id=GUID_1)}
    answer = asked(users, {ADA: has(CO, object_id=GUID_1)}, Account(upn=ADA, object_id=GUID_1))
    assert updates(answer) == [(f"user:{NEW}", "rename", ADA, NEW)]
    assert moves(answer) == [f"+ user:{ADA} {CO}"]
    pinned = asked({ADA: has(CO, object_id=GUID_2)}, {ADA: has(CO)}, Account(upn=ADA, object_id=GUID_1))
    assert updates(pinned) == [(f"user:{ADA}", "object_id", None, GUID_2)]


def test_an_object_id_of_two_accounts_is_nobodys() -> None:
    accounts = (Account(upn=ADA, object_id=GUID_1), Account(upn=BOB, object_id=GUID_1))
    answer = asked({ADA: has(CO), BOB: has(CO)}, {ADA: has(CO), BOB: has(CO)}, *accounts)
    assert (updates(answer), answer.verdict) == ([], "no_changes")


def test_another_person_behind_a_known_name_is_a_conflict_that_says_who_tells_so() -> None:
    held = {ADA: has(CO, object_id=GUID_2)}
    (found,) = of_rule(asked({ADA: has(CC)}, held, Account(upn=ADA, object_id=GUID_1)), "identity-conflict")
    assert f"is known with object_id {GUID_2}, and the directory tells {GUID_1}." in found.message
    (found,) = of_rule(asked({ADA: has(CC, object_id=GUID_1)}, held), "identity-conflict")
    assert f"and the files pin {GUID_1}." in found.message


@pytest.mark.parametrize("account", [Account(upn=ADA), Account(upn=BOB, object_id=GUID_1)])
def test_an_account_without_an_object_id_and_that_of_somebody_else_pin_nothing(account: Account) -> None:
    assert updates(asked({ADA: has(CO)}, {ADA: has(CO)}, account)) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (has(CO), ["object_id"]),
        ({"licenses": [], "name": "Ada"}, ["object_id", "name"]),
        (has(), []),
        ({}, []),
        (has(CO, **{"from": "2027-01-01"}), []),
        ({"object_id": GUID_1}, ["object_id"]),
    ],
)
def test_a_new_person_is_made_by_a_license_or_a_label_and_not_by_the_directory_alone(
    entry: Data, expected: list[str]
) -> None:
    answer = asked({ADA: entry}, {}, Account(upn=ADA, object_id=GUID_1))
    assert [update[1] for update in updates(answer)] == expected


# unknown-holder


def test_a_grant_to_a_user_whom_the_directory_does_not_know_is_an_error_at_its_entry() -> None:
    answer = asked({ADA: has(CO, CC), BOB: has(CO)}, {}, Account(upn=BOB))
    (found,) = of_rule(answer, "unknown-holder")
    assert (found.severity, found.holder, found.count, answer.verdict) == ("error", f"user:{ADA}", 1, "rejected")
    assert (found.file, found.line) == ("tenants/contoso/0.yaml", 1)
    assert "tenantry observe contoso --directory FILE." in found.hint


def test_who_bears_a_name_that_is_another_person_s_in_the_directory_is_unknown_to_it() -> None:
    pinned = asked({ADA: has(CO, object_id=GUID_2)}, {}, Account(upn=ADA, object_id=GUID_1, enabled=False))
    assert told(pinned, "unknown-holder") == [("error", f"user:{ADA}", None, 1)]
    assert told(pinned, "disabled-holder") == []
    known = asked(
        {ADA: has(CO, object_id=GUID_2)}, {ADA: has(CO, object_id=GUID_2)}, Account(upn=ADA, object_id=GUID_1)
    )
    assert told(known, "unknown-holder") == [("warning", f"user:{ADA}", None, 1)]


def test_an_unknown_user_can_be_waived() -> None:
    waiver = {"rule": "unknown-holder", "tenant": "contoso", "reason": "x", "until": "2026-12-10"}
    answer = asked({ADA: has(CO)}, {}, workspace={"waivers": [waiver]})
    assert (answer.verdict, [item.waived for item in of_rule(answer, "unknown-holder")]) == ("ready", ["x"])


def test_who_is_unknown_and_keeps_licenses_is_counted_in_one_warning() -> None:
    held = {upn: has(CO) for upn in (ADA, BOB, CYD)}
    answer = asked({CYD: has(CO, CC)}, held)
    assert told(answer, "unknown-holder") == [("error", f"user:{CYD}", None, 1), ("warning", None, None, 2)]
    assert of_rule(answer, "unknown-holder")[1].message.startswith("2 users hold licenses and aren't known")
    (one,) = of_rule(asked({}, {ADA: has(CO)}), "unknown-holder")
    assert one.message.startswith("A user holds licenses and isn't known")


@pytest.mark.parametrize(
    ("users", "held", "account"),
    [
        ({}, {ADA.title(): has(CO)}, Account(upn=ADA.upper())),
        ({}, {ADA: has(CO, object_id=GUID_1)}, Account(upn=NEW, object_id=GUID_1)),
        ({NEW: has(CO, previously=ADA)}, {ADA: has(CO, object_id=GUID_1)}, Account(upn=BOB, object_id=GUID_1)),
        ({ADA: has(CO, object_id=GUID_1)}, {}, Account(upn=NEW, object_id=GUID_1)),
        ({ADA: has()}, {ADA: has(CO)}, Account(upn=BOB)),
        ({}, {ADA: has()}, Account(upn=BOB)),
    ],
)
def test_who_is_known_by_name_or_object_id_or_holds_nothing_after_the_plan_is_no_stranger(
    users: Data, held: Data, account: Account
) -> None:
    assert of_rule(asked(users, held, account), "unknown-holder") == []


def test_services_and_virtual_users_are_in_no_directory() -> None:
    files = {**BOUGHT, "services": {"s": {}}, "virtual_users": {"bot": has("virtual_user")}}
    assert of_rule(planned(files, {}, directory={}), "unknown-holder") == []


def test_without_a_directory_nobody_is_unknown() -> None:
    assert of_rule(planned({**BOUGHT, "users": {ADA: has(CO)}}, {}, **in_ledger()), "unknown-holder") == []


# disabled-holder


def off(users: Data, held: Data, *accounts: Account) -> list[Finding]:
    return of_rule(asked(users, held, *accounts), "disabled-holder")


def test_licenses_of_disabled_accounts_are_one_warning_with_a_count() -> None:
    accounts = [Account(upn=upn, enabled=upn == CYD) for upn in (ADA, BOB, CYD)]
    (found,) = off({ADA: has(CO)}, {upn: has(CO) for upn in (BOB, CYD)}, *accounts)
    assert (found.severity, found.count, found.holders) == ("warning", 2, (f"user:{ADA}", f"user:{BOB}"))
    assert found.message.startswith("2 users hold licenses")
    (one,) = off({}, {ADA.title(): has(CO)}, *accounts)
    assert (one.holder, one.message) == (f"user:{ADA.title()}", "A user holds licenses, and the account is disabled.")


def test_an_account_is_found_by_object_id_before_the_name() -> None:
    accounts = (Account(upn=NEW, object_id=GUID_1, enabled=False), Account(upn=ADA, object_id=GUID_2, enabled=True))
    assert len(off({}, {ADA: has(CO, object_id=GUID_1)}, *accounts)) == 1
    assert off({}, {ADA: has(CO, object_id=GUID_2)}, *accounts) == []


def test_who_loses_everything_and_whose_account_tells_nothing_is_not_told() -> None:
    assert off({ADA: has()}, {ADA: has(CO)}, Account(upn=ADA, enabled=False)) == []
    assert off({}, {ADA: has(CO), BOB: has(CO)}, Account(upn=ADA), Account(upn=CYD, enabled=False)) == []


def test_the_directory_goes_before_what_the_current_state_tells_of_an_account() -> None:
    assert off({}, {ADA: has(CO, enabled=False)}, Account(upn=ADA, enabled=True)) == []


def test_without_a_directory_the_current_state_tells_whose_account_is_disabled() -> None:
    held = {ADA: has(CO, enabled=False), BOB: has(CO, enabled=True), CYD: has(CO)}
    answer = planned({**BOUGHT, "users": {NEW: {"previously": ADA}}}, {"users": held})
    assert told(answer, "disabled-holder") == [("warning", f"user:{NEW}", None, 1)]
    assert told(planned({**BOUGHT, "users": {ADA: has()}}, {"users": held}), "disabled-holder") == []


def test_a_report_warns_of_both() -> None:
    accounts = directory(Account(upn=ADA, enabled=False))
    told_of = report_of(question({}, {"users": {ADA: has(CO), BOB: has(CO)}}, directory=accounts, **in_ledger()))
    found = [(item.rule, item.severity, item.holder) for item in told_of.findings if "holder" in item.rule]
    assert found == [("disabled-holder", "warning", f"user:{ADA}"), ("unknown-holder", "warning", f"user:{BOB}")]
