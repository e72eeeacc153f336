"""From a catalog document to the vocabulary that it tells, and the catalogs that are built in."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from tenantry.documents.check import check
from tenantry.documents.data import packaged
from tenantry.documents.document import Document
from tenantry.documents.yaml import read_yaml
from tenantry.errors import AuthorError
from tenantry.model.catalog import Advice, AssignmentType, Catalog, License, NeedsTier, Part, State
from tenantry.model.digest import digest
from tenantry.model.plan import Finding

BUILTIN = ("nimbus",)
"""The names of the catalogs that are built in."""


def read_catalog(document: Document) -> tuple[Catalog | None, list[Finding]]:
    """The catalog that a document tells, or None and everything that is wrong with it."""
    from tenantry.documents.coherence import incoherent  # noqa: PLC0415 - the built-in catalogs never need it

    problems = check(document, "catalog", None) or incoherent(document)
    return (None, problems) if problems else (_built(document.data), [])


@lru_cache(maxsize=len(BUILTIN))
def builtin(name: str) -> Catalog:
    """A catalog that is built in; AuthorError where there is none of this name.

    It is not judged at each start, which would cost more than all else that a small command does: a test does it.
    """
    if name not in BUILTIN:
        raise AuthorError(f"There is no built-in catalog {name!r}.", f"Built in: {', '.join(BUILTIN)}.")
    file = f"{name}.catalog.yaml"
    document, _ = read_yaml(file, packaged(file))
    return _built(document.data if document else {})


def _built(data: Mapping[str, Any]) -> Catalog:
    catalog = Catalog(
        name=data["name"],
        parts=tuple(Part(part, label) for part, label in data["parts"].items()),
        licenses={name: _license(name, entry) for name, entry in data["licenses"].items()},
        states={name: _state(name, at, entry) for at, (name, entry) in enumerate(data["states"].items())},
        assignment_types={name: _type(name, entry) for name, entry in data.get("assignment_types", {}).items()},
    )
    return replace(catalog, digest=_digest(catalog))


def _digest(catalog: Catalog) -> str:
    """Of the values, not of the file: comments and the order of keys in an entry don't count, that of entries does."""
    maps = (catalog.licenses, catalog.states, catalog.assignment_types)
    entries = [[asdict(entry) for entry in entries.values()] for entries in maps]
    return digest([catalog.name, [asdict(part) for part in catalog.parts], *entries])


def _license(name: str, entry: Mapping[str, Any]) -> License:
    plain = ("label", "part", "holder", "tier", "default", "in_use", "preview", "source", "checked_on")
    return License(
        id=name,
        **{key: entry[key] for key in plain if key in entry},
        requires=tuple(entry.get("requires", ())),
        needs_tier=_needed(entry),
        advice=_advice(entry),
    )


def _state(name: str, severity: int, entry: Mapping[str, Any]) -> State:
    return State(
        id=name,
        label=entry["label"],
        severity=severity,
        effect=entry["effect"],
        allows_changes=entry["changes"] == "allowed",
        evidence=entry.get("evidence", "inferred"),
        notice=entry.get("notice"),
        source=entry.get("source", ""),
    )


def _type(name: str, entry: Mapping[str, Any]) -> AssignmentType:
    return AssignmentType(
        id=name,
        label=entry["label"],
        needs_tier=_needed(entry),
        switch_never="switch" in entry,
        advice=_advice(entry),
        source=entry.get("source", ""),
    )


def _needed(entry: Mapping[str, Any]) -> NeedsTier | None:
    needed = entry.get("needs_tier")
    return NeedsTier(needed["at_least"], needed.get("surely", needed["at_least"])) if needed else None


def _advice(entry: Mapping[str, Any]) -> tuple[Advice, ...]:
    return tuple(
        Advice(
            rule=advice["rule"],
            message=advice["message"],
            evidence=advice.get("evidence", "inferred"),
            source=advice.get("source", ""),
            holder_lacks=_one(advice["when"].get("holder_lacks")),
            no_service_at_least=advice["when"].get("no_service_at_least"),
            tenant_lacks=_one(advice["when"].get("tenant_lacks")),
            unlicensed="unlicensed" in advice["when"],
        )
        for advice in entry.get("advice", ())
    )


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)
