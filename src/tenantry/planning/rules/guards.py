"""Rules that keep a plan from taking away too much, or what somebody still needs."""

from collections.abc import Iterator

from tenantry.model.plan import Finding
from tenantry.model.state import holder_key
from tenantry.planning.case import Case, about


def downgrade_in_use(case: Case) -> Iterator[Finding]:
    """Features of a license that goes away are in use, or nobody knows."""
    unverified = [change.holder for change in case.changes if change.risk == "unverified"]
    for change in case.changes:
        if change.risk == "in_use":
            lost = change.replaces or change.license
            what = ", ".join(sorted(item.what for item in case.in_use[holder_key(change.holder), lost]))
            yield about(
                "downgrade-in-use",
                "error",
                f"{case.label(lost)} is in use: {what}; the portal refuses to take it away.",
                "Clear what uses it in the Admin Portal first.",
                holders=[change.holder],
                license_id=lost,
                place=(change.file, change.line),
            )
    if unverified:
        yield about(
            "downgrade-in-use",
            "info",
            f"{len(unverified)} of the changes take away what may be in use; the current state doesn't tell.",
            "Look in the Admin Portal first, or give a current state with in_use.",
            holders=unverified,
        )


def max_revocations(case: Case) -> Iterator[Finding]:
    """One plan takes away more of a license than the guard allows."""
    guard = case.policy.guards.max_revocations
    if guard is None:
        return
    for license_id, changes in case.losing.items():
        before = case.held(license_id, case.ordered.before)
        allowed = guard.allowed(before)
        if len(changes) > allowed:
            yield about(
                "max-revocations",
                "error",
                f"{case.label(license_id)}: {len(changes)} of {before} would be taken away; a plan may take {allowed}.",
                "Take away fewer at a time, or change guards.max_revocations.",
                holders=[change.holder for change in changes],
                license_id=license_id,
            )


def min_holders(case: Case) -> Iterator[Finding]:
    """The plan leaves fewer holders of a license than must remain."""
    for license_id, least in case.policy.guards.min_holders.items():
        before, after = (case.held(license_id, units) for units in (case.ordered.before, case.ordered.after))
        if after < least and after < before:
            yield about(
                "min-holders",
                "error",
                f"{case.label(license_id)}: {after} would remain of {before}, at least {least} must.",
                "Keep more holders, or change guards.min_holders.",
                holders=[change.holder for change in case.losing.get(license_id, ())],
                license_id=license_id,
            )


def protected_holder(case: Case) -> Iterator[Finding]:
    """The plan takes something from a holder that the workspace protects."""
    protected = {holder_key(holder) for holder in case.policy.guards.protected}
    former = case.difference.former()
    for license_id, changes in case.losing.items():
        for change in changes:
            names = {holder_key(change.holder), holder_key(former.get(change.holder, change.holder))}
            if names & protected:
                yield about(
                    "protected-holder",
                    "error",
                    f"{case.label(license_id)} would be taken from a protected holder.",
                    "Leave it, or take the holder off guards.protected.",
                    holders=[change.holder],
                    license_id=license_id,
                    place=(change.file, change.line),
                )
