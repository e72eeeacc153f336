"""The vocabulary of a product's licenses: what exists, who can hold it, and what it needs.

Every name that tenantry knows of Nimbus comes from a catalog file; no license, state or tier is named in Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Kind = Literal["service", "user", "virtual_user"]
"""The kind of a holder."""

Section = Literal["services", "users", "virtual_users"]
"""The part of a tenant file, and of a snapshot, in which the holders of a kind stand."""

KINDS: tuple[Kind, ...] = ("service", "user", "virtual_user")
SECTIONS: Mapping[Kind, Section] = {"service": "services", "user": "users", "virtual_user": "virtual_users"}

Evidence = Literal["documented", "inferred"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the portal's license page, in the page's order."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A warning that the catalog gives where all conditions of `when` hold.

    `holder_lacks`: licenses that the holder hasn't. `no_service_at_least`: no service of the tenant reaches this tier
    (and at least one service is known). `tenant_lacks`: licenses that nobody in the tenant holds. `unlicensed`: the
    advice speaks of holders of the kind that do not hold the license.
    """

    rule: str
    message: str
    evidence: Evidence
    source: str
    holder_lacks: tuple[str, ...] = ()
    no_service_at_least: str | None = None
    tenant_lacks: tuple[str, ...] = ()
    unlicensed: bool = False


@dataclass(frozen=True, slots=True)
class NeedsTier:
    """The service tier that an addon or assignment type needs: an error below `at_least`, a warning below `surely`."""

    at_least: str
    surely: str


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """One kind of license. `tier` orders the service licenses (0 is the lowest); None means that it is no tier."""

    id: str
    label: str
    part: str
    holder: Kind
    tier: int | None = None
    default: bool = False
    requires: tuple[str, ...] = ()
    needs_tier: NeedsTier | None = None
    in_use: bool = False
    preview: bool = False
    advice: tuple[Advice, ...] = ()
    source: str = ""
    checked_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A tenant state. `severity` grows from harmless to final; `allows_changes`: a plan can be applied in it."""

    id: str
    label: str
    severity: int
    effect: str
    allows_changes: bool
    evidence: Evidence
    notice: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentType:
    """How users are assigned to a service. Two types with `switch_never` can't be exchanged for one another."""

    id: str
    label: str
    needs_tier: NeedsTier | None = None
    switch_never: bool = False
    advice: tuple[Advice, ...] = ()
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """The whole vocabulary, each map in the order of its file. `digest` identifies the content."""

    name: str
    parts: tuple[Part, ...]
    licenses: Mapping[str, License]
    states: Mapping[str, State]
    assignment_types: Mapping[str, AssignmentType]
    digest: str = field(default="", compare=False)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The position of each license id in the catalog."""
        return {license_id: at for at, license_id in enumerate(self.licenses)}

    @cached_property
    def tiers(self) -> tuple[str, ...]:
        """The service licenses from the lowest tier to the highest."""
        tiers = [item for item in self.licenses.values() if item.tier is not None]
        return tuple(item.id for item in sorted(tiers, key=lambda item: item.tier or 0))

    @cached_property
    def default_tier(self) -> str | None:
        """The tier of a service about which nothing else is said; None in a catalog without service licenses."""
        return next((tier for tier in self.tiers if self.licenses[tier].default), None)

    @cached_property
    def depth(self) -> Mapping[str, int]:
        """How many licenses stand below each one: one more than below what it needs; below an addon a tier at least."""
        depths: dict[str, int] = {}
        pending = list(self.licenses)
        while pending:
            item = self.licenses[pending[-1]]
            unknown = [needed for needed in item.requires if needed not in depths]
            if unknown:
                pending += unknown
                continue
            is_addon = item.holder == "service" and item.tier is None
            depths[item.id] = max((depths[needed] + 1 for needed in item.requires), default=1 if is_addon else 0)
            pending.pop()
        return depths

    def of(self, kind: Kind) -> tuple[str, ...]:
        """The licenses that holders of this kind can have, in catalog order."""
        return tuple(item.id for item in self.licenses.values() if item.holder == kind)

    def sort(self, licenses: frozenset[str] | set[str] | tuple[str, ...]) -> list[str]:
        """License ids in catalog order."""
        return sorted(licenses, key=self.order.__getitem__)

    def tier_of(self, licenses: frozenset[str]) -> str | None:
        """The tier among a service's licenses, or None."""
        return next((tier for tier in reversed(self.tiers) if tier in licenses), None)

    def reaches(self, tier: str | None, needed: str) -> bool:
        """Whether a tier is at or above another; no tier is below all."""
        return tier is not None and self.tiers.index(tier) >= self.tiers.index(needed)
