"""demo: the sample workspace in a temporary folder, walked by the real commands."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from tenantry.cli.door import INTERRUPTED, run
from tenantry.cli.exits import DONE, ERROR, REJECTED
from tenantry.cli.ledgers import Place
from tenantry.cli.output import to_stdout
from tenantry.cli.screen import tell
from tenantry.cli.session import Session
from tenantry.documents.data import SAMPLE, sampled
from tenantry.errors import OperatorError
from tenantry.model.policy import DEFAULT_BACKEND
from tenantry.rendering.columns import wrap

ROSTER = "tenants/rosters/zurich.csv"
PLAN = "tenantry plan contoso"
NEWCOMERS = (
    "luis.amrein@contoso.example,/Contoso/Bern,4720,,,",
    "mila.steffen@contoso.example,/Contoso/Bern,4720,,,",
    "noah.zehnder@contoso.example,/Contoso/Bern,4720,,,",
)
LEAVERS = (
    "adrian.huber@contoso.example,/Contoso/Zurich,4711,,,",
    "wanda.moser@contoso.example,/Contoso/Bern,4720,,,",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command, what is changed before it, how it must end, and the sentence that explains the end."""

    title: str
    typed: str
    code: int
    meaning: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


STEPS = (
    Step(
        title="Are the files right?",
        typed="tenantry validate",
        code=DONE,
        meaning="Every file was read strictly. A typo would stand here with its line and what was probably meant.",
    ),
    Step(
        title="Who holds what today? What the portal shows is recorded in the ledger, as it is",
        typed="tenantry observe contoso --snapshot snapshots/contoso.json -q",
        code=DONE,
        meaning="The ledger is a SQLite file in the workspace. It keeps the quota itself, whoever writes.",
    ),
    Step(
        title="What would change?",
        typed=PLAN,
        code=DONE,
        meaning="Ready: every step of it fits into what was bought. Nothing was written anywhere.",
    ),
    Step(
        title=f"A change that doesn't fit: three people join in {ROSTER}",
        typed=PLAN,
        code=REJECTED,
        meaning="Rejected with exit code 3, so a pipeline stops here: 122 Contact Center Users, 120 bought, 2 missing.",
        added=NEWCOMERS,
    ),
    Step(
        title="The repair: two people have left, and their lines go",
        typed=f"{PLAN} --out plan.json",
        code=DONE,
        meaning="Ready again: what is taken away comes first, and the three get what has become free.",
        removed=LEAVERS,
    ),
    Step(
        title="Exactly this plan is applied",
        typed="tenantry apply plan.json",
        code=DONE,
        meaning="Had files, contract or ledger moved since, it would have been refused with what moved.",
    ),
    Step(
        title="And now?",
        typed=PLAN,
        code=DONE,
        meaning="No changes: the files and the ledger agree.",
    ),
    Step(
        title="Who did what?",
        typed="tenantry history",
        code=DONE,
        meaning="Each run with its changes stays on record: tenantry show contoso-2.",
    ),
    Step(
        title="Who uses what today?",
        typed="tenantry report contoso",
        code=DONE,
        meaning="The licenses in the order of the portal's page. With --format markdown it is a page for a wiki.",
    ),
)


@click.command("demo")
@click.pass_obj
def command(session: Session) -> int:
    """Walk a sample workspace: validate, observe, plan, a rejected change, its repair, apply, history, report.

    Nothing outside a new temporary folder is touched, and no network is used.
    """
    folder = _copied()
    columns = session.layout(0, {}, terminal=True).width
    to_stdout(f"A sample workspace of the tenant contoso lies in {folder}.\n")
    unexpected = []
    with _inside(folder, session.color):
        for number, step in enumerate(STEPS, 1):
            code = _walk(number, step, columns)
            if code == INTERRUPTED:
                return code
            if code != step.code:
                unexpected.append(f"step {number} ended with {code}, not with {step.code}")
    to_stdout(
        f"\nThe files lie in {folder}. Try:\n"
        f"  cd {folder}\n"
        f"  {PLAN} --format markdown\n"
        "  tenantry explain user:ada@contoso.example\n"
        "and start your own with: tenantry init my-tenants\n"
    )
    for text in unexpected:
        tell(f"error: {text}")
    return ERROR if unexpected else DONE


def _walk(number: int, step: Step, columns: int) -> int:
    """Change what the step changes, run its command as typed, explain how it ended; its exit code."""
    to_stdout("\n" + _told(f"{number}. {step.title}", columns))
    if step.added or step.removed:
        to_stdout("".join(f"   {sign} {row}\n" for sign, row in _edited(step)))
    to_stdout(f"\n$ {step.typed}\n")
    code = run(step.typed.split()[1:])
    to_stdout(f"exit code {code}\n" + _told(f"→ {step.meaning}", columns))
    return code


def _told(text: str, columns: int) -> str:
    """A sentence on lines that fit."""
    return "".join(f"{line}\n" for line in wrap(text, columns, rest="  "))


def _edited(step: Step) -> list[tuple[str, str]]:
    """Change the roster as the step says; the lines that went and came."""
    path = Path(ROSTER)
    rows = [row for row in path.read_text("utf-8").splitlines() if row not in step.removed]
    path.write_text("\n".join([*rows, *step.added, ""]), encoding="utf-8", newline="\n")
    return [*(("-", row) for row in step.removed), *(("+", row) for row in step.added)]


def _copied() -> Path:
    """A new folder with the sample workspace in it."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="tenantry-demo-"))
        for name in SAMPLE:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(sampled(name))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise OperatorError(f"The sample workspace can't be written: {reason}.", "Set TMPDIR.") from None
    Place(folder).make(DEFAULT_BACKEND)
    return folder


@contextlib.contextmanager
def _inside(folder: Path, color: str) -> Iterator[None]:
    """Be in the folder, as whoever types the commands would be, with none of the caller's settings but the color."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("TENANTRY_"):
            del os.environ[name]
    os.environ["TENANTRY_COLOR"] = color
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
