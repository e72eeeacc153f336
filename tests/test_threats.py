"""Hostile files against the real command: its exit code, one clear line, no traceback, no signal, little time."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenantry.cli.door import run

ADA = "ada@contoso.example"
CANARY = "CANARY-7f3a"
CONTOSO = "tenants/contoso.yaml"
PLACED = re.compile(r"^(?P<place>[^:\n]+:\d+:\d+): (?P<rule>[a-z0-9-]+): \S.*", re.MULTILINE)
SECOND = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Rule and place of each problem that was told as text, each on a line of its own."""
        return [(match["rule"], match["place"]) for match in PLACED.finditer(self.out)]


class Workspace:
    """A workspace on the disk, and commands in it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root / "workspace"
        (self.root / "tenants").mkdir(parents=True)
        self._capsys = capsys

    def write(self, path: str, content: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def link(self, path: str, target: str | Path) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).symlink_to(target)

    def run(self, *args: str, within: float = SECOND) -> Said:
        """Run a command in this process; it must neither raise nor take long."""
        self._capsys.readouterr()
        began = time.perf_counter()
        code = run(["-C", str(self.root), *args])
        taken = time.perf_counter() - began
        out, err = self._capsys.readouterr()
        said = Said(code, out, err)
        assert "Traceback" not in said.all
        assert taken < within, f"{taken:.2f} s"
        return said

    def refused(self, *args: str, within: float = SECOND) -> list[tuple[str, str]]:
        """The problems of a validation that must fail, told as text and in JSON alike."""
        said = self.run("validate", *args, within=within)
        assert said.code == 1, said.all
        as_json = self.run("validate", "--format", "json", *args, within=within)
        assert as_json.code == 1
        told = json.loads(as_json.out)["problems"]
        assert all(item["hint"] and item["message"] for item in told)
        problems = [(item["rule"], f"{item['file']}:{item['line']}:{item['column']}") for item in told]
        assert said.problems == problems
        return problems


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Workspace:
    return Workspace(tmp_path, capsys)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def command(root: Path, *args: str, timeout: float = 20) -> Said:
    """Run the installed command as a process of its own; it must not end by a signal."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("tenantry")), "-C", str(root), *args],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode >= 0, f"signal {-done.returncode}"
    assert "Traceback" not in done.stdout + done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


# YAML


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [lol, lol, lol]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, levels)]
    return "\n".join(lines)


