"""Rosters: people in CSV files, a row each, as strict as the YAML beside them."""

import time

import pytest
from tenant_samples import CONTOSO, GUID, bad, gives, good, read, roster, rules_of, user

from tenantry.documents.forms import form
from tenantry.model.labels import Labels

ADA, BOB = "ada@contoso.example", "bob@contoso.example"
CSV = "tenants/people.csv"
ALL = "upn,name,object_id,organization_unit,cost_center,profiles,licenses,without,from,until"


def ada(csv: str | bytes, entry: str = "") -> list[str] | None:
    """What a roster gives to Ada."""
    return gives(user(good(roster(csv, entry))))


# where it lies


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("a.csv", "tenants/fabrikam/a.csv"),
        ("rosters/a.csv", "tenants/fabrikam/rosters/a.csv"),
        ("./rosters/../a.csv", "tenants/fabrikam/a.csv"),
        ("../../shared/a.csv", "shared/a.csv"),
    ],
)
def test_the_path_of_a_roster_is_relative_to_the_file_that_names_it(file: str, path: str) -> None:
    files = {"tenants/fabrikam/users.yaml": f"version: 1\nrosters: [{{file: {file}}}]\n", path: f"upn\n{ADA}\n"}
    entry = user(good(files, "fabrikam"))
    assert (entry.source.file, entry.source.roster, entry.line) == (path, file, 2)


def test_a_roster_that_is_not_there_is_told_where_it_is_named() -> None:
    assert bad("rosters:\n  - {file: a.csv}\n  - file: gone.csv") == [
        f"{CONTOSO}:3:12: unreadable-roster: There is no such file.",
        f"{CONTOSO}:4:11: unreadable-roster: There is no such file.",
    ]


# the table


@pytest.mark.parametrize(
    "csv",
    [
        f"upn,licenses\n{ADA},companion\n",
        f"upn;licenses\n{ADA};companion\n",
        f"upn,licenses\r\n{ADA},companion\r\n",
        f"upn,licenses\r{ADA},companion",
        f"\ufeffupn,licenses\n{ADA},companion",
        f"UPN , Licenses\n {ADA} ,\tcompanion \n\n,\n",
        f'"upn";"licenses"\n"{ADA}";"companion"\n',
        f"licenses,upn\ncompanion,{ADA}\n",
        f"upn,licenses,name\n{ADA},companion\n",
    ],
)  # fmt: skip
def test_commas_or_semicolons_any_line_end_a_byte_order_mark_and_headers_without_case_are_good(csv: str) -> None:
    assert ada(csv) == ["companion"]


def test_every_column_says_what_the_key_of_its_name_says() -> None:
    csv = (
        f"{ALL}\n{ADA},Ada,{GUID.upper()},/A,4711,agent,companion;interact,contact_center_user,2026-12-01,2026-12-31\n"
    )
    entry = user(good(roster(csv)))
    assert entry.labels == Labels("Ada", "/A", "4711", None)
    assert (entry.key, entry.object_id, gives(entry)) == (ADA, GUID, ["companion", "interact"])
    assert (str(entry.begins), str(entry.ends)) == ("2026-12-01", "2026-12-31")
    files = {
        CONTOSO: "version: 1\nprofiles: {agent: {licenses: [contact_center_user]}}\n"
        f"users: {{{ADA}: {{profiles: [agent], licenses: [companion, interact], without: [contact_center_user]}}}}\n"
    }
    assert user(good(files)).claim == entry.claim


@pytest.mark.parametrize(
    "cell", ['"companion,interact"', "companion;interact", " companion | interact ", "companion;;interact;"]
)
def test_a_list_in_a_cell_splits_at_comma_semicolon_and_bar(cell: str) -> None:
    assert ada(f"upn,licenses\n{ADA},{cell}\n") == ["companion", "interact"]


def test_an_empty_cell_is_an_absent_key_and_none_is_an_empty_list() -> None:
    assert ada(f"upn,profiles,licenses\n{ADA},,\n") is None
    assert ada(f"upn,profiles,licenses\n{ADA},,none\n") == []
    assert ada(f"upn,profiles,licenses\n{ADA},none,\n") == []
    assert ada(f"upn,licenses,without\n{ADA},companion,none\n") == ["companion"]


@pytest.mark.parametrize("cell", [";", '" , "', "|;|"])
def test_a_cell_of_nothing_but_separators_is_neither(cell: str) -> None:
    assert bad(roster(f"upn,licenses\n{ADA},{cell}\n")) == [f"{CSV}:2:21: bad-format: licenses names nothing."]


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends_and_lines_are_still_right() -> None:
    csv = f'upn,name\r\n{ADA},"Lovelace, ""Ada""\r\nCountess"\r\n{BOB},Bob\r\nx,Y\r\n'
    assert bad(roster(csv))[0].startswith(f"{CSV}:5:1: bad-format")
    tenant = good(roster(csv.replace("x,Y\r\n", "")))
    assert user(tenant).labels.name == 'Lovelace, "Ada"\nCountess'
    assert (user(tenant).line, user(tenant, BOB).line) == (2, 4)


