"""What an observation noted, in sentences that stay with its run, and in short what was observed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from tenantry.model.catalog import KINDS, SECTIONS, Catalog, Kind
from tenantry.model.observation import Observation
from tenantry.model.plan import Change, Update
from tenantry.model.state import CurrentState, kind_of
from tenantry.model.words import counted
from tenantry.planning.observed import Moved, units_of

_NOUNS: Mapping[Kind, str] = {"service": "service", "user": "user", "virtual_user": "virtual user"}
SHOWN = 10
"""Changes and updates that are told one by one."""


def noted(
    seen: Observation, before: CurrentState, after: CurrentState, moved: Moved, catalog: Catalog
) -> tuple[str, ...]:
    """A sentence for each thing that was noted, in the order of the portal's page."""
    return (
        *_state(seen, before, catalog),
        *_contingency(seen, before, catalog),
        *_sections(seen, after, moved),
        *_moves(moved, before, catalog),
        *_rest(seen, after),
    )


def in_short(seen: Observation) -> str:
    """What was observed, by kind and number; of what there is none only where there is nothing else."""
    told = ["Tenant State"] if seen.state is not None else []
    if seen.contingency:
        told.append(f"contingency of {counted(len(seen.contingency), 'license')}")
    none: list[str] = []
    for count, words in _numbers(seen):
        (told if count else none).append(words)
    return ", ".join(told or none) or "nothing"


def _numbers(seen: Observation) -> Iterator[tuple[int, str]]:
    """How many there are of what was looked at, and how that is said."""
    if seen.snapshot is not None:
        rows = seen.snapshot.holders
        yield from (
            (len(rows[kind]), counted(len(rows[kind]), _NOUNS[kind])) for kind in KINDS if kind in seen.sections
        )
        if seen.snapshot.in_use is not None:
            count = len(seen.snapshot.in_use)
            yield count, f"{counted(count, 'feature')} in use"
    if seen.counters is not None:
        yield len(seen.counters), f"counters of {counted(len(seen.counters), 'license')}"
    if seen.directory is not None:
        count = len(seen.directory.accounts)
        yield count, f"a directory of {counted(count, 'account')}"


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
        yield f"contingency of {counted(same, 'license')}: as before"


def _sections(seen: Observation, after: CurrentState, moved: Moved) -> Iterator[str]:
    gone = [item.holder for item in moved.updates if item.field == "dropped"]
    for kind in KINDS:
        if kind in seen.sections:
            new, left = (_of(kind, holders) for holders in (moved.newcomers, gone))
            told = [f"{len(after.holders[kind])} seen"]
            told += [f"{count} {word}" for count, word in ((new, "new"), (left, "gone")) if count]
            yield f"{SECTIONS[kind]}: {', '.join(told)}"


def _moves(moved: Moved, before: CurrentState, catalog: Catalog) -> Iterator[str]:
    """Changes, and updates of holders that were known before; who is new or gone was counted already.

    Of a section that was never seen before, everything is new: there, licenses are counted.
    """
    first = frozenset(kind for kind in KINDS if not before.holders[kind])
    assigned = Counter(item.license for item in moved.changes if kind_of(item.holder) in first)
    yield from (f"{_label(item, catalog)}: {assigned[item]} assigned" for item in catalog.licenses if assigned[item])
    changes = [item for item in moved.changes if kind_of(item.holder) not in first]
    new = frozenset(moved.newcomers)
    updates = [item for item in moved.updates if item.field != "dropped" and item.holder not in new]
    yield from (_change(item, catalog) for item in changes[:SHOWN])
    yield from (_update(item) for item in updates[: max(SHOWN - len(changes), 0)])
    more = len(changes) + len(updates) - SHOWN
    if more > 0:
        yield f"and {counted(more, 'more change or update', 'more changes and updates')}"


def _rest(seen: Observation, after: CurrentState) -> Iterator[str]:
    if seen.snapshot is not None and seen.snapshot.in_use is not None:
        yield f"in use: {counted(len(seen.snapshot.in_use), 'feature')}"
    if seen.directory is not None:
        yield f"directory: {counted(len(seen.directory.accounts), 'account')}"
    if seen.counters is not None:
        count = units_of(after)
        agree = sum(1 for item in seen.counters if item.used == count[item.license])
        verb = "agrees" if 1 in (agree, len(seen.counters)) else "agree"
        yield f"counters: {agree} of {counted(len(seen.counters), 'license')} {verb} with the ledger"


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
