"""Advice of the catalog, judged on the tenant after the plan: one finding a rule and license."""

from collections.abc import Iterator

from tenantry.model.catalog import Advice, Kind
from tenantry.model.plan import Finding
from tenantry.planning.case import Case, about


def advice(case: Case) -> Iterator[Finding]:
    """Every piece of advice whose conditions hold, on licenses and on assignment types."""
    for license_id, item in case.catalog.licenses.items():
        for piece in item.advice:
            holders = _concerned(case, piece, item.holder, license_id)
            yield from _given(case, piece, holders, license_id)
    for type_id, kind_of_service in case.catalog.assignment_types.items():
        for piece in kind_of_service.advice:
            services = [
                holder
                for holder, found in case.difference.types_after.items()
                if found == type_id and _lacks(case.difference.after["service"].get(holder, frozenset()), piece)
            ]
            yield from _given(case, piece, services, None)


def _concerned(case: Case, piece: Advice, kind: Kind, license_id: str) -> list[str]:
    """The holders of the kind with (or, for `unlicensed`, without) the license that lack what the advice names."""
    return [
        holder
        for licenses, holders in case.sets[kind].items()
        if (license_id not in licenses) == piece.unlicensed and _lacks(licenses, piece)
        for holder in holders
    ]


def _lacks(licenses: frozenset[str], piece: Advice) -> bool:
    return licenses.isdisjoint(piece.holder_lacks)


def _given(case: Case, piece: Advice, holders: list[str], license_id: str | None) -> Iterator[Finding]:
    if not holders or not _tenant_fits(case, piece):
        return
    inferred = " (Inferred, not documented.)" if piece.evidence == "inferred" else ""
    yield about(
        piece.rule,
        "warning",
        f"{piece.message}{inferred}",
        f"See tenantry rules {piece.rule}.",
        holders=holders,
        license_id=license_id,
    )


def _tenant_fits(case: Case, piece: Advice) -> bool:
    """Whether the conditions on the tenant hold: which tiers its services reach, and what nobody holds."""
    if piece.no_service_at_least is not None:
        tiers = [case.catalog.tier_of(licenses) for licenses in case.sets["service"]]
        if not tiers or any(case.catalog.reaches(tier, piece.no_service_at_least) for tier in tiers):
            return False
    return not any(case.ordered.after.get(license_id, 0) for license_id in piece.tenant_lacks)