def test_a_roster_without_rows_has_nobody_and_one_without_a_header_is_an_error() -> None:
    assert not good(roster("upn\n")).entries["user"]
    assert bad(roster("")) == [f"{CSV}:1:1: missing-column: The column upn is missing."]
    assert bad(roster("\n\n")) == [f"{CSV}:1:1: missing-column: The column upn is missing."]


def test_unknown_doubled_and_missing_columns_are_told_with_the_nearest_name() -> None:
    assert bad(roster("upn,licences,name, NAME,,x\n")) == [
        f"{CSV}:1:5: unknown-column: There is no column licences.",
        f"{CSV}:1:19: column-twice: The column name stands twice.",
        f"{CSV}:1:25: unknown-column: A column has no name.",
        f"{CSV}:1:26: unknown-column: There is no column x.",
    ]
    _, (problem,) = read(roster("upn,licences\n"))
    assert problem.hint == 'Did you mean "licenses"?'
    assert bad(roster(f"name\n{ADA}\n")) == [f"{CSV}:1:1: missing-column: The column upn is missing."]


def test_a_faulty_header_does_not_hide_what_is_wrong_in_the_rows() -> None:
    assert rules_of(bad(roster(f"upn,x,licenses\n{ADA},1,compnion\n"))) == ["unknown-column", "unknown-license"]


def test_a_row_may_be_shorter_than_the_header_but_not_longer() -> None:
    assert good(roster(f"upn,name,licenses\n{ADA}\n")).entries["user"]
    assert bad(roster(f"upn,name\n{ADA},Ada,extra\n{BOB},Bob,\n")) == [
        f"{CSV}:2:25: extra-cell: The row has 3 cells, the header 2.",
        f"{CSV}:3:25: extra-cell: The row has 3 cells, the header 2.",
    ]


def test_a_row_that_ends_before_its_upn_is_told() -> None:
    assert bad(roster("name,upn\nAda\n"))[0].startswith(f'{CSV}:2:4: bad-format: "" is not a UPN.')


def test_the_column_of_a_problem_is_that_of_its_cell_as_it_is_written() -> None:
    csv = f'name;upn;licenses\n"Ada ""A""; L.";{ADA};compnion\n"two\nlines";{BOB};compnion\n'
    assert [line.split(": ")[0] for line in bad(roster(csv))] == [f"{CSV}:2:37", f"{CSV}:4:28"]


@pytest.mark.parametrize(
    ("csv", "place"),
    [
        ('upn\n"ada', "2:1"),
        (f'upn,name\n{ADA},"A"da\n', "2:1"),
        ('u"pn', None),
        (f'upn,name\n\n{ADA},"x\n\n', "3:1"),
    ],
)
def test_text_that_is_not_csv_is_told_with_its_row(csv: str, place: str | None) -> None:
    problems = bad(roster(csv))
    if place is None:
        assert rules_of(problems) == ["unknown-column", "missing-column"]
    else:
        assert problems[0].startswith(f"{CSV}:{place}: csv-syntax: This is not CSV: ")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("upn\n".encode("utf-16"), "not-utf8"),
        (b"upn,name\nada@contoso.example,Z\xfcrich\n", "not-utf8"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n", "lfs-pointer"),
        (b"upn,name\nada@contoso.example,A\0da\n", "control-character"),
        ("upn,name\nada@contoso.example,\u202eada\n".encode(), "bidirectional-character"),
        ("upn,name\nada@contoso.example,\ufeffAda\n".encode(), "byte-order-mark"),
        (b"upn,name\nada@contoso.example,\x1b[2J\n", "control-character"),
    ],
)
def test_a_roster_is_utf_8_without_characters_that_hide(content: bytes, rule: str) -> None:
    assert rules_of(bad(roster(content))) == [rule]


# people


def test_the_same_person_twice_in_one_roster_names_both_places() -> None:
    assert bad(roster(f"upn,name\n{ADA},Ada\n{BOB},\nADA@contoso.example,Ada\n")) == [
        f"{CSV}:4:1: holder-twice: user:ADA@contoso.example stands in {CSV}:2 already."
    ]


