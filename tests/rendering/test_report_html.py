"""The HTML report: one file that asks for nothing, holds any text, and tells the tightest first."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from html_page import HtmlPage
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering_samples import CATALOG, PROBLEM, REPORTED, fleet
from test_escape import HOSTILE
from test_report_pages import hostile

from tenantry.model.plan import Contingency
from tenantry.model.report import HolderUsage, LicenseTrend, LicenseUsage, Report, TenantReport, TrendPoint
from tenantry.rendering.escape import visible
from tenantry.rendering.formats import REPORT_BESIDE, REPORT_FORMATS
from tenantry.rendering.layout import Layout

GOLDEN = Path(__file__).parent / "golden"
TREND = (
    LicenseTrend(
        "contact_center_user",
        (TrendPoint("2026-01-31", 74, 100), TrendPoint("2026-06-30", 98, 120), TrendPoint("2026-11-24", 121, 120)),
    ),
    LicenseTrend("companion", (TrendPoint("2026-06-02", 7, 10), TrendPoint("2026-11-24", 7, 10))),
    LicenseTrend("advanced_routing", (TrendPoint("2026-11-24", 12, "unlimited"),)),
)


def holders(count: int, name: str = "Person") -> tuple[HolderUsage, ...]:
    return tuple(
        HolderUsage(
            holder=f"user:{at:05}@contoso.example",
            name=name,
            organization_unit=f"/Contoso/{at % 3}" if at else None,
            cost_center=str(at % 7) if at else None,
            licenses=("contact_center_user", "companion")[: 1 + at % 2],
        )
        for at in range(count)
    )


FULL = replace(REPORTED, trend=TREND, holders=holders(30))


def text_of(report: Report) -> str:
    shown = REPORT_FORMATS["html"](report, CATALOG, Layout())
    assert isinstance(shown, str)
    return shown


def page(*tenants: TenantReport, problems: bool = False) -> HtmlPage:
    return HtmlPage(text_of(Report(problems=(PROBLEM,) if problems else (), tenants=tenants)))


def licenses(moved: Callable[[LicenseUsage], LicenseUsage]) -> TenantReport:
    """A tenant with each license changed."""
    parts = tuple(replace(part, licenses=tuple(moved(item) for item in part.licenses)) for part in REPORTED.parts)
    return replace(REPORTED, parts=parts)


def bought(contingency: Contingency, assigned: int) -> TenantReport:
    left = contingency - assigned if isinstance(contingency, int) else contingency
    return licenses(lambda item: replace(item, contingency=contingency, assigned=assigned, available=left))


SIZES = {
    "one": Report(problems=(), tenants=(FULL,)),
    "none": Report(problems=(PROBLEM,), tenants=()),
    "several": replace(fleet(3), problems=(PROBLEM,)),
    "empty": Report(problems=(), tenants=(replace(bought(0, 0), organization_units=(), cost_centers=(), findings=()),)),
    "unlimited": Report(problems=(), tenants=(bought("unlimited", 5),)),
    "unknown": Report(problems=(), tenants=(bought(None, 5),)),
    "over": Report(problems=(), tenants=(bought(1, 10**9),)),
}


@pytest.mark.parametrize("name", SIZES)
def test_a_page_of_any_size_acts_asks_and_points_nowhere(name: str) -> None:
    assert HtmlPage(text_of(SIZES[name])).faults() == []


def test_equal_reports_are_equal_bytes() -> None:
    assert text_of(SIZES["one"]) == text_of(Report(problems=(), tenants=(replace(FULL),)))


def test_the_parts_stand_in_the_order_of_the_page_and_the_tightest_license_before_them() -> None:
    shown = page(FULL)
    order = ["Tenant State: Active", "Tightest license ✖ 1 missing Contact Center User", "Tightest licenses first"]
    order += [
        *(part.label for part in REPORTED.parts),
        "By organization unit",
        "By cost center",
        "Trend since 2026-01-31",
    ]
    places = [shown.words.index(words) for words in order]
    assert places == sorted(places)
    assert shown.headings[0] == (1, "Contoso AG ✔ Active")


def test_a_license_tells_contingency_assigned_available_and_percent() -> None:
    rows = {row[0]: row[1:] for row in page(FULL).tables["Licenses by part of the license page"]}
    assert rows["Contact Center User"] == ["120", "121", "✖ 1 missing", "", "100 %"]
    assert rows["Advanced Routing"] == ["unlimited", "12", "no limit", "", ""]
    assert rows["Instant Messaging"] == ["40", "40", "none left 2 unaccounted", "", "100 %"]
    assert "Virtual User preview" in rows


def test_the_chart_has_the_least_headroom_on_top_and_tells_itself_in_words() -> None:
    told = page(FULL).root.xpath("string(//svg[@aria-labelledby='t0-use-t']/desc)")
    assert told.startswith("Contact Center User: 121 of 120 assigned, 100 %, ✖ 1 missing. Interact (Service): 2 of 2")
    assert told.endswith("Advanced Routing: 12 assigned, no limit.")


def test_each_day_of_the_trend_holds_what_was_before_it() -> None:
    rows = page(FULL).tables["Assigned of what was bought"]
    assert rows == [
        ["Day", "Contact Center User", "Companion", "Advanced Routing"],
        ["2026-11-24", "121 of 120", "7 of 10", "12"],
        ["2026-06-30", "98 of 120", "7 of 10", ""],
        ["2026-06-02", "74 of 100", "7 of 10", ""],
        ["2026-01-31", "74 of 100", "", ""],
    ]
    assert "Nothing moved: Companion, Advanced Routing." in page(FULL).words
    assert page(FULL).tables["Assigned then and now"][1] == ["Contact Center User", "74", "121", "+47", "120"]


def test_a_daily_trend_is_drawn_with_as_many_points_as_a_screen_tells_apart_and_every_step() -> None:
    days = [f"2026-{1 + at // 28:02}-{1 + at % 28:02}" for at in range(330)]
    points = tuple(TrendPoint(day, 50 + (at == 77) * 9, 60 + at // 100) for at, day in enumerate(days))
    shown = page(replace(REPORTED, trend=(LicenseTrend("companion", points),)))
    line = shown.root.xpath("string(//polyline[@class='cy']/@points)").split()
    assert len(line) < 200
    assert len({height.split(",")[1] for height in line}) == 2, "the one peak stays"
    assert shown.root.xpath("string(//path[@class='cq']/@d)").count("V") == 3
    assert len(shown.tables["Assigned of what was bought"]) == 331


def test_holders_are_listed_with_a_word_on_personal_data() -> None:
    shown = page(FULL)
    rows = shown.tables["Holders and their licenses"]
    assert rows[1] == ["user:00000@contoso.example", "Person", "", "", "Contact Center User"]
    assert rows[2] == ["user:00001@contoso.example", "Person", "/Contoso/1", "1", "Contact Center User, Companion"]
    assert "⚠ Contains personal data" in shown.words
    assert "personal data" not in page(REPORTED).words


@pytest.mark.parametrize(("count", "listed"), [(10_000, True), (10_001, False)])
def test_holders_are_listed_up_to_ten_thousand_and_else_one_sentence_says_where(count: int, listed: bool) -> None:  # noqa: FBT001
    shown = text_of(Report(problems=(), tenants=(replace(REPORTED, holders=holders(count)),)))
    assert shown.count("@contoso.example</th>") == (count if listed else 0)
    assert ("this report has 10,001 of them" in shown) != listed
    assert len(shown.encode()) < 3 * 1024 * 1024


def test_a_fleet_is_rolled_up_first_with_the_tightest_on_top_and_leads_to_each_tenant() -> None:
    shown = HtmlPage(text_of(replace(fleet(3), tenants=tuple(reversed(fleet(3).tenants)))))
    rows = shown.tables["Tenants, the tightest first"]
    assert [row[0] for row in rows[1:]] == ["tenant-000 Customer 0", "tenant-001 Customer 1", "tenant-002 Customer 2"]
    assert rows[1][1:] == ["Active", "Contact Center User", "120", "121", "✖ 1 missing", "", "100 %", "2"]
    assert [node.text_content().split()[0] for node in shown.root.iter("summary")][:1] == ["tenant-000"]
    assert shown.words.index("All tenants together") < shown.words.index("Each tenant")
    target = shown.root.xpath("string(//table//a[.='tenant-000']/@href)")
    assert "tenant-000" in shown.root.xpath(f"string(//*[@id='{target[1:]}']/../summary)")


def test_the_heat_table_has_value_sign_and_shade_together() -> None:
    caption = "Share of what was bought that is assigned, by tenant and license, the tightest tenant first"
    shown = HtmlPage(text_of(fleet(3)))
    head, first = shown.tables[caption][:2]
    cells = dict(zip(head, first, strict=True))
    assert cells["Tenant"] == "tenant-000"
    assert (cells["Contact Center User"], cells["Companion"]) == ("✖ 100 %", "70 %")
    assert (cells["Interact (Service)"], cells["Advanced Routing"]) == ("⚠ 100 %", "∞ 12")
    shades = {
        " ".join(cell.text_content().split()): str(cell.get("class"))
        for cell in shown.root.xpath("//table[@class='heat']//td")
    }
    assert "h5" in shades["✖ 100 %"]
    assert "h4" in shades["⚠ 100 %"]
    assert "h3" in shades["70 %"]


def test_a_large_fleet_has_the_months_of_each_tenant_instead_of_charts_and_says_so() -> None:
    many = replace(fleet(51), tenants=tuple(replace(item, trend=TREND) for item in fleet(51).tenants))
    shown = HtmlPage(text_of(many))
    assert "Charts of each tenant stand on the page of a single tenant" in shown.words
    assert len(shown.root.xpath("//svg[@role='img']")) == 1
    what = "Assigned of what was bought, on the last day of each month that was recorded, tenant-007"
    assert [row[0] for row in shown.tables[what]] == ["Day", "2026-11-24", "2026-06-30", "2026-01-31"]
    assert shown.faults() == []


TAME = HtmlPage(text_of(hostile("xa")))


@settings(deadline=None, max_examples=40)
@given((st.text(max_size=40) | st.sampled_from(HOSTILE)).map(lambda text: "x" + text))
def test_no_text_from_a_file_is_more_than_text(name: str) -> None:
    report = hostile(name)
    shown = HtmlPage(text_of(report))
    assert shown.tags == TAME.tags
    assert shown.faults() == []
    assert shown.root.xpath("//caption[.='By organization unit: 1 row']/..//tbody//th")[0].text_content() == visible(
        name
    )
    assert visible(name) in shown.root.xpath("string(//h1)")


@settings(deadline=None, max_examples=20)
@given((st.text(max_size=40) | st.sampled_from(HOSTILE)).map(lambda text: "x" + text))
def test_a_tenant_of_a_fleet_and_its_holders_may_have_any_name(name: str) -> None:
    def named(text: str) -> HtmlPage:
        tenants = tuple(replace(item, tenant=f"{text}{at}", name=text) for at, item in enumerate(fleet(2).tenants))
        tenants = (replace(tenants[0], holders=holders(1, text)), tenants[1])
        tight = tuple(
            replace(item, tenant=f"{text}{at}", name=text, label=text)
            for at, item in enumerate(fleet(2).roll_up.tenants)
        )  # type: ignore[union-attr]
        return HtmlPage(text_of(replace(fleet(2), tenants=tenants, roll_up=replace(fleet(2).roll_up, tenants=tight))))  # type: ignore[type-var]

    shown = named(name)
    assert shown.tags == named("xa").tags
    assert shown.faults() == []
    assert shown.root.xpath("//h3")[0].text.strip() == visible(f"{name}0").strip()


def test_pictures_stand_beside_a_markdown_page_only_where_it_goes_to_a_file() -> None:
    report = SIZES["one"]
    beside = Layout(beside="usage (1)")
    files = REPORT_BESIDE["markdown"](report, CATALOG, beside)
    shown = str(REPORT_FORMATS["markdown"](report, CATALOG, beside))
    assert sorted(files) == [".trend.svg", ".utilisation.svg"]
    assert "](usage%20%281%29.utilisation.svg)" in shown
    assert "](usage%20%281%29.trend.svg)" in shown
    assert "![" not in str(REPORT_FORMATS["markdown"](report, CATALOG, Layout()))
    assert list(REPORT_BESIDE["markdown"](fleet(3), CATALOG, beside)) == [".utilisation.svg"]
    assert str(REPORT_FORMATS["markdown"](fleet(3), CATALOG, beside)).count("![") == 1
    assert not REPORT_BESIDE["markdown"](SIZES["none"], CATALOG, beside)


@pytest.mark.parametrize("ending", [".utilisation.svg", ".trend.svg"])
def test_a_picture_is_the_golden_one(ending: str) -> None:
    file = GOLDEN / f"report{ending}"
    made = REPORT_BESIDE["markdown"](SIZES["one"], CATALOG, Layout())[ending]
    if os.environ.get("TESTS_REWRITE"):
        file.write_text(made, encoding="utf-8")
    assert made == file.read_text("utf-8")