TEXTS: dict[str, tuple[str | bytes, str, str]] = {
    "duplicate key": ("contract: {contingency: {companion: 10, companion: 9999}}", "duplicate-key", "2:41"),
    "quoted twin of a key": ('contract: {contingency: {companion: 10, "companion": 9999}}', "duplicate-key", "2:41"),
    "second users block": (f"users:\n  {ADA}: {{licenses: []}}\nusers: {{}}", "duplicate-key", "4:1"),
    "alias bomb": (bomb(9), "yaml-anchor", "2:5"),
    "merge bomb": ("x: {<<: [{a: b}, {c: d}]}", "merge-key", "2:5"),
    "recursive anchor": ("users: &a [*a]", "yaml-anchor", "2:8"),
    "python object": ("users: !!python/object/apply:os.system ['id']", "yaml-tag", "2:8"),
    "include": ("users: !include /etc/passwd", "yaml-tag", "2:8"),
    "binary": ("tenant: {name: !!binary aGFsbG8=}", "yaml-tag", "2:16"),
    "200,000 brackets": ("users: " + "[" * 200_000, "too-deep", "2:39"),
    "200,000 braces": ("users: " + "{a: " * 200_000, "too-deep", "2:132"),
    "no": ("tenant: {name: no}", "ambiguous-scalar", "2:16"),
    "on as a key": ("tenant: {labels: {on: x}}", "key-not-text", "2:19"),
    "22:22": (f"users: {{{ADA}: {{cost_center: 22:22}}}}", "ambiguous-scalar", "2:44"),
    "010": (f"users: {{{ADA}: {{cost_center: 010}}}}", "ambiguous-scalar", "2:44"),
    "1_000": ("contract: {contingency: {companion: 1_000}}", "ambiguous-scalar", "2:37"),
    "0x1F": ("contract: {contingency: {companion: 0x1F}}", "ambiguous-scalar", "2:37"),
    ".nan": ("contract: {contingency: {companion: .nan}}", "not-a-number", "2:37"),
    ".inf": ("contract: {contingency: {companion: .inf}}", "not-a-number", "2:37"),
    "1e400": ("contract: {contingency: {companion: 1e400}}", "ambiguous-scalar", "2:37"),
    "10.0": ("contract: {contingency: {companion: 10.0}}", "ambiguous-scalar", "2:37"),
    "true": ("contract: {contingency: {companion: true}}", "wrong-type", "2:37"),
    "-1": ("contract: {contingency: {companion: -1}}", "out-of-range", "2:37"),
    "10,000 digits": ("contract: {contingency: {companion: " + "9" * 10_000 + "}}", "integer-too-long", "2:37"),
    "3,613 hexadecimal digits": (
        "contract: {contingency: {companion: 0x" + "f" * 3613 + "}}",
        "ambiguous-scalar",
        "2:37",
    ),
    "UTF-16": ("version: 1\n".encode("utf-16"), "not-utf8", "1:1"),
    "bytes that are not UTF-8": (b"version: 1\ntenant: {name: Z\xfcrich}\n", "not-utf8", "2:17"),
    "BOM inside": ("tenant: {name: a\ufeffb}", "byte-order-mark", "2:17"),
    "NUL": ("tenant: {name: a\0b}", "control-character", "2:17"),
    "escape sequence": ("tenant: {name: a\x1b[2Jb}", "control-character", "2:17"),
    "escaped escape sequence": ('tenant: {name: "a\\e[2Jb"}', "control-character", "2:16"),
    "lone surrogate": ('tenant: {name: "\\ud800"}', "yaml-syntax", "2:19"),
    "encoded surrogate": (b"version: 1\ntenant: {name: \xed\xa0\x80}\n", "not-utf8", "2:16"),
    "right-to-left override": ("tenant: {name: a\u202eb}", "bidirectional-character", "2:17"),
    "two documents": ("---\nversion: 1", "several-documents", "2:1"),
    "directive": (b"%YAML 1.1\n---\nversion: 1\n", "yaml-directive", "1:1"),
    "Cyrillic letter in a UPN": ("users: {\u0430da@contoso.example: {}}", "bad-format", "2:9"),
    "zero-width space in a UPN": ("users: {a\u200bda@contoso.example: {}}", "bad-format", "2:9"),
    "UPNs that differ in case": ("users:\n  Alice@a.example: {}\n  alice@a.example: {}", "holder-twice", "4:3"),
    "misspelled license": (f"users: {{{ADA}: {{licenses: [compnion]}}}}", "unknown-license", "2:42"),
    "license in other case": (f"users: {{{ADA}: {{licenses: [Companion]}}}}", "unknown-license", "2:42"),
    "absolute path as a roster": ("rosters: [{file: /etc/passwd}]", "unreadable-roster", "2:18"),
    "path out of the workspace": ("rosters: [{file: ../../../../../../etc/passwd}]", "unreadable-roster", "2:18"),
    "path of another system as a roster": (r"rosters: [{file: 'C:\Windows\win.ini'}]", "unreadable-roster", "2:18"),
    "path of another machine as a roster": (r"rosters: [{file: '\\host\share\a.csv'}]", "unreadable-roster", "2:18"),
    "NUL in a path": ('rosters: [{file: "a\\0.csv"}]', "control-character", "2:18"),
    "a name too long for a file": (f"rosters: [{{file: {'x' * 1000}.csv}}]", "unreadable-roster", "2:18"),
    "a folder as a roster": ("rosters: [{file: .}]", "unreadable-roster", "2:18"),
}  # fmt: skip


@pytest.mark.parametrize("threat", TEXTS)
def test_a_hostile_text_is_refused_at_its_place(workspace: Workspace, threat: str) -> None:
    content, rule, place = TEXTS[threat]
    workspace.write(CONTOSO, f"version: 1\n{content}\n" if isinstance(content, str) else content)
    assert (rule, f"{CONTOSO}:{place}") in workspace.refused()
    assert workspace.run("plan").code == 1


@pytest.mark.parametrize("threat", ["no", "22:22", "010", "1_000", "0x1F"])
def test_an_ambiguous_value_is_to_be_quoted(workspace: Workspace, threat: str) -> None:
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    assert f'quote it ("{threat}")' in " ".join(workspace.run("validate").out.split())


