"""The HTML plan: the verdict first, every change however many there are, and nothing that acts."""

from dataclasses import replace

import pytest
from hostile_plans import TEXTS, shaped
from html_page import HtmlPage
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering_samples import CATALOG, EXCEEDED, PLAN, PROBLEM, QUIET, READY, large_plan, plan_set, usage

from tenantry.model.plan import PlanSet
from tenantry.rendering.escape import visible
from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.layout import Layout

FABRIKAM = replace(READY, tenant="fabrikam", name="Fabrikam GmbH")
SEVERAL = plan_set(PLAN, FABRIKAM, replace(QUIET, tenant="zermatt"), problems=[PROBLEM])


def text_of(plans: PlanSet, **layout: object) -> str:
    return PLAN_FORMATS["html"](plans, CATALOG, Layout(**layout))  # type: ignore[arg-type]


def page(plans: PlanSet, **layout: object) -> HtmlPage:
    return HtmlPage(text_of(plans, **layout))


SIZES = {
    "one": plan_set(PLAN),
    "ready": plan_set(READY),
    "quiet": plan_set(QUIET),
    "several": SEVERAL,
    "unread": plan_set(problems=[PROBLEM]),
    "many findings": plan_set(replace(PLAN, findings=(EXCEEDED,) * 40)),
}


@pytest.mark.parametrize("name", SIZES)
def test_a_page_of_any_size_acts_asks_and_points_nowhere(name: str) -> None:
    assert page(SIZES[name]).faults() == []


def test_equal_plans_are_equal_bytes() -> None:
    assert text_of(plan_set(PLAN)) == text_of(plan_set(replace(PLAN)))


def test_verdict_sentence_terms_and_errors_come_first_and_the_digest_last() -> None:
    shown = page(plan_set(PLAN))
    order = [
        "Contoso AG ✖ rejected",
        "1 error rejects this plan. 3 people get Contact Center User",
        "contingency contact_center_user 110 → 120",
        "Contact Center User: 121 assigned after the plan, 120 bought, 1 is missing",
        "Hint: free 1 unit",
        "Licenses before and after",
        "Services: 1 change",
        "Users: 4 changes",
        "Properties: 2 updates",
        "no-longer-listed",
        "starts-later",
        "Cost a month: CHF 5310.00 → 5445.00 (+135.00)",
        "Left alone, because no entry speaks about their licenses: 2 services.",
        "Plan: 3 to grant, 1 to revoke, 1 to replace, 2 to update; 1 error, 2 warnings",
        "it contains personal data",
        "Digest sha256:dd",
        "Effect sha256:cc",
    ]
    places = [shown.words.index(words) for words in order]
    assert places == sorted(places)
    assert shown.headings[0] == (1, "Contoso AG ✖ rejected")


def test_licenses_stand_before_and_after_against_what_was_bought_in_chart_and_table() -> None:
    shown = page(plan_set(PLAN))
    rows = {row[0]: row[1:] for row in shown.tables["Licenses before and after the plan"]}
    assert rows["Contact Center User"] == ["118", "121", "120", "✖ 1 missing"]
    assert rows["Advanced Routing"] == ["0", "0", "unlimited", "no limit"]
    told = shown.root.xpath("string(//svg[@role='img']/desc)")
    assert told.startswith("Contact Center User: 118 → 121 of 120 (+3), ✖ 1 missing. Contact Center: 2 → 3 of 4")
    assert "Instant Messaging" not in told


def test_what_a_license_reaches_on_the_way_is_told() -> None:
    (row,) = (item for item in usage(companion=(8, 7)) if item.license == "companion")
    shown = page(plan_set(replace(PLAN, usage=(replace(row, peak=10, unaccounted=1),))))
    assert "8 → 7 of 10 (-1), up to 10 on the way" in shown.root.xpath("string(//svg[@role='img']/desc)")
    told = shown.tables["Licenses before and after the plan"][1][-1]
    assert told.startswith("3 left up to 10 on the way; 1 of them unaccounted")


