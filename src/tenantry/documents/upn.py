"""User principal names: ASCII, compared without case."""

import re
import unicodedata

UPN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,253}\Z"
)
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def refusal(upn: str) -> str | None:
    """Why this can't be a UPN, with the code point of a character that only looks right; None if it can."""
    strange = next((character for character in upn if not character.isascii()), None)
    if strange is not None:
        name = unicodedata.name(strange, "unnamed")
        return f"The UPN holds the character U+{ord(strange):04X} ({name}); a UPN is ASCII."
    if not UPN.match(upn):
        return "This is not a UPN; one looks like ada@contoso.example."
    return None
