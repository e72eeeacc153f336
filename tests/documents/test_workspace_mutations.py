"""Workspaces in which a few words were changed, lost, doubled or moved: problems with places, never an exception."""

import random
import re
import time

import pytest
from tenant_samples import MemoryFiles

from tenantry.documents.data import packaged, sampled
from tenantry.engine.loading import load, load_tenant

FILES = {
    "tenantry.yaml": sampled("tenantry.yaml").decode().replace("version: 1", "version: 1\ncatalog: words.yaml", 1),
    "words.yaml": packaged("nimbus.catalog.yaml").decode(),
    "tenants/contoso.yaml": sampled("tenants/contoso.yaml").decode(),
    "tenants/rosters/zurich.csv": sampled("tenants/rosters/zurich.csv").decode(),
}
ODD = [
    "{}",
    "[]",
    "null",
    "5",
    "-1",
    "true",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "|",
    "''",
    '"',
    "\n",
    "- ",
    "none",
    "\ufeff",
    "é",
]


def words(text: str) -> list[str]:
    return re.findall(r"\s+|[A-Za-z0-9_@.-]+|.", text)


def mutated(text: str, pool: list[str], chance: random.Random) -> str:
    """A text in which between one and six things were changed."""
    found = words(text)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randrange(len(found))
        match chance.randrange(4):
            case 0:
                found[at] = chance.choice(pool)
            case 1:
                del found[at]
            case 2:
                found.insert(at, chance.choice(pool))
            case _:
                part, to = found[at : at + chance.randrange(1, 30)], chance.randrange(len(found))
                found[to:to] = part
    return "".join(found)


@pytest.mark.parametrize("path", FILES)
def test_a_mutated_workspace_is_read_or_refused_with_places(path: str) -> None:
    chance = random.Random(path)  # noqa: S311 - the same mutations in each run
    pool = [word for text in FILES.values() for word in words(text)] + ODD * 20
    for _ in range(500):
        files = MemoryFiles({**FILES, path: mutated(FILES[path], pool, chance)})
        began = time.perf_counter()
        loaded = load(files)
        tenant, problems = load_tenant(files, loaded, "contoso")
        assert time.perf_counter() - began < 1
        assert (tenant is None) is bool(problems)
        for item in (*loaded.problems, *problems):
            assert item.file
            assert item.line
            assert item.column
            assert item.message
            assert item.hint
