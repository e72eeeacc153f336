"""The pull request in whose pipeline a command runs: what GitHub, GitLab or Azure DevOps tell of it by variables."""

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click

from tenantry.cli.files import read_given
from tenantry.cli.runners import RUNNERS, runner_here
from tenantry.errors import AuthorError, OperatorError
from tenantry.forges.azure import AzureDevOps
from tenantry.forges.github import GitHub
from tenantry.forges.gitlab import GitLab
from tenantry.forges.http import Pace
from tenantry.forges.marker import NAME, Marker
from tenantry.forges.sticky import Forge

OWN_REPOSITORIES = "TfsGit"
"""Azure Pipelines' word for a repository on Azure DevOps; they run for those of GitHub and others too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Platform:
    """What a platform calls the variables of a pipeline. `make` opens it with a token."""

    token: str
    commit: str
    pull: Callable[[], str]
    make: Callable[[str, Pace], Forge]


class Key(click.ParamType[str]):
    """The name of one comment among several of a pull request."""

    name = "key"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, or a usage error."""
        if NAME.fullmatch(value) is None or len(value) > 64:
            self.fail(f"{value!r} is no key: up to 64 letters and digits, with single . _ - between.", param, ctx)
        return value


FORGE = click.option(
    "--forge",
    type=click.Choice(tuple(runner.forge for runner in RUNNERS.values())),
    help="The platform of the pipeline; default: the one that the environment tells.",
)
KEY = click.option(
    "--key", type=Key(), metavar="NAME", help="One comment of several, such as one for each group of tenants."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The pipeline that this command runs in. `forge` is None without a token."""

    forge: Forge | None
    token: str
    wait: Callable[[float], None]
    marker: Marker
    pull: Callable[[], int]
    commit: Callable[[], str]


def here(forge: str | None, key: str | None) -> Here:
    """The pipeline around this command. click.UsageError where nothing tells whose it is; OperatorError otherwise."""
    runner = runner_here()
    name = forge or (runner.forge if runner else None)
    if name is None:
        raise click.UsageError("This is no pipeline of GitHub, GitLab or Azure DevOps; say whose it is with --forge.")
    platform = _PLATFORMS[name]
    token = os.environ.get(platform.token, "").strip()
    begun = time.monotonic()
    pace = Pace(wait=time.sleep, passed=lambda: time.monotonic() - begun)
    return Here(
        forge=platform.make(token, pace) if token else None,
        token=platform.token,
        wait=time.sleep,
        marker=Marker(key),
        pull=lambda: _number(platform.pull()),
        commit=lambda: _commit(platform.commit),
    )


def _of_github(token: str, pace: Pace) -> Forge:
    address = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    return GitHub(address=address, repository=_variable("GITHUB_REPOSITORY"), token=token, pace=pace)


def _of_gitlab(token: str, pace: Pace) -> Forge:
    # in a fork's pipeline the merge request isn't in the project that runs it, and has the number of another one there
    project = _variable("CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID")
    return GitLab(address=_variable("CI_API_V4_URL"), project=project, token=token, pace=pace)


def _of_azure(token: str, pace: Pace) -> Forge:
    provider = os.environ.get("BUILD_REPOSITORY_PROVIDER", OWN_REPOSITORIES)
    if provider != OWN_REPOSITORIES:
        raise OperatorError(
            f"The repository of this pipeline is on {provider}, and not on Azure DevOps.",
            "Say --forge github, and set the variables GITHUB_REPOSITORY, GITHUB_REF, GITHUB_SHA and GITHUB_TOKEN.",
        )
    return AzureDevOps(
        address=_variable("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"),
        project=_variable("SYSTEM_TEAMPROJECT"),
        repository=_variable("BUILD_REPOSITORY_ID"),
        token=token,
        pace=pace,
    )


def _pull_of_github() -> str:
    """The number in the event, or the one of the merge that was checked out."""
    path = os.environ.get("GITHUB_EVENT_PATH")
    if path:
        try:
            event = json.loads(read_given(path))
        except (AuthorError, ValueError, RecursionError):
            event = None  # the reference tells it too
        pull = event.get("pull_request") if isinstance(event, dict) else None
        if isinstance(pull, dict) and isinstance(pull.get("number"), int):
            return str(pull["number"])
    found = re.fullmatch(r"refs/pull/([0-9]+)/(?:merge|head)", os.environ.get("GITHUB_REF", ""), re.ASCII)
    return found[1] if found else ""


_PLATFORMS: Mapping[str, _Platform] = {
    "github": _Platform(token="GITHUB_TOKEN", commit="GITHUB_SHA", pull=_pull_of_github, make=_of_github),  # noqa: S106
    "gitlab": _Platform(
        token="GITLAB_TOKEN",  # noqa: S106 - the name of a variable, here as above and below
        commit="CI_COMMIT_SHA",
        pull=lambda: os.environ.get("CI_MERGE_REQUEST_IID", ""),
        make=_of_gitlab,
    ),
    "azure": _Platform(
        token="SYSTEM_ACCESSTOKEN",  # noqa: S106
        commit="BUILD_SOURCEVERSION",
        pull=lambda: os.environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID", ""),
        make=_of_azure,
    ),
}


def _number(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) is None:
        raise OperatorError(
            "This pipeline doesn't run for a pull request, so there is nothing to comment.",
            "Run this step only for pull requests; the plan is shown by `tenantry plan` everywhere.",
        )
    return int(text)


def _commit(variable: str) -> str:
    text = _variable(variable)
    if re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", text, re.ASCII) is None:
        raise OperatorError(f"{variable} is not the full name of a commit.")
    return text


def _variable(*names: str) -> str:
    found = next((os.environ[name].strip() for name in names if os.environ.get(name)), "")
    if not found:
        raise OperatorError(
            f"The variable {' or '.join(names)} isn't set.",
            "A pipeline sets it; where the command runs elsewhere, set it yourself.",
        )
    return found
