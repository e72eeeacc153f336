"""A usage report made ready for readers: rows with bars and words, groups as tables, the tightest tenants first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tenantry.model.plan import Contingency
from tenantry.model.report import GroupUsage, LicenseUsage, ReportCost, TenantReport, TightestLicense
from tenantry.rendering import wording
from tenantry.rendering.bars import bar


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseRow:
    """One license of the page."""

    label: str
    preview: bool
    contingency: str
    assigned: str
    status: str
    bar: str
    percent: str
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TightRow:
    """One tenant of the roll-up."""

    tenant: str
    name: str
    state: str
    label: str
    contingency: str
    assigned: str
    status: str
    bar: str
    percent: str
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One organization unit or cost center. `value` None: of holders without one; `special`: a word of ours."""

    value: str | None
    special: bool
    holders: str
    cells: tuple[str, ...]
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """A table of groups, with a column for each license that somebody holds."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[GroupRow, ...]

    def largest_first(self) -> tuple[GroupRow, ...]:
        """The rows by the units that they hold: what is shown where not all can be."""
        return tuple(sorted(self.rows, key=lambda row: -row.units))


def license_row(item: LicenseUsage) -> LicenseRow:
    """One license in words. `status` names the units that only the vendor counts."""
    status = wording.available(item.available, item.contingency)
    return LicenseRow(
        label=item.label,
        preview=item.preview,
        contingency=_contingency(item.contingency),
        assigned=wording.number(item.assigned),
        status=f"{status} ({item.unaccounted:,} unaccounted)" if item.unaccounted else status,
        bar=bar(item.assigned, item.contingency),
        percent=percent(item.assigned, item.contingency),
        over=is_over(item.available),
    )


def tight_row(item: TightestLicense, state: str) -> TightRow:
    """One tenant of the roll-up in words."""
    return TightRow(
        tenant=item.tenant,
        name=item.name,
        state=state,
        label=item.label or "(no license is limited)",
        contingency=_contingency(item.contingency) if item.license else "",
        assigned=wording.number(item.assigned) if item.license else "",
        status=wording.available(item.available, item.contingency) if item.license else "",
        bar=bar(item.assigned, item.contingency) if item.license else "",
        percent=percent(item.assigned, item.contingency) if item.license else "",
        over=is_over(item.available),
    )


def groups(tenant: TenantReport, title: str, usages: Sequence[GroupUsage]) -> Groups:
    """Groups as a table, with a column for each license that stands in one of them."""
    rows = [item for part in tenant.parts for item in part.licenses]
    held = {license_id for usage in usages for license_id, units in usage.licenses.items() if units}
    shown = [item for item in rows if item.license in held]
    ids = [item.license for item in shown]
    made = tuple(_group(usage, ids) for usage in usages)
    return Groups(title=title, columns=tuple(item.label for item in shown), rows=made)


def percent(used: int, contingency: Contingency) -> str:
    """The share of what was bought, rounded down, or nothing where there is no limit."""
    return f"{used * 100 // contingency:,} %" if isinstance(contingency, int) and contingency else ""


def is_over(available: Contingency) -> bool:
    """Whether more is assigned than was bought."""
    return isinstance(available, int) and available < 0


def state_lines(tenant: TenantReport) -> tuple[str, str]:
    """The state with what it means, and when and from where the numbers are."""
    meaning = f"Tenant State: {tenant.state_label}. {tenant.effect}".strip()
    return meaning, f"As of {tenant.as_of}, from: {tenant.told_by}."


def cost(price: ReportCost | None, labels: Mapping[str, str]) -> str:
    """Money per month, or nothing without prices."""
    if price is None:
        return ""
    amounts = (("bought", price.bought), ("used", price.used), ("unused", price.unused))
    told = ", ".join(f"{what} {wording.money(price.currency, amount)}" for what, amount in amounts)
    return f"Cost a month: {told}. {unpriced(price, labels)}".rstrip()


def unpriced(price: ReportCost, labels: Mapping[str, str]) -> str:
    """Which licenses have no price, or nothing where all have one."""
    return wording.unpriced(labels.get(license_id, license_id) for license_id in price.unpriced)


def labels(tenants: Iterable[TenantReport]) -> dict[str, str]:
    """The labels of all licenses that the reports tell of."""
    return {item.license: item.label for tenant in tenants for part in tenant.parts for item in part.licenses}


def _group(usage: GroupUsage, ids: Sequence[str]) -> GroupRow:
    units = [usage.licenses.get(license_id, 0) for license_id in ids]
    return GroupRow(
        value="unaccounted" if usage.unaccounted else usage.value,
        special=usage.unaccounted,
        holders="" if usage.unaccounted else wording.number(usage.holders),
        cells=tuple(wording.number(count) if count else "" for count in units),
        units=sum(units),
    )


def _contingency(value: Contingency) -> str:
    return "not known" if value is None else wording.contingency(value)
