"""The properties of a holder by which people know and group it."""

from collections.abc import Iterator
from typing import NamedTuple


class Labels(NamedTuple):
    """What is set; None: an entry leaves it as it is, a current state doesn't tell it.

    A named tuple and not a dataclass: there are two for each holder, they are compared with each other, and tuples of a
    hundred thousand people are compared as fast as the rest is read.
    """

    name: str | None = None
    organization_unit: str | None = None
    cost_center: str | None = None
    assignment_type: str | None = None

    def told(self) -> Iterator[tuple[str, str]]:
        """The fields that are set, with their values."""
        return ((field, value) for field, value in zip(self._fields, self, strict=True) if value is not None)


NO_LABELS = Labels()
