"""What holds for all tests: properties are tried on the same cases in each run, so that a red one is red again."""

from hypothesis import settings

settings.register_profile("same-cases", derandomize=True, deadline=None, database=None)
settings.load_profile("same-cases")
