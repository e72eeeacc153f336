"""What every page about plans says, however little room it has: verdict, meaning, and counts."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Plan, PlanSet
from tenantry.model.words import counted
from tenantry.rendering import view, wording
from tenantry.rendering.escape import Safe, clip
from tenantry.rendering.layout import Layout

_NAMED = 20
"""Tenants without changes that are named, where there is room."""
_LETTERS_A_NAME = 20
"""Letters of a line for each of them."""


@dataclass(frozen=True)
class PlanPage:
    """What the parts of a page are made from, counted once."""

    plans: PlanSet
    catalog: Catalog
    layout: Layout

    @cached_property
    def summaries(self) -> Mapping[str, Mapping[str, int]]:
        """The counts of each tenant."""
        return view.counts(self.plans)

    @cached_property
    def total(self) -> Counter[str]:
        """The counts of all tenants together."""
        return view.summed(self.summaries.values())

    @cached_property
    def unread(self) -> Mapping[str, int]:
        """Tenants that have problems and no plan."""
        return view.unread(self.plans.problems, self.plans.plans)

    @cached_property
    def findings(self) -> view.Sorted:
        """The findings of all plans."""
        return view.sorted_findings(finding for plan in self.plans.plans for finding in plan.findings)

    @property
    def several(self) -> bool:
        """Whether the page is about more than one tenant."""
        return len(self.plans.plans) + len(self.unread) > 1

    @property
    def single(self) -> Plan | None:
        """The only plan, if the page is about one tenant."""
        return None if self.several or not self.plans.plans else self.plans.plans[0]


def shell(page: PlanPage, longest: int) -> dict[str, Any]:
    """The parts that no budget takes away, each line with as many letters of names as that at most."""
    plans = page.plans.plans
    single = page.single
    lines = single_lines(single, page) if single else _unchanged(page, longest // _LETTERS_A_NAME)
    notes = [wording.unmanaged(_left_alone(plans))]
    if single:
        notes.append(wording.cost(single, page.catalog))
    return {
        "effect": re.sub(r"[^0-9a-z:]", "", page.plans.effect)[:80],
        "heading": heading(page, single, longest),
        "tenant": single.tenant if single and single.name != single.tenant else "",
        "lines": [_clipped(line, longest) for line in lines if line],
        "notes": [_clipped(note, longest) for note in notes if note],
        "totals": wording.totals(page.total, view.problem_count(page.plans.problems)),
        "tool": clip(page.plans.tool, 40),
        "digest": clip(page.plans.digest, 80),
    }


def _clipped(line: str, longest: int) -> str:
    return line if isinstance(line, Safe) else clip(line, longest)


def heading(page: PlanPage, single: Plan | None, longest: int) -> str:
    """The verdict on one plan with the name of its tenant, or on all of them, in so many letters of a name."""
    if single:
        return f"{wording.verdict(single, page.layout.held)}: {clip(single.name, min(longest, 120))}"
    plans = page.plans.plans
    everybody = counted(len(plans) + len(page.unread), "tenant")
    missing = len(page.unread)
    verdicts = Counter(plan.verdict for plan in plans)
    if missing or (page.plans.problems and not plans):
        told = f": {missing:,} of {everybody} can't be read" if missing else ": problems in files"
        return f"{'✖ not all planned' if plans else '✖ not planned'}{told}{_rejected_too(verdicts['rejected'])}"
    if verdicts["rejected"]:
        return f"✖ rejected: {verdicts['rejected']:,} of {everybody}"
    if page.plans.problems:
        return f"✖ problems in files; {everybody} planned"
    changing = verdicts["ready"]
    return f"✔ ready: {changing:,} of {everybody} will change" if changing else f"= no changes: {everybody}"


def _rejected_too(count: int) -> str:
    return f", {count:,} {'is' if count == 1 else 'are'} rejected" if count else ""


def single_lines(plan: Plan, page: PlanPage) -> list[str]:
    """What a plan means, whether its tenant is on hold (empty where it isn't), and from when it is."""
    errors = page.summaries[plan.tenant]["error"]
    state = wording.state_label(page.catalog, plan.state)
    about = [f"Tenant State {state}", f"as of {plan.as_of}"]
    if plan.execution == "portal" and plan.changes:
        about.append("people carry it out in the Admin Portal, from a run sheet")
    rejected = f"{counted(errors, 'error')} {'rejects' if errors == 1 else 'reject'} this plan. " if errors else ""
    return [
        f"{rejected}{view.sentence(plan, page.catalog)}",
        hold(plan.tenant, page.layout),
        f"{'; '.join(about)}.",
    ]


def hold(tenant: str, layout: Layout) -> str:
    """Why a tenant is on hold, or nothing."""
    reason = layout.held.get(tenant)
    return "" if reason is None else f"{wording.HOLD}: {clip(reason, 300)}; this plan is shown and not applied."


def _unchanged(page: PlanPage, most: int) -> list[str]:
    quiet = [plan.tenant for plan in page.plans.plans if plan.verdict == "no_changes"]
    if not quiet or page.single:
        return []
    named = [page.layout.flavor.code(tenant, 64) for tenant in quiet[: min(most, _NAMED)]]
    return [Safe(f"No changes: {wording.listed(named, len(quiet))}")]


def _left_alone(plans: Sequence[Plan]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for plan in plans:
        counts.update(plan.unmanaged)
    return counts


def not_shown(hidden: int, total: int) -> str:
    """The line on what the budget took away."""
    shown_first = "The plan as JSON has all of them; removals are shown first."
    return f"Not shown here: {hidden:,} of {total:,} changes and updates. {shown_first}"
