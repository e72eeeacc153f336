"""The data files that belong to tenantry itself: schemas and catalogs.

A wheel carries them in `tenantry/schemas`; an editable install has them only where they are kept, in the checkout.
"""

from typing import Any

import tenantry
from tenantry.errors import OperatorError

_FOLDERS = ("schemas", "../../schemas")


def packaged(name: str) -> bytes:
    """The content of a data file; OperatorError where the installation lacks it."""
    # the loader itself: importlib.resources costs every command 20 ms for its imports
    loader: Any = tenantry.__spec__.loader
    for folder in _FOLDERS:
        try:
            content: bytes = loader.get_data(f"{tenantry.__path__[0]}/{folder}/{name}")
        except OSError:
            continue
        return content
    raise OperatorError(f"This installation of tenantry lacks its data file {name}.", "Install tenantry anew.")
