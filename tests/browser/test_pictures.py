"""The pictures in docs can be made anew, are small, and are all shown somewhere."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest
from pictures import PICTURES, TAKEN
from sample_year import ROOT

KIB = 1024
SHOWN = "\n".join(file.read_text("utf-8") for file in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")))


@pytest.mark.slow
@pytest.mark.usefixtures("eyes")
def test_the_program_takes_every_picture_in_its_size(tmp_path: Path) -> None:
    subprocess.run([sys.executable, Path(__file__).parent / "pictures.py", tmp_path], check=True)
    assert sorted(file.stem for file in tmp_path.iterdir()) == sorted(TAKEN)
    for name, picture in TAKEN.items():
        data = (tmp_path / f"{name}.png").read_bytes()
        kind, width, height = struct.unpack_from(">8x4x4s2I", data)
        assert kind == b"IHDR"
        assert picture.part or (width, height) == (picture.width, picture.height)
        assert 10 * KIB < len(data) <= 200 * KIB, f"{name}: {len(data) // KIB} KiB"


def test_the_pictures_that_stand_in_docs_are_those_that_the_program_takes_and_documents_show() -> None:
    assert sorted(file.stem for file in PICTURES.iterdir()) == sorted(TAKEN)
    assert not [name for name in TAKEN if f"pictures/{name}.png" not in SHOWN]
