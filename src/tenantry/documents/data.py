"""The data files that belong to tenantry itself: schemas and catalogs, and the sample workspace.

A wheel carries them in `tenantry/schemas` and `tenantry/sample`; an editable install has them only where they are kept,
in the checkout.
"""

from typing import Any

import tenantry
from tenantry.errors import OperatorError

SAMPLE = ("tenantry.yaml", "tenants/contoso.yaml", "tenants/rosters/zurich.csv", "snapshots/contoso.json")
"""The files of the sample workspace."""


def packaged(name: str) -> bytes:
    """The content of a schema or catalog; OperatorError where the installation lacks it."""
    return _content(name, "schemas", "../../schemas")


def sampled(name: str) -> bytes:
    """The content of a file of the sample workspace; OperatorError where the installation lacks it."""
    return _content(name, "sample", "../..")


def _content(name: str, *folders: str) -> bytes:
    # the loader itself: importlib.resources costs every command 20 ms for its imports
    loader: Any = tenantry.__spec__.loader
    for folder in folders:
        try:
            content: bytes = loader.get_data(f"{tenantry.__path__[0]}/{folder}/{name}")
        except OSError:
            continue
        return content
    raise OperatorError(f"This installation of tenantry lacks its data file {name}.", "Install tenantry anew.")
