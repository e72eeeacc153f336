"""Trying again where somebody else has the database, as long as whoever waits is willing to."""

from collections.abc import Callable
from typing import TypeVar

from tenantry.errors import BusyError, CollisionError

Answer = TypeVar("Answer")
COLLISIONS = 5
"""How often somebody else may write the same rows at the same moment before it is given up."""


def patiently(act: Callable[[], Answer], wait: Callable[[str], bool]) -> Answer:
    """Act; as long as another process has the whole database, again.

    After a collision it is tried again at once: whoever was first is done.
    """
    collisions = 0
    while True:
        try:
            return act()
        except CollisionError:
            collisions += 1
            if collisions > COLLISIONS:
                raise
        except BusyError as error:
            if not wait(f"waiting: {error}"):
                raise


def unwilling(_: str) -> bool:
    """Whoever doesn't wait."""
    return False
