"""tenantry report, as it is called: its formats in files, and what a ledger remembers."""

import csv
import datetime
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from at_the_door import Door

TENANT = """\
version: 1
tenant: {name: "=Contoso, AG; Zürich"}
contract: {contingency: {companion: 5}}
users:
  ada@contoso.example: {licenses: [companion]}
"""


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    """A workspace with a tenant that was applied."""
    monkeypatch.chdir(tmp_path)
    made = Door(tmp_path, capsys)
    made.write("tenants/contoso.yaml", TENANT)
    made.told("apply", "--auto-approve")
    return made


def rows(path: Path, delimiter: str) -> list[list[str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter, strict=True))


def test_csv_is_written_in_the_dialect_that_was_asked_for(door: Door) -> None:
    door.told("report", "--format", "csv=a.csv", "--format", "json=a.json")
    door.told("report", "--format", "csv=b.csv", "--csv-dialect", "excel-eu")
    comma, semicolon = rows(door.root / "a.csv", ","), rows(door.root / "b.csv", ";")
    assert comma == semicolon
    assert comma[1][:2] == ["contoso", "'=Contoso, AG; Zürich"]
    assert door.run("report", "--csv-dialect", "excel-us").code == 64


def test_a_table_that_lacks_a_tenant_is_not_given_without_a_word(door: Door) -> None:
    door.write("tenants/broken.yaml", "version: 1\nusers: {x@x.example: {licenses: [nothing]}}\n")
    said = door.run("report", "--format", "csv=a.csv")
    assert said.code == 1
    assert said.err.startswith("tenants/broken.yaml:2:")
    assert ": unknown-license: " in said.err
    assert said.err.endswith("broken: not reported, 1 problem\nproblems in files: 1\n")
    assert {row[0] for row in rows(door.root / "a.csv", ",")[1:]} == {"contoso"}


def test_a_tenant_that_could_not_be_planned_is_named_last_beside_numbers_that_leave_it_out(door: Door) -> None:
    door.write("tenants/a.yaml", "version: 1\nusers: {x@x.example: {licenses: [nothing]}}\n")
    said = door.run("plan", "--format", "gitlab-terraform=a.json")
    assert (said.code, said.err.count(": unknown-license: ")) == (1, 1)
    last = said.err.splitlines()[-3:]
    assert (last[0], last[2]) == ("a: not planned, 1 problem", "problems in files: 1")
    assert last[1].startswith("contoso: ")
    assert "unknown-license" not in door.run("plan", "--format", "github").err  # which tells of it itself


def test_the_trend_of_a_ledger_ends_with_the_day_that_is_asked_about(door: Door) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    day = (today + datetime.timedelta(days=9)).isoformat()
    (tenant,) = json.loads(door.told("report", "--format", "json", "--as-of", day))["tenants"]
    (trend,) = tenant["trend"]
    assert trend["license"] == "companion"
    assert [(point["assigned"], point["contingency"]) for point in trend["points"]] == [(1, 5), (1, 5)]
    first, last = (point["day"] for point in trend["points"])
    assert last == day
    assert first >= today.isoformat()
    assert "holders" not in tenant


def test_a_state_from_a_file_has_no_trend(door: Door) -> None:
    door.told("export", "contoso", "--out", "now.json")
    (tenant,) = json.loads(door.told("report", "--current", "now.json", "--format", "json"))["tenants"]
    assert tenant["trend"] == []


def test_a_workbook_lists_holders_in_a_file_and_in_a_pipe(door: Door) -> None:
    door.told("report", "--format", "xlsx=a.xlsx", "--format", "json")
    written = (door.root / "a.xlsx").read_bytes()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(written)).get_sheet_by_name("Holders").to_python()
    assert [row[:3] for row in rows] == [["Tenant", "Kind", "Holder"], ["contoso", "User", "ada@contoso.example"]]
    command = [str(Path(sys.executable).with_name("tenantry")), "report", "--format", "xlsx"]
    piped = subprocess.run(command, cwd=door.root, capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    assert (piped.stdout, piped.stderr) == (written, b"")
