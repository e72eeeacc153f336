"""Desired against current: which licenses of which holders move, and which properties. The order comes later."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tenantry.model.catalog import KINDS, SECTIONS, Catalog, Kind
from tenantry.model.labels import NO_LABELS
from tenantry.model.plan import UPDATE_FIELDS, Action, Update
from tenantry.model.state import CurrentState, Holder, fold
from tenantry.model.tenant import Entry, Tenant
from tenantry.planning.desired import NOTHING, grant_reason, labels, person_licenses, revoke_reason, service_claim
from tenantry.planning.identity import Conflict, Matching, match, object_id_of

Licenses = dict[str, frozenset[str]]
"""License sets by holder id."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change that has no place in an order yet. `entry` asks for it; None where no entry does."""

    action: Action
    holder: str
    license: str
    reason: str
    entry: Entry | None
    replaces: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What has to move, unordered, and every holder's licenses on both sides of it.

    `types_before` and `types_after` are the assignment types of services; `unmanaged` counts holders with
    a license about whose licenses no entry speaks; `left_out` the moves and updates that a narrowing left out.
    `doubtful` are the folded UPNs of the current state of which it isn't clear whom entries mean by them.
    """

    before: Mapping[Kind, Licenses]
    after: Mapping[Kind, Licenses]
    moves: tuple[Move, ...]
    updates: tuple[Update, ...]
    unmanaged: Mapping[Kind, int]
    conflicts: tuple[Conflict, ...]
    types_before: Mapping[str, str]
    types_after: Mapping[str, str]
    left_out: int = 0
    doubtful: frozenset[str] = frozenset()

    def former(self) -> dict[str, str]:
        """The holder id under which the current state knows each holder that is renamed."""
        return {item.holder: f"user:{item.before}" for item in self.updates if item.field == "rename"}


def diff(tenant: Tenant, current: CurrentState, catalog: Catalog, as_of: datetime.date) -> Difference:
    """Compare a tenant's entries, judged on a day, with its current state."""
    work = _Work(tenant, current, catalog, as_of)
    for kind in KINDS:
        work.compare(kind)
    types = {row.id: found for row in current.holders["service"].values() if (found := row.labels.assignment_type)}
    moved = {update.holder: update.after for update in work.updates if update.field == "assignment_type"}
    gone = {update.holder for update in work.updates if update.field == "dropped"}
    after = {holder: found for holder, found in (types | moved).items() if found and holder not in gone}
    rank = {name: at for at, name in enumerate(UPDATE_FIELDS)}
    return Difference(
        before=work.before,
        after=work.after,
        moves=tuple(work.moves),
        updates=tuple(sorted(work.updates, key=lambda update: (update.holder, rank[update.field]))),
        unmanaged=work.unmanaged,
        conflicts=tuple(work.conflicts),
        types_before=types,
        types_after=after,
        doubtful=work.doubtful,
    )


