"""Reads YAML strictly: bytes of a file become a Document and problems, never an exception and never a guess.

What is plainly good is built at once (`building`); whatever gives reason for doubt is read again slowly (`refusing`).
"""

from codecs import BOM_UTF8

from yaml import YAMLError

from tenantry.documents.building import Doubt, build, without_collector
from tenantry.documents.document import Document
from tenantry.documents.refusing import ABSENT, StrictReader
from tenantry.documents.text import decode
from tenantry.model.plan import Finding


def read_yaml(file: str, content: bytes) -> tuple[Document | None, list[Finding]]:
    """The document of a file, and its problems; `file` is the name that problems show.

    With problems, the document has what could be understood, so that other checks may add theirs; it is None where
    nothing could. It must not be used for anything but checks then.
    """
    text, problems = decode(file, content)
    if text is None:
        return None, problems
    if not problems:
        try:
            data, lines, top = build(content.removeprefix(BOM_UTF8))
        except (Doubt, YAMLError):
            pass
        else:
            return Document(file=file, data=data, text=text, lines=lines, top=top), []
    reader = StrictReader(file, text)
    with without_collector():
        data = reader.read()
    problems += reader.problems
    if data is ABSENT:
        return None, problems
    return Document(file=file, data=data, text=text, lines=reader.lines, top=reader.top), problems
