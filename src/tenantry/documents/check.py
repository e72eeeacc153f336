"""The judgement of a document by the schema of its kind."""

from tenantry.documents.document import Document
from tenantry.documents.schema import accepts, schema
from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding


def check(document: Document, kind: str, catalog: Catalog | None) -> list[Finding]:
    """Everything that the schema of its kind finds wrong in a document, in the order of the text."""
    if accepts(document, kind, catalog):
        return []
    from tenantry.documents.objections import objections  # noqa: PLC0415 - heavy, and most documents are good

    return objections(document, schema(kind, catalog))
