"""A runner for the pipeline of `init --ci gitlab`: its scripts are run in one shell a job, as GitLab's runner does.

It knows what this pipeline uses and refuses everything else.
"""

import re
import shutil
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import runner_machine
from expressions import Expression
from runner_machine import STRICT, bash, check_out, pipeline_at
from stand_ins import PullRequests, python_without_registry
from written_pipelines import Reference

JOB = {"extends", "image", "stage", "tags", "timeout", "interruptible", "rules", "needs", "environment"}
JOB |= {"resource_group", "artifacts", "before_script", "script", "after_script"}
STAGES = ("test", "deploy")


@dataclass(kw_only=True)
class Job(runner_machine.Job):
    """What became of a job. `tags`: which runners may take it."""

    tags: tuple[str, ...] = ()
    kept: dict[str, Path] = field(default_factory=dict)


@dataclass
class GitLab:
    """A project at GitLab: its repository, its variables, its merge requests, and its runners in a folder."""

    remote: Path
    folder: Path
    address: str
    pulls: PullRequests
    variables: dict[str, str]
    approve: Callable[[], bool] = lambda: True

    def run(self, sha: str, **variables: str) -> dict[str, Job]:
        """Run the pipeline as it stands at a commit, with these variables of GitLab; each job that there is."""
        included = pipeline_at(self.remote, sha, ".gitlab-ci.yml")["include"][0]["local"]
        data = pipeline_at(self.remote, sha, included)
        jobs = {name: _extended(data, job) for name, job in data.items() if not name.startswith(".")}
        known = {"CI_COMMIT_SHA": sha, "CI_DEFAULT_BRANCH": "main", **self.variables, **variables}
        made = dict[str, Job]()
        for name, job in sorted(jobs.items(), key=lambda item: STAGES.index(item[1]["stage"])):
            assert set(job) <= JOB, set(job) - JOB
            when = next(
                (rule.get("when", "on_success") for rule in job["rules"] if self._meant(rule, known, sha)), None
            )
            if when is not None:
                made[name] = self._job(data, job, known, made, when)
        return made

    def _meant(self, rule: dict[str, Any], known: dict[str, str], sha: str) -> bool:
        assert set(rule) <= {"if", "changes", "when", "allow_failure"}
        text = re.sub(r"\$(\w+)", r"v.\1", rule["if"]).replace('"', "'")
        if not Expression(text, {"v": known}, {}).value() or "changes" not in rule:
            return bool(Expression(text, {"v": known}, {}).value())
        changed = ["git", "-C", str(self.remote), "diff", "--name-only", f"{sha}^", sha]
        paths = subprocess.run(changed, capture_output=True, text=True, check=True).stdout.split()
        return any(_matches(path, glob) for path in paths for glob in rule["changes"])

    def _job(
        self, data: dict[str, Any], job: dict[str, Any], known: dict[str, str], made: dict[str, Job], when: str
    ) -> Job:
        done = Job(tags=tuple(job.get("tags", ())))
        needs = [made[name] for name in job.get("needs", [])]
        if any(item.status != "success" for item in needs):
            done.status = "skipped"
        elif when == "manual" and not self.approve():
            done.status = "manual"
        else:
            self._scripts(data, job, known, needs, done)
        return done

    def _scripts(
        self, data: dict[str, Any], job: dict[str, Any], known: dict[str, str], needs: list[Job], done: Job
    ) -> None:
        place = self.folder / uuid.uuid4().hex
        project = place / "builds" / "acme"
        project.mkdir(parents=True)
        check_out(self.remote, known["CI_COMMIT_SHA"], project)
        for item in needs:
            for path, kept in item.kept.items():
                shutil.copy(kept, project / path)
        env = {
            **known,
            "PATH": python_without_registry(place / "python"),
            "HOME": str(place),
            "CI": "true",
            "GITLAB_CI": "true",
            "GITLAB_USER_LOGIN": "ada",
            "CI_API_V4_URL": f"{self.address}/api/v4",
            "CI_BUILDS_DIR": str(place / "builds"),
            "CI_JOB_ID": "1",
        }
        lines = [*_lines(data, job["before_script"]), *_lines(data, job["script"])]
        ran = bash((*STRICT, "-c", "\n".join(lines)), project, env)
        done.code, done.log = ran.returncode, ran.stdout
        done.status = "failure" if done.code else "success"
        assert bash((*STRICT, "-c", "\n".join(_lines(data, job["after_script"]))), project, env).returncode == 0
        assert [path.name for path in (place / "builds").iterdir()] == ["acme"], "something was left on the runner"
        artifacts = job.get("artifacts", {})
        assert artifacts.get("access", "developer") == "developer"
        if done.code == 0 or artifacts.get("when") == "always":
            for path in (*artifacts.get("paths", ()), *artifacts.get("reports", {}).values()):
                if (project / path).exists():
                    done.kept[path] = project / path


def _extended(data: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    return {**_extended(data, data[job["extends"]]), **job} if "extends" in job else job


def _lines(data: dict[str, Any], script: list[Any]) -> list[str]:
    found: list[str] = []
    for line in script:
        found += data[line[0]][line[1]] if isinstance(line, Reference) else [line]
    return found


def _matches(path: str, glob: str) -> bool:
    """Whether a path is one of a glob's; `**/` stands for any folders, none included."""
    pattern = re.escape(glob).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(pattern, path) is not None
