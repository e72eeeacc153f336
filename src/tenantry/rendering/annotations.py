"""Problems and findings as GitHub's workflow commands, shown beside the lines that they are about."""

from collections.abc import Iterable, Sequence

from tenantry.model.catalog import Catalog
from tenantry.model.plan import Finding, PlanSet, Severity
from tenantry.model.report import Validation
from tenantry.model.words import counted
from tenantry.rendering.escape import command_data, command_property, plain
from tenantry.rendering.layout import Layout
from tenantry.rendering.view import LEADING, gravity

_SHOWN = 10
"""GitHub shows this many annotations of a kind for a step, and says nothing of the others."""


def plan_annotations(plans: PlanSet, _catalog: Catalog, _layout: Layout) -> str:
    """Problems, then the findings of every plan."""
    return _annotations((*plans.problems, *(finding for plan in plans.plans for finding in plan.findings)))


def validation_annotations(validation: Validation, _catalog: Catalog, _layout: Layout) -> str:
    """Problems, then the findings of every tenant."""
    return _annotations((*validation.problems, *(item for tenant in validation.tenants for item in tenant.findings)))


def _annotations(findings: Iterable[Finding]) -> str:
    by_severity: dict[Severity, list[Finding]] = {"error": [], "warning": [], "info": []}
    for finding in sorted(findings, key=_follows):
        by_severity["info" if finding.waived is not None else finding.severity].append(finding)
    errors, warnings, infos = by_severity["error"], by_severity["warning"], by_severity["info"]
    tails = [_tail(errors, _SHOWN, "error"), _tail(warnings, _SHOWN, "warning")]
    tails = [tail for tail in tails if tail]
    room = _SHOWN - len(tails)  # what is left out is told by notices, since they have an allowance of their own
    if len(infos) > room:
        room -= 1
        tails.append(_tail(infos, room, "notice"))
    shown = [
        *(("error", finding) for finding in errors[:_SHOWN]),
        *(("warning", finding) for finding in warnings[:_SHOWN]),
        *(("notice", finding) for finding in infos[:room]),
    ]
    shown.sort(key=lambda pair: _follows(pair[1]))
    return "".join(f"{line}\n" for line in (*(_command(kind, finding) for kind, finding in shown), *tails))


def _follows(finding: Finding) -> tuple[bool, int]:
    """Those that change how the rest is to be read stand first, the gravest of them before the others."""
    leads = finding.rule in LEADING
    return (not leads, gravity(finding) if leads else 0)


def _tail(findings: Sequence[Finding], shown: int, word: str) -> str:
    more = len(findings) - shown
    if more <= 0:
        return ""
    return f"::notice title=tenantry::and {counted(more, 'more ' + word)}; the plan shows all of them"


def _command(kind: str, finding: Finding) -> str:
    properties = []
    if finding.file is not None:
        places = (("file", finding.file), ("line", finding.line), ("col", finding.column))
        properties = [f"{key}={_property(str(value))}" for key, value in places if value is not None]
    properties.append(f"title={_property(finding.rule)}")
    message = f"{finding.tenant}: {finding.message}" if finding.tenant else finding.message
    details = [message, f"waived: {finding.waived}" if finding.waived is not None else finding.hint]
    data = "%0A".join(command_data(plain(detail)) for detail in details if detail)
    return f"::{kind} {','.join(properties)}::{data}"


def _property(text: str) -> str:
    return command_property(plain(text))
