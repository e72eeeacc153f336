"""init: a new workspace, or new schemas in one that init made."""

import contextlib
import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from tenantry.cli.exits import DONE
from tenantry.cli.files import WorkspaceFiles, write_given
from tenantry.cli.ledgers import Place
from tenantry.cli.output import to_stdout
from tenantry.cli.pipelines import missing_files, told
from tenantry.cli.session import Session
from tenantry.documents.catalog import BUILTIN, builtin
from tenantry.documents.schema import KINDS, schema
from tenantry.engine.loading import load
from tenantry.engine.saved import refuse
from tenantry.errors import AuthorError, OperatorError
from tenantry.model.catalog import Catalog
from tenantry.model.policy import DEFAULT_BACKEND
from tenantry.rendering.new_workspace import SCHEMAS, schema_files, workspace_files
from tenantry.rendering.pipelines import PLATFORMS


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".")
@click.option("--ci", type=click.Choice(list(PLATFORMS)), help="Write the pipeline for this platform, too.")
@click.pass_obj
def command(session: Session, folder: str, ci: str | None) -> int:
    """Make a new workspace in DIR: settings, an example tenant, a ledger, schemas for editors.

    No file is ever overwritten. In a workspace that is there already, the schemas are brought up to date, a ledger
    that is missing is made, and with --ci the files of the pipeline that are missing; nothing else is touched.
    """
    root = Path(session.directory, folder)
    pipeline = missing_files(root.resolve(), ci) if ci else {}
    if (root / "tenantry.yaml").exists() or (root / "tenants").is_dir():
        lines = _refresh(root, Place(root, session.backend))
        _write(root, pipeline)
        lines += told(root, ci, pipeline) if ci else ()
        looked = "its schemas, its ledger and the pipeline" if ci else "its schemas and its ledger"
        to_stdout("\n".join([*lines, "", f"This workspace is there already: nothing but {looked} was looked at.", ""]))
        return DONE
    files = workspace_files(_schemas(builtin(BUILTIN[0])))
    _refuse_existing(root, files)
    place = Place(root, session.backend)
    _sound(place, DEFAULT_BACKEND)  # before anything is written
    _write(root, {**files, **pipeline})
    made = _ledger(place, DEFAULT_BACKEND)
    lines = [
        *(f"wrote {path}" for path in files if not path.startswith(SCHEMAS)),
        f"wrote {SCHEMAS}/",
        f"{'made' if made else 'kept'} the ledger {place.shown(DEFAULT_BACKEND)}",
        *(told(root, ci, pipeline) if ci else ()),
    ]
    then = "tenantry plan" if root == Path() else f"tenantry -C {shlex.quote(str(root))} plan"
    to_stdout(
        "\n".join([*lines, "", f"next: edit {root / 'tenants/example.yaml'}, then see what it means: {then}", ""])
    )
    return DONE


def _ledger(place: Place, url: str) -> bool:
    """Make the ledger if there is none; whether it was made. OperatorError where what is there is none."""
    missing = _sound(place, url)
    if missing:
        place.make(url)
    return missing


def _sound(place: Place, url: str) -> bool:
    """Whether there is no ledger yet. OperatorError where something else is in its place."""
    known = place.writing(url)
    known.tenants()
    return known.missing is not None


def _refresh(root: Path, place: Place) -> list[str]:
    """Bring the schemas up to date with the catalog in force, and make a missing ledger; what is said of it."""
    loaded = load(WorkspaceFiles(root))
    if loaded.fatal:
        refuse(loaded.problems)
    files = schema_files(_schemas(loaded.workspace.catalog))
    outdated = {path: text for path, text in files.items() if _content(root / path) != text.encode()}
    for path, text in outdated.items():
        with _written(root / path):
            write_given(str(root / path), text)
    lines = [f"updated {path}" for path in outdated] or [f"{SCHEMAS}/ is up to date"]
    if _ledger(place, loaded.workspace.backend):
        lines.append(f"made the ledger {place.shown(loaded.workspace.backend)}")
    return lines


def _schemas(catalog: Catalog) -> dict[str, dict[str, object]]:
    return {kind: schema(kind, catalog) for kind in KINDS}


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _refuse_existing(root: Path, files: Mapping[str, str]) -> None:
    there = [path for path in files if os.path.lexists(root / path)]
    if there:
        raise AuthorError(
            f"Nothing was written, since there is already: {', '.join(there)}.",
            "Move them away, or name another folder: tenantry init DIR.",
        )


@contextlib.contextmanager
def _written(path: Path) -> Iterator[None]:
    """While a file is written in a folder, which is made; OperatorError where that can't be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise OperatorError(f"{path} can't be written: {reason}.") from None


def _write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        # x: a file that came into being a moment ago isn't overwritten either
        with _written(root / path), (root / path).open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
