"""What the entries of a holder ask for on a day: the licenses, the labels, and the reason.

Absence has three meanings and they are never mixed: None says nothing and leaves the licenses alone; an empty set is
none; under `all` whatever isn't said is none (for a service: the default tier).
"""

import datetime
from collections.abc import Iterable, Mapping

from tenantry.model.labels import NO_LABELS
from tenantry.model.tenant import Claim, Entry, Profile

NOTHING: frozenset[str] = frozenset()


def person_licenses(entries: tuple[Entry, ...], day: datetime.date, *, complete: bool) -> frozenset[str] | None:
    """The exact licenses of a user or virtual user on this day; None: nothing said. `complete`: section `all`."""
    if len(entries) == 1:
        only = entries[0]
        if only.claim is not None and only.begins is None and only.ends is None:
            return only.claim.gives
    speaking = [entry for entry in entries if entry.claim is not None]
    now = [entry.claim.gives for entry in speaking if entry.claim is not None and entry.in_force(day)]
    if now:
        return now[0] if len(now) == 1 else frozenset().union(*now)
    if complete or (speaking and all(entry.ended(day) for entry in speaking)):
        return NOTHING
    return None


def service_claim(entry: Entry, day: datetime.date, default: str | None) -> Claim | None:
    """What a service's entry says on this day; None before it begins. After its end: the default tier, no addons."""
    if entry.in_force(day):
        return entry.claim or Claim()
    return Claim(tier=default, addons=NOTHING) if entry.ended(day) else None


def labels(entries: Iterable[Entry], day: datetime.date) -> dict[str, str]:
    """The labels that the entries in force set."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.labels is not NO_LABELS and entry.in_force(day):
            found.update(entry.labels.told())
    return found


def grant_reason(
    entries: tuple[Entry, ...], license_id: str, day: datetime.date, profiles: Mapping[str, Profile]
) -> tuple[str, Entry]:
    """Why a person gets a license, and the entry that gives it: of several the first in the order of the words."""
    giving = [entry for entry in entries if entry.claim and license_id in entry.claim.gives and entry.in_force(day)]
    reasons = [(way(entry, license_id, profiles), entry) for entry in giving]
    return min(reasons, key=lambda pair: (pair[0], pair[1].source.file, pair[1].line))


def revoke_reason(entries: tuple[Entry, ...], license_id: str, day: datetime.date) -> str:
    """Why a person who is listed loses a license."""
    speaking = [entry for entry in entries if entry.claim is not None]
    if any(entry.absent for entry in entries):
        return "absent: it no longer exists"
    if not speaking:
        return "the section is all and the entry names no licenses"
    now = [entry for entry in speaking if entry.in_force(day)]
    if not now:
        ends = [entry.ends for entry in speaking if entry.ends is not None and entry.ended(day)]
        if len(ends) == len(speaking):
            return f"the last entry ended on {max(ends).isoformat()}"
        return "the section is all and no entry is in force"
    if any(entry.claim and license_id in entry.claim.without for entry in now):
        return "named under without"
    return "no entry in force gives it"


def way(entry: Entry, license_id: str, profiles: Mapping[str, Profile]) -> str:
    """By which profile, or by its own word, an entry gives a license; free of lines, which move without a meaning."""
    claim = entry.claim or Claim()
    paths = [profiles[name].path[license_id] for name in claim.profiles if license_id in profiles[name].path]
    told = "licenses" if license_id in claim.licenses or not paths else "profile " + " > ".join(paths[0])
    return f"{told} (roster {entry.source.roster})" if entry.source.roster else told
