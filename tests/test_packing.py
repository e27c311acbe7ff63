"""A record that was packed comes out as it went in, and nothing else comes out at all."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from sites import CONFIGURATION, ROOT, bulletin, make_site, policy_of
from tearline.bulletin.document import Bulletin, read_document
from tearline.packing import packed_of, unpacked
from tearline.policy import Policy
from tearline.records import Record, recorded

SOURCES = sorted((ROOT / "bulletins").rglob("*.md"))


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return policy_of(make_site(tmp_path_factory.mktemp("site"), {}, CONFIGURATION))


def record_of(policy: Policy, data: bytes) -> Record | None:
    reading = read_document("bulletins/a.md", data, "fouo-les")
    if not isinstance(reading.document, Bulletin):
        return None
    return recorded(policy, "key", "a.md", reading.document, reading.findings)[0]


@pytest.mark.parametrize("path", SOURCES, ids=[path.stem for path in SOURCES])
def test_a_record_comes_out_as_it_went_in(policy: Policy, path: Path) -> None:
    record = record_of(policy, path.read_bytes())
    assert unpacked(packed_of(record)) == record


def test_what_is_wrong_with_a_document_comes_out_too(policy: Policy) -> None:
    record = record_of(policy, bulletin("IB-2026-001", "(U) See [it](nowhere.md).\n\n1. x", "hazards: [junk]").encode())
    assert record is not None
    assert record.findings
    assert record.references
    assert unpacked(packed_of(record)) == record


def test_a_record_has_no_word_of_a_body(policy: Policy) -> None:
    record = record_of(policy, bulletin("IB-2026-001", "(U) Overflow.\n\n(U//LES) Undertow.").encode())
    assert record is not None
    assert record.rulings["full"].outline is not None
    packed = packed_of(record).lower()
    assert b"overflow" not in packed
    assert b"undertow" not in packed


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
        b"ctearline.records\nrecorded\n(V1\ntR.",
        b"ctearline.records\n__builtins__\n.",
        b"ctearline.findings\nPlace.__init__\n.",
        b"ctearline.findings\nPlace\n(tR.",
        b"ctearline.marking.mark\nMark\n(Vfouo-les\ncbuiltins\nfrozenset\n((VLES\nltRtR.",
    ],
)
def test_what_is_no_record_is_nothing(data: bytes) -> None:
    assert unpacked(data) is None
