"""The words for numbers, verdicts, states and actions: one wording in every format, always glyph and word together."""

from collections.abc import Iterable, Mapping

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Action, Contingency, Finding, Plan, Risk, Severity
from tenantry.model.words import counted

VERDICTS: Mapping[str, str] = {"ready": "✔ ready", "rejected": "✖ rejected", "no_changes": "= no changes"}
SEVERITY_WORDS: Mapping[Severity, str] = {"error": "✖ error", "warning": "⚠ warning", "info": "ℹ info"}  # noqa: RUF001 the sign
ACTIONS: Mapping[Action, str] = {"grant": "+ grant", "revoke": "- revoke", "replace": "~ replace"}
RISKS: Mapping[Risk, str] = {
    "none": "",
    "downgrade": "⚠ downgrade",
    "in_use": "⚠ in use",
    "unverified": "⚠ not known whether in use",
}
KIND_HEADS: Mapping[str, str] = {"service": "Services", "user": "Users", "virtual_user": "Virtual users"}
FIELDS: Mapping[str, str] = {
    "object_id": "object id",
    "rename": "UPN",
    "name": "name",
    "organization_unit": "organization unit",
    "cost_center": "cost center",
    "assignment_type": "user assignment type",
    "dropped": "dropped",
}
_KINDS: Mapping[str, tuple[str, str]] = {
    "service": ("service", "services"),
    "user": ("person", "people"),
    "virtual_user": ("virtual user", "virtual users"),
}
HOLD = "■ on hold"
UNREADABLE = "✖ not planned"


def number(value: int) -> str:
    """A number with a comma between thousands."""
    return f"{value:,}"


def holders(kind: str, count: int) -> str:
    """A count of holders of a kind, as a person would say it."""
    return counted(count, *_KINDS.get(kind, (kind, kind)))


def listed(items: Iterable[str], total: int | None = None) -> str:
    """Items with commas, and how many there are beyond them."""
    shown = list(items)
    more = 0 if total is None else total - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def license_label(catalog: Catalog, license_id: str) -> str:
    """The label of a license; its id where the catalog in force doesn't know it (a saved plan may be older)."""
    known = catalog.licenses.get(license_id)
    return known.label if known else license_id


def state_label(catalog: Catalog, state: str) -> str:
    """The label of a tenant state, or its id where the catalog doesn't know it."""
    known = catalog.states.get(state)
    return known.label if known else state


def contingency(value: Contingency) -> str:
    """What was bought."""
    if value is None:
        return "?"
    return value if isinstance(value, str) else number(value)


def available(left: Contingency, bought: Contingency) -> str:
    """What is left of what was bought, in a word that also tells trouble."""
    if left is None:
        return "? not known what was bought"
    if isinstance(left, str):
        return "no limit"
    if left < 0:
        return f"✖ {-left:,} missing"
    if left == 0:
        return "none bought" if bought == 0 else "none left"
    return f"{left:,} left"


def verdict(plan: Plan, held: Mapping[str, str]) -> str:
    """The verdict on a plan; a tenant on hold says that as well."""
    word = VERDICTS[plan.verdict]
    return f"{word}, {HOLD}" if plan.tenant in held else word


def summary(counts: Mapping[str, int]) -> str:
    """The counts of changes."""
    return (
        f"{counts['grant']:,} to grant, {counts['revoke']:,} to revoke, {counts['replace']:,} to replace, "
        f"{counts['update']:,} to update"
    )


def short_summary(counts: Mapping[str, int]) -> str:
    """The counts of changes where there is little room; what is 0 is left out."""
    signs = (("+", "grant"), ("-", "revoke"), ("~", "replace"))
    told = [f"{sign}{counts[action]:,}" for sign, action in signs if counts[action]]
    updates = [counted(counts["update"], "update")] if counts["update"] else []
    return ", ".join([" ".join(told), *updates] if told else updates)


def totals(counts: Mapping[str, int], problems: int) -> str:
    """The last line: what a plan does, and what is wrong."""
    told = [counted(counts["error"], "error"), counted(counts["warning"], "warning")]
    if problems:
        told.append(counted(problems, "problem"))
    return f"Plan: {summary(counts)}; {', '.join(told)}"


def place(file: str | None, line: int | None, column: int | None = None) -> str:
    """`file:line:column` as far as it is known, or nothing."""
    return ":".join(str(part) for part in (file, line, column) if part is not None) if file is not None else ""


def field_value(catalog: Catalog, field: str, value: str | None) -> str:
    """A value of an update; assignment types by their label."""
    if value is None:
        return "(not set)"
    known = catalog.assignment_types.get(value) if field == "assignment_type" else None
    return known.label if known else value


def concerned(finding: Finding) -> str:
    """The holders that a finding is about, where its message doesn't name them already."""
    named = finding.holders or ((finding.holder,) if finding.holder else ())
    if all(holder in finding.message for holder in named) and finding.count <= max(len(named), 1):
        return ""
    return listed(named, finding.count) if named else ""


def unmanaged(counts: Mapping[str, int]) -> str:
    """What a plan leaves alone, or nothing where it speaks of everybody."""
    words = {"services": ("service",), "users": ("user",), "virtual_users": ("virtual user",)}
    told = [counted(counts[section], *words[section]) for section in words if counts.get(section)]
    return f"Left alone, because no entry speaks about their licenses: {', '.join(told)}." if told else ""


def money(currency: str | None, amount: str) -> str:
    """An amount with its currency, as far as that is known."""
    return f"{currency} {amount}" if currency else amount


def unpriced(labels: Iterable[str]) -> str:
    """Which licenses have no price, or nothing where all have one."""
    names = ", ".join(labels)
    return f"Without a price: {names}." if names else ""


def cost(plan: Plan, catalog: Catalog) -> str:
    """Money per month before and after, or nothing without prices."""
    if plan.cost is None:
        return ""
    price = plan.cost
    sign = "" if price.delta.startswith("-") else "+"
    moved = f"{money(price.currency, price.before)} → {price.after} ({sign}{price.delta})"
    told = f"Cost a month: {moved}; what was bought: {money(price.currency, price.bought)}."
    lacks = unpriced(license_label(catalog, license_id) for license_id in price.unpriced)
    return f"{told} {lacks}".rstrip()
