"""The fuzzers of `make torture`, each with a few inputs; and their frame, which must tell whatever goes wrong."""

import html
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "torture"), str(HERE / "documents")]

import fuzzing  # noqa: E402 - found by the line above
from families import FAMILIES, worst  # noqa: E402 - as above
from fuzzing import Fuzzer, fuzz, judged  # noqa: E402 - as above
from independent_yaml import NoDataError, means  # noqa: E402 - as above
from row import Row  # noqa: E402 - as above
from table import table, united  # noqa: E402 - as above

from tenantry.documents import building, roster, snapshot  # noqa: E402 - as above
from tenantry.rendering import flavors, report_csv  # noqa: E402 - as above

FEW = {
    "yaml": 12_000,
    "plan": 2_500,
    "snapshot": 6_000,
    "csv": 4_000,
    "markdown": 3_000,
    "html": 4_000,
    "reports": 20_000,
}
Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fuzzing.FOLDER, str(tmp_path))


def fuzzer(name: str) -> Fuzzer:
    """A fuzzer that is content with few inputs."""
    found: Fuzzer = import_module(f"fuzz_{name}").FUZZER
    return replace(found, wanted=FEW[name])


@pytest.mark.parametrize("name", FEW)
def test_a_few_inputs_of_each_fuzzer_break_no_promise(name: str, tmp_path: Path) -> None:
    (row,) = fuzz(fuzzer(name), 600, 7)
    assert row.violations == ()
    assert row.runs >= FEW[name]
    assert 0 < row.faults < row.runs, "there are good inputs and bad ones"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["plan", "snapshot", "csv"])
def test_what_the_fuzzers_begin_with_is_good(name: str) -> None:
    module = import_module(f"fuzz_{name}")
    assert [seed for seed in module.SEEDS if module.FUZZER.judge(seed)] == []


def _unescaped(patch: pytest.MonkeyPatch) -> None:
    real = import_module("fuzz_html").PLAN_FORMATS["html"]
    patch.setattr("fuzz_html.PLAN_FORMATS", {"html": lambda *given: html.unescape(real(*given))})


