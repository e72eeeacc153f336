"""Counters of the portal's license page: CSV by labels or ids, strict about numbers, lenient about columns beyond."""

from pathlib import Path

import pytest

from tenantry.documents.catalog import builtin
from tenantry.documents.counters import read_counters
from tenantry.model.observation import Counted
from worlds import catalog_with

NIMBUS = builtin("nimbus")
FILE = "counters.csv"
COMPANION = Counted("companion", 10, 3)


def good(text: str) -> tuple[Counted, ...]:
    found, problems = read_counters(FILE, text.encode(), NIMBUS)
    assert problems == []
    return found


def bad(text: str | bytes) -> list[str]:
    _, problems = read_counters(FILE, text if isinstance(text, bytes) else text.encode(), NIMBUS)
    return [f"{item.line}:{item.column}: {item.rule}: {item.message}" for item in problems]


@pytest.mark.parametrize(
    "text",
    [
        "License,Total,Used\nCompanion,10,3\n",
        "license;TOTAL;used\ncompanion;10;3\n",
        "\ufeffLicense,Total,Used,Available\nCOMPANION,10,3,7\n",
        "Used,License,Total\r\n 3 , Companion ,10\r\n",
        '"License","Total","Used"\n\n"Companion","10","3"\n,,\n',
        "Note,License,Note,Total,Used\nx,Companion,y,10,3\n",
    ],
)
def test_a_license_is_named_by_label_or_id_and_other_columns_are_passed_over(text: str) -> None:
    assert good(text) == (COMPANION,)


def test_a_total_can_be_unlimited() -> None:
    assert good("License,Total,Used\nCompanion,Unlimited,0\n") == (Counted("companion", "unlimited", 0),)


def test_the_counters_of_a_whole_customer_are_read() -> None:
    content = (Path(__file__).parents[1] / "data/alpenblick/portal-counters.csv").read_bytes()
    found, problems = read_counters(FILE, content, NIMBUS)
    assert problems == []
    assert sorted(item.license for item in found) == sorted(NIMBUS.licenses)
    assert Counted("interact_service", 5, 2) in found


def test_a_license_that_is_not_there_is_told_with_the_nearest_one() -> None:
    _, (found,) = read_counters(FILE, b"License,Total,Used\nCompanoin,10,3\n", NIMBUS)
    assert (found.line, found.column, found.rule) == (2, 1, "unknown-license")
    assert found.hint == 'Did you mean "Companion"?'


def test_a_license_that_stands_twice_is_told_with_the_first_line() -> None:
    assert bad("License,Total,Used\nCompanion,10,3\ncompanion,10,3\n") == [
        "3:1: listed-twice: companion stands in line 2 already."
    ]


@pytest.mark.parametrize("number", ["", "-1", "1.5", "1'000", "1_0", "10000000000", "1000000001", "٣", "none"])
def test_what_is_no_whole_number_is_told_in_its_cell(number: str) -> None:
    most = "no whole number up to 1000000000"
    assert bad(f"License,Total,Used\nCompanion,{number},{number}\n") == [
        f'2:11: bad-count: "{number}" is {most}, nor unlimited.',
        f'2:{12 + len(number)}: bad-count: "{number}" is {most}.',
    ]


def test_a_number_that_is_none_is_told_with_what_the_cell_can_hold() -> None:
    _, (total, used) = read_counters(FILE, b"License,Total,Used\nCompanion,many,-3\n", NIMBUS)
    assert total.hint == "Write a whole number in digits alone, 1200 for example, or unlimited."
    assert used.hint == "Write a whole number in digits alone, 1200 for example."


def test_nothing_is_used_without_end() -> None:
    assert bad("License,Total,Used\nCompanion,unlimited,unlimited\n")[0].startswith("2:21: bad-count")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["1:1: missing-column: The column License is missing.", "The column Total", "The column Used"]),
        ("License,Used\nCompanion,3\n", ["1:1: missing-column: The column Total is missing."]),
        ("License,Total,Used,TOTAL\nCompanion,1,2,3\n", ["1:20: column-twice: The column Total stands twice."]),
        ("License,Total,Used\n", ["missing-entry: The file has no row."]),
        ("License,Total,Used\n,,\n", ["missing-entry: The file has no row."]),
        ("License,Total,Used", ["missing-entry: The file has no row."]),
        ("License,Total,Used\nCompanion,1,2,3\n", ["2:15: extra-cell: The row has 4 cells, the header 3."]),
        ("License,Total,Used\nCompanion,1\n", ['bad-count: ""']),
        ('License,Total,Used\n"Companion"x,1,2\n', ["csv-syntax"]),
    ],
)
def test_a_table_that_is_not_as_it_should_be_is_told(text: str, told: list[str]) -> None:
    found = bad(text)
    assert len(found) == len(told)
    assert all(words in line for words, line in zip(told, found, strict=True))


def test_a_file_in_another_encoding_is_refused() -> None:
    assert "not-utf8" in bad("License,Total,Used\nCompanion,1,2\n".encode("utf-16"))[0]


def test_problems_end_where_nobody_reads_on() -> None:
    assert len(bad("License,Total,Used\n" + "x,1,1\n" * 6000)) == 5000


def test_a_label_that_two_licenses_bear_names_none_of_them() -> None:
    twin = {"label": "Companion", "part": "user", "holder": "user"}
    catalog = catalog_with(licenses={"companion_plus": twin})
    _, problems = read_counters(FILE, b"License,Total,Used\nCompanion,1,1\n", catalog)
    assert problems == []  # an id goes before a label
    catalog = catalog_with(licenses={"one": {**twin, "label": "Twin"}, "two": {**twin, "label": "Twin"}})
    _, (found,) = read_counters(FILE, b"License,Total,Used\nTwin,1,1\n", catalog)
    assert found.rule == "unknown-license"
