"""The one browser of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from looking import CHROMIUM, REQUIRED, Eyes, browsing
from rendered import write_pages

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the browser come last: its driver keeps an event loop in the main thread, which concerns nobody else."""
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with every page of `rendered`."""
    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder)
    return folder


@pytest.fixture(scope="session")
def eyes() -> Iterator[Eyes]:
    """Opens files in the browser; where there is none, tests are skipped, unless TESTS_BROWSER=required."""
    if not CHROMIUM:
        pytest.fail("no chromium here") if REQUIRED else pytest.skip("no chromium here")
    with browsing() as opened:
        yield opened
