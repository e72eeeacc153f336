"""Rosters and snapshots that lie about their shape, their size or their letters."""

import os
import threading
from pathlib import Path

import pytest
from tests.threats.threatened import ADA, CONTOSO, Workspace, snapshot


@pytest.mark.parametrize(
    ("csv", "rule", "place"),
    [
        ("upn\n\u0430da@contoso.example\n", "bad-format", "2:1"),
        (f"upn,licenses\n{ADA},compnion\n", "unknown-license", "2:21"),
        (f"upn,licences\n{ADA},companion\n", "unknown-column", "1:5"),
        (f"upn\n{ADA}\nADA@contoso.example\n", "holder-twice", "3:1"),
        (f"upn,name\n{ADA},a\0b\n", "control-character", "2:22"),
        (f'upn,name\n{ADA},"{"x" * 200_000}"\n', "csv-syntax", "2:1"),
        (f'upn,name\n{ADA},"open\n', "csv-syntax", "2:1"),
        ("upn," + ",".join("x" * 100_000) + "\n", "unknown-column", "1:5"),
        ("upn\n" + "," * 1_000_000 + "x\n", "extra-cell", "2:2"),
    ],
    ids=["look-alike", "license", "column", "twice", "NUL", "long cell", "open quote", "many columns", "many cells"],
)
def test_a_hostile_roster_is_refused_at_its_place(workspace: Workspace, csv: str, rule: str, place: str) -> None:
    workspace.write(CONTOSO, "version: 1\nrosters: [{file: people.csv}]\n")
    workspace.write("tenants/people.csv", csv)
    assert (rule, f"tenants/people.csv:{place}") in workspace.refused()


SNAPSHOTS: dict[str, str | bytes] = {
    "no JSON": "users: {}",
    "half of it": snapshot()[:-5],
    "NaN": '{"format": "tenantry-snapshot/1", "tenant": "contoso", "contingency": {"companion": NaN}}',
    "Infinity": '{"format": "tenantry-snapshot/1", "tenant": "contoso", "contingency": {"companion": Infinity}}',
    "duplicate key": '{"format": "tenantry-snapshot/1", "tenant": "contoso", "users": {}, "users": {}}',
    "100,000 brackets": "[" * 100_000,
    "100,000 braces": '{"a":' * 100_000,
    "10,000 digits": snapshot(contingency={"companion": 1}).replace("1}", "9" * 10_000 + "}"),
    "lone surrogate": '{"format": "tenantry-snapshot/1", "tenant": "contoso", "users": {"\\ud800": {}}}',
    "UTF-16": snapshot().encode("utf-16"),
    "NUL": snapshot().encode() + b"\0",
    "empty": "",
    "null": "null",
    "a list": "[]",
    "a megabyte of nothing": b" " * 1_000_000,
    "another tenant": '{"format": "tenantry-snapshot/1", "tenant": "fabrikam"}',
    "a tenant that is a path": '{"format": "tenantry-snapshot/1", "tenant": "../contoso"}',
    "twins but for case": snapshot(users={ADA: {}, ADA.upper(): {}}),
    "unknown license": snapshot(users={ADA: {"licenses": ["compnion"]}}),
    "unknown key": snapshot(evil={}),
}  # fmt: skip


@pytest.mark.parametrize("threat", SNAPSHOTS)
def test_a_hostile_snapshot_is_refused(workspace: Workspace, tmp_path: Path, threat: str) -> None:
    content = SNAPSHOTS[threat]
    (tmp_path / "state.json").write_bytes(content.encode() if isinstance(content, str) else content)
    workspace.write(CONTOSO, "version: 1\n")
    for verb in ("plan", "validate", "report"):
        said = workspace.run(verb, "--current", str(tmp_path / "state.json"))
        assert said.code == 1, said.all
        assert [place for _, place in said.problems if "state.json:" in place]


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo", "/dev/zero", "/dev/null", "too large"])
def test_a_snapshot_that_is_no_regular_file_is_refused(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "state.json"
    if kind == "folder":
        target.mkdir()
    elif kind == "fifo":
        os.mkfifo(target)
    elif kind == "too large":
        with target.open("wb") as stream:
            stream.truncate(600 * 1024 * 1024)
    elif kind != "missing":
        target = Path(kind)
    workspace.write(CONTOSO, "version: 1\n")
    said = workspace.run("plan", "--current", str(target))
    assert said.code == 1
    assert said.err.startswith(f"error: {target}: ")
    assert said.err.count("\n") <= 2


def test_a_hundred_megabytes_of_snapshot_are_refused_in_time(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    with target.open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    workspace.write(CONTOSO, "version: 1\n")
    assert workspace.run("plan", "--current", str(target), within=3).code == 1


def test_a_fifo_that_somebody_writes_to_is_refused_too(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    os.mkfifo(target)
    workspace.write(CONTOSO, "version: 1\n")
    writer = threading.Thread(target=lambda: os.close(os.open(target, os.O_RDWR | os.O_NONBLOCK)), daemon=True)
    writer.start()
    assert workspace.run("plan", "--current", str(target)).code == 1
    writer.join(timeout=2)
