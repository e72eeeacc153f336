"""How long to wait before a request is sent again, as the server asks or as is usual."""

import datetime
from collections.abc import Mapping

BACKOFF = (1.0, 2.0, 4.0, 8.0)
"""Seconds between the turns where the server asks for none."""
_TOO_MANY, _FORBIDDEN = 429, 403
_DATE = "%a, %d %b %Y %H:%M:%S GMT"


def throttled(status: int, headers: Mapping[str, str], content: bytes) -> bool:
    """Whether this answer only says: not so fast. GitHub says it with 403 too, as it says what isn't allowed."""
    if status != _FORBIDDEN:
        return status == _TOO_MANY
    spent = headers.get("x-ratelimit-remaining") == "0"
    return spent or "retry-after" in headers or b"secondary rate limit" in content[:4096].lower()


def pause_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds that a Retry-After asks for, by the server's own clock where it is a date; None where it asks nothing."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        until, now = (datetime.datetime.strptime(each, _DATE) for each in (text, headers.get("date", "")))  # noqa: DTZ007 - both GMT
    except ValueError:
        return None
    return max(0.0, (until - now).total_seconds())
