"""doctor: what to look at first when something is off."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.no_ledger import NoLedger
from tenantry.cli.acting import actor, claimant
from tenantry.cli.exits import DONE, ERROR
from tenantry.cli.ledgers import ENVIRONMENT
from tenantry.cli.output import to_stdout
from tenantry.cli.session import Session
from tenantry.cli.surroundings import installation, people
from tenantry.engine.checkup import contents, files, tools
from tenantry.engine.loading import Loaded, load
from tenantry.errors import AuthorError, TenantryError
from tenantry.model.checkup import Check
from tenantry.rendering.checkup_text import checkup_text


@click.command("doctor")
@click.pass_obj
def command(session: Session) -> int:
    """Look at the installation, the workspace and its ledger, and tell what isn't well. Nothing is changed.

    The exit code is 1 where a check fails; a warning alone fails nothing.
    """
    checks = [*installation(), *tools(), *_workspace(session), *people(session)]
    to_stdout(checkup_text(checks, session.layout(0, {}, terminal=True)))
    return ERROR if any(check.health == "wrong" for check in checks) else DONE


def _workspace(session: Session) -> Iterator[Check]:
    try:
        root = session.files.root
    except AuthorError as error:
        folder = Path(session.directory).is_dir()
        yield Check("workspace", str(error), "doubtful" if folder else "wrong", error.hint)
        return
    yield Check("workspace", str(root))
    loaded = load(session.files)
    yield from _tried("files", lambda: files(session.files, loaded))
    if loaded.fatal and session.backend is None:
        yield Check("backend", "not looked for, since tenantry.yaml has problems", "doubtful")
        return
    written = loaded.workspace.backend
    yield from _tried("backend", lambda: _backend(session, loaded))
    yield from _tried("ledger", lambda: _ledger(session, written))


def _tried(what: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """The checks of one look, as far as it comes; what stops it is a check that failed."""
    try:
        yield from look()
    except TenantryError as error:
        yield Check(what, str(error), "wrong", error.hint)
    except OSError as error:
        yield Check(what, f"it can't be looked at: {(error.strerror or 'unknown reason').lower()}", "wrong")


def _backend(session: Session, loaded: Loaded) -> Iterator[Check]:
    url = session.place.shown(loaded.workspace.backend)
    given = session.backend if session.backend is not None else loaded.workspace.backend
    if session.backend is not None:
        mirrored = session.backend == os.environ.get("TENANTRY_BACKEND")
        source = "from TENANTRY_BACKEND" if mirrored else "from --backend"
    else:
        written = loaded.document is not None and "backend" in loaded.document.data
        source = "from tenantry.yaml" if written else "the default"
    if given.startswith(ENVIRONMENT):
        source += f", which names the variable {given.removeprefix(ENVIRONMENT)}"
    yield Check("backend", f"{url} ({source})")


def _ledger(session: Session, written: str) -> Iterator[Check]:
    found = session.place.reading(written)
    if isinstance(found, NoLedger):
        hint = "`tenantry init`, observe and apply make one; until then every holder counts as new."
        yield Check("ledger", f"none at {found.url}", "doubtful", hint)
    if not isinstance(found, Ledger):
        return
    try:
        path = session.place.locate(written)[1]
        yield Check("ledger server", found.medium()) if path is None else _file(path)
        yield from contents(found, claimant(actor(session)))
    finally:
        found.close()


def _file(path: Path) -> Check:
    """The file of a ledger: how large, and who may do what with it."""
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    told = f"{_size(status.st_size)}, mode {mode:04o}"
    if os.name != "nt" and mode & 0o037:
        return Check("ledger file", f"{told}: others may open it", "doubtful", f"chmod 600 {path}")
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return Check("ledger file", f"{told}: you may not write it", "doubtful", "It can be read; apply is refused.")
    return Check("ledger file", told)


def _size(count: int) -> str:
    return f"{count:,} bytes" if count < 10_000 else f"{count // 1024:,} KiB"
