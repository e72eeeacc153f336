"""What holds for all tests: the same cases and the same surroundings in each run, so that a red one is red again."""

import os
import signal

from hypothesis import settings

settings.register_profile("same-cases", derandomize=True, deadline=None, database=None)
settings.load_profile("same-cases")

PIPELINES = ("CI", "GITHUB_", "GITLAB_", "TF_BUILD", "BUILD_", "SYSTEM_", "AGENT_", "RUNNER_")
OPTIONS = ("TENANTRY_", "NO_COLOR", "FORCE_COLOR")

for name in tuple(os.environ):
    if name.startswith((*PIPELINES, *OPTIONS)):
        del os.environ[name]
os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background of a shell has it ignored
