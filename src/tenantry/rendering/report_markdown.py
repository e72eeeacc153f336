"""The usage report as a Markdown page: the parts of the portal's page, who uses what, what it costs, what is odd."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.report import LicenseUsage, Report, TenantReport
from tenantry.model.words import counted
from tenantry.rendering import report_view, view, wording
from tenantry.rendering.escape import Safe, clip
from tenantry.rendering.findings_markdown import findings_block
from tenantry.rendering.layout import Layout
from tenantry.rendering.markdown import Room, render, size
from tenantry.rendering.report_pictures import TREND, USE, shown_pictures

_Part = tuple[str, Sequence[LicenseUsage]]
_TIGHTEST = 0.75
"""The share of the room for the roll-up; the rest is for what all tenants have in common, and for what is odd."""


def report_markdown(report: Report, catalog: Catalog, layout: Layout) -> str:
    """The page. The roll-up comes first where room is short, then license tables, findings and breakdowns."""
    single = report.tenants[0] if len(report.tenants) == 1 else None
    frame = {"heading": _heading(report, single), "tenant": single.tenant if single else "", "notes": []}
    longest = {**frame, "notes": [_not_shown(len(report.tenants))]}
    taken = size(render("report.md.jinja", layout.flavor, page=longest, blocks=()))
    room = Room(layout.max_bytes - taken, layout.flavor)
    blocks = [_findings(room, "Problems in files", report.problems, share=0.4, tenants=True)]
    pictures = {ending: room.block(text) for ending, text in shown_pictures(report, layout).items()}
    blocks += _single(single, room, pictures) if single else _several(report, catalog, room, frame)
    if not single:
        blocks.insert(2 if report.roll_up else 1, pictures.get(USE, ""))
    blocks = [Safe(block.rstrip("\n")) for block in blocks if block]
    return render("report.md.jinja", layout.flavor, page=frame, blocks=blocks)


def _heading(report: Report, single: TenantReport | None) -> str:
    if single:
        return f"License usage: {clip(single.name, 120)}"
    return f"License usage of {counted(len(report.tenants), 'tenant')}"


def _not_shown(tenants: int) -> str:
    return f"Not shown in full here: {counted(tenants, 'tenant')}. Ask for the report of each by its id."


def _single(tenant: TenantReport, room: Room, pictures: Mapping[str, str]) -> list[str]:
    state, cost = _summary(tenant, report_view.labels((tenant,)), room)
    state, licenses = room.block(state), _in_use(room.pieces.licenses, _parts(tenant), room)
    cost = room.block(cost)
    findings = _findings(room, "Findings", tenant.findings, share=0.4, tenants=False)
    use, trend = (pictures.get(ending, "") for ending in (USE, TREND))
    return [state, use, licenses, trend, *_groups(tenant, room), cost, findings]


def _several(report: Report, catalog: Catalog, room: Room, frame: Mapping[str, Any]) -> list[str]:
    """The roll-up, then each tenant to unfold, the tightest first as far as there is room."""
    by_id = {tenant.tenant: tenant for tenant in report.tenants}
    blocks, order = [], list(by_id)
    if report.roll_up:
        tight = report.roll_up.tenants
        rows = (
            room.pieces.tight_row(report_view.tight_row(item, wording.state_label(catalog, item.state)))
            for item in tight
        )
        blocks = [room.rows(room.pieces.tightest, rows, len(tight), _TIGHTEST)]
        blocks.append(_in_use(room.pieces.totals, [("", report.roll_up.licenses)], room))
        order = [item.tenant for item in tight if item.tenant in by_id]
    findings = [finding for tenant in report.tenants for finding in tenant.findings]
    told = _findings(room, "Findings", findings, share=0.3, tenants=True)
    pages = _tenants([by_id[tenant] for tenant in order], room)
    if len(pages) < len(by_id):
        frame["notes"].append(_not_shown(len(by_id) - len(pages)))
    return [*blocks, told, *pages]


def _tenants(tenants: Sequence[TenantReport], room: Room) -> list[str]:
    """Each tenant to unfold: the license tables of all come before the breakdowns of any."""
    labels = report_view.labels(tenants)
    pages: list[tuple[TenantReport, list[str]]] = []
    for tenant in tenants:
        state, cost = _summary(tenant, labels, room)
        for table in _tables(room.pieces.licenses, _parts(tenant)):
            parts = [block for block in (state, table, cost) if block]
            if room.take(_unfolded(tenant, parts, room), ends=2):
                pages.append((tenant, parts))
                break
        else:
            break
    for tenant, parts in pages:
        parts[2:2] = [block for block in _groups(tenant, room) if block]
    return [_unfolded(tenant, parts, room) for tenant, parts in pages]


def _unfolded(tenant: TenantReport, parts: Sequence[str], room: Room) -> str:
    title = f"{tenant.tenant}: {clip(tenant.name, 120)}; Tenant State {tenant.state_label}"
    text: str = room.pieces.tenant_page(title, [Safe(part.rstrip("\n")) for part in parts])
    return text


def _summary(tenant: TenantReport, labels: Mapping[str, str], room: Room) -> tuple[str, str]:
    """The state, and what it costs."""
    cost = report_view.cost(tenant.cost, labels)
    return room.pieces.state(*report_view.state_lines(tenant)), room.pieces.cost(cost) if cost else ""


def _parts(tenant: TenantReport) -> list[_Part]:
    return [(part.label, part.licenses) for part in tenant.parts if part.licenses]


def _tables(frame: Callable[..., str], parts: Sequence[_Part]) -> Iterator[str]:
    """A table of licenses in full, and then without those of which none is bought or assigned."""
    for leave_out in (False, True):
        rows = [
            (label, [item for item in licenses if item.contingency != 0 or item.assigned or not leave_out])
            for label, licenses in parts
        ]
        unused = sum(len(licenses) for _, licenses in parts) - sum(len(licenses) for _, licenses in rows)
        if unused or not leave_out:
            shown = [
                {"label": label, "rows": [report_view.license_row(item) for item in licenses]}
                for label, licenses in rows
                if licenses
            ]
            yield frame(shown, unused)


def _in_use(frame: Callable[..., str], parts: Sequence[_Part], room: Room) -> str:
    """A table of licenses: short where the full one would take more than half of the room."""
    full, *short = _tables(frame, parts)
    return room.block(full if not short or size(full) <= room.left // 2 else short[0])


def _groups(tenant: TenantReport, room: Room) -> list[str]:
    tables = [
        report_view.groups(tenant, "By organization unit", tenant.organization_units),
        report_view.groups(tenant, "By cost center", tenant.cost_centers),
    ]
    return [_table(table, room, share) for table, share in zip(tables, (0.5, 1.0), strict=True) if table.rows]


def _table(table: report_view.Groups, room: Room, share: float) -> str:
    frame = partial(room.pieces.groups, table)
    whole = frame([room.pieces.group_row(row) for row in table.rows], 0) if len(table.rows) <= room.left // 20 else ""
    if whole and size(whole) < room.left * share:
        return room.block(whole)
    rows = (room.pieces.group_row(row) for row in table.largest_first())
    return room.rows(frame, rows, len(table.rows), share)


def _findings(room: Room, title: str, findings: Sequence[Any], *, share: float, tenants: bool) -> str:
    groups = view.sorted_findings(findings)
    ordered = (*groups.leading, *groups.errors, *groups.waived, *groups.warnings, *groups.infos)
    if not ordered:
        return ""
    return findings_block(room, ordered, partial(room.pieces.findings, title), share=share, tenants=tenants, keep=3)
