"""validate: what the files alone show. With a snapshot it judges like plan."""

from dataclasses import replace

from tenantry.documents.problems import told
from tenantry.engine.asking import Request, ask
from tenantry.engine.executor import answers
from tenantry.model.catalog import Catalog, Kind
from tenantry.model.plan import Finding
from tenantry.model.policy import Policy
from tenantry.model.report import Judged, Validation
from tenantry.model.state import CurrentState
from tenantry.model.tenant import Entry, Tenant
from tenantry.planning.judge import in_order, judge
from tenantry.planning.planner import Question, case_of, plan

TOLD = ("contingency-exceeded", "requires-license", "needs-tier", "assignment-type-needs-tier")
"""What undated entries show without a current state; plan, which knows what was before, may reject it."""


def validate(request: Request) -> tuple[Validation, Catalog]:
    """Judge every tenant that the request chooses, and tell the catalog in force."""
    asked = ask(request)
    problems = list(asked.problems)
    judged: list[Judged] = []
    judge_one = judged_like_plan if request.snapshots else undated
    for name, findings, found in answers(asked, judge_one, request.jobs):
        problems += found
        if findings is not None:
            judged.append(Judged(name, findings))
    return Validation(told(problems), tuple(judged)), asked.loaded.workspace.catalog


def judged_like_plan(question: Question) -> tuple[Finding, ...]:
    """What plan finds."""
    return plan(question).findings


def undated(question: Question) -> tuple[Finding, ...]:
    """Findings on the entries that the calendar doesn't move, as warnings."""
    tenant = replace(
        question.tenant,
        entries={kind: _lasting(question.tenant, kind) for kind in question.tenant.entries},
    )
    case = case_of(
        replace(
            question,
            tenant=tenant,
            policy=Policy(severities=question.policy.severities),
            current=CurrentState(tenant=tenant.id, backend="files"),
        )
    )
    findings, _ = judge(case)
    return tuple(in_order(_softened(item) for item in findings if item.rule in TOLD))


def _softened(finding: Finding) -> Finding:
    """An error as a warning: only plan knows what was there before."""
    return replace(finding, severity="warning") if finding.severity == "error" else finding


def _lasting(tenant: Tenant, kind: Kind) -> dict[str, tuple[Entry, ...]]:
    """The undated entries by which the licenses of a holder are known; a service that leaves its tier open keeps it."""
    found: dict[str, tuple[Entry, ...]] = {}
    for key, entries in tenant.entries[kind].items():
        lasting = tuple(entry for entry in entries if entry.begins is None and entry.ends is None)
        if kind == "service" and tenant.managed[kind] != "all":
            lasting = tuple(entry for entry in lasting if entry.claim is not None and entry.claim.tier is not None)
        if lasting:
            found[key] = lasting
    return found
