"""A plan in a terminal: complete, aligned, in words, and harmless."""

import re
from dataclasses import replace
from pathlib import Path

from hostile_plans import TEXTS, shaped
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering_samples import CATALOG, PLAN, PROBLEM, QUIET, READY, large_plan, plan_set

from tenantry.model.plan import PlanSet
from tenantry.rendering.columns import width
from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.layout import Layout

GOLDEN = Path(__file__).parent / "golden"
A_PROBLEM = re.compile(r"\S.*:\d+:\d+: [a-z-]+: ")
"""The one line that may be longer, since other tools read it."""


def shown(plans: PlanSet, **layout: object) -> str:
    """The text of plans."""
    return PLAN_FORMATS["text"](plans, CATALOG, Layout(**layout))  # type: ignore[arg-type]


def test_a_rejected_plan_reads_as_agreed() -> None:
    assert shown(plan_set(PLAN)) == (GOLDEN / "rejected.txt").read_text(encoding="utf-8")


def test_the_last_line_counts() -> None:
    assert shown(plan_set(READY)).splitlines()[-1] == (
        "Plan: 3 to grant, 1 to revoke, 1 to replace, 2 to update; 0 errors, 1 warning"
    )


def test_with_several_tenants_the_last_lines_name_each_with_its_verdict() -> None:
    others = [replace(READY, tenant="fabrikam"), replace(QUIET, tenant="acme")]
    text = shown(plan_set(PLAN, *others, problems=[PROBLEM]), held={"fabrikam": "until the merger"})
    assert text.splitlines()[-7:-2] == [
        "  acme      = no changes",
        "  contoso   ✖ rejected          +3 -1 ~1, 2 updates; 1 error, 2 warnings",
        "  fabrikam  ✔ ready, ■ on hold  +3 -1 ~1, 2 updates; 1 warning",
        "  nordwind  ✖ not planned       1 problem",
        "",
    ]


def test_a_tenant_on_hold_says_why() -> None:
    assert "■ on hold: until the merger; this plan is shown and not applied." in shown(
        plan_set(READY), held={"contoso": "until the merger"}
    )


def test_a_problem_leads_to_its_place_and_says_what_to_do() -> None:
    lines = shown(plan_set(problems=[PROBLEM])).splitlines()
    assert lines[0].startswith("tenants/nordwind.yaml:9:18: unknown-license: 'compagnion' is no license")
    assert "  hint: did you mean 'companion'?" in lines


def test_changed_terms_stand_before_the_changes() -> None:
    text = shown(plan_set(PLAN))
    assert text.index("terms-changed") < text.index("Services: 1 change") < text.index("contingency-exceeded")


def test_a_waived_error_says_why_it_passes() -> None:
    waived = replace(PLAN.findings[1], waived="ticket 4711")
    text = shown(plan_set(replace(PLAN, findings=(waived,))))
    assert "✔ waived" in text
    assert "waived: ticket 4711" in text


def test_all_changes_of_a_large_plan_are_shown() -> None:
    assert shown(plan_set(large_plan(2000))).count("@contoso.example") >= 2000


def test_colour_only_repeats_what_the_words_say() -> None:
    plans = plan_set(PLAN, replace(READY, tenant="fabrikam"), problems=[PROBLEM])
    assert "\x1b" not in shown(plans)
    assert re.sub(r"\x1b\[\d*m", "", shown(plans, color=True)) == shown(plans)
    assert shown(plans, color=True) != shown(plans)


def test_the_largest_numbers_fit_and_leave_the_name_readable() -> None:
    most = 10**9
    row = replace(PLAN.usage[4], contingency=most, before=most, peak=2 * most, after=2 * most - 1, unaccounted=most)
    lines = shown(plan_set(replace(PLAN, usage=(row,)))).splitlines()
    assert all(width(line) <= 80 for line in lines)
    at = lines.index("    Contact Center User")
    assert lines[at + 1] == "      1,000,000,000 → 1,999,999,999 / 1,000,000,000  ✖ 999,999,999 missing"
    assert any("up to 2,000,000,000 on the way" in line for line in lines)


def test_units_that_nobody_knows_the_limit_of_say_so() -> None:
    row = replace(PLAN.usage[4], contingency=None)
    assert "/ ?" in shown(plan_set(replace(PLAN, usage=(row,))))


def test_portal_execution_says_that_people_carry_it_out() -> None:
    assert "from a run sheet" in shown(plan_set(replace(READY, execution="portal")))


def test_the_longest_tenant_ids_fit_beside_their_verdicts() -> None:
    plans = plan_set(replace(READY, tenant="a" * 63), replace(READY, tenant="b" * 63))
    text = shown(plans, held={"a" * 63: "until the merger"})
    assert all(width(line) <= 80 for line in text.splitlines())
    assert len(re.findall(r"✔\s+ready", text)) == 4


def test_wide_names_leave_the_usage_table_aligned() -> None:
    item = CATALOG.licenses["companion"]
    catalog = replace(CATALOG, licenses={**CATALOG.licenses, "companion": replace(item, label="コンパニオン")})
    text = PLAN_FORMATS["text"](plan_set(PLAN), catalog, Layout())
    rows = [line for line in text.splitlines() if "█" in line]
    assert len({width(line.partition("→")[0]) for line in rows}) == 1


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=30))
def test_every_line_fits_is_printable_and_is_no_command(texts: list[str]) -> None:
    for line in shown(shaped(texts)).splitlines():
        assert width(line) <= 80 or A_PROBLEM.match(line)
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert "##vso[" not in line
        assert "##[" not in line