@pytest.mark.parametrize("threat", ["Cyrillic letter in a UPN", "zero-width space in a UPN", "right-to-left override"])
def test_a_character_that_deceives_is_told_by_its_code_point(workspace: Workspace, threat: str) -> None:
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    out = workspace.run("validate").out
    assert re.search(r"U\+(0430|200B|202E)", out)
    assert not re.search("[\u202e\u200b]", out)


@pytest.mark.parametrize("threat", ["alias bomb", "200,000 brackets", "200,000 braces", "10,000 digits", "merge bomb"])
def test_a_bomb_is_refused_in_a_tenth_of_a_second(workspace: Workspace, threat: str) -> None:
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    workspace.run("validate", within=3)  # whatever is loaded late is loaded now
    assert workspace.run("validate", within=0.1).code == 1


@pytest.mark.parametrize("threat", ["alias bomb", "200,000 brackets", "lone surrogate", "python object"])
def test_the_command_itself_ends_without_a_signal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], threat: str
) -> None:
    workspace = Workspace(tmp_path, capsys)
    workspace.write(CONTOSO, f"version: 1\n{TEXTS[threat][0]}\n")
    said = command(workspace.root, "validate")
    assert said.code == 1
    assert TEXTS[threat][1] in {rule for rule, _ in said.problems}


# files


def secret(tmp_path: Path, name: str = "secret.yaml") -> Path:
    target = tmp_path / name
    target.write_text(f"version: 1\ntenant: {{name: {CANARY}, {CANARY}: {CANARY}}}\nupn,{CANARY}\n", encoding="utf-8")
    return target


@pytest.mark.parametrize("kind", ["tenant", "part", "roster", "workspace", "catalog", "folder", "tenants"])
def test_the_content_behind_a_link_that_leaves_the_workspace_is_never_shown(
    workspace: Workspace, tmp_path: Path, kind: str
) -> None:
    outside = secret(tmp_path)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "users.yaml").write_text(f"{CANARY}: {CANARY}\n", encoding="utf-8")
    match kind:
        case "tenant":
            workspace.link(CONTOSO, outside)
        case "part":
            workspace.link("tenants/contoso/users.yaml", outside)
        case "roster":
            workspace.write(CONTOSO, "version: 1\nrosters: [{file: people.csv}]\n")
            workspace.link("tenants/people.csv", "../../secret.yaml")
        case "workspace":
            workspace.link("tenantry.yaml", outside)
        case "catalog":
            workspace.write("tenantry.yaml", "version: 1\ncatalog: words.yaml\n")
            workspace.link("words.yaml", outside)
        case "folder":
            workspace.link("tenants/contoso", tmp_path / "outside")
        case _:
            (workspace.root / "tenants").rmdir()
            workspace.link("tenants", tmp_path / "outside")
    for arguments in (["validate"], ["plan"], ["validate", "--format", "json"], ["report"]):
        said = workspace.run(*arguments)
        assert said.code == 1
        assert CANARY not in said.all


def test_a_link_to_a_file_or_folder_of_the_workspace_is_followed(workspace: Workspace) -> None:
    workspace.write("shared/people.csv", f"upn\n{ADA}\n")
    workspace.write("shared/lab/users.yaml", "version: 1\nrosters: [{file: people.csv}]\n")
    workspace.link("shared/lab/people.csv", "../people.csv")
    workspace.link("tenants/lab", "../shared/lab")
    workspace.link("tenants/lab-2", "lab")
    workspace.write("one.yaml", "version: 1\n")
    workspace.link("tenants/one.yaml", "../one.yaml")
    said = workspace.run("validate", "--format", "json")
    assert [item["tenant"] for item in json.loads(said.out)["tenants"]] == ["lab", "lab-2", "one"]
    assert said.code == 0


def test_links_in_a_circle_end(workspace: Workspace) -> None:
    workspace.link("tenants/a.yaml", "b.yaml")
    workspace.link("tenants/b.yaml", "a.yaml")
    workspace.link("tenants/c", "d")
    workspace.link("tenants/d", "c")
    workspace.link("tenants/e", ".")
    workspace.link("tenants/f", "../tenants")
    workspace.write("tenants/g/users.yaml", "version: 1\n")
    workspace.link("tenants/g/h", "..")
    workspace.link("tenants/g/i", ".")
    rules = {rule for rule, _ in workspace.refused()}
    assert "unreadable-file" in rules


def test_a_link_to_nowhere_is_told(workspace: Workspace) -> None:
    workspace.link(CONTOSO, "gone.yaml")
    assert workspace.refused() == [("unreadable-file", f"{CONTOSO}:1:1")]


