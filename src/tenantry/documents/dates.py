"""Dates in files: text of the form YYYY-MM-DD that names a day of the calendar."""

import datetime
from functools import lru_cache


@lru_cache(maxsize=4096)
def day(text: str) -> datetime.date | None:
    """The day, or None where the calendar has none of this name."""
    try:
        return datetime.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
