"""Values out of JSON that a server sent, where each may be missing or of another kind."""

from typing import Any


def at(data: Any, *keys: str) -> Any:
    """What stands under keys within keys; None where anything on the way isn't there."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def text_at(data: Any, *keys: str) -> str:
    """The text there, or none: an empty one."""
    found = at(data, *keys)
    return found if isinstance(found, str) else ""


def number_at(data: Any, *keys: str) -> int | None:
    """The whole number there, or None."""
    found = at(data, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
