"""Rules on what is remembered of earlier plans and what isn't, on suppositions, and on a tenant on hold."""

from collections.abc import Iterator, Sequence

from tenantry.model.plan import HELD, Finding
from tenantry.model.state import holder_key
from tenantry.planning.case import NOWHERE, SHOWN_HOLDERS, Case, about
from tenantry.planning.terms import Path, TermMove, moved_terms, terms_of


def ledger_missing(case: Case) -> Iterator[Finding]:
    """There is no record of who holds what."""
    current = case.current
    if current.found:
        return
    message = f"There is no ledger at {current.where}: every holder counts as new."
    if current.exists:
        message = f"The ledger at {current.where} doesn't know this tenant: every holder counts as new."
    if case.orphans:
        message += (
            f" It knows tenants without a file: {_listed(case.orphans)} (renamed? tenant: {{previously: old-id}})."
        )
    hint = f"Record what the portal shows: tenantry observe {case.tenant.id} --snapshot FILE."
    yield about("ledger-missing", "warning", message, f"{hint} For a review alone: --current FILE.")


def terms_changed(case: Case) -> Iterator[Finding]:
    """The contract, or the workspace's word, is another one than at the last apply or import."""
    if case.current.terms is None:
        return
    for move in moved_terms(case.current.terms, terms_of(case.tenant, case.catalog, case.policy)):
        path = move.path[1:] if move.path[0] == "contract" else move.path
        text = f"{' '.join(_words(move))} {move.before or 'none'} → {move.after or 'none'}"
        yield about(
            "terms-changed",
            "info",
            "catalog changed" if path == ("catalog",) else text,
            "The next apply remembers it; make sure that it is meant.",
            license_id=path[-1] if path[-1] in case.catalog.licenses else None,
            place=case.place(path[0]) if path is not move.path else NOWHERE,
        )


def _words(move: TermMove) -> Path:
    """The words that lead to a term. Of a list the item is the value and not a word on the way to it."""
    path = move.path[1:] if move.path[0] == "contract" else move.path
    return path[:-1] if path[-1] in (move.before, move.after) else path


def no_longer_listed(case: Case) -> Iterator[Finding]:
    """Files once spoke for a holder; none names it now, and it keeps what it has."""
    declared = case.current.declared
    left = [] if declared is None else list(_left(case, declared))
    if left:
        one = len(left) == 1
        yield about(
            "no-longer-listed",
            "warning",
            "The files named this holder once and no longer do; it keeps its licenses."
            if one
            else f"The files named {len(left)} holders once and no longer do; they keep their licenses.",
            "List the holder again; to take its licenses, list it with none. It is told until it holds nothing.",
            holders=left,
        )


def _left(case: Case, declared: frozenset[str]) -> Iterator[str]:
    """The holders of sections that are managed as `listed` that were named once, hold something, and match no entry."""
    renamed = frozenset(case.difference.former().values())
    for kind, rows in case.current.holders.items():
        if case.tenant.managed[kind] != "listed":
            continue
        entries, doubtful = case.tenant.entries[kind], case.difference.doubtful if kind == "user" else frozenset[str]()
        for key, row in rows.items():
            is_named = key in entries or key in doubtful or row.id in renamed
            if row.licenses and not is_named and holder_key(row.id) in declared:
                yield row.id


def tenant_without_file(case: Case) -> Iterator[Finding]:
    """The ledger has tenants of which no file speaks."""
    orphans = case.orphans
    if orphans:
        what = "a tenant" if len(orphans) == 1 else f"{len(orphans)} tenants"
        yield about(
            "tenant-without-file",
            "info",
            f"The ledger knows {what} without a file: {_listed(orphans)}.",
            "Write the file, or, where it was renamed, tenant: {previously: old-id} into the file of the new name.",
            count=len(orphans),
        )


def _listed(names: Sequence[str]) -> str:
    """The first of some names, and how many there are beyond them."""
    more = len(names) - SHOWN_HOLDERS
    return ", ".join(names[:SHOWN_HOLDERS]) + (f" and {more} more" if more > 0 else "")


def no_memory(case: Case) -> Iterator[Finding]:
    """A snapshot doesn't tell what the files said before."""
    current = case.current
    if current.backend != "snapshot":
        return
    lacks = [
        *(["what moved in the contract"] if current.terms is None else []),
        *(["who left the lists"] if current.declared is None else []),
    ]
    if lacks:
        yield about(
            "no-memory",
            "info",
            f"A snapshot remembers no earlier plan: {' or '.join(lacks)} can't be told."
            if len(lacks) > 1
            else f"This snapshot doesn't remember everything of an earlier plan: {lacks[0]} can't be told.",
            "Nothing to do; read the diff of the files.",
        )


def supposed(case: Case) -> Iterator[Finding]:
    """The plan stands on what was supposed and isn't known to be so."""
    words = [f"{case.label(name)} {number}" for name, number in sorted(case.assumed.contingency.items())]
    if case.assumed.state is not None:
        words.append(f"Tenant State {case.catalog.states[case.assumed.state].label}")
    if words:
        yield about(
            "under-supposition",
            "info",
            f"Supposed, not known: {', '.join(words)}.",
            "This plan answers a question; it is none to apply.",
        )


def tenant_held(case: Case) -> Iterator[Finding]:
    """The workspace holds this tenant back."""
    if case.policy.hold is not None:
        yield about(
            HELD,
            "info",
            case.policy.hold,
            "It is planned and shown, never applied and not in the exit code, until hold is off in tenantry.yaml.",
        )
