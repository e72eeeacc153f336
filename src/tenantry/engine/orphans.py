"""Which tenants a ledger knows and no file does: renamed without a word, or forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tenantry.documents.problems import problem
from tenantry.engine.heads import head_of
from tenantry.engine.loading import Files
from tenantry.model.plan import Finding


def orphans_of(
    files: Files, layout: Mapping[str, Sequence[str]], recorded: Iterable[str], chosen: Sequence[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Finding, ...]]]:
    """The recorded tenants without a file, by the chosen tenants that are to tell of them.

    And a problem for each tenant of which another one says as well that it had the same id before.

    Those are the ones that the ledger doesn't know, since each may be one of the orphans under a new name; else the
    first, so that it is told once.
    """
    known = frozenset(recorded)
    without = known.difference(layout)
    if not without:
        return {}, {}
    renamed = _renamed(files, layout, without)
    orphans = tuple(sorted(without.difference(renamed.values())))
    strangers = [name for name in chosen if name not in known and name not in renamed]
    return dict.fromkeys(strangers or chosen[:1], orphans) if orphans else {}, _rivals(renamed, layout, known)


def rivals_of(
    files: Files, layout: Mapping[str, Sequence[str]], recorded: Iterable[str], *, heir: str, former: str
) -> tuple[Finding, ...]:
    """The problem of a tenant that takes over the record of a former id, where another one claims it as well.

    Whoever is recorded under its own id claims nothing.
    """
    others = frozenset(recorded).difference((heir,))
    return _rivals(_renamed(files, layout, frozenset((former,))), layout, others).get(heir, ())


def _rivals(
    renamed: Mapping[str, str], layout: Mapping[str, Sequence[str]], known: frozenset[str]
) -> dict[str, tuple[Finding, ...]]:
    claims: dict[str, list[str]] = {}
    for tenant, former in renamed.items():
        if tenant not in known:
            claims.setdefault(former, []).append(tenant)
    return {
        tenant: (_rival(former, names, tenant, layout),)
        for former, names in claims.items()
        if len(names) > 1
        for tenant in names
    }


def _rival(former: str, names: Sequence[str], tenant: str, layout: Mapping[str, Sequence[str]]) -> Finding:
    places = " and ".join(layout[name][0] for name in sorted(names))
    message = f"{places} all say that they were {former} before."
    return replace(problem("previously-twice", message, file=layout[tenant][0]), tenant=tenant)


def _renamed(files: Files, layout: Mapping[str, Sequence[str]], former: frozenset[str]) -> dict[str, str]:
    """The tenants that say that they had one of these ids before."""
    said = ((tenant, head_of(files, path, "previously", former)) for tenant, paths in layout.items() for path in paths)
    return {tenant: previously for tenant, previously in said if isinstance(previously, str) and previously in former}
