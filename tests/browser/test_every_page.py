"""What holds for every page: readable by everybody, on any screen, on paper, without script, and alone in the world."""

from pathlib import Path

import pytest
from looking import WIDTHS, Eyes
from rendered import PAGES

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("name", PAGES)]


def test_a_page_asks_for_nothing_and_breaks_nothing(eyes: Eyes, pages: Path, name: str) -> None:
    with eyes.on(pages / f"{name}.html") as seen:
        for box in seen.find("input:visible").all():
            box.fill("<a")
        for button in seen.find("th button:visible").all()[:12]:
            button.click()
        assert not seen.complaints


def test_a_page_is_readable_by_everybody(eyes: Eyes, pages: Path, name: str) -> None:
    with eyes.on(pages / f"{name}.html") as seen:
        seen.unfold()
        assert not seen.violations()
        if name in {"holders", "hostile"}:
            return  # what is said of a hundred rows in the dark is said of thousands
        seen.page.emulate_media(color_scheme="dark")
        assert not seen.violations(), "in the dark"
        seen.page.set_viewport_size({"width": 360, "height": 780})
        assert not seen.violations(), "on a narrow screen"


def test_the_dark_page_is_dark_and_the_light_one_light(eyes: Eyes, pages: Path, name: str) -> None:
    with eyes.on(pages / f"{name}.html") as seen:
        light = seen.brightness()
        seen.page.emulate_media(color_scheme="dark")
        assert light > 0.9
        assert seen.brightness() < 0.2


def test_a_page_fits_any_screen_and_its_charts_their_labels(eyes: Eyes, pages: Path, name: str) -> None:
    with eyes.on(pages / f"{name}.html") as seen:
        seen.unfold()
        for width in WIDTHS:
            seen.page.set_viewport_size({"width": width, "height": 900})
            assert not seen.too_wide(), width
            assert not seen.clashing_labels(), width


def test_a_page_without_script_has_every_row_and_nothing_that_does_not_work(eyes: Eyes, pages: Path, name: str) -> None:
    with eyes.on(pages / f"{name}.html") as seen:
        rows = seen.find("tbody tr").count()
    with eyes.on(pages / f"{name}.html", java_script_enabled=False) as seen:
        seen.unfold()
        assert seen.find("tbody tr").count() == seen.find("tbody tr:visible").count() == rows
        assert seen.find("input:visible, button:visible, select:visible").count() == 0


def test_on_paper_stands_all_that_was_folded_and_nothing_to_press(eyes: Eyes, pages: Path, name: str) -> None:
    with eyes.on(pages / f"{name}.html") as seen:
        words = seen.find("main").inner_text().split()
        seen.page.emulate_media(media="print", color_scheme="dark")
        assert seen.brightness() == 1
        assert seen.find("input:visible, select:visible").count() == 0
        assert seen.find("tbody tr:visible").count() == seen.find("tbody tr").count()
        assert len(seen.find("main").inner_text().split()) >= len(words) * 0.9
        assert seen.page.pdf().startswith(b"%PDF")
