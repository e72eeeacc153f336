"""What a backup of a ledger holds: all its tables, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass

Value = str | int | None
Row = list[Value]


@dataclass(frozen=True, slots=True)
class Table:
    """A table on its way. Its rows are there once, and before those of the next one."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Row]
