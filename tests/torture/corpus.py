"""What the fuzzers begin with: real files of this repository, cut small, and fragments that are known to be hostile."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from random_worlds import dice, random_world
from tenantry.documents.catalog import builtin

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SMALL = 320
"""Bytes of a seed: most inputs are small, so that many are tried."""
_TOP = re.compile(rb"^(?=[a-z_]+:)", re.MULTILINE)


def words(name: str) -> tuple[bytes, ...]:
    """What may stand in a text and means something, to one reader or to another: a JSON text in each line of a file."""
    return tuple(value.encode() for value in values(name))


def values(name: str) -> tuple[Any, ...]:
    """The same as data."""
    lines = (HERE / "words" / f"{name}.txt").read_text("utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def tenants() -> tuple[bytes, ...]:
    """Tenants of the examples, each of their sections as a file, cut after some lines; random ones; those by hand."""
    found = [*(HERE / "words/tenants.txt").read_bytes().split(b"=====\n"), *random_tenants()]
    for path in sorted((ROOT / "tenants").rglob("*.yaml")):
        for section in _TOP.split(path.read_bytes()):
            lines = section.splitlines(keepends=True)
            while sum(map(len, lines)) > SMALL:
                lines.pop()
            if lines and not section.startswith((b"version", b"#")):
                found.append(b"version: 1\n" + b"".join(lines))
    return tuple(found)


def random_tenants() -> Iterator[bytes]:
    """Small tenants that say all kinds of things, in blocks, in braces or mixed."""
    for seed in range(60):
        world = random_world(dice(seed), builtin("nimbus"))
        for part in world.parts:
            for key, value in part.items():
                content = yaml.safe_dump(
                    {"version": 1, key: value}, default_flow_style=(None, True, False)[seed % 3], allow_unicode=True
                )
                if len(content) <= SMALL:
                    yield content.encode()


def refused() -> tuple[bytes, ...]:
    """The small ones of the files that are named by what is wrong in them."""
    found = (path.read_bytes() for path in sorted((ROOT / "tests/data/refused").glob("*.yaml")))
    return tuple(content for content in found if len(content) <= SMALL)
