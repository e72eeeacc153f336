"""From the files of a workspace to its policy and its tenants: read once, everything that is wrong told at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Protocol

from tenantry.documents.catalog import BUILTIN, builtin, read_catalog
from tenantry.documents.check import check
from tenantry.documents.document import Document
from tenantry.documents.layout import lay_out
from tenantry.documents.problems import problem
from tenantry.documents.sound import sound
from tenantry.documents.tenant import Parts, read_tenant
from tenantry.documents.text import shown
from tenantry.documents.workspace import FILE, read_workspace
from tenantry.documents.yaml import read_yaml
from tenantry.engine.calendar import is_zone
from tenantry.errors import AuthorError, CallerError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding
from tenantry.model.policy import Workspace
from tenantry.model.tenant import Tenant
from tenantry.planning.rules.table import rules

MISNAMED = FILE.replace(".yaml", ".yml")
"""Whoever writes this believes that guards and holds count which nothing reads."""


class Files(Protocol):
    """The files of a workspace, as the door gives them. Paths are relative to the workspace root, with /."""

    def paths(self) -> Sequence[str]:
        """The paths of all files below tenants/."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is a file of this path."""
        ...

    def read(self, path: str) -> bytes:
        """The content of a regular file inside the workspace; AuthorError says why it can't be had."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which tenants a command is about: ids or globs, and labels that must all agree. Nothing means all."""

    patterns: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A workspace that was read. `fatal`: a problem of tenantry.yaml or the catalog; nothing can be planned with it.

    `document` is tenantry.yaml. A problem with a tenant is one of the layout: that tenant can't be planned.
    Without `catalog_known` nobody can tell what is wrong in the tenants' files.
    """

    workspace: Workspace
    layout: Mapping[str, tuple[str, ...]]
    problems: tuple[Finding, ...]
    fatal: bool
    document: Document | None = None
    catalog_known: bool = True


def load(files: Files) -> Loaded:
    """Read tenantry.yaml and the catalog, and find the tenants."""
    layout, astray = lay_out(files.paths())
    document, problems = _workspace_document(files)
    catalog, of_catalog = _catalog(files, document)
    known = not of_catalog and (document is not None or not problems)
    if document is not None and known:
        of_schema = check(document, "workspace", catalog)
        if problems or of_schema:
            document = sound(document, "workspace", catalog)
        problems += of_schema
    workspace = Workspace(catalog=catalog)
    if known:
        workspace, found = read_workspace(document, layout, catalog, rules(catalog))
        problems += found
    problems += of_catalog
    return Loaded(
        workspace=workspace,
        layout=layout,
        problems=(*problems, *astray),
        fatal=bool(problems),
        document=document if known else None,
        catalog_known=known,
    )


def _workspace_document(files: Files) -> tuple[Document | None, list[Finding]]:
    if files.exists(MISNAMED):
        message = f"{MISNAMED} is not read: the ending must be .yaml."
        return None, [problem("wrong-extension", message, file=MISNAMED)]
    if not files.exists(FILE):
        return None, []
    return _document(files, FILE)


def _document(files: Files, path: str) -> tuple[Document | None, list[Finding]]:
    try:
        content = files.read(path)
    except AuthorError as error:
        return None, [problem("unreadable-file", str(error), file=path, hint=error.hint)]
    return read_yaml(path, content)


def _catalog(files: Files, document: Document | None) -> tuple[Catalog, list[Finding]]:
    """The catalog in force: built in, or a file that the workspace names."""
    name = document.data.get("catalog", BUILTIN[0]) if document and isinstance(document.data, dict) else BUILTIN[0]
    if document is None or name in BUILTIN or not (name and isinstance(name, str)):
        return builtin(name if name in BUILTIN else BUILTIN[0]), []
    try:
        content = files.read(name)
    except AuthorError as error:
        line, column = document.place(("catalog",))
        message = f"The catalog can't be had. {error}"
        hint = f"Mend the path, or take a catalog that is built in: {', '.join(BUILTIN)}."
        found = problem("unreadable-file", message, file=FILE, line=line, column=column, hint=hint)
        return builtin(BUILTIN[0]), [found]
    written, problems = read_yaml(name, content)
    catalog = None
    if written is not None and not problems:
        catalog, problems = read_catalog(written)
    return catalog or builtin(BUILTIN[0]), problems


def select(loaded: Loaded, selection: Selection) -> tuple[str, ...]:
    """The ids that patterns choose, sorted. CallerError where a pattern matches nothing."""
    return chosen(tuple(loaded.layout), selection.patterns) if selection.patterns else tuple(loaded.layout)


def chosen(names: Sequence[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """Those of the ids that any of the patterns matches, sorted. CallerError where one matches nothing."""
    found: set[str] = set()
    for pattern in patterns:
        if "/" in pattern or "\\" in pattern or pattern.endswith(".json"):
            raise CallerError(f"{pattern!r} is a file, and this command takes tenants.", "Give ids or globs.")
        matching = {name for name in names if name == pattern or fnmatchcase(name, pattern)}
        if not matching:
            raise CallerError(f"No tenant matches {pattern!r}.", f"There are: {', '.join(names) or 'none'}.")
        found |= matching
    return tuple(sorted(found))


def load_tenant(files: Files, loaded: Loaded, tenant: str) -> tuple[Tenant | None, list[Finding]]:
    """Read one tenant. None where there is any problem; every problem bears the tenant."""
    catalog = loaded.workspace.catalog
    problems: list[Finding] = []
    documents: list[Document] = []
    complete = not loaded.fatal
    for path in loaded.layout[tenant]:
        document, found = _document(files, path)
        complete = complete and not found
        problems += found
        if document is not None:
            found = check(document, "tenant", catalog)
            documents.append(sound(document, "tenant", catalog) if found or problems else document)
            problems += found
    result = None
    if documents:
        parts = Parts(
            documents=documents,
            complete=complete,
            catalog=catalog,
            shared=loaded.workspace.profiles,
            workspace=loaded.document,
            read=files.read,
        )
        result, found = read_tenant(tenant, parts)
        problems += found
    problems += [item for document in documents for item in _timezone(document)]
    problems += [item for document in documents for item in _previously(document, tenant, loaded)]
    astray = any(item.tenant == tenant for item in loaded.problems)
    return None if problems or astray else result, [replace(item, tenant=tenant) for item in problems]


def _timezone(document: Document) -> list[Finding]:
    """The calendar is the machine's, so it is asked here and not where documents are read."""
    name = document.data.get("tenant", {}).get("timezone", "UTC")
    if is_zone(name):
        return []
    line, column = document.place(("tenant", "timezone"))
    message = f"There is no time zone {shown(name)}."
    return [problem("unknown-timezone", message, file=document.file, line=line, column=column)]


def _previously(document: Document, tenant: str, loaded: Loaded) -> list[Finding]:
    """The former id must be one that no file bears, and which tenants have files is known here alone."""
    former = document.data.get("tenant", {}).get("previously")
    if former not in loaded.layout:
        return []
    line, column = document.place(("tenant", "previously"))
    has_files = f"The tenant {former} has files of its own, so that it is nobody's former id."
    message = "previously is the tenant's own id." if former == tenant else has_files
    return [problem("previously-exists", message, file=document.file, line=line, column=column)]


def labelled(tenant: Tenant, wanted: Iterable[tuple[str, str]]) -> bool:
    """Whether a tenant bears all of these labels."""
    return all(tenant.labels.get(key) == value for key, value in wanted)
