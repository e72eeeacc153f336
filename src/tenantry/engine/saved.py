"""Saved plans: read, and refused where a file is none."""

from collections.abc import Iterable

from tenantry.documents.check import check
from tenantry.documents.json import read_json
from tenantry.documents.plan import read_plan, unchanged
from tenantry.errors import AuthorError
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding, PlanSet

SAVED_BYTES = 512 * 1024 * 1024


def saved(file: str, content: bytes, catalog: Catalog) -> tuple[PlanSet | None, list[Finding]]:
    """A saved plan, or what is wrong with the file. PlanAgainError: it was changed after it was saved."""
    document, problems = read_json(file, content, limit=SAVED_BYTES)
    if document is None or problems:
        return None, problems
    unchanged(document)
    problems = check(document, "plan", catalog)
    return (None, problems) if problems else (read_plan(document), [])


def refuse(problems: Iterable[Finding]) -> None:
    """Refuse to go on with problems of a file that was given. AuthorError with the first of them."""
    for found in problems:
        raise AuthorError(f"{found.file}:{found.line}:{found.column}: {found.rule}: {found.message}", found.hint)
