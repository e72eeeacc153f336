"""The smaller texts for a terminal: what validate and explain say, what moved between two plans, and the rules."""

from collections.abc import Iterator, Sequence

from tenantry.model.catalog import Catalog
from tenantry.model.report import Explanation, LicenseExplained, Move, Validation
from tenantry.model.rule import Rule
from tenantry.model.words import counted
from tenantry.rendering import view, wording
from tenantry.rendering.columns import aligned, width, wrap
from tenantry.rendering.escape import plain
from tenantry.rendering.findings_text import finding_lines, problem_lines
from tenantry.rendering.layout import Layout
from tenantry.rendering.terminal import Line, page


def validation_text(validation: Validation, _catalog: Catalog, layout: Layout) -> str:
    """Problems of files, then the findings of each tenant, and counts as the last line."""
    lines = list(problem_lines(validation.problems, layout))
    for tenant in validation.tenants:
        if tenant.findings:
            lines.extend(Line(text, "head") for text in wrap(plain(tenant.tenant), layout.width))
            lines.extend(finding_lines(tenant.findings, layout))
    if lines:
        lines.append(Line(""))
    findings = [finding for tenant in validation.tenants for finding in tenant.findings]
    groups = view.sorted_findings(findings)
    told = [counted(view.problem_count(validation.problems), "problem")]
    if groups.errors:
        told.append(counted(len(groups.errors), "error"))
    warnings = [finding for finding in findings if finding.severity == "warning" and finding.waived is None]
    told.append(counted(len(warnings), "warning"))
    wrong = validation.problems or groups.errors
    verdict = "✖ not valid" if wrong else "✔ valid"
    closing = f"{verdict}: {counted(len(validation.tenants), 'tenant')} read, {', '.join(told)}"
    lines.extend(Line(text, "error" if wrong else "head") for text in wrap(closing, layout.width, rest="  "))
    return page(lines, color=layout.color)


def explanation_text(explanation: Explanation, catalog: Catalog, layout: Layout) -> str:
    """Why a holder has, gets or loses each license, with the entries that say so."""
    head = f"{plain(explanation.holder)} in tenant {plain(explanation.tenant)}"
    lines = [Line(text, "head") for text in wrap(head, layout.width, rest="  ")]
    if not explanation.licenses:
        told = "no license: nothing gives one, and none is known to be held"
        lines.extend(Line(text) for text in wrap(told, layout.width, first="  ", rest="    "))
    for item in explanation.licenses:
        lines.extend(_explained(item, catalog, layout.width))
    return page(lines, color=layout.color)


def moves_text(moves: Sequence[Move], layout: Layout) -> str:
    """What differs between two plans, one thing a line; both sides where both are there."""
    if not moves:
        return "= nothing moved\n"
    return page((line for move in moves for line in _move(move, layout.width)), color=layout.color)


def rules_text(rules: Sequence[Rule], layout: Layout) -> str:
    """Every rule with its severity, who may move that, and why it is there."""
    lines: list[Line] = []
    rows = [[plain(rule.id), wording.SEVERITY_WORDS[rule.severity], _liberties(rule)] for rule in rules]
    for head, rule in zip(aligned(rows), rules, strict=True):
        fitting = [head] if width(head) <= layout.width else wrap(head, layout.width, rest="    ")
        lines.extend(Line(text, "head") for text in fitting)
        lines.extend(Line(text) for text in wrap(plain(rule.why), layout.width, first="    ", rest="    "))
    return page(lines, color=layout.color)


def rule_text(rule: Rule, layout: Layout) -> str:
    """One rule in full: why it is there and how to mend what it finds."""
    heads = [f"{plain(rule.id)}: {wording.SEVERITY_WORDS[rule.severity]}"]
    if _liberties(rule):
        heads.append(_liberties(rule))
    columns = layout.width
    lines = [Line(text, "head") for text in wrap(", ".join(heads), columns, rest="    ")]
    for label, words in (("Why", rule.why), ("Mend", rule.mend)):
        lines.extend(Line(text) for text in wrap(plain(f"{label}: {words}"), columns, first="  ", rest="    "))
    if rule.waivable:
        told = f"Let it pass once: --allow {plain(rule.id)} --reason TEXT"
        lines.extend(Line(text) for text in wrap(told, columns, first="  ", rest="    "))
    return page(lines, color=layout.color)


def _liberties(rule: Rule) -> str:
    told = [word for word, holds in (("waivable", rule.waivable), ("adjustable", rule.adjustable)) if holds]
    if rule.of == "problem":
        told.append("seen in files")
    return ", ".join(told)


def _move(move: Move, columns: int) -> Iterator[Line]:
    if move.before is None:
        told, style = f"+ {move.where}: {move.after or ''}", "grant"
    elif move.after is None:
        told, style = f"- {move.where}: {move.before}", "revoke"
    else:
        told, style = f"~ {move.where}: {move.before} → {move.after}", "replace"
    for text in wrap(plain(told), columns, rest="    "):
        yield Line(text.rstrip(), style)


def _explained(item: LicenseExplained, catalog: Catalog, columns: int) -> Iterator[Line]:
    label = wording.license_label(catalog, item.license)
    name = label if label == item.license else f"{label} ({item.license})"
    outcome, style = _outcome(item)
    for text in wrap(plain(f"{name}: {outcome}"), columns, first="  ", rest="    "):
        yield Line(text, style)
    for because in item.because:
        place = wording.place(because.file, because.line)
        words = f"{because.text} ({place})" if place else because.text
        for text in wrap(plain(words), columns, first="      ", rest="        "):
            yield Line(text, "dim")


def _outcome(item: LicenseExplained) -> tuple[str, str]:
    if item.desired is None:
        held = {True: "holds it", False: "does not hold it", None: "not known whether it is held"}[item.current]
        return f"= left alone, no entry speaks about it; {held}", ""
    if item.current is None:
        return ("+ wanted", "grant") if item.desired else ("- not wanted", "revoke")
    if item.desired == item.current:
        return ("= keeps it" if item.current else "= does not hold it"), ""
    return ("+ gets it", "grant") if item.desired else ("- loses it", "revoke")
