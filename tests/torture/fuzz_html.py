"""Names in the HTML of a plan: the page is parsed, and each cell holds its name and nothing else."""

import json
from collections.abc import Iterator
from random import Random

from fuzzing import Fuzzer, fuzz
from hostile_names import is_hostile, names
from html_page import HtmlPage
from named_plans import NAMES, Named, named
from rendering_samples import CATALOG
from row import Row

from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.layout import Layout

WANTED = 210_000


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """The row of names in HTML."""
    return fuzz(FUZZER, seconds, seed)


def make(chance: Random) -> bytes:
    """The names of one page."""
    return names(chance, NAMES)


def _page(plan: Named) -> HtmlPage:
    return HtmlPage(PLAN_FORMATS["html"](plan.plans, CATALOG, Layout()))


TAME = _page(named(["x"] * NAMES))


def judge(content: bytes) -> int:
    """How many of the names on one page are more than letters."""
    texts = json.loads(content)
    plan = named(texts)
    page = _page(plan)
    assert page.tags == TAME.tags, "there are other elements than on a page with tame names"
    faults = page.faults()
    assert not faults, faults
    tables = {
        " ".join(table.findtext("caption").split()): [[cell.text_content() for cell in row] for row in table.iter("tr")]
        for table in page.root.iter("table")
    }
    for row, said in zip(tables["Users: changes in the order of apply"][1:], plan.changes, strict=True):
        assert tuple(row[2:6]) == said, f"{row} is not {said}"
    for row, said_of in zip(tables["Properties of holders that are updated"][1:], plan.updates, strict=True):
        assert (row[0], *row[2:]) == said_of, f"{row} is not {said_of}"
    words = page.root.xpath("string(//body)")
    for text in plan.told:
        assert text in words, f"{text!r} is not on the page"
    return sum(map(is_hostile, texts))


FUZZER = Fuzzer(name="html", what="names in HTML", wanted=WANTED, make=make, judge=judge, weight=NAMES)
