"""Rules on the state after the plan that the catalog lays down: what a license or assignment type needs; who is who.

A violation is an error where the plan makes or touches it, else a warning: what was wrong before never blocks others.
"""

from collections.abc import Iterable, Iterator

from tenantry.model.catalog import NeedsTier
from tenantry.model.plan import Finding
from tenantry.planning.case import NOWHERE, Case, Place, about


def requires_license(case: Case) -> Iterator[Finding]:
    """A holder has a license without another that it needs."""
    for license_id, item in case.catalog.licenses.items():
        for needed in item.requires:
            yield from _told(
                case,
                "requires-license",
                _holding(case, item.holder, license_id, without=needed),
                license_id,
                f"{item.label} needs {case.label(needed)} on the same holder.",
                f"Grant {needed} as well, or take {license_id} away.",
            )


def needs_tier(case: Case) -> Iterator[Finding]:
    """A service has an addon for which its tier is too low."""
    for license_id, item in case.catalog.licenses.items():
        if item.needs_tier is not None:
            holders = _holding(case, item.holder, license_id)
            yield from _below(case, "needs-tier", holders, item.needs_tier, item.label, license_id)


def perhaps_needs_tier(case: Case) -> Iterator[Finding]:
    """A service has an addon for which its tier is perhaps too low: the documents disagree."""
    for license_id, item in case.catalog.licenses.items():
        if item.needs_tier is not None:
            holders = _holding(case, item.holder, license_id)
            yield from _between(case, "needs-tier", holders, item.needs_tier, item.label, license_id)


def assignment_type_needs_tier(case: Case) -> Iterator[Finding]:
    """A service has an assignment type for which its tier is too low."""
    for type_id, item in case.catalog.assignment_types.items():
        if item.needs_tier is not None:
            holders = [holder for holder, found in case.difference.types_after.items() if found == type_id]
            yield from _below(case, "assignment-type-needs-tier", holders, item.needs_tier, item.label, None)
            yield from _between(case, "assignment-type-needs-tier", holders, item.needs_tier, item.label, None)


def assignment_type_changed(case: Case) -> Iterator[Finding]:
    """Two assignment types can't be exchanged for one another."""
    types = case.catalog.assignment_types
    for holder, new in case.retyped.items():
        old = case.difference.types_before.get(holder)
        if old and new and types[old].switch_never and types[new].switch_never:
            yield about(
                "assignment-type-changed",
                "error",
                f"The assignment type of a service can't be switched from {types[old].label} to {types[new].label}.",
                f"Keep assignment_type: {old}, or make a new service.",
                holders=[holder],
                place=_entry_place(case, holder),
            )


def identity_conflict(case: Case) -> Iterator[Finding]:
    """It is in doubt who somebody is; nothing of theirs is moved."""
    for conflict in case.difference.conflicts:
        yield about(
            "identity-conflict",
            "error",
            conflict.message,
            "Pin the right object_id, or mend the UPN and previously.",
            holders=[conflict.holder],
            place=(conflict.entry.source.file, conflict.entry.line),
        )


def _holding(case: Case, kind: str, license_id: str, without: str | None = None) -> list[str]:
    groups = case.sets[kind].items()  # type: ignore[index]  # kinds come from the catalog, which was checked
    found = [holders for licenses, holders in groups if license_id in licenses and without not in licenses]
    return [holder for holders in found for holder in holders]


def _below(
    case: Case, rule: str, holders: Iterable[str], needs: NeedsTier, label: str, license_id: str | None
) -> Iterator[Finding]:
    """The services whose tier is below what is needed at least."""
    low = [holder for holder in holders if not case.catalog.reaches(_tier(case, holder), needs.at_least)]
    hint = f"Raise the service to {needs.surely}, or take {license_id or 'the assignment type'} away."
    message = f"{label} needs {case.label(needs.at_least)} or higher on the service."
    yield from _told(case, rule, low, license_id, message, hint)


def _between(
    case: Case, rule: str, holders: Iterable[str], needs: NeedsTier, label: str, license_id: str | None
) -> Iterator[Finding]:
    """The services whose tier is enough by some of the documents."""
    reaches = case.catalog.reaches
    tiers = {holder: _tier(case, holder) for holder in holders}
    unsure = [name for name, tier in tiers.items() if reaches(tier, needs.at_least) and not reaches(tier, needs.surely)]
    if unsure:
        hint = f"Raise the service to {needs.surely}, or take {license_id or 'the assignment type'} away."
        message = (
            f"{label} works surely from {case.label(needs.surely)} on; "
            f"about {case.label(needs.at_least)} the documents disagree."
        )
        yield about(rule, "warning", message, hint, holders=unsure, license_id=license_id)


def _tier(case: Case, holder: str) -> str | None:
    return case.catalog.tier_of(case.difference.after["service"].get(holder, frozenset()))


def _told(
    case: Case, rule: str, holders: Iterable[str], license_id: str | None, message: str, hint: str
) -> Iterator[Finding]:
    """An error for each holder that the plan touches, and one warning for all others.

    No license at hand: it is about assignment types, and a new type touches the holder as well.
    """
    others: list[str] = []
    for holder in sorted(holders):
        if holder in case.by_holder or (license_id is None and holder in case.retyped):
            yield about(
                rule, "error", message, hint, holders=[holder], license_id=license_id, place=_entry_place(case, holder)
            )
        else:
            others.append(holder)
    if others:
        yield about(rule, "warning", f"{message} It was so before.", hint, holders=others, license_id=license_id)


def _entry_place(case: Case, holder: str) -> Place:
    """Where the entry stands that changes a holder, if one does."""
    changes = case.by_holder.get(holder)
    if changes:
        return (changes[0].file, changes[0].line)
    kind, _, key = holder.partition(":")
    entries = case.tenant.entries[kind].get(key)  # type: ignore[index]  # holder ids begin with their kind
    return (entries[0].source.file, entries[0].line) if entries else NOWHERE
