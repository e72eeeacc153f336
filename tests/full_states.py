"""States with all that can be known of a tenant, and how each gets into a ledger."""

from typing import Any

from filled_ledgers import grant, plan_of, taken
from tenantry.backends.ledger.ledger import Ledger
from tenantry.model.labels import Labels
from tenantry.model.plan import Update
from tenantry.model.run import Actor, Record
from tenantry.model.state import CurrentState, Holder, InUse, fold, holder_key

AT = "2026-11-24T06:44:00Z"
LABELS = Labels._fields


def holder(kind: Any, key: str, *licenses: str, **more: Any) -> Holder:
    """A holder with its licenses; what isn't known of it is left out."""
    labels = {name: more.pop(name) for name in LABELS if name in more}
    return Holder(kind=kind, key=key, licenses=frozenset(licenses), labels=Labels(**labels), **more)


def state(*holders: Holder, tenant: str = "contoso", **more: Any) -> CurrentState:
    """The state of a tenant with these holders."""
    rows: dict[Any, dict[str, Holder]] = {kind: {} for kind in ("service", "user", "virtual_user")}
    for item in holders:
        rows[item.kind][fold(item.kind, item.key)] = item
    return CurrentState(tenant=tenant, backend="", holders=rows, **more)


FULL = state(
    holder(
        *("service", "service-desk", "contact_center", "interact_service"),
        name="Service Desk",
        assignment_type="skill_based",
        organization_unit="/Contoso/Zurich",
    ),
    holder("service", "Service-Desk", "advanced_routing"),
    holder(
        *("user", "Ada@Contoso.example", "contact_center_user", "companion"),
        name="Ada",
        cost_center="4711",
        object_id="0e8b7d9e-0000-4000-8000-000000000001",
        enabled=True,
    ),
    holder("user", "bob@contoso.example", enabled=False),
    holder("user", "eve@contoso.example", "email"),
    holder("virtual_user", "reception-bot", "virtual_user"),
    holder("virtual_user", "idle"),
    state="trial",
    contingency={"companion": 0, "contact_center_user": 120, "advanced_routing": "unlimited"},
    in_use=(
        InUse(holder="user:ada@contoso.example", license="companion", what="2 responsibility profiles"),
        InUse(holder="service:service-desk", license="contact_center", what="a queue"),
    ),
    terms={"contingency": {"companion": 0}, "state": "trial"},
    declared=frozenset(("user:ada@contoso.example", "virtual_user:idle")),
)
BARE = state()
# U+0000 is no part of it: no document may hold it, and PostgreSQL can't
HOSTILE_TEXTS = (
    *("'; DROP TABLE holders; --", "\x1b[31m\n\t::error::", "a b\1c", "%s ?1 :x @y $z", "\\ 100 % %%s"),
    *("", "\u202e", "é 👩\u200d💻", "\ud7ff\U0010ffff"),
)
HOSTILE = state(
    *(holder("service", f"x{text}", "contact_center", name=f"{text}x", cost_center=text) for text in HOSTILE_TEXTS),
    in_use=tuple(InUse(holder=f"service:x{text}", license="contact_center", what=f"x{text}") for text in HOSTILE_TEXTS),
)


def record_in(ledger: Ledger, known: CurrentState) -> None:
    """Record a state as a fact, the way commands do."""
    rows = [row for section in known.holders.values() for row in section.values()]
    changes = [grant(row.id, license_id) for row in rows for license_id in sorted(row.licenses)]
    plan = plan_of(changes, [update for row in rows for update in updates_of(row)], tenant=known.tenant)
    with ledger.writing(taken(ledger, known.tenant)) as writing:
        writing.lift()
        writing.carry_out(changes, plan.updates, [row.id for row in rows])
        writing.enable({fold("user", row.key): row.enabled for row in rows if row.enabled is not None})
        facts = [("contingency", name, str(value)) for name, value in (known.contingency or {}).items()]
        facts += [("state", "", known.state)] if known.state else []
        facts += [("in_use", "", "1")] if known.in_use is not None else []
        writing.observe(AT, facts)
        writing.use(known.in_use or ())
        if known.terms is not None:
            writing.remember(known.terms)
            declared = known.declared or frozenset()
            writing.note_spoken(declared, {holder_key(row.id) for row in rows} - declared, ())
        writing.settle()
        writing.record(Record(kind="import", status="applied", at=AT, actor=Actor("ada"), digest="", plan=plan))


def updates_of(row: Holder) -> list[Update]:
    """What is known of a holder beside its licenses, as updates of one that is new."""
    told = {name: getattr(row.labels, name) for name in LABELS} | {"object_id": row.object_id}
    return [
        Update(holder=row.id, field=name, before=None, after=value) for name, value in told.items() if value is not None
    ]
