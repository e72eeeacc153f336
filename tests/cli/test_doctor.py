"""doctor: every check is told, whatever the others find, and nothing is ever a traceback."""

import contextlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from at_the_door import Door
from filled_ledgers import ME, TENANT, first_run, ledger_in, outside, path_of, taken
from tenantry import __version__
from tenantry.cli import acting
from tenantry.engine import checkup
from tenantry.rendering.columns import width

CANARY = "CANARY-7f3a"
ALWAYS = ("tenantry", "Python", "packages", "PostgreSQL", "SQLite", "time zones", "workspace", "git", "who", "CI")
"""What is looked at wherever one stands."""


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own, without a repository around."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


@pytest.fixture
def door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Door:
    """A workspace with one tenant, and no ledger."""
    made = Door(tmp_path / "workspace", capsys)
    made.write("tenants/contoso.yaml", "version: 1\n")
    return made


def checks(door: Door, *args: str, code: int = 0) -> dict[str, list[tuple[str, str]]]:
    """Sign and words of each check, with its hint, by what it is about."""
    said = door.run("doctor", *args)
    assert said.code == code, said
    assert said.err == ""
    assert all(width(line) <= 80 for line in said.out.splitlines())
    found: dict[str, list[tuple[str, str]]] = {}
    for entry in re.split(r"\n(?=[✔!✖\n])", said.out.replace("\n      ", " ").replace("\n    ", " ").rstrip("\n")):
        if match := re.fullmatch(r"([✔!✖]) ([^:]+): (.*)", entry, re.DOTALL):
            found.setdefault(match[2], []).append((match[1], match[3]))
    assert set(found) >= set(ALWAYS)
    return found


def only(found: dict[str, list[tuple[str, str]]], what: str) -> tuple[str, str]:
    (one,) = found[what]
    return one


def test_a_sound_workspace_with_a_ledger_is_well(door: Door) -> None:
    made = ledger_in(door.root)
    first_run(made)
    found = checks(door)
    assert only(found, "tenantry") == ("✔", __version__)
    assert "click 8" in only(found, "packages")[1]
    assert "jsonschema-rs" in only(found, "packages")[1]
    assert only(found, "SQLite") == ("✔", sqlite3.sqlite_version)
    assert only(found, "PostgreSQL") == ("✔", f"psycopg {psycopg.__version__}")
    mark, root = only(found, "workspace")
    assert (mark, root.replace(" ", "")) == ("✔", str(door.root.resolve()))  # a long one takes more lines
    assert only(found, "tenantry.yaml") == ("✔", "not there, so the defaults serve")
    assert only(found, "catalog")[1].startswith("nimbus, ")
    assert only(found, "tenants") == ("✔", "1 tenant, read")
    assert only(found, "backend") == ("✔", "sqlite:///.tenantry/ledger.db (the default)")
    assert re.fullmatch(r"\d+ KiB, mode 0600|[\d,]+ bytes, mode 0600", only(found, "ledger file")[1])
    assert only(found, "ledger") == ("✔", "version 1, 1 tenant, 1 run, the last contoso-1 on 2026-11-24")
    assert only(found, "soundness") == ("✔", "sound")
    assert only(found, "locks") == ("✔", "none held")
    assert only(found, "CI") == ("✔", "no")
    assert door.told("doctor").splitlines()[-1].startswith("nothing is wrong")


def test_it_works_outside_of_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = checks(Door(tmp_path, capsys))
    sign, told = only(found, "workspace")
    assert sign == "!"
    assert "tenantry init" in told
    assert "backend" not in found
    assert checks(Door(tmp_path / "gone", capsys), code=1)["workspace"][0][0] == "✖"


def test_problems_of_files_are_counted(door: Door) -> None:
    door.write("tenants/contoso.yaml", "version: 1\nusers: {ada: {}, bob: {}}\n")
    door.write("tenants/fabrikam.yaml", "version: 1\n")
    sign, told = only(checks(door, code=1), "tenants")
    assert (sign, told) == ("✖", "2 tenants; 2 problems in the files of 1 hint: See `tenantry validate`.")


def test_problems_of_the_workspace_file_leave_the_ledger_alone(door: Door) -> None:
    door.write("tenantry.yaml", "version: 1\nbackent: x\n")
    found = checks(door, code=1)
    assert only(found, "tenantry.yaml") == ("✖", "1 problem hint: See `tenantry validate`.")
    assert only(found, "backend")[0] == "!"
    assert "ledger" in checks(door, "--backend", "sqlite:///x.db", code=1)


