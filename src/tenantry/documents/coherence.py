"""Whether the parts of a catalog fit together: what no schema can say, as it is about names that the catalog makes."""

from collections.abc import Iterator, Mapping
from typing import Any

from tenantry.documents.document import Document
from tenantry.documents.searching import Path
from tenantry.documents.words import Words, listing, placed, quoted, suggestion
from tenantry.model.plan import Finding

Entries = Mapping[str, Mapping[str, Any]]


def incoherent(document: Document) -> list[Finding]:
    """What doesn't fit together in a catalog document that its schema allows, in the order of the text."""
    return placed(document, _found(document.data))


def _found(data: Mapping[str, Any]) -> Iterator[Words]:
    licenses: Entries = data["licenses"]
    for name, entry in licenses.items():
        yield from _license(("licenses", name), entry, licenses, tuple(data["parts"]))
    yield from _tiers(licenses)
    yield from _circles(licenses)
    for name, entry in data.get("assignment_types", {}).items():
        path: Path = ("assignment_types", name)
        yield from _needed_tier(path, entry, licenses)
        yield from _advice(path, entry, licenses, "service")
        for at, advice in enumerate(entry.get("advice", ())):
            if "unlicensed" in advice["when"]:
                message = "unlicensed speaks of holders without a license, and an assignment type is none."
                yield _misplaced((*path, "advice", at, "when", "unlicensed"), message)


def _license(path: Path, entry: Mapping[str, Any], licenses: Entries, parts: tuple[str, ...]) -> Iterator[Words]:
    holder, has_tier = entry["holder"], "tier" in entry
    if entry["part"] not in parts:
        hint = suggestion(entry["part"], parts, "Parts")
        yield Words("unknown-name", f"There is no part {quoted(entry['part'])}.", hint, (*path, "part"), at_key=False)
    if has_tier and holder != "service":
        yield _misplaced((*path, "tier"), "tier belongs to service licenses only.")
    if entry.get("default") and not has_tier:
        yield _misplaced((*path, "default"), "default belongs to a license with a tier only.")
    if "needs_tier" in entry and (has_tier or holder != "service"):
        yield _misplaced((*path, "needs_tier"), "needs_tier belongs to addons only: holder service, no tier.")
    for at, needed in enumerate(entry.get("requires", ())):
        yield from _held(needed, (*path, "requires", at), licenses, holder)
        if has_tier:
            message = f"A service has one tier, always, and gets it first, so that none can require {quoted(needed)}."
            yield Words("tiers-unclear", message, "Delete it.", (*path, "requires", at), at_key=False)
    yield from _needed_tier(path, entry, licenses)
    yield from _advice(path, entry, licenses, holder)


def _misplaced(path: Path, message: str) -> Words:
    return Words("wrong-holder", message, "Delete the key.", path, at_key=True)


def _advice(path: Path, entry: Mapping[str, Any], licenses: Entries, holder: str) -> Iterator[Words]:
    for at, advice in enumerate(entry.get("advice", ())):
        when, place = advice["when"], (*path, "advice", at, "when")
        if "holder_lacks" in when:
            yield from _held(when["holder_lacks"], (*place, "holder_lacks"), licenses, holder)
        if "tenant_lacks" in when:
            yield from _held(when["tenant_lacks"], (*place, "tenant_lacks"), licenses, None)
        if "no_service_at_least" in when:
            yield from _is_tier(when["no_service_at_least"], (*place, "no_service_at_least"), licenses)


def _needed_tier(path: Path, entry: Mapping[str, Any], licenses: Entries) -> Iterator[Words]:
    needed = entry.get("needs_tier", {})
    for key, tier in needed.items():
        yield from _is_tier(tier, (*path, "needs_tier", key), licenses)
    least, surely = (licenses.get(needed.get(key), {}).get("tier") for key in ("at_least", "surely"))
    if least is not None and surely is not None and surely < least:
        message = "surely is a lower tier than at_least."
        yield Words("tiers-unclear", message, "Exchange the two.", (*path, "needs_tier", "surely"), at_key=False)


def _held(name: str, path: Path, licenses: Entries, holder: str | None) -> Iterator[Words]:
    """What is wrong with a name that should be a license, and one that this kind of holder can have."""
    if name not in licenses:
        hint = suggestion(name, tuple(licenses), "Licenses")
        yield Words("unknown-license", f"There is no license {quoted(name)}.", hint, path, at_key=False)
    elif holder is not None and licenses[name]["holder"] != holder:
        own = tuple(other for other, entry in licenses.items() if entry["holder"] == holder)
        message = f"{quoted(name)} can't be held by a {holder.replace('_', ' ')}."
        yield Words("wrong-holder", message, listing(own, "What can stand here"), path, at_key=False)


def _is_tier(name: str, path: Path, licenses: Entries) -> Iterator[Words]:
    tiers = tuple(other for other, entry in licenses.items() if "tier" in entry)
    if name not in licenses:
        yield from _held(name, path, licenses, None)
    elif name not in tiers:
        hint = listing(tiers, "Tiers")
        yield Words("wrong-holder", f"{quoted(name)} is not a license with a tier.", hint, path, at_key=False)


def _tiers(licenses: Entries) -> Iterator[Words]:
    seen: dict[int, str] = {}
    defaults: list[str] = []
    for name, entry in licenses.items():
        if "tier" in entry:
            other = seen.setdefault(entry["tier"], name)
            if other != name:
                message = f"{name} and {other} have the same tier."
                yield Words("tiers-unclear", message, "", ("licenses", name, "tier"), at_key=False)
            if entry.get("default"):
                defaults.append(name)
    for name in defaults[1:]:
        message = f"{name} and {defaults[0]} are both the default tier."
        yield Words("tiers-unclear", message, "", ("licenses", name, "default"), at_key=False)
    if seen and not defaults:
        yield Words("tiers-unclear", "No tier is the default.", "", ("licenses",), at_key=True)


def _circles(licenses: Entries) -> Iterator[Words]:
    told: set[str] = set()
    for name in licenses:
        if name not in told and name in _needed_by(name, licenses):
            circle = [other for other in _needed_by(name, licenses) if name in _needed_by(other, licenses)]
            told.update(circle)
            message = f"{', '.join(sorted(circle))}: what is required leads back to where it began."
            yield Words("requires-circle", message, "", ("licenses", name, "requires"), at_key=True)


def _needed_by(name: str, licenses: Entries) -> set[str]:
    needed: set[str] = set()
    pending = [name]
    while pending:
        more = set(licenses.get(pending.pop(), {}).get("requires", ())) - needed
        needed |= more
        pending.extend(more)
    return needed
