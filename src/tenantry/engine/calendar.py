"""Which day it is for a tenant."""

import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tenantry.model.tenant import Tenant


def day_of(tenant: Tenant, now: datetime.datetime, as_of: datetime.date | None) -> datetime.date:
    """The day that was asked for, or today in the tenant's time zone."""
    return as_of or today_in(tenant.timezone, now)


def today_in(zone: str, now: datetime.datetime) -> datetime.date:
    """Today in a time zone that there is."""
    return now.astimezone(ZoneInfo(zone)).date()


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this IANA name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
