"""What is recorded in words that the catalog in force doesn't have: nothing can be counted or ordered by them."""

from collections.abc import Iterator
from dataclasses import replace

from tenantry.documents.problems import problem
from tenantry.model.catalog import KINDS, Catalog
from tenantry.model.plan import Finding
from tenantry.model.state import CurrentState
from tenantry.model.tenant import Tenant

SHOWN = 5


def beyond_catalog(current: CurrentState, catalog: Catalog, tenant: Tenant) -> list[Finding]:
    """A problem for each license, assignment type or state that is recorded and that the catalog doesn't know."""
    said = (f"The {current.told_by} knows {what}, and the catalog doesn't." for what in _words(current, catalog))
    return [replace(problem("beyond-catalog", message, file=tenant.file), tenant=tenant.id) for message in said]


def _words(current: CurrentState, catalog: Catalog) -> Iterator[str]:
    licenses: dict[str, list[str]] = {}
    types: dict[str, list[str]] = {}
    sets: dict[frozenset[str], frozenset[str]] = {}
    known = frozenset(catalog.licenses)
    for kind in KINDS:
        for row in current.holders[kind].values():
            strange = sets.get(row.licenses)
            if strange is None:
                strange = sets[row.licenses] = row.licenses - known
            for license_id in strange:
                licenses.setdefault(license_id, []).append(row.id)
            kind_of_service = row.labels.assignment_type
            if kind_of_service is not None and kind_of_service not in catalog.assignment_types:
                types.setdefault(kind_of_service, []).append(row.id)
    yield from (f"the license {name} ({_listed(holders)})" for name, holders in sorted(licenses.items()))
    yield from (f"the assignment type {name} ({_listed(holders)})" for name, holders in sorted(types.items()))
    if current.state is not None and current.state not in catalog.states:
        yield f"the tenant state {current.state}"


def _listed(holders: list[str]) -> str:
    more = f" and {len(holders) - SHOWN} more" if len(holders) > SHOWN else ""
    return f"{', '.join(sorted(holders)[:SHOWN])}{more}"
