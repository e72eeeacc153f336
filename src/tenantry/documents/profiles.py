"""Profiles: named sets of licenses, each with those of the profiles that it extends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenantry.documents.document import Document
from tenantry.documents.telling import Telling, nearest
from tenantry.documents.text import shown
from tenantry.model.plan import Finding
from tenantry.model.tenant import Profile

LONGEST_CHAIN = 32
"""Profiles that one may extend one after the other; a longer chain is an accident or an attack."""


@dataclass(frozen=True, slots=True)
class Written:
    """A profile as it is written, and where."""

    document: Document
    line: int
    body: Mapping[str, Any]


def written_in(document: Document) -> Mapping[str, Written]:
    """The profiles of a document, as they are written."""
    profiles = document.data.get("profiles", {})
    lines = document.lines.get("profiles", ())
    return {name: Written(document, line, body) for line, (name, body) in zip(lines, profiles.items(), strict=True)}


def resolve(
    written: Mapping[str, Written], shared: Mapping[str, Profile]
) -> tuple[Mapping[str, Profile], list[Finding]]:
    """Resolve profiles over those of the workspace; a circle of `extends` is told with its way round."""
    resolver = _Resolver(written, dict(shared))
    for name in written:
        resolver.profile(name, ())
    return resolver.done, resolver.telling.problems()


class _Resolver:
    def __init__(self, written: Mapping[str, Written], done: dict[str, Profile]) -> None:
        self._written = written
        self._length = dict.fromkeys(done, 0)
        self.done = done
        self.telling = Telling()

    def profile(self, name: str, trail: tuple[str, ...]) -> Profile | None:
        """The resolved profile, or None where there is none or the chain that leads to it is too long."""
        if name in self.done:
            return self.done[name]
        if name not in self._written or len(trail) > LONGEST_CHAIN:
            return None
        body = self._written[name].body
        path: dict[str, tuple[str, ...]] = dict.fromkeys(body.get("licenses", ()), (name,))
        length = 0
        for parent in sorted(body.get("extends", ())):
            found = self._parent(parent, name, trail)
            if found is None:
                continue
            if self._length[parent] == LONGEST_CHAIN:
                self._too_long(name)
                continue
            length = max(length, 1 + self._length[parent])
            for license_id, way in found.path.items():
                path.setdefault(license_id, (name, *way))
        self.done[name] = Profile(name, frozenset(path), path)
        self._length[name] = length
        return self.done[name]

    def _parent(self, parent: str, name: str, trail: tuple[str, ...]) -> Profile | None:
        """A profile that another one extends; None, and told, where it can't be."""
        way = (*trail, name)
        if parent in way:
            circle = " > ".join((*way[way.index(parent) :], parent))
            self._tell(name, "profile-circle", f"Profiles extend each other in a circle: {circle}.")
            return None
        found = self.profile(parent, way)
        if found is not None:
            return found
        if parent in self._written:
            self._too_long(name)
            return None
        hint = nearest(parent, (self._written.keys() | self.done.keys()) - {name}, "Profiles")
        at = self._written[name].body["extends"].index(parent)
        message = f"There is no profile {shown(parent)}."
        self.telling.tell(
            self._written[name].document, ("profiles", name, "extends", at), "unknown-profile", message, hint=hint
        )
        return None

    def _too_long(self, name: str) -> None:
        message = f"Profile {shown(name)} stands in a chain of more than {LONGEST_CHAIN} that extend each other."
        self._tell(name, "too-deep", message)

    def _tell(self, name: str, rule: str, message: str) -> None:
        self.telling.tell(self._written[name].document, ("profiles", name), rule, message, key=True)
