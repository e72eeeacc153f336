"""CSV from strangers: rosters, and what portals export; an accepted roster says what Python's own reader reads."""

import csv
import datetime
import io
import re
from collections.abc import Iterator, Mapping
from random import Random

import corpus
from fuzzing import Fuzzer, fuzz
from judging import placed
from mutating import Mutations
from row import Row
from tenant_samples import CATALOG

from tenantry.documents.claims import Claims, Said
from tenantry.documents.counters import read_counters
from tenantry.documents.directory import read_directory
from tenantry.documents.roster import Over, read_roster
from tenantry.model.tenant import Entry, Profile, Source

FILE = "people.csv"
WANTED = 260_000
"""Four of five are rosters."""
GIVES = {"agent": frozenset(("contact_center_user", "instant_messaging")), "lead": frozenset(("companion",))}
_PROFILES = {name: Profile(name, gives, {}) for name, gives in GIVES.items()}
_NOTHING = Over(Said(), {})
SEEDS = (
    b"upn\nada@x.example\nbob@x.example\n",
    b'UPN;name;licenses\nada@x.example;Ada;companion|email\nbob@x.example;"B; ""Bob""";none\n',
    b'upn,profiles,without,from,until\nada@x.example,agent,email,2026-12-01,2027-02-28\nb@x.example,"agent, lead",,,\n',
    b"\xef\xbb\xbfupn,object_id,organization_unit,cost_center\r\nada@x.example,7D3C2A54-6a0e-4b3f-9a55-0f6c1b7e9d21,/A/Z,4711\r\n",
    'upn;name;cost_center\nada@x.example;Zürich — 漢字;0815\n\n;;\nb@x.example;"two\nlines";\n'.encode(),
    b'name , Upn ,licenses\n Ada , ada@x.example ,"companion;email"\n',
)  # fmt: skip
_EXPORTS = (
    b"userPrincipalName,id,accountEnabled,x\nada@x.example,7d3c2a54-6a0e-4b3f-9a55-0f6c1b7e9d21,true,1\nb@x.example,,False,2\n",
    b"License;Total;Used\nCompanion;25;3\nInstant Messaging;unlimited;0\n",
    b"License,Total,Used\ncompanion,1000000000,12\n",
)
_WORDS = corpus.words("csv")
LARGE = 5_000
"""Bytes of what stands very often: three readers tell up to 5,000 problems each."""
_OF_ROSTERS = Mutations(SEEDS, _WORDS, bytes_share=0.4, large=LARGE)
_MILD = Mutations(SEEDS, _WORDS, bytes_share=0, often=(1,), large=LARGE)
_OF_EXPORTS = Mutations(_EXPORTS, _WORDS, bytes_share=0.4, often=(1, 1, 2, 3), large=LARGE)


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """The row of CSV."""
    return fuzz(FUZZER, seconds, seed)


def make(chance: Random) -> bytes:
    """A roster, seldom an export, to which something has happened."""
    kind = chance.random()
    if kind > 0.9999:
        return b"upn;name\nada@x.example;" + b"x" * chance.choice((300, 131_072, 131_073, 500_000))
    return (_OF_EXPORTS if kind < 0.2 else _MILD if kind < 0.5 else _OF_ROSTERS).mutated(chance)


def judge(content: bytes) -> int:
    """Whether a roster is refused."""
    entries, problems = read_roster(FILE, content, Source(FILE), _NOTHING, Claims(CATALOG, _PROFILES), CATALOG)
    placed(problems, content)
    listing, found = read_directory(FILE, content)
    placed(found, content)
    _, of_counters = read_counters(FILE, content, CATALOG)
    placed(of_counters, content)
    if not found:
        assert len(listing.accounts) + listing.skipped == len(_table(content))
    if not problems:
        _same(entries, _table(content))
    return int(bool(problems and found and of_counters))


def _table(content: bytes) -> list[dict[str, str]]:
    """The rows that aren't empty, each cell by its column, as another reader reads them."""
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    first = text.split("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    header, *found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = [cell.strip(" \t\n").lower() for cell in header]
    return [
        {column: cell.strip(" \t\n") for column, cell in zip(columns, row, strict=False)} for row in found if any(row)
    ]


def _same(entries: Mapping[str, Entry], table: list[dict[str, str]]) -> None:
    """Each row is an entry, which gives what its lists give."""
    assert [entry.key for entry in entries.values()] == [row["upn"] for row in table]
    for entry, row in zip(entries.values(), table, strict=True):
        assert entry.labels[:3] == tuple(row.get(key) or None for key in ("name", "organization_unit", "cost_center"))
        assert (entry.object_id or "") == row.get("object_id", "").lower()
        for day, key in ((entry.begins, "from"), (entry.ends, "until")):
            assert day == (datetime.date.fromisoformat(row[key]) if row.get(key) else None)
        if not (row.get("profiles") or row.get("licenses")):
            assert entry.claim is None
            continue
        given = {item for name in _names(row, "profiles") for item in GIVES[name]} | _names(row, "licenses")
        assert entry.claim is not None
        assert entry.claim.gives == given - _names(row, "without"), row


def _names(row: Mapping[str, str], key: str) -> set[str]:
    return {name.strip(" \t\n") for name in re.split("[,;|]", row.get(key, ""))} - {"", "none"}


FUZZER = Fuzzer(name="csv", what="CSV: rosters, exports", wanted=WANTED, make=make, judge=judge)
