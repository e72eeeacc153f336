"""What a short page keeps: verdicts before removals, errors with their places, and the tightest tenants of a report."""

import re
from dataclasses import replace

import pytest
from markdown_page import OURS, read
from rendering_samples import CATALOG, EXCEEDED, PLAN, PROBLEM, QUIET, READY, REPORTED, TERMS, fleet, plan_set
from test_budgets import BUDGETS, removing, shown
from test_flavors import EACH

from tenantry.model.plan import Plan, PlanSet
from tenantry.model.report import Report
from tenantry.rendering.flavors import Flavor
from tenantry.rendering.formats import REPORT_FORMATS
from tenantry.rendering.layout import Layout

SUSPENDED = replace(
    EXCEEDED,
    rule="state-forbids-changes",
    license=None,
    message="The tenant is Suspended: All users are locked out, tasks are rejected, and calls go to a default "
    "announcement. 12 changes and 1 update can't be applied.",
    hint="Only Luware changes a tenant's state; plan again when it allows changes.",
)


def rejected(tenant: str, removals: int = 3) -> Plan:
    """A tenant whose plan is rejected by an error in its own file."""
    error = replace(SUSPENDED, tenant=tenant, file=f"tenants/{tenant}.yaml", line=6)
    return removing(removals, tenant=tenant, name=f"The company {tenant}", findings=(error,), verdict="rejected")


def reported(report: Report, budget: int, flavor: Flavor) -> str:
    """The page of a report in so many bytes."""
    return REPORT_FORMATS["markdown"](report, CATALOG, Layout(max_bytes=budget, flavor=flavor))


@EACH
@pytest.mark.parametrize("budget", BUDGETS)
def test_rejected_and_unreadable_tenants_are_named_in_any_room(flavor: Flavor, budget: int) -> None:
    plans = plan_set(PLAN, rejected("fabrikam"), replace(QUIET, tenant="acme"), problems=[PROBLEM])
    markdown = shown(plans, budget, flavor)
    assert len(markdown.encode()) <= budget
    page = read(markdown)
    assert set(page.tags) <= OURS
    assert "✖ not all planned: 1 of 4 tenants can't be read, 2 are rejected" in page.text
    told = verdicts(markdown)
    assert {"contoso", "fabrikam"} <= told["rejected"]
    assert "nordwind" in told["not planned"]


def verdicts(markdown: str) -> dict[str, set[str]]:
    """The tenants that are named by verdict: in rows of the table of tenants, or in lines."""
    page = read(markdown)
    found: dict[str, set[str]] = {"rejected": set(), "not planned": set()}
    for table in page.tables:
        for row in table[1:]:
            word = row[2].replace("\xa0", " ").strip("✖ ") if len(row) == 9 else ""
            if word in found:
                found[word].add(row[0])
    for word, names in re.findall(r"^✖ (rejected|not planned): (.*)$", page.text, re.MULTILINE):
        found[word].update(re.split(r", | and \d+ more", names))
    return found


@EACH
def test_rejected_tenants_have_their_rows_before_removals_have_names(flavor: Flavor) -> None:
    page = read(shown(plan_set(PLAN, problems=[PROBLEM]), 2_000, flavor))
    assert [row[0] for row in page.tables[0][1:]] == ["nordwind", "contoso"]
    assert "✖ not all planned: 1 of 2 tenants can't be read, 1 is rejected" in page.text
    assert "more tenant" not in page.text


@EACH
@pytest.mark.parametrize("budget", [2_000, 3_000, 5_000, 9_000])
def test_of_many_rejected_tenants_each_is_a_row_or_in_a_line_or_counted_in_it(flavor: Flavor, budget: int) -> None:
    plans = plan_set(*(rejected(f"tenant-{at:03}") for at in range(40)), replace(READY, tenant="zeta"))
    markdown = shown(plans, budget, flavor)
    assert len(markdown.encode()) <= budget
    text = read(markdown).text
    assert "✖ rejected: 40 of 41 tenants" in text
    named = verdicts(markdown)["rejected"] - {"40 of 41 tenants"}
    line = re.search(r"^✖ rejected: (?:tenant.*) and (\d+) more$", text, re.MULTILINE)
    assert len({name for name in named if name}) + (int(line[1]) if line else 0) == 40
    if line:
        assert "user:" not in text.partition("Removals")[2]
    assert "Removals: 121" in text or all(f"user:person{at:05}" in text for at in range(3))


def test_one_more_is_not_many() -> None:
    texts = [read(shown(many_ready(count), budget)).text for count in range(5, 9) for budget in range(2_000, 2_700, 20)]
    singular = [text for text in texts if "… 1 more tenant is not shown here." in text]
    assert singular
    assert not [text for text in texts if "… 1 more tenants" in text]
    assert [text for text in texts if re.search(r"… [2-9] more tenants are not shown here\.", text)]


def many_ready(count: int) -> PlanSet:
    """Tenants that change, nothing odd about them."""
    return plan_set(*(replace(READY, tenant=f"tenant-{at}", findings=()) for at in range(count)))


@EACH
def test_an_error_keeps_its_place_where_the_page_has_room_for_it(flavor: Flavor) -> None:
    text = read(shown(plan_set(rejected("contoso", 1), rejected("fabrikam", 1)), 2_000, flavor)).text
    assert "tenants/contoso.yaml:6" in text
    assert "tenants/fabrikam.yaml:6" in text


