"""Who acts, from which commit, as which process; and the ledger that they may write."""

import getpass
import math
import os
import platform
import signal
import subprocess
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Self

from tenantry.backends.backend import Backend
from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Claimant
from tenantry.cli.door import ENDING
from tenantry.cli.session import Session
from tenantry.engine.sources import sources
from tenantry.errors import AuthorError, OperatorError, TenantryError
from tenantry.model.run import Actor
from tenantry.rendering.escape import plain

CI_ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_REQUESTEDFOR")
"""Variables in which GitHub, GitLab and Azure DevOps tell who started a pipeline."""
CI_COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION")
"""And those in which they tell the commit, where there is no repository to ask."""
TELLING_SECONDS = 5.0
"""How long results may be told before a signal breaks that off: whoever ought to read them reads nothing."""
_UNHARMED = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")
"""What files of a repository could look like to git, and let it run."""


def actor(session: Session) -> Actor:
    """Who acts: in CI whoever started the pipeline, else the author that git would write, else the system's user."""
    told = next((os.environ[name] for name in CI_ACTORS if os.environ.get(name)), None) if in_ci() else None
    who = told or _author(session) or _user()
    commit = _commit(session)
    return Actor(who=_printable(who), commit=None if commit is None else _printable(commit))


def claimant(who: Actor) -> Claimant:
    """This process, as it takes locks."""
    return Claimant(who=who.who, host=platform.node() or "unknown", pid=os.getpid(), alive=_alive)


def in_ci() -> bool:
    """Whether this is a runner that may be thrown away when it is done."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def writable_ledger(session: Session, written: str, *, create: bool) -> Ledger:
    """The ledger of a workspace, open for writing, made if there is none.

    OperatorError in CI, where one is made only if the call says so.
    """
    place = session.place
    found = place.writing(written)
    if isinstance(found, Ledger):
        return found
    if in_ci() and not create:
        raise OperatorError(
            f"There is no ledger at {found.missing}, and with CI set none is made unasked: "
            "on a runner that is thrown away, every holder would count as new each time.",
            "Name the ledger with --backend, or make one with --create-ledger.",
        )
    made = place.make(written)
    session.say(plain(f"made the ledger {made.where}"))
    return made


def ledger_to_plan_by(session: Session, written: str) -> Backend:
    """The ledger of a workspace, open for writing; one that can't be is read, so that everything can still be planned.

    What kept it from being written comes again for each tenant that is to be.
    """
    try:
        found = session.place.writing(written)
        found.tenants()  # it is opened when it is first asked
    except OperatorError as error:
        try:
            found = session.place.reading(written)
            found.tenants()
        except TenantryError:
            raise error from None
    return found


def git(session: Session, *words: str) -> str | None:
    """What git says of the workspace, or of the folder where there is none; None where it fails."""
    try:
        folder = str(session.files.root)
    except AuthorError:
        folder = session.directory
    try:
        answer = subprocess.run(  # noqa: S603 - our own words
            ["git", "-C", folder, *_UNHARMED, *words],  # noqa: S607 - whichever git the user has
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("utf-8", "replace").strip()


def differs(session: Session) -> bool | None:
    """Whether any file that is read differs from the commit; None where git can't tell."""
    ask, read = partial(git, session, "--literal-pathspecs"), ("--", *_read(session))
    moved = ask("status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=none", *read)
    ignored = ask("ls-files", "-z", "--others", "--ignored", "--exclude-standard", *read)
    told = ask("ls-files", "-z", "-v", *read)
    if moved is None or ignored is None or told is None:
        return None
    # hidden files are no tenant's; H is a file at which git was not told not to look
    unseen = any(name and "/." not in f"/{name}" for name in ignored.split("\0"))
    return moved != "" or unseen or any(line[:2] != "H " for line in told.split("\0") if line)


def _read(session: Session) -> Iterable[str]:
    """What is read, as git is asked for it: folders whole, links and what they lead to."""
    found = {"tenantry.yaml", "tenants"}
    try:
        root, paths = session.files.root, list(sources(session.files))
    except AuthorError:
        return found
    real = Path(os.path.realpath(root))
    for path in paths:
        target = Path(os.path.realpath(root / path))
        if real in target.parents:  # what leads out of the workspace isn't read
            named = (Path(path), target.relative_to(real))
            found |= {str(item) for item in named if item.parts[0] != "tenants"}
    return sorted(found)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _author(session: Session) -> str | None:
    name, email = git(session, "config", "user.name"), git(session, "config", "user.email")
    return f"{name} <{email}>" if name and email else email or name


def _commit(session: Session) -> str | None:
    """The commit of the workspace; `+` behind it tells of files that differ from it, or that git can't tell."""
    commit = git(session, "rev-parse", "HEAD")
    if commit is None:
        return next((os.environ[name] for name in CI_COMMITS if os.environ.get(name)), None) if in_ci() else None
    return commit if differs(session) is False else f"{commit}+"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _alive(pid: int) -> bool:
    """Whether a process of this host is there."""
    if os.name == "nt":
        return True  # to ask would be to interrupt it; its lease runs out
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # it is somebody else's
    return True


class Interruption:
    """While it is entered, signals that ask a command to end don't tear apart what is in flight.

    Calling it tells whether one came. What the caller ignores stays ignored.
    """

    def __init__(self) -> None:
        self._signal = 0
        self._hangs_at = math.inf
        self._before: dict[int, Any] = {}

    @property
    def code(self) -> int:
        """The exit code by which a shell knows the signal."""
        return 128 + self._signal

    def __call__(self) -> bool:
        """Whether the command was interrupted."""
        return self._signal != 0

    def telling(self) -> None:
        """Nothing is in flight any more, and results are told. Signals are noted still, unless that hangs."""
        self._hangs_at = time.monotonic() + TELLING_SECONDS

    def __enter__(self) -> Self:
        """Begin to note signals."""
        for number in ENDING:
            if signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        """Let signals do what they did before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: object) -> None:
        self._signal = number
        before = self._before[number]
        if time.monotonic() > self._hangs_at and callable(before):
            before(number, frame)


class Patience:
    """How long to wait for locks: each call waits a moment; it gives up when the time is over."""

    def __init__(self, session: Session, seconds: float, interruption: Interruption) -> None:
        self._until = time.monotonic() + seconds
        self._session, self._interruption = session, interruption
        self._told: set[str] = set()

    def __call__(self, why: str) -> bool:
        """Wait a moment and say once for what; False if there is no time left."""
        left = self._until - time.monotonic()
        if left <= 0 or self._interruption():
            return False
        about = why.partition(" (")[0]  # behind it stands for how long, which grows
        if about not in self._told:
            self._told.add(about)
            self._session.say(plain(why))
        time.sleep(min(left, 0.1))
        return not self._interruption()
