"""From a case to findings and a verdict: rules are asked, severities moved, waivers applied, everything sorted."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from tenantry.model.plan import SEVERITIES, Finding, Verdict
from tenantry.model.policy import Policy, Waiver
from tenantry.model.rule import Rule
from tenantry.model.state import CurrentState, holder_key
from tenantry.planning.case import Case
from tenantry.planning.rules.rows import OF_FACTS, Judge
from tenantry.planning.rules.table import judges, rules

TERMS = "terms-changed"
FIRST = ("ledger-missing", TERMS)
"""Rules whose findings stand before all others."""


def judge(case: Case) -> tuple[tuple[Finding, ...], Verdict]:
    """Every finding about a case, sorted, and the verdict that follows."""
    known = rules(case.catalog)
    found = [(finding, movable) for ask, movable in judges(case.catalog) for finding in ask(case)]
    moved = _adjusted(found, _as_remembered(case.policy, case.current), known)
    waived = _waived(moved, case.policy.waivers, known, case.today)
    findings = tuple(replace(finding, tenant=case.tenant.id) for finding in in_order(waived))
    if any(finding.rejects for finding in findings):
        return findings, "rejected"
    return findings, "ready" if case.changes or case.difference.updates else "no_changes"


def asked_of(case: Case, wanted: Collection[Judge]) -> tuple[Finding, ...]:
    """What some judges find about a case, sorted, with the severities of the workspace. No waiver is asked."""
    asked = (row for row in judges(case.catalog) if row[0] in wanted)
    found = [(finding, movable) for ask, movable in asked for finding in ask(case)]
    moved = _adjusted(found, case.policy, rules(case.catalog))
    return tuple(in_order(replace(finding, tenant=case.tenant.id) for finding, _ in moved))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings as every format shows them: what is known of the past, then by severity, rule, holder, license."""
    return sorted(
        findings,
        key=lambda finding: (
            FIRST.index(finding.rule) if finding.rule in FIRST else len(FIRST),
            SEVERITIES.index(finding.severity),
            finding.rule,
            finding.holder or "",
            finding.license or "",
            finding.message,
        ),
    )


def _adjusted(
    found: Iterable[tuple[Finding, bool]], policy: Policy, known: Mapping[str, Rule]
) -> list[tuple[Finding, bool]]:
    """Move what the workspace moves (of a rule with an error and a warning only the warning).

    With each finding goes whether a waiver may let it pass: an error that was raised may be waived, one that was born
    may only where the rule says so.
    """
    result: list[tuple[Finding, bool]] = []
    for finding, movable in found:
        rule = known[finding.rule]
        severity = policy.severities.get(finding.rule)
        if severity is None or finding.severity == "error" or not (rule.adjustable and movable):
            result.append((finding, rule.waivable))
        elif severity != "off":
            result.append((replace(finding, severity=severity), True))
    return result


def _as_remembered(policy: Policy, current: CurrentState) -> Policy:
    """Whether moved terms are told is decided by the terms of the last apply, not by those that have just moved."""
    if current.terms is None:
        return policy
    severities = {rule: severity for rule, severity in policy.severities.items() if rule != TERMS}
    remembered = current.terms.get("rules", {})
    if TERMS in remembered:
        severities[TERMS] = remembered[TERMS]
    return replace(policy, severities=severities)


def waivable(rule: Rule, policy: Policy) -> bool:
    """Whether an error of the rule can be waived: by its nature, or because the workspace raised it to an error."""
    return rule.waivable or (rule.adjustable and policy.severities.get(rule.id) == "error")


def _waived(
    found: Iterable[tuple[Finding, bool]], waivers: tuple[Waiver, ...], known: Mapping[str, Rule], day: datetime.date
) -> list[Finding]:
    """Lay the reason of the most exact waiver into each error, and tell of waivers that are over or not needed."""
    result: list[Finding] = []
    valid = [waiver for waiver in waivers if waiver.until is None or waiver.until >= day]
    needed: set[Waiver] = set()
    for finding, permitted in found:
        if finding.severity != "error" or not permitted:
            result.append(finding)
            continue
        fitting = [waiver for waiver in valid if _fits(waiver, finding)]
        needed.update(fitting)
        allow = f"{finding.hint} To let it pass: --allow {finding.rule} --reason TEXT."
        reason = min(fitting, key=_exactness).reason if fitting else None
        result.append(replace(finding, waived=reason) if fitting else replace(finding, hint=allow))
    for waiver in waivers:
        if waiver not in valid:
            result.append(
                _told(waiver, "waiver-expired", f"The waiver of {waiver.rule} ended on {waiver.until}.", known)
            )
        elif waiver not in needed and waiver.rule not in OF_FACTS:
            result.append(_told(waiver, "waiver-unneeded", f"Nothing needs the waiver of {waiver.rule}.", known))
    return result


def _exactness(waiver: Waiver) -> tuple[bool, bool, str]:
    """What names a holder and a license goes first; then by the reason, not by where it stands in the file."""
    return (waiver.holder is None, waiver.license is None, waiver.reason)


def _fits(waiver: Waiver, finding: Finding) -> bool:
    holder_fits = waiver.holder is None or (
        finding.holder is not None and holder_key(waiver.holder) == holder_key(finding.holder)
    )
    return waiver.rule == finding.rule and holder_fits and waiver.license in (None, finding.license)


def _told(waiver: Waiver, rule: str, message: str, known: Mapping[str, Rule]) -> Finding:
    return Finding(
        rule=rule,
        severity="info",
        message=message,
        hint=known[rule].mend,
        holder=waiver.holder,
        license=waiver.license,
        file=waiver.file,
        line=waiver.line,
    )
