"""The report as CSV, read by Python's own reader: every text in its cell, no formula, sums that agree."""

import csv
import io
from collections import Counter
from dataclasses import replace

import pytest
from hostile_plans import TEXTS
from hypothesis import given
from hypothesis import strategies as st
from rendering_samples import CATALOG, PROBLEM, REPORT, REPORTED, fleet

from tenantry.model.report import GroupUsage, Report
from tenantry.rendering.escape import visible
from tenantry.rendering.layout import Layout
from tenantry.rendering.report_csv import COLUMNS, DIALECTS, harmless, report_csv

LAYOUT = Layout()
STARTS = st.sampled_from(("", "=", "+", "-", "@", "\t", "\r", "\n", " =", "\x00=", "＝", ";", ",", '"', "'", "\ufeff"))  # noqa: RUF001 - a wide sign
ANY = st.builds(str.__add__, STARTS, TEXTS | st.text(max_size=20))


def read(text: str, dialect: str = "excel") -> list[dict[str, str]]:
    """The rows, by column, as somebody else reads them."""
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=DIALECTS[dialect], strict=True))
    assert tuple(rows[0]) == COLUMNS
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_report_is_one_table_of_units(dialect: str) -> None:
    rows = read(report_csv(REPORT, CATALOG, LAYOUT, dialect), dialect)
    about = {"Tenant": "contoso", "Name": "Contoso AG", "Tenant State": "Active", "As of": "2026-11-24"}
    (total,) = (row for row in rows if row["Breakdown"] == "License" and row["License id"] == "contact_center_user")
    assert total == {
        **about,
        "Breakdown": "License",
        "Group": "",
        "Part": CATALOG.parts[2].label,
        "License id": "contact_center_user",
        "License": "Contact Center User",
        "Contingency": "120",
        "Assigned": "121",
        "Available": "-1",
        "Unaccounted": "0",
    }
    (zurich,) = (row for row in rows if row["Group"] == "/Contoso/Zurich" and row["License id"] == "companion")
    assert {name: zurich[name] for name in ("Breakdown", "Contingency", "Assigned", "Available", "Unaccounted")} == {
        "Breakdown": "Organization unit",
        "Contingency": "",
        "Assigned": "7",
        "Available": "",
        "Unaccounted": "0",
    }


def test_the_dialects_are_those_of_excel_with_a_mark_and_its_ends_of_lines() -> None:
    comma, semicolon = (report_csv(REPORT, CATALOG, LAYOUT, dialect) for dialect in ("excel", "excel-eu"))
    assert comma.encode().startswith(b"\xef\xbb\xbfTenant,Name,")
    assert semicolon.encode().startswith(b"\xef\xbb\xbfTenant;Name;")
    for text in (comma, semicolon):
        assert text.endswith("\r\n")
        assert text.count("\r\n") == text.count("\n") == text.count("\r")
    assert comma == report_csv(REPORT, CATALOG, LAYOUT), "the first is the default"


def test_what_is_not_limited_is_a_word_and_what_is_not_known_is_empty() -> None:
    parts = tuple(
        replace(part, licenses=tuple(replace(item, contingency=None, available=None) for item in part.licenses))
        if part.part == "user"
        else part
        for part in REPORTED.parts
    )
    rows = read(report_csv(Report(problems=(), tenants=(replace(REPORTED, parts=parts),)), CATALOG, LAYOUT))
    found = {row["License id"]: (row["Contingency"], row["Available"]) for row in rows if row["Breakdown"] == "License"}
    assert found["advanced_routing"] == ("unlimited", "unlimited")
    assert found["companion"] == ("", "")
    assert found["contact_center"] == ("4", "1")


def test_units_without_a_label_and_without_a_holder_are_told_apart() -> None:
    rows = [row for row in read(report_csv(REPORT, CATALOG, LAYOUT)) if row["Breakdown"] == "Organization unit"]
    without = [(row["License id"], row["Assigned"], row["Unaccounted"]) for row in rows if row["Group"] == ""]
    assert without == [("advanced_routing", "12", "0"), ("contact_center", "3", "0"), ("instant_messaging", "2", "2")]


def test_each_breakdown_tells_all_units() -> None:
    groups = (
        GroupUsage("a", 2, {"companion": 5, "email": 0}),
        GroupUsage(None, 1, {"companion": 2, "advanced_routing": 12}),
        GroupUsage(None, 0, {"virtual_user": 1}, unaccounted=True),
    )
    units = {"companion": 7, "advanced_routing": 12, "virtual_user": 1}
    parts = tuple(
        replace(part, licenses=tuple(replace(item, assigned=units.get(item.license, 0)) for item in part.licenses))
        for part in REPORTED.parts
    )
    tenant = replace(REPORTED, parts=parts, organization_units=groups, cost_centers=groups[1:])
    sums: Counter[tuple[str, str]] = Counter()
    for row in read(report_csv(Report(problems=(), tenants=(tenant,)), CATALOG, LAYOUT)):
        sums[row["Breakdown"], row["License id"]] += int(row["Assigned"])
    for license_id, count in units.items():
        assert sums["Organization unit", license_id] == sums["License", license_id] == count
    assert not sums["Organization unit", "email"], "nobody has one"


@given(texts=st.lists(ANY, min_size=7, max_size=7), dialect=st.sampled_from(tuple(DIALECTS)))
def test_every_text_comes_out_in_its_cell_and_none_is_a_formula(texts: list[str], dialect: str) -> None:
    name, state, part, label, unit, center, as_of = texts
    changed = tuple(
        replace(item, label=part, licenses=tuple(replace(row, label=label) for row in item.licenses))
        for item in REPORTED.parts
    )
    tenant = replace(
        REPORTED,
        name=name,
        state_label=state,
        as_of=as_of,
        parts=changed,
        organization_units=(GroupUsage(unit, 1, {"companion": 1}),),
        cost_centers=(GroupUsage(center, 1, {"companion": 1}),),
    )
    text = report_csv(Report(problems=(PROBLEM,), tenants=(tenant,)), CATALOG, LAYOUT, dialect)
    rows = read(text, dialect)
    assert len(rows) == sum(len(part.licenses) for part in changed) + 2
    for row in rows:
        cells = (row["Name"], row["Tenant State"], row["As of"], row["Part"], row["License"])
        assert cells == tuple(map(harmless, (name, state, as_of, part, label)))
    assert [row["Group"] for row in rows[-2:]] == [harmless(unit), harmless(center)]
    for row in rows:
        for column in COLUMNS:
            cell = row[column]
            assert cell.isprintable()
            assert cell.lstrip()[:1] not in tuple("=+-@＝＋－＠") or column == "Available"  # noqa: RUF001 - wide signs


@given(ANY)
def test_a_text_is_shown_as_everywhere_and_marked_only_where_it_must_be(text: str) -> None:
    marked = text.lstrip()[:1] in {*"=+-@＝＋－＠"} or text[:1] in {"\t", "\r"}  # noqa: RUF001 - wide signs
    assert (harmless(text) == visible(text)) is not (marked and text != "")
    assert harmless(text).removeprefix("'" if marked and text else "") == visible(text)


def test_a_fleet_has_the_rows_of_every_tenant_in_order() -> None:
    rows = read(report_csv(fleet(120), CATALOG, LAYOUT))
    assert list(dict.fromkeys(row["Tenant"] for row in rows)) == [f"tenant-{at:03}" for at in range(120)]
    assert len(rows) == 120 * len(read(report_csv(fleet(1), CATALOG, LAYOUT)))
