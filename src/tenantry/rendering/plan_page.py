"""A plan made ready for its HTML page: charts and tables of what moves, complete however many changes there are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Change, Plan, Update, Usage, headroom
from tenantry.model.words import counted
from tenantry.rendering import view, wording
from tenantry.rendering.charts import MoveBar, inline, move_chart, small_bar
from tenantry.rendering.escape import Safe
from tenantry.rendering.html_parts import (
    Badge,
    Cell,
    Column,
    Figure,
    Findings,
    Table,
    left,
    rows_only,
    told_findings,
)
from tenantry.rendering.plan_shell import PlanPage, single_lines

_TONES = {"ready": "good", "rejected": "over", "no_changes": "plain"}
_ACTIONS = {action: Cell(text=word, tone=action, key=action) for action, word in wording.ACTIONS.items()}
_NOT_SET = Cell(text="(not set)", tone="dim")


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantPlan:
    """One tenant's plan, in the order in which it is read."""

    key: str
    id: str
    name: str
    badge: Badge
    summary: str
    lines: tuple[str, ...]
    figures: tuple[Figure, ...]
    first: tuple[Findings, ...]
    then: tuple[Findings, ...]
    chart: Safe
    usage: Table | None
    changes: tuple[Table, ...]
    updates: Table | None
    unmanaged: str
    cost: str

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell of it but its verdict."""
        return not (self.first or self.then or self.changes or self.updates)


def tenant_plan(plan: Plan, at: int, page: PlanPage, *, drawn: bool) -> TenantPlan:
    """Everything about one plan. `drawn`: with a chart of its licenses."""
    key, of = f"t{at}", f", {plan.tenant}" if page.several else ""
    counts = page.summaries[plan.tenant]
    found = view.sorted_findings(plan.findings)
    bars = move_bars(plan, page.catalog) if drawn else ()
    return TenantPlan(
        key=key,
        id=plan.tenant,
        name=plan.name,
        badge=verdict_badge(plan, page),
        summary=wording.short_summary(counts),
        lines=tuple(line for line in single_lines(plan, page) if line),
        figures=count_figures(counts),
        first=told_findings(
            f"{key}-first",
            [("To know first", found.leading), ("Errors", found.errors)],
            tenants=False,
        ),
        then=told_findings(
            f"{key}-then",
            [("Warnings", found.warnings), ("Waived", found.waived), ("For information", found.infos)],
            tenants=False,
        ),
        chart=inline(move_chart(bars, f"Licenses before and after{of}"), f"{key}-use") if bars else Safe(),
        usage=_usage(plan, page, (key, of), beside_a_chart=bool(bars)),
        changes=tuple(_changes(plan, page.catalog, key, of)),
        updates=_updates(plan.updates, page.catalog, key, of),
        unmanaged=wording.unmanaged(plan.unmanaged),
        cost=wording.cost(plan, page.catalog),
    )


def verdict_badge(plan: Plan, page: PlanPage) -> Badge:
    """The verdict as a badge."""
    held = plan.tenant in page.layout.held
    return Badge(wording.verdict(plan, page.layout.held), "tight" if held else _TONES[plan.verdict])


def count_figures(counts: Mapping[str, int]) -> tuple[Figure, ...]:
    """How much changes, and what is wrong."""
    moved = (("grant", "+ Grant"), ("revoke", "- Revoke"), ("replace", "~ Replace"), ("update", "Update"))
    wrong = (("error", "Errors", "over"), ("warning", "Warnings", "tight"))
    return (
        *(Figure(title, wording.number(counts[what])) for what, title in moved),
        *(Figure(title, wording.number(counts[what]), tone=how if counts[what] else "") for what, title, how in wrong),
    )


def move_bars(plan: Plan, catalog: Catalog) -> tuple[MoveBar, ...]:
    """A bar for each license that moves or is over what was bought, that with the least left first."""
    shown = [
        (usage, row)
        for usage, row in zip(plan.usage, view.usage_rows(plan, catalog), strict=True)
        if row.moves or row.over
    ]
    return tuple(
        MoveBar(
            label=row.label,
            before=usage.before,
            after=usage.after,
            bought=usage.contingency,
            figures=_figures(usage, row),
            status="? not known" if usage.contingency is None else row.status,
        )
        for usage, row in sorted(shown, key=lambda item: headroom(item[0].contingency, item[0].available))
    )


def _figures(usage: Usage, row: view.UsageRow) -> str:
    of = f" of {row.contingency}" if isinstance(usage.contingency, int) else ""
    peak = f", up to {usage.peak:,} on the way" if usage.peak > max(usage.before, usage.after) else ""
    return f"{row.before} → {row.after}{of} ({usage.after - usage.before:+,}){peak}"


def _usage(plan: Plan, page: PlanPage, named: tuple[str, str], *, beside_a_chart: bool) -> Table | None:
    key, of = named
    columns = (
        Column("License"),
        Column("Before", "n"),
        Column("After", "n"),
        Column("Contingency", "n"),
        Column("Available", "left"),
        *([] if beside_a_chart else [Column("Use", "bar")]),
    )
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(text=row.label, tone="moves" if row.moves else ""),
            row.before,
            Cell(text=row.after, tone="moves" if row.moves else ""),
            "not known" if usage.contingency is None else row.contingency,
            left(usage.available, usage.contingency, usage.after, row.note),
            *([] if beside_a_chart else [small_bar(usage.after, usage.contingency)]),
        )
        for usage, row in zip(plan.usage, view.usage_rows(plan, page.catalog), strict=True)
        if not row.idle
    ]
    if not rows:
        return None
    caption = f"Licenses before and after the plan{of}"
    return Table(key=f"{key}-usage", title="Licenses", caption=caption, columns=columns, groups=rows_only(rows))


def _changes(plan: Plan, catalog: Catalog, key: str, of: str) -> Iterator[Table]:
    columns = (
        Column("Step", "step"),
        Column("Change", "act"),
        Column("License"),
        Column("Holder", "code"),
        Column("Why", "wide"),
        Column("Written in", "code place"),
    )
    for at, (kind, changes) in enumerate(view.by_kind(plan.changes).items()):
        head = wording.KIND_HEADS.get(kind, kind)
        yield Table(
            key=f"{key}-changes{at}",
            title=f"{head}: {counted(len(changes), 'change')}",
            caption=f"{head}: changes in the order of apply{of}",
            columns=columns,
            groups=rows_only(_change(change, catalog) for change in changes),
        )


def _change(change: Change, catalog: Catalog) -> Sequence[str | Cell]:
    risk = wording.RISKS[change.risk]
    why: str | Cell = Cell(text=change.reason, note=risk) if risk else change.reason
    return (
        str(change.step),
        _ACTIONS[change.action],
        view.change_label(change, catalog),
        change.holder,
        why,
        wording.place(change.file, change.line),
    )


def _updates(updates: Sequence[Update], catalog: Catalog, key: str, of: str) -> Table | None:
    if not updates:
        return None
    return Table(
        key=f"{key}-updates",
        title=f"Properties: {counted(len(updates), 'update')}",
        caption=f"Properties of holders that are updated{of}",
        columns=(Column("Holder", "code"), Column("Property"), Column("Before"), Column("After")),
        groups=rows_only(
            (update.holder, wording.FIELDS.get(update.field, update.field), *_sides(update, catalog))
            for update in updates
        ),
    )


def _sides(update: Update, catalog: Catalog) -> tuple[str | Cell, str | Cell]:
    before, after = (
        _NOT_SET if value is None else wording.field_value(catalog, update.field, value)
        for value in (update.before, update.after)
    )
    return before, after
