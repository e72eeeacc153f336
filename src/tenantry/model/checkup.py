"""What a look at an installation and a workspace finds."""

from dataclasses import dataclass
from typing import Literal

Health = Literal["well", "doubtful", "wrong"]


@dataclass(frozen=True, slots=True)
class Check:
    """How one thing is, and what to do where it isn't well. What is doubtful works, and may surprise."""

    what: str
    how: str
    health: Health = "well"
    hint: str = ""