def test_changes_are_grouped_by_kind_and_tell_action_license_holder_why_and_where() -> None:
    shown = page(plan_set(PLAN))
    assert shown.tables["Services: changes in the order of apply"][1] == [
        *("2", "~ replace", "Enterprise Routing → Contact Center", "service:service-desk", "service license"),
        "tenants/contoso.yaml:21",
    ]
    first = shown.tables["Users: changes in the order of apply"][1]
    assert first[:4] == ["1", "- revoke", "Companion", "user:eve@contoso.example"]
    assert first[4].endswith("⚠ not known whether in use")
    updates = shown.tables["Properties of holders that are updated"]
    assert updates[2] == ["service:service-desk", "user assignment type", "(not set)", "Skill Based"]


def test_five_thousand_changes_are_all_there() -> None:
    text = text_of(plan_set(large_plan(5_000)))
    assert len(HtmlPage(text).tables["Users: changes in the order of apply"]) == 5_001
    assert len(text.encode()) < 2 * 1024 * 1024


def test_several_tenants_stand_in_a_table_those_that_need_somebody_first() -> None:
    shown = page(SEVERAL)
    assert shown.headings[0] == (1, "✖ not all planned: 1 of 4 tenants can't be read, 1 is rejected")
    rows = shown.tables["Verdicts on 4 tenants"][1:]
    assert [row[:2] for row in rows] == [
        ["nordwind", "✖ not planned"],
        ["contoso Contoso AG", "✖ rejected"],
        ["fabrikam Fabrikam GmbH", "✔ ready"],
        ["zermatt Contoso AG", "= no changes"],
    ]
    assert rows[1][2:] == ["3", "1", "1", "2", "1", "2"]
    told = [node.text_content().split()[0] for node in shown.root.iter("summary")]
    assert told == ["contoso", "fabrikam"], "nothing is to be told of a tenant that rests"
    assert "✖ error contoso contingency-exceeded" in shown.words


def test_findings_that_are_many_scroll_in_a_window_that_a_key_reaches() -> None:
    (window,) = page(SIZES["many findings"]).root.xpath("//div[@class='findings-window']")
    assert (window.get("role"), window.get("tabindex"), len(window.findall("ul/li"))) == ("region", "0", 40)
    assert 'findings-window"' not in text_of(plan_set(PLAN))


def test_a_tenant_on_hold_says_so_in_verdict_and_sentence() -> None:
    shown = page(plan_set(READY), held={"contoso": "until the merger"})
    assert "✔ ready, ■ on hold" in shown.headings[0][1]
    assert "■ on hold: until the merger; this plan is shown and not applied." in shown.words


def test_what_was_waived_stands_apart_with_its_reason() -> None:
    waived = replace(EXCEEDED, waived="ticket 4711")
    shown = page(plan_set(replace(READY, findings=(waived,))))
    assert (2, "Waived 1") in shown.headings
    assert (2, "Errors 1") not in shown.headings
    assert "Waived: ticket 4711" in shown.words


def test_many_tenants_have_no_charts_and_bars_in_their_tables() -> None:
    shown = page(plan_set(*(replace(PLAN, tenant=f"t{at:02}") for at in range(51))))
    assert shown.root.xpath("//svg[@role='img']") == []
    assert len(shown.root.xpath("//table//svg")) == 51 * 6
    assert shown.faults() == []


TAME = page(shaped(["xa"]))


@settings(deadline=None, max_examples=40)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_no_text_from_a_file_is_more_than_text(texts: list[str]) -> None:
    shown = page(shaped(texts))
    assert shown.faults() == []
    assert set(shown.tags) <= {*TAME.tags}
    assert shown.tags.count("td") == TAME.tags.count("td")
    assert visible(texts[0]).strip() in shown.root.xpath("string(//body)")
