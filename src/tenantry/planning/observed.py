"""What an observation moves: from what was known of a tenant to what was seen, as changes and updates.

Facts are neither judged nor ordered by free units: revokes come first, then tier replacements, then grants.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tenantry.model.catalog import KINDS, Catalog, Kind
from tenantry.model.plan import UPDATE_FIELDS, Change, Contingency, Update, Usage
from tenantry.model.state import Account, CurrentState, Holder, fold
from tenantry.planning.diff import Move
from tenantry.planning.order import change_id

REASON = "observed"
NOTHING: frozenset[str] = frozenset()
_RANKS = {"revoke": 0, "replace": 1, "grant": 2}
_FIELDS = {name: at for at, name in enumerate(UPDATE_FIELDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What is to be written so that the record shows what was seen. `newcomers` are the holders that are to be made."""

    changes: tuple[Change, ...] = ()
    updates: tuple[Update, ...] = ()
    newcomers: tuple[str, ...] = ()


def observed(
    current: CurrentState, seen: CurrentState, sections: Collection[Kind], catalog: Catalog, tenant: str
) -> Moved:
    """What moves where these sections of what is known are replaced by those of a snapshot."""
    work = _Work(catalog)
    for kind in KINDS:
        if kind in sections:
            work.section(current.holders[kind], seen.holders[kind], kind)
    work.moves.sort(key=work.place)
    return Moved(
        changes=tuple(_change(tenant, step, move) for step, move in enumerate(work.moves, 1)),
        updates=tuple(in_order(work.updates)),
        newcomers=tuple(work.newcomers),
    )


def pinned(users: Mapping[str, Holder], accounts: Mapping[str, Account]) -> list[Update]:
    """The object ids that a directory (by folded UPN) tells of users of whom none is known.

    An id by which somebody else is known already is left for a plan to tell.
    """
    known = {row.object_id for row in users.values()}
    found = ((row, accounts[key].object_id) for key, row in users.items() if key in accounts and row.object_id is None)
    return [
        Update(holder=row.id, field="object_id", before=None, after=object_id)
        for row, object_id in found
        if object_id is not None and object_id not in known
    ]


def in_order(updates: Collection[Update]) -> list[Update]:
    """Updates as a plan has them."""
    return sorted(updates, key=lambda update: (update.holder, _FIELDS[update.field]))


def usage_between(
    before: CurrentState,
    after: CurrentState,
    changes: tuple[Change, ...],
    bought: Mapping[str, Contingency],
) -> tuple[Usage, ...]:
    """Units of every license named in `bought` before, at the highest point of, and after changes.

    What is unaccounted counts, before as it was known then, after as it is known now; on the way only what is so still:
    the rest was found with the holders that are granted it.
    """
    first = units_of(before) + Counter(before.unaccounted)
    last = units_of(after) + Counter(after.unaccounted)
    use = units_of(before) + (Counter(before.unaccounted) & Counter(after.unaccounted))
    peak = first | last
    for change in changes:
        lost = change.license if change.action == "revoke" else change.replaces
        if lost is not None:
            use[lost] -= 1
        if change.action != "revoke":
            use[change.license] += 1
            peak[change.license] = max(peak[change.license], use[change.license])
    return tuple(
        Usage(
            license=name,
            contingency=number,
            before=first[name],
            peak=peak[name],
            after=last[name],
            unaccounted=after.unaccounted.get(name, 0),
        )
        for name, number in bought.items()
    )


def units_of(state: CurrentState) -> "Counter[str]":
    """The units that are assigned, by license."""
    return Counter(item for rows in state.holders.values() for row in rows.values() for item in row.licenses)


def renames(known: Mapping[str, Holder], seen: Mapping[str, Holder]) -> dict[str, str]:
    """The users whose object id was seen under another UPN: from the new key to the one that is known.

    Only what can be said without a doubt: the id stands once on each side, and the new UPN is free by then.
    """
    now, then = _by_object_id(seen), _by_object_id(known)
    found = {now[item]: then[item] for item in now.keys() & then.keys() if now[item] != then[item]}
    while True:
        leaving = frozenset(found.values())
        taken = [key for key in found if key in known and key not in leaving]
        if not taken:
            return found
        for key in taken:
            del found[key]


@dataclass
class _Work:
    """One comparison in the making."""

    catalog: Catalog
    moves: list[Move] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    newcomers: list[str] = field(default_factory=list)

    def section(self, known: Mapping[str, Holder], seen: Mapping[str, Holder], kind: Kind) -> None:
        """Compare the holders of a section."""
        former = renames(known, seen) if kind == "user" else {}
        leaving = frozenset(former.values())
        left = dict(known)
        for key, row in seen.items():
            before = key if key in known and key not in leaving else None
            self._holder(left.pop(former.get(key, before or ""), None), row)
        for row in left.values():
            self._licenses(row.id, row.kind, row.licenses, NOTHING)
            self._update(row.id, "dropped", row.key, None)

    def place(self, move: Move) -> tuple[int, int, int, str]:
        """Where a move stands: dependents go before what they depend on, and come after it.

        A license that the catalog in force doesn't know any more goes first.
        """
        depth = self.catalog.depth.get(move.license, len(self.catalog.licenses))
        at = self.catalog.order.get(move.license, -1)
        return _RANKS[move.action], -depth if move.action == "revoke" else depth, at, move.holder

    def _holder(self, known: Holder | None, row: Holder) -> None:
        """Compare a holder that was seen with what was known of it; what the snapshot doesn't tell stays as it was."""
        holder = row.id
        if known is None:
            self.newcomers.append(holder)
            known = Holder(kind=row.kind, key=row.key)
        elif fold(row.kind, known.key) == fold(row.kind, row.key):
            holder = known.id
        else:
            self._update(holder, "rename", known.key, row.key)
        if row.object_id is not None:
            self._update(holder, "object_id", known.object_id, row.object_id)
        for name, value in row.labels.told():
            self._update(holder, name, getattr(known.labels, name), value)
        self._licenses(holder, row.kind, known.licenses, row.licenses)

    def _licenses(self, holder: str, kind: Kind, has: frozenset[str], now: frozenset[str]) -> None:
        gone, new = has - now, now - has
        if kind == "service":
            old, tier = self.catalog.tier_of(gone), self.catalog.tier_of(new)
            if old is not None and tier is not None:
                self.moves.append(Move("replace", holder, tier, REASON, None, old))
                gone, new = gone - {old}, new - {tier}
        self.moves.extend(Move("revoke", holder, item, REASON, None) for item in gone)
        self.moves.extend(Move("grant", holder, item, REASON, None) for item in new)

    def _update(self, holder: str, name: str, before: str | None, after: str | None) -> None:
        if before != after:
            self.updates.append(Update(holder=holder, field=name, before=before, after=after))


def _change(tenant: str, step: int, move: Move) -> Change:
    return Change(
        step=step,
        action=move.action,
        holder=move.holder,
        license=move.license,
        replaces=move.replaces,
        reason=move.reason,
        id=change_id(tenant, move),
    )


def _by_object_id(users: Mapping[str, Holder]) -> dict[str, str]:
    """The keys of users by object id, of those that stand once."""
    counts = Counter(row.object_id for row in users.values())
    return {
        row.object_id: key for key, row in users.items() if row.object_id is not None and counts[row.object_id] == 1
    }
