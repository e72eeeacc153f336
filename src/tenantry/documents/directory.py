"""The people of a directory (Microsoft Entra ID) as CSV: who is there, under which object id, and who can sign in."""

from tenantry.documents.exports import Export
from tenantry.documents.forms import form
from tenantry.documents.text import shown
from tenantry.model.observation import Listing
from tenantry.model.plan import Finding
from tenantry.model.state import Account

UPN, ID, ENABLED = COLUMNS = ("userPrincipalName", "id", "accountEnabled")
_SAID = {"": None, "true": True, "false": False}


def read_directory(file: str, content: bytes) -> tuple[Listing, list[Finding]]:
    """The accounts of an export, and its problems.

    A UPN that isn't ASCII belongs to a guest or a foreign account, to whom nothing can be assigned: it is skipped.
    """
    export = Export(file, content, COLUMNS)
    upn_form, id_form = form("upn"), form("object_id")
    accounts: dict[str, Account] = {}
    lines: dict[str, int] = {}
    skipped = 0
    for upn, object_id, enabled in export.rows():
        if not upn.isascii():
            skipped += 1
            continue
        fits = upn_form.fits(upn)
        if not fits:
            export.tell(UPN, "bad-format", *upn_form.objection(upn))
        folded, pinned = upn.lower(), object_id.lower()
        if fits and folded in lines:
            export.tell(UPN, "holder-twice", f"{shown(upn)} stands in line {lines[folded]} already.")
        if pinned and not id_form.fits(object_id):
            export.tell(ID, "bad-format", *id_form.objection(object_id))
        elif pinned in lines:
            export.tell(ID, "identity-conflict", f"{shown(object_id)} stands in line {lines[pinned]} already.")
        if enabled.lower() not in _SAID:
            hint = "Write true or false, or leave the cell empty."
            export.tell(ENABLED, "wrong-value", f'"{shown(enabled)}" is neither true nor false.', hint)
        lines.setdefault(folded, export.line)
        if pinned:
            lines.setdefault(pinned, export.line)
        accounts[folded] = Account(upn=upn, object_id=pinned or None, enabled=_SAID.get(enabled.lower()))
    return Listing(accounts, skipped), export.problems
