"""Measures Tenantry, its floors and its peers, and prints tables in Markdown.

    python benchmarks/run.py [--sizes 100,1000,10000,100000] [--rounds 5] [--quick]

Everything is measured as a whole process from a cold start; cases take turns, and ratios are taken inside a round.
Peers that aren't installed are left out with a word. Runs where the system tells what a child used (Linux, macOS).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import targets
from measuring import Case, Measured, interleaved
from tables import measured_table, verdict_table

HERE = Path(__file__).resolve().parent
TENANTRY = (sys.executable, "-c", "from tenantry.cli import main; main()")
SMALL = 100
LARGEST_PEERS = {"octodns": 10_000, "terraform": 1_000, "terraform static": 10_000}
"""Beyond these sizes a peer takes minutes a run, or more memory than a small machine has."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool, if it is here."""

    name: str
    path: str | None


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    peers = {peer.name: peer for peer in _peers(arguments)}
    sizes = [int(size) for size in arguments.sizes.split(",")]
    rounds = arguments.rounds
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, medians of {rounds} interleaved runs.\n")
    for peer in peers.values():
        if peer.path is None:
            print(f"{peer.name} is left out{'' if arguments.no_peers else ': it is not installed'}.\n")
    with tempfile.TemporaryDirectory(prefix="tenantry-bench-") as made:
        folder = Path(made)
        _settle(folder / "bytecode")
        for size in sorted({SMALL, *sizes}):
            _generate(folder / str(size), "--users", str(size), *(["--peers"] if size <= 10_000 else []))
            for form in ("yaml", "csv"):
                _fill(folder / str(size) / form, folder / str(size) / "current.json")
        start = list(_start(folder, peers["check-jsonschema"]))
        interleaved([*start, *_of_size(folder, SMALL, sizes, peers)], 1)  # for the bytecode; not counted
        _show("Start", interleaved(start, rounds), targets.START)
        for size in sizes:
            cases = list(_of_size(folder, size, sizes, peers))
            _show(f"{size:,} users", interleaved(cases, rounds), targets.of_size(size))
        if arguments.fleet:
            _generate(folder / "fleet", "--tenants", str(arguments.fleet), "--users", str(SMALL))
            _fill(folder / "fleet" / "fleet", *sorted((folder / "fleet" / "current").iterdir()))
            _show(f"A fleet of {arguments.fleet:,}", interleaved(_fleet(folder / "fleet"), rounds), targets.FLEET)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100,1000,10000,100000", help="numbers of users")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fleet", type=int, default=1000, help="number of tenants of 100 users; 0: none")
    parser.add_argument("--quick", action="store_true", help="one round of small sizes without peers")
    parser.add_argument("--no-peers", action="store_true", help="leave the other tools out")
    parser.add_argument("--octodns", default=os.environ.get("OCTODNS_SYNC", "octodns-sync"), help="its octodns-sync")
    parser.add_argument("--terraform", default=os.environ.get("TERRAFORM", "terraform"))
    parser.add_argument("--check-jsonschema", default=os.environ.get("CHECK_JSONSCHEMA", "check-jsonschema"))
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.sizes, arguments.rounds, arguments.fleet, arguments.no_peers = "100,1000", 1, 20, True
    return arguments


def _settle(bytecode: Path) -> None:
    """Let every Python that is measured find its bytecode, as an installed program does, and Terraform ask nobody."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(bytecode)
    os.environ["CHECKPOINT_DISABLE"] = "1"


def _peers(arguments: argparse.Namespace) -> Iterator[Peer]:
    for name in ("octodns", "terraform", "check-jsonschema"):
        wanted = getattr(arguments, name.replace("-", "_"))
        yield Peer(name, None if arguments.no_peers else shutil.which(wanted))


def _generate(folder: Path, *options: str) -> None:
    subprocess.run([sys.executable, HERE / "generate.py", folder, *options], check=True)


def _fill(workspace: Path, *snapshots: Path) -> None:
    subprocess.run([sys.executable, HERE / "fill.py", workspace, *snapshots], check=True)


def _show(title: str, measured: Measured, wanted: targets.Targets) -> None:
    print(f"## {title}\n\n{measured_table(measured)}\n")
    verdicts = verdict_table(measured, wanted)
    print(f"{verdicts}\n" if verdicts else "", flush=True)


def _start(folder: Path, check_jsonschema: Peer) -> Iterator[Case]:
    """The start of the program, and the check of a small tenant before a commit."""
    workspace = folder / str(SMALL) / "yaml"
    yield Case("python", (sys.executable, "-c", "pass"))
    yield Case("python + click", (sys.executable, "-c", "import click"))
    yield Case("--help", (*TENANTRY, "--help"))
    yield Case("validate", (*TENANTRY, "validate"), workspace)
    if check_jsonschema.path:
        schema = folder / "tenant.schema.json"
        with schema.open("wb") as stream:
            subprocess.run([*TENANTRY, "schema", "tenant"], check=True, stdout=stream)
        command = (check_jsonschema.path, "--schemafile", schema, "tenants/bench.yaml")
        yield Case("check-jsonschema", command, workspace)


def _plan(folder: Path, size: int, form: str = "yaml", name: str = "plan") -> Case:
    here = folder / str(size)
    command = (*TENANTRY, "-q", "-C", form, "plan", "--format", f"json={os.devnull}")
    return Case(name, command, here)


def _of_size(folder: Path, size: int, sizes: list[int], peers: dict[str, Peer]) -> Iterator[Case]:
    """A plan, its floor and what is close to it; the plan of a tenth again, so that growth is taken inside a round."""
    here = folder / str(size)
    yield _plan(folder, size)
    yield Case("events", (sys.executable, HERE / "events.py", "yaml/tenants/bench.yaml"), here, tells=True)
    yield _plan(folder, size, "csv", "plan, CSV")
    report = ("report", "--format", f"json={os.devnull}")
    both = (*report, "--format", "markdown=report.md")
    yield Case("report", (*TENANTRY, "-q", "-C", "yaml", *both), here)
    applying = (sys.executable, HERE / "applying.py", "yaml")
    yield Case("apply", applying, here, tells=True)
    yield Case("inserts", (*applying, "bare"), here, tells=True)
    if size // 10 in sizes:
        yield _plan(folder, size // 10, name="plan of a tenth")
    yield from _peers_of_size(here, size, peers)


def _peers_of_size(here: Path, size: int, peers: dict[str, Peer]) -> Iterator[Case]:
    octodns, terraform = peers["octodns"].path, peers["terraform"].path
    if octodns and size <= LARGEST_PEERS["octodns"]:
        yield Case("octodns", (octodns, "--config-file", "config.yaml"), here / "octodns")
    plan = (terraform or "", "plan", "-input=false", "-no-color", "-lock=false")
    for name in ("terraform", "terraform static"):
        if terraform and size <= LARGEST_PEERS[name]:
            yield Case(name, plan, here / name.replace(" ", "-"))


def _fleet(folder: Path) -> Iterator[Case]:
    """Many tenants in one command, one after the other and side by side, and a tenth of them."""
    for name, chosen, jobs in (("fleet", (), 1), ("fleet, --jobs 2", (), 2), ("a tenth of it", ("tenant-*0",), 1)):
        options = ("--jobs", str(jobs), "--format", f"json={os.devnull}")
        yield Case(name, (*TENANTRY, "-q", "-C", "fleet", "plan", *chosen, *options), folder)


if __name__ == "__main__":
    main()
