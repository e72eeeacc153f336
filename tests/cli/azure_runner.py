"""An agent for the pipelines of `init --ci azure`: their shell steps are run, and the few tasks have stand-ins.

It knows what these pipelines use and refuses everything else. As an agent does, it runs bash without -e.
"""

import re
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import runner_machine
from expressions import Expression
from runner_machine import bash, check_out, keep, pipeline_at
from stand_ins import PullRequests, python_without_registry

STEP = {"checkout", "bash", "task", "publish", "download", "artifact", "displayName", "condition", "env", "inputs"}
STEP |= {"fetchDepth", "persistCredentials"}
JOB = {"job", "deployment", "displayName", "condition", "timeoutInMinutes", "pool", "environment", "strategy", "steps"}
COMMAND = re.compile(r"##vso\[(?:task|artifact)\.(\w+)([^\]]*)\](.*)$", re.MULTILINE)


@dataclass(kw_only=True)
class Job(runner_machine.Job):
    """What became of a job. `pool`: which agents may take it."""

    pool: str = ""
    issues: list[str] = field(default_factory=list)


@dataclass
class Azure:
    """A project at Azure DevOps: its repository, its variable group, its pull requests, and its agents in a folder."""

    remote: Path
    folder: Path
    address: str
    pulls: PullRequests
    group: dict[str, str]
    approve: Callable[[], bool] = lambda: True
    artifacts: dict[str, Path] = field(default_factory=dict)

    def run(
        self, pipeline: str, sha: str, parameters: dict[str, str] | None = None, **variables: str
    ) -> dict[str, Job]:
        """Run a pipeline as it stands at a commit, with these variables of the system; each job by its name."""
        data = pipeline_at(self.remote, sha, f"azure-pipelines/{pipeline}.yml")
        assert data["variables"] == [{"group": "tenantry"}]
        given = {item["name"]: item["default"] for item in data.get("parameters", [])} | (parameters or {})
        self.artifacts, done, stages = {}, dict[str, Job](), dict[str, bool]()
        known = {**self.group, "BUILD_SOURCEVERSION": sha, **variables}
        for stage in data["stages"]:
            needs = stage.get("dependsOn", list(stages)[-1:])
            ready = all(stages[name] for name in ([needs] if isinstance(needs, str) else needs))
            stages[stage["stage"]] = True
            for job in stage["jobs"]:
                name = job.get("job") or job["deployment"]
                agent = _Agent(self, {**known}, given)
                done[name] = agent.run(job, ready=ready and _holds(stage.get("condition"), known, ready=ready))
                stages[stage["stage"]] &= done[name].status == "success"
        return done


