"""Profiles: named sets of licenses, each with those of the profiles that it extends."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenantry.documents.document import Document
from tenantry.documents.problems import problem
from tenantry.documents.text import shown
from tenantry.model.plan import Finding
from tenantry.model.tenant import Profile


@dataclass(frozen=True, slots=True)
class Written:
    """A profile as it is written, and where."""

    document: Document
    body: Mapping[str, Any]

    def place(self, name: str, *path: str | int) -> tuple[str, int, int]:
        """File, line and column of the profile's key, or of something in it."""
        return (self.document.file, *self.document.place(("profiles", name, *path), key=not path))


def resolve(
    written: Mapping[str, Written], shared: Mapping[str, Profile]
) -> tuple[Mapping[str, Profile], list[Finding]]:
    """Resolve profiles over those of the workspace; a circle of `extends` is told with its way round."""
    resolver = _Resolver(written, dict(shared))
    for name in written:
        resolver.profile(name, ())
    return resolver.done, resolver.problems


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest known name, or with all of them where there are few."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"There {'are' if len(names) > 1 else 'is'}: {', '.join(names[:8])}." if names else "There is none yet."


class _Resolver:
    def __init__(self, written: Mapping[str, Written], done: dict[str, Profile]) -> None:
        self._written = written
        self.done = done
        self.problems: list[Finding] = []

    def profile(self, name: str, trail: tuple[str, ...]) -> Profile | None:
        """The resolved profile, or None where it is unknown or in a circle."""
        if name in self.done:
            return self.done[name]
        written = self._written.get(name)
        if written is None:
            return None
        path: dict[str, tuple[str, ...]] = dict.fromkeys(written.body.get("licenses", ()), (name,))
        for parent in sorted(written.body.get("extends", ())):
            if parent in (*trail, name):
                circle = " > ".join(
                    (*trail[trail.index(parent) :], name, parent) if parent in trail else (name, parent)
                )
                self._tell("profile-circle", f"Profiles extend each other in a circle: {shown(circle)}.", written, name)
                continue
            found = self.profile(parent, (*trail, name))
            if found is None:
                if parent not in self._written:
                    known = nearest(parent, (self._written.keys() | self.done.keys()) - {name})
                    where = ("extends", list(written.body["extends"]).index(parent))
                    self._tell(
                        "unknown-profile", f"There is no profile {shown(parent)}.", written, name, *where, hint=known
                    )
                continue
            for license_id, way in found.path.items():
                path.setdefault(license_id, (name, *way))
        self.done[name] = Profile(name, frozenset(path), path)
        return self.done[name]

    def _tell(self, rule: str, message: str, written: Written, name: str, *path: str | int, hint: str = "") -> None:
        file, line, column = written.place(name, *path)
        self.problems.append(problem(rule, message, file=file, line=line, column=column, hint=hint))
