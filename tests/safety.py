"""What an order of changes must never do, checked by carrying it out step by step on the current state."""

import itertools
from collections import Counter

from tenantry.model.catalog import KINDS, Catalog
from tenantry.model.plan import Change, Plan
from tenantry.planning.planner import Question

Held = dict[str, frozenset[str]]


def held_before(asked: Question, answer: Plan) -> Held:
    """The licenses of each holder today, under the names that the plan gives them."""
    renamed = {f"user:{item.before}": item.holder for item in answer.updates if item.field == "rename"}
    rows = [row for kind in KINDS for row in asked.current.holders[kind].values()]
    names = {change.holder.lower(): change.holder for change in answer.changes}
    found = {renamed.get(row.id, row.id): row.licenses for row in rows}
    return {
        names.get(holder.lower(), holder) if holder.startswith("user:") else holder: has
        for holder, has in found.items()
    }


def apply(held: Held, change: Change) -> None:
    """Carry out one change; it must be possible."""
    has = held.get(change.holder, frozenset())
    gone = change.license if change.action == "revoke" else change.replaces
    if gone is not None:
        assert gone in has, change
        has -= {gone}
    if change.action != "revoke":
        assert change.license not in has, change
        has |= {change.license}
    held[change.holder] = has


def use(held: Held) -> Counter[str]:
    """Units by license."""
    return Counter(itertools.chain.from_iterable(held.values()))


def violations(held: Held, catalog: Catalog) -> set[tuple[str, str, str]]:
    """Who holds what without something that it needs."""
    found = set()
    for holder, has in held.items():
        tier = catalog.tier_of(has)
        for license_id in has:
            item = catalog.licenses[license_id]
            found |= {(holder, license_id, needed) for needed in item.requires if needed not in has}
            if item.needs_tier and not catalog.reaches(tier, item.needs_tier.at_least):
                found.add((holder, license_id, item.needs_tier.at_least))
    return found


def steps_of(answer: Plan) -> list[list[Change]]:
    """The changes by step."""
    return [list(group) for _, group in itertools.groupby(answer.changes, key=lambda change: change.step)]


def assert_safe(asked: Question, answer: Plan) -> None:
    """At every whole step nothing is violated that was not before, nothing worse, and each service has one tier."""
    held, catalog = held_before(asked, answer), asked.catalog
    more = Counter(asked.current.unaccounted)  # nobody's, and taken all the same
    before, known = use(held) + more, violations(held, catalog)
    dropped = {item.holder for item in answer.updates if item.field == "dropped"}
    limits = {row.license: row.contingency for row in answer.usage}
    peak = Counter(before)
    assert [step[0].step for step in steps_of(answer)] == list(range(1, len(steps_of(answer)) + 1))
    for step in steps_of(answer):
        for change in step:
            apply(held, change)
        now = use(held) + more
        peak |= now
        if answer.verdict == "ready":
            for license_id, units in now.items():
                limit = limits[license_id]
                assert not isinstance(limit, int) or units <= max(limit, before[license_id]), (license_id, step)
            assert violations(held, catalog) <= known, step
        for holder in held:
            tiers = held[holder].intersection(catalog.tiers)
            assert len(tiers) == holder.startswith("service:") or holder in dropped, (holder, step)
    after = use(held) + more
    assert [(row.before, row.peak, row.after) for row in answer.usage] == [
        (before[name], peak[name], after[name]) for name in catalog.licenses
    ]
