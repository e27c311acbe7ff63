"""A reading that was packed comes out as it went in, and nothing else comes out at all."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from sites import ROOT, bulletin
from tearline.bulletin.document import read_document
from tearline.packing import packed_of, unpacked

SOURCES = sorted((ROOT / "bulletins").rglob("*.md"))


@pytest.mark.parametrize("path", SOURCES, ids=[path.stem for path in SOURCES])
def test_a_reading_comes_out_as_it_went_in(path: Path) -> None:
    reading = read_document("bulletins/a.md", path.read_bytes(), "fouo-les")
    assert unpacked(packed_of(reading)) == reading


def test_what_is_wrong_with_a_document_comes_out_too() -> None:
    reading = read_document(
        "bulletins/a.md", bulletin("IB-2026-001", "(U//XYZ) Words.", "junk: 1").encode(), "fouo-les"
    )
    assert reading.findings
    assert unpacked(packed_of(reading)) == reading


class Runs:
    """Runs a command when it is unpickled by whoever takes everything."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, (f"touch {self.target}",)


def test_nothing_is_run(tmp_path: Path) -> None:
    assert unpacked(pickle.dumps(Runs(tmp_path / "there"))) is None
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        packed_of(["cut off"])[:-3],
        pickle.dumps(Path("/etc")),
        pickle.dumps(pickle.loads),
        b"cbuiltins\neval\n(V1\ntR.",
        b"ctearline.bulletin.document\nread_document\n(V1\ntR.",
        b"ctearline.bulletin.document\n__builtins__\n.",
        b"ctearline.findings\nPlace.__init__\n.",
    ],
)
def test_what_is_no_reading_is_nothing(data: bytes) -> None:
    assert unpacked(data) is None
