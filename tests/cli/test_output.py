"""What goes where: texts and bytes, to files and to standard output, and files that stand beside a page."""

import io
import os
import pty
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from at_the_door import Door
from filled_ledgers import first_run, ledger_in, path_of
from tenantry.cli.door import run
from tenantry.cli.output import put, targets, to_stdout
from tenantry.cli.session import Session
from tenantry.errors import OperatorError
from tenantry.model.catalog import Catalog
from tenantry.rendering.layout import Layout
from worlds import NIMBUS

BYTES = b"PK\x03\x04\xff\xfe\r\n\n"
SESSION = Session()


def parts(value: str, _catalog: Catalog, layout: Layout) -> str:
    """A page that names the picture beside it."""
    return f"{value} ![](<{layout.beside}.use.svg>)\n"


FORMATS = {"markdown": parts, "text": parts, "xlsx": lambda *_: BYTES, "csv": lambda *_: "\ufeffa;ü\r\n"}


def pictures(value: str, _catalog: Catalog, layout: Layout) -> Mapping[str, str]:
    """Two pictures beside it."""
    return {".use.svg": f"<svg>{value} {layout.beside}</svg>\n", ".trend.svg": "<svg/>\n"}


def told(formats: list[tuple[str, str]]) -> None:
    """Put a value."""
    put(SESSION, "é", NIMBUS, FORMATS, formats, beside={"markdown": pictures})


def test_bytes_and_texts_are_written_to_files_as_they_are(tmp_path: Path) -> None:
    told([("xlsx", str(tmp_path / "r.xlsx")), ("csv", str(tmp_path / "r.csv"))])
    assert (tmp_path / "r.xlsx").read_bytes() == BYTES
    assert (tmp_path / "r.csv").read_bytes() == b"\xef\xbb\xbfa;\xc3\xbc\r\n"


def test_bytes_go_to_a_standard_output_that_is_no_terminal(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    told([("xlsx", "-")])
    assert capfdbinary.readouterr().out == BYTES


def test_bytes_go_to_a_pipe_that_was_named(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    told([("xlsx", str(pipe))])
    assert os.read(reading, 100) == BYTES
    os.close(reading)


def test_bytes_for_a_terminal_are_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    master, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stream, os.fdopen(master):
        monkeypatch.setattr(sys, "stdout", stream)
        for wanted in ("xlsx", "xlsx=-"):
            with pytest.raises(click.UsageError, match="--format xlsx=FILE"):
                targets([wanted], FORMATS)
        assert targets(["xlsx=r.xlsx", "csv"], FORMATS) == [("xlsx", "r.xlsx"), ("csv", "-")]
        monkeypatch.undo()


def test_a_stream_without_bytes_takes_texts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    to_stdout("text\n")
    with pytest.raises(OperatorError, match="takes no bytes"):
        to_stdout(BYTES)
    assert stream.getvalue() == "text\n"


def test_files_stand_beside_a_page_that_goes_to_a_file(tmp_path: Path) -> None:
    told([("markdown", str(tmp_path / "My.REPORT.md"))])
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {
        "My.REPORT.md": "é ![](<My.REPORT.use.svg>)\n",
        "My.REPORT.use.svg": "<svg>é My.REPORT</svg>\n",
        "My.REPORT.trend.svg": "<svg/>\n",
    }


@pytest.mark.parametrize(("name", "file"), [("markdown", "r.txt"), ("markdown", "md"), ("text", "r.md")])
def test_nothing_stands_beside_another_file_or_format(tmp_path: Path, name: str, file: str) -> None:
    told([(name, str(tmp_path / file))])
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {file: "é ![](<None.use.svg>)\n"}


def test_nothing_stands_beside_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    told([("markdown", "-")])
    assert capfd.readouterr().out == "é ![](<None.use.svg>)\n"
    assert list(tmp_path.iterdir()) == []


def test_a_page_is_not_written_where_what_stands_beside_it_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "r.use.svg").mkdir()
    with pytest.raises(OperatorError, match=r"r\.use\.svg can't be written"):
        told([("markdown", str(tmp_path / "r.md")), ("text", str(tmp_path / "r.txt"))])
    assert not (tmp_path / "r.md").exists()
    assert (tmp_path / "r.txt").exists(), "every format is tried"


@pytest.mark.parametrize("other", ["a.json", "./a.json", "b/../a.json", "link.json"])
def test_two_results_never_go_to_one_file_however_its_name_is_written(
    other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "link.json").symlink_to("a.json")
    with pytest.raises(click.UsageError, match="Two results"):
        targets(["markdown=a.json", f"text={other}"], FORMATS)
    with pytest.raises(click.UsageError, match="Two results"):
        targets([f"text={other}"], FORMATS, "a.json")
    assert targets([f"text={other}", "markdown=c.md"], FORMATS, "d.json")


@pytest.mark.parametrize("words", [("backup",), ("plan", "--out"), ("export", "contoso", "--out")])
def test_no_result_takes_the_place_of_a_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    door = Door(tmp_path, capsys)
    door.write("tenants/contoso.yaml", "version: 1\n")
    made = ledger_in(tmp_path)
    first_run(made)
    made.close()
    before = path_of(made).read_bytes()
    said = door.run(*words, str(path_of(made)))
    assert said.code == 1
    assert "is a database, and would be lost." in said.err
    assert path_of(made).read_bytes() == before


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_no_result_takes_the_place_of_what_belongs_to_a_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    """Such as its log, in which the last commits are after a kill."""
    door = Door(tmp_path, capsys)
    door.write("tenants/contoso.yaml", "version: 1\n")
    made = ledger_in(tmp_path)
    first_run(made)
    said = door.run("export", "contoso", "--out", f"{path_of(made)}{end}")
    assert said.code == 1
    assert "is part of the database ledger.db, and would be lost." in said.err
    assert len(made.runs()) == 1
    made.close()


def test_what_the_command_line_says_goes_before_the_environment_wherever_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(tmp_path, capsys)
    door.write("tenants/contoso.yaml", "version: 1\n")
    monkeypatch.setenv("TENANTRY_BACKEND", "sqlite:///variable.db")
    observe, backend = ("observe", "contoso", "--state", "active"), ("--backend", "sqlite:///option.db")
    for words in ((*backend, *observe), (*observe, *backend)):
        assert door.run(*words).code == 0
        assert (tmp_path / "option.db").exists()
        assert not (tmp_path / "variable.db").exists()
        (tmp_path / "option.db").unlink()
    assert door.run(*observe).code == 0
    assert (tmp_path / "variable.db").exists()


def test_a_folder_that_is_gone_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert run(["history"]) == 1
    assert capsys.readouterr().err.count("\n") <= 2
