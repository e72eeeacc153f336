"""Problems and findings for a terminal: where, which rule, a sentence, and what to do about it."""

from collections.abc import Iterable, Iterator

from tenantry.model.plan import Finding
from tenantry.rendering.columns import wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.layout import Layout
from tenantry.rendering.terminal import Line
from tenantry.rendering.view import Told, told


def problem_lines(problems: Iterable[Finding], layout: Layout) -> Iterator[Line]:
    """Each problem as `file:line:column: rule: sentence`; on one line where other tools may look for the place."""
    for problem in problems:
        row = told(problem, with_tenant=False)
        head = f"{row.place or problem.tenant or 'workspace'}: {row.rule}: {row.message}"
        yield from (Line(text, row.style) for text in _searched(plain(head), layout, ""))
        yield from _hint(row, layout.width, "  ")


def finding_lines(findings: Iterable[Finding], layout: Layout, indent: str = "  ") -> Iterator[Line]:
    """Each finding with its severity as a word, its place if it has one, and its hint."""
    for finding in findings:
        yield from _finding(told(finding, with_tenant=False), layout, indent)


def _finding(row: Told, layout: Layout, indent: str) -> Iterator[Line]:
    width = layout.width
    place = f"{row.place}: " if row.place else ""
    head = plain(f"{row.severity} {place}{row.rule}: {row.message}")
    is_term = row.rule == "terms-changed"
    lines = _searched(head, layout, indent) if is_term else wrap(head, width, first=indent, rest=f"{indent}    ")
    yield from (Line(text, row.style) for text in lines)
    for label, words in (("holders", row.holders), ("waived", row.waived)):
        if words:
            yield from _detail(f"{label}: {words}", width, f"{indent}    ")
    yield from _hint(row, width, f"{indent}    ")


def _searched(text: str, layout: Layout, indent: str) -> Iterable[str]:
    """A sentence that is searched for: whole on its line but on a terminal, which would break it anywhere."""
    if not layout.wraps:
        return [indent + text]
    return wrap(text, layout.width, first=indent, rest=f"{indent}    ")


def _hint(row: Told, width: int, indent: str) -> Iterator[Line]:
    if row.hint:
        yield from _detail(f"hint: {row.hint}", width, indent)


def _detail(text: str, width: int, indent: str) -> Iterator[Line]:
    for line in wrap(plain(text), width, first=indent, rest=f"{indent}  "):
        yield Line(line, "dim")
