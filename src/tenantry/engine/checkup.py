"""doctor: how the files of a workspace and its ledger are."""

from collections.abc import Iterator, Mapping

from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import LEASE_SECONDS, Claimant, Held
from tenantry.backends.ledger.sqlite import SQLITE, SQLITE_NEEDED
from tenantry.documents.catalog import BUILTIN
from tenantry.documents.workspace import FILE
from tenantry.engine.calendar import is_zone
from tenantry.engine.loading import Files, Loaded, load_tenant
from tenantry.model.checkup import Check
from tenantry.model.words import counted

VALIDATE = "See `tenantry validate`."
SOME_ZONE = "Europe/Zurich"


def tools() -> Iterator[Check]:
    """What the machine brings along."""
    old = tuple(int(part) for part in SQLITE.split(".")) < SQLITE_NEEDED
    needed = ".".join(map(str, SQLITE_NEEDED))
    hint = f"A ledger needs SQLite {needed} or newer: use a newer Python." if old else ""
    yield Check("SQLite", SQLITE, "wrong" if old else "well", hint)
    if is_zone(SOME_ZONE):
        yield Check("time zones", "there")
    else:
        yield Check("time zones", "none: no day can be told in a tenant's zone", "wrong", "Install the package tzdata.")


def files(source: Files, loaded: Loaded) -> Iterator[Check]:
    """How tenantry.yaml, the catalog and the files of tenants are."""
    whole = [item for item in loaded.problems if item.tenant is None]
    if whole:
        yield Check(FILE, counted(len(whole), "problem"), "wrong", VALIDATE)
    else:
        yield Check(FILE, "read" if loaded.document is not None else "not there, so the defaults serve")
    catalog = loaded.workspace.catalog
    if loaded.catalog_known:
        yield Check("catalog", f"{_named(loaded.document)}, {counted(len(catalog.licenses), 'license')}")
    else:
        yield Check("catalog", "not read", "wrong", VALIDATE)
    found = {item: None for name in loaded.layout for item in load_tenant(source, loaded, name)[1]}
    found.update((item, None) for item in loaded.problems if item.tenant is not None)
    tenants = counted(len(loaded.layout), "tenant")
    if found:
        wrong = len({item.tenant for item in found})
        told = f"{tenants}; {counted(len(found), 'problem')} in the files of {wrong}"
        yield Check("tenants", told, "wrong", VALIDATE)
    elif loaded.layout:
        yield Check("tenants", f"{tenants}, read")
    else:
        yield Check("tenants", "none", "doubtful", "Write the first to tenants/, or see `tenantry init`.")


def contents(ledger: Ledger, me: Claimant) -> Iterator[Check]:
    """How a ledger is inside. TenantryError where it can't be read."""
    version = ledger.version()
    if version == 0:
        yield Check("ledger", "empty: every holder counts as new")
        return
    tenants, runs = ledger.tenants(), ledger.runs()
    told = f"version {version}, {counted(len(tenants), 'tenant')}, {counted(len(runs), 'run')}"
    yield Check("ledger", f"{told}, the last {runs[0].id} on {runs[0].at[:10]}" if runs else told)
    faults = ledger.faults()
    for fault in faults:
        yield Check("soundness", fault, "wrong", "Put a backup of the ledger in its place, and apply again.")
    if not faults:
        yield Check("soundness", "sound")
    locks = ledger.locks()
    for lock in locks:
        yield _lock(lock, me)
    if not locks:
        yield Check("locks", "none held")


def _lock(lock: Held, me: Claimant) -> Check:
    held = f"{lock.tenant} is held by {lock}"
    if lock.expired:
        return Check("locks", f"{held}; its lease ran out", "doubtful", "The next apply takes it over.")
    if lock.host == me.host and not me.alive(lock.pid):
        hint = "The next apply on this host takes it over."
        return Check("locks", f"{held}; that process is gone", "doubtful", hint)
    hint = f"Wait, or apply with --lock-timeout. Without that process it is free after {LEASE_SECONDS} s at most."
    return Check("locks", held, "doubtful", hint)


def _named(document: object) -> str:
    data = getattr(document, "data", None)
    return str(data.get("catalog", BUILTIN[0])) if isinstance(data, Mapping) else BUILTIN[0]
