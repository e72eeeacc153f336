"""The files that tenantry carries with it."""

from pathlib import Path

import pytest

from tenantry.documents.data import SAMPLE, packaged, sampled
from tenantry.documents.schema import KINDS
from tenantry.errors import OperatorError

ROOT = Path(__file__).parents[2]


def test_every_schema_is_carried_as_it_is_kept() -> None:
    for kind in KINDS:
        name = f"{kind}.schema.json"
        assert packaged(name) == (ROOT / "schemas" / name).read_bytes()


def test_every_file_of_the_sample_workspace_is_carried_as_it_is_kept() -> None:
    for name in SAMPLE:
        assert sampled(name) == (ROOT / name).read_bytes()


def test_a_file_that_the_installation_lacks_is_told_to_whoever_installed_it() -> None:
    with pytest.raises(OperatorError, match=r"lacks its data file nowhere\.yaml"):
        packaged("nowhere.yaml")
