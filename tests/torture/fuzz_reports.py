"""Names in CSV reports, which spreadsheets open, and in annotations, which runners obey: read as these do."""

import csv
import io
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from foreign_readers import agent_command, log_commands
from fuzzing import Fuzzer, fuzz
from hostile_names import is_hostile, names, seen
from rendering_samples import CATALOG, PLAN, REPORTED, plan_set
from row import Row
from test_annotations import COMMAND

from tenantry.model.plan import Finding, Severity
from tenantry.model.report import GroupUsage, LicenseUsage, PartUsage, Report
from tenantry.rendering.formats import PLAN_FORMATS
from tenantry.rendering.layout import Layout
from tenantry.rendering.report_csv import COLUMNS, DIALECTS, report_csv

WANTED = 210_000
FORMULAS = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
"""With which a cell is a formula, for one spreadsheet or another."""
KINDS: tuple[tuple[Severity, str], ...] = (("error", "error"), ("warning", "warning"), ("info", "notice"))
EACH = 10
"""Findings of a kind that are shown."""
TENANTS = 5
NAMES = len(KINDS) * EACH * 3 + TENANTS * 8
_LICENSE = LicenseUsage(license="", label="", contingency=9, assigned=2, available=7, unaccounted=0)
_ESCAPES = {"%0A": "\n", "%0D": "\r", "%3A": ":", "%2C": ","}
_dialects = itertools.cycle(DIALECTS)


def rows(seconds: float, seed: int) -> Iterator[Row]:
    """The row of names in reports and annotations."""
    return fuzz(FUZZER, seconds, seed)


def make(chance: Random) -> bytes:
    """The names of one report and of one plan's findings."""
    return names(chance, NAMES)


def judge(content: bytes) -> int:
    """How many of the names are more than letters."""
    texts = json.loads(content)
    take = iter(texts)
    _report(list(itertools.islice(take, TENANTS * 8)), next(_dialects))
    _annotations(list(take))
    return sum(map(is_hostile, texts))


def _report(texts: Sequence[str], dialect: str) -> None:
    tenants = [
        replace(
            REPORTED, tenant=one[0], name=one[1], state_label=one[2], as_of=one[3],
            parts=(PartUsage("p", one[4], (replace(_LICENSE, license=one[5], label=one[6]),)),),
            organization_units=(GroupUsage(one[7], 1, {one[5]: 2}),), cost_centers=(),
        )
        for one in _eights(texts)
    ]  # fmt: skip
    text = report_csv(Report(problems=(), tenants=tuple(tenants)), CATALOG, Layout(), dialect)
    header, *found = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=DIALECTS[dialect])
    assert tuple(header) == COLUMNS
    expected = []
    for one in _eights([_cell(text) for text in texts]):
        about = list(one[:4])
        expected.append([*about, "License", "", *one[4:7], "9", "2", "7", "0"])
        expected.append([*about, "Organization unit", one[7], *one[4:7], "", "2", "", "0"])
    for row, said in zip(found, expected, strict=True):
        assert row == said, f"{row} is not {said}"


def _eights(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[at : at + 8] for at in range(0, len(texts), 8))


def _cell(text: str) -> str:
    """A cell as everybody sees it, with a mark before what a spreadsheet would work out."""
    return f"'{seen(text)}" if text.startswith(FORMULAS) or text.lstrip().startswith(FORMULAS) else seen(text)


def _annotations(texts: Sequence[str]) -> None:
    take = iter(texts)
    findings = tuple(
        Finding(rule="r", severity=kind, message=next(take), hint=next(take), file=next(take), line=at + 1, column=2)
        for kind, _ in KINDS
        for at in range(EACH)
    )
    plans = plan_set(replace(PLAN, findings=findings))
    lines = PLAN_FORMATS["github"](plans, CATALOG, Layout()).splitlines()
    for line, item in zip(lines, findings, strict=True):
        found = COMMAND.fullmatch(line)
        assert found, line
        given = dict(part.split("=", 1) for part in found[2].split(","))
        assert found[1] == dict(KINDS)[item.severity], line
        _says(item, _runner(given["file"]), _runner(found[3]).split("\n"), line)
    _agent(PLAN_FORMATS["azure"](plans, CATALOG, Layout()).splitlines(), findings)


def _agent(lines: Sequence[str], findings: Sequence[Finding]) -> None:
    for line, item in zip(lines, findings, strict=True):
        command = agent_command(line)
        if item.severity == "info":
            assert command is None, line
            assert not log_commands(line), line
            continue
        assert command, line
        name, given, message = command
        assert (name, given["type"]) == ("task.logissue", item.severity), line
        _says(item, given["sourcepath"], message.split("\n"), line)


def _says(item: Finding, file: str, told: Sequence[str], line: str) -> None:
    """A command says what its finding says; of two colons or number signs the first may be a code point."""
    expected = [seen(item.file or ""), seen(item.message), seen(item.hint)]
    assert [_bare(part) for part in (file, *told)] == [_bare(part) for part in expected], line
    assert not any(mark in part for part in (file, *told) for mark in ("::", "##")), line


def _bare(text: str) -> str:
    return text.replace("\\x3a", ":").replace("\\x23", "#")


def _runner(text: str) -> str:
    """A property or message as GitHub's runner reads it: percent signs come last."""
    for code, char in _ESCAPES.items():
        text = text.replace(code, char)
    return text.replace("%25", "%")


FUZZER = Fuzzer(
    name="reports",
    what="names in CSV reports and annotations",
    wanted=WANTED,
    make=make,
    judge=judge,
    weight=NAMES,
)
