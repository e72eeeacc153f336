"""Dates in files: text of the form YYYY-MM-DD that names a day of the calendar."""

import datetime
import re
from functools import lru_cache

_FORM = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=4096)
def day(text: str) -> datetime.date | None:
    """The day, or None where the calendar has none of this name."""
    if not _FORM.fullmatch(text):
        return None  # fromisoformat knows other forms, such as weeks
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
