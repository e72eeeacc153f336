"""What people see on a terminal of any size: lines that fit, color that only repeats words, a line that counts tenants.

Widths are judged by wcwidth, and what is left on a screen by pyte; neither is ours.
"""

import json
import re
import shutil
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyte
import pytest
import wcwidth

from pseudo_terminal import Seen, on_terminal
from tenantry.cli import screen
from tenantry.engine import executor
from tenantry.rendering.columns import cut, width

SIZES = (40, 60, 80, 120, 200)
NAMES = (
    "山田太郎山田太郎山田太郎",
    "한국어 이름",  # in pieces, as macOS writes it
    "Zoe\u0301 Amme\u0308li",
    "Ops \u2764\ufe0f \U0001f1e8\U0001f1ed \U0001f44d\U0001f3fd \U0001f468\u200d\U0001f4bb",
    "हिन्दी नाम",
    "a\u202eb\u2066c\u200b",
    "tab\tbell\x07",
    "x" * 150,
    "::error::boom ##vso[x]",
)
"""Names that a file may hold; hostile, wide, joined, or longer than a line."""
LONG = "a-tenant-with-a-name-that-is-as-long-as-a-name-of-a-host-may-be"
COMMANDS: dict[str, tuple[str, ...]] = {
    "plan": ("plan",),
    "whatif": ("whatif", "--set", "companion=0"),
    "validate": ("validate",),
    "report": ("report",),
    "drift": ("drift",),
    "history": ("history",),
    "explain": ("explain", "user:u0@x.example", "--tenant", "contoso"),
    "show a run": ("show", "contoso-2"),
    "show a plan": ("show", "plan.json"),
    "show what moved": ("show", "later.json", "--against", "plan.json"),
    "rules": ("rules",),
    "one rule": ("rules", "max-revocations"),
    "doctor": ("doctor",),
    "observe": ("observe", "contoso", "--snapshot", "snapshot.json"),
    "apply": ("apply", "--auto-approve"),
}
WRITING = {"observe", "apply"}


def tenant(names: Sequence[str], bought: int = 20) -> dict[str, Any]:
    users = {f"u{at}@x.example": {"name": name, "licenses": ["companion"]} for at, name in enumerate(names)}
    users |= {f"{'long' * 12}{at}@{'d' * 40}.example": {"licenses": ["companion"]} for at in range(2)}
    for at, unit in enumerate(names):
        users[f"u{at}@x.example"] |= {"organization_unit": f"/{unit}", "cost_center": unit}
    return {"version": 1, "contract": {"contingency": {"companion": bought, "email": 5}}, "users": users}


def printable(name: str) -> str:
    """A name as a file may hold it: without what no line of text can have."""
    return "".join(char for char in name if char.isprintable())


