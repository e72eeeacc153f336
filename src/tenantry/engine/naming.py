"""Licenses, states and contingencies as a call names them."""

from tenantry.documents.counters import MOST, UNLIMITED, units
from tenantry.documents.naming import names
from tenantry.documents.telling import nearest
from tenantry.errors import CallerError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Units


def license_of(text: str, catalog: Catalog) -> str:
    """The id of the license that is named by id or label. CallerError, with the nearest, where there is none."""
    found = names(catalog.licenses).get(text.strip().lower())
    if found is None:
        raise CallerError(f"There is no license {text!r}.", nearest(text.strip(), catalog.licenses, "Licenses"))
    return found


def state_of(text: str, catalog: Catalog) -> str:
    """The id of the tenant state that is named by id or label. CallerError, with the nearest, where there is none."""
    found = names(catalog.states).get(text.strip().lower())
    if found is None:
        raise CallerError(f"There is no state {text!r}.", nearest(text.strip(), catalog.states, "States"))
    return found


def contingency_of(text: str, catalog: Catalog) -> tuple[str, Units]:
    """License and number of LICENSE=N. CallerError where one of them is none."""
    name, _, number = text.partition("=")
    license_id, value = license_of(name, catalog), units(number.strip())
    if value is None:
        raise CallerError(f"{text!r}: write LICENSE=N with a whole number up to {MOST}, or {UNLIMITED}.")
    return license_id, value
