"""A runner for the workflows of `init --ci github`: their shell steps are run, and the few actions have stand-ins.

It knows what these workflows use and refuses everything else, so that no key is passed over in silence.
"""

import json
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import runner_machine
from expressions import filled_in, holds
from runner_machine import STRICT, bash, check_out, keep, pipeline_at
from stand_ins import PullRequests, python_without_registry

Hook = Callable[[], bool]
JOB = {"name", "if", "needs", "runs-on", "timeout-minutes", "permissions", "environment", "outputs", "steps"}
STEP = {"name", "id", "if", "env", "run", "uses", "with"}
WORKFLOW = {"name", "on", "permissions", "concurrency", "defaults", "jobs"}


@dataclass(kw_only=True)
class Job(runner_machine.Job):
    """What became of a job. `host`: which runners may take it."""

    host: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Event:
    """What starts a workflow. `fork`: a pull request from one, so the token is read-only."""

    name: str
    sha: str
    ref: str = "refs/heads/main"
    data: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    fork: bool = False


@dataclass
class GitHub:
    """A repository at GitHub: its remote, its variables, its pull requests, and its runners in a folder."""

    remote: Path
    folder: Path
    address: str
    pulls: PullRequests
    variables: dict[str, str] = field(default_factory=dict)
    approve: Hook = lambda: True
    read_only: bool = False
    """Whether every token is read-only, as for Dependabot."""
    artifacts: dict[str, Path] = field(default_factory=dict)

    def run(self, workflow: str, event: Event) -> dict[str, Job]:
        """Run a workflow as it stands at the event's commit; each job by its id."""
        data = pipeline_at(self.remote, event.sha, f".github/workflows/{workflow}.yml")
        assert set(data) <= WORKFLOW
        assert data["permissions"] == {}
        assert data["defaults"] == {"run": {"shell": "bash"}}
        assert event.name in data["on"]
        self.artifacts, done = {}, dict[str, Job]()
        for name, job in data["jobs"].items():
            assert set(job) <= JOB, set(job) - JOB
            done[name] = self._job(job, event, done)
        return done

    def _job(self, job: dict[str, Any], event: Event, done: Mapping[str, Job]) -> Job:
        needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        # GitHub doesn't promise that a fork gets no variables, so it is the workflow that has to keep them from it
        contexts: dict[str, Any] = {
            "github": {"event": event.data, "event_name": event.name, "repository": "acme/licenses"},
            "vars": self.variables,
            "secrets": {},
            "inputs": event.inputs,
            "needs": {name: {"outputs": done[name].outputs} for name in needs},
            "steps": {},
        }
        ready = all(done[name].status == "success" for name in needs)
        made = Job(host=filled_in(job["runs-on"], contexts, {}))
        if not holds(job.get("if"), contexts, {"success": lambda: ready, "always": lambda: True}):
            made.status = "skipped"
            return made
        if job.get("environment") and not self.approve():
            made.status = "rejected"
            return made
        level = {"read": "read", "write": "read" if event.fork or self.read_only else "write"}
        rights = {name: level[right] for name, right in job["permissions"].items()}
        token = f"ghs_{uuid.uuid4().hex}"
        self.pulls.rights[token] = rights
        contexts["github"]["token"] = token
        place = self.folder / uuid.uuid4().hex
        work = _Work(self, event, made, contexts, rights, place)
        for step in job["steps"]:
            assert set(step) <= STEP, set(step) - STEP
            work.step(step)
        made.outputs = {key: filled_in(text, contexts, {}) for key, text in job.get("outputs", {}).items()}
        return made


class _Work:
    """One job while it runs."""

    def __init__(
        self,
        github: GitHub,
        event: Event,
        job: Job,
        contexts: dict[str, Any],
        rights: Mapping[str, str],
        place: Path,
    ) -> None:
        self._github, self._event, self._job = github, event, job
        self._contexts, self._rights = contexts, rights
        self._folder, self._temporary = place / "work", place / "temp"
        self._folder.mkdir(parents=True)
        self._temporary.mkdir()
        self._path = python_without_registry(place / "python")
        (place / "event.json").write_text(json.dumps(event.data))
        self._event_path = place / "event.json"

    def step(self, step: dict[str, Any]) -> None:
        """Run a step, if its condition holds."""
        job = self._job
        functions = {
            "success": lambda: job.status == "success",
            "always": lambda: True,
            "hashFiles": lambda pattern: "".join(str(path) for path in self._folder.glob(pattern)),
        }
        name = step["name"]
        if not holds(step.get("if"), self._contexts, functions):
            job.steps[name] = "skipped"
            return
        code, outputs = 0, {}
        if "uses" in step:
            given = {key: filled_in(text, self._contexts, functions) for key, text in step.get("with", {}).items()}
            self._action(step["uses"].partition("@")[0], given)
        else:
            env = {key: filled_in(text, self._contexts, functions) for key, text in step.get("env", {}).items()}
            assert "${{" not in step["run"]
            code, outputs = self._shell(step["run"], env)
        if "id" in step:
            self._contexts["steps"][step["id"]] = {"outputs": outputs}
        job.end_step(name, code)

    def _action(self, name: str, given: dict[str, str]) -> None:
        artifacts = self._github.artifacts
        if name == "actions/checkout":
            assert self._rights["contents"] == "read"
            assert given == {"persist-credentials": "False"}
            check_out(self._github.remote, self._event.sha, self._folder)
        elif name == "actions/setup-python":
            assert given == {"python-version": "3.13"}
        elif name == "actions/upload-artifact":
            source = self._folder / given["path"]
            assert source.exists() or given.get("if-no-files-found") != "error"
            assert given["name"] not in artifacts, "a name is taken once a run"
            kept = self._folder.parent / "kept" / given["name"]
            keep(source, kept)
            artifacts[given["name"]] = kept
        elif name == "actions/download-artifact":
            shutil.copytree(artifacts[given["name"]], self._folder, dirs_exist_ok=True)
        else:
            raise AssertionError(name)

    def _shell(self, script: str, env: dict[str, str]) -> tuple[int, dict[str, str]]:
        files = {
            name: self._temporary / f"{name}-{uuid.uuid4().hex}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        for file in files.values():
            file.touch()
        (self._temporary / "script.sh").write_text(script)
        given = {**self._surroundings(), **{name: str(file) for name, file in files.items()}, **env}
        result = bash((*STRICT, str(self._temporary / "script.sh")), self._folder, given)
        commands = {found[1] for found in re.finditer(r"^::(\S+?)(?: |::)", result.stdout, re.MULTILINE)}
        assert commands <= {"error", "warning", "notice"}, commands
        self._job.log += f"{result.stdout}\n"
        self._job.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        return result.returncode, dict(_outputs(files["GITHUB_OUTPUT"].read_text("utf-8")))

    def _surroundings(self) -> dict[str, str]:
        event = self._event
        return {
            "PATH": self._path,
            "HOME": str(self._temporary),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "ada",
            "GITHUB_API_URL": self._github.address,
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(self._event_path),
            "GITHUB_REF": event.ref,
            "GITHUB_REPOSITORY": "acme/licenses",
            "GITHUB_SHA": event.sha,
            "GITHUB_WORKSPACE": str(self._folder),
            "RUNNER_TEMP": str(self._temporary),
        }


def _outputs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        assert equals, line
        assert "<<" not in key, line
        yield key, value