def put(folder: Path, path: str, data: Any) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, ensure_ascii=False)
    (folder / path).write_text("".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text), "utf-8")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which every command has something to tell, most of it in hostile words."""
    folder = tmp_path_factory.mktemp("world")
    safe = [printable(name) for name in NAMES]
    run = ("-C", str(folder))
    put(folder, "tenantry.yaml", {"version": 1})
    put(folder, "tenants/contoso.yaml", {**tenant(safe), "tenant": {"name": safe[0] * 8}})
    put(folder, f"tenants/{LONG}.yaml", tenant(safe, bought=3))
    now = {"format": "tenantry-snapshot/1", "tenant": "contoso", "users": tenant(safe[:3])["users"]}
    put(folder, "snapshot.json", now)
    assert on_terminal([*run, "observe", "contoso", "--snapshot", str(folder / "snapshot.json")]).code == 0
    on_terminal([*run, "plan", "--out", str(folder / "plan.json")])
    applied = on_terminal([*run, "apply", "contoso", "--auto-approve"])
    assert applied.code == 0, applied
    put(folder, "tenants/contoso.yaml", tenant(safe[2:]))
    on_terminal([*run, "plan", "--out", str(folder / "later.json")])
    # problems of files last, since a plan with them is none to save
    for at, name in enumerate(NAMES):
        put(folder, f"tenants/broken-{at}.yaml", {**tenant([]), name: 1, "users": {f"{name}@x": {"licenses": [name]}}})
    return folder


@pytest.fixture
def run(world: Path, tmp_path: Path) -> Callable[..., Seen]:
    """Run one of the commands in the world, or in a copy of it where it writes."""

    def call(command: str, **surroundings: Any) -> Seen:
        folder = world
        if command in WRITING:
            folder = tmp_path / f"copy-{len(list(tmp_path.iterdir()))}"
            shutil.copytree(world, folder)
        words = [str(folder / word) if word.endswith(".json") else word for word in COMMANDS[command]]
        words += surroundings.pop("more", [])
        seen = on_terminal(["-C", str(folder), *words], **surroundings)
        assert "Traceback" not in seen.out + seen.err
        assert seen.out
        return seen

    return call


def overlong(text: str, columns: int) -> list[str]:
    return [line for line in text.split("\n") if not 0 <= wcwidth.wcswidth(line) <= columns]


@pytest.mark.parametrize("columns", SIZES)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_is_wider_than_the_terminal_nor_does_any_move_its_cursor(
    run: Callable[..., Seen], command: str, columns: int
) -> None:
    seen = run(command, columns=columns)
    assert overlong(seen.plain, columns) == []  # wcswidth is negative where a character isn't printed


@pytest.mark.parametrize("command", COMMANDS)
def test_color_only_repeats_what_the_words_say(run: Callable[..., Seen], command: str) -> None:
    colored, plain = run(command, more=["--color", "always"]), run(command, more=["--color", "never"])
    assert "\x1b" not in plain.out
    assert steady(colored.plain) == steady(plain.out)
    assert "\x1b" in colored.out or command == "history"


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
@pytest.mark.parametrize("command", ["plan", "report", "validate", "apply"])
def test_who_wants_no_color_gets_none(run: Callable[..., Seen], command: str, env: dict[str, str]) -> None:
    assert "\x1b[" in run(command).out
    seen = run(command, env=env)
    assert "\x1b" not in seen.out + seen.err


def test_an_empty_no_color_and_a_word_on_the_command_line_leave_color(run: Callable[..., Seen]) -> None:
    assert "\x1b[" in run("plan", env={"NO_COLOR": ""}).out
    assert "\x1b[" in run("plan", env={"NO_COLOR": "1"}, more=["--color", "always"]).out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_gets_plain_text_of_80_columns_whatever_the_terminal_beside_it(
    run: Callable[..., Seen], command: str
) -> None:
    seen = run(command, columns=200, pipes="out", env={"COLUMNS": "132"})
    assert "\x1b" not in seen.out
    searched = re.compile(r"^\S+\.yaml:\d+|^\s*\S+ \w+ .*terms-changed")
    assert [line for line in overlong(seen.out, 80) if not searched.match(line)] == []


def test_a_problem_stays_on_one_line_in_a_pipe_where_tools_look_for_its_place(run: Callable[..., Seen]) -> None:
    places = re.compile(r"^tenants/broken-\d\.yaml:\d+:\d+: [a-z-]+: .+\.$", re.MULTILINE)
    piped = places.findall(run("validate", pipes="out").out)
    assert len(piped) >= len(NAMES)
    wide = run("validate", columns=200).plain
    assert all(line in wide or wcwidth.wcswidth(line) > 120 for line in piped)


def test_columns_of_the_environment_count_before_those_of_the_terminal(run: Callable[..., Seen]) -> None:
    assert run("plan", columns=80, env={"COLUMNS": "50"}).out == run("plan", columns=50).out
    assert run("plan", columns=60, env={"COLUMNS": "wide"}).out == run("plan", columns=60).out
    assert run("plan", columns=60, env={"COLUMNS": "0"}).out == run("plan", columns=60).out


def test_a_terminal_that_does_not_know_its_size_has_80_columns(run: Callable[..., Seen]) -> None:
    assert run("report", columns=0).out == run("report", columns=80).out


def test_labels_of_licenses_stay_whole_where_bars_have_no_room(run: Callable[..., Seen]) -> None:
    for columns in (40, 60, 80):
        text = run("report", columns=columns).plain
        assert {"Contact Center", "Contact Center User"} <= set(
            re.findall(r"^ {4}(Contact[A-Za-z ]*?)(?:  .*)?$", text, re.MULTILINE)
        )
        assert ("█" in text) is (columns == 80)


def test_the_demo_tells_its_story_in_lines_that_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = on_terminal(["demo"], columns=60)
    assert seen.code == 0
    typed = re.compile(r"^\$ tenantry|^   [+-] |^  cd |/tenantry-demo-")
    assert [line for line in overlong(seen.plain, 60) if not typed.search(line)] == []


def test_text_in_a_file_has_80_columns_and_no_color_whatever_the_terminal_is(
    run: Callable[..., Seen], tmp_path: Path
) -> None:
    file = tmp_path / "plan.txt"
    for columns in (40, 200):
        run("plan", columns=columns, more=["--color", "always", "--format", "json", "--format", f"text={file}"])
        assert file.read_text("utf-8") == run("plan", pipes="out").out


def steady(text: str) -> str:
    """Text without what differs from call to call: moments, run numbers and copies of folders."""
    return re.sub(r"copy-\d+|\d{4}-\d\d-\d\d \d\d:\d\dZ|\d+ (bytes|KiB)", "", text)


# How wide a text is


@pytest.mark.slow
def test_every_printable_character_is_as_wide_as_wcwidth_says_and_none_is_wider() -> None:
    chars = [chr(point) for point in range(sys.maxunicode + 1) if chr(point).isprintable()]
    differing = {char for char in chars if width(char) != wcwidth.wcwidth(char)}
    assert all(width(char) > wcwidth.wcwidth(char) for char in differing)
    # fillers of Korean, and marks that take a column beside their letter in some terminals
    assert {char for char in differing if unicodedata.category(char) != "Mc"} <= {"\u3164", "\uffa0"}


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("\u2764\ufe0f", 2),
        ("\u2764", 1),
        ("1\ufe0f\u20e3", 2),
        ("\u2139\ufe0f", 2),
        ("a\ufe0f", 1),
        ("\U0001f1e8\U0001f1ed", 2),
        ("\u1112\u1161\u11ab", 2),
        ("한", 2),
        ("か\u3099", 2),
        ("ｶ", 1),
        ("\uff21", 2),
        ("கி", 2),
    ],
)
def test_what_is_drawn_together_is_measured_together(text: str, columns: int) -> None:
    assert width(text) == columns == wcwidth.wcswidth(text)
    assert cut(f"{text}{text}xxx", columns + 1).rstrip("…") == text


def test_every_emoji_that_a_selector_makes_wide_is_wide() -> None:
    ranges = next(iter(wcwidth.VS16_NARROW_TO_WIDE.values()))
    emoji = [chr(point) for first, last in ranges for point in range(first, last + 1)]
    assert len(emoji) > 150
    assert [char for char in emoji if width(f"{char}\ufe0f") != 2] == []


# How far a fleet is, and silence


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """A workspace of 24 small tenants, each with something to apply."""
    for number in range(24):
        put(tmp_path, f"tenants/t{number:02}.yaml", tenant(["Ada"]))
    return tmp_path


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is told at once, and each time that something was done."""
    monkeypatch.setattr(screen, "PATIENCE", 0)
    monkeypatch.setattr(screen, "PAUSE", 0)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each tenant takes a while."""
    real = executor.question

    def question(*about: Any) -> Any:
        time.sleep(0.04)
        return real(*about)

    monkeypatch.setattr(executor, "question", question)


def left_on_screen(said: str, columns: int = 80) -> list[str]:
    """What is to be read on a terminal in the end."""
    shown = pyte.Screen(columns, 50)
    pyte.Stream(shown).feed(said.replace("\n", "\r\n"))
    return [line.rstrip() for line in shown.display if line.strip()]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["plan"], "planned"),
        (["plan", "--jobs", "2"], "planned"),
        (["whatif", "--set", "companion=1"], "planned"),
        (["validate"], "validated"),
        (["report"], "counted"),
        (["drift"], "compared"),
        (["explain", "user:u0@x.example", "--tenant", "t*"], "searched"),
    ],
)
def test_a_fleet_is_counted_on_one_line_that_is_gone_in_the_end(fleet: Path, args: list[str], word: str) -> None:
    seen = on_terminal(["-C", str(fleet), *args])
    told = [int(count) for count in re.findall(rf"\r{word} (\d+) of 24 tenants", seen.err)]
    assert len(told) >= 20
    assert told == sorted(told)
    assert "\n" not in seen.err.partition("error:")[0]
    assert "\x1b" not in seen.err
    assert not any("tenants" in line for line in left_on_screen(seen.err) if not line.startswith("error:"))
    assert "of 24 tenants" not in seen.out


@pytest.mark.usefixtures("impatient")
def test_an_apply_counts_what_it_plans_and_what_it_applies(fleet: Path) -> None:
    seen = on_terminal(["-C", str(fleet), "apply", "--auto-approve"])
    assert seen.code == 0
    assert {"\rplanned 24 of 24 tenants", "\rapplied 24 of 24 tenants"} <= set(re.findall(r"\r[^\r]*tenants", seen.err))
    assert [line for line in left_on_screen(seen.err) if "made the ledger" not in line] == []


@pytest.mark.usefixtures("impatient")
def test_what_is_said_meanwhile_stands_on_a_line_of_its_own(fleet: Path) -> None:
    seen = on_terminal(["-C", str(fleet), "apply", "--auto-approve", "--format", "json"], pipes="out")
    made = [line for line in left_on_screen(seen.err, 200) if line.startswith("made")]
    assert made == ["made the ledger sqlite:///.tenantry/ledger.db"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "quiet", [{"more": ["-q"]}, {"pipes": "err"}, {"env": {"TERM": "dumb"}}, {"more": ["t00"]}], ids=str
)
def test_nothing_is_counted_where_nobody_wants_or_could_see_it(fleet: Path, quiet: dict[str, Any]) -> None:
    more = quiet.pop("more", [])
    assert on_terminal(["-C", str(fleet), "plan", *more], **quiet).err == ""


@pytest.mark.usefixtures("slow")
def test_work_is_counted_only_once_it_takes_longer_than_a_moment(fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = re.search(r"planned (\d+) of 24 tenants", on_terminal(["-C", str(fleet), "plan"]).err)
    assert first is not None
    assert 2 <= int(first[1]) <= 13  # half a second of 0.04 seconds each, or fewer where the machine is busy
    monkeypatch.setattr(screen, "PATIENCE", 60)
    assert on_terminal(["-C", str(fleet), "plan"]).err == ""


@pytest.mark.usefixtures("impatient", "slow")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_leaves_a_clean_line_with_the_only_word_that_matters(fleet: Path, jobs: str) -> None:
    seen = on_terminal(["-C", str(fleet), "plan", "--jobs", jobs], typed="\x03", once="planned 3 of")
    assert seen.code == 130
    assert "^C" in seen.err
    assert left_on_screen(seen.err) == ["error: interrupted"]
    assert seen.out == ""


@pytest.mark.usefixtures("impatient")
def test_ctrl_c_ends_a_worker_that_has_nothing_to_do_without_a_word(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = executor.question

    def question(asked: Any, name: str) -> Any:
        time.sleep(30 if name == "t01" else 0)
        return real(asked, name)

    monkeypatch.setattr(executor, "question", question)
    begun = time.monotonic()
    seen = on_terminal(["-C", str(fleet), "plan", "t00", "t01", "--jobs", "2"], typed="\x03", once="planned 1 of")
    assert seen.code == 130
    assert left_on_screen(seen.err) == ["error: interrupted"]
    assert time.monotonic() - begun < 20


@pytest.mark.usefixtures("impatient")
def test_ctrl_c_during_an_apply_ends_it_between_two_tenants_and_leaves_a_clean_line(fleet: Path) -> None:
    (fleet / ".tenantry").mkdir()
    seen = on_terminal(
        ["-C", str(fleet), "apply", "--auto-approve", "--create-ledger"], typed="\x03", once="applied 3 of"
    )
    assert seen.code == 130
    assert len(re.findall(r": applied \d+ changes", seen.plain)) >= 3
    assert "t23: not begun: the command was interrupted" in seen.plain
    assert not any("of 24 tenants" in line or "^C" in line for line in left_on_screen(seen.err))


@pytest.mark.usefixtures("impatient")
def test_a_narrow_terminal_never_gets_a_line_that_it_would_break(fleet: Path) -> None:
    seen = on_terminal(["-C", str(fleet), "plan"], columns=20)
    assert "\rplanned 24 of 24 te" in seen.err
    assert max(map(len, seen.err.split("\r"))) == 19
    assert left_on_screen(seen.err, 20) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_quiet_says_nothing_beside_the_result(run: Callable[..., Seen], command: str) -> None:
    formats = {"plan", "report", "validate", "drift", "history", "explain", "observe", "apply", "whatif"}
    more = ["--format", "json"] if command in formats else []
    assert run(command, more=["-q", *more]).err == ""


def test_quiet_leaves_errors(world: Path) -> None:
    seen = on_terminal(["-q", "-C", str(world), "plan", "nobody"])
    assert seen.code == 64
    assert left_on_screen(seen.err)[0].startswith("error: ")


def test_quiet_is_silent_too_where_somebody_says_no(fleet: Path) -> None:
    answered = on_terminal(["-C", str(fleet), "apply", "t00", "-q"], typed="n\n", once="[y/N]")
    assert answered.code == 1
    assert "Nothing was applied" not in answered.err
    told = on_terminal(["-C", str(fleet), "apply", "t00"], typed="n\n", once="[y/N]")
    assert told.err.endswith("Nothing was applied.\n")


def test_a_plan_on_standard_error_is_laid_out_for_that_terminal(fleet: Path) -> None:
    words = ["-C", str(fleet), "apply", "t00", "--auto-approve", "--format", "json"]
    seen = on_terminal(words, columns=50, pipes="out")
    assert "\x1b[" in seen.err
    plain = re.sub(r"\x1b\[\d+m", "", seen.err)
    assert "✔ ready" in plain
    assert overlong(plain.partition("made the ledger")[0], 50) == []
    assert json.loads(seen.out)["results"]


def test_quiet_shows_the_plan_that_somebody_is_asked_about(fleet: Path) -> None:
    answered = on_terminal(
        ["-C", str(fleet), "apply", "t00", "-q", "--format", "json"], typed="n\n", once="[y/N]", pipes="out"
    )
    assert "+ grant" in answered.err
    assert answered.err.index("+ grant") < answered.err.index("[y/N]")
