"""A page as a browser shows it, and what can be wrong with it that only a browser sees.

Whatever a page says, asks for or breaks is a complaint: an error on the console, a request to anywhere, a breach of its
own Content Security Policy. Debian's Chromium is driven; nothing is ever downloaded.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIETLY = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)
AXE = Path(__file__).parent / "node_modules/axe-core/axe.min.js"
REQUIRED = os.environ.get("TESTS_BROWSER") == "required"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (360, 768, 1280, 1920)

_AXE = "async tags => (await axe.run({runOnly: tags, resultTypes: ['violations']})).violations"
_BRIGHTNESS = """() => {
  const [body, root] = [document.body, document.documentElement].map(node => getComputedStyle(node).backgroundColor);
  const color = [body, root].find(one => !/rgba\\(.*, 0\\)/.test(one)) ?? 'rgb(255, 255, 255)';
  return color.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + part / 765, 0);
}"""
_LABELS = """svgs => svgs.flatMap(svg => {
  const outer = svg.getBoundingClientRect();
  if (!outer.width) return [];
  const name = svg.querySelector('title')?.textContent ?? 'a chart without a title';
  const labels = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim())
    .map(text => ({says: text.textContent.trim(), box: text.getBoundingClientRect()}));
  const out = labels.filter(({box}) => box.left < outer.left - 1.5 || box.right > outer.right + 1.5
    || box.top < outer.top - 1.5 || box.bottom > outer.bottom + 1.5)
    .map(({says}) => `${name}: "${says}" leaves the chart`);
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  const over = labels.flatMap((one, at) => labels.slice(at + 1).filter(two => meet(one.box, two.box))
    .map(two => `${name}: "${one.says}" lies on "${two.says}"`));
  return [...out, ...over];
})"""
_WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const scrolls = node => node
    && (/auto|scroll|hidden/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  return [...document.body.querySelectorAll('*')]
    .filter(node => node.getBoundingClientRect().right > room + 1 && !scrolls(node.parentElement))
    .map(node => `<${node.tagName.toLowerCase()} class="${node.getAttribute('class') ?? ''}"> ends at `
      + `${Math.round(node.getBoundingClientRect().right)} of ${room}: ${node.textContent.trim().slice(0, 40)}`);
}"""


@dataclass
class Opened:
    """A page in a window of its own, and its complaints so far."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def find(self, selector: str) -> Locator:
        """What the page has of this kind."""
        return self.page.locator(selector)

    def unfold(self) -> None:
        """Open everything that is folded."""
        self.find("details").evaluate_all("all => all.forEach(one => one.open = true)")

    def violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA and good practice, with the first place of each."""
        if not AXE.exists():
            pytest.skip("no axe-core here: make browser brings it, where npm finds its registry")
        self.page.evaluate(AXE.read_text("utf-8"))
        return [_violation(item) for item in self.page.evaluate(_AXE, RULES)]

    def brightness(self) -> float:
        """How bright the page's ground is, from 0 to 1."""
        told: float = self.page.evaluate(_BRIGHTNESS)
        return told

    def clashing_labels(self) -> list[str]:
        """Labels of charts that leave their chart or lie on one another."""
        told: list[str] = self.find("svg").evaluate_all(_LABELS)
        return told

    def too_wide(self) -> list[str]:
        """What makes the page itself scroll sideways."""
        told: list[str] = self.page.evaluate(_WIDER)
        return told


class Eyes:
    """Opens files in the one browser of the run."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @contextmanager
    def on(self, file: Path, *, width: int = 1280, height: int = 900, **look: Any) -> Iterator[Opened]:
        """A file in a window of this size; `look` is color_scheme, reduced_motion, java_script_enabled and the like."""
        context = self._browser.new_context(viewport={"width": width, "height": height}, offline=True, **look)
        context.set_default_timeout(5_000)
        opened = Opened(context.new_page())
        home = file.resolve().as_uri()

        def asked(request: Request) -> None:
            if request.url.partition("#")[0] != home:
                opened.complaints.append(f"asks for {request.url[:80]}")

        opened.page.on("request", asked)
        opened.page.on("pageerror", lambda error: opened.complaints.append(f"script: {error}"))
        opened.page.on("console", lambda said: opened.complaints.append(f"console {said.type}: {said.text}"))
        opened.page.goto(home)
        try:
            yield opened
        finally:
            context.close()


@contextmanager
def browsing() -> Iterator[Eyes]:
    """The browser, for as long as it is needed."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIETLY))
        yield Eyes(browser)
        browser.close()


def _violation(item: dict[str, Any]) -> str:
    first = item["nodes"][0]
    return f"{item['id']} at {len(item['nodes'])} places: {first['html'][:120]}: {first['failureSummary'][:300]}"
