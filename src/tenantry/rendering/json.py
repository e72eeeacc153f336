"""Every value as the data of contract formats, and data as canonical JSON: for programs, and for golden files."""

from collections.abc import Sequence
from typing import Any

from tenantry.model.digest import canonical
from tenantry.model.history import History
from tenantry.model.plan_data import finding_data, plan_set_data
from tenantry.model.report import (
    Explanation,
    GroupUsage,
    LicenseTrend,
    LicenseUsage,
    PartUsage,
    Report,
    ReportCost,
    RollUp,
    TenantReport,
    TightestLicense,
    Validation,
)
from tenantry.model.run import Run

__all__ = (
    "canonical",
    "explanation_data",
    "finding_data",
    "history_data",
    "plan_set_data",
    "report_data",
    "validation_data",
)


def report_data(report: Report) -> dict[str, Any]:
    """The usage report; `roll_up` is null for a single tenant."""
    return {
        "format": "tenantry-report/1",
        "problems": [finding_data(problem) for problem in report.problems],
        "roll_up": _roll_up(report.roll_up),
        "tenants": [_tenant(tenant) for tenant in report.tenants],
    }


def validation_data(validation: Validation) -> dict[str, Any]:
    """What validate says."""
    return {
        "format": "tenantry-validate/1",
        "problems": [finding_data(problem) for problem in validation.problems],
        "tenants": [
            {"findings": [finding_data(finding) for finding in judged.findings], "tenant": judged.tenant}
            for judged in validation.tenants
        ],
    }


def explanation_data(explanation: Explanation) -> dict[str, Any]:
    """Why a holder has, gets or loses licenses."""
    return {
        "format": "tenantry-explain/1",
        "holder": explanation.holder,
        "licenses": [
            {
                "because": [
                    {"file": because.file, "line": because.line, "text": because.text} for because in item.because
                ],
                "current": item.current,
                "desired": item.desired,
                "license": item.license,
            }
            for item in explanation.licenses
        ],
    }


def history_data(history: History) -> dict[str, Any]:
    """The runs of a ledger, newest first."""
    return {"format": "tenantry-history/1", "runs": [_run(run) for run in history.runs]}


def _run(run: Run) -> dict[str, Any]:
    return {
        "at": run.at,
        "commit": run.commit and run.commit.removesuffix("+"),  # whether files differed from it is for people
        "effect": run.effect,
        "kind": run.kind,
        "run": run.id,
        "status": run.status,
        "summary": dict(sorted(run.summary.items())),
        "tenant": run.tenant,
        "waivers": [{"reason": waiver.reason, "rule": waiver.rule} for waiver in run.waivers],
        "who": run.who,
    }


def _tenant(tenant: TenantReport) -> dict[str, Any]:
    return {
        "as_of": tenant.as_of,
        "cost": _cost(tenant.cost),
        "cost_centers": _groups(tenant.cost_centers, "cost_center"),
        "findings": [finding_data(finding) for finding in tenant.findings],
        "name": tenant.name,
        "organization_units": _groups(tenant.organization_units, "organization_unit"),
        "parts": [_part(part) for part in tenant.parts],
        "state": tenant.state,
        "tenant": tenant.tenant,
        "trend": [_trend(item) for item in tenant.trend],
    }


def _trend(trend: LicenseTrend) -> dict[str, Any]:
    points = [{"assigned": item.assigned, "contingency": item.contingency, "day": item.day} for item in trend.points]
    return {"license": trend.license, "points": points}


def _part(part: PartUsage) -> dict[str, Any]:
    return {"label": part.label, "licenses": [_license(item) for item in part.licenses], "part": part.part}


def _license(item: LicenseUsage) -> dict[str, Any]:
    return {
        "assigned": item.assigned,
        "available": item.available,
        "contingency": item.contingency,
        "label": item.label,
        "license": item.license,
        "unaccounted": item.unaccounted,
    }


def _groups(groups: Sequence[GroupUsage], key: str) -> list[dict[str, Any]]:
    return [
        {key: group.value, "licenses": dict(group.licenses), **({"unaccounted": True} if group.unaccounted else {})}
        for group in groups
    ]


def _cost(cost: ReportCost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {
        "bought": cost.bought,
        "currency": cost.currency,
        "unpriced": list(cost.unpriced),
        "unused": cost.unused,
        "used": cost.used,
    }


def _roll_up(roll_up: RollUp | None) -> dict[str, Any] | None:
    if roll_up is None:
        return None
    return {
        "licenses": [_license(item) for item in roll_up.licenses],
        "tenants": [_tightest(item) for item in roll_up.tenants],
    }


def _tightest(item: TightestLicense) -> dict[str, Any]:
    return {
        "assigned": item.assigned,
        "available": item.available,
        "contingency": item.contingency,
        "label": item.label,
        "license": item.license,
        "name": item.name,
        "state": item.state,
        "tenant": item.tenant,
    }