def test_a_person_may_stand_in_several_rosters_and_is_spelled_alike_in_whatever_order_they_stand() -> None:
    first, second = "{file: a.csv, licenses: [companion]}", "{file: b.csv, licenses: [interact]}"
    for rosters in (f"{first}, {second}", f"{second}, {first}"):
        files = {
            CONTOSO: f"version: 1\nrosters: [{rosters}]\n",
            "tenants/a.csv": f"upn\n{ADA}\n",
            "tenants/b.csv": "upn\nAda@contoso.example\n",
        }
        entries = good(files).entries["user"][ADA]
        assert [(entry.source.file, gives(entry), entry.key) for entry in entries] == [
            ("tenants/b.csv", ["interact"], "Ada@contoso.example"),
            ("tenants/a.csv", ["companion"], ADA),
        ]


def test_licenses_and_profiles_that_are_not_there_are_told_as_in_yaml() -> None:
    csv = f"upn,profiles,licenses,without\n{ADA},agnt,compnion,contact_center\n"
    yaml = f"users:\n  {ADA}: {{profiles: [agnt]}}\n  {BOB}: {{licenses: [compnion, contact_center]}}"
    _, in_csv = read(roster(csv))
    _, in_yaml = read(f"profiles: {{agent: {{}}}}\n{yaml}")
    for here, there in zip(
        sorted(in_csv, key=lambda item: item.rule), sorted(in_yaml, key=lambda item: item.rule), strict=True
    ):
        assert (here.rule, here.message, here.hint) == (there.rule, there.message, there.hint)
    assert [(item.line, item.column) for item in in_csv] == [(2, 26), (2, 35), (2, 21)]


def test_a_name_twice_in_a_cell_is_told() -> None:
    assert bad(roster(f"upn,licenses,profiles\n{ADA},companion;companion,agent|agent\n")) == [
        f'{CSV}:2:21: listed-twice: "companion" stands twice in licenses.',
        f'{CSV}:2:41: listed-twice: "agent" stands twice in profiles.',
    ]


def test_without_needs_profiles_or_licenses_and_none_of_licenses() -> None:
    assert rules_of(bad(roster(f"upn,without\n{ADA},companion\n"))) == ["without-alone"]
    assert rules_of(bad(roster(f"upn,licenses,without\n{ADA},companion,companion\n"))) == ["license-and-without"]


@pytest.mark.parametrize(
    "day", ["2026-02-30", "01.12.2026", "2026-W01-1", "20261201", "2026-12-1", "\u0662\u0660\u0662\u0666-12-01"]
)
def test_a_date_in_a_cell_is_checked_as_a_date(day: str) -> None:
    assert bad(roster(f"upn,from\n{ADA},{day}\n")) == [f"{CSV}:2:21: no-such-day: {day} is not a day of the calendar."]


def test_from_after_until_is_an_error_in_a_row() -> None:
    assert bad(roster(f"upn,from,until\n{ADA},2026-12-02,2026-12-01\n")) == [
        f"{CSV}:2:32: ends-before-it-begins: from 2026-12-02 lies after until 2026-12-01."
    ]


@pytest.mark.parametrize("key", ["name", "organization_unit", "cost_center"])
def test_a_label_is_no_longer_than_in_yaml(key: str) -> None:
    assert good(roster(f"upn,{key}\n{ADA},{'x' * 256}\n"))
    assert bad(roster(f"upn,{key}\n{ADA},{'x' * 257}\n")) == [
        f"{CSV}:2:21: bad-format: {key} is longer than 256 characters."
    ]


def test_an_object_id_is_a_guid() -> None:
    (problem,) = bad(roster(f"upn,object_id\n{ADA},4711\n"))
    assert problem == f'{CSV}:2:21: bad-format: "4711" is not an object id.'


# the roster's own entry


def test_a_roster_entry_speaks_for_its_rows_and_lists_unite() -> None:
    entry = "profiles: [agent], licenses: [companion], without: [interact], from: 2026-12-01, until: 2026-12-31"
    tenant = good(roster(f"upn,licenses\n{ADA},interact;assistant\n{BOB},\n", entry))
    assert gives(user(tenant)) == ["assistant", "companion", "contact_center_user"]
    assert gives(user(tenant, BOB)) == ["companion", "contact_center_user"]
    claim = user(tenant).claim
    assert claim is not None
    assert (claim.profiles, claim.without) == (("agent",), frozenset({"interact"}))
    assert (str(user(tenant).begins), str(user(tenant).ends)) == ("2026-12-01", "2026-12-31")


def test_a_row_s_own_date_replaces_the_roster_s() -> None:
    tenant = good(
        roster(f"upn,from,until\n{ADA},2026-12-10,\n{BOB},,2026-12-20\n", "from: 2026-12-01, until: 2026-12-31")
    )
    days = [(str(user(tenant, upn).begins), str(user(tenant, upn).ends)) for upn in (ADA, BOB)]
    assert days == [("2026-12-10", "2026-12-31"), ("2026-12-01", "2026-12-20")]
    assert bad(roster(f"upn,from\n{ADA},2027-01-01\n", "until: 2026-12-31")) == [
        f"{CSV}:2:1: ends-before-it-begins: from 2027-01-01 lies after until 2026-12-31."
    ]


