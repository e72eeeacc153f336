"""Writes docs/pictures: the HTML report of the sample workspace after a year of use, and a plan in a pull request.

Today is fixed, so that a picture changes only where what it shows does.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from looking import Eyes, browsing
from markdown_it import MarkdownIt
from sample_year import ROOT, TODAY, call, live_through_it

from tenantry.cli.demo import NEWCOMERS, ROSTER

PICTURES = ROOT / "docs/pictures"
COMMENT = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A plan in a pull request</title><style>
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #e6edf3); --dim: light-dark(#59636e, #9198a1);
  --edge: light-dark(#d1d9e0, #3d444d); --head: light-dark(#f6f8fa, #151b23); --page: light-dark(#fff, #0d1117) }
body { margin: 0; padding: 24px; background: var(--page); color: var(--ink);
  font: 14px/1.5 "Liberation Sans", sans-serif }
article { border: 1px solid var(--edge); border-radius: 6px; max-width: 912px; margin: auto }
header { padding: 8px 16px; background: var(--head); border-bottom: 1px solid var(--edge); color: var(--dim);
  border-radius: 6px 6px 0 0 }
header b { color: var(--ink) }
section { padding: 0 16px 8px }
h2 { font-size: 21px; border-bottom: 1px solid var(--edge); padding-bottom: 5px; margin: 16px 0 }
h3 { font-size: 17px; margin: 20px 0 12px }
code { font: 12px "DejaVu Sans Mono", monospace; background: var(--head); border-radius: 6px; padding: 3px 5px }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 12px 0 }
th, td { border: 1px solid var(--edge); padding: 6px 13px }
tbody tr:nth-child(2n) { background: var(--head) }
</style></head><body><article><header><b>ci-bot</b> commented on <b>Three people join in Bern</b></header>
<section>%s</section></article></body></html>"""
"""A quiet page that looks as a forge shows a comment."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, the size of the window in CSS pixels, and how the reader likes it; or a part of the page, whole."""

    page: str
    width: int
    height: int = 900
    scheme: str = "light"
    part: str = ""


TAKEN = {
    "report-fleet": Picture("fleet", 1280, 960),
    "report-tenant": Picture("tenant", 1280, 960),
    "report-tenant-dark": Picture("tenant", 1280, 960, "dark"),
    "report-narrow": Picture("tenant", 360, 780),
    "report-trend": Picture("tenant", 1280, part="[id$=-trends]"),
    "comment": Picture("comment", 960, part="article"),
}


def main(pictures: Path) -> None:
    """Render the pages, open them and take the pictures."""
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browsing() as eyes:
        pages = Path(folder)
        render(pages)
        for name, picture in TAKEN.items():
            take(eyes, picture, pages, pictures / f"{name}.png")


def render(pages: Path) -> None:
    """The reports as they are, and a plan for which three licenses too few were bought as a comment."""
    workspace = live_through_it(pages / "workspace")
    call(workspace, "report", f"--as-of={TODAY}", f"--format=html={pages / 'fleet.html'}")
    call(workspace, "report", "contoso", f"--as-of={TODAY}", f"--format=html={pages / 'tenant.html'}")
    roster = workspace / ROSTER
    roster.write_text("\n".join([roster.read_text("utf-8").rstrip(), *NEWCOMERS, ""]), encoding="utf-8")
    plan = pages / "plan.md"
    now = workspace / "snapshots/contoso.json"  # without a ledger, whose random lineage would stand in the digest
    call(workspace, "plan", f"--current={now}", f"--as-of={TODAY}", f"--format=markdown={plan}", rejected=True)
    forge = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    (pages / "comment.html").write_text(COMMENT % forge.render(plan.read_text("utf-8")), encoding="utf-8")


def take(eyes: Eyes, picture: Picture, pages: Path, target: Path) -> None:
    """What the window shows of a page, or the part of it, as a PNG."""
    file, size = pages / f"{picture.page}.html", {"width": picture.width, "height": picture.height}
    with eyes.on(file, **size, color_scheme=picture.scheme, reduced_motion="reduce") as seen:
        (seen.find(picture.part) if picture.part else seen.page).screenshot(path=target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else PICTURES)
