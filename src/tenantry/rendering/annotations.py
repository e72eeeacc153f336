"""Problems and findings as the commands by which GitHub and Azure DevOps show them beside the lines they are about."""

from collections.abc import Iterable, Sequence

from tenantry.model.catalog import Catalog
from tenantry.model.plan import SEVERITIES, Finding, PlanSet, Severity
from tenantry.model.report import Validation
from tenantry.model.words import counted
from tenantry.rendering.collected import follows, of_plans, of_validation, weight
from tenantry.rendering.escape import command_data, command_property, plain
from tenantry.rendering.layout import Layout
from tenantry.rendering.logged import agent_text
from tenantry.rendering.view import told

_SHOWN = 10
"""Both forges show this many annotations of a kind for a step, and say nothing of the others."""
_WORDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def plan_annotations(plans: PlanSet, _catalog: Catalog, _layout: Layout) -> str:
    """For GitHub: problems, then the findings of every plan."""
    return _github(of_plans(plans))


def validation_annotations(validation: Validation, _catalog: Catalog, _layout: Layout) -> str:
    """For GitHub: problems, then the findings of every tenant."""
    return _github(of_validation(validation))


def plan_issues(plans: PlanSet, _catalog: Catalog, _layout: Layout) -> str:
    """For Azure DevOps: problems, then the findings of every plan."""
    return _azure(of_plans(plans))


def validation_issues(validation: Validation, _catalog: Catalog, _layout: Layout) -> str:
    """For Azure DevOps: problems, then the findings of every tenant."""
    return _azure(of_validation(validation))


def _github(findings: Iterable[Finding]) -> str:
    shown, tails = _chosen(findings, "info")  # notices have an allowance of their own
    lines = [_command(finding) for finding in shown]
    return _lines([*lines, *(f"::notice title=tenantry::{tail}" for tail in tails)])


def _azure(findings: Iterable[Finding]) -> str:
    """Errors and warnings as issues; what is no more than an information is a line of the log, as there is no third."""
    everything = list(findings)
    notes, more = _chosen((finding for finding in everything if weight(finding) == "info"), None)
    issues, tails = _chosen((finding for finding in everything if weight(finding) != "info"), "warning")
    shown = sorted((*issues, *notes), key=follows)
    lines = [_note(finding) if weight(finding) == "info" else _issue(finding) for finding in shown]
    return _lines([*lines, *(f"##vso[task.logissue type=warning]{agent_text(tail)}" for tail in tails), *more])


def _chosen(findings: Iterable[Finding], carrier: Severity | None) -> tuple[list[Finding], list[str]]:
    """Ten of a kind, the leading before the others, and sentences that count the rest.

    The sentences are told by annotations of the carrier's kind, and take their room among them.
    """
    groups: dict[Severity, list[Finding]] = {severity: [] for severity in SEVERITIES}
    for finding in sorted(findings, key=follows):
        groups[weight(finding)].append(finding)
    rooms = dict.fromkeys(SEVERITIES, _SHOWN)
    if carrier is not None:
        rooms[carrier] -= sum(len(groups[kind]) > _SHOWN for kind in SEVERITIES if kind != carrier)
        rooms[carrier] -= len(groups[carrier]) > rooms[carrier]
    shown = [finding for severity in SEVERITIES for finding in groups[severity][: rooms[severity]]]
    tails = [_tail(groups[severity], rooms[severity], _WORDS[severity]) for severity in SEVERITIES]
    return sorted(shown, key=follows), [tail for tail in tails if tail]


def _tail(findings: Sequence[Finding], shown: int, word: str) -> str:
    more = len(findings) - shown
    return f"and {counted(more, 'more ' + word)}; the plan shows all of them" if more > 0 else ""


def _command(finding: Finding) -> str:
    properties = []
    if finding.file is not None:
        places = (("file", finding.file), ("line", finding.line), ("col", finding.column))
        properties = [f"{key}={command_property(plain(str(value)))}" for key, value in places if value is not None]
    properties.append(f"title={command_property(plain(finding.rule))}")
    data = "%0A".join(command_data(detail) for detail in _details(finding))
    return f"::{_WORDS[weight(finding)]} {','.join(properties)}::{data}"


def _issue(finding: Finding) -> str:
    properties: list[tuple[str, str]] = [("type", weight(finding))]
    if finding.file is not None:
        places = (("sourcepath", finding.file), ("linenumber", finding.line), ("columnnumber", finding.column))
        properties += [(key, str(value)) for key, value in places if value is not None]
    properties.append(("code", finding.rule))
    told_by = ";".join(f"{key}={agent_text(plain(value))}" for key, value in properties)
    return f"##vso[task.logissue {told_by}]{'%0A'.join(agent_text(detail) for detail in _details(finding))}"


def _note(finding: Finding) -> str:
    row = told(finding, with_tenant=False)
    place = f"{row.place}: " if row.place else ""
    message, *more = _details(finding)
    return f"{plain(f'{row.severity} {place}{row.rule}:')} {message}{''.join(f' ({detail})' for detail in more)}"


def _details(finding: Finding) -> list[str]:
    """What is said, with the tenant, and what is to be done, or why it passes; each is one printable line."""
    message = f"{finding.tenant}: {finding.message}" if finding.tenant else finding.message
    more = f"waived: {finding.waived}" if finding.waived is not None else finding.hint
    return [plain(detail) for detail in ((message, more) if more else (message,))]


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
