"""The one browser of the run."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "rendering"))  # the samples of what is rendered


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the browser come last: its driver keeps an event loop in the main thread, which concerns nobody else."""
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session")
def eyes() -> Iterator[object]:
    """Opens files in the browser; where there is none, tests are skipped, unless TENANTRY_TESTS_BROWSER=required."""
    import looking  # noqa: PLC0415 - only who looks needs the browser's driver
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    if looking.LACKING:
        told = f"no {' and no '.join(looking.LACKING)} here"
        pytest.fail(told) if looking.REQUIRED else pytest.skip(told)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=looking.CHROMIUM, args=list(looking.QUIETLY))
        yield looking.Eyes(browser)
        browser.close()
