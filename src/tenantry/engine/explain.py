"""explain: why a holder has, gets or loses a license."""

import datetime
from collections.abc import Iterator

from tenantry.backends.backend import Backend
from tenantry.engine.asking import Request, ask, question
from tenantry.engine.naming import license_of
from tenantry.errors import AuthorError, CallerError
from tenantry.model.catalog import KINDS, SECTIONS, Catalog, Kind
from tenantry.model.report import Because, Explanation, LicenseExplained
from tenantry.model.run import LastMove
from tenantry.model.state import Holder, fold
from tenantry.model.tenant import Claim, Entry
from tenantry.planning.desired import way
from tenantry.planning.diff import diff
from tenantry.planning.identity import match
from tenantry.planning.planner import Question

FACTS = ("observe", "import")
"""The kinds of runs that record the world as it was found."""


def explain(request: Request, holder: str, license_id: str | None) -> tuple[Explanation, Catalog]:
    """Explain a holder, written with its kind or (where that is clear) without; a license by id or label.

    CallerError: the holder is in no tenant or in several, or there is no such license. AuthorError: files can't be had.
    """
    asked = ask(request)
    found: list[tuple[Question, Kind, str]] = []
    problems = list(asked.problems)
    for done, name in enumerate(asked.tenants):
        request.progress(done, len(asked.tenants))
        about, faulty = question(asked, name)
        problems += faulty
        if about is not None:
            found += [(about, kind, key) for kind, key in _named(about, holder)]
    catalog = asked.loaded.workspace.catalog
    wanted = None if license_id is None else license_of(license_id, catalog)
    if not found and problems:
        raise AuthorError(f"Problems in files hide the answer: {len(problems)}.", "See `tenantry validate`.")
    if not found:
        raise CallerError(f"No file and no current state knows {holder!r}.", "Write it like user:ada@contoso.example.")
    if len(found) > 1:
        places = ", ".join(f"{kind}:{key} in {about.tenant.id}" for about, kind, key in found)
        raise CallerError(f"{holder!r} is not clear: {places}.", "Name the kind, and the tenant with --tenant.")
    return _explained(asked.backend, *found[0], wanted), catalog


def _named(about: Question, holder: str) -> Iterator[tuple[Kind, str]]:
    """The holders of a tenant that a name may mean."""
    prefix, _, rest = holder.partition(":")
    for kind in KINDS:
        key = fold(kind, rest) if prefix == kind else fold(kind, holder)
        if (prefix == kind or prefix not in KINDS) and (
            key in about.tenant.entries[kind] or key in about.current.holders[kind]
        ):
            yield kind, _declared(about, kind, key)


def _declared(about: Question, kind: Kind, key: str) -> str:
    """The key under which the files declare a holder; a person may be known under a former UPN."""
    if kind != "user" or key in about.tenant.entries[kind]:
        return key
    rows = match(about.tenant.entries[kind], about.current.holders[kind], about.current.directory).rows
    return next((declared for declared, row in rows.items() if row == key), key)


def _explained(backend: Backend, about: Question, kind: Kind, key: str, wanted: str | None) -> Explanation:
    entries = about.tenant.entries[kind].get(key, ())
    row = _row(about, kind, key)
    name = entries[0].key if entries else row.key if row else key
    holder = f"{kind}:{name}"
    difference = diff(about.tenant, about.current, about.catalog, about.as_of)
    before, after = difference.before[kind].get(holder), difference.after[kind].get(holder)
    named = {license_id for entry in entries for license_id in _mentioned(entry)}
    shown = {wanted} if wanted else named | (before or frozenset()) | (after or frozenset())
    silent = any(conflict.holder == holder for conflict in difference.conflicts) or not (
        _spoken(about, kind, entries) or (kind == "service" and row is None and after)
    )
    moves = backend.last_moves(about.current.tenant, row.id if row else holder)
    return Explanation(
        tenant=about.tenant.id,
        holder=holder,
        licenses=tuple(
            LicenseExplained(
                license_id,
                None if silent else license_id in (after or frozenset()),
                license_id in before if before is not None else (None if not about.current.found else False),
                (*_because(about, kind, entries, row, license_id), *_last(moves.get(license_id))),
            )
            for license_id in about.catalog.sort(shown)
        ),
    )


def _row(about: Question, kind: Kind, key: str) -> Holder | None:
    rows = about.current.holders[kind]
    if kind != "user":
        return rows.get(key)
    found = match(about.tenant.entries["user"], rows, about.current.directory).rows.get(key, key)
    return rows.get(found)


def _spoken(about: Question, kind: Kind, entries: tuple[Entry, ...]) -> bool:
    if about.tenant.managed[kind] == "all":
        return True
    return any(entry.claim is not None and not _waiting(entry, about.as_of) for entry in entries)


def _waiting(entry: Entry, day: datetime.date) -> bool:
    return entry.begins is not None and entry.begins > day


def _mentioned(entry: Entry) -> frozenset[str]:
    claim = entry.claim or Claim()
    tier = frozenset({claim.tier}) if claim.tier else frozenset[str]()
    return claim.gives | claim.without | tier | (claim.addons or frozenset())


def _because(
    about: Question, kind: Kind, entries: tuple[Entry, ...], row: Holder | None, license_id: str
) -> Iterator[Because]:
    """The entries that have a say, and what stands without one."""
    section, how = SECTIONS[kind], about.tenant.managed[kind]
    for entry in sorted(entries, key=lambda entry: (entry.source.file, entry.line)):
        yield Because(_word(about, entry, license_id), entry.source.file, entry.line)
    if not entries and how == "all":
        yield Because(f"{section} is all and no file lists this holder")
    elif not entries:
        yield Because(f"no file lists this holder: {section} is {how}, so it is left alone")
    if row is not None and license_id in row.licenses:
        yield Because(f"held today, as the {about.current.told_by} tells")


def _last(move: LastMove | None) -> Iterator[Because]:
    """The run that last moved a license. What was observed or imported, nobody granted or revoked here."""
    if move is not None:
        run = move.run
        words = ("recorded as held", "recorded as not held") if run.kind in FACTS else ("granted", "revoked")
        yield Because(f"{words[not move.gave]} by run {run.id} ({run.kind}) on {run.at[:10]} by {run.who}")


def _word(about: Question, entry: Entry, license_id: str) -> str:  # noqa: PLR0911 - one way out a meaning
    """What one entry says of a license."""
    claim = entry.claim
    when = _when(entry, about.as_of)
    if entry.absent:
        return "absent: it no longer exists"
    if claim is None:
        return f"says nothing about licenses{when}"
    if license_id in claim.without:
        return f"without: leaves it out{when}"
    if license_id in claim.gives:
        return f"{way(entry, license_id, about.tenant.profiles)}{when}"
    if license_id == claim.tier:
        return f"license: the service's tier{when}"
    if license_id in (claim.addons or ()):
        return f"addons{when}"
    return f"doesn't give it{when}"


def _when(entry: Entry, day: datetime.date) -> str:
    if _waiting(entry, day):
        return f"; not before {entry.begins}"
    if entry.ended(day):
        return f"; ended on {entry.ends}"
    return f"; until {entry.ends}" if entry.ends else ""
