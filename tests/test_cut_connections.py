"""A line to PostgreSQL that is cut, at the commit or anywhere else: whatever is told is what is there."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutting_proxy import Fate, Message, Proxy
from filled_ledgers import ledger_on
from forked_commands import Command
from interrupted_commands import Bench, Verb, at, at_commit, broken, tried, tried_killed
from postgresql_server import LACKING, REQUIRED, Server, free_port, make_server, programs

VERBS: tuple[Verb, ...] = ("apply", "observe")
SLOW = """
CREATE FUNCTION tenantry.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON tenantry.runs DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION tenantry.slow()
"""
"""What is looked at when a transaction ends takes its time."""

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture(scope="module")
def server(loopback: None) -> Iterator[Server]:  # noqa: ARG001 - the fixture lets it be reached
    """A server that this file alone may stop."""
    if programs() is None:
        pytest.fail(LACKING) if REQUIRED else pytest.skip(LACKING)
    made = make_server(port=free_port())
    yield made
    made.stop()


@pytest.fixture(scope="module")
def bench(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Proxy(server.port) as proxy:
        made = Bench(
            folder=tmp_path_factory.mktemp("bench"), server=server, proxy=proxy, database=server.new_database()
        )
        assert made.run("apply").code == 0
        yield made


@pytest.mark.parametrize("verb", VERBS)
def test_a_commit_that_never_reached_the_server_is_told_as_not_written(bench: Bench, verb: Verb) -> None:
    before = bench.turn()
    ended = bench.run(verb, at_commit(Fate.CUT))
    told = bench.result()
    assert told is not None
    assert (ended.code, told["status"], told["changes"]["applied"], told["run"]) == (1, "failed", 0, None)
    assert bench.history()[0]["run"] == before.runs[0].id
    assert broken(bench, verb, before, ended) == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_commit_whose_answer_reached_nobody_is_found_by_a_new_look(bench: Bench, verb: Verb) -> None:
    before = bench.turn()
    ended = bench.run(verb, at_commit(Fate.ANSWERED))
    told, newest = bench.result(), bench.history()[0]
    assert told is not None
    assert (ended.code, told["status"], told["changes"]) == (
        *(0, "applied"),
        {"applied": 6, "not_applied": 0, "unknown": 0},
    )
    assert "although the commit reported an error" in told["message"]
    assert (newest["run"], newest["status"], newest["kind"]) == (told["run"], "applied", verb)
    assert broken(bench, verb, before, ended) == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_commit_that_is_still_being_carried_out_is_waited_for(bench: Bench, verb: Verb) -> None:
    before = bench.turn()
    bench.server.execute(bench.database, SLOW)
    try:
        ended = bench.run(verb, at_commit(Fate.SENT))
    finally:
        bench.server.execute(bench.database, "DROP FUNCTION tenantry.slow() CASCADE")
    told = bench.result()
    assert told is not None
    assert (ended.code, told["status"]) == (0, "applied"), told
    assert broken(bench, verb, before, ended) == []


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("fate", [Fate.CUT, Fate.ANSWERED])
def test_where_nobody_can_look_the_outcome_is_unknown_and_the_next_run_says_it(
    bench: Bench, verb: Verb, fate: Fate
) -> None:
    before = bench.turn()
    ended = bench.run(verb, at_commit(fate, bench.proxy.unreachable))
    told = bench.result()
    assert told is not None
    assert (ended.code, told["status"], told["run"], told["changes"]["unknown"]) == (5, "unknown", None, 6)
    assert (bench.look().revision > before.revision) == (fate is Fate.ANSWERED)
    # the quiet run says that nothing is left to do, or does it
    assert broken(bench, verb, before, ended, unknown=True) == []


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("fate", [Fate.CUT, Fate.ANSWERED])
def test_a_server_that_stops_at_once_around_the_commit_keeps_all_or_nothing(
    bench: Bench, verb: Verb, fate: Fate
) -> None:
    before = bench.turn()
    bench.proxy.upstream = bench.server.port
    ended = bench.run(verb, at_commit(fate, bench.server.stop if fate is Fate.CUT else None))
    if fate is Fate.ANSWERED:
        bench.server.stop()
    bench.server.start()
    # with the server away nobody could look; it answered before it stopped, and then somebody did
    assert ended.code == (5 if fate is Fate.CUT else 0)
    assert broken(bench, verb, before, ended, unknown=fate is Fate.CUT) == []


def test_a_server_that_stops_at_once_in_the_middle_leaves_nothing(bench: Bench) -> None:
    before = bench.turn()

    def judge(message: Message) -> Fate:
        if b"INSERT INTO assignments" in message.text:
            bench.server.stop()
            bench.proxy.arm(lambda _: Fate.PASS)
            return Fate.CUT
        return Fate.PASS

    ended = bench.run("apply", judge)
    bench.server.start()
    assert (ended.code, bench.look().revision) == (1, before.revision)
    assert broken(bench, "apply", before, ended) == []


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_wherever_the_line_is_cut_nothing_is_lost_doubled_or_told_wrongly(bench: Bench, verb: Verb) -> None:
    """Each of the others has its turn in `make torture`."""
    cases = [(number, (Fate.CUT, Fate.SENT)[number % 2]) for number in range(1, 90, 13)]
    assert {case: found for case in cases if (found := tried(bench, verb, at(*case)))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_a_command_that_is_killed_at_any_message_leaves_all_or_nothing(bench: Bench, verb: Verb) -> None:
    """Each of the others has its turn in `make torture`."""
    cases = [(number, (Fate.SENT, Fate.CUT)[number % 2]) for number in range(10, 90, 28)]
    assert {case: found for case in cases if (found := tried_killed(bench, verb, *case))} == {}


# one saved plan, applied by two


@pytest.fixture
def plan(bench: Bench) -> str:
    """A saved plan with something to do."""
    bench.turn()
    assert bench.begin("plan", "--out", "plan.json").wait().code == 0
    return "plan.json"


def apply(bench: Bench, plan: str, folder: Path) -> str:
    """Somebody else applies it, past the proxy; what is told."""
    url = bench.server.url(bench.database)
    words = (
        "-C",
        str(bench.folder),
        "--backend",
        url,
        "apply",
        str(bench.folder / plan),
        "--format",
        "json=other.json",
    )
    assert Command(folder, *words).wait().code == 0
    [told] = json.loads((folder / "other.json").read_text())["results"]
    return str(told["status"])


def test_a_plan_that_was_applied_before_is_never_told_as_applied_now(bench: Bench, plan: str, tmp_path: Path) -> None:
    assert apply(bench, plan, tmp_path) == "applied"
    told = []
    for nth in range(1, 9):
        commits: list[int] = []

        def judge(message: Message, nth: int = nth, commits: list[int] = commits) -> Fate:
            commits += [message.number] * (b"COMMIT" in message.text or b"ROLLBACK" in message.text)
            return Fate.CUT if commits and commits[nth - 1 :] == [message.number] else Fate.PASS

        ended = bench.judged(judge, "apply", plan, "--format", "json=result.json")
        result = bench.result()
        told.append((ended.code, None if result is None else result["status"]))
    assert set(told) <= {(0, "already"), (1, "failed"), (1, None)}
    assert told[-1] == (0, "already")


def test_a_plan_that_somebody_else_applies_after_the_line_was_cut_is_told_by_them_alone(
    bench: Bench, plan: str, tmp_path: Path
) -> None:
    runs, others = len(bench.look().runs), list[str]()
    commits: list[int] = []

    def judge(message: Message) -> Fate:
        if message.commits and not commits:
            commits.append(message.number)
            return Fate.CUT
        if len(commits) == 2 and not others:
            # the line is open again, and the lock was given back: from now on it may be taken
            others.append(apply(bench, plan, tmp_path))
        if commits and b"COMMIT" in message.text:
            commits.append(message.number)
        return Fate.PASS

    ended = bench.judged(judge, "apply", plan, "--format", "json=result.json")
    result = bench.result()
    assert result is not None
    assert others == ["applied"]
    assert (ended.code, result["status"], result["run"]) == (1, "failed", None)
    assert len(bench.look().runs) == runs + 1


def test_the_bench_leaves_a_sound_ledger(bench: Bench) -> None:
    ledger = ledger_on(bench.server.url(bench.database))
    assert (ledger.faults(), ledger.locks()) == ([], [])
    ledger.close()
