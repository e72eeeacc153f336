"""The terms under which a tenant is planned: its contract and the workspace's word, as data that a ledger remembers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tenantry.model.catalog import KINDS, SECTIONS, Catalog
from tenantry.model.policy import Guards, Policy
from tenantry.model.state import holder_key
from tenantry.model.tenant import Contract, Tenant
from tenantry.planning.cost import money

Path = tuple[str, ...]
"""The keys that lead to a term."""


@dataclass(frozen=True, slots=True)
class TermMove:
    """One term that differs: where it stands, and both sides in words (None: not there)."""

    path: Path
    before: str | None
    after: str | None


def terms_of(tenant: Tenant, catalog: Catalog, policy: Policy) -> dict[str, Any]:
    """The terms as plain JSON data without floats. What is absent is left out, so that equal terms are equal data."""
    terms: dict[str, Any] = {
        "contract": _contract(tenant.contract),
        "manage": {SECTIONS[kind]: tenant.managed[kind] for kind in KINDS},
        "guards": _guards(policy.guards),
        "rules": dict(policy.severities),
        "execution": policy.execution,
        "hold": policy.hold,
        "catalog": catalog.digest,
    }
    return _told(terms)


def contract_of(terms: Mapping[str, Any] | None, catalog: Catalog) -> Contract:
    """State and contingency of the contract that terms remember; an empty contract where they remember none."""
    told = (terms or {}).get("contract", {})
    state = told.get("state")
    return Contract(contingency=told.get("contingency"), state=state if state in catalog.states else None)


def moved_terms(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[TermMove, ...]:
    """Every single value that differs between two sets of terms, in the order of where it stands."""
    if before == after:
        return ()
    from deepdiff import DeepDiff  # noqa: PLC0415 - heavy, and only where something moved

    # 0: it goes into two maps however little they share; else it would tell them as one value each
    tree = DeepDiff(_keyed(before), _keyed(after), view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    moves: list[TermMove] = []
    for items in tree.values():
        for item in items:
            path = tuple(map(str, item.path(output_format="list")))
            old, new = dict(_leaves(path, item.t1)), dict(_leaves(path, item.t2))
            moves += [TermMove(where, old.get(where), new.get(where)) for where in {**old, **new}]
    return tuple(sorted(moves, key=lambda move: move.path))


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """The single values of a term. A map without any counts as one: it says that there is nothing, which is a word."""
    from deepdiff.helper import NotPresent  # noqa: PLC0415 - with DeepDiff

    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves((*path, key), inner)
    elif not isinstance(value, NotPresent):
        yield path, "empty" if value == {} else str(value)


def _keyed(value: Any) -> Any:
    """Lists as maps by their items, so that an item more is one difference and not a shift of all."""
    if isinstance(value, list):
        return {str(item): item for item in value}
    return {key: _keyed(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value


def _contract(contract: Contract) -> dict[str, Any]:
    told = {
        "state": contract.state,
        "valid_until": contract.valid_until and contract.valid_until.isoformat(),
        "currency": contract.currency,
        "prices": {license_id: money(price) for license_id, price in contract.prices.items()},
    }
    found = _told(told)
    if contract.contingency is not None:
        # a license that is named with 0 and one that isn't named were both not bought; no map at all tells nothing
        found["contingency"] = {license_id: units for license_id, units in contract.contingency.items() if units}
    return found


def _guards(guards: Guards) -> dict[str, Any]:
    limit = guards.max_revocations
    told: dict[str, Any] = {
        "max_revocations": "off"
        if limit is None
        else {"percent": limit.percent, "count": limit.count, "at_most": limit.at_most},
        "min_holders": {license_id: least for license_id, least in guards.min_holders.items() if least},
        "protected": sorted(map(holder_key, guards.protected)),
    }
    return _told(told)


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, {}, [])}
