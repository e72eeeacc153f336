"""Problems at paths of documents, told together: the places of very many are looked for in one walk."""

from collections.abc import Iterable

from tenantry.documents.document import Document
from tenantry.documents.searching import Path
from tenantry.documents.text import MAX_PROBLEMS
from tenantry.model.plan import Finding


class Telling:
    """Collects what is wrong with some documents, of each at most MAX_PROBLEMS things."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[Document, list[tuple[str, str, str, Path, bool]]]] = {}

    def tell(
        self, document: Document, path: Path, rule: str, message: str, *, key: bool = False, hint: str = ""
    ) -> None:
        """Add a problem at the value of a path, or at its key; an empty hint leaves it to the rule's row."""
        _, told = self._told.setdefault(document.file, (document, []))
        if len(told) < MAX_PROBLEMS:
            told.append((rule, message, hint, path, key))

    def problems(self) -> list[Finding]:
        """What was told, with places, each once."""
        if not self._told:
            return []
        from tenantry.documents.words import Words, placed  # noqa: PLC0415 - most documents are good

        return [
            found
            for document, told in self._told.values()
            for found in placed(document, (Words(*item) for item in dict.fromkeys(told)))
        ]


def near_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant, or None where none is near."""
    from tenantry.documents.words import nearest  # noqa: PLC0415 - as below

    return nearest(name, tuple(sorted(known)))


def nearest(name: str, known: Iterable[str], what: str) -> str:
    """A hint with the known name that was most likely meant, or with those that there are."""
    from tenantry.documents.words import suggestion  # noqa: PLC0415 - most names are right

    return suggestion(name, tuple(sorted(known)), what)
