"""YAML from strangers: the reader, the schema and the tenant; whatever is accepted means what a second reader says."""

import itertools
from collections.abc import Iterator
from random import Random
from typing import Any

import corpus
import yaml
from fuzzing import Fuzzer, fuzz
from independent_yaml import means
from judging import placed
from mutating import Mutations
from row import Row
from tenant_samples import CATALOG, CONTOSO, MemoryFiles
from test_reader_mutations import SEEDS, check_places, check_quick_yes, mutated

from tenantry.documents.schema import accepts
from tenantry.documents.yaml import read_yaml
from tenantry.engine.loading import load, load_tenant
from tenantry.model.plan import Finding

PARTS = 6
WANTED = 2_040_000
_HOSTILE = Mutations((*corpus.tenants(), *corpus.refused(), *SEEDS), corpus.words("yaml"))
_MILD = Mutations(corpus.tenants(), corpus.words("yaml-mild"), bytes_share=0, often=(1, 1, 1, 2))
_ROSTER = b"upn;licenses\nrow@x.example;companion\n"
_WORDS, _PLACES, _SLOW = 96, 12, 64
"""One in so many: of those with something wrong in them, asked what schema and tenant have against them; looked at in
each place; read by the slow parser of Python. Each of these takes a hundred times as long as reading.
"""
_turns = itertools.count()


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """The row of one of the parts."""
    return fuzz(FUZZER, seconds, seed)


def make(chance: Random) -> bytes:
    """A tenant's file to which something has happened; seldom something that never was one."""
    kind = chance.random()
    if kind < 0.05:
        return next(mutated(chance.getrandbits(32), 1))
    return (_MILD if kind < 0.4 else _HOSTILE).mutated(chance)


def judge(content: bytes, turn: int | None = None) -> int:
    """Whether a file is refused. All its problems have places and hints, and its data is what it seems to be."""
    turn = next(_turns) if turn is None else turn
    document, problems = read_yaml(CONTOSO, content)
    placed(problems, content)
    if document is None:
        assert problems, "nothing was read and nothing is told"
        return 1
    if not problems:
        same(document.data, content, slow=turn % _SLOW == 0)
        if turn % _PLACES == 0:
            check_quick_yes(document)
    if turn % _PLACES == 0:
        check_places(document)
    if turn % _WORDS and (problems or not accepts(document, "tenant", CATALOG)):
        return 1
    tenant, found = _loaded(content)
    placed([item for item in found if item.file == CONTOSO], content)
    assert (tenant is None) == bool(found)
    if tenant is not None:
        assert document.data.get("users", {}).keys() <= {
            one.key for each in tenant.entries["user"].values() for one in each
        }
        assert document.data.get("services", {}).keys() == tenant.entries["service"].keys()
        assert document.data.get("virtual_users", {}).keys() == tenant.entries["virtual_user"].keys()
    return int(bool(found))


def judge_again(content: bytes) -> int:
    """The same, with everything that is looked at in turns."""
    return judge(content, 0)


def _loaded(content: bytes) -> tuple[Any, list[Finding]]:
    files = MemoryFiles({CONTOSO: content, "tenants/people.csv": _ROSTER})
    return load_tenant(files, _WORKSPACE, "contoso")


_WORKSPACE = load(MemoryFiles({CONTOSO: b"version: 1\n"}))


def same(data: Any, content: bytes, *, slow: bool) -> None:
    """The data is what the second reader says, where it can tell: the parser of Python is stricter in places."""
    try:
        expected = means(content, slow=slow)
    except yaml.YAMLError:
        assert slow, "this is no YAML and was accepted"
        return
    assert repr(data) == repr(expected), f"{data!r} is not {expected!r}"


FUZZER = Fuzzer(
    name="yaml",
    what="YAML: reader, schema, tenant",
    wanted=WANTED // PARTS,
    make=make,
    judge=judge,
    again=judge_again,
)
