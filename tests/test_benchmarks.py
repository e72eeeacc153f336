"""The measured work is what the tables say it is, and the program that measures it runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tenantry.cli.door import run

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
USERS = 400


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    subprocess.run([sys.executable, BENCHMARKS / "generate.py", folder, "--users", str(USERS)], check=True)
    return folder


def planned(work: Path, form: str) -> dict[str, object]:
    saved = work / f"{form}.json"
    assert run(["-C", str(work / form), "plan", "--current", str(work / "current.json"), "--out", str(saved)]) == 0
    plan: dict[str, object] = json.loads(saved.read_text())["plans"][0]
    return plan


def test_of_the_measured_tenant_five_percent_of_the_holders_differ_and_its_plan_is_ready(work: Path) -> None:
    plan = planned(work, "yaml")
    changes = plan["changes"]
    assert isinstance(changes, list)
    assert plan["verdict"] == "ready"
    assert len({change["holder"] for change in changes if change["holder"].startswith("user:")}) == USERS * 5 // 100


def test_the_measured_rosters_say_what_the_measured_yaml_says(work: Path) -> None:
    assert planned(work, "csv")["goal"] == planned(work, "yaml")["goal"]


def test_the_same_seed_makes_the_same_bytes(work: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, BENCHMARKS / "generate.py", tmp_path, "--users", str(USERS)], check=True)
    for file in ("yaml/tenants/bench.yaml", "csv/tenants/bench/rosters/people-00.csv", "current.json"):
        assert (tmp_path / file).read_bytes() == (work / file).read_bytes()


@pytest.mark.slow
def test_the_quick_benchmark_runs_and_prints_its_tables() -> None:
    found = subprocess.run(
        [sys.executable, BENCHMARKS / "run.py", "--quick"], check=True, capture_output=True, text=True
    )
    assert "| plan, CSV |" in found.stdout
    assert "| validate of one small tenant |" in found.stdout
