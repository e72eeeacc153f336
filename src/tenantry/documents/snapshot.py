"""Snapshots: the current state of one tenant as JSON, in the words of a tenant file."""

from collections.abc import Mapping
from typing import Any

from tenantry.documents.document import Document
from tenantry.documents.entries import labels_of
from tenantry.documents.telling import Telling
from tenantry.documents.text import shown
from tenantry.model.catalog import SECTIONS, Catalog, Kind
from tenantry.model.plan import Finding
from tenantry.model.state import CurrentState, Holder, InUse, fold, holder_key

BACKEND = "snapshot"
NO_LICENSES: frozenset[str] = frozenset()


def read_snapshot(document: Document, catalog: Catalog) -> tuple[CurrentState | None, list[Finding]]:
    """The state that a sound snapshot tells. An absent section is empty; an absent tier is the default one."""
    data, telling = document.data, Telling()
    holders: dict[Kind, dict[str, Holder]] = {}
    sets: dict[tuple[str, ...], frozenset[str]] = {(): NO_LICENSES}
    for kind, section in SECTIONS.items():
        rows: dict[str, Holder] = {}
        for key, body in data.get(section, {}).items():
            folded = fold(kind, key)
            if folded in rows:
                message = f"{kind}:{shown(key)} stands in this snapshot already, as {shown(rows[folded].key)}."
                telling.tell(document, (section, key), "holder-twice", message, key=True)
            held = _service(body, catalog) if kind == "service" else tuple(body.get("licenses", ()))
            licenses = sets.get(held) or sets.setdefault(held, frozenset(held))
            rows[folded] = _holder(kind, key, licenses, body)
        holders[kind] = rows
    in_use, declared = data.get("in_use"), data.get("declared")
    state = CurrentState(
        tenant=data["tenant"],
        backend=BACKEND,
        where=document.file,
        holders=holders,
        state=data.get("state"),
        contingency=data.get("contingency"),
        in_use=None if in_use is None else tuple(InUse(**item) for item in in_use),
        terms=data.get("terms"),
        declared=None if declared is None else frozenset(map(holder_key, declared)),
    )
    problems = telling.problems()
    return (None if problems else state), problems


def _service(body: Mapping[str, Any], catalog: Catalog) -> tuple[str, ...]:
    tier = body.get("license", catalog.default_tier)
    return (*((tier,) if tier else ()), *body.get("addons", ()))


def _holder(kind: Kind, key: str, licenses: frozenset[str], body: Mapping[str, Any]) -> Holder:
    object_id = body.get("object_id")
    return Holder(
        kind=kind,
        key=key,
        licenses=licenses,
        labels=labels_of(body),
        object_id=object_id.lower() if object_id else None,
        enabled=body.get("enabled"),
    )
