"""Files that are none, lead away, are too large, or have names that deceive."""

import contextlib
import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.threats.threatened import ADA, CANARY, CONTOSO, Workspace, command

from tenantry.cli import files


def secret(tmp_path: Path, name: str = "secret.yaml") -> Path:
    target = tmp_path / name
    # a key, and a column, of which problems would tell if it were read
    target.write_text(f"{CANARY}: {CANARY}\nversion: 1\ntenant: {{name: {CANARY}}}\n", encoding="utf-8")
    return target


@pytest.mark.parametrize("kind", ["tenant", "part", "roster", "workspace", "catalog", "folder", "tenants"])
def test_the_content_behind_a_link_that_leaves_the_workspace_is_never_shown(
    workspace: Workspace, tmp_path: Path, kind: str
) -> None:
    outside = secret(tmp_path)
    (tmp_path / "outside").mkdir()
    for name in ("users", CANARY):
        (tmp_path / "outside" / f"{name}.yaml").write_text(f"{CANARY}: {CANARY}\n", encoding="utf-8")
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
        with socket.socket(socket.AF_UNIX) as door, contextlib.chdir(target.parent):  # a socket's name must be short
            door.bind(target.name)
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
    for name in (
        b"b\xff.yaml",
        b"c\nd.yaml",
        b"e\x1b[2J.yaml",
        "f\u202e.yaml".encode(),
        b"g\\h.yaml",
        b"Contoso.yaml",
        b"i..yaml",
    ):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"version: 1\n")
    for form in ("text", "json", "github"):
        said = workspace.run("validate", "--format", form)
        assert said.code == 1
        assert "bad-tenant-id" in said.out
        assert form == "json" or not re.search("[\x1b\u202e\udcff]", said.out)
    assert command(workspace.root, "validate").code == 1


def test_a_snapshot_whose_name_is_no_text_is_told_by_it(workspace: Workspace) -> None:
    workspace.write(CONTOSO, "version: 1\n")
    name = os.fsdecode(b"c\xff.json")
    workspace.root.joinpath(name).write_text("{")
    for verb in ("plan", "validate", "report"):
        said = workspace.run(verb, "--current", str(workspace.root / name), "--format", "json")
        assert said.code == 1
        assert "c\\\\udcff.json" in said.out


def test_thousands_of_stray_files_are_told_in_time(workspace: Workspace) -> None:
    for at in range(1000):
        workspace.write(f"tenants/a{at}.yml", "version: 1\n")
    assert len(workspace.refused()) >= 50


@pytest.mark.parametrize("kind", ["fifo", "/dev/zero", "/etc/passwd", "/proc/self/environ"])
def test_the_command_itself_waits_for_no_pipe_and_quotes_nothing_from_outside(workspace: Workspace, kind: str) -> None:
    workspace.write(CONTOSO, "version: 1\nrosters: [{file: people.csv}, {file: ../../../../../../../etc/passwd}]\n")
    if kind == "fifo":
        os.mkfifo(workspace.root / "tenants/people.csv")
    else:
        workspace.link("tenants/people.csv", kind)
    for verb in ("validate", "plan"):
        said = command(workspace.root, verb)
        assert said.code == 1
        assert said.all.count("unreadable-roster") == 2
        assert "root:" not in said.all
        assert "PATH" not in said.all


@pytest.fixture
def swapped(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """By the name of a file, what somebody puts in its place as soon as it was read."""
    content, others = files._content, dict[str, bytes]()  # noqa: SLF001 - the one place where files are read

    def read(target: Path, limit: int) -> bytes:
        read_once = content(target, limit)
        if target.name in others:
            target.write_bytes(others[target.name])
        return read_once

    monkeypatch.setattr(files, "_content", read)
    return others


def test_what_was_read_is_what_is_planned_though_the_files_are_swapped_meanwhile(
    workspace: Workspace, swapped: dict[str, bytes]
) -> None:
    texts = {
        "tenantry.yaml": "version: 1\nguards: {min_holders: {companion: 1}}\n",
        CONTOSO: "version: 1\ncontract: {contingency: {companion: 2}}\nrosters: [{file: people.csv}]\n",
        "tenants/people.csv": f"upn,licenses\n{ADA},companion\n",
    }
    planned = []
    for other in ({}, dict.fromkeys((Path(path).name for path in texts), b"- swapped")):
        swapped.update(other)
        for path, text in texts.items():
            workspace.write(path, text)
        planned.append(workspace.run("plan", "--format", "json"))
    assert all((workspace.root / path).read_bytes() == b"- swapped" for path in texts)
    assert planned[0] == planned[1]
    assert planned[0].code == 0


def test_a_plan_that_is_swapped_after_it_was_looked_at_is_not_the_one_that_is_applied(
    workspace: Workspace, tmp_path: Path, swapped: dict[str, bytes]
) -> None:
    head = "version: 1\ncontract: {contingency: {companion: 2}}\n"
    plan = tmp_path / "plan.json"
    plans = []
    for user in ("eve@contoso.example", ADA):
        workspace.write(CONTOSO, f"{head}users: {{{user}: {{licenses: [companion]}}}}\n")
        workspace.run("plan", "--out", str(plan))
        plans.append(plan.read_bytes())
    workspace.write(CONTOSO, f"{head}users: {{{ADA}: {{licenses: [companion]}}}}\n")
    swapped["plan.json"] = plans[0]
    assert workspace.run("apply", str(plan)).code == 0
    assert plan.read_bytes() == plans[0]
    assert list(json.loads(workspace.run("export", "contoso").out)["users"]) == [ADA]
