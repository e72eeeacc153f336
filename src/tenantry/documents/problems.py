"""The rules that files alone break: one row each, and the one way to make a problem of it."""

from collections.abc import Mapping

from tenantry.model.plan import Finding
from tenantry.model.rule import Rule

_ROWS = (
    # id, why it is there, how to mend it
    ("not-utf8", "A file in another encoding would be read wrongly without a word.", "Save the file as UTF-8."),
)

PROBLEMS: Mapping[str, Rule] = {
    id_: Rule(id=id_, severity="error", why=why, mend=mend, of="problem") for id_, why, mend in _ROWS
}


def problem(rule: str, message: str, *, file: str, line: int = 1, column: int = 1, hint: str = "") -> Finding:
    """A problem of a file at a place (both counted from 1); the hint defaults to what the rule says."""
    row = PROBLEMS[rule]
    return Finding(
        rule=rule, severity="error", message=message, hint=hint or row.mend, file=file, line=line, column=column
    )
