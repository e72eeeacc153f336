"""How tenants came out of a command that writes: one line each for people, the result format for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenantry.model.catalog import Catalog
from tenantry.model.plan_data import finding_data
from tenantry.model.run import Outcome, Status
from tenantry.model.words import counted
from tenantry.rendering.columns import wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.layout import Layout
from tenantry.rendering.terminal import Line, page

FORMAT = "tenantry-result/1"
_STYLES: Mapping[Status, str] = {
    "applied": "ready",
    "issued": "ready",
    "rejected": "error",
    "stale": "error",
    "unknown": "error",
    "failed": "error",
    "held": "warning",
}


def result_data(outcomes: Sequence[Outcome], *, findings: bool) -> dict[str, Any]:
    """The results of a command; one that judges facts tells its findings as well."""
    return {"format": FORMAT, "results": [_result(outcome, findings=findings) for outcome in outcomes]}


def _result(outcome: Outcome, *, findings: bool) -> dict[str, Any]:
    told = {"findings": [finding_data(finding) for finding in outcome.findings]} if findings else {}
    return {
        "changes": {"applied": outcome.applied, "not_applied": outcome.not_applied, "unknown": outcome.unknown},
        **told,
        "message": _message(outcome),
        "run": outcome.run,
        "status": outcome.status,
        "tenant": outcome.tenant,
    }


def _message(outcome: Outcome) -> str:
    """What programs log: of a refusal because something moved, with what it was."""
    return "; ".join((outcome.message, *outcome.moved)) if outcome.status == "stale" else outcome.message


def applied_text(outcomes: Sequence[Outcome], _catalog: Catalog, layout: Layout) -> str:
    """Of each tenant how it came out and what moved; the last line tells what was recorded in all."""
    lines = [line for item in outcomes for line in (*ending(item, layout), *moved(item, layout))]
    if any(outcome.status in ("applied", "nothing") for outcome in outcomes):
        changes, updates = (sum(item.applied for item in outcomes), sum(item.updated for item in outcomes))
        what = counted(changes, "change")
        what += f", {counted(updates, 'update')}" if updates and not changes else ""
        closing = f"recorded in the ledger: {what}; nothing was sent to Nimbus"
        lines.extend(Line(text, "head") for text in wrap(closing, layout.width, rest="  "))
    return page(lines, color=layout.color)


def moved(outcome: Outcome, layout: Layout) -> Iterator[Line]:
    """The sentences on what moved."""
    for sentence in outcome.moved:
        for text in wrap(plain(sentence), layout.width, first="  ", rest="    "):
            yield Line(text)


def ending(outcome: Outcome, layout: Layout) -> Iterator[Line]:
    """How a tenant came out."""
    for text in wrap(plain(f"{outcome.tenant}: {outcome.message}"), layout.width, rest="  "):
        yield Line(text, _STYLES.get(outcome.status, "head"))
