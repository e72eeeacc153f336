"""From files and options to an observation: what was seen of a tenant, and what is wrong with the files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from tenantry.documents.check import check
from tenantry.documents.counters import read_counters
from tenantry.documents.directory import read_directory
from tenantry.documents.document import Document
from tenantry.documents.json import read_json
from tenantry.documents.problems import problem
from tenantry.documents.snapshot import read_snapshot
from tenantry.documents.text import named, shown
from tenantry.engine.asking import SNAPSHOT_BYTES
from tenantry.engine.naming import contingency_of, state_of
from tenantry.errors import AuthorError, CallerError
from tenantry.model.catalog import SECTIONS, Catalog
from tenantry.model.digest import canonical
from tenantry.model.observation import Observation
from tenantry.model.plan import Finding, Units

Value = TypeVar("Value", bound=int | str)
Given = tuple[str, bytes]
"""The name of a file, and its content."""

OPTIONS = "the options"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a call tells of a tenant: the texts of its options, and the names of its files.

    `read` gives the content of a file; AuthorError says why it can't be had.
    """

    state: str | None = None
    contingency: tuple[str, ...] = ()
    counters: str | None = None
    snapshot: str | None = None
    directory: str | None = None
    read: Callable[[str], bytes]


def facts_of(told: Told, tenant: str, catalog: Catalog) -> tuple[Observation, list[Finding]]:
    """What was seen, and the problems of all files; with one, nothing may be recorded.

    CallerError where an option says what can't be, or two of what is told contradict each other.
    """
    states: dict[str, str] = {} if told.state is None else {OPTIONS: state_of(told.state, catalog)}
    numbers: dict[str, Mapping[str, Units]] = {OPTIONS: _contingency(told.contingency, catalog)}
    seen = Observation(tenant=tenant)
    problems: list[Finding] = []
    snapshot, counters, directory = (
        _given(file, told.read, problems) for file in (told.snapshot, told.counters, told.directory)
    )
    if snapshot is not None:
        seen, found = _snapshot(seen, snapshot, catalog)
        problems += found
        if seen.snapshot is not None:
            numbers[snapshot[0]] = seen.snapshot.contingency or {}
            states |= {} if seen.snapshot.state is None else {snapshot[0]: seen.snapshot.state}
    if counters is not None:
        counted, found = read_counters(*counters, catalog)
        problems += found
        seen = replace(seen, counters=counted)
        numbers[counters[0]] = {item.license: item.total for item in counted}
    if directory is not None:
        listing, found = read_directory(*directory)
        problems += found
        seen = replace(seen, directory=listing)
    state = _agreed({name: {"state": value} for name, value in states.items()}).get("state")
    return replace(seen, state=state, contingency=_agreed(numbers)), problems


def _given(file: str | None, read: Callable[[str], bytes], problems: list[Finding]) -> Given | None:
    """A file that was given, with its content; None, and a problem more, where it can't be read."""
    if file is None:
        return None
    try:
        return named(file), read(file)
    except AuthorError as error:
        problems.append(problem("unreadable-file", str(error), file=named(file), hint=error.hint))
        return None


def _snapshot(seen: Observation, given: Given, catalog: Catalog) -> tuple[Observation, list[Finding]]:
    document, problems = read_json(*given, limit=SNAPSHOT_BYTES)
    if document is None or problems:
        return seen, problems
    problems = check(document, "snapshot", catalog)
    if problems:
        return seen, problems
    if document.data["tenant"] != seen.tenant:
        return seen, [_wrong_tenant(document, seen.tenant)]
    state, problems = read_snapshot(document, catalog)
    sections = frozenset(kind for kind, section in SECTIONS.items() if section in document.data)
    return replace(seen, snapshot=state, sections=sections, document=canonical(document.data)), problems


def _wrong_tenant(document: Document, tenant: str) -> Finding:
    line, column = document.place(("tenant",))
    message = f"The snapshot is of {shown(document.data['tenant'])}, and {tenant} was to be observed."
    return problem("wrong-tenant", message, file=document.file, line=line, column=column)


def _contingency(texts: Iterable[str], catalog: Catalog) -> dict[str, Units]:
    found: dict[str, Units] = {}
    for text in texts:
        license_id, value = contingency_of(text, catalog)
        if found.setdefault(license_id, value) != value:
            raise CallerError(f"The contingency of {license_id} is told twice: {found[license_id]} and {value}.")
    return found


def _agreed(sources: Mapping[str, Mapping[str, Value]]) -> dict[str, Value]:
    """What all sources tell together; CallerError where two of them contradict each other."""
    found: dict[str, tuple[Value, str]] = {}
    for source, told in sources.items():
        for key, value in told.items():
            known, where = found.setdefault(key, (value, source))
            if known != value:
                raise CallerError(
                    f"{key} is told twice: {known} by {where}, {value} by {source}.",
                    "Observe what was seen later by itself.",
                )
    return {key: value for key, (value, _) in found.items()}
