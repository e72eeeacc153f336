"""The people of a directory as CSV: what Microsoft Entra exports, of which three columns are read."""

from pathlib import Path

import pytest

from tenantry.documents.directory import read_directory
from tenantry.model.observation import Listing
from tenantry.model.state import Account

FILE = "people.csv"
HEAD = "userPrincipalName,id,accountEnabled"
ADA, BOB = "ada@x.example", "bob@x.example"
ONE, TWO = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"


def good(text: str) -> Listing:
    found, problems = read_directory(FILE, text.encode())
    assert problems == []
    return found


def bad(*rows: str, head: str = HEAD) -> list[str]:
    _, problems = read_directory(FILE, "\n".join([head, *rows, ""]).encode())
    return [f"{item.line}:{item.column}: {item.rule}: {item.message}" for item in problems]


def test_accounts_are_known_by_folded_upn_and_shown_as_written() -> None:
    found = good(f"{HEAD}\nAda@X.example,{ONE.upper()},True\n{BOB},{TWO},false\ncyd@x.example,,\n")
    assert found.accounts == {
        ADA: Account(upn="Ada@X.example", object_id=ONE, enabled=True),
        BOB: Account(upn=BOB, object_id=TWO, enabled=False),
        "cyd@x.example": Account(upn="cyd@x.example"),
    }
    assert found.skipped == 0


def test_an_export_of_entra_has_more_columns_which_are_passed_over() -> None:
    content = (Path(__file__).parents[1] / "data/alpenblick/entra-users.csv").read_bytes()
    found, problems = read_directory(FILE, content)
    assert problems == []
    assert found.accounts["luca.vonarx@alpenblick-versicherung.example"] == Account(
        upn="luca.vonarx@alpenblick-versicherung.example",
        object_id="fc27ed12-b108-47a9-8bf2-7734ac103525",
        enabled=True,
    )


def test_a_guest_or_a_foreign_account_is_skipped_and_counted() -> None:
    found = good(f"{HEAD}\nzoë@x.example,,true\n\u0430da@x.example,nonsense,\n{ADA},,\n")
    assert (list(found.accounts), found.skipped) == ([ADA], 2)


def test_a_upn_that_is_none_is_told() -> None:
    assert bad("ada,,") == ['2:1: bad-format: "ada" is not a UPN.']
    assert "bad-format" in bad(f",{ONE},true")[0]


def test_an_object_id_that_is_none_is_told() -> None:
    assert bad(f"{ADA},4711,") == ['2:15: bad-format: "4711" is not an object id.']


def test_one_upn_and_one_object_id_stand_once() -> None:
    assert bad(f"{ADA},{ONE},", f"ADA@x.example,{ONE},") == [
        "3:1: holder-twice: ADA@x.example stands in line 2 already.",
        f"3:15: identity-conflict: {ONE} stands in line 2 already.",
    ]


def test_an_account_is_enabled_or_not_and_nothing_else() -> None:
    assert bad(f"{ADA},,yes") == ['2:16: wrong-value: "yes" is neither true nor false.']
    _, (found,) = read_directory(FILE, f"{HEAD}\n{ADA},,yes\n".encode())
    assert found.hint == "Write true or false, or leave the cell empty."


@pytest.mark.parametrize("column", HEAD.split(","))
def test_each_of_the_three_columns_must_be_there(column: str) -> None:
    head = ",".join(name for name in HEAD.split(",") if name != column)
    assert bad(head=head) == [f"1:1: missing-column: The column {column} is missing."]


def test_a_directory_without_anybody_is_more_likely_an_accident() -> None:
    assert "missing-entry" in bad()[0]
