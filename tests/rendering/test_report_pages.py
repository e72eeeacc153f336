"""The usage report: the parts of the portal's page in their order, readable by a manager, and bounded."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_page import OURS, read
from rendering_samples import CATALOG, PROBLEM, REPORT, REPORTED, fleet
from test_escape import HOSTILE

from tenantry.model.report import GroupUsage, Report
from tenantry.rendering.columns import width
from tenantry.rendering.escape import visible
from tenantry.rendering.formats import REPORT_FORMATS
from tenantry.rendering.layout import Layout

A_PROBLEM = re.compile(r"\S.*:\d+:\d+: [a-z-]+: ")
"""The one line that may be longer, since other tools read it."""


def shown(report: Report, fmt: str, **layout: object) -> str:
    """A report in a format."""
    return REPORT_FORMATS[fmt](report, CATALOG, Layout(**layout))  # type: ignore[arg-type]


def hostile(name: str) -> Report:
    """A report in which everything that a file can name has this name."""
    parts = tuple(
        replace(part, label=name, licenses=tuple(replace(item, label=name) for item in part.licenses))
        for part in REPORTED.parts
    )
    finding = replace(REPORTED.findings[0], message=name, hint=name, holder=f"user:{name}")
    tenant = replace(
        REPORTED,
        name=name,
        state_label=name,
        effect=name,
        told_by=name,
        parts=parts,
        organization_units=(GroupUsage(name, 3, {"companion": 2}),),
        cost_centers=(GroupUsage(name, 3, {"companion": 2}),),
        findings=(finding,),
    )
    return Report(problems=(replace(PROBLEM, message=name, file=name),), tenants=(tenant,))


def test_the_parts_stand_in_the_order_of_the_page_after_the_state() -> None:
    for fmt in ("text", "markdown"):
        text = read(shown(REPORT, fmt)).text if fmt == "markdown" else shown(REPORT, fmt)
        order = ["Tenant State: Active", *(part.label for part in REPORTED.parts), "By organization unit"]
        places = [text.index(part) for part in [*order, "By cost center", "Cost a month", "companion-idle"]]
        assert places == sorted(places)


def test_a_license_tells_contingency_assigned_available_and_a_bar() -> None:
    rows = {row[0]: row[1:] for row in read(shown(REPORT, "markdown")).tables[0]}
    assert rows["Contact Center User"] == ["120", "121", "✖\xa01\xa0missing", "██████████\xa0100\xa0%"]
    assert rows["Companion"] == ["10", "7", "3 left", "███████░░░\xa070\xa0%"]
    assert rows["Advanced Routing"] == ["unlimited", "12", "no limit", ""]
    assert "Virtual User (preview)" in rows


def test_units_that_only_the_vendor_counts_are_named_and_have_a_row_of_their_own() -> None:
    page = read(shown(REPORT, "markdown"))
    assert any(row[1:4] == ["40", "40", "none left (2 unaccounted)"] for row in page.tables[0])
    assert page.tables[1][-1][:2] == page.tables[2][-1][:2] == ["(unaccounted)", ""]
    text = shown(REPORT, "text")
    assert "none left (2 unaccounted)" in text
    assert "    (unaccounted)\n      2 Instant Messaging" in text
    data = json.loads(shown(REPORT, "json"))["tenants"][0]
    for groups, key in ((data["organization_units"], "organization_unit"), (data["cost_centers"], "cost_center")):
        assert groups[-1] == {key: None, "licenses": {"instant_messaging": 2}, "unaccounted": True}
        assert all("unaccounted" not in group for group in groups[:-1])


def test_holders_without_a_cost_center_are_a_row() -> None:
    assert "(none)" in [row[0] for row in read(shown(REPORT, "markdown")).tables[2]]
    assert "(none) (3 holders)" in shown(REPORT, "text")


def test_a_roll_up_comes_first_with_the_tightest_on_top() -> None:
    page = read(shown(fleet(5), "markdown"))
    assert [row[0] for row in page.tables[0][1:]] == [f"tenant-{at:03}" for at in range(5)]
    assert page.tables[0][1][3:7] == ["Contact Center User", "120", "121", "✖\xa01\xa0missing"]
    text = shown(fleet(5), "text")
    assert text.startswith("5 tenants, the tightest first")
    assert text.index("All tenants together") < text.index("License usage of tenant-000")


@pytest.mark.parametrize("budget", [5_000, 20_000, 60_000])
def test_many_cost_centers_stay_in_the_budget_and_the_largest_are_shown(budget: int) -> None:
    groups = tuple(GroupUsage(f"cc-{at:04}", 1, {"contact_center_user": at}) for at in range(5000))
    page = shown(replace(REPORT, tenants=(replace(REPORTED, cost_centers=groups),)), "markdown", max_bytes=budget)
    assert len(page.encode()) <= budget
    table = next(table for table in read(page).tables if table[1][0] == "cc-4999")
    assert f"{5000 - (len(table) - 1):,}".replace(",", "") + " more with fewer licenses" in read(page).text


@pytest.mark.parametrize("budget", [5_000, 20_000, 60_000])
def test_a_large_fleet_stays_in_the_budget_and_says_what_is_not_shown(budget: int) -> None:
    page = shown(fleet(300), "markdown", max_bytes=budget)
    assert len(page.encode()) <= budget
    assert "Not shown in full here:" in page


TAME = read(shown(hostile("xa"), "markdown"))


@settings(deadline=None, max_examples=60)
@given((st.text(max_size=40) | st.sampled_from(HOSTILE)).map(lambda text: "x" + text))
def test_no_text_from_a_file_changes_the_structure_of_the_page(name: str) -> None:
    page, tame = read(shown(hostile(name), "markdown")), TAME
    assert [tag for tag in page.tags if tag != "code"] == [tag for tag in tame.tags if tag != "code"]
    assert page.tables[1][1][0] == visible(name)
    assert set(page.tags) <= OURS
    assert not page.comments
    for line in shown(hostile(name), "text").splitlines():
        assert width(line) <= 80 or A_PROBLEM.match(line)
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert "##" not in line
