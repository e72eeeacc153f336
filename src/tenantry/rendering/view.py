"""A plan made ready for readers: counted, grouped, sorted and worded. What follows only lays it out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Change, Finding, Plan, PlanSet, Usage
from tenantry.model.plan_data import summary_data
from tenantry.model.report import TenantReport
from tenantry.model.words import counted
from tenantry.rendering import wording
from tenantry.rendering.bars import bar

LEADING = frozenset(("ledger-missing", "terms-changed"))
"""Rules that are told before everything else, since they change how the rest is to be read."""
_DISAGREE = frozenset(("contract-disagrees", "counters-disagree", "ledger-missing"))
"""Rules by which files and current state don't agree although no license moves."""
_GRAVE = ("contingency", "state", "guards", "hold", "execution", "rules")
"""Terms by whose move most can be smuggled in: they stand before prices and the like, and are the last to be cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One license: units before and after, against what was bought. `status` tells what is left, `note` what is odd."""

    license: str
    label: str
    before: str
    after: str
    contingency: str
    bar: str
    status: str
    note: str
    over: bool
    moves: bool
    idle: bool

    @property
    def units(self) -> str:
        """Before, after and contingency in one cell."""
        return f"{self.before} → {self.after} / {self.contingency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Findings by what they mean for a reader, each in the order in which planning sorted them."""

    leading: tuple[Finding, ...]
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    infos: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One finding as it is laid out: its words and its place."""

    style: str
    severity: str
    rule: str
    tenant: str
    message: str
    hint: str
    place: str
    holders: str
    waived: str


def usage_rows(plan: Plan, catalog: Catalog) -> tuple[UsageRow, ...]:
    """The usage table of a plan, in its order."""
    return tuple(_usage_row(usage, catalog) for usage in plan.usage)


def sorted_findings(findings: Iterable[Finding]) -> Sorted:
    """Findings apart by what they mean; one that is waived stands with the waived, whatever its severity."""
    groups: dict[str, list[Finding]] = {"leading": [], "waived": [], "error": [], "warning": [], "info": []}
    for finding in findings:
        key = "waived" if finding.waived is not None else finding.severity
        groups["leading" if finding.rule in LEADING and key != "error" else key].append(finding)
    return Sorted(
        leading=tuple(sorted(groups["leading"], key=gravity)),
        errors=tuple(groups["error"]),
        warnings=tuple(groups["warning"]),
        waived=tuple(groups["waived"]),
        infos=tuple(groups["info"]),
    )


def gravity(finding: Finding) -> int:
    """The order among findings that stand before all others; the graver, the smaller."""
    if finding.rule != "terms-changed":
        return -1
    term = finding.message.partition(" ")[0]
    return _GRAVE.index(term) if term in _GRAVE else len(_GRAVE)


def told(finding: Finding, *, with_tenant: bool) -> Told:
    """One finding in words."""
    return Told(
        style="info" if finding.waived is not None else finding.severity,
        severity="✔ waived" if finding.waived is not None else wording.SEVERITY_WORDS[finding.severity],
        rule=finding.rule,
        tenant=(finding.tenant or "") if with_tenant else "",
        message=finding.message,
        hint="" if finding.waived is not None else finding.hint,
        place=wording.place(finding.file, finding.line, finding.column),
        holders=wording.concerned(finding),
        waived=finding.waived or "",
    )


def by_kind(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes by the kind of their holder, in the order of the kinds and, within one, of apply."""
    groups: dict[str, list[Change]] = {kind: [] for kind in wording.KIND_HEADS}
    for change in changes:
        groups.setdefault(kind_of(change.holder), []).append(change)
    return {kind: group for kind, group in groups.items() if group}


def kind_of(holder: str) -> str:
    """The kind of a holder as outputs write it (`user:…`)."""
    return holder.partition(":")[0]


def sentence(plan: Plan, catalog: Catalog) -> str:
    """What the plan means, in one or two plain sentences."""
    parts = [_movement(plan, catalog), _shortage(plan, catalog)]
    return " ".join(part for part in parts if part)