class _Agent:
    """One job while it runs."""

    def __init__(self, azure: Azure, variables: dict[str, str], parameters: dict[str, str]) -> None:
        self._azure, self._variables, self._parameters = azure, variables, parameters
        self._place = azure.folder / uuid.uuid4().hex
        self._folder, self._temporary = self._place / "s", self._place / "temp"
        for folder in (self._folder, self._temporary):
            folder.mkdir(parents=True)
        self._path = python_without_registry(self._place / "python")
        self._job = Job()

    def run(self, job: dict[str, Any], *, ready: bool) -> Job:
        """What becomes of the job."""
        assert set(job) <= JOB, set(job) - JOB
        made, pool = self._job, job["pool"]
        made.pool = pool.get("name") or pool["vmImage"]
        if not ready or not _holds(job.get("condition"), self._variables, ready=True):
            made.status = "skipped"
        elif "deployment" in job and not self._azure.approve():
            assert job["environment"] == "tenantry"
            made.status = "rejected"
        else:
            for step in job["steps"] if "steps" in job else job["strategy"]["runOnce"]["deploy"]["steps"]:
                assert set(step) <= STEP, set(step) - STEP
                self._step(step)
        return made

    def _step(self, step: dict[str, Any]) -> None:
        job, name = self._job, step["displayName"]
        if not _holds(step.get("condition"), self._variables, ready=job.status == "success"):
            job.steps[name] = "skipped"
            return
        code = self._shell(step) if "bash" in step else self._task(step)
        job.end_step(name, code)

    def _task(self, step: dict[str, Any]) -> int:
        artifacts = self._azure.artifacts
        if "checkout" in step:
            check_out(self._azure.remote, self._variables["BUILD_SOURCEVERSION"], self._folder)
        elif "publish" in step:
            source, kept = self._folder / step["publish"], self._place / "kept" / step["artifact"]
            if not source.exists():
                return 1
            keep(source, kept)
            artifacts[step["artifact"]] = kept
        elif "download" in step:
            shutil.copytree(artifacts[step["artifact"]], self._place / step["artifact"])
        else:
            assert step["task"] == "PublishTestResults@2"
            found = self._folder / step["inputs"]["testResultsFiles"]
            self._job.log += found.read_text("utf-8") if found.exists() else "##[warning]No test result files"
        return 0

    def _shell(self, step: dict[str, Any]) -> int:
        secret = f"ey{uuid.uuid4().hex}.{uuid.uuid4().hex}.s"
        self._azure.pulls.rights[secret] = {}
        env = {
            key: re.sub(r"\$\(([^)]+)\)", lambda found: self._macro(found, secret), self._filled(text))
            for key, text in step.get("env", {}).items()
        }
        (self._temporary / "script.sh").write_text(step["bash"])
        script = str(self._temporary / "script.sh")
        result = bash((script,), self._folder, {**self._surroundings(), **env})
        self._job.log += f"{result.stdout}\n"
        for command, properties, text in COMMAND.findall(result.stdout):
            self._obey(command, properties.strip(), text)
        return result.returncode

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ parameters\.(\w+) \}\}", lambda found: self._parameters[found[1]], text)

    def _macro(self, found: re.Match[str], secret: str) -> str:
        if found[1] == "System.AccessToken":
            return secret
        return self._variables.get(found[1].upper().replace(".", "_"), found[0])

    def _obey(self, command: str, properties: str, text: str) -> None:
        if command == "setvariable":
            name = properties.removeprefix("variable=")
            assert re.fullmatch(r"\w+", name), properties
            self._variables[name.upper()] = text
        elif command == "prependpath":
            self._path = f"{text}:{self._path}"
        elif command == "uploadsummary":
            assert Path(text).is_absolute()
            self._job.summary += Path(text).read_text("utf-8")
        elif command == "upload":
            self._azure.artifacts[properties.removeprefix("artifactname=")] = Path(text)
        else:
            assert command == "logissue", command
            self._job.issues.append(f"{properties} {text}")

    def _surroundings(self) -> dict[str, str]:
        return {
            **self._variables,
            "PATH": self._path,
            "HOME": str(self._temporary),
            "TF_BUILD": "True",
            "AGENT_TEMPDIRECTORY": str(self._temporary),
            "BUILD_REPOSITORY_ID": "3411ebc1",
            "BUILD_REQUESTEDFOR": "Ada",
            "PIPELINE_WORKSPACE": str(self._place),
            "SYSTEM_COLLECTIONURI": f"{self._azure.address}/acme/",
            "SYSTEM_TEAMPROJECT": "Licenses",
        }


def _holds(condition: str | None, variables: dict[str, str], *, ready: bool) -> bool:
    if condition is None:
        return ready
    text = re.sub(r"variables\['([^']+)'\]", lambda found: f"v.{found[1].upper().replace('.', '_')}", condition)
    functions: dict[str, Callable[..., Any]] = {
        "eq": lambda one, other: (one or "").lower() == other.lower(),
        "ne": lambda one, other: (one or "").lower() != other.lower(),
        "succeededOrFailed": lambda: True,
    }
    return bool(Expression(text, {"v": variables}, functions).value())
