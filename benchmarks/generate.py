"""Writes the measured work to disk: a workspace with one tenant of N users, as YAML and as rosters, or a fleet.

It runs as a process of its own: a process that measures others must stay small, since the peak memory that the system
tells of a child is never less than what its parent had when the child began.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from files import write
from peers import write_for_each, write_octodns, write_static
from population import ADDON, MODALITIES, SEED, TIERS, USER_LICENSES, Person, Service, people, services

PER_SERVICE = 100
PER_ROSTER = 10_000
GUARDS = 'version: 1\nguards: {max_revocations: "off"}\n'


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--peers", action="store_true", help="write the same work for octoDNS and Terraform as well")
    parser.add_argument("--tenants", type=int, default=0, help="a fleet of so many tenants of --users each")
    arguments = parser.parse_args()
    if arguments.tenants:
        fleet(arguments.folder, arguments.tenants, arguments.users)
    else:
        single(arguments.folder, arguments.users, peers=arguments.peers)


def single(folder: Path, users: int, *, peers: bool) -> None:
    """Two workspaces that say the same, `yaml` and `csv`, and the snapshot `current.json` for both."""
    staff, desks = list(people(users)), list(services(users // PER_SERVICE))
    write_tenant(folder / "yaml", "bench", staff, desks)
    write_rosters(folder / "csv", "bench", staff, desks)
    write_snapshot(folder / "current.json", "bench", staff, desks)
    if peers:
        write_octodns(folder / "octodns", staff)
        write_for_each(folder / "terraform", staff)
        write_static(folder / "terraform-static", staff)


def fleet(folder: Path, tenants: int, users: int) -> None:
    """One workspace with many tenants, and a snapshot of each in `current`."""
    for number in range(tenants):
        name, seed = f"tenant-{number:05}", SEED + number
        staff, desks = list(people(users, seed)), list(services(users // PER_SERVICE, seed))
        write_tenant(folder / "fleet", name, staff, desks)
        write_snapshot(folder / "current" / f"{name}.json", name, staff, desks)


def write_tenant(workspace: Path, name: str, staff: Iterable[Person], desks: Iterable[Service]) -> None:
    """A tenant as one YAML file, a line a holder."""
    write(workspace / "tenantry.yaml", [GUARDS])
    write(workspace / "tenants" / f"{name}.yaml", [*_contract(), *_services(desks), *_users(staff)])


def write_rosters(workspace: Path, name: str, staff: list[Person], desks: Iterable[Service]) -> None:
    """The same tenant as a folder, its people in CSV files."""
    write(workspace / "tenantry.yaml", [GUARDS])
    folder = workspace / "tenants" / name
    files = [f"rosters/people-{at // PER_ROSTER:02}.csv" for at in range(0, len(staff), PER_ROSTER)]
    named = ["rosters:\n", *(f"  - {{file: {file}}}\n" for file in files)]
    write(folder / "contract.yaml", [*_contract(), *_services(desks), *named])
    for at, file in enumerate(files):
        part = staff[at * PER_ROSTER : (at + 1) * PER_ROSTER]
        write(folder / file, ["upn,licenses\n", *(f"{person.upn},{'|'.join(person.licenses)}\n" for person in part)])


def write_snapshot(file: Path, name: str, staff: Iterable[Person], desks: Iterable[Service]) -> None:
    """The current state as JSON, of which some holders differ from the files."""
    snapshot = {
        "format": "tenantry-snapshot/1",
        "tenant": name,
        "state": "active",
        "services": {desk.key: {"license": desk.current_tier, "addons": list(desk.current_addons)} for desk in desks},
        "users": {person.upn: {"licenses": list(person.current)} for person in staff},
        "in_use": [],
    }
    write(file, [json.dumps(snapshot, indent=1), "\n"])


def _contract() -> Iterator[str]:
    yield "version: 1\ntenant: {name: Bench AG}\ncontract:\n  state: active\n  contingency:\n"
    for name in (*TIERS, ADDON, *USER_LICENSES, *MODALITIES):
        yield f"    {name}: 1000000\n"


def _services(desks: Iterable[Service]) -> Iterator[str]:
    lines = [f"  {desk.key}: {{license: {desk.tier}, addons: [{', '.join(desk.addons)}]}}\n" for desk in desks]
    yield from ("services:\n", *lines) if lines else ()


def _users(staff: Iterable[Person]) -> Iterator[str]:
    yield "users:\n"
    for person in staff:
        yield f"  {person.upn}: {{licenses: [{', '.join(person.licenses)}]}}\n"


if __name__ == "__main__":
    main()