def change_label(change: Change, catalog: Catalog) -> str:
    """The license that moves; for a replaced tier both."""
    label = wording.license_label(catalog, change.license)
    return f"{wording.license_label(catalog, change.replaces)} → {label}" if change.replaces else label


def counts(plans: PlanSet) -> dict[str, Mapping[str, int]]:
    """The summary of each tenant."""
    return {plan.tenant: summary_data(plan) for plan in plans.plans}


def summed(summaries: Iterable[Mapping[str, int]]) -> Counter[str]:
    """Summaries added up."""
    total: Counter[str] = Counter()
    for summary in summaries:
        total.update(summary)
    return total


def problem_count(problems: Iterable[Finding]) -> int:
    """How many problems there are, those that were only counted included."""
    return sum(problem.count for problem in problems)


def unread(problems: Iterable[Finding], told: Iterable[Plan | TenantReport]) -> dict[str, int]:
    """Tenants that have problems and neither a plan nor a report, sorted, with how many."""
    known = {item.tenant for item in told}
    missing: Counter[str] = Counter()
    for problem in problems:
        if problem.tenant is not None and problem.tenant not in known:
            missing[problem.tenant] += problem.count
    return dict(sorted(missing.items()))


def _usage_row(usage: Usage, catalog: Catalog) -> UsageRow:
    left = usage.available
    notes = []
    if usage.peak > max(usage.before, usage.after):
        notes.append(f"up to {usage.peak:,} on the way")
    if usage.unaccounted:
        notes.append(f"{usage.unaccounted:,} of them unaccounted: the vendor counts more than the ledger")
    return UsageRow(
        license=usage.license,
        label=wording.license_label(catalog, usage.license),
        before=wording.number(usage.before),
        after=wording.number(usage.after),
        contingency=wording.contingency(usage.contingency),
        bar=bar(usage.after, usage.contingency),
        status=wording.available(left, usage.contingency),
        note="; ".join(notes),
        over=isinstance(left, int) and left < 0,
        moves=usage.before != usage.after or usage.peak > usage.after,
        idle=not (usage.before or usage.after or usage.contingency),
    )


def _movement(plan: Plan, catalog: Catalog) -> str:
    if not plan.changes:
        moved = counted(len(plan.updates), "property of a holder", "properties of holders")
        agree = not plan.is_drift and not any(item.rule in _DISAGREE for item in plan.findings)
        quiet = "Files and current state agree." if agree else "No license has to move."
        return f"No license moves; {moved} will." if plan.updates else quiet
    groups = Counter((kind_of(c.holder), c.action, c.license, c.replaces) for c in plan.changes)
    clauses = [_clause(group, count, catalog) for group, count in groups.most_common(3)]
    rest = len(plan.changes) - sum(count for _, count in groups.most_common(3))
    if rest:
        clauses.append(f"{counted(rest, 'more change')} {'follows' if rest == 1 else 'follow'}")
    text = f"{', '.join(clauses[:-1])} and {clauses[-1]}" if len(clauses) > 1 else clauses[0]
    return f"{text}."


def _clause(group: tuple[str, str, str, str | None], count: int, catalog: Catalog) -> str:
    kind, action, license_id, replaces = group
    who = wording.holders(kind, count)
    label = wording.license_label(catalog, license_id)
    verbs = {"grant": ("gets", "get"), "revoke": ("loses", "lose"), "replace": ("goes", "go")}
    verb = verbs[action][count != 1]
    if action == "replace" and replaces:
        return f"{who} {verb} from {wording.license_label(catalog, replaces)} to {label}"
    return f"{who} {verb} {label}"


def _shortage(plan: Plan, catalog: Catalog) -> str:
    over = [(usage, usage.available) for usage in plan.usage]
    short = [(usage, -left) for usage, left in over if isinstance(left, int) and left < 0]
    told = [
        f"{wording.license_label(catalog, usage.license)} {'is' if usage.before == usage.after else 'will be'} "
        f"{missing:,} over what was bought."
        for usage, missing in short[:3]
    ]
    if len(short) > 3:
        told.append(f"So are {len(short) - 3} more licenses.")
    return " ".join(told)
