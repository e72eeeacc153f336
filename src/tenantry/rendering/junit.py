"""Problems and findings as JUnit XML: a suite for each tenant, in it a case for each rule that was found."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tenantry.model.catalog import Catalog
from tenantry.model.plan import HELD, Finding, PlanSet
from tenantry.model.report import Validation
from tenantry.model.words import counted
from tenantry.rendering.layout import Layout
from tenantry.rendering.logged import xml_text
from tenantry.rendering.view import told

_WORKSPACE = "(workspace)"
"""The suite of problems that belong to no tenant; no tenant can have this name."""
_TOLD = 50
"""Of a rule this many findings are told in full; a roster can have thousands."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A rule of a tenant, with what it found; without anything found the case passes and says so."""

    name: str
    failed: tuple[Finding, ...] = ()
    passed_over: tuple[Finding, ...] = ()
    rest: tuple[Finding, ...] = ()
    held: str = ""

    @property
    def fails(self) -> bool:
        return bool(self.failed) and not self.held

    @property
    def is_skipped(self) -> bool:
        return not self.fails and bool(self.failed or self.passed_over)


def plan_junit(plans: PlanSet, _catalog: Catalog, _layout: Layout) -> str:
    """Every tenant, also where its files can't be read. What is on hold fails nothing, as with exit codes."""
    found = {plan.tenant: plan.findings for plan in plans.plans}
    return _document("plan", plans.problems, found)


def validation_junit(validation: Validation, _catalog: Catalog, _layout: Layout) -> str:
    """Every tenant, also where its files can't be read."""
    found = {judged.tenant: judged.findings for judged in validation.tenants}
    return _document("validate", validation.problems, found)


def _document(command: str, problems: Iterable[Finding], found: Mapping[str, tuple[Finding, ...]]) -> str:
    every: dict[str, list[Finding]] = {}
    for problem in problems:
        every.setdefault(problem.tenant or _WORKSPACE, []).append(problem)
    for name, findings in found.items():
        every.setdefault(name, []).extend(findings)
    suites = {name: list(_cases(every[name], command)) for name in sorted(every)}
    cases = [case for suite in suites.values() for case in suite]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {_attributes(f'tenantry {command}', cases)}>"]
    for name, suite in suites.items():
        skipped = sum(case.is_skipped for case in suite)
        lines.append(f'  <testsuite {_attributes(name, suite)} skipped="{skipped}">')
        lines += [line for case in suite for line in _case(case, name)]
        lines.append("  </testsuite>")
    return "\n".join((*lines, "</testsuites>", ""))


def _attributes(name: str, cases: Sequence[_Case]) -> str:
    failures = sum(case.fails for case in cases)
    return f'name="{xml_text(name)}" tests="{len(cases)}" failures="{failures}" errors="0"'


def _cases(findings: Sequence[Finding], command: str) -> Iterator[_Case]:
    """A case for each rule, in the order in which the rules are first told."""
    if not findings:
        yield _Case(command)
    held = next((finding.message for finding in findings if finding.rule == HELD), "")
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule, alike in by_rule.items():
        yield _Case(
            rule,
            failed=tuple(finding for finding in alike if finding.rejects),
            passed_over=tuple(finding for finding in alike if finding.waived is not None),
            rest=tuple(finding for finding in alike if not finding.rejects and finding.waived is None),
            held=held,
        )


def _case(case: _Case, tenant: str) -> Iterator[str]:
    # the name has the tenant as well: lists of failures show it alone
    head = f'    <testcase classname="tenantry.{xml_text(tenant)}" name="{xml_text(f"{tenant}: {case.name}")}"'
    if not (case.failed or case.passed_over or case.rest):
        yield f"{head}/>"
        return
    yield f"{head}>"
    if case.fails:
        head = f'<failure type="{xml_text(case.name)}" message="{_short(case.failed)}">'
        yield f"      {head}{_long(case.failed)}</failure>"
    elif case.is_skipped:
        reason = f"on hold: {case.held}" if case.failed else f"waived: {case.passed_over[0].waived}"
        yield f'      <skipped message="{xml_text(reason)}"/>'
    passing = (*(() if case.fails else case.failed), *case.passed_over, *case.rest)
    if passing:
        yield f"      <system-out>{_long(passing)}</system-out>"
    yield "    </testcase>"


def _short(findings: Sequence[Finding]) -> str:
    more = f" (and {counted(len(findings) - 1, 'more error')})" if len(findings) > 1 else ""
    return xml_text(f"{findings[0].message}{more}")


def _long(findings: Sequence[Finding]) -> str:
    lines = [line for finding in findings[:_TOLD] for line in _told(finding)]
    if len(findings) > _TOLD:
        lines.append(f"and {counted(len(findings) - _TOLD, 'more finding')}")
    return "\n".join(xml_text(line) for line in lines)


def _told(finding: Finding) -> Iterator[str]:
    row = told(finding, with_tenant=False)
    yield f"{row.severity} {row.place}{': ' if row.place else ''}{row.message}"
    details = (("holders", row.holders), ("hint", row.hint), ("waived", row.waived))
    yield from (f"    {name}: {text}" for name, text in details if text)
