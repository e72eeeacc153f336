"""What a merge request of GitLab shows from a job's artifacts, without a token: counts of changes, and findings."""

from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.digest import canonical
from tenantry.model.plan import Finding, PlanSet, Severity
from tenantry.model.report import Validation
from tenantry.rendering.collected import file_of, fingerprints, of_plans, of_validation, weight, worst_first
from tenantry.rendering.escape import clip, visible
from tenantry.rendering.layout import Layout
from tenantry.rendering.logged import json_in_log
from tenantry.rendering.view import counts, summed
from tenantry.rendering.wording import concerned

_SEVERITIES: dict[Severity, str] = {"error": "blocker", "warning": "minor", "info": "info"}
"""An error blocks its tenant's plan; a warning blocks nothing."""


def plan_terraform(plans: PlanSet, _catalog: Catalog, _layout: Layout) -> str:
    """The counts of `artifacts: reports: terraform`, over all plans."""
    total = summed(counts(plans).values())
    told = {"create": total["grant"], "delete": total["revoke"], "update": total["replace"] + total["update"]}
    return canonical(told)


def plan_codequality(plans: PlanSet, _catalog: Catalog, layout: Layout) -> str:
    """Problems and the findings of every plan for `artifacts: reports: codequality`."""
    return _issues(of_plans(plans), layout)


def validation_codequality(validation: Validation, _catalog: Catalog, layout: Layout) -> str:
    """Problems and the findings of every tenant for `artifacts: reports: codequality`."""
    return _issues(of_validation(validation), layout)


def _issues(told: tuple[Finding, ...], layout: Layout) -> str:
    findings = worst_first(told)
    issues = [_issue(finding, name, layout) for finding, name in zip(findings, fingerprints(findings), strict=True)]
    return json_in_log(canonical(issues))


def _issue(finding: Finding, fingerprint: str, layout: Layout) -> dict[str, Any]:
    return {
        "check_name": visible(finding.rule),
        "description": _description(finding),
        "fingerprint": fingerprint,
        "location": {"lines": {"begin": finding.line or 1}, "path": visible(file_of(finding, layout))},
        "severity": _SEVERITIES[weight(finding)],
    }


def _description(finding: Finding) -> str:
    """One line: what is said, of whom, and what is to be done or why it passes."""
    message = f"{finding.tenant}: {finding.message}" if finding.tenant else finding.message
    holders = concerned(finding)
    last = f"Waived: {finding.waived}" if finding.waived is not None else finding.hint
    details = (message, f"({holders})" if holders else "", last)
    return " ".join(visible(clip(detail, 1_000)) for detail in details if detail) or visible(finding.rule)