@dataclass
class _Work:
    """One comparison in the making."""

    tenant: Tenant
    current: CurrentState
    catalog: Catalog
    day: datetime.date
    before: dict[Kind, Licenses] = field(default_factory=dict)
    after: dict[Kind, Licenses] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    unmanaged: dict[Kind, int] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    doubtful: frozenset[str] = frozenset()
    object_ids: Mapping[str, str] = field(default_factory=dict)

    def compare(self, kind: Kind) -> None:
        """Compare the holders of one kind: those that entries name, then the rest."""
        rows = self.current.holders[kind]
        entries = self.tenant.entries[kind]
        matching = Matching({key: key for key in entries if key in rows})
        if kind == "user":
            matching = match(entries, rows, self.current.directory)
            self.object_ids = matching.object_ids
        self.conflicts.extend(matching.conflicts)
        self.doubtful |= matching.doubtful_rows
        taken = {row: key for key, row in matching.rows.items()}
        before = {f"{kind}:{row.key}": row.licenses for key, row in rows.items() if key not in taken}
        before |= {f"{kind}:{entries[key][0].key}": rows[row].licenses for row, key in taken.items()}
        self.before[kind], self.after[kind] = before, dict(before)
        self.unmanaged[kind] = 0
        self._listed(kind, entries, matching)
        self._unlisted(kind, (row for key, row in rows.items() if key not in taken), matching.doubtful_rows)

    def _listed(self, kind: Kind, entries: Mapping[str, tuple[Entry, ...]], matching: Matching) -> None:
        rows, compare = self.current.holders[kind], self._service if kind == "service" else self._person
        for key, said in entries.items():
            if key in matching.doubtful:
                continue
            row_key = matching.rows.get(key)
            row = rows[row_key] if row_key is not None else None
            holder = f"{kind}:{said[0].key}"
            if row is None and not said[0].absent and any(entry.in_force(self.day) for entry in said):
                self.after[kind][holder] = NOTHING
            if said[0].absent:
                self._absent(kind, holder, said, row)
            elif not compare(kind, holder, said, row) and row is not None and row.licenses:
                self.unmanaged[kind] += 1

    def _unlisted(self, kind: Kind, rows: Iterable[Holder], doubtful: frozenset[str]) -> None:
        complete = self.tenant.managed[kind] == "all"
        if not complete:
            self.unmanaged[kind] += sum(1 for row in rows if row.licenses)
            return
        floor = frozenset({self.catalog.default_tier}) if kind == "service" and self.catalog.default_tier else NOTHING
        for row in rows:
            if fold(kind, row.key) in doubtful or row.licenses == floor:
                continue
            reason = f"{SECTIONS[kind]} is all and no file lists this holder"
            self._move(kind, row.id, row.licenses, floor, dict.fromkeys(row.licenses | floor, (reason, None)))

    def _person(self, kind: Kind, holder: str, said: tuple[Entry, ...], row: Holder | None) -> bool:
        """Compare a user or virtual user; whether anything was said about its licenses."""
        desired = person_licenses(said, self.day, complete=self.tenant.managed[kind] == "all")
        if row is None or len(said) > 1 or not _same(said[0], row, self._object_id(kind, said)):
            self._labels(kind, holder, said, row)
        if desired is None:
            return False
        has = row.licenses if row is not None else NOTHING
        if desired != has:
            reasons: dict[str, tuple[str, Entry | None]] = {}
            for license_id in desired - has:
                reasons[license_id] = grant_reason(said, license_id, self.day, self.tenant.profiles)
            for license_id in has - desired:
                reasons[license_id] = (revoke_reason(said, license_id, self.day), _first(said))
            self._move(kind, holder, has, desired, reasons)
        return True

    def _service(self, kind: Kind, holder: str, said: tuple[Entry, ...], row: Holder | None) -> bool:
        """Compare a service, tier and addons each on its own; whether anything was said about either."""
        entry, complete = said[0], self.tenant.managed[kind] == "all"
        default = self.catalog.default_tier
        claim = service_claim(entry, self.day, default)
        self._labels(kind, holder, said, row)
        if claim is None and (row is None or not complete):
            return False
        has = row.licenses if row is not None else NOTHING
        old = self.catalog.tier_of(has)
        tier = claim.tier if claim else None
        if tier is None:
            tier = default if complete or row is None else old
        addons = claim.addons if claim else None
        if addons is None:
            addons = NOTHING if complete else has - {old}
        desired = addons | {tier} if tier else addons
        if desired != has:
            text = "the service's entry" if entry.in_force(self.day) else f"the entry is not in force on {self.day}"
            self._move(kind, holder, has, desired, dict.fromkeys(desired | has, (text, entry)))
        spoken = claim is not None and (claim.tier is not None or claim.addons is not None)
        return complete or row is None or spoken

    def _absent(self, kind: Kind, holder: str, said: tuple[Entry, ...], row: Holder | None) -> None:
        if row is None:
            return
        reasons: dict[str, tuple[str, Entry | None]] = dict.fromkeys(
            row.licenses, (revoke_reason(said, "", self.day), said[0])
        )
        self._move(kind, holder, row.licenses, NOTHING, reasons)
        del self.after[kind][holder]
        self.updates.append(Update(holder=holder, field="dropped", before=row.key, after=None))

    def _labels(self, kind: Kind, holder: str, said: tuple[Entry, ...], row: Holder | None) -> None:
        pinned = self._object_id(kind, said)
        wanted = labels(said, self.day)
        found: dict[str, tuple[str | None, str]]
        if row is None:
            if pinned and not wanted and not self._makes(said):
                return
            found = {name: (None, value) for name, value in wanted.items()}
            if pinned:
                found["object_id"] = (None, pinned)
        else:
            found = {name: (getattr(row.labels, name), value) for name, value in wanted.items()}
            if pinned and row.object_id is None:
                found["object_id"] = (None, pinned)
            if kind == "user" and row.key.lower() != said[0].key.lower():
                found["rename"] = (row.key, said[0].key)
        self.updates.extend(
            Update(holder=holder, field=name, before=old, after=new) for name, (old, new) in found.items() if old != new
        )

    def _object_id(self, kind: Kind, said: tuple[Entry, ...]) -> str | None:
        return self.object_ids.get(fold(kind, said[0].key)) if kind == "user" else None

    def _makes(self, said: tuple[Entry, ...]) -> bool:
        """Whether a person who isn't known yet comes to be: by a license, or by an id that an entry in force pins."""
        now = [entry for entry in said if entry.in_force(self.day)]
        return any(entry.claim is not None and entry.claim.gives for entry in now) or bool(now and object_id_of(said))

    def _move(
        self,
        kind: Kind,
        holder: str,
        has: frozenset[str],
        desired: frozenset[str],
        reasons: Mapping[str, tuple[str, Entry | None]],
    ) -> None:
        """Turn two license sets of a holder into moves; two tiers are one replacement."""
        self.after[kind][holder] = desired
        gone, new = has - desired, desired - has
        if kind == "service":
            old_tier, new_tier = self.catalog.tier_of(gone), self.catalog.tier_of(new)
            if old_tier and new_tier:
                self.moves.append(Move("replace", holder, new_tier, *reasons[new_tier], old_tier))
                gone, new = gone - {old_tier}, new - {new_tier}
        self.moves.extend(Move("revoke", holder, license_id, *reasons[license_id]) for license_id in gone)
        self.moves.extend(Move("grant", holder, license_id, *reasons[license_id]) for license_id in new)


def _same(entry: Entry, row: Holder, object_id: str | None) -> bool:
    """Whether an entry of its own surely leaves the properties of a row as they are; the quick way for almost all."""
    is_known = object_id is None or object_id == row.object_id
    return is_known and entry.key == row.key and (entry.labels is NO_LABELS or entry.labels == row.labels)


def _first(said: tuple[Entry, ...]) -> Entry:
    """Of several entries the one to point at: the first that speaks about licenses, in the order of files and lines."""
    speaking = [entry for entry in said if entry.claim is not None] or list(said)
    return min(speaking, key=lambda entry: (entry.source.file, entry.line))
