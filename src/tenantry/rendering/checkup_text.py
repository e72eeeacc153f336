"""A checkup for a terminal: one line a check, and how many were not well."""

from collections.abc import Mapping, Sequence

from tenantry.model.checkup import Check, Health
from tenantry.model.words import counted
from tenantry.rendering.columns import wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.layout import Layout
from tenantry.rendering.terminal import Line, page

_MARKS: Mapping[Health, tuple[str, str]] = {"well": ("✔", ""), "doubtful": ("!", "warning"), "wrong": ("✖", "error")}


def checkup_text(checks: Sequence[Check], layout: Layout) -> str:
    """Each check with its sign, and a hint where it isn't well; the last line counts."""
    lines = []
    for check in checks:
        mark, style = _MARKS[check.health]
        head = plain(f"{mark} {check.what}: {check.how}")
        lines += [Line(text, style) for text in wrap(head, layout.width, rest="    ")]
        if check.hint:
            hint = wrap(plain(f"hint: {check.hint}"), layout.width, first="    ", rest="      ")
            lines += [Line(text, "dim") for text in hint]
    wrong, doubtful = (sum(check.health == health for check in checks) for health in ("wrong", "doubtful"))
    told = [counted(wrong, "check") + " failed"] if wrong else ["nothing is wrong"]
    told += [counted(doubtful, "warning")] if doubtful else []
    lines += [Line(""), Line(", ".join(told), "error" if wrong else "head")]
    return page(lines, color=layout.color)
