"""The report as a workbook, read by programs of others: real tables, true values, nothing that calculates, charts."""

import datetime
import io
import os
import re
import subprocess
import sys
import time
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hostile_plans import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from rendering_samples import CATALOG, IDLE, PROBLEM, REPORT, REPORTED, fleet

from tenantry.model.report import GroupUsage, HolderUsage, LicenseTrend, Report, TenantReport, TrendPoint
from tenantry.rendering import workbook
from tenantry.rendering.escape import visible
from tenantry.rendering.layout import Layout
from tenantry.rendering.report_xlsx import report_xlsx
from tenantry.rendering.workbook import distinct

DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TREND = LicenseTrend(
    "companion",
    (
        TrendPoint("2026-10-01", 5, 10),
        TrendPoint("2026-10-20", 5, 10),
        TrendPoint("2026-11-02", 7, None),
        TrendPoint("2026-11-24", 7, 12),
    ),
)
ADA = HolderUsage(
    holder="user:ada@contoso.example",
    name="Ada",
    organization_unit="/Contoso/Zurich",
    cost_center="0042",
    licenses=("contact_center_user", "companion"),
)
DESK = replace(ADA, holder="service:desk", name=None, cost_center=None, licenses=("contact_center",))
FULL = replace(REPORTED, trend=(TREND,), holders=(ADA, DESK))
STARTS = st.sampled_from(("", "=", "=HYPERLINK(1)", "{=1}", "+", "-", "@", "'", "http://", "mailto:", "_x0041_", " "))
ANY = st.builds(str.__add__, STARTS, TEXTS | st.text(max_size=20)).filter(bool)


def made(*tenants: TenantReport, problems: bool = False) -> bytes:
    """The workbook of a report without a roll-up."""
    return report_xlsx(Report(problems=(PROBLEM,) if problems else (), tenants=tenants), CATALOG, Layout())


def rows(content: bytes, sheet: str) -> list[dict[str, Any]]:
    """The rows of a table that begins on the first row, by header."""
    header, *found = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()
    assert len(set(header)) == len(header)
    return [dict(zip(header, row, strict=True)) for row in found]


def texts(content: bytes, sheet: str) -> set[str]:
    """Every text of a sheet."""
    found = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()
    return {cell for row in found for cell in row if isinstance(cell, str) and cell}


def sheets(content: bytes) -> list[str]:
    """The names of the sheets."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names


def opened(content: bytes) -> Any:
    """The workbook as openpyxl understands it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension is not supported")
        return openpyxl.load_workbook(io.BytesIO(content))


