"""The pipeline files that `init --ci` writes for each platform."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """What a platform's pipelines are made of, and what is left to do in its settings."""

    files: Mapping[str, str]
    """The template of each file, by its path from the root of the repository."""
    settings: str
    """What no file can set, in one sentence."""


PLATFORMS: Mapping[str, Platform] = {
    "github": Platform(
        {
            f".github/workflows/tenantry-{name}.yml": f"github/tenantry-{name}.yml"
            for name in ("review", "apply", "drift", "report")
        },
        "the variables TENANTRY_BACKEND, TENANTRY_RUNNER and TENANTRY_REVIEW_RUNNER, the required reviewers of the "
        "environment tenantry, and Validate and Plan as required checks",
    ),
    "azure": Platform(
        {f"azure-pipelines/tenantry-{name}.yml": f"azure/tenantry-{name}.yml" for name in ("review", "apply", "watch")},
        "a pipeline for each file, the variable group tenantry with TENANTRY_BACKEND, the agent pools tenantry and "
        "tenantry-review, approvals and the exclusive lock of the environment tenantry, and build validation by "
        "tenantry-review.yml",
    ),
    "gitlab": Platform(
        {".gitlab-ci.yml": "gitlab/gitlab-ci.yml", ".gitlab/tenantry.yml": "gitlab/tenantry.yml"},
        "runners tagged tenantry and tenantry-review, the variables TENANTRY_BACKEND and GITLAB_TOKEN, who may deploy "
        "to the protected environment tenantry, and two schedules with SCHEDULED = drift and report",
    ),
}
"""Each platform by the name that `--ci` knows it by."""


def pipeline_files(platform: str, *, version: str, branch: str) -> dict[str, str]:
    """The files of a platform's pipelines by path: they install this version, and apply what comes to this branch."""
    import jinja2  # noqa: PLC0415 - takes longer to import than the whole of init

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("tenantry.rendering", "templates/ci"),
        autoescape=False,  # noqa: S701 - no page; what is filled in is a version and the checked name of a branch
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        # the usual braces belong to the platforms and to bash
        variable_start_string="@{",
        variable_end_string="}",
        block_start_string="@%",
        block_end_string="%@",
        comment_start_string="@#",
        comment_end_string="#@",
    )
    return {
        path: made.get_template(template).render(version=version, branch=branch)
        for path, template in PLATFORMS[platform].files.items()
    }
