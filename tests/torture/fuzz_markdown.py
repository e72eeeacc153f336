"""Names in the Markdown of a plan, for each forge: parsed again, each cell holds its name and nothing else."""

import itertools
import json
from collections.abc import Iterator
from random import Random

from fuzzing import Fuzzer, fuzz
from hostile_names import is_hostile, names
from markdown_page import Page, read
from named_plans import NAMES, Named, named
from rendering_samples import CATALOG
from row import Row
from test_flavors import LIVE, ZERO_WIDTH, alike, source_is_tame

from tenantry.rendering.flavors import FLAVORS, Flavor
from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.layout import Layout

WANTED = 210_000
_turns = itertools.cycle(FLAVORS.values())


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """The row of names in Markdown."""
    return fuzz(FUZZER, seconds, seed)


def make(chance: Random) -> bytes:
    """The names of one page."""
    return names(chance, NAMES)


def _page(plan: Named, flavor: Flavor) -> str:
    return PLAN_FORMATS["markdown"](plan.plans, CATALOG, Layout(flavor=flavor, max_bytes=10**7))


TAME = {flavor.name: read(_page(named(["x"] * NAMES), flavor)) for flavor in FLAVORS.values()}


def judge(content: bytes, flavor: Flavor | None = None) -> int:
    """How many of the names on one page are more than letters."""
    flavor = flavor or next(_turns)
    texts = json.loads(content)
    plan = named(texts)
    markdown = _page(plan, flavor)
    page = read(markdown)
    alike(page, TAME[flavor.name])
    found = LIVE.search(page.bare)
    assert not found, f"{flavor.name} brings {found} to life"
    source_is_tame(markdown, flavor)
    _cells(page, plan, flavor)
    words = " ".join(page.text.replace(ZERO_WIDTH, "").split())
    for text in plan.told:
        assert " ".join(text.split()) in words, f"{text!r} is not on the page of {flavor.name}"
    return sum(map(is_hostile, texts))


def _cells(page: Page, plan: Named, flavor: Flavor) -> None:
    tables = {tuple(table[0]): table[1:] for table in page.tables}
    for row, said in zip(tables["Change", "License", "Holder", "Why"], plan.changes, strict=True):
        _, label, holder, why = (cell.replace(ZERO_WIDTH, "") for cell in row)
        assert (label.split(), holder) == (said[0].split(), said[1]), f"{row} of {flavor.name} is not {said}"
        assert why.split() == f"{said[2]} {said[3]}".split(), f"{row} of {flavor.name} is not {said}"
        assert why.endswith(said[3]), f"{row} of {flavor.name} is not {said}"
    for row, said_of in zip(tables["Holder", "Property", "Before", "After"], plan.updates, strict=True):
        holder, _, before, after = (cell.replace(ZERO_WIDTH, "") for cell in row)
        assert (holder, before, after) == said_of, f"{row} of {flavor.name} is not {said_of}"


def judge_again(content: bytes) -> int:
    """The same for every forge."""
    return max(judge(content, flavor) for flavor in FLAVORS.values())


FUZZER = Fuzzer(
    name="markdown",
    what="names in Markdown",
    wanted=WANTED,
    make=make,
    judge=judge,
    weight=NAMES,
    again=judge_again,
)
