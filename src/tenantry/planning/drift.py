"""Drift: what the world has moved since the last apply and the files say otherwise, told from files that are ahead."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tenantry.model.catalog import Kind
from tenantry.model.plan import Change, Finding, Severity, Update, Verdict
from tenantry.model.state import holder_key, kind_of
from tenantry.model.words import counted, moves_counted
from tenantry.planning.case import Case, about
from tenantry.planning.diff import Difference, Licenses, Move
from tenantry.planning.judge import in_order, judge

KNOWN = ("ledger-missing", "contract-disagrees", "counters-disagree", "over-allocated", "state-forbids-changes")
"""Rules that speak of the world as it is, whatever a plan would do about it."""

Units = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Moved:
    """What the world has moved, net: units by holder and license, fields by holder; and the run that it was before.

    `whole`: the files still ask for what that run brought about, so that every difference is the world's, whoever wrote
    it and whether or not it was observed.
    """

    units: Units
    fields: frozenset[tuple[str, str]]
    since: str | None
    whole: bool = False

    def explains(self, move: Move, former: str) -> bool:
        """Whether a change of the plan would only set back what the world has moved."""
        names = {holder_key(move.holder), holder_key(former)}
        gone = move.license if move.action == "revoke" else move.replaces
        new = None if move.action == "revoke" else move.license
        return any(
            self.units.get((name, gone or ""), 0) > 0 or self.units.get((name, new or ""), 0) < 0 for name in names
        )

    def touched(self, update: Update, former: str) -> bool:
        """Whether an update of the plan is about what the world has moved: a field, or a holder that went or came."""
        names = {holder_key(update.holder), holder_key(former)}
        if update.field == "dropped" and any(self._came(name) for name in names):
            return True
        return any((name, field) in self.fields for name in names for field in (update.field, "dropped"))

    def _came(self, holder: str) -> bool:
        """Whether a holder can only have come into being: it was given something, and nothing was taken in exchange."""
        moved = [count for (name, _), count in self.units.items() if name == holder]
        return bool(moved) and min(moved) > 0


def net(changes: Iterable[Change], updates: Iterable[Update], since: str | None) -> Moved:
    """Sum up what observations have moved, one after the other; what came back is not moved."""
    units: Counter[tuple[str, str]] = Counter()
    for change in changes:
        holder = holder_key(change.holder)
        if change.action != "revoke":
            units[holder, change.license] += 1
        lost = change.license if change.action == "revoke" else change.replaces
        if lost is not None:
            units[holder, lost] -= 1
    first: dict[tuple[str, str], str | None] = {}
    last: dict[tuple[str, str], str | None] = {}
    for update in updates:
        key = (holder_key(update.holder), update.field)
        first.setdefault(key, update.before)
        last[key] = update.after
    fields = frozenset(key for key, value in last.items() if value != first[key])
    return Moved({key: count for key, count in units.items() if count}, fields, since)


@dataclass(frozen=True, slots=True)
class Drift:
    """The two ends of a question about drift: how its difference is narrowed, and how the rest is judged."""

    moved: Moved

    def narrowed(self, whole: Difference) -> Difference:
        """The part of a difference that the world has moved."""
        if self.moved.whole:
            return replace(whole, conflicts=())
        names = whole.former()
        moves = tuple(move for move in whole.moves if self.moved.explains(move, names.get(move.holder, move.holder)))
        updates = tuple(item for item in whole.updates if self.moved.touched(item, names.get(item.holder, item.holder)))
        left_out = len(whole.moves) - len(moves) + len(whole.updates) - len(updates)
        return replace(
            whole,
            moves=moves,
            updates=updates,
            after=_after(whole, moves, updates),
            conflicts=(),
            left_out=left_out,
        )

    def judged(self, case: Case) -> tuple[tuple[Finding, ...], Verdict]:
        """What is known of the world, and how far it has drifted; a drift is nothing that could be rejected."""
        found, _ = judge(case)
        findings = [replace(item, severity=_softened(item)) for item in found if item.rule in KNOWN]
        findings += (replace(item, tenant=case.tenant.id) for item in self._told(case))
        drifts = case.changes or case.difference.updates
        return tuple(in_order(findings)), "ready" if drifts else "no_changes"

    def _told(self, case: Case) -> Iterator[Finding]:
        if self.moved.since is None:
            yield about(
                "no-baseline",
                "info",
                "Nothing was applied yet, so that there is nothing from which the world could have drifted.",
                "Apply once; what the plan shows until then is what the files ask for.",
            )
            return
        changed = [change.holder for change in case.changes]
        updates = len(case.difference.updates)
        if changed or updates:
            yield about(
                "world-moved",
                "warning",
                f"Since run {self.moved.since} the world has moved, and the files say otherwise; "
                f"{moves_counted(len(changed), updates)} would set it back.",
                "Write it into the files if it is to stay; else the next apply sets it back.",
                holders=sorted({*changed, *(item.holder for item in case.difference.updates)}),
            )
        if case.difference.left_out:
            ahead = case.difference.left_out
            what = counted(ahead, "change or update", "changes and updates")
            yield about(
                "files-ahead",
                "info",
                f"The files are ahead by {what}; that is no drift.",
                f"See them with: tenantry plan {case.tenant.id}.",
                count=ahead,
            )
        yield from self._unspoken(case)

    def _unspoken(self, case: Case) -> Iterator[Finding]:
        """Holders whose licenses the world has moved and about which no entry speaks."""
        silent = {
            holder
            for holder, _ in self.moved.units
            if case.tenant.managed[kind_of(holder)] != "all"
            and holder.partition(":")[2] not in case.tenant.entries[kind_of(holder)]
        }
        if silent:
            yield about(
                "unlisted-moved",
                "info",
                f"Since run {self.moved.since} licenses of {counted(len(silent), 'holder')} have moved "
                "about which no file speaks.",
                "List the holder, if files are to say what it has.",
                holders=sorted(silent),
            )


def _softened(finding: Finding) -> Severity:
    """A drift is told and not judged."""
    return "warning" if finding.severity == "error" else finding.severity


def _after(whole: Difference, moves: Iterable[Move], updates: Iterable[Update]) -> dict[Kind, Licenses]:
    """Every holder's licenses after these moves alone."""
    after = {kind: dict(holders) for kind, holders in whole.before.items()}
    for move in moves:
        holders = after[kind_of(move.holder)]
        has = holders.get(move.holder, frozenset())
        gone = move.license if move.action == "revoke" else move.replaces
        holders[move.holder] = (has - {gone}) | (frozenset() if move.action == "revoke" else {move.license})
    for update in updates:
        if update.field == "dropped":
            after[kind_of(update.holder)].pop(update.holder, None)
    return after
