"""What a usage report tells: a tenant's license page, broken down, and the roll-up of several tenants."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenantry.model.plan import Contingency, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseUsage:
    """One row of the page. `available` = contingency - assigned; None: nobody tells what was bought.

    Of the assigned units `unaccounted` are those that the vendor counts and of which no holder is known.
    """

    license: str
    label: str
    contingency: Contingency
    assigned: int
    available: Contingency
    unaccounted: int = 0
    preview: bool = False


@dataclass(frozen=True, slots=True)
class PartUsage:
    """A part of the page with its rows, in the catalog's order."""

    part: str
    label: str
    licenses: tuple[LicenseUsage, ...]


@dataclass(frozen=True, slots=True)
class GroupUsage:
    """Units by license of the holders that share an organization unit or a cost center; None: of those without one.

    `unaccounted` marks the row of the units of which no holder is known.
    """

    value: str | None
    holders: int
    licenses: Mapping[str, int]
    unaccounted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCost:
    """Money per month as decimal strings: what the contract costs, what is assigned of it, and the rest."""

    currency: str | None
    bought: str
    used: str
    unused: str
    unpriced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderUsage:
    """One holder that has licenses (ids in the catalog's order), with the labels of the current state."""

    holder: str
    name: str | None
    organization_unit: str | None
    cost_center: str | None
    licenses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What the last run of a day left behind: units of a license, and what was bought then."""

    day: str
    assigned: int
    contingency: Contingency


@dataclass(frozen=True, slots=True)
class LicenseTrend:
    """The course of one license, oldest day first; days without a run have no point, the value before them holds.

    Where nothing moves from day to day only the first and the last of these days have a point.
    """

    license: str
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantReport:
    """The usage of one tenant. `state_label` and `effect` tell of the state; `told_by` where the numbers come from.

    `trend` has the licenses that moved or are in use, as far as runs were recorded in the year before; `holders` is
    there only where a format lists them.
    """

    tenant: str
    name: str
    state: str
    state_label: str
    effect: str
    as_of: str
    told_by: str
    parts: tuple[PartUsage, ...]
    organization_units: tuple[GroupUsage, ...]
    cost_centers: tuple[GroupUsage, ...]
    cost: ReportCost | None
    findings: tuple[Finding, ...]
    trend: tuple[LicenseTrend, ...] = ()
    holders: tuple[HolderUsage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TightestLicense:
    """One tenant in the roll-up, by the license of which it has least left; no license where none is limited."""

    tenant: str
    name: str
    state: str
    license: str | None
    label: str | None
    contingency: Contingency
    assigned: int
    available: Contingency


@dataclass(frozen=True, slots=True)
class RollUp:
    """Several tenants together: totals by license, and the tenants with the tightest on top."""

    licenses: tuple[LicenseUsage, ...]
    tenants: tuple[TightestLicense, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The reports of one command, sorted by tenant; `roll_up` where there are several."""

    problems: tuple[Finding, ...]
    tenants: tuple[TenantReport, ...]
    roll_up: RollUp | None = None


@dataclass(frozen=True, slots=True)
class Because:
    """One reason for a license of a holder, and the entry that gives it."""

    text: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class LicenseExplained:
    """Why a holder has, gets or loses a license. `desired` None: no entry speaks of it. `current` None: not known."""

    license: str
    desired: bool | None
    current: bool | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is to be said about one holder of one tenant."""

    tenant: str
    holder: str
    licenses: tuple[LicenseExplained, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What validate says of one tenant."""

    tenant: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """What validate says: the problems of files, and the findings of each tenant that could be read."""

    problems: tuple[Finding, ...]
    tenants: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that differs between two saved plans: where (a path in words), and both sides (None: not there)."""

    where: str
    before: str | None
    after: str | None
