"""Plans for a terminal, complete however large they are."""

from collections.abc import Iterator, Mapping, Sequence

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Change, Plan, PlanSet, Update
from tenantry.model.words import counted
from tenantry.rendering import view, wording
from tenantry.rendering.columns import cut, pad, width, wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.findings_text import finding_lines, problem_lines
from tenantry.rendering.gauges import Gauge, gauge_lines
from tenantry.rendering.layout import Layout
from tenantry.rendering.terminal import Line, page

_NARROW = 12


def plan_text(plans: PlanSet, catalog: Catalog, layout: Layout) -> str:
    """All problems, the plan of each tenant, the verdicts, and the counts as the last line."""
    each = view.counts(plans)
    lines = list(problem_lines(plans.problems, layout))
    several = len(plans.plans) > 1
    for plan in plans.plans:
        if several and plan.verdict == "no_changes" and not plan.findings:
            continue
        if lines:
            lines.append(Line(""))
        lines.extend(_tenant(plan, catalog, layout))
    if lines:
        lines.append(Line(""))
    unread = view.unread(plans.problems, plans.plans)
    if len(plans.plans) + len(unread) > 1:
        lines.extend(_verdicts(plans, each, unread, layout))
        lines.append(Line(""))
    closing = wording.totals(view.summed(each.values()), view.problem_count(plans.problems))
    lines.extend(Line(text, "head") for text in _closing(closing, layout.width))
    return page(lines, color=layout.color)


def _closing(text: str, columns: int) -> Iterator[str]:
    """The last line; where it has no room, what is done and what is wrong each begin a line."""
    done, _, wrong = text.partition("; ")
    if width(text) <= columns:
        yield text
    else:
        yield from wrap(f"{done};", columns, rest="  ")
        yield from wrap(wrong, columns, first="  ", rest="  ")


def _tenant(plan: Plan, catalog: Catalog, layout: Layout) -> Iterator[Line]:
    findings = view.sorted_findings(plan.findings)
    columns = layout.width
    yield from _head(plan, catalog, layout)
    yield from finding_lines(findings.leading, layout)
    for kind, changes in view.by_kind(plan.changes).items():
        yield Line("")
        head = f"{wording.KIND_HEADS.get(kind, cut(plain(kind), 40))}: {counted(len(changes), 'change')}"
        yield from (Line(text, "head") for text in wrap(head, columns, first="  ", rest="    "))
        yield from _changes(changes, catalog, columns)
    yield from _updates(plan.updates, catalog, columns)
    yield from _usage(plan, catalog, columns)
    rest = (*findings.errors, *findings.waived, *findings.warnings, *findings.infos)
    if rest:
        yield Line("")
    yield from finding_lines(rest, layout)
    notes = [note for note in (wording.cost(plan, catalog), wording.unmanaged(plan.unmanaged)) if note]
    if notes:
        yield Line("")
    for note in notes:
        for text in wrap(plain(note), columns, first="  ", rest="    "):
            yield Line(text, "dim")


def _head(plan: Plan, catalog: Catalog, layout: Layout) -> Iterator[Line]:
    name = "" if plan.name == plan.tenant else f" ({plain(plan.name)})"
    state = plain(wording.state_label(catalog, plan.state))
    head = f"{plain(plan.tenant)}{name}: {wording.verdict(plan, layout.held)}; Tenant State {state}; as of {plan.as_of}"
    for text in wrap(head, layout.width, rest="    "):
        yield Line(text, plan.verdict if plan.verdict == "rejected" else "head")
    hold = layout.held.get(plan.tenant)
    notes = [view.sentence(plan, catalog)]
    if hold is not None:
        notes.append(f"{wording.HOLD}: {hold}; this plan is shown and not applied.")
    if plan.execution == "portal" and plan.changes:
        notes.append("People carry this out in the Admin Portal, from a run sheet.")
    for note in notes:
        for text in wrap(plain(note), layout.width, first="  ", rest="  "):
            yield Line(text)


