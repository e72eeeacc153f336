"""The counters of the portal's license page as CSV: of each license how many were bought and how many are used."""

from typing import Literal

from tenantry.documents.exports import Export
from tenantry.documents.naming import names
from tenantry.documents.telling import nearest
from tenantry.documents.text import shown
from tenantry.model.catalog import Catalog
from tenantry.model.observation import Counted
from tenantry.model.plan import Finding, Units

LICENSE, TOTAL, USED = COLUMNS = ("License", "Total", "Used")
UNLIMITED: Literal["unlimited"] = "unlimited"
MOST = 10**9


def read_counters(file: str, content: bytes, catalog: Catalog) -> tuple[tuple[Counted, ...], list[Finding]]:
    """What is counted of each license that the file names, in its order, and the file's problems."""
    export = Export(file, content, COLUMNS)
    found: dict[str, tuple[Counted, int]] = {}
    named = names(catalog.licenses)
    for name, total, used in export.rows():
        license_id = named.get(name.lower())
        bought, count = units(total), _whole(used)
        if license_id is None:
            hint = nearest(name, (item.label for item in catalog.licenses.values()), "Licenses")
            export.tell(LICENSE, "unknown-license", f'There is no license "{shown(name)}".', hint)
        elif license_id in found:
            line = found[license_id][1]
            export.tell(LICENSE, "listed-twice", f"{shown(name)} stands in line {line} already.")
        if bought is None:
            message = f'"{shown(total)}" is no whole number up to {MOST}, nor {UNLIMITED}.'
            export.tell(
                TOTAL, "bad-count", message, f"Write a whole number in digits alone, 1200 for example, or {UNLIMITED}."
            )
        if count is None:
            export.tell(USED, "bad-count", f'"{shown(used)}" is no whole number up to {MOST}.')
        if license_id is not None and bought is not None and count is not None:
            found.setdefault(license_id, (Counted(license_id, bought, count), export.line))
    return tuple(counted for counted, _ in found.values()), export.problems


def units(text: str) -> Units | None:
    """How many were bought, as people write it, or None where it is no such number."""
    return UNLIMITED if text.lower() == UNLIMITED else _whole(text)


def _whole(text: str) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and int(text) <= MOST
    return int(text) if fits else None
