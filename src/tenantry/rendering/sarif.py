"""Problems and findings as SARIF 2.1.0: for code scanning, and for editors that read it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tenantry import __version__
from tenantry.model.catalog import Catalog
from tenantry.model.digest import canonical
from tenantry.model.plan import SEVERITIES, Finding, PlanSet, Severity
from tenantry.model.report import Validation
from tenantry.model.words import counted
from tenantry.rendering.collected import file_of, fingerprints, of_plans, of_validation, weight, worst_first
from tenantry.rendering.escape import clip, visible
from tenantry.rendering.layout import Layout
from tenantry.rendering.logged import json_in_log
from tenantry.rendering.rules_markdown import rule_text
from tenantry.rendering.view import unread
from tenantry.rendering.wording import concerned

_SHOWN = 5_000
"""GitHub takes 25,000 results of a run and keeps this many."""
_BYTES = 9_500_000
"""Of results, before compression: GitHub takes 10 MB after it."""
_TEXT = 1_000
"""GitHub shows this many characters of a text."""
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "recommendation"}


def plan_sarif(plans: PlanSet, _catalog: Catalog, layout: Layout) -> str:
    """Problems and the findings of every plan; the version is that of the tool that made the plans."""
    missing = unread(plans.problems, plans.plans)
    return _log("plan", plans.tool.rpartition(" ")[2], of_plans(plans), layout, missing)


def validation_sarif(validation: Validation, _catalog: Catalog, layout: Layout) -> str:
    """Problems and the findings of every tenant."""
    return _log("validate", __version__, of_validation(validation), layout, {})  # to find problems is its success


def _log(command: str, version: str, told: Sequence[Finding], layout: Layout, missing: Mapping[str, int]) -> str:
    findings = worst_first(told)
    names = fingerprints(findings)
    rules = {rule: at for at, rule in enumerate(sorted({finding.rule for finding in findings}))}
    results, size = [], 0
    for finding, name in zip(findings[:_SHOWN], names, strict=False):
        result = _result(finding, name, rules[finding.rule], layout)
        size += len(canonical(result).encode())
        if size > _BYTES:
            break
        results.append(result)
    first = {finding.rule: finding for finding in reversed(findings)}
    run = {
        "automationDetails": {"id": f"tenantry-{command}/"},  # keeps plan and validate of one commit apart
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not missing,
                "toolExecutionNotifications": [*_missing(missing), *_rest(findings[len(results) :])],
            }
        ],
        "results": results,
        "tool": {
            "driver": {
                "fullName": f"tenantry {visible(version)}",
                "name": "tenantry",
                "rules": [_rule(first[rule], layout) for rule in rules],
                "version": visible(version),
            }
        },
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json_in_log(canonical({"$schema": schema, "runs": [run], "version": "2.1.0"}))


def _missing(tenants: Mapping[str, int]) -> list[dict[str, Any]]:
    """What is said of tenants that have problems in place of a plan."""
    told = (f"{tenant} isn't planned: {counted(count, 'problem')}." for tenant, count in tenants.items())
    return [{"level": "error", "message": {"text": _literal(text)}} for text in told]


def _rest(left_out: Sequence[Finding]) -> list[dict[str, Any]]:
    """What is said of findings that are not shown."""
    if not left_out:
        return []
    count = Counter(weight(finding) for finding in left_out)
    words = {"error": "error", "warning": "warning", "info": "notice"}
    told = ", ".join(counted(count[severity], words[severity]) for severity in SEVERITIES if count[severity])
    text = f"Not shown here, since there are too many: {told}. The JSON of the same command has all of them."
    return [{"level": "warning", "message": {"text": text}}]


def _result(finding: Finding, fingerprint: str, index: int, layout: Layout) -> dict[str, Any]:
    waived = finding.waived
    return {
        "level": _LEVELS[finding.severity],
        "locations": [_location(finding, layout)],
        "message": {"text": _message(finding)},
        "partialFingerprints": {"tenantry/v1": fingerprint},
        "properties": {
            "count": finding.count,
            "holders": [visible(holder) for holder in finding.holders],
            "license": finding.license and visible(finding.license),
            "tenant": finding.tenant and visible(finding.tenant),
        },
        "ruleId": visible(finding.rule),
        "ruleIndex": index,
        # either all results of a run have suppressions, or none
        "suppressions": []
        if waived is None
        else [{"justification": visible(waived), "kind": "external", "status": "accepted"}],
    }


def _location(finding: Finding, layout: Layout) -> dict[str, Any]:
    """The place in a file, since forges refuse a result without one, and what it is about."""
    region = {"startLine": finding.line or 1}
    if finding.line and finding.column:
        region["startColumn"] = finding.column
    physical = {"artifactLocation": _artifact(file_of(finding, layout)), "region": region}
    about = [visible(part) for part in (finding.tenant, finding.holder) if part]
    if not about:
        return {"physicalLocation": physical}
    logical = {"fullyQualifiedName": "/".join(about), "name": about[-1]}
    return {"logicalLocations": [logical], "physicalLocation": physical}


def _artifact(path: str) -> dict[str, str]:
    """A file by its URI: below the root of the sources, or, where a command was given it from elsewhere, by itself."""
    if path.startswith("/"):
        return {"uri": f"file://{quote(path, errors='backslashreplace')}"}
    return {"uri": quote(path, errors="backslashreplace"), "uriBaseId": "%SRCROOT%"}


def _message(finding: Finding) -> str:
    """What is said, of whom, and what is to be done."""
    message = f"{finding.tenant}: {finding.message}" if finding.tenant else finding.message
    holders = concerned(finding)
    details = (message, f"Holders: {holders}" if holders else "", "" if finding.waived is not None else finding.hint)
    return "\n".join(_literal(detail) for detail in details if detail) or visible(finding.rule)


def _literal(text: str) -> str:
    """Plain text as a message of SARIF, in which braces are doubled, and nobody makes a link of brackets."""
    text = visible(clip(text, _TEXT)).replace("{", "{{").replace("}", "}}")
    return text.replace("[", r"\[").replace("]", r"\]") if "](" in text else text


def _rule(finding: Finding, layout: Layout) -> dict[str, Any]:
    """A rule as the rule table tells it; of one that isn't there (a saved plan may be older) what its finding says."""
    words = visible(finding.rule).split("-")
    title = " ".join(words).capitalize()
    known = layout.rules.get(finding.rule)
    severity = known.severity if known else finding.severity
    why = known.why if known else finding.message
    mend = known.mend if known else finding.hint
    lets = "A waiver with a reason lets it pass." if known and known.waivable else ""
    parts = [part for part in (why, mend, lets) if part] or [title]
    texts = [_literal(part) for part in parts]
    return {
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "fullDescription": {"text": texts[0]},
        "help": {
            "markdown": "\n\n".join(rule_text(clip(part, _TEXT)) for part in parts),
            "text": "\n\n".join(texts),
        },
        "id": visible(finding.rule),
        "name": "".join(word.capitalize() for word in words),
        "properties": {"problem.severity": _PROBLEM_LEVELS[severity], "tags": ["licenses"]},
        "shortDescription": {"text": title},
    }