@pytest.mark.parametrize("inside", [None, "users.yaml"])
def test_a_folder_named_like_a_file_is_told(workspace: Workspace, inside: str | None) -> None:
    (workspace.root / CONTOSO).mkdir()
    if inside:
        workspace.write(f"{CONTOSO}/{inside}", "version: 1\n")
    assert [rule for rule, _ in workspace.refused()] == ["bad-tenant-id" if inside else "unread-folder"]


def test_a_folder_named_like_a_file_in_a_tenant_is_told(workspace: Workspace) -> None:
    workspace.write("tenants/contoso/users.yaml", "version: 1\n")
    (workspace.root / "tenants/contoso/more.yml").mkdir()
    assert [rule for rule, _ in workspace.refused()] == ["unread-folder"]


@pytest.mark.parametrize("path", [CONTOSO, "tenants/people.csv", "tenantry.yaml"])
@pytest.mark.parametrize("kind", ["fifo", "/dev/zero", "/dev/null", "socket"])
def test_what_is_not_a_regular_file_is_told_and_not_waited_for(workspace: Workspace, path: str, kind: str) -> None:
    if path != CONTOSO:
        workspace.write(CONTOSO, "version: 1\nrosters: [{file: people.csv}]\n")
        workspace.write("tenants/people.csv", "upn\n")
        (workspace.root / path).unlink(missing_ok=True)
    target = workspace.root / path
    if kind == "fifo":
        os.mkfifo(target)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(os.path.relpath(target))
    else:
        target.symlink_to(kind)
    rules = {rule for rule, _ in workspace.refused()}
    assert rules <= {"unreadable-file", "unreadable-roster"}


def test_what_may_not_be_read_is_told(workspace: Workspace) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    workspace.write(CONTOSO, "version: 1\n").chmod(0)
    workspace.write("tenants/fabrikam/users.yaml", "version: 1\n")
    (workspace.root / "tenants/fabrikam").chmod(0)
    try:
        assert {rule for rule, _ in workspace.refused()} == {"unreadable-file", "unread-folder"}
    finally:
        (workspace.root / "tenants/fabrikam").chmod(0o700)


def test_a_folder_that_can_not_be_listed_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.write("tenants/fabrikam/users.yaml", "version: 1\n")
    workspace.write(CONTOSO, "version: 1\n")
    scandir: Callable[..., Iterator[os.DirEntry[str]]] = os.scandir

    def without_fabrikam(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "fabrikam":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", without_fabrikam)
    assert workspace.refused() == [("unread-folder", "tenants/fabrikam:1:1")]
    assert workspace.run("plan", "contoso").code == 0


@pytest.mark.parametrize("path", [CONTOSO, "tenants/people.csv", "tenantry.yaml"])
def test_a_hundred_megabytes_are_refused_unread(workspace: Workspace, path: str) -> None:
    workspace.write(CONTOSO, "version: 1\nrosters: [{file: people.csv}]\n")
    workspace.write("tenants/people.csv", "upn\n")
    with workspace.write(path, b"").open("r+b") as stream:
        stream.truncate(100 * 1024 * 1024)
    assert {rule for rule, _ in workspace.refused()} <= {"unreadable-file", "unreadable-roster"}
    assert "more than the 67108864 that are read" in " ".join(workspace.run("validate").out.split())


def test_names_of_files_that_are_no_text_are_shown_harmlessly(workspace: Workspace) -> None:
    folder = os.fsencode(workspace.root / "tenants")
    for name in (b"b\xff.yaml", b"c\nd.yaml", b"e\x1b[2J.yaml", "f\u202e.yaml".encode(), b"g\\h.yaml"):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"version: 1\n")
    for form in ("text", "json", "github"):
        said = workspace.run("validate", "--format", form)
        assert said.code == 1
        assert "bad-tenant-id" in said.out
        assert form == "json" or not re.search("[\x1b\u202e\udcff]", said.out)
    assert command(workspace.root, "validate").code == 1


def test_thousands_of_stray_files_are_told_in_time(workspace: Workspace) -> None:
    for at in range(1000):
        workspace.write(f"tenants/a{at}.yml", "version: 1\n")
    assert len(workspace.refused()) >= 50


# rosters


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


# the workspace and its catalog