def test_a_catalog_that_cannot_be_read_is_told(door: Door) -> None:
    door.write("tenantry.yaml", "version: 1\ncatalog: gone.yaml\n")
    assert only(checks(door, code=1), "catalog")[0] == "✖"


def test_a_workspace_without_tenants_is_a_warning(door: Door) -> None:
    shutil.rmtree(door.root / "tenants")
    door.write("tenantry.yaml", "version: 1\n")
    found = checks(door)
    assert only(found, "tenantry.yaml") == ("✔", "read")
    assert only(found, "tenants")[0] == "!"


# where the ledger lies


def test_the_backend_is_told_with_where_it_comes_from(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def backend(*args: str) -> str:
        return only(checks(door, *args), "backend")[1]

    door.write("tenantry.yaml", "version: 1\nbackend: sqlite:///a.db\n")
    assert backend() == "sqlite:///a.db (from tenantry.yaml)"
    assert backend("--backend", "sqlite:///b.db") == "sqlite:///b.db (from --backend)"
    door.write("tenantry.yaml", 'version: 1\nbackend: "env:LEDGER"\n')
    monkeypatch.setenv("LEDGER", "sqlite:///c.db")
    assert backend() == "sqlite:///c.db (from tenantry.yaml, which names the variable LEDGER)"
    monkeypatch.setenv("TENANTRY_BACKEND", "sqlite:///d.db")
    assert backend() == "sqlite:///d.db (from TENANTRY_BACKEND)"
    assert only(checks(door), "environment") == ("✔", "TENANTRY_BACKEND: as if the options were given")


@pytest.mark.parametrize("url", [f"mysql://ada:{CANARY}@db/x", f"mysql://{CANARY}", "sqlite:///", "env:NOT_SET", "x"])
def test_a_url_that_names_no_ledger_fails_without_being_shown(door: Door, url: str) -> None:
    found = checks(door, "--backend", url, code=1)
    assert only(found, "backend")[0] == "✖"
    assert CANARY not in str(found)


def test_without_a_ledger_it_says_what_makes_one(door: Door) -> None:
    sign, told = only(checks(door), "ledger")
    assert sign == "!"
    assert told.startswith("none at sqlite:///.tenantry/ledger.db hint: `tenantry init`, observe and apply make one")
    assert not (door.root / ".tenantry").exists()


# how the ledger is


def test_an_empty_ledger_is_well(door: Door) -> None:
    ledger = ledger_in(door.root)
    assert ledger.tenants() == ()
    ledger.close()
    assert only(checks(door), "ledger")[0] == "✔"


def altered(*statements: str) -> Callable[[Path], None]:
    """A ledger that somebody else changed."""

    def change(path: Path) -> None:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    return change


def text(path: Path) -> None:
    path.write_text("no database, but long enough to be taken for one " * 40)


def other_database(path: Path) -> None:
    path.unlink()
    altered("CREATE TABLE t (a)")(path)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


BROKEN = {
    "a text": (text, "is not a ledger"),
    "another database": (other_database, "not a ledger of tenantry"),
    "newer": (altered("PRAGMA user_version = 99"), "was written by a newer tenantry"),
    "cut in half": (cut, "is damaged"),
    "a folder": (folder, "is not a regular file"),
    "without its tables": (altered("DROP TABLE receipts", "DROP TABLE updates", "DROP TABLE runs"), "can't be used"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_ledger_is_a_failed_check_and_the_others_are_told(door: Door, name: str) -> None:
    change, sentence = BROKEN[name]
    made = ledger_in(door.root)
    first_run(made, [f"user:{at}@x.example" for at in range(300)], bought=300)
    made.close()
    change(path_of(made))
    sign, told = only(checks(door, code=1), "ledger")
    assert sign == "✖"
    assert sentence in told
    assert "hint: " in told


def test_counters_that_do_not_agree_fail(door: Door) -> None:
    made = ledger_in(door.root)
    first_run(made)
    outside(made, "UPDATE counters SET assigned = 7")
    sign, told = only(checks(door, code=1), "soundness")
    assert (sign, told.partition(" hint")[0]) == ("✖", "contoso: the counter of companion says 7, and 1 are assigned.")


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_a_ledger_that_others_can_read_is_a_warning(door: Door) -> None:
    made = ledger_in(door.root)
    first_run(made)
    path_of(made).chmod(0o644)
    sign, told = only(checks(door), "ledger file")
    assert sign == "!"
    assert "mode 0644: others may open it hint: chmod 600 " in told


def test_a_lock_is_told_with_its_holder_and_what_to_do(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ledger_in(door.root)
    first_run(made)
    lease = taken(made, claimant=replace(ME, host="elsewhere"))
    sign, told = only(checks(door), "locks")
    assert sign == "!"
    assert told.startswith("contoso is held by ada (process 4711 on elsewhere, for ")
    assert "hint: Wait, or apply with --lock-timeout." in told
    monkeypatch.setattr(acting.platform, "node", lambda: "elsewhere")
    monkeypatch.setattr(acting, "_alive", lambda pid: pid != 4711)
    assert "that process is gone hint: The next apply on this host takes it over." in only(checks(door), "locks")[1]
    outside(made, "UPDATE locks SET expires_at = 0")
    assert "its lease ran out hint: The next apply takes it over." in only(checks(door), "locks")[1]
    made.free(lease)
    assert only(checks(door), "locks") == ("✔", "none held")


# the machine


def test_a_package_that_is_missing_old_or_broken_fails(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    version, find = importlib.metadata.version, importlib.util.find_spec

    def found(name: str) -> str:
        if name == "deepdiff":
            raise importlib.metadata.PackageNotFoundError
        return "3.0.9" if name == "jinja2" else version(name)

    monkeypatch.setattr(importlib.metadata, "version", found)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jsonschema_rs" else find(name))
    failed = [told for sign, told in checks(door, code=1)["packages"] if sign == "✖"]
    assert [told.partition(" hint")[0] for told in failed] == [
        "deepdiff isn't there",
        "jinja2 3.0.9 is too old",
        f"jsonschema-rs {version('jsonschema-rs')} can't be imported",
    ]


def test_without_its_metadata_or_c_parser_or_zones_it_says_so(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.metadata, "requires", gone)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "yaml._yaml" else find(name))
    monkeypatch.setattr(checkup, "is_zone", lambda name: False)  # noqa: ARG005 - its signature
    monkeypatch.setattr(checkup, "SQLITE", "3.32.9")
    found = checks(door, code=1)
    assert only(found, "packages")[0] == "✖"
    assert only(found, "YAML")[0] == "!"
    assert only(found, "time zones") == (
        "✖",
        "none: no day can be told in a tenant's zone hint: Install the package tzdata.",
    )
    assert only(found, "SQLite")[0] == "✖"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_commit_is_told_and_whether_files_differ_from_it(door: Door) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(door.root), *words], check=True, capture_output=True)  # noqa: S607

    assert only(checks(door), "git")[1].startswith("no repository here")
    git("init")
    assert only(checks(door), "git")[1].startswith("no commit yet")
    git("config", "user.name", "Ada\x1b[31m ::error::")
    git("config", "user.email", "ada@x.example")
    git("add", ".")
    git("commit", "-m", "first")
    found = checks(door)
    assert re.fullmatch(r"commit [0-9a-f]{7}, clean", only(found, "git")[1])
    assert "\x1b" not in only(found, "who")[1]
    assert "::" not in only(found, "who")[1]
    assert "<ada@x.example>" in only(found, "who")[1]
    door.write("tenants/contoso.yaml", "version: 1\nusers: {}\n")
    sign, told = only(checks(door), "git")
    assert sign == "!"
    assert "files that differ from it" in told


def test_without_git_runs_have_no_commit(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(door.root))
    assert only(checks(door), "git") == ("!", "not installed hint: Without it, runs are recorded without a commit.")


def test_a_pipeline_is_recognised_with_who_started_it(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert only(checks(door), "CI") == ("✔", "CI is set: no ledger is made unasked")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_ACTOR", "octo")
    found = checks(door)
    assert only(found, "CI") == ("✔", "GitHub Actions: no ledger is made unasked")
    assert only(found, "who") == ("✔", "a run would be recorded as octo")


def test_hostile_names_are_harmless(door: Door) -> None:
    made = ledger_in(door.root)
    first_run(made)
    taken(made, TENANT, replace(ME, who="\x1b[31m::error::\n✖ fake: ##[x", host="h\x1b"))
    said = door.run("doctor")
    assert said.code == 0
    assert "\x1b" not in said.out
    assert "::" not in said.out
    assert "##" not in said.out
    assert not any(line.startswith("✖") for line in said.out.splitlines())
