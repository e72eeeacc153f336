"""What was bought and in which state the tenant is, from the files and from what was observed.

Where both tell and disagree, the smaller number and the stricter state count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Contingency, Units
from tenantry.model.state import CurrentState
from tenantry.model.tenant import Contract


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The files say one thing and the observation another; `counts` is what counts. `license` None: the state."""

    license: str | None
    declared: str
    observed: str
    counts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What whatif supposes in place of what is known."""

    contingency: Mapping[str, Units] = field(default_factory=dict)
    state: str | None = None


NOTHING_ASSUMED = Assumed()


@dataclass(frozen=True, slots=True)
class Bought:
    """The contingency of every license of the catalog (None: nobody tells), the state, and where sources disagree."""

    contingency: Mapping[str, Contingency]
    state: str
    disagreements: tuple[Disagreement, ...]


def bought(contract: Contract, current: CurrentState, catalog: Catalog, assumed: Assumed = NOTHING_ASSUMED) -> Bought:
    """Put together what the contract in the files and the observation tell; `assumed` beats both, without a word."""
    disagreements: list[Disagreement] = []
    contingency: dict[str, Contingency] = {}
    for license_id in catalog.licenses:
        declared = contract.contingency.get(license_id, 0) if contract.contingency is not None else None
        observed = (current.contingency or {}).get(license_id)
        counts = _smaller(declared, observed)
        if (
            declared is not None
            and observed is not None
            and declared != observed
            and license_id not in assumed.contingency
        ):
            disagreements.append(Disagreement(license_id, str(declared), str(observed), str(counts)))
        contingency[license_id] = assumed.contingency.get(license_id, counts)
    state = _stricter(contract.state, current.state, catalog)
    if contract.state and current.state and contract.state != current.state and assumed.state is None:
        disagreements.append(Disagreement(None, contract.state, current.state, state))
    return Bought(contingency, assumed.state or state, tuple(disagreements))


def _smaller(declared: Contingency, observed: Contingency) -> Contingency:
    numbers = [value for value in (declared, observed) if isinstance(value, int)]
    return min(numbers) if numbers else declared or observed


def _stricter(declared: str | None, observed: str | None, catalog: Catalog) -> str:
    """The stricter of what is told; the most harmless state of the catalog if nobody tells."""
    told = [state for state in (declared, observed) if state is not None]
    if told:
        return max(told, key=lambda state: catalog.states[state].severity)
    return min(catalog.states, key=lambda state: catalog.states[state].severity)