BROKEN: dict[str, tuple[str, Break]] = {
    "whole numbers are read as text": (
        "yaml",
        lambda patch: patch.setattr(building, "meaning", lambda text: text),
    ),
    "a tag is passed over": ("yaml", lambda patch: patch.setattr(building, "_TAG", building.re.compile(b"no tag"))),
    "a plan that was changed is taken": (
        "plan",
        lambda patch: (
            patch.setattr("tenantry.engine.saved.unchanged", lambda _: None),
            patch.setattr("fuzz_plan.unchanged", lambda _: None),
        )[0],
    ),
    "addons of a snapshot are lost": (
        "snapshot",
        lambda patch: patch.setattr(snapshot, "_service", lambda _, catalog: (catalog.default_tier,)),
    ),
    "blanks around a cell belong to it": ("csv", lambda patch: patch.setattr(roster, "_BLANK", "")),
    "entities are left out": ("markdown", lambda patch: patch.setattr(flavors, "_entity", lambda char: char)),
    "nothing is escaped": ("html", _unescaped),
    "a formula is a formula": ("reports", lambda patch: patch.setattr(report_csv, "harmless", report_csv.visible)),
    "an agent reads on behind a bracket": (
        "reports",
        lambda patch: patch.setattr("tenantry.rendering.annotations.agent_text", lambda text: text.replace("\n", " ")),
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_product_that_is_broken_breaks_a_promise(what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name, broken = BROKEN[what]
    found = fuzzer(name)
    with monkeypatch.context() as patch:
        broken(patch)
        patch.setattr(fuzzing, "MOST", 1)
        (row,) = fuzz(found, 600, 7)
    assert row.violations
    kept = Path(row.violations[0].rpartition("the input is ")[2])
    assert kept.parent == tmp_path
    assert judged(found.again or found.judge, kept.read_bytes())[1] == "", "it is good again"


def test_equal_seeds_are_equal_inputs() -> None:
    for name in FEW:
        one, same, other = (fuzzer(name).make(Random(seed)) for seed in ("a", "a", "b"))  # noqa: S311 - no secret
        assert one == same
        assert one != other


def saying(judge: Callable[[bytes], int]) -> Row:
    """The row of a fuzzer that judges three inputs so."""
    (row,) = fuzz(Fuzzer(name="x", what="x", wanted=3, make=lambda _: b"abc", judge=judge, weight=300), 9, 1)
    return row


def test_an_exception_is_a_violation_with_its_place_and_its_input(tmp_path: Path) -> None:
    def fail(_content: bytes) -> int:
        raise KeyError("gone")

    row = saying(fail)
    assert "KeyError at test_fuzz.py:" in row.violations[0]
    assert Path(row.violations[0].rpartition("the input is ")[2]).read_bytes() == b"abc"
    assert [path.name.partition("-")[0] for path in tmp_path.iterdir()] == ["x"]


def test_an_input_that_takes_long_is_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "SLOWEST", 0.05)

    def slow(_content: bytes) -> int:
        end = time.process_time() + 0.06
        while time.process_time() < end:
            pass
        return 0

    assert "it took 0.1 s" in saying(slow).violations[0]


def test_an_input_without_an_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "HANGS", 1)

    def hang(_content: bytes) -> int:
        time.sleep(60)
        return 0

    assert "no answer for 1 s" in saying(hang).violations[0]


def test_a_fuzzer_whose_time_is_up_says_so() -> None:
    (row,) = fuzz(fuzzer("yaml"), 0, 7)
    assert row.what.endswith(", stopped after 0 s")
    assert row.runs == 0


def test_the_table_adds_up_what_belongs_together() -> None:
    part = Row(what="a", runs=1000, faults=2, violations=("no",), seconds=1.5)
    rows = united([part, part, replace(part, what="b", violations=())])
    assert [(row.what, row.runs, row.violations) for row in rows] == [("a", 2000, ("no", "no")), ("b", 1000, ())]
    assert [line.split() for line in table(rows, 4.0).splitlines() if "-" not in line] == [
        ["what", "runs", "faults", "violations", "time"],
        ["a", "2,000", "4", "2", "3.0", "s"],
        ["b", "1,000", "2", "0", "1.5", "s"],
        ["in", "all", "3,000", "6", "2", "4.0", "s"],
    ]


def test_what_is_promised_is_tried_in_a_quarter_of_an_hour_also_on_a_slow_machine() -> None:
    assert worst(FAMILIES) <= 15 * 60
    wanted = {family.name: family.parts * import_module(family.module).FUZZER.wanted for family in FAMILIES[:7]}
    assert wanted.pop("yaml") >= 2_000_000
    assert min(wanted.values()) >= 200_000


def torture(tmp_path: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The real command, with its temporary files in a folder of the test."""
    env = {**os.environ, **more, "TMPDIR": str(tmp_path)}
    del env[fuzzing.FOLDER]
    return subprocess.run(
        [sys.executable, str(HERE / "torture"), *words],
        capture_output=True,
        text=True,
        env=env,
        timeout=120,
        check=False,
    )


def test_the_command_prints_one_table_and_leaves_nothing_behind(tmp_path: Path) -> None:
    said = torture(tmp_path, "--only", "snapshot", "--budget", "1", "--seed", "3")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines()[2].startswith("snapshots, stopped after 1 s  ")
    assert list(tmp_path.iterdir()) == []


DEADLY = """
import os, sys
if "--part" in sys.argv:
    import json
    json.JSONDecoder.decode = lambda *_: os.kill(os.getpid(), 11)
"""


def test_a_process_that_dies_is_a_violation_with_its_last_input(tmp_path: Path) -> None:
    """As with a parser in C that runs out of its stack."""
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    said = torture(tmp_path, "--only", "snapshot", "--budget", "5", PYTHONPATH=str(tmp_path))
    assert said.returncode == 1
    assert "snapshot: the process ended with -11" in said.stdout


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("{a: 0o17, b: 0x1f, c: 010, d: +1}", {"a": 15, "b": 31, "c": 10, "d": 1}),
        ("{a: true, b: False, c: yes, d: 'true'}", {"a": True, "b": False, "c": "yes", "d": "true"}),
        ("{a: 1e3, b: .5, c: -.inf, d: 1.2.3}", {"a": 1000.0, "b": 0.5, "c": float("-inf"), "d": "1.2.3"}),
        ("- 2026-12-01\n- 22:22\n- 1_000\n- =\n", ["2026-12-01", "22:22", "1_000", "="]),
    ],
)
@pytest.mark.parametrize("slow", [False, True])
def test_the_second_reader_follows_the_core_schema_of_yaml(text: str, data: Any, *, slow: bool) -> None:
    assert repr(means(text.encode(), slow=slow)) == repr(data)


@pytest.mark.parametrize("text", ["a: ~", "a:", "{a: 1, a: 2}", "1: a", "<<: {a: 1}", "? [a]\n: b", "# nothing"])
def test_the_second_reader_says_where_there_is_no_data(text: str) -> None:
    with pytest.raises(NoDataError):
        means(text.encode())


@pytest.mark.parametrize("text", ["{a", "a: b: c", "a: 1\n--- \nb: 2"])
def test_the_second_reader_takes_one_document_of_yaml(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        means(text.encode())