def test_a_row_may_leave_out_what_its_roster_gives() -> None:
    csv = f"upn,without\n{ADA},companion;contact_center_user\n{BOB},\n"
    assert ada(csv, "profiles: [agent], licenses: [companion]") == []


def test_a_roster_s_without_is_for_rows_that_have_something() -> None:
    csv = f"upn,profiles\n{ADA},agent\n"
    assert ada(csv, "without: [contact_center_user]") == []
    assert rules_of(bad(roster(f"{csv}{BOB},\n", "without: [companion]"))) == ["without-alone"]


def test_what_is_wrong_with_a_roster_s_entry_is_told_there_and_only_once() -> None:
    entry = "profiles: [agnt], licenses: [companion], without: [companion], from: 2026-02-30, until: 2026-12-31"
    rows = "".join(f"user{at}@contoso.example\n" for at in range(30))
    assert bad(roster(f"upn\n{rows}", entry)) == [
        f"{CONTOSO}:3:40: unknown-profile: There is no profile agnt.",
        f"{CONTOSO}:3:80: license-and-without: companion stands under licenses and under without.",
        f"{CONTOSO}:3:99: no-such-day: 2026-02-30 is not a day of the calendar.",
    ]


# one rule for a UPN

UPNS = [
    ("ada@contoso.example", True),
    ("Ada.O'Neil+x@sub.contoso-2.example", True),
    ("a!#$%&'*+/=?^_~-b@c.d", True),
    ("ada", False),
    ("ada@contoso", False),
    ("@contoso.example", False),
    ("ada@@contoso.example", False),
    ("ada@contoso..example", False),
    (".ada@contoso.example", False),
    ("ada.@contoso.example", False),
    ("ada lovelace@contoso.example", False),
    ("ada@contoso_x.example", False),
    ("ada`@contoso.example", False),
    ("ada|x@contoso.example", False),
    ("\u0430da@contoso.example", False),
    ("a\u200bda@contoso.example", False),
    ("ada\u00a0@contoso.example", False),
    ("\u212aate@contoso.example", False),
    ("ada@contoso.e\u0445ample", False),
    ("ad\u0131@contoso.example", False),
    ("x" * 304 + "@contoso.example", True),
    ("x" * 305 + "@contoso.example", False),
]


@pytest.mark.parametrize(("upn", "is_good"), UPNS, ids=range(len(UPNS)))
def test_a_upn_is_the_same_in_yaml_and_in_a_roster_and_so_is_the_sentence(upn: str, is_good: bool) -> None:  # noqa: FBT001
    _, in_yaml = read(f'users:\n  "{upn}": {{}}')
    _, in_csv = read(roster(f"upn\n{upn}\n"))
    assert [(item.rule, item.message, item.hint) for item in in_csv] == [
        (item.rule, item.message, item.hint) for item in in_yaml if "longer than" not in item.message
    ] or len(upn) > 320
    assert bool(in_yaml) is bool(in_csv) is not is_good


@pytest.mark.parametrize(
    "upn", ["\u0430da@contoso.example\u00a0", "ada@contoso.example\u2003", "\u3000ada@contoso.example"]
)
def test_only_plain_blanks_around_a_cell_are_taken_off(upn: str) -> None:
    (problem,) = bad(roster(f"upn\n {upn}\t\n"))
    assert "it holds U+" in problem


@pytest.mark.parametrize(
    ("upn", "told"),
    [
        ("\u0430da@contoso.example", "it holds U+0430 CYRILLIC SMALL LETTER A."),
        ("a\u200bda@contoso.example", "it holds U+200B ZERO WIDTH SPACE."),
    ],
)
def test_a_character_that_only_looks_right_is_named(upn: str, told: str) -> None:
    assert bad(roster(f"upn\n{upn}\n"))[0].endswith(told)


def test_a_right_to_left_override_in_a_upn_is_told_with_its_code_point() -> None:
    assert any("U+202E" in line for line in bad(roster("upn\nada\u202e@contoso.example\n")))
    assert any("U+202E" in line for line in bad('users:\n  "ada\u202e@contoso.example": {}'))


def test_a_line_end_after_a_upn_is_no_part_of_it() -> None:
    assert not form("upn").fits("ada@contoso.example\n")
    assert not form("object_id").fits(f"{GUID}\n")


# time


def test_very_many_problems_of_a_roster_cost_bearable_time() -> None:
    began = time.perf_counter()
    header = ",".join(f"column{at}" for at in range(20_000))
    assert len(bad(roster(f"upn,{header}\n"))) <= 5001
    assert len(bad(roster("upn,licenses\n" + f"{ADA},compnion\n" * 20_000))) <= 5001
    assert time.perf_counter() - began < 6
