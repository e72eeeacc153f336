"""A table is sorted and filtered by whoever reads, with a mouse or without."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from looking import Eyes, Opened
from playwright.sync_api import Locator
from rendered import HOLDERS, write_fleet

pytestmark = pytest.mark.slow


@pytest.fixture
def seen(eyes: Eyes, pages: Path) -> Iterator[Opened]:
    with eyes.on(pages / "holders.html") as opened:
        opened.unfold()
        yield opened
        assert not opened.complaints


def holders(seen: Opened) -> Locator:
    """The table of the thousands."""
    return seen.find("table").filter(has_text="person00000@").first


def column(table: Locator, title: str) -> Locator:
    return table.locator("thead th").filter(has_text=title).first


def cells(table: Locator, title: str) -> list[str]:
    """What stands in a column, from top to bottom, of the rows that are shown."""
    at = column(table, title).evaluate("cell => cell.cellIndex")
    told: list[str] = table.locator("tbody tr").evaluate_all(
        "(rows, at) => rows.filter(row => row.offsetParent).map(row => row.cells[at].textContent.trim())", at
    )
    return told


def numbers(texts: list[str]) -> list[int]:
    return [int(re.sub(r"\D", "", text)) for text in texts if re.search(r"\d", text)]


@pytest.mark.parametrize("key", [None, "Enter", "Space"])
def test_a_column_is_sorted_up_and_down_by_mouse_and_by_key(seen: Opened, key: str | None) -> None:
    table = holders(seen)
    head = column(table, "Cost center")
    button = head.locator("button")
    column(table, "Name").locator("button").click()
    for way in ("ascending", "descending"):
        button.press(key) if key else button.click()
        assert head.get_attribute("aria-sort") == way
        found = numbers(cells(table, "Cost center"))
        assert found == sorted(found, reverse=way == "descending")
        assert len(found) == HOLDERS
    assert table.locator("th[aria-sort=ascending], th[aria-sort=descending]").count() == 1


def test_numbers_are_sorted_as_numbers(eyes: Eyes, pages: Path) -> None:
    with eyes.on(pages / "tenant.html") as seen:
        seen.unfold()
        table = seen.find("table").filter(has=seen.find("th").filter(has_text="Holders")).first
        head = column(table, "Holders")
        head.locator("button").click()
        found = numbers(cells(table, "Holders"))
        assert found == sorted(found)
        head.locator("button").click()
        assert numbers(cells(table, "Holders")) == sorted(found, reverse=True)
        assert found != [int(text) for text in sorted(map(str, found))], "the sample tells texts and numbers apart"


def test_a_filter_leaves_the_rows_that_have_the_words_and_says_how_many(seen: Opened) -> None:
    box = seen.find("input[type=search]:visible").last
    status = seen.find("[role=status], [aria-live=polite]").last
    box.fill("person0012")
    assert len(cells(holders(seen), "Cost center")) == 10
    assert re.search(r"\b10\b", status.inner_text())
    box.fill("nobody has this name")
    assert not cells(holders(seen), "Cost center")
    box.fill("")
    assert len(cells(holders(seen), "Cost center")) == HOLDERS


@pytest.mark.usefixtures("pages")
def test_a_thousand_tenants_open_in_the_time_that_ten_times_a_hundred_take(eyes: Eyes, tmp_path: Path) -> None:
    took = []
    for tenants in (100, 1_000):
        file = write_fleet(tmp_path, tenants)
        began = time.perf_counter()
        with eyes.on(file) as seen:
            assert seen.find("body").get_by_text(f"tenant-{tenants - 1:03}").count()
            seen.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            took.append(time.perf_counter() - began)
    assert took[1] < took[0] * 20, f"{took[0]:.2f} s and {took[1]:.2f} s"
