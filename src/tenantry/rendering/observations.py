"""What an observation recorded, and what is to be said about it."""

from collections.abc import Iterator, Sequence

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding
from tenantry.model.run import Outcome
from tenantry.rendering import view
from tenantry.rendering.findings_text import finding_lines, problem_lines
from tenantry.rendering.layout import Layout
from tenantry.rendering.results import ending, moved
from tenantry.rendering.terminal import Line, page


def observations_text(outcomes: Sequence[Outcome], _catalog: Catalog, layout: Layout) -> str:
    """What is wrong with the files, what was noted, where ledger and vendor disagree, and how it came out."""
    return page((line for outcome in outcomes for line in _lines(outcome, layout)), color=layout.color)


def _lines(outcome: Outcome, layout: Layout) -> Iterator[Line]:
    yield from problem_lines((item for item in outcome.findings if _is_problem(item)), layout)
    yield from moved(outcome, layout)
    groups = view.sorted_findings(item for item in outcome.findings if not _is_problem(item))
    found = (*groups.leading, *groups.errors, *groups.waived, *groups.warnings, *groups.infos)
    yield from finding_lines(found, layout)
    yield from ending(outcome, layout)


def _is_problem(finding: Finding) -> bool:
    """Whether a finding is about a place in a file, where other tools look for it."""
    return finding.file is not None