def _changes(changes: Sequence[Change], catalog: Catalog, columns: int) -> Iterator[Line]:
    names: dict[tuple[str, str | None], str] = {}
    for change in changes:
        key = (change.license, change.replaces)
        if key not in names:
            names[key] = plain(view.change_label(change, catalog))
    room = min(max(map(width, names.values())), max(columns - 39, _NARROW))
    # a label that is too long for the column stays whole, and the holder goes below it
    padded = {key: pad(cut(name, columns - 17), room) for key, name in names.items()}
    actions = {action: pad(word, 9) for action, word in wording.ACTIONS.items()}
    for change in changes:
        head = f"    {actions[change.action]}  {padded[change.license, change.replaces]}  "
        yield from _with_detail(head, plain(change.holder), _detail(change), columns, change.action)


def _detail(change: Change) -> str:
    """Why, where it is not simply asked for, and where the entry stands."""
    parts = [wording.RISKS[change.risk]]
    if change.action != "grant":
        parts.append(change.reason)
    parts.append(wording.place(change.file, change.line))
    return plain("; ".join(part for part in parts if part))


def _with_detail(head: str, holder: str, detail: str, columns: int, style: str) -> Iterator[Line]:
    line = head + holder
    used = width(line)
    if used > columns:
        yield Line(head.rstrip(), style)
        yield from (Line(text, style) for text in wrap(holder, columns, first=" " * 15, rest=" " * 15))
    elif detail and used + 3 + width(detail) <= columns:
        yield Line(f"{line}   {detail}", style)
        return
    else:
        yield Line(line, style)
    if detail:
        yield from (Line(text, "dim") for text in wrap(detail, columns, first=" " * 15, rest=" " * 15))


def _updates(updates: Sequence[Update], catalog: Catalog, columns: int) -> Iterator[Line]:
    if updates:
        yield Line("")
        yield Line(f"  Properties: {counted(len(updates), 'update')}", "head")
    for update in updates:
        word = wording.FIELDS.get(update.field, update.field)
        before, after = (wording.field_value(catalog, update.field, side) for side in (update.before, update.after))
        moved = word if update.field == "dropped" else f"{word} {before} → {after}"
        yield from _with_detail("    ~ update   ", plain(update.holder), plain(moved), columns, "update")


def _usage(plan: Plan, catalog: Catalog, columns: int) -> Iterator[Line]:
    rows = [row for row in view.usage_rows(plan, catalog) if row.over or (plan.changes and not row.idle)]
    if not rows:
        return
    yield Line("")
    told = "Licenses: assigned before → after / contingency"
    yield from (Line(text, "head") for text in wrap(told, columns, first="  ", rest="    "))
    gauges = [
        Gauge(
            plain(row.label),
            (row.before, "→", row.after, "/", row.contingency),
            (f"{row.bar or ' ' * 10}  {row.status}", row.status),
            "error" if row.over else "" if row.moves else "dim",
        )
        for row in rows
    ]
    for row, lines in zip(rows, gauge_lines(gauges, columns), strict=True):
        yield from lines
        if row.note:
            yield from (Line(note, "dim") for note in wrap(row.note, columns, first=" " * 6, rest=" " * 8))


def _verdicts(
    plans: PlanSet, each: Mapping[str, Mapping[str, int]], unread: Mapping[str, int], layout: Layout
) -> Iterator[Line]:
    rows: list[tuple[str, str, str, str]] = [
        (plan.tenant, wording.verdict(plan, layout.held), _counts(plan, each), plan.verdict) for plan in plans.plans
    ]
    rows += [(tenant, wording.UNREADABLE, counted(count, "problem"), "error") for tenant, count in unread.items()]
    rows.sort()
    words = max(width(word) for _, word, *_ in rows)
    room = min(max(width(plain(tenant)) for tenant, *_ in rows), max(layout.width - words - 4, _NARROW))
    for tenant, word, told, style in rows:
        name = plain(tenant)
        if width(name) > room:
            yield from (Line(text, style) for text in wrap(name, layout.width, first="  ", rest="  "))
            name = ""
        line = f"  {pad(name, room)}  {pad(word, words)}"
        with_counts = f"{line}  {told}"
        yield Line((with_counts if width(with_counts) <= layout.width else line).rstrip(), style)


def _counts(plan: Plan, each: Mapping[str, Mapping[str, int]]) -> str:
    counts = each[plan.tenant]
    told = wording.short_summary(counts) if plan.verdict != "no_changes" else ""
    wrong = [counted(counts[severity], severity) for severity in ("error", "warning") if counts[severity]]
    return "; ".join(part for part in (told, ", ".join(wrong)) if part)
