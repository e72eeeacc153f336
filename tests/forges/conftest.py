"""What holds for all tests of forges: they speak to servers on this machine."""

import pytest


@pytest.fixture(autouse=True)
def _at_home(loopback: None) -> None:
    """Each test here asks for connections to this machine."""
