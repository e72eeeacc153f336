"""The fixtures that all threats share."""

from pathlib import Path

import pytest
from tests.threats.threatened import Workspace


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    return Workspace(tmp_path, capsys)
