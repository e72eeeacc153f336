"""Which tenants a ledger knows and no file does: renamed without a word, or forgotten."""

from collections.abc import Iterable, Mapping, Sequence

from tenantry.documents.yaml import read_yaml
from tenantry.engine.loading import Files
from tenantry.errors import AuthorError


def orphans_of(
    files: Files, layout: Mapping[str, Sequence[str]], recorded: Iterable[str], chosen: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The recorded tenants without a file, by the chosen tenants that are to tell of them.

    Those are the ones that the ledger doesn't know, since each may be one of the orphans under a new name; else the
    first, so that it is told once.
    """
    known = frozenset(recorded)
    without = known.difference(layout)
    if not without:
        return {}
    renamed = _renamed(files, layout, without)
    orphans = tuple(sorted(without.difference(renamed.values())))
    strangers = [name for name in chosen if name not in known and name not in renamed]
    return dict.fromkeys(strangers or chosen[:1], orphans) if orphans else {}


def _renamed(files: Files, layout: Mapping[str, Sequence[str]], former: frozenset[str]) -> dict[str, str]:
    """The tenants that say that they had one of these ids before. Only files in which one stands are read as YAML."""
    found: dict[str, str] = {}
    names = [name.encode() for name in former]
    for tenant, paths in layout.items():
        for path in paths:
            try:
                content = files.read(path)
            except AuthorError:
                continue  # told where the tenant is read
            if b"previously" in content and any(name in content for name in names):
                previously = _previously(path, content)
                if previously in former:
                    found[tenant] = previously
    return found


def _previously(path: str, content: bytes) -> str | None:
    document, _ = read_yaml(path, content)
    about = document.data.get("tenant") if document is not None and isinstance(document.data, dict) else None
    said = about.get("previously") if isinstance(about, dict) else None
    return said if isinstance(said, str) else None
