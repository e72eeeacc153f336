"""Random tenants with everything that a file may say, and current states that are near to them or far."""

import itertools
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tenantry.model.catalog import Catalog

PEOPLE = tuple(f"{name}@x.example" for name in ("ada", "bob", "cyd", "dee", "eve", "fay", "gus"))
SERVICES = tuple(f"s{at}" for at in range(1, 8))
BOTS = ("bot-a", "bot-b")
BEFORE, TODAY, LATER = "2026-10-01", "2026-11-24", "2027-02-01"


@dataclass
class World:
    """A tenant's files (a map each) and rosters, the workspace's words and a snapshot."""

    parts: list[dict[str, Any]]
    current: dict[str, Any]
    rosters: dict[str, str] = field(default_factory=dict)
    workspace: dict[str, Any] = field(default_factory=dict)


def dice(seed: int) -> Random:
    """Chance that falls the same way in each run."""
    return Random(seed)  # noqa: S311  # cases for tests, not secrets


def some_of(chance: Random, items: tuple[str, ...], most: int = 3) -> list[str]:
    return chance.sample(items, min(len(items), chance.randint(0, most)))


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def random_world(chance: Random, catalog: Catalog) -> World:
    """A tenant of one to three files."""
    world = World([{} for _ in range(chance.choice((1, 1, 3)))], _current(chance, catalog))
    profiles = _profiles(chance, catalog)
    manage = {
        section: chance.choice(("all", "listed"))
        for section in ("services", "users", "virtual_users")
        if chance.random() < 0.5
    }
    sections = {
        "services": {key: _service(chance, catalog) for key in some_of(chance, SERVICES, 7)},
        "users": {key: _person(chance, catalog, profiles) for key in some_of(chance, PEOPLE, 6)},
        "virtual_users": {key: _bot(chance, catalog) for key in some_of(chance, BOTS, 2)},
    }
    if profiles:
        chance.choice(world.parts)["profiles"] = profiles
    for at in range(chance.choice((0, 0, 1, 2))):
        file, rows = f"r{at}.csv", _roster(chance, catalog, profiles)
        body = {"file": file, "profiles": [chance.choice(list(profiles))]} if profiles else {"file": file}
        world.rosters[file] = rows
        chance.choice(world.parts).setdefault("rosters", []).append(body)
        if rows.count("\n") > 1:
            sections["users"].setdefault(PEOPLE[0], {})
    _rename(chance, world.current["users"], sections["users"], "".join(world.rosters.values()).lower())
    for section, entries in sections.items():
        for key, entry in entries.items():
            chance.choice(world.parts).setdefault(section, {})[key] = entry
    world.parts[0]["manage"] = {section: how for section, how in manage.items() if sections[section] or how == "listed"}
    world.parts[-1]["contract"] = {
        "contingency": {item: chance.randint(0, 9) for item in catalog.licenses if chance.random() < 0.95}
    }
    return world


def _rename(chance: Random, known: dict[str, Any], people: dict[str, Any], rosters: str) -> None:
    """Perhaps a person who is known today is declared under a new UPN, by object id or by the old UPN."""
    gone = [upn for upn in known if upn.lower() not in people and upn.lower() not in rosters]
    if gone and chance.random() < 0.3:
        old = chance.choice(gone)
        people["new@x.example"] = {"licenses": list(known[old]["licenses"]), "previously": old}
        if chance.random() < 0.5:
            known[old]["object_id"] = people["new@x.example"]["object_id"] = guid(0)


def _profiles(chance: Random, catalog: Catalog) -> dict[str, Any]:
    licenses = catalog.of("user")
    first = {"licenses": some_of(chance, licenses)}
    second = {"extends": ["one"], "licenses": some_of(chance, licenses, 2)}
    return dict(itertools.islice({"one": first, "two": second}.items(), chance.randint(0, 2)))


def _dates(chance: Random) -> dict[str, str]:
    return chance.choice(
        (
            *[{}] * 8,
            {"from": LATER},
            {"until": BEFORE},
            {"from": BEFORE},
            {"until": LATER},
            {"from": TODAY, "until": TODAY},
        )
    )


def _labels(chance: Random, key: str = "") -> dict[str, str]:
    names = ("name", "organization_unit", "cost_center")
    return {name: f"{name} {key or chance.choice('ab')}" for name in names if chance.random() < 0.2}


def _service(chance: Random, catalog: Catalog) -> dict[str, Any]:
    if chance.random() < 0.1:
        return {"absent": True}
    addons = tuple(item for item in catalog.of("service") if item not in catalog.tiers)
    body: dict[str, Any] = {**_labels(chance), **_dates(chance)}
    if chance.random() < 0.8:
        body["license"] = chance.choice(catalog.tiers)
    if chance.random() < 0.4:
        body["addons"] = some_of(chance, addons, 2)
    if catalog.assignment_types and chance.random() < 0.1:
        body["assignment_type"] = chance.choice(tuple(catalog.assignment_types))
    return body


def _person(chance: Random, catalog: Catalog, profiles: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {**_labels(chance), **_dates(chance)}
    if chance.random() < 0.7:
        body["licenses"] = some_of(chance, catalog.of("user"))
    if profiles and chance.random() < 0.5:
        body["profiles"] = some_of(chance, tuple(profiles), 2)
    if ("licenses" in body or "profiles" in body) and chance.random() < 0.3:
        body["without"] = [
            item for item in some_of(chance, catalog.of("user"), 2) if item not in body.get("licenses", ())
        ]
    if chance.random() < 0.1:
        body["object_id"] = guid(chance.randint(1, 3) * 100 + id_of(chance))
    if chance.random() < 0.1:
        body["previously"] = f"old{chance.randint(1, 3)}-{id_of(chance)}@x.example"
    return body


def id_of(chance: Random) -> int:
    return chance.randint(0, 10**6)


def _bot(chance: Random, catalog: Catalog) -> dict[str, Any]:
    if chance.random() < 0.2:
        return {"absent": True}
    return {
        **_labels(chance),
        **_dates(chance),
        **({"licenses": some_of(chance, catalog.of("virtual_user"))} if chance.random() < 0.7 else {}),
    }


def _roster(chance: Random, catalog: Catalog, profiles: dict[str, Any]) -> str:
    rows = ["upn;licenses;without;profiles;until"]
    for upn in some_of(chance, PEOPLE, 5):
        written = upn.title() if chance.random() < 0.2 else upn
        licenses = "|".join(some_of(chance, catalog.of("user"))) or chance.choice(("", "none"))
        rows.append(
            ";".join(
                (
                    written,
                    licenses,
                    "",
                    ",".join(some_of(chance, tuple(profiles), 1)),
                    chance.choice(("", "", LATER, BEFORE)),
                )
            )
        )
    return "\n".join(rows) + "\n"


def _current(chance: Random, catalog: Catalog) -> dict[str, Any]:
    addons = tuple(item for item in catalog.of("service") if item not in catalog.tiers)
    services = {
        key: {"license": chance.choice(catalog.tiers), "addons": some_of(chance, addons, 1), **_labels(chance)}
        for key in some_of(chance, SERVICES, 7)
    }
    users = {
        key.title() if chance.random() < 0.1 else key: {
            "licenses": some_of(chance, catalog.of("user")),
            **_labels(chance),
        }
        for key in some_of(chance, PEOPLE, 7)
    }
    bots = {key: {"licenses": some_of(chance, catalog.of("virtual_user"))} for key in some_of(chance, BOTS, 2)}
    return {"services": services, "users": users, "virtual_users": bots}
