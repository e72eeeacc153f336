"""What an observation noted, in sentences: what moved one by one, what stayed in one number."""

from collections.abc import Iterable, Iterator

from tenantry.model.catalog import KINDS, SECTIONS, Catalog
from tenantry.model.observation import Observation
from tenantry.model.plan import Change, Finding, Update
from tenantry.model.policy import Policy
from tenantry.model.state import CurrentState
from tenantry.planning.observed import Moved, units_of

SHOWN = 50
"""Changes and updates that are told one by one."""
DISAGREE = "counters-disagree"


def noted(
    seen: Observation, before: CurrentState, after: CurrentState, moved: Moved, catalog: Catalog
) -> tuple[str, ...]:
    """A sentence for each thing that was noted, in the order of the portal's page."""
    return (
        *_state(seen, before, catalog),
        *_contingency(seen, before, catalog),
        *_sections(seen, after, moved),
        *_moves(moved, catalog),
        *_rest(seen, after),
    )


def disagreements(seen: Observation, after: CurrentState, catalog: Catalog, policy: Policy) -> tuple[Finding, ...]:
    """Where the vendor counts other numbers than the ledger, after everything else was recorded."""
    severity = policy.severities.get(DISAGREE, "warning")
    count = units_of(after)
    found: list[Finding] = []
    for item in seen.counters or ():
        assigned, label = count[item.license], catalog.licenses[item.license].label
        if item.used > assigned and severity != "off":
            found.append(
                Finding(
                    rule=DISAGREE,
                    severity=severity,
                    message=f"{label}: the vendor counts {item.used} in use, the ledger {assigned}: "
                    f"{item.used - assigned} unaccounted.",
                    hint="Plans count them as used. Observe a snapshot to learn who holds them.",
                    tenant=seen.tenant,
                    license=item.license,
                    count=item.used - assigned,
                )
            )
        elif item.used < assigned:
            found.append(
                Finding(
                    rule=DISAGREE,
                    severity="info",
                    message=f"{label}: the vendor counts {item.used} in use, the ledger {assigned}: "
                    f"{assigned - item.used} that the vendor doesn't see.",
                    hint="Plans count what the ledger holds. Observe a snapshot to learn who holds none.",
                    tenant=seen.tenant,
                    license=item.license,
                    count=assigned - item.used,
                )
            )
    return tuple(found)


def _state(seen: Observation, before: CurrentState, catalog: Catalog) -> Iterator[str]:
    if seen.state is not None:
        now = catalog.states[seen.state].label
        known = catalog.states.get(before.state or "")
        then = known.label if known is not None else before.state
        yield f"Tenant State: {now}, as before" if before.state == seen.state else f"Tenant State: {_from(then)}{now}"


def _contingency(seen: Observation, before: CurrentState, catalog: Catalog) -> Iterator[str]:
    known = before.contingency or {}
    same = 0
    for license_id in catalog.sort(tuple(seen.contingency)):
        now, then = seen.contingency[license_id], known.get(license_id)
        same += now == then
        if now != then:
            yield f"{catalog.licenses[license_id].label}: contingency {_from(then)}{now}"
    if same:
        yield f"contingency of {_counted(same, 'license')}: as before"


def _sections(seen: Observation, after: CurrentState, moved: Moved) -> Iterator[str]:
    gone = [item.holder for item in moved.updates if item.field == "dropped"]
    for kind in KINDS:
        if kind in seen.sections:
            new, left = (_of(kind, holders) for holders in (moved.newcomers, gone))
            told = [f"{len(after.holders[kind])} seen"]
            told += [f"{count} {word}" for count, word in ((new, "new"), (left, "gone")) if count]
            yield f"{SECTIONS[kind]}: {', '.join(told)}"


def _moves(moved: Moved, catalog: Catalog) -> Iterator[str]:
    """Changes, and updates of holders that were known before; who is new or gone was counted already."""
    new = frozenset(moved.newcomers)
    updates = [item for item in moved.updates if item.field != "dropped" and item.holder not in new]
    yield from (_change(item, catalog) for item in moved.changes[:SHOWN])
    yield from (_update(item) for item in updates[: max(SHOWN - len(moved.changes), 0)])
    more = len(moved.changes) + len(updates) - SHOWN
    if more > 0:
        yield f"and {_counted(more, 'more change or update', 'more changes and updates')}"


def _rest(seen: Observation, after: CurrentState) -> Iterator[str]:
    if seen.snapshot is not None and seen.snapshot.in_use is not None:
        yield f"in use: {_counted(len(seen.snapshot.in_use), 'feature')}"
    if seen.directory is not None:
        yield f"directory: {_counted(len(seen.directory.accounts), 'account')}"
    if seen.counters is not None:
        count = units_of(after)
        agree = sum(1 for item in seen.counters if item.used == count[item.license])
        yield f"counters: {agree} of {_counted(len(seen.counters), 'license')} agree with the ledger"


def _change(change: Change, catalog: Catalog) -> str:
    label = _label(change.license, catalog)
    if change.action == "replace":
        return f"~ {_label(change.replaces or '', catalog)} → {label} {change.holder}"
    return f"{'+' if change.action == 'grant' else '-'} {label} {change.holder}"


def _update(update: Update) -> str:
    then, now = (value or "(not set)" for value in (update.before, update.after))
    return f"~ {update.holder} {update.field}: {then} → {now}"


def _label(license_id: str, catalog: Catalog) -> str:
    """The label of a license; its id where the catalog in force doesn't know it any more."""
    return catalog.licenses[license_id].label if license_id in catalog.licenses else license_id


def _of(kind: str, holders: Iterable[str]) -> int:
    return sum(1 for holder in holders if holder.startswith(f"{kind}:"))


def _from(value: object) -> str:
    return "" if value is None else f"{value} → "


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
