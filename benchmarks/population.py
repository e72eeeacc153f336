"""A made-up tenant of any size, from a fixed seed: who should hold which license, and who holds which today."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

USER_LICENSES = ("contact_center_user", "interact", "attendant_console", "assistant", "companion")
MODALITIES = ("instant_messaging", "external_task", "email")
TIERS = ("advanced_routing", "enterprise_routing", "contact_center")
ADDON = "interact_service"
Choice = TypeVar("Choice")

SEED = 20_261_124
DIFFERING = 0.05
"""The share of the holders of whom the current state tells other licenses than the files."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user: the licenses that the files ask for, and those that are assigned."""

    upn: str
    licenses: tuple[str, ...]
    current: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A service: the tier and addons that the files ask for, and those that are assigned."""

    key: str
    tier: str
    addons: tuple[str, ...]
    current_tier: str
    current_addons: tuple[str, ...]


def people(count: int, seed: int = SEED) -> Iterator[Person]:
    """Users with 1 to 3 of 5 user licenses and 0 to 3 modalities each."""
    chance = random.Random(f"people {seed}")
    differing = _share(count, chance)
    for number in range(count):
        licenses = _licenses(chance)
        current = _other(licenses, _licenses, chance) if number in differing else licenses
        yield Person(f"user{number:06}@bench.example", licenses, current)


def services(count: int, seed: int = SEED) -> Iterator[Service]:
    """Services on one of three tiers; the highest may have the addon."""
    chance = random.Random(f"services {seed}")
    differing = _share(count, chance)
    for number in range(count):
        tier, addons = _tier(chance)
        now = _other((tier, addons), _tier, chance) if number in differing else (tier, addons)
        yield Service(f"service-{number:04}", tier, addons, *now)


def _share(count: int, chance: random.Random) -> frozenset[int]:
    return frozenset(chance.sample(range(count), round(count * DIFFERING)))


def _licenses(chance: random.Random) -> tuple[str, ...]:
    chosen = {*chance.sample(USER_LICENSES, chance.randint(1, 3)), *chance.sample(MODALITIES, chance.randint(0, 3))}
    if "interact" in chosen and "contact_center_user" not in chosen:  # the one needs the other
        chosen = chosen - {"interact"} | {"contact_center_user"}
    return tuple(name for name in (*USER_LICENSES, *MODALITIES) if name in chosen)


def _tier(chance: random.Random) -> tuple[str, tuple[str, ...]]:
    tier = chance.choice(TIERS)
    return tier, (ADDON,) if tier == TIERS[-1] and chance.random() < 0.5 else ()


def _other(known: Choice, choose: Callable[[random.Random], Choice], chance: random.Random) -> Choice:
    while (found := choose(chance)) == known:
        pass
    return found
