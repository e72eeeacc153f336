"""Everything that a rule looks at: one tenant's difference, its order, what was bought, and the workspace's word."""

import datetime
import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tenantry.model.catalog import Catalog, Kind
from tenantry.model.plan import Change, Finding, Severity
from tenantry.model.policy import Policy
from tenantry.model.state import CurrentState, InUse
from tenantry.model.tenant import Tenant
from tenantry.planning.bought import NOTHING_ASSUMED, Assumed, Bought
from tenantry.planning.diff import Difference
from tenantry.planning.order import Ordered
from tenantry.planning.risk import in_use_after

SHOWN_HOLDERS = 5

Place = tuple[str | None, int | None]
"""A file and a line in it."""

NOWHERE: Place = (None, None)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is judged: the entries as of a day, contract and waivers as of `today`."""

    tenant: Tenant
    catalog: Catalog
    policy: Policy
    as_of: datetime.date
    today: datetime.date
    current: CurrentState
    bought: Bought
    difference: Difference
    ordered: Ordered
    assumed: Assumed = NOTHING_ASSUMED
    orphans: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes in their order."""
        return self.ordered.changes

    @cached_property
    def entering(self) -> Mapping[str, list[Change]]:
        """The changes that take a unit, by license."""
        return _grouped((change for change in self.changes if change.action != "revoke"), lambda change: change.license)

    @cached_property
    def losing(self) -> Mapping[str, list[Change]]:
        """The changes that take a license away or put a lower tier in its place, by the license that is lost."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            if change.action == "revoke":
                found.setdefault(change.license, []).append(change)
            elif change.replaces is not None and not self.catalog.reaches(change.license, change.replaces):
                found.setdefault(change.replaces, []).append(change)
        return found

    @cached_property
    def by_holder(self) -> Mapping[str, list[Change]]:
        """The changes of each holder."""
        return _grouped(self.changes, lambda change: change.holder)

    @cached_property
    def sets(self) -> Mapping[Kind, Mapping[frozenset[str], list[str]]]:
        """The holders after the plan, by kind and by the exact set of their licenses; sets are few, holders many."""
        found: dict[Kind, dict[frozenset[str], list[str]]] = {}
        for kind, holders in self.difference.after.items():
            groups: dict[frozenset[str], list[str]] = {}
            for holder, licenses in holders.items():
                groups.setdefault(licenses, []).append(holder)
            found[kind] = groups
        return found

    @cached_property
    def in_use(self) -> Mapping[tuple[str, str], list[InUse]]:
        """What is in use, by holder and license."""
        return in_use_after(self.current, self.difference)

    def held(self, license_id: str, units: Mapping[str, int]) -> int:
        """Of units before or after the plan those that somebody is known to hold; guards count people, not units."""
        return units.get(license_id, 0) - self.current.unaccounted.get(license_id, 0)

    @cached_property
    def retyped(self) -> Mapping[str, str | None]:
        """The services whose assignment type the plan updates, with the new one."""
        return {item.holder: item.after for item in self.difference.updates if item.field == "assignment_type"}

    def label(self, license_id: str) -> str:
        """A license as people know it."""
        return self.catalog.licenses[license_id].label

    def place(self, key: str) -> Place:
        """File and line of a key of the contract."""
        return self.tenant.places.get(key, NOWHERE)


def about(  # noqa: PLR0913  # a finding has that many sides
    rule: str,
    severity: Severity,
    message: str,
    hint: str,
    *,
    holders: Iterable[str] = (),
    license_id: str | None = None,
    count: int | None = None,
    place: Place = NOWHERE,
) -> Finding:
    """A finding about some holders: how many, the first of them by name, and, of a single one, it alone."""
    known = list(holders)
    number = len(known) if count is None else count
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        hint=hint,
        holder=known[0] if len(known) == 1 else None,
        license=license_id,
        count=max(number, 1),
        holders=tuple(heapq.nsmallest(SHOWN_HOLDERS, known)),
        file=place[0],
        line=place[1],
    )


def _grouped(changes: Iterable[Change], key: Callable[[Change], str]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(key(change), []).append(change)
    return found
