"""What licenses and states are called: by id, or by the label that every output shows, without case."""

from collections import Counter
from collections.abc import Mapping

from tenantry.model.catalog import License, State


def names(items: Mapping[str, License] | Mapping[str, State]) -> dict[str, str]:
    """Ids by what people call them: id or label, in lower case. A label that several bear names none; ids go first."""
    labels = Counter(item.label.lower() for item in items.values())
    named = {item.label.lower(): item.id for item in items.values() if labels[item.label.lower()] == 1}
    return named | {name.lower(): name for name in items}
