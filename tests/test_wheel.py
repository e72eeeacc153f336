"""The wheel alone, in a fresh environment outside the checkout, has all that the commands need."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tenantry.documents.data import SAMPLE
from tenantry.documents.schema import KINDS

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


def call(folder: Path, *command: Path | str) -> str:
    """What a command prints, run far from the checkout with hardly any environment."""
    result = subprocess.run(
        command,
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.environ["PATH"], "TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout by the build backend itself, which needs no network."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a fresh environment, in which the wheel is installed.

    Its dependencies are lent by the environment of the tests. A line in a .pth file lends no other .pth file, so the
    checkout that is installed there for editing stays out of reach.
    """
    fresh = tmp_path_factory.mktemp("fresh")
    venv.create(fresh, with_pip=True)
    python = fresh / "bin" / "python"
    call(fresh, python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
    [packages] = (fresh / "lib").glob("python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return fresh / "bin"


def test_the_wheel_carries_schemas_catalog_templates_and_sample(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        *(f"tenantry/schemas/{kind}.schema.json" for kind in KINDS),
        *(f"tenantry/sample/{name}" for name in SAMPLE),
        *("tenantry/schemas/nimbus.catalog.yaml", "tenantry/py.typed"),
        *(path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.jinja")),
    }
    assert not wanted - names


def test_nothing_but_the_package_is_in_the_wheel(wheel: Path) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in zipfile.ZipFile(wheel).namelist()} == {"tenantry"}


def test_what_is_tried_is_the_wheel_and_not_the_checkout(commands: Path, tmp_path: Path) -> None:
    found = call(tmp_path, commands / "python", "-c", "import tenantry; print(tenantry.__file__)")
    assert Path(found.strip()).is_relative_to(commands.parent)


def test_demo_works_from_the_wheel(commands: Path, tmp_path: Path) -> None:
    assert "2 missing" in call(tmp_path, commands / "tenantry", "demo")


def test_a_first_workspace_works_from_the_wheel(commands: Path, tmp_path: Path) -> None:
    call(tmp_path, commands / "tenantry", "init")
    assert "ready: Example" in call(tmp_path, commands / "tenantry", "plan", "--format", "markdown")
    assert "License usage" in call(tmp_path, commands / "tenantry", "report")
