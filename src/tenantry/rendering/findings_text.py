"""Problems and findings for a terminal: where, which rule, a sentence, and what to do about it."""

from collections.abc import Iterable, Iterator

from tenantry.model.plan import Finding
from tenantry.rendering.columns import wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.terminal import Line
from tenantry.rendering.view import Told, told


def problem_lines(problems: Iterable[Finding], width: int) -> Iterator[Line]:
    """Each problem as `file:line:column: rule: sentence` on one line, so that other tools find the place."""
    for problem in problems:
        row = told(problem, with_tenant=False)
        head = f"{row.place or problem.tenant or 'workspace'}: {row.rule}: {row.message}"
        yield Line(plain(head), row.style)
        yield from _hint(row, width, "  ")


def finding_lines(findings: Iterable[Finding], width: int, indent: str = "  ") -> Iterator[Line]:
    """Each finding with its severity as a word, its place if it has one, and its hint."""
    for finding in findings:
        yield from _finding(told(finding, with_tenant=False), width, indent)


def _finding(row: Told, width: int, indent: str) -> Iterator[Line]:
    place = f"{row.place}: " if row.place else ""
    head = plain(f"{row.severity} {place}{row.rule}: {row.message}")
    # a term that moved stays whole on its line, so that it can be searched for
    lines = [indent + head] if row.rule == "terms-changed" else wrap(head, width, first=indent, rest=f"{indent}    ")
    yield from (Line(text, row.style) for text in lines)
    for label, words in (("holders", row.holders), ("waived", row.waived)):
        if words:
            yield from _detail(f"{label}: {words}", width, f"{indent}    ")
    yield from _hint(row, width, f"{indent}    ")


def _hint(row: Told, width: int, indent: str) -> Iterator[Line]:
    if row.hint:
        yield from _detail(f"hint: {row.hint}", width, indent)


def _detail(text: str, width: int, indent: str) -> Iterator[Line]:
    for line in wrap(plain(text), width, first=indent, rest=f"{indent}  "):
        yield Line(line, "dim")
