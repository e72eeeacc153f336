"""Rules on numbers: what was bought, what is assigned, and whether an order exists in which it always fits."""

import datetime
from collections.abc import Iterator

from tenantry.model.plan import Finding
from tenantry.planning.case import Case, about

DISAGREE = "counters-disagree"


def contingency_exceeded(case: Case) -> Iterator[Finding]:
    """More would be assigned than bought, and the plan adds to it."""
    for license_id, changes in case.entering.items():
        limit, after = case.bought.contingency[license_id], case.ordered.after[license_id]
        if isinstance(limit, int) and after > limit:
            yield about(
                "contingency-exceeded",
                "error",
                f"{case.label(license_id)}: {after} would be assigned{_of_them(case, license_id)}, "
                f"{_be(limit, 'bought')}: {after - limit} missing.",
                f"Take {after - limit} away elsewhere, or buy {after - limit} more and record them in the contract.",
                holders=[change.holder for change in changes],
                license_id=license_id,
                place=case.place("contingency"),
            )


def over_allocated(case: Case) -> Iterator[Finding]:
    """More is assigned than bought, without the plan's doing."""
    for license_id, limit in case.bought.contingency.items():
        after = case.ordered.after.get(license_id, 0)
        if isinstance(limit, int) and after > limit and license_id not in case.entering:
            yield about(
                "over-allocated",
                "warning",
                f"{case.label(license_id)}: {after} {'is' if after == 1 else 'are'} assigned"
                f"{_of_them(case, license_id)}, {_be(limit, 'bought')}: {after - limit} too many.",
                f"Take {after - limit} away, or buy {after - limit} more and record it in contract.contingency.",
                license_id=license_id,
                place=case.place("contingency"),
            )


def counters_disagree(case: Case) -> Iterator[Finding]:
    """The vendor counted more than the ledger did at that moment; somebody has what nobody recorded."""
    for license_id in case.catalog.licenses:
        more = case.current.unaccounted.get(license_id, 0)
        if more:
            yield counts_more(case.tenant.id, license_id, case.label(license_id), more)


def counts_more(tenant: str, license_id: str, label: str, more: int, numbers: str = "") -> Finding:
    """That the vendor counts so many units more of a license; `numbers` tells both sides, where they are known."""
    one = more == 1
    return about(
        DISAGREE,
        "warning",
        f"{label}: the vendor counts {more} more than the ledger{numbers}; "
        f"{'it counts' if one else 'they count'} as assigned.",
        f"Observe a snapshot to learn who has {'it' if one else 'them'}, and the counters anew: "
        f"tenantry observe {tenant} --snapshot FILE --counters FILE.",
        license_id=license_id,
        count=more,
    )


def _be(number: int, what: str) -> str:
    return f"{number} {'was' if number == 1 else 'were'} {what}"


def _of_them(case: Case, license_id: str) -> str:
    more = case.current.unaccounted.get(license_id, 0)
    return f" ({more} of them unaccounted)" if more else ""


def contingency_deadlock(case: Case) -> Iterator[Finding]:
    """The end state fits, but one change at a time can't reach it. A ledger takes the circle at once; people can't."""
    stuck = [change for change in case.changes if change.holder in case.ordered.stuck and change.replaces]
    if case.policy.execution != "portal" or not stuck:
        return
    tiers = {tier for change in stuck for tier in (change.license, change.replaces) if tier}
    limits = case.bought.contingency
    if any(isinstance(limit := limits[tier], int) and case.ordered.after.get(tier, 0) > limit for tier in tiers):
        return  # the end doesn't fit, which contingency-exceeded tells
    room = [
        tier
        for tier in case.catalog.tiers
        if tier not in tiers and (not isinstance(limit := limits[tier], int) or limit > case.ordered.after.get(tier, 0))
    ]
    spare = case.ordered.spare
    way = f"Go through {case.label(room[0])}, which has a free unit; or free" if room else "Free"
    names = ", ".join(case.label(tier) for tier in case.catalog.sort(tiers))
    yield about(
        "contingency-deadlock",
        "error",
        f"{len(stuck)} services exchange {names} while every unit of them is taken: "
        "the end fits, but no order of single changes leads there.",
        f"{way} {spare} unit{'s' if spare > 1 else ''} of these tiers: that many spare ones are enough.",
        holders=[change.holder for change in stuck],
        place=case.place("contingency"),
    )


def contract_missing(case: Case) -> Iterator[Finding]:
    """Something is granted of which nobody tells how many were bought."""
    for license_id, changes in case.entering.items():
        if case.bought.contingency[license_id] is None:
            yield about(
                "contract-missing",
                "error",
                f"{case.label(license_id)}: nobody tells how many were bought, and the plan grants {len(changes)}.",
                f"Record it in the tenant's files: contract: {{contingency: {{{license_id}: N}}}}.",
                holders=[change.holder for change in changes],
                license_id=license_id,
                place=case.place("contract"),
            )


def contract_disagrees(case: Case) -> Iterator[Finding]:
    """Files and observation tell different numbers or states."""
    for item in case.bought.disagreements:
        what = f"Contingency of {case.label(item.license)}" if item.license else "Tenant State"
        seen = case.current.observed_at.get(item.license or "state")
        observed, renew = f"the {case.current.told_by} observed {item.observed}", f"renew the {case.current.told_by}"
        if seen is not None:
            observed = f"{item.observed} was observed {_age(seen, case.as_of)}"
            option = f"--contingency {item.license}=N" if item.license else "--state STATE"
            renew = f"observe anew: tenantry observe {case.tenant.id} {option}"
        yield about(
            "contract-disagrees",
            "warning",
            f"{what}: the files say {item.declared}, {observed}; {item.counts} counts.",
            f"Mend the contract in the files, or {renew}.",
            license_id=item.license,
            place=case.place("contingency" if item.license else "state"),
        )


def _age(observed_at: str, day: datetime.date) -> str:
    """How long ago something was observed; what lies ahead is today, since a tenant's day can be another than UTC's."""
    days = (day - datetime.datetime.fromisoformat(observed_at).date()).days
    if days <= 0:
        return "today"
    return f"{days} day{'s' if days > 1 else ''} ago"
