"""All findings of a command in one list, each with its weight, place and fingerprint: what pipelines ask for."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tenantry.model.digest import digest
from tenantry.model.plan import SEVERITIES, Finding, PlanSet, Severity
from tenantry.model.report import Validation
from tenantry.rendering.escape import visible
from tenantry.rendering.layout import Layout
from tenantry.rendering.view import LEADING, gravity

_NUMBER = re.compile(r"\b\d+\b")
_CONTRACT = "/contract.yaml"


def of_plans(plans: PlanSet) -> tuple[Finding, ...]:
    """Problems, then the findings of every plan."""
    return (*plans.problems, *(finding for plan in plans.plans for finding in plan.findings))


def of_validation(validation: Validation) -> tuple[Finding, ...]:
    """Problems, then the findings of every tenant."""
    return (*validation.problems, *(finding for tenant in validation.tenants for finding in tenant.findings))


def weight(finding: Finding) -> Severity:
    """How much a finding weighs; one that is waived is no more than an information."""
    return "info" if finding.waived is not None else finding.severity


def follows(finding: Finding) -> tuple[bool, int]:
    """A sort key: those that change how the rest is to be read stand first, the gravest of them before the others."""
    leads = finding.rule in LEADING
    return (not leads, gravity(finding) if leads else 0)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """What leads, then errors, warnings and the rest; within each as they were told."""
    return sorted(findings, key=lambda finding: (*follows(finding), SEVERITIES.index(weight(finding))))


def file_of(finding: Finding, layout: Layout) -> str:
    """The file of a finding, relative to the workspace root with /; of one that has none the file of its tenant.

    Forges take no finding without a file. Of a tenant's folder it is the contract's file, or the first one.
    """
    if finding.file is not None:
        return finding.file
    if finding.tenant is None:
        return "tenantry.yaml"
    known = layout.files.get(finding.tenant) or (f"tenants/{finding.tenant}.yaml",)
    return next((path for path in known if path.endswith(_CONTRACT)), known[0])


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """A name in 64 hexadecimal digits for each finding, the same from run to run and no two alike.

    It stands for rule, tenant, file, holder and license, never for a line or a number that moves. Where there is
    neither holder nor license the words of the message tell two of a rule apart, and where nothing does their order.
    """
    seen: Counter[tuple[str | None, ...]] = Counter()
    names = []
    for finding in findings:
        unnamed = finding.holder is None and finding.license is None
        words = _NUMBER.sub("0", finding.message) if unnamed else None
        told = (finding.rule, finding.tenant, finding.file, finding.holder, finding.license, words)
        key = tuple(part and visible(part) for part in told)  # a path may hold what no encoding takes
        names.append(digest([*key, seen[key]]).partition(":")[2])
        seen[key] += 1
    return names
