"""The table of formats. A new one is one module or template, and its row here."""

import functools
from collections.abc import Callable, Mapping

from tenantry.model.catalog import Catalog
from tenantry.model.history import History
from tenantry.model.plan import PlanSet
from tenantry.model.report import Explanation, Report, Validation
from tenantry.model.rule import Rule
from tenantry.model.run import Outcome, Run
from tenantry.rendering import (
    annotations,
    gitlab,
    history_text,
    json,
    junit,
    observations,
    plan_html,
    plan_markdown,
    plan_text,
    report_csv,
    report_html,
    report_markdown,
    report_pictures,
    report_text,
    report_xlsx,
    results,
    rules_markdown,
    sarif,
    text,
)
from tenantry.rendering.layout import Layout

SOURCED = frozenset(("sarif", "gitlab-codequality"))
"""Formats for which the layout tells the rules and the files of the tenants."""
PLAN_FORMATS: Mapping[str, Callable[[PlanSet, Catalog, Layout], str]] = {
    "text": plan_text.plan_text,
    "json": lambda plans, _catalog, _layout: json.canonical(json.plan_set_data(plans)),
    "markdown": plan_markdown.plan_markdown,
    "html": plan_html.plan_html,
    "github": annotations.plan_annotations,
    "azure": annotations.plan_issues,
    "sarif": sarif.plan_sarif,
    "junit": junit.plan_junit,
    "gitlab-terraform": gitlab.plan_terraform,
    "gitlab-codequality": gitlab.plan_codequality,
}
BINARY = frozenset(("xlsx",))
"""Formats that are bytes, and nothing for a terminal."""
LISTING = frozenset(("html", "xlsx"))
"""Formats of a report that list the holders one by one."""
REPORT_BESIDE: Mapping[str, Callable[[Report, Catalog, Layout], Mapping[str, str]]] = {
    "markdown": report_pictures.report_pictures,
}
"""Files beside a report's page, by its format: texts by what follows the name that they share, `.utilisation.svg`."""
REPORT_FORMATS: Mapping[str, Callable[[Report, Catalog, Layout], str | bytes]] = {
    "text": report_text.report_text,
    "json": lambda report, _catalog, _layout: json.canonical(json.report_data(report)),
    "markdown": report_markdown.report_markdown,
    "html": report_html.report_html,
    "csv": report_csv.report_csv,
    "xlsx": report_xlsx.report_xlsx,
}
VALIDATION_FORMATS: Mapping[str, Callable[[Validation, Catalog, Layout], str]] = {
    "text": text.validation_text,
    "json": lambda validation, _catalog, _layout: json.canonical(json.validation_data(validation)),
    "github": annotations.validation_annotations,
    "azure": annotations.validation_issues,
    "sarif": sarif.validation_sarif,
    "junit": junit.validation_junit,
    "gitlab-codequality": gitlab.validation_codequality,
}
EXPLANATION_FORMATS: Mapping[str, Callable[[Explanation, Catalog, Layout], str]] = {
    "text": text.explanation_text,
    "json": lambda explanation, _catalog, _layout: json.canonical(json.explanation_data(explanation)),
}
RESULT_FORMATS: Mapping[str, Callable[[tuple[Outcome, ...], Catalog, Layout], str]] = {
    "text": results.applied_text,
    "json": lambda outcomes, _catalog, _layout: json.canonical(results.result_data(outcomes, findings=False)),
}
HISTORY_FORMATS: Mapping[str, Callable[[History, Catalog, Layout], str]] = {
    "text": history_text.history_text,
    "json": lambda history, _catalog, _layout: json.canonical(json.history_data(history)),
}
OBSERVATION_FORMATS: Mapping[str, Callable[[tuple[Outcome, ...], Catalog, Layout], str]] = {
    "text": observations.observations_text,
    "json": lambda outcomes, _catalog, _layout: json.canonical(results.result_data(outcomes, findings=True)),
}
RULES_FORMATS: Mapping[str, Callable[[tuple[Rule, ...], Catalog, Layout], str]] = {
    "text": lambda rules, _catalog, layout: (
        text.rules_text(rules, layout) if len(rules) > 1 else text.rule_text(rules[0], layout)
    ),
    "markdown": lambda rules, _catalog, _layout: rules_markdown.rules_markdown(rules),
}


def run_formats(run: Run) -> Mapping[str, Callable[[PlanSet, Catalog, Layout], str]]:
    """The formats of what a run carried out: those of a plan; in text the run stands above it, or what it noted."""
    return {**PLAN_FORMATS, "text": functools.partial(history_text.run_text, run)}


def report_formats(csv_dialect: str) -> Mapping[str, Callable[[Report, Catalog, Layout], str | bytes]]:
    """The formats of a report, with CSV in the dialect that was asked for."""
    return {**REPORT_FORMATS, "csv": functools.partial(report_csv.report_csv, dialect=csv_dialect)}
