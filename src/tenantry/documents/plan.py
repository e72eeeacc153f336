"""Saved plans: JSON that must be exactly what was saved."""

from tenantry.documents.document import Document
from tenantry.errors import PlanAgainError
from tenantry.model.digest import digest
from tenantry.model.plan import PlanSet
from tenantry.model.plan_data import plan_set_from


def unchanged(document: Document) -> None:
    """Raise PlanAgainError where the digest of a saved plan isn't that of its content, whatever else it may be."""
    if not isinstance(document.data, dict) or not isinstance(document.data.get("digest"), str):
        return
    content = {key: value for key, value in document.data.items() if key != "digest"}
    if document.data["digest"] != digest(content):
        raise PlanAgainError(
            f"{document.file} was changed after it was saved: its digest is not that of its content.", "Plan again."
        )


def read_plan(document: Document) -> PlanSet:
    """The plans of a sound document."""
    return plan_set_from(document.data)