def parts(content: bytes, pattern: str) -> dict[str, ElementTree.Element]:
    """The XML of the parts with these names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {
            name: ElementTree.fromstring(archive.read(name))  # noqa: S314 - it is ours
            for name in archive.namelist()
            if re.search(pattern, name)
        }


def reference(series: ElementTree.Element, kind: str) -> str:
    """The cells that a series takes its values of a kind from."""
    found = series.find(f"{DRAWN}{kind}//{DRAWN}f")
    assert found is not None
    return str(found.text)


def values(book: Any, reference: str) -> list[Any]:
    """The cells that a chart is drawn from."""
    sheet, _, cells = reference.rpartition("!")
    return [cell.value for row in book[sheet.strip("'")][cells.replace("$", "")] for cell in row]


def test_the_sheets_of_one_tenant_and_of_several() -> None:
    one = ["Summary", "Licenses", "Organization units", "Cost centers", "Cost a month", "Holders", "Trend"]
    assert sheets(made(FULL)) == [*one, "Trend lines", "Findings", "About"]
    assert sheets(report_xlsx(fleet(3), CATALOG, Layout())) == ["Summary", "Totals", *one[1:], "Findings", "About"]
    assert "Cost a month" not in sheets(made(replace(REPORTED, cost=None)))


def test_licenses_are_numbers_words_and_days() -> None:
    found = {row["License"]: row for row in rows(made(FULL), "Licenses")}
    assert found["Contact Center User"] == {
        "Tenant": "contoso",
        "Name": "Contoso AG",
        "Tenant State": "Active",
        "As of": datetime.date(2026, 11, 24),
        "Part": CATALOG.parts[2].label,
        "License": "Contact Center User",
        "Preview": "",
        "Contingency": 120,
        "Assigned": 121,
        "Available": -1,
        "Used": 1.0,
        "Unaccounted": 0,
    }
    routing = found[CATALOG.licenses["advanced_routing"].label]
    assert (routing["Contingency"], routing["Available"], routing["Used"]) == ("unlimited", "unlimited", "")


def test_what_nobody_tells_is_empty_and_what_was_never_bought_is_said() -> None:
    changes = {
        "companion": {"contingency": None, "available": None},
        "virtual_user": {"contingency": 0, "assigned": 1, "available": -1},
        "instant_messaging": {"contingency": 0, "assigned": 0, "available": 0},
    }
    changed = tuple(
        replace(part, licenses=tuple(replace(item, **changes.get(item.license, {})) for item in part.licenses))
        for part in REPORTED.parts
    )
    content = made(replace(REPORTED, parts=changed))
    found = {row["License"]: (row["Contingency"], row["Available"], row["Used"]) for row in rows(content, "Licenses")}
    assert found["Companion"] == ("", "", "")
    assert found["Virtual User"] == (0, -1, "nothing bought")
    assert found["Instant Messaging"] == (0, 0, "")
    assert "Instant Messaging" not in texts(content, "Summary")


def test_groups_have_a_column_for_each_license_that_is_held() -> None:
    found = rows(made(FULL), "Organization units")
    zurich = {"Tenant": "contoso", "Organization unit": "/Contoso/Zurich", "Holders": 90, "Advanced Routing": ""}
    assert {name: found[1][name] for name in zurich} == zurich
    assert (found[1]["Contact Center User"], found[1]["Companion"], found[1]["Instant Messaging"]) == (91, 7, 28)
    assert [(row["Organization unit"], row["Holders"]) for row in found[2:]] == [("(none)", 14), ("(unaccounted)", "")]
    assert [row["Cost center"] for row in rows(made(FULL), "Cost centers")] == ["4711", "(none)", "(unaccounted)"]


def test_holders_are_listed_with_their_licenses_and_a_cost_center_stays_text() -> None:
    found = rows(made(FULL), "Holders")
    assert found[0] == {
        "Tenant": "contoso",
        "Kind": "User",
        "Holder": "ada@contoso.example",
        "Name": "Ada",
        "Organization unit": "/Contoso/Zurich",
        "Cost center": "0042",
        "Count": 2,
        "Licenses": "Contact Center User, Companion",
    }
    assert (found[1]["Kind"], found[1]["Holder"], found[1]["Name"]) == ("Service", "desk", "")


def test_a_summary_of_one_tenant_tells_its_state_and_its_licenses_by_least_left() -> None:
    content = made(FULL, problems=True)
    told = texts(content, "Summary")
    assert {
        "License usage: Contoso AG (contoso)",
        "Tenant State: Active. Everything works; licenses can be assigned.",
        "As of 2026-11-24, from: ledger.",
        "Not everything could be read: see Findings.",
    } <= told
    sheet = opened(content)["Summary"]
    (table,) = sheet.tables.values()
    header, *body = [[cell.value for cell in row] for row in sheet[table.ref]]
    assert header[2:6] == ["License", "Preview", "Used", "Contingency"]
    assert [(row[2], row[4]) for row in body][:3] == [
        *(("Contact Center User", 1), ("Interact (Service)", 1), ("Instant Messaging", 1)),
    ]
    assert body[-1][2:5] == ["Advanced Routing", None, None], "what has no limit comes last"


def test_a_summary_of_several_tenants_has_the_tightest_on_top() -> None:
    content = report_xlsx(fleet(120), CATALOG, Layout())
    sheet = opened(content)["Summary"]
    (table,) = sheet.tables.values()
    _, *body = [[cell.value for cell in row] for row in sheet[table.ref]]
    assert [row[0] for row in body] == [f"tenant-{at:03}" for at in range(120)]
    assert body[0] == ["tenant-000", "Customer 0", "Active", "Contact Center User", 1, 120, 121, -1]
    assert body[119][3:] == ["no license is limited", None, None, None, None]
    assert sheet.freeze_panes == "A4"
    assert len(rows(content, "Totals")) == len(CATALOG.licenses)


@pytest.mark.parametrize("content", [made(FULL, problems=True), report_xlsx(fleet(3), CATALOG, Layout())])
def test_every_sheet_but_the_last_is_one_real_table_with_filters_and_a_header_that_stays(content: bytes) -> None:
    book = opened(content)
    names = []
    for sheet in book.worksheets[:-1]:
        if sheet.max_row == 1:
            continue  # a sentence: there is nothing
        (table,) = sheet.tables.values()
        names.append(table.displayName)
        assert re.fullmatch(r"[A-Za-z]{4,}[A-Za-z_0-9]*", table.displayName)
        assert table.autoFilter.ref == table.ref
        top = table.ref.partition(":")[0]
        below = f"A{int(top[1:]) + 1}"
        assert sheet.freeze_panes == below or (sheet.title == "Summary" and sheet.freeze_panes is None)
        assert all(6 < sheet.column_dimensions[letter].width <= 66 for letter in "ABC")
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == (None if sheet.freeze_panes is None else "${0}:${0}".format(top[1:]))
        assert "personal data" in sheet.oddFooter.left.text
    assert len(set(names)) == len(names) >= 7
    assert "personal data" in " ".join(texts(content, "About"))
    assert "personal data" in book.properties.description


def test_what_is_over_is_marked_where_it_stands() -> None:
    (root,) = parts(made(FULL), "worksheets/sheet2.xml").values()
    marks = [
        (area.get("sqref"), rule.get("operator"), "".join(rule.itertext()))
        for area in root.iter(f"{MAIN}conditionalFormatting")
        for rule in area.iter(f"{MAIN}cfRule")
        if rule.get("type") == "cellIs"
    ]
    assert marks == [("J2:J10", "lessThan", "0")]


def test_the_tightest_is_the_one_with_the_least_share_left() -> None:
    units = {"contact_center_user": (1000, 900), "companion": (10, 8), "virtual_user": (0, 1), "email": (0, 0)}
    changed = tuple(
        replace(
            part,
            licenses=tuple(
                replace(item, contingency=bought, assigned=assigned, available=bought - assigned)
                for item in part.licenses
                for bought, assigned in [units.get(item.license, (100, 0))]
            ),
        )
        for part in REPORTED.parts
    )
    sheet = opened(made(replace(REPORTED, parts=changed)))["Summary"]
    (table,) = sheet.tables.values()
    assert [row[2].value for row in sheet[table.ref]][1:4] == ["Virtual User", "Contact Center User", "Companion"]


def test_shares_have_bars_that_end_at_all_that_was_bought() -> None:
    content = made(FULL)
    for sheet, cells in (("sheet1", "E7:E13"), ("sheet2", "K2:K10")):
        (root,) = parts(content, f"worksheets/{sheet}.xml").values()
        bars = [
            item for item in root.iter(f"{MAIN}conditionalFormatting") if item.find(f".//{MAIN}dataBar") is not None
        ]
        assert [item.get("sqref") for item in bars] == [cells]
        limits = [(item.get("type"), item.get("val")) for item in bars[0].iter(f"{MAIN}cfvo")]
        assert limits == [("num", "0"), ("num", "1")]


def test_the_use_is_drawn_from_the_table_and_what_is_over_in_another_color() -> None:
    content = report_xlsx(fleet(120), CATALOG, Layout())
    book = opened(content)
    (chart,) = parts(content, r"charts/chart\d+\.xml").values()
    (series,) = chart.iter(f"{DRAWN}ser")
    names, used = (reference(series, kind) for kind in ("cat", "val"))
    assert values(book, names) == [f"tenant-{at:03}" for at in range(20)]
    assert values(book, used) == [(121 - at) * 100 // 120 / 100 for at in range(20)]
    points = series.iter(f"{DRAWN}dPt")
    colors = [next(item.get("val") for item in point.iter() if item.tag.endswith("srgbClr")) for point in points]
    assert colors == ["C00000", *["2E75B6"] * 19], "1 unit over is over, although it is 100 % rounded down"
    orders = [item.get("val") for item in chart.iter(f"{DRAWN}orientation")]
    assert orders == ["maxMin", "minMax"], "the first row on top, the shares from the left"
    (drawing,) = parts(content, r"drawings/drawing1\.xml").values()
    assert [item.get("editAs") for item in drawing] == ["absolute"], "a filter neither hides nor squeezes it"
    assert any("first 20 rows" in (item.get("descr") or "") for item in drawing.iter())


def test_a_course_is_drawn_in_steps() -> None:
    content = made(FULL)
    book = opened(content)
    assert [tuple(row.values())[2:] for row in rows(content, "Trend")] == [
        (datetime.date(2026, 10, 1), 5, 10),
        (datetime.date(2026, 10, 20), 5, 10),
        (datetime.date(2026, 11, 2), 7, ""),
        (datetime.date(2026, 11, 24), 7, 12),
    ]
    (chart,) = parts(content, r"charts/chart2\.xml").values()
    assert "contoso: Companion" in "".join(chart.itertext())
    drawn = {}
    for series in chart.iter(f"{DRAWN}ser"):
        name = "".join(series.find(f"{DRAWN}tx").itertext())  # type: ignore[union-attr]
        days, units = (reference(series, kind) for kind in ("xVal", "yVal"))
        drawn[name] = list(zip((day.strftime("%m-%d") for day in values(book, days)), values(book, units), strict=True))
    steps = ["10-01", "10-20", "11-02", "11-02", "11-24", "11-24"]
    assert drawn["Assigned"] == list(zip(steps, (5, 5, 5, 7, 7, 7), strict=True))
    assert drawn["Contingency"] == list(zip(steps, (10, 10, 10, None, None, 12), strict=True))
    across, _ = chart.iter(f"{DRAWN}valAx")
    ends = [item.get("val") for kind in ("min", "max") for item in across.iter(f"{DRAWN}{kind}")]
    assert ends == ["46296", "46350"], "days as Excel counts them"


def test_a_course_of_a_single_day_is_no_line() -> None:
    content = made(replace(FULL, trend=(LicenseTrend("companion", TREND.points[-1:]),)))
    assert len(rows(content, "Trend")) == 1
    assert len(parts(content, r"charts/chart\d+\.xml")) == 1, "the use alone"
    assert "Trend lines" not in sheets(content)


def test_of_many_tenants_the_tightest_courses_are_drawn_each_from_its_own_rows() -> None:
    several = fleet(9)
    courses = [
        LicenseTrend("contact_center_user", (*TREND.points[: 2 + at % 3], TrendPoint("2026-11-24", at, 12)))
        for at in range(9)
    ]
    changed = [replace(tenant, trend=(course,)) for tenant, course in zip(several.tenants, courses, strict=True)]
    content = report_xlsx(replace(several, tenants=tuple(changed)), CATALOG, Layout())
    book = opened(content)
    charts = list(parts(content, r"charts/chart\d+\.xml").values())[1:]
    assert len(charts) == 6
    for at, chart in enumerate(charts):
        _, assigned = chart.iter(f"{DRAWN}ser")
        drawn = reference(assigned, "yVal")
        assert values(book, drawn)[-1] == at
        assert set(values(book, drawn.replace("$D$", "$A$"))) == {f"tenant-{at:03}"}


def test_findings_and_problems_are_told() -> None:
    found = rows(made(FULL, problems=True), "Findings")
    assert (found[0]["Rule"], found[0]["File"], found[0]["Line"]) == ("unknown-license", "tenants/nordwind.yaml", 9)
    (idle,) = (row for row in found if row["Rule"] == IDLE.rule)
    assert (idle["Severity"], idle["Holders"], idle["License"]) == ("⚠ warning", 7, "Companion")
    assert idle["Tenant"] == "contoso"
    assert idle["First of them"] == "user:a@contoso.example, user:b@contoso.example, user:c@contoso.example"


def test_a_finding_stands_beside_its_tenant_also_where_it_does_not_name_it() -> None:
    content = made(replace(FULL, findings=(replace(IDLE, tenant=None),)), problems=True)
    assert [row["Tenant"] for row in rows(content, "Findings")] == ["nordwind", "contoso"]
    assert "1 problem: see Findings" in texts(content, "About")


def test_a_workbook_of_nothing_says_so() -> None:
    content = made(problems=True)
    assert "No tenant could be read." in texts(content, "Summary")
    bare = replace(REPORTED, parts=(), organization_units=(), cost_centers=(), findings=())
    content = made(bare)
    assert "Nothing was bought, and nothing is assigned." in texts(content, "Summary")
    assert texts(content, "Holders") == {"Nobody has a license."}
    assert texts(content, "Findings") == {"Nothing was found."}
    assert not parts(content, "charts/")


@pytest.mark.parametrize("day", ["0001-01-01", "1900-02-28", "9999-12-31"])
def test_a_day_that_excel_does_not_count_is_text(day: str) -> None:
    content = made(replace(FULL, as_of=day))
    found = rows(content, "Licenses")[0]["As of"]
    assert str(found) == day
    assert isinstance(found, str) == (day < "1900-03-01")
    assert opened(content).properties.created.year in {2000, 9999}


@settings(max_examples=60)
@given(st.lists(ANY, min_size=12, max_size=12))
def test_every_text_comes_out_as_text_and_nothing_calculates(given_texts: list[str]) -> None:
    name, state, part, label, unit, center, person, key, told, message, hint, file = given_texts
    changed = tuple(
        replace(item, label=part, licenses=tuple(replace(row, label=label) for row in item.licenses))
        for item in REPORTED.parts
    )
    holder = HolderUsage(
        holder=f"user:{key}", name=person, organization_unit=unit, cost_center=center, licenses=("companion",)
    )
    tenant = replace(
        FULL,
        name=name,
        state_label=state,
        told_by=told,
        parts=changed,
        organization_units=(GroupUsage(unit, 1, {"companion": 1, "virtual_user": 2}),),
        cost_centers=(GroupUsage(center, 1, {"companion": 1}),),
        findings=(replace(IDLE, message=message, hint=hint, file=file),),
        holders=(holder,),
    )
    content = made(tenant)
    row = rows(content, "Licenses")[0]
    assert (row["Name"], row["Tenant State"]) == (visible(name), visible(state))
    assert (row["Part"], row["License"]) == (visible(part), visible(label))
    (someone,) = rows(content, "Holders")
    columns = ("Holder", "Name", "Organization unit", "Cost center", "Licenses")
    assert tuple(someone[item] for item in columns) == tuple(map(visible, (key, person, unit, center, label)))
    (grouped,) = rows(content, "Organization units")
    assert list(grouped)[3:] == distinct([label, label])
    (finding,) = rows(content, "Findings")
    assert (finding["Message"], finding["What to do"], finding["File"]) == tuple(map(visible, (message, hint, file)))
    assert visible(told) in texts(content, "About")
    for root in parts(content, r"\.xml(\.rels)?$").values():
        assert not list(root.iter(f"{MAIN}f")), "no formula"
        assert not list(root.iter(f"{MAIN}hyperlink"))
    opened(content)


@given(st.lists(st.text(max_size=6) | st.text(min_size=249, max_size=400), min_size=1, max_size=12))
def test_headers_are_there_short_and_never_alike(headers: list[str]) -> None:
    found = distinct([*headers, *headers, "A", "a"])
    assert len({item.casefold() for item in found}) == len(found) == 2 * len(headers) + 2
    assert all(item and item.isprintable() and len(item) <= 255 for item in found)


def test_a_header_is_the_same_text_in_its_cell_and_in_its_table() -> None:
    assert distinct(["a_x0041_b", "_x005F_x0041_", "_x41_"]) == ["a-x0041_b", "-x005F-x0041_", "_x41_"]


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_not_lost() -> None:
    found = rows(made(replace(FULL, holders=(replace(ADA, name="👩" * 40_000),))), "Holders")
    assert found[0]["Name"].startswith("👩👩")
    assert found[0]["Name"].endswith("…")
    assert len(found[0]["Name"].encode("utf-16-le")) // 2 <= 32_767


def test_more_rows_than_a_sheet_takes_go_on_on_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS", 6)
    people = tuple(replace(ADA, holder=f"user:{at}@x.example") for at in range(13))
    content = made(replace(FULL, holders=people))
    assert [name for name in sheets(content) if name.startswith("Holders")] == ["Holders", "Holders 2", "Holders 3"]
    listed = [row["Holder"] for name in ("Holders", "Holders 2", "Holders 3") for row in rows(content, name)]
    assert listed == [f"{at}@x.example" for at in range(13)]
    assert {table for sheet in opened(content).worksheets for table in sheet.tables} >= {"Holders", "Holders_2"}


def test_equal_reports_are_equal_bytes_at_any_time_in_any_place(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path[:0] = ['tests', 'tests/rendering']\n"
        "from test_report_xlsx import FULL, made\n"
        "sys.stdout.buffer.write(made(FULL, problems=True))"
    )
    first = made(FULL, problems=True)
    began = time.time()
    for zone, locale, seed in (("Pacific/Kiritimati", "de_CH.UTF-8", "1"), ("America/New_York", "C", "2")):
        time.sleep(max(0, began + 2.1 - time.time()))  # an archive counts in steps of two seconds
        surroundings = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed, "TMPDIR": str(tmp_path)}
        command = [sys.executable, "-c", program]
        found = subprocess.run(
            command, env=surroundings, capture_output=True, check=True, cwd=Path(__file__).parents[2]
        )
        assert found.stdout == first
    created = opened(first).properties.created
    assert created.date() == datetime.date(2026, 11, 24)
    assert list(tmp_path.iterdir()) == []


def test_twenty_thousand_holders_are_a_matter_of_seconds() -> None:
    people = tuple(replace(ADA, holder=f"user:person{at}@contoso.example") for at in range(20_000))
    began = time.perf_counter()
    content = made(replace(FULL, holders=people))
    assert time.perf_counter() - began < 8  # 1.2 s on a quiet machine
    assert len(rows(content, "Holders")) == 20_000
    assert REPORT.tenants[0].holders == ()
