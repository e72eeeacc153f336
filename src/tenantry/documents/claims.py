"""What entries say about licenses, worked out once for each way of saying it and shared by all who say the same."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenantry.documents.telling import nearest
from tenantry.documents.text import shown
from tenantry.model.catalog import Catalog, Kind
from tenantry.model.tenant import Claim, Profile

Names = tuple[str, ...] | None
"""A list of names as it is written; None: the key is absent, which is not the same as an empty list."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a claim, in the key that it is about."""

    rule: str
    message: str
    key: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The three lists of an entry or row, or of the roster entry that stands over rows."""

    profiles: Names = None
    licenses: Names = None
    without: Names = None


class Claims:
    """Turns lists of profiles and licenses into claims."""

    def __init__(self, catalog: Catalog, profiles: Mapping[str, Profile]) -> None:
        self._profiles = profiles
        self._holder = {item.id: item.holder for item in catalog.licenses.values()}
        self._known: dict[tuple[Kind, Said, Said | None], tuple[Claim | None, tuple[Fault, ...]]] = {}

    def of(self, kind: Kind, said: Said, over: Said | None = None) -> tuple[Claim | None, tuple[Fault, ...]]:
        """The claim of an entry (None: it says nothing about licenses) and what is wrong with it.

        `over` is what the roster entry says for all its rows; lists unite. What is wrong with `over` alone isn't told.
        """
        key = (kind, said, over)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._work_out(kind, said, over)
        return found

    def _work_out(self, kind: Kind, said: Said, over: Said | None) -> tuple[Claim | None, tuple[Fault, ...]]:
        faults = [*self._contradictions(said)]
        upper = over or Said()
        profiles = _united(said.profiles, upper.profiles)
        licenses = _united(said.licenses, upper.licenses)
        without = _united(said.without, upper.without) or ()
        if profiles is None and licenses is None:
            if without:
                message = "An entry with `without` needs profiles or licenses from which something is left out."
                faults.append(Fault("without-alone", message, "without"))
            return None, tuple(faults)
        gives = set(licenses or ())
        for name in profiles or ():
            gives |= self._profiles[name].gives if name in self._profiles else frozenset()
        for name in said.profiles or ():
            faults += self._unfit(kind, name)
        claim = Claim(
            gives=frozenset(gives.difference(without)),
            profiles=tuple(name for name in sorted(set(profiles or ())) if name in self._profiles),
            licenses=frozenset(licenses or ()),
            without=frozenset(without),
        )
        return claim, tuple(faults)

    def _contradictions(self, said: Said) -> list[Fault]:
        both = sorted(set(said.licenses or ()).intersection(said.without or ()))
        return [
            Fault("license-and-without", f"{shown(name)} stands under licenses and under without.", "without")
            for name in both
        ]

    def _unfit(self, kind: Kind, name: str) -> list[Fault]:
        """Why a profile can't be given to a holder of this kind."""
        if name not in self._profiles:
            hint = nearest(name, self._profiles, "Profiles")
            return [Fault("unknown-profile", f"There is no profile {shown(name)}.", "profiles", hint)]
        foreign = sorted(item for item in self._profiles[name].gives if self._holder.get(item) != kind)
        if not foreign:
            return []
        message = f"Profile {shown(name)} gives {', '.join(foreign)}, which a {kind.replace('_', ' ')} can't hold."
        return [Fault("wrong-holder", message, "profiles")]


def _united(own: Names, over: Names) -> Names:
    return over if own is None else own if over is None else own + over
