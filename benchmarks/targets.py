"""What is wanted: ratios between cases, and limits of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from measuring import Measured, Yardstick, median, ratio

MIBIBYTE_IN_KIBIBYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times as much one case may take as another, or has to."""

    what: str
    of: str
    to: str
    by: Yardstick
    at_most: float | None = None
    at_least: float | None = None

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that must have been measured."""
        return (self.of, self.to)

    def value(self, measured: Measured) -> float:
        """What was measured."""
        return ratio(measured, self.of, self.to, self.by)

    def told(self, value: float) -> str:
        """A value as people read it."""
        return f"{value:.2f} times"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one case may take: seconds or MiB."""

    what: str
    of: str
    by: Yardstick
    at_most: float | None = None
    at_least: float | None = None

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that must have been measured."""
        return (self.of,)

    def value(self, measured: Measured) -> float:
        """What was measured."""
        return median(measured[self.of], self.by)

    def told(self, value: float) -> str:
        """A value as people read it."""
        return f"{value:.0f} MiB" if self.by == "peak" else f"{value:.2f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """KiB of memory that each further user costs."""

    what: str
    of: str
    to: str
    users: int
    at_most: float | None = None
    at_least: float | None = None
    by: Yardstick = "peak"

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that must have been measured."""
        return (self.of, self.to)

    def value(self, measured: Measured) -> float:
        """What was measured."""
        more = median(measured[self.of], "peak") - median(measured[self.to], "peak")
        return more * MIBIBYTE_IN_KIBIBYTES / self.users

    def told(self, value: float) -> str:
        """A value as people read it."""
        return f"{value:.2f} KiB"


Target = Ratio | Limit | Growth
Targets = Sequence[Target]

START: Targets = (
    Ratio(what="--help against python + click", of="--help", to="python + click", by="cpu", at_most=1.5),
    Limit(what="validate of one small tenant", of="validate", by="wall", at_most=0.25),
    Ratio(what="validate against check-jsonschema", of="validate", to="check-jsonschema", by="wall", at_most=1),
)

FLEET: Targets = (
    Ratio(what="one after the other against --jobs 2", of="fleet", to="fleet, --jobs 2", by="wall", at_least=1.7),
)

_FASTER = {
    # users: by how many times plan has to be faster than each peer
    100: {"octodns": 1, "terraform": 1},
    1_000: {"octodns": 5, "terraform": 40},
    10_000: {"octodns": 20, "terraform static": 50},
}


def of_size(users: int) -> Targets:
    """What is wanted of a plan for so many users."""
    peers = [
        Ratio(what=f"{peer} against plan", of=peer, to="plan", by="wall", at_least=times)
        for peer, times in _FASTER.get(users, {}).items()
    ]
    return (*peers, *(_LARGE if users >= 100_000 else ()), *_growth(users))


_LARGE: Targets = (
    Ratio(what="plan against the bare event parse", of="plan", to="events", by="cpu", at_most=2.2),
    Limit(what="plan, peak memory", of="plan", by="peak", at_most=250),
    Ratio(what="the same in CSV rosters", of="plan, CSV", to="plan", by="cpu", at_most=0.6),
    Ratio(what="report (markdown and json) against plan", of="report", to="plan", by="cpu", at_most=0.8),
    Ratio(what="apply of 15,000 changes against bare inserts", of="apply", to="inserts", by="inside", at_most=8),
)


def _growth(users: int) -> Targets:
    if users < 100_000:
        return ()
    more = users - users // 10
    return (
        Ratio(what="ten times the users", of="plan", to="plan of a tenth", by="cpu", at_most=11),
        Growth(what="memory of a further user", of="plan", to="plan of a tenth", users=more, at_most=2),
    )
