"""What is written about one tenant, inside one transaction: the record of the world moves whole, or not at all."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

from tenantry.backends.ledger import runs
from tenantry.backends.ledger.database import Connection, portions
from tenantry.errors import PlanAgainError
from tenantry.model.digest import canonical
from tenantry.model.plan import Change, Contingency, Update
from tenantry.model.run import Record
from tenantry.model.state import Account, InUse, fold, holder_key

_NAMED = (
    "(VALUES {}) AS named JOIN holders ON holders.tenant = named.column1 AND holders.kind = named.column2"
    " AND holders.folded = named.column3"
)
"""Holders and licenses, many at once: a server reads and counts by statements."""
_TAKE = f"DELETE FROM assignments WHERE (holder, license) IN (SELECT id, named.column4 FROM {_NAMED})"  # noqa: S608 - no value of anybody's
_GIVE = f"INSERT INTO assignments (tenant, holder, license) SELECT tenant, id, named.column4 FROM {_NAMED}"  # noqa: S608 - as above
_FIELDS = ("object_id", "name", "organization_unit", "cost_center", "assignment_type")
"""The fields of an update that are a column of a holder."""
_CEILING = "CASE WHEN contingency IS NULL OR contingency > assigned THEN contingency ELSE assigned END"

Named = tuple[int, str, str]
"""How rows name a holder: tenant, kind and folded key."""


class Writing:
    """The open transaction of one tenant. `revision` is that before it; `counts` tells whether it will grow.

    `former` is the name under which its record was known until now, where it was taken over.
    """

    def __init__(self, connection: Connection, tenant: str, former: str | None) -> None:
        self._connection, self.tenant = connection, tenant
        self.counts = False
        self.touched = False
        self.former: str | None = None
        self._number, self.revision = self._row(former)

    def _row(self, former: str | None) -> tuple[int | None, int]:
        """The tenant's row, under its name or the one that it had before; none yet for a new tenant."""
        query = "SELECT id, revision FROM tenants WHERE name = ?"
        row = self._connection.execute(query, (self.tenant,)).fetchone()
        if row is None and former is not None:
            row = self._connection.execute(query, (former,)).fetchone()
            if row is not None:
                self._connection.execute("UPDATE tenants SET name = ? WHERE id = ?", (self.tenant, row[0]))
                self.touched, self.former = True, former
        return row or (None, 0)

    def give_back(self) -> None:
        """Leave a record that was taken over under its former name.

        The run bears the name of which the lock is held all the same: after a failure at the commit it is looked for by
        its id, which nobody else may write meanwhile.
        """
        if self.former is not None:
            self._connection.execute("UPDATE tenants SET name = ? WHERE id = ?", (self.former, self.number))

    @property
    def number(self) -> int:
        """The number of the tenant; a new tenant is made."""
        if self._number is None:
            new = f"INSERT INTO tenants (name, lineage) VALUES (?, {self._connection.words.lineage})"  # noqa: S608 - as above
            self._connection.execute(new, (self.tenant,))
            self._number = int(self._row(None)[0] or 0)
            self.touched = self.counts = True
        return self._number

    def note_contract(self, contingency: Mapping[str, Contingency], state: str | None = None) -> None:
        """Set what was bought of each license named, and the ceilings anew; note the state that counts."""
        rows = self._connection.execute(
            "SELECT license, contingency, unlimited FROM counters WHERE tenant = ?", (self.number,)
        )
        before = {name: (bought, unlimited) for name, bought, unlimited in rows}
        numbers = {
            name: (value if isinstance(value, int) else None, int(value == "unlimited"))
            for name, value in contingency.items()
        }
        self._connection.executemany(
            "INSERT INTO counters (tenant, license, contingency, unlimited, ceiling)"
            " VALUES (:tenant, :license, :bought, :unlimited, :bought)"
            " ON CONFLICT (tenant, license) DO UPDATE"
            " SET contingency = excluded.contingency, unlimited = excluded.unlimited, ceiling = CASE"
            " WHEN excluded.contingency IS NULL OR excluded.contingency > counters.assigned"
            " THEN excluded.contingency ELSE counters.assigned END",
            (
                {"tenant": self.number, "license": name, "bought": bought, "unlimited": unlimited}
                for name, (bought, unlimited) in numbers.items()
            ),
        )
        self._count(any(name not in before or before[name] != bought for name, bought in numbers.items()))
        if state is not None:
            moved = self._connection.execute(
                "UPDATE tenants SET state = ? WHERE id = ? AND state IS NOT ?", (state, self.number, state)
            )
            self._count(moved.rowcount == 1)

    def carry_out(self, changes: Sequence[Change], updates: Sequence[Update], newcomers: Iterable[str]) -> None:
        """Write changes in their order, whole steps, and updates; `newcomers` are the holders that are not there yet.

        PlanAgainError where one of them has no effect.
        """
        made = tuple(newcomers)
        if not (changes or updates or made):
            return
        self._rename([item for item in updates if item.field == "rename"])
        self._make(made)
        for field in _FIELDS:
            self._all_moved(
                f"UPDATE holders SET {field} = ? WHERE tenant = ? AND kind = ? AND folded = ? AND {field} IS ?",  # noqa: S608
                [(item.after, *self._named(item.holder), item.before) for item in updates if item.field == field],
            )
        for taken, given in _phases(changes):
            self._each(_TAKE, taken)
            self._each(_GIVE, given)
        self._no_longer_used(changes)
        dropped = [self._named(item.holder) for item in updates if item.field == "dropped"]
        self._all_moved("DELETE FROM holders WHERE tenant = ? AND kind = ? AND folded = ?", dropped)
        self._count(bool(changes) or any(item.field in ("rename", "object_id", "dropped") for item in updates))
        self.touched = True

    def lift(self) -> None:
        """Take the ceilings away while a fact is recorded that may be above them; `settle` sets them anew."""
        self._connection.execute("UPDATE counters SET ceiling = NULL WHERE tenant = ?", (self.number,))

    def settle(self) -> None:
        """Set every ceiling anew, so that what is over-allocated can't be enlarged."""
        self._connection.execute(
            f"UPDATE counters SET ceiling = {_CEILING} WHERE tenant = ?",  # noqa: S608 - no value of anybody's
            (self.number,),
        )

    def remember(self, terms: Mapping[str, object]) -> None:
        """Keep the terms that were applied."""
        moved = self._connection.execute(
            "UPDATE tenants SET terms = :terms WHERE id = :tenant AND terms IS NOT :terms",
            {"terms": canonical(terms), "tenant": self.number},
        )
        self.touched = self.touched or moved.rowcount == 1

    def note_spoken(self, anew: Collection[str], never: Collection[str], forgotten: Collection[str]) -> None:
        """Note which holders (by `holder_key`) files speak for: `anew` from now on, and no longer for the `forgotten`.

        `never` are the holders for which they never did. Where these are the fewer, everybody else is noted at once.
        """
        if len(never) < len(anew):
            self._connection.execute(
                "UPDATE holders SET declared = 1 WHERE tenant = ? AND declared = 0", (self.number,)
            )
            self._note(never, declared=False)
        else:
            self._note(anew, declared=True)
        self._note(forgotten, declared=False)
        self.touched = self.touched or bool(anew or forgotten)

    def _note(self, holders: Iterable[str], *, declared: bool) -> None:
        self._connection.executemany(
            "UPDATE holders SET declared = ? WHERE tenant = ? AND kind = ? AND folded = ?",
            ((int(declared), *self._named(holder)) for holder in holders),
        )

    def observe(self, at: str, facts: Iterable[tuple[str, str, str]]) -> None:
        """Keep what was observed last: fact, license (or nothing), value. A used number is held against the count."""
        self._connection.executemany(
            "INSERT INTO observations (tenant, fact, license, value, counted, at)"
            " VALUES (:tenant, :fact, :license, :value, CASE WHEN :fact = 'used' THEN coalesce("
            "  (SELECT assigned FROM counters WHERE tenant = :tenant AND license = :license), 0) END, :at)"
            " ON CONFLICT (tenant, fact, license) DO UPDATE"
            " SET value = excluded.value, counted = excluded.counted, at = excluded.at",
            (
                {"tenant": self.number, "fact": fact, "license": license_id, "value": value, "at": at}
                for fact, license_id, value in facts
            ),
        )
        self.touched = True

    def account_for(self, licenses: Iterable[str]) -> None:
        """Forget what the vendor counted of licenses whose holders were observed one by one since."""
        self._connection.executemany(
            "DELETE FROM observations WHERE tenant = ? AND fact = 'used' AND license = ?",
            ((self.number, license_id) for license_id in licenses),
        )

    def use(self, items: Iterable[InUse]) -> None:
        """Put what is in use in place of what was known of it."""
        self._connection.execute("DELETE FROM in_use WHERE tenant = ?", (self.number,))
        self._connection.executemany(
            "INSERT INTO in_use VALUES (?, ?, ?, ?)",
            sorted({(self.number, holder_key(item.holder), item.license, item.what) for item in items}),
        )

    def list_accounts(self, accounts: Mapping[str, Account]) -> None:
        """Put the accounts of the directory, by folded UPN, in place of those known."""
        self._connection.execute("DELETE FROM directory WHERE tenant = ?", (self.number,))
        self._connection.executemany(
            "INSERT INTO directory VALUES (?, ?, ?, ?, ?)",
            (
                (self.number, folded, account.upn, account.object_id, _flag(account.enabled))
                for folded, account in accounts.items()
            ),
        )

    def enable(self, users: Mapping[str, bool]) -> None:
        """Note by folded UPN which of the users known can sign in."""
        self._connection.executemany(
            "UPDATE holders SET enabled = ? WHERE tenant = ? AND kind = 'user' AND folded = ? AND enabled IS NOT ?",
            ((int(enabled), self.number, folded, int(enabled)) for folded, enabled in users.items()),
        )

    def record(self, record: Record) -> str:
        """Write the run with its receipts; the revision grows if anything that counts has moved. The run's id."""
        number, grown = self.number, self.revision + self.counts
        self._connection.execute("UPDATE tenants SET revision = ? WHERE id = ?", (grown, number))
        return runs.write(self._connection, number, self.tenant, record, grown)

    def _rename(self, renames: Sequence[Update]) -> None:
        """Give holders their new keys; in two strokes, since two people may exchange theirs."""
        former = [self._named(f"user:{item.before}") for item in renames]
        self._all_moved(
            "UPDATE holders SET folded = folded || ' ' WHERE tenant = ? AND kind = ? AND folded = ?", former
        )
        self._all_moved(
            "UPDATE holders SET key = ?, folded = ? WHERE tenant = ? AND kind = ? AND folded = ? || ' '",
            [(item.after, fold("user", item.after or ""), *old) for item, old in zip(renames, former, strict=True)],
        )
        keys = [(self.number, holder_key(f"user:{item.before}"), holder_key(item.holder)) for item in renames]
        former_keys = [(tenant, old) for tenant, old, _ in keys]
        self._connection.executemany(
            "UPDATE in_use SET holder = holder || ' ' WHERE tenant = ? AND holder = ?", former_keys
        )
        self._connection.executemany(
            "INSERT INTO in_use (tenant, holder, license, what) SELECT tenant, ?, license, what FROM in_use"
            " WHERE tenant = ? AND holder = ? || ' ' ON CONFLICT DO NOTHING",
            [(new, tenant, old) for tenant, old, new in keys],
        )
        self._connection.executemany("DELETE FROM in_use WHERE tenant = ? AND holder = ? || ' '", former_keys)

    def _make(self, holders: Iterable[str]) -> None:
        self._connection.executemany(
            "INSERT INTO holders (tenant, kind, folded, key) VALUES (?, ?, ?, ?)",
            ((*self._named(holder), holder.partition(":")[2]) for holder in holders),
        )

    def _no_longer_used(self, changes: Iterable[Change]) -> None:
        if self._connection.execute("SELECT 1 FROM in_use WHERE tenant = ? LIMIT 1", (self.number,)).fetchone():
            lost = ((item.holder, item.license if item.action == "revoke" else item.replaces) for item in changes)
            self._connection.executemany(
                "DELETE FROM in_use WHERE tenant = ? AND holder = ? AND license = ?",
                ((self.number, holder_key(holder), license_id) for holder, license_id in lost),
            )

    def _each(self, statement: str, pairs: "Pairs") -> None:
        """Take or give each of these licenses."""
        for portion in portions(pairs):
            values = [item for holder, license_id in portion for item in (*self._named(holder), license_id)]
            several = statement.format(", ".join(["(?, ?, ?, ?)"] * len(portion)))
            self._hold_to(len(portion), self._connection.execute(several, values).rowcount)

    def _all_moved(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Run a statement for each row; each must move exactly one."""
        if rows:
            self._hold_to(len(rows), self._connection.executemany(statement, rows))

    def _hold_to(self, wanted: int, moved: int) -> None:
        if moved != wanted:
            raise PlanAgainError(
                f"{self.tenant}: the ledger no longer holds what the changes start from; nothing was written.",
                "Plan again.",
            )

    def _named(self, holder: str) -> Named:
        kind, _, key = holder.partition(":")
        return (self.number, kind, key.lower() if kind == "user" else key)

    def _count(self, moved: bool) -> None:  # noqa: FBT001 - a sentence: count whether it moved
        if moved:
            self.counts = self.touched = True


Pairs = list[tuple[str, str]]
"""Holders and licenses."""


def _phases(changes: Iterable[Change]) -> Iterable[tuple[Pairs, Pairs]]:
    """What is taken and what is given, in as few portions as the order of whole steps allows.

    Within a step units are taken away before any is given; what comes after a gift is another portion.
    """
    taken: Pairs = []
    given: Pairs = []
    for _, step in itertools.groupby(changes, key=lambda change: change.step):
        out, into = _parted(step)
        if out and given:
            yield taken, given
            taken, given = [], []
        taken += out
        given += into
    yield taken, given


def _parted(step: Iterable[Change]) -> tuple[Pairs, Pairs]:
    out: Pairs = []
    into: Pairs = []
    for change in step:
        if change.action == "revoke":
            out.append((change.holder, change.license))
            continue
        if change.replaces is not None:
            out.append((change.holder, change.replaces))
        into.append((change.holder, change.license))
    return out, into


def _flag(known: bool | None) -> int | None:  # noqa: FBT001 - a value, not a switch
    """A truth as both databases keep it."""
    return None if known is None else int(known)