@EACH
@pytest.mark.parametrize("budget", [2_500, 3_500, 5_000, 8_000])
def test_errors_are_folded_only_as_far_as_they_have_to_be(flavor: Flavor, budget: int) -> None:
    plans = plan_set(*(rejected(f"tenant-{at:02}") for at in range(12)))
    markdown = shown(plans, budget, flavor)
    assert len(markdown.encode()) <= budget
    text = read(markdown).text
    alone = text.count("The tenant is Suspended")
    folded = re.search(r"(\d+) more of this rule", text)
    assert alone + (int(folded[1]) if folded else 0) == 12
    if budget > 3_000:
        assert alone > 1
    if folded:  # nothing that weighs less took the room
        assert not read(markdown).tables[1:]
        assert "To know first" not in text


@EACH
def test_errors_that_are_folded_have_their_places_named(flavor: Flavor) -> None:
    found = tuple(replace(SUSPENDED, message="word " * 90, file="tenants/contoso.yaml", line=at) for at in range(8))
    text = read(shown(plan_set(replace(PLAN, findings=found)), 2_400, flavor)).text
    assert re.search(r"\d more of this rule.*tenants/contoso\.yaml:7", text)


@EACH
def test_rules_that_are_only_named_say_where_as_far_as_there_is_room(flavor: Flavor) -> None:
    found = tuple(
        replace(SUSPENDED, rule=f"rule-{at}", message="word " * 90, file=f"tenants/file-{at}.yaml") for at in range(5)
    )
    text = read(shown(plan_set(replace(PLAN, findings=found)), 2_000, flavor)).text
    assert re.search(r"✖ error rule-[34] tenants/file-[34]\.yaml:14:5$", text, re.MULTILINE)


@EACH
@pytest.mark.parametrize("count", [5, 12, 26, 60])
@pytest.mark.parametrize("budget", BUDGETS)
def test_no_error_is_folded_while_there_is_room_for_one_more(flavor: Flavor, budget: int, count: int) -> None:
    found = tuple(replace(EXCEEDED, message=f"number {at:02} of all", file="a.yaml", line=at) for at in range(count))
    markdown = shown(plan_set(replace(PLAN, findings=found)), budget, flavor)
    text = read(markdown).text
    alone = len(re.findall(r"number \d\d of all", text))
    folded = re.search(r"(\d+) more of this rule", text)
    assert alone + (int(folded[1]) if folded else 0) == count
    if folded and alone < 25:
        assert budget - len(markdown.encode()) < 800
        assert f"a.yaml:{alone}:5" in text


def test_more_errors_than_are_usual_are_told_one_by_one_where_there_is_room() -> None:
    found = tuple(replace(EXCEEDED, message=f"problem number {at} of all", line=at) for at in range(60))
    text = read(shown(plan_set(replace(PLAN, findings=(*found, TERMS))), 60_000)).text
    assert all(f"problem number {at} of all" in text for at in range(60))
    assert "more of this rule" not in text


@EACH
@pytest.mark.parametrize("budget", [2_000, 3_000, 6_000])
def test_changed_terms_are_named_however_many_errors_there_are(flavor: Flavor, budget: int) -> None:
    found = tuple(replace(SUSPENDED, holder=f"user:p{at}@contoso.example") for at in range(25))
    assert "terms-changed" in read(shown(plan_set(replace(PLAN, findings=(*found, TERMS))), budget, flavor)).text


def test_what_is_not_shown_is_not_said_to_be_saved() -> None:
    text = read(shown(plan_set(removing(500)), 3_000)).text
    assert "The plan as JSON has all of them; removals are shown first." in text
    assert "saved" not in text


@EACH
@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("tenants", [2, 3, 30, 150])
def test_a_report_has_the_tightest_tenants_first_in_any_room(flavor: Flavor, budget: int, tenants: int) -> None:
    markdown = reported(fleet(tenants), budget, flavor)
    assert len(markdown.encode()) <= budget
    page = read(markdown)
    assert "Tenants, the tightest first" in page.text
    rows = page.tables[0][1:]
    assert [row[0] for row in rows] == [f"tenant-{at:03}" for at in range(len(rows))]
    hidden = re.search(r"… (\d+) more tenants?, less tight than these,? (is|are) not shown here", page.text)
    assert len(rows) + (int(hidden[1]) if hidden else 0) == tenants
    if hidden:
        assert (hidden[1] == "1") == (hidden[2] == "is")
    if tenants < 4:
        assert len(rows) == tenants


@EACH
def test_licenses_that_nobody_bought_or_has_go_first_where_a_report_has_little_room(flavor: Flavor) -> None:
    short, long = (read(reported(fleet(3), budget, flavor)) for budget in (2_000, 60_000))
    assert "All tenants together" in short.text
    unused = [row[0] for row in long.tables[1][1:] if row[1:3] == ["0", "0"]]
    assert unused
    assert not set(unused) & {row[0] for row in short.tables[1]}
    assert f"{len(unused)} licenses of which none is bought or assigned" in short.text
    alone = read(reported(Report(problems=(), tenants=(REPORTED,)), 2_000, flavor))
    assert "Contact Center User" in {row[0] for row in alone.tables[0]}
