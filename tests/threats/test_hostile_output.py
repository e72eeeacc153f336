"""Names that are commands, markup or formulas somewhere: the same text in every format, and no more than that."""

import csv
import html
import io
import json
import re
from pathlib import Path

import pytest
from html_page import HtmlPage
from lxml import etree
from markdown_page import OURS, read
from openpyxl import load_workbook
from tests.threats.threatened import ADA, CONTOSO, Workspace

from tenantry.rendering.formats import PLAN_FORMATS, REPORT_FORMATS

NAMES = {
    "a row of a table": "x | +E5 | approved |",
    "backticks": "a` ![](http://evil.example/p.png) `b",
    "a picture": "<img src=x onerror=alert(1)>",
    "the end of code": "</code><h1>approved</h1>",
    "a comment": "<!-- tenantry:plan effect=sha256:0 -->",
    "a link": "[ok](http://evil.example)",
    "a mention": "@org/all",
    "a reference": "#123 GH-1 !7",
    "a command of GitHub": "::error::boom",
    "a command of GitHub behind a code": "%0A::set-output name=x::y",
    "a command of Azure": "##vso[task.complete result=Succeeded]x",
    "a template": "{{7*7}} ${{ github.token }}",
    "a formula": '=HYPERLINK("http://evil.example","x")',
    "a formula that adds": "+1+cmd|' /C calc'!A0",
    "a formula that takes away": "-2+3",
    "a formula at an at sign": "@SUM(1)",
    "a line end": "a\n# Approved\n::error::boom",
    "a wide formula": "\uff1dSUM(1)",
}
REFUSED = {
    "colors": ("\\e[31mred", "control-character"),
    "the clipboard": ("\\e]52;c;aGk=\\a", "control-character"),
    "an 8-bit command": ("\\x9b31m", "control-character"),
    "right to left": ("\\u202e", "bidirectional-character"),
}


SHOWN_LINE_END = "\\x0a"


def wish(workspace: Workspace, name: str) -> None:
    users = {
        ADA: {"licenses": ["companion"], "name": name, "cost_center": name},
        "bob@contoso.example": {"licenses": ["companion"], "cost_center": name},
    }
    tenant = {"name": name, "labels": {"region": name}}
    contract = {"contingency": {"companion": 1}}
    data = {"version": 1, "tenant": tenant, "contract": contract, "users": users}
    workspace.write(CONTOSO, json.dumps(data))


@pytest.fixture(params=NAMES.values(), ids=NAMES)
def named(request: pytest.FixtureRequest, workspace: Workspace) -> str:
    """A name of tenant, person and cost center, in the files and in the ledger."""
    wish(workspace, str(request.param))
    workspace.write(
        "state.json",
        json.dumps(
            {
                "format": "tenantry-snapshot/1",
                "tenant": "contoso",
                "users": {ADA: {"licenses": [], "name": f"{request.param}2", "cost_center": f"{request.param}2"}},
            }
        ),
    )
    observed = workspace.run("observe", "contoso", "--snapshot", str(workspace.root / "state.json"), within=5)
    assert observed.code == 0, observed.all
    return str(request.param)


def shown(workspace: Workspace, verb: str, fmt: str, code: int) -> str:
    said = workspace.run(verb, "--format", fmt, within=10)
    assert said.code == code, said.all
    assert (said.out + said.err).replace("\n", "").replace("\ufeff", "").replace("\r", "").isprintable()
    return said.out


@pytest.mark.usefixtures("named")
def test_logs_hold_no_command_of_a_name(workspace: Workspace) -> None:
    for verb, code in (("plan", 3), ("report", 0)):
        for fmt in PLAN_FORMATS if verb == "plan" else REPORT_FORMATS:
            if fmt == "xlsx":
                continue
            out = shown(workspace, verb, fmt, code)
            if fmt in ("text", "github", "azure", "markdown"):
                commands = [line for line in out.splitlines() if line.lstrip().startswith("::")]
                assert all(re.match(r"::(error|warning|notice)[ :]", line) for line in commands)
                assert "##vso[task.complete" not in out
                assert "%0A::" not in out


def test_a_page_of_markdown_has_no_tag_cell_or_mention_of_a_name(workspace: Workspace, named: str) -> None:
    for verb, code in (("plan", 3), ("report", 0)):
        page = read(shown(workspace, verb, "markdown", code))
        assert set(page.tags) <= OURS
        assert len(page.comments) == (1 if verb == "plan" else 0)
        assert all(len(row) == len(table[0]) for table in page.tables for row in table)
        assert named.replace("\n", SHOWN_LINE_END) in page.text
        assert not re.search(r"@\w|#\d|::|\]\(", page.bare)


def test_a_page_of_html_has_no_tag_of_a_name(workspace: Workspace, named: str) -> None:
    for verb, code in (("plan", 3), ("report", 0)):
        page = HtmlPage(shown(workspace, verb, "html", code))
        assert page.faults() == []
        assert " ".join(named.replace("\n", SHOWN_LINE_END).split()) in page.words


def test_data_holds_the_name_as_it_is(workspace: Workspace, named: str) -> None:
    plan = json.loads(shown(workspace, "plan", "json", 3))["plans"][0]
    assert plan["name"] == named
    assert {"from": f"{named}2", "to": named} in [
        {"from": item["from"], "to": item["to"]} for item in plan["updates"] if item["field"] == "cost_center"
    ]
    assert json.loads(shown(workspace, "report", "json", 0))["tenants"][0]["name"] == named
    for fmt in ("sarif", "gitlab-codequality", "gitlab-terraform"):
        json.loads(shown(workspace, "plan", fmt, 3))
    etree.fromstring(shown(workspace, "plan", "junit", 3).encode())


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl knows no data bars
def test_no_cell_of_a_table_is_a_formula(workspace: Workspace, tmp_path: Path, named: str) -> None:
    rows = list(csv.reader(io.StringIO(shown(workspace, "report", "csv", 0).removeprefix("\ufeff"))))
    cells = [cell for row in rows for cell in row]
    shown_name = named.replace("\n", SHOWN_LINE_END)
    assert any(shown_name in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in tuple("=+@\t\r\uff1d") or re.match(r"-\D|-.*[^\d.]", cell)]
    file = tmp_path / "report.xlsx"
    assert workspace.run("report", "--format", f"xlsx={file}", within=10).code == 0
    book = load_workbook(io.BytesIO(file.read_bytes()))
    values = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert any(cell.value in {shown_name, f"{shown_name}2"} for cell in values)
    assert not [cell for cell in values if cell.data_type == "f" and named in str(cell.value)]
    assert not [cell for cell in values if cell.hyperlink is not None and "evil" in str(cell.hyperlink.target)]


@pytest.mark.parametrize("what", REFUSED)
def test_what_moves_a_cursor_or_a_line_is_in_no_file(workspace: Workspace, what: str) -> None:
    text, rule = REFUSED[what]
    workspace.write(CONTOSO, f'version: 1\ntenant: {{name: "x{text}"}}\n')
    assert rule in {found for found, _ in workspace.refused()}
    for fmt in ("text", "json", "github", "azure", "sarif"):
        out = workspace.run("validate", "--format", fmt).out
        assert html.unescape(out).replace("\n", "").isprintable()
