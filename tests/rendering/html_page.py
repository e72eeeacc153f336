"""An HTML page as somebody who reads it would take it apart: what stands where, and what could act."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from lxml import html

ACTIVE = {"iframe", "object", "embed", "form", "link", "base", "img", "image", "use", "video", "audio", "a"}
"""Tags that could load or send something; of these a page has links only, to places on itself."""


class HtmlPage:
    """A parsed page."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = html.document_fromstring(text)

    @cached_property
    def tags(self) -> list[str]:
        """Every tag in document order."""
        return [str(node.tag) for node in self.nodes()]

    def nodes(self) -> Iterator[html.HtmlElement]:
        """Every element in document order."""
        return self.root.iter("*")

    @cached_property
    def words(self) -> str:
        """What the page says to people, with one space between words; the list of its parts is left out."""
        told = self.root.xpath("//body/*[not(self::script)]//text()[not(ancestor::nav)]")
        return " ".join(" ".join(told).split())

    @cached_property
    def tables(self) -> dict[str, list[list[str]]]:
        """The rows of each table by its caption, its head first; in a cell with one space between words."""
        return {
            " ".join(table.findtext("caption").split()): [
                [" ".join(cell.text_content().split()) for cell in row] for row in table.iter("tr")
            ]
            for table in self.root.iter("table")
        }

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Level and words of each heading."""
        return [
            (int(node.tag[1]), " ".join(node.text_content().split()))
            for node in self.nodes()
            if re.fullmatch(r"h[1-6]", str(node.tag))
        ]

    def faults(self) -> list[str]:
        """What breaks the page's promises: acts by itself, asks for something, or points to nothing."""
        return [*self._acting(), *self._pointing(), *self._unnamed()]

    def _acting(self) -> Iterator[str]:
        policy = self.root.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
        inside = [self.root.xpath(f"//{tag}") for tag in ("style", "script")]
        digests = {
            b64encode(hashlib.sha256(str(node.text).encode()).digest()).decode() for found in inside for node in found
        }
        if set(re.findall(r"'sha256-([^']+)'", policy)) != digests or [len(found) for found in inside] != [1, 1]:
            yield "the policy lets in something else than the one style and the one script"
        if not policy.startswith("default-src 'none';") or "unsafe" in policy:
            yield f"the policy is {policy}"
        for node in self.nodes():
            for name, value in node.attrib.items():
                if name == "style" or name.startswith("on"):
                    yield f"<{node.tag} {name}={value[:40]!r}>"
                if (name in {"href", "src", "action", "data", "xlink:href"}) and not value.startswith("#"):
                    yield f"<{node.tag} {name}={value[:40]!r}>"
            if node.tag in ACTIVE - {"a"}:
                yield f"<{node.tag}>"
        if re.search(r"url\(|@import", str(inside[0][0].text)):
            yield "the style asks for something"

    def _pointing(self) -> Iterator[str]:
        ids = [str(node.get("id")) for node in self.nodes() if node.get("id")]
        yield from (f"two things have the id {one}" for one in {one for one in ids if ids.count(one) > 1})
        for node in self.nodes():
            named = [*(node.get("aria-labelledby") or "").split(), *(node.get("aria-describedby") or "").split()]
            link = node.get("href") or ""
            yield from (f"{one} is nowhere" for one in [*named, *([link[1:]] if link else [])] if one not in ids)

    def _unnamed(self) -> Iterator[str]:
        if not self.root.get("lang"):
            yield "no language"
        levels = [level for level, _ in self.headings]
        if levels[:1] != [1] or any(after > before + 1 for before, after in pairwise(levels)):
            yield f"headings go {levels}"
        for table in self.root.iter("table"):
            region = table.getparent()
            if region.get("role") != "region" or region.get("tabindex") != "0":
                yield "a table has no region of its own"
            if [cell for cell in table.iter("th") if cell.get("scope") not in {"col", "row", "rowgroup"}]:
                yield "a head has no scope"
            if not all(
                len(row) == len(table.find("thead/tr")) or row.get("class") == "part" for row in table.iter("tr")
            ):
                yield "a row has too few or too many cells"
