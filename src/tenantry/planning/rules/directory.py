"""Rules on people whom the directory (Microsoft Entra ID) doesn't know, or knows as disabled, and who hold licenses."""

from collections.abc import Iterator

from tenantry.model.plan import Finding
from tenantry.model.state import Account, holder_key
from tenantry.planning.case import Case, about


def unknown_holder(case: Case) -> Iterator[Finding]:
    """People with a license of whom the directory knows neither UPN nor object id. Silent where none was observed."""
    if case.current.directory is None:
        return
    strangers = [holder for holder, account in _accounts(case) if account is None]
    granted = {change.holder: change for change in reversed(case.changes) if change.action != "revoke"}
    again = f"observe the directory anew: tenantry observe {case.tenant.id} --directory FILE."
    for holder in strangers:
        if holder in granted:
            first = granted[holder]
            yield about(
                "unknown-holder",
                "error",
                "The plan grants to a user whom the directory doesn't know.",
                f"Mend the UPN, or {again}",
                holders=[holder],
                place=(first.file, first.line),
            )
    others = [holder for holder in strangers if holder not in granted]
    if others:
        who = "A user holds" if len(others) == 1 else f"{len(others)} users hold"
        yield about(
            "unknown-holder",
            "warning",
            f"{who} licenses and isn't known to the directory."
            if len(others) == 1
            else f"{who} licenses and aren't known to the directory.",
            f"Take the licenses away, or {again}",
            holders=others,
        )


def disabled_holder(case: Case) -> Iterator[Finding]:
    """People with a license and a disabled account, as the directory tells; without one, as the current state does."""
    if case.current.directory is not None:
        disabled = [holder for holder, account in _accounts(case) if account is not None and account.enabled is False]
    else:
        rows = case.current.holders["user"].values()
        off = _under_new_names(case, {holder_key(row.id): row.id for row in rows if row.enabled is False})
        disabled = [holder for holder in _licensed(case) if holder_key(holder) in off]
    if disabled:
        one = len(disabled) == 1
        yield about(
            "disabled-holder",
            "warning",
            "A user holds licenses, and the account is disabled."
            if one
            else f"{len(disabled)} users hold licenses, and their accounts are disabled.",
            "Take the licenses away, or enable the account." if one else "Take them away, or enable the accounts.",
            holders=disabled,
        )


def _licensed(case: Case) -> Iterator[str]:
    """The users who hold a license after the plan."""
    return (holder for holder, licenses in case.difference.after["user"].items() if licenses)


def _accounts(case: Case) -> Iterator[tuple[str, Account | None]]:
    """The account of each user with a license: by object id, which stays, or by a UPN that isn't another's by now."""
    directory = case.current.directory or {}
    by_id = {account.object_id: account for account in directory.values() if account.object_id is not None}
    rows = case.current.holders["user"].values()
    ids = _under_new_names(case, {holder_key(row.id): row.object_id for row in rows if row.object_id is not None})
    ids |= {
        holder_key(item.holder): item.after
        for item in case.difference.updates
        if item.field == "object_id" and item.after is not None
    }
    for holder in _licensed(case):
        key = holder_key(holder)
        object_id, namesake = ids.get(key), directory.get(key.removeprefix("user:"))
        if object_id is None or namesake is None or namesake.object_id in (None, object_id):
            yield holder, by_id.get(object_id or "") or namesake
        else:
            yield holder, by_id.get(object_id)


def _under_new_names(case: Case, known: dict[str, str]) -> dict[str, str]:
    """What is known by holder, under the names that the plan gives them."""
    former = {holder_key(old): holder_key(new) for new, old in case.difference.former().items()}
    return {former.get(holder, holder): value for holder, value in known.items()}
