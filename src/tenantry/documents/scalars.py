"""What plain scalars of YAML mean here: whole numbers, true, false and text; whatever is ambiguous is refused."""

import re
from typing import NamedTuple

from tenantry.documents.text import shown

MAX_DIGITS = 18

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_NOT_A_NUMBER = re.compile(r"[-+]?\.?(?:inf|infinity|nan)", re.IGNORECASE)
_NUMBER_LIKE = re.compile(
    r"""
    [-+]? (?:
        0x [0-9a-f_]+ | 0o [0-7_]+ | 0b [01_]+         # other bases
      | [0-9][0-9_]* (?: :[0-9_]+ )+ (?: \.[0-9_]* )?  # base 60: 22:22, 1:30:00.5
      | [0-9][0-9_]* (?: \.[0-9_]* )? (?: e[-+]?[0-9]+ )?
      | \.[0-9][0-9_]* (?: e[-+]?[0-9]+ )?
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SPECIAL = re.compile(
    # everything that is not simply text, in one expression, since each plain scalar of a document passes it
    r"[-+.]*[0-9].*|[-+]?\.?(?:inf|infinity|nan)|y|n|yes|no|on|off|true|false|null|~|=|<<|",
    re.IGNORECASE | re.DOTALL,
)
is_special = _SPECIAL.fullmatch
"""Quick and generous: a match says that `meaning` has to look; no match says that the plain scalar is text."""


class Fault(NamedTuple):
    """Why a plain scalar is refused: the rule that it breaks, and the sentence."""

    rule: str
    message: str


def meaning(text: str) -> str | int | bool | Fault:
    """The value of a plain scalar, or why it has none."""
    if is_special(text) is None:
        return text
    if text in ("true", "false"):
        return text == "true"
    if _INTEGER.fullmatch(text) and len(text.lstrip("-")) <= MAX_DIGITS:
        return int(text)
    return _fault(text) or text


def _fault(text: str) -> Fault | None:
    written = shown(text)
    if text in _NULL:
        return Fault("null-value", f"{text} is null." if text else "Here a value is missing.")
    if _INTEGER.fullmatch(text):
        return Fault("integer-too-long", f"The number has {len(text.lstrip('-'))} digits, more than {MAX_DIGITS}.")
    if _NOT_A_NUMBER.fullmatch(text):
        return Fault("not-a-number", f"{written} is no number that counts something.")
    if text[0] not in "+-.0123456789" or _NUMBER_LIKE.fullmatch(text):
        return Fault(
            "ambiguous-scalar", f'{written} is read in more than one way: quote it ("{written}") if it is text.'
        )
    return None
