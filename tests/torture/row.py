"""One row of the table of `make torture`: what was tried, how often, and what broke a promise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`runs` were tried; of them `faults` met something broken (a kill, a failed write, a hostile input).

    Each of `violations` is a sentence with what reproduces it; there must be none.
    """

    what: str
    runs: int
    faults: int
    violations: tuple[str, ...]
    seconds: float
