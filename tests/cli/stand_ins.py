"""What stands in for a runner's surroundings: Python without a registry, and the forges' interfaces on this machine."""

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.forges.local_server import Asked, Reply

from tenantry import __version__

ROOT = Path(__file__).parent.parent.parent
COMMANDS = Path(sys.executable).parent
_PYTHON = f"""#!{sys.executable}
import os, pathlib, sys
words, here = sys.argv[1:], pathlib.Path(sys.argv[0]).parent
def install(words, folder):
    if words[-1] not in ("tenantry[postgres]=={__version__}", "{ROOT}[postgres]"):
        sys.exit("no such version: " + words[-1])
    (folder / "tenantry").symlink_to("{COMMANDS / "tenantry"}")
    sys.exit(0)
if here.joinpath("pip") == pathlib.Path(sys.argv[0]):
    install(words, here)
if words[0] != "-I":
    sys.exit("without -I Python runs a pip.py or json.py of the folder that it is called in")
if words[1:4] == ["-m", "pip", "install"]:
    install(words, here)
if words[1:3] == ["-m", "venv"]:
    made = pathlib.Path(words[3], "bin")
    made.mkdir(parents=True)
    (made / "pip").write_bytes(pathlib.Path(sys.argv[0]).read_bytes())
    (made / "pip").chmod(0o755)
    sys.exit(0)
os.execv(sys.executable, [sys.executable, *words])
"""


def python_without_registry(folder: Path) -> str:
    """A PATH on which pip installs the tenantry that is tested here, and where there is none before."""
    folder.mkdir(parents=True)
    for name in ("python", "python3"):
        (folder / name).write_text(_PYTHON, encoding="utf-8")
        (folder / name).chmod(0o755)
    return f"{folder}:{os.defpath}:/usr/local/bin"


@dataclass
class PullRequests:
    """Pull requests of one repository on all three platforms: comments by number, and which commit is whose merge.

    `rights` tells what each token may; no other token gets in.
    """

    rights: dict[str, Mapping[str, str]] = field(default_factory=dict)
    comments: dict[int, list[str]] = field(default_factory=dict)
    merges: dict[str, int] = field(default_factory=dict)
    status: dict[int, str] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Reply:
        """What the platform that is asked answers."""
        if "authorization" in asked.headers and asked.path.startswith("/acme/"):
            return self._azure(asked)
        if "private-token" in asked.headers:
            return self._gitlab(asked)
        return self._github(asked)

    def _may(self, token: str, right: str) -> bool:
        levels = ["none", "read", "write"]
        name, level = right.split(": ")
        return levels.index(self.rights[token].get(name, "none")) >= levels.index(level)

    def _github(self, asked: Asked) -> Reply:
        token = asked.headers["authorization"].removeprefix("Bearer ")
        forbidden = Reply(status=403, data={"message": "Resource not accessible by integration"})
        if asked.path == "/graphql":
            return Reply(data={"data": {"viewer": {"login": "github-actions[bot]"}}})
        if not self._may(token, "pull-requests: read" if asked.method == "GET" else "pull-requests: write"):
            return forbidden
        me = {"login": "github-actions[bot]", "type": "Bot"}
        if found := re.fullmatch(r"/repos/acme/licenses/commits/([0-9a-f]{40})/pulls", asked.path):
            number = self.merges.get(found[1])
            pull = {"number": number, "merged_at": "2026-11-24T09:00:00Z", "merge_commit_sha": found[1]}
            return Reply(data=[] if number is None else [pull])
        if found := re.fullmatch(r"/repos/acme/licenses/issues/(\d+)/comments", asked.path):
            number = int(found[1])
            kept = self.comments.setdefault(number, [])
            if asked.method == "POST":
                kept.append(asked.data["body"])
            rows = [{"id": number * 100 + at, "user": me, "body": body} for at, body in enumerate(kept)]
            return Reply(data=rows if asked.method == "GET" else rows[-1], status=200 if asked.method == "GET" else 201)
        found = re.fullmatch(r"/repos/acme/licenses/issues/comments/(\d+)", asked.path)
        assert found, asked
        number, at = divmod(int(found[1]), 100)
        self.comments[number][at] = asked.data["body"]
        return Reply(data={"id": int(found[1])})

    def _gitlab(self, asked: Asked) -> Reply:
        assert self._may(asked.headers["private-token"], "api: write")
        path = asked.path.removeprefix("/api/v4")
        if path == "/user":
            return Reply(data={"id": 99})
        if found := re.fullmatch(r"/projects/31/repository/commits/([0-9a-f]{40})/merge_requests", path):
            number = self.merges.get(found[1])
            merged = {"iid": number, "state": "merged", "target_project_id": 31, "merge_commit_sha": found[1]}
            return Reply(data=[] if number is None else [merged])
        found = re.fullmatch(r"/projects/31/merge_requests/(\d+)/notes(?:/(\d+))?", path)
        assert found, asked
        kept = self.comments.setdefault(int(found[1]), [])
        if asked.method == "POST":
            kept.append(asked.data["body"])
        if asked.method == "PUT":
            kept[int(found[2])] = asked.data["body"]
        rows = [{"id": at, "body": body, "author": {"id": 99}, "system": False} for at, body in enumerate(kept)]
        return Reply(data=rows if asked.method == "GET" else rows[-1])

    def _azure(self, asked: Asked) -> Reply:
        if asked.path == "/acme/_apis/connectionData":
            return Reply(data={"authenticatedUser": {"id": "me"}})
        path = asked.path.removeprefix("/acme/Licenses/_apis/git/repositories/3411ebc1")
        if path == "/pullrequestquery":
            commit = asked.data["queries"][0]["items"][0]
            pull = {"pullRequestId": self.merges.get(commit), "status": "completed"}
            found = {commit: [{**pull, "lastMergeCommit": {"commitId": commit}}]} if commit in self.merges else {}
            return Reply(data={"results": [found]})
        found_path = re.fullmatch(r"/pullRequests/(\d+)/threads(?:/(\d+))?(/comments/1)?", path)
        assert found_path, asked
        number = int(found_path[1])
        kept = self.comments.setdefault(number, [])
        if "status" in (asked.data or {}):
            self.status[number] = asked.data["status"]
        if asked.method == "POST":
            kept.append(asked.data["comments"][0]["content"])
        if found_path[3]:
            kept[int(found_path[2])] = asked.data["content"]
        rows = [
            {"id": at, "comments": [{"id": 1, "author": {"id": "me"}, "content": body}]} for at, body in enumerate(kept)
        ]
        return Reply(data={"value": rows} if asked.method == "GET" else rows[-1])


def put(path: Path, data: Any) -> None:
    """Write JSON, which is YAML too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