def test_a_password_in_the_backend_s_url_shows_in_no_output(workspace: Workspace) -> None:
    workspace.write("tenantry.yaml", f"version: 1\nbackend: postgresql://ledger:{CANARY}@db/ledger\n")
    workspace.write(CONTOSO, "version: 1\n")
    for arguments in (
        ["validate"],
        ["plan"],
        ["plan", "--format", "json"],
        ["report"],
        ["whatif"],
        ["explain", f"user:{ADA}"],
    ):
        said = workspace.run(*arguments)
        assert said.code == 1
        assert CANARY not in said.all


@pytest.mark.parametrize("url", ["postgresql://[::1", "x://", "sqlite:", "://", "nonsense"])
def test_a_backend_s_url_of_any_shape_ends_in_no_traceback(workspace: Workspace, url: str) -> None:
    workspace.write("tenantry.yaml", f"version: 1\nbackend: '{url}'\n")
    workspace.write(CONTOSO, "version: 1\n")
    assert workspace.run("plan").code in (0, 1)


@pytest.mark.parametrize("key", ["$ref", "$schema"])
def test_a_reference_to_the_network_in_a_catalog_opens_no_socket(workspace: Workspace, key: str) -> None:
    workspace.write("tenantry.yaml", "version: 1\ncatalog: words.yaml\n")
    workspace.write("words.yaml", f'version: 1\n"{key}": http://169.254.169.254/latest\n')
    workspace.write(CONTOSO, "version: 1\n")
    assert ("unknown-key", "words.yaml:2:1") in workspace.refused()


# snapshots


def snapshot(**more: object) -> str:
    return json.dumps({"format": "tenantry-snapshot/1", "tenant": "contoso", **more})


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


# saved plans


@pytest.fixture
def saved(workspace: Workspace, tmp_path: Path) -> Path:
    """A saved plan with a change, an update and findings."""
    workspace.write(
        CONTOSO,
        "version: 1\ncontract: {contingency: {companion: 1}}\n"
        f"users: {{{ADA}: {{licenses: [companion], name: Ada}}}}\n",
    )
    assert workspace.run("plan", "--out", str(tmp_path / "plan.json")).code == 0
    return tmp_path / "plan.json"


def test_a_saved_plan_is_shown_as_it_was_saved(workspace: Workspace, saved: Path) -> None:
    said = workspace.run("show", str(saved), "--format", "json")
    assert said.code == 0
    assert said.out == saved.read_text(encoding="utf-8")


def test_a_saved_plan_of_which_one_byte_was_changed_is_refused(workspace: Workspace, saved: Path) -> None:
    content = saved.read_bytes()
    for at in range(0, len(content), 7):
        for bit in (1, 4, 32):
            saved.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
            said = workspace.run("show", str(saved))
            assert said.code in (1, 4), f"byte {at}, bit {bit}: {said.all}"
            assert said.err.startswith("error: ")
            assert not said.out


@pytest.mark.parametrize("where", ["top", "plan", "change", "finding"])
def test_a_key_more_in_a_saved_plan_is_refused(workspace: Workspace, saved: Path, where: str) -> None:
    data = json.loads(saved.read_text(encoding="utf-8"))
    plan = data["plans"][0]
    {"top": data, "plan": plan, "change": plan["changes"][0], "finding": plan["findings"][0]}[where]["evil"] = 1
    saved.write_text(json.dumps(data), encoding="utf-8")
    said = workspace.run("show", str(saved))
    assert said.code == 4
    assert "digest" in said.err


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "null", "1", '{"format": "tenantry-plan/2"}', "[" * 100_000, "\0", '{"digest": NaN}']
)
def test_a_file_that_is_no_plan_is_refused(workspace: Workspace, saved: Path, content: str) -> None:
    saved.write_text(content, encoding="utf-8")
    said = workspace.run("show", str(saved))
    assert said.code == 1
    assert said.err.startswith("error: ")


def test_a_plan_cut_off_anywhere_is_refused(workspace: Workspace, saved: Path) -> None:
    content = saved.read_bytes()
    for end in range(0, len(content) - 1, 61):
        saved.write_bytes(content[:end])
        assert workspace.run("show", str(saved)).code == 1


def test_a_plan_that_is_written_another_way_is_the_same_plan(workspace: Workspace, saved: Path) -> None:
    data = json.loads(saved.read_text(encoding="utf-8"))
    saved.write_text(json.dumps(data, indent=2), encoding="utf-8")
    assert workspace.run("show", str(saved)).code == 0
