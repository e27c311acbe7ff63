"""The self-test passes on a sound site, leaves nothing behind, and fails for every fault that is built in."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from papers import needs_pango
from sites import CONFIGURATION, NOW, bulletin, every_byte, make_site, policy_of, sample_copy, tearline
from tearline.corpus import read_corpus
from tearline.findings import Severity
from tearline.selftest import Result, SelfTestError, selftest
from tearline.selftest.canaries import Canary, Sower
from tearline.selftest.documents import Ground, Writer
from tearline.selftest.encodings import ENCODINGS, Plant
from tearline.selftest.marks import ranges
from tearline.selftest.page import page

SOURCES = {"2026/a.md": bulletin("IB-2026-001", "(U) Some words.\n\n(U//LES) Other words.")}
SYSTEMS = ("fouo-les", "cui", "cui-dod", "tlp")


def small(root: Path, system: str = "fouo-les") -> Path:
    """A site of one bulletin, in this marking system unless it says otherwise."""
    source = SOURCES["2026/a.md"].replace("---\n", "---\nsystem: fouo-les\n", 1)
    desk = {"tlp": "(TLP:CLEAR)"}.get(system, "(U)")
    configuration = CONFIGURATION.replace("agency:", f"system: {system}\n      agency:").replace('"(U)', f'"{desk}')
    make_site(root, {"2026/a.md": source}, configuration)
    if system == "tlp":
        (root / "bulletins/index.md").write_text("---\nmarking: TLP:CLEAR\n---\n\nHome.\n", encoding="utf-8")
    return root


def tried(root: Path) -> Result:
    policy = policy_of(root / "mkdocs.yml")
    return selftest(policy, policy.editions["eoc"], 1, NOW, os.environ, lambda _: None)


def places(canaries: set[Canary]) -> set[str]:
    return {one.place for one in canaries}


# --- a sound site -----------------------------------------------------------------------------------------------


def test_the_sample_passes_and_is_left_as_it_was(tmp_path: Path) -> None:
    root = sample_copy(tmp_path / "site")
    before = every_byte(root)
    ran = tearline("selftest", "--seed", "7", cwd=root)
    assert ran.code == 0, ran.said
    assert ran.out.splitlines()[0] == "Self-test of edition eoc, seed 7"
    assert ran.out.splitlines()[-1].startswith("PASSED: ")
    assert "WRONG" not in ran.out
    assert len(ran.out.splitlines()) < 70  # a page
    assert not [word for word in ("@example.org", "-555-", "-26-") if word in ran.said]
    assert every_byte(root) == before
    assert sorted(path.name for path in root.iterdir()) == ["bulletins", "mkdocs.yml", "overrides", "plugins"]


def test_a_site_with_pdfs_passes(tmp_path: Path) -> None:
    needs_pango()
    root = small(tmp_path / "site")
    path = root / "mkdocs.yml"
    path.write_text(path.read_text("utf-8").replace("agency:", "pdf: true\n      agency:"), encoding="utf-8")
    result = tried(root)
    assert result.passed, page(result)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("strict", [False, True])
def test_every_document_but_the_refused_one_can_be_read(tmp_path: Path, system: str, *, strict: bool) -> None:
    root = small(tmp_path / "site", system)
    policy = replace(policy_of(root / "mkdocs.yml"), require_item_marks=strict, inline_portions=not strict)
    marks = tuple(ranges(policy, policy.editions["eoc"]))
    assert next(iter(marks)).system == system
    assert {each.system for each in marks} == set(SYSTEMS)
    numbers = (f"IB-2026-{number}" for number in range(900, 999))
    sower = Sower(1, lambda _: False)
    ground = Ground(numbers, marks, "about/self-test.md", inline=not strict, unmarked_items=not strict)
    files = Writer(ground, sower).files()
    for name, data in files.items():
        path = root / "bulletins" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    corpus = read_corpus(policy)
    assert len(corpus.refused) == 1
    wrong = {one.rule.name for one in corpus.findings if one.severity is Severity.ERROR}
    assert wrong == {"unmarked-portion"}
    written = b"\n".join([*files.values(), *(name.encode() for name in files)]).decode("latin-1")
    assert [one.place for one in sower.sown if one.text not in written] == []


def test_the_same_seed_sows_the_same_and_nothing_that_is_there() -> None:
    one, other = Sower(5, lambda _: False), Sower(5, lambda _: False)
    first = [one(f"place {number}") for number in range(200)]
    assert first == [other(f"place {number}") for number in range(200)]
    assert len(set(first)) == len(first)
    taken = Sower(5, lambda text: text in first[:100])
    assert not set(first[:100]) & {taken("place") for _ in range(50)}


def at_work_on(root: Path) -> list[str]:
    """The processes whose command names something below a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found += [path.parent.name] if f"{root}/".encode() in path.read_bytes() else []
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are listed in /proc")
def test_one_that_is_stopped_leaves_neither_files_nor_processes(tmp_path: Path) -> None:
    root = small(tmp_path / "site")
    command = [sys.executable, "-m", "tearline.cli", "selftest"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if line.startswith("Verifying"))
        assert until(lambda: bool(at_work_on(root)), process), said
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    assert until(lambda: not at_work_on(root))
    assert sorted(path.name for path in root.iterdir()) == ["bulletins", "mkdocs.yml", "overrides", "placeholder"]


def until(so: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> bool:
    """Wait until something is so, or a process has ended, or nothing can come of waiting."""
    for _ in range(600):
        if so():
            return True
        if process is not None and process.poll() is not None:
            return False
        time.sleep(0.05)
    return False


# --- faults built in --------------------------------------------------------------------------------------------


def test_a_withheld_cell_that_is_kept_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tearline.release.body import Body
    from tearline.release.tidying import tidied

    row = Body.row

    def keeping(self: Body, cells: Any, columns: Any) -> Any:
        kept = row(self, cells, columns)
        shown = [cell for cell, seen in zip(cells, columns, strict=True) if seen] if kept else []
        return tuple(
            replace(one, inlines=tidied(cell.inlines)) if not one.inlines else one
            for one, cell in zip(kept, shown, strict=True)
        )

    monkeypatch.setattr(Body, "row", keeping)
    result = tried(small(tmp_path / "site"))
    assert places(result.leaked) == {"cell"}
    assert not result.passed
    assert "FAILED: 1 in the eoc edition" in page(result)
    assert "The copy was not built" in page(result)  # the verifier would not have it either


def test_a_draft_that_is_published_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tearline import corpus

    read = corpus.read_document

    def undrafted(path: str, data: bytes, *more: Any) -> Any:
        return read(path, data.replace(b"draft: true\n", b""), *more)

    monkeypatch.setattr(corpus, "read_document", undrafted)
    result = tried(small(tmp_path / "site"))
    assert places(result.leaked) == {"draft", "title of a draft"}
    assert not result.passed


BLIND = """
import runpy, sys
import tearline.verify.decoding as decoding
decoding.unquote = lambda text, **how: text
sys.argv.pop(0)
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=False)
"""


def test_a_verifier_that_does_not_undo_percent_signs_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tearline.judging._FLAGS", ("-P", "-s", "-B", "-c", BLIND))
    result = tried(small(tmp_path / "site"))
    assert not result.leaked | result.missing | result.astray
    assert [str(one) for one in result.refusals] == []
    missed = {one.encoding for one in result.plants if one not in result.found}
    assert "percent of all" in missed <= {"percent of all", "percent", "sitemap"}
    assert not result.passed
    assert f"FAILED: {len(result.plants) - len(result.found)} put back and not reported." in page(result)


# --- results ------------------------------------------------------------------------------------------------------

SOWN = [Canary("cell", "Aino Vautru", published=True), Canary("comment", "Droki Tepa", published=False)]
GOOD: Mapping[str, Any] = {
    "edition": "eoc",
    "seed": 1,
    "marks": ("U//LES",),
    "canaries": SOWN,
    "full": "full",
    "plants": [Plant("text", SOWN[0], "a"), Plant("gzip", SOWN[1], "b")],
    "found": {Plant("text", SOWN[0], "a"), Plant("gzip", SOWN[1], "b")},
    "built": True,
}


def test_a_result_without_a_fault_passes() -> None:
    assert Result(**GOOD).passed
    assert "PASSED: 2 canaries, 2 put back, each one reported." in page(Result(**GOOD))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"leaked": {SOWN[0]}}, "1 in the eoc edition"),
        ({"missing": {SOWN[0]}}, "1 missing from the full edition"),
        ({"astray": {SOWN[1]}}, "1 published by nobody, and yet in the full edition"),
        ({"found": {Plant("text", SOWN[0], "a")}}, "1 put back and not reported"),
        ({"plants": [], "found": set()}, "nothing was looked at"),
        ({"canaries": []}, "nothing was looked at"),
        ({"built": False, "plants": [], "found": set()}, "the copy was not built"),
    ],
)
def test_any_fault_fails(fault: Mapping[str, Any], said: str) -> None:
    result = Result(**{**GOOD, **fault})
    assert not result.passed
    assert f"FAILED: {said}." in page(result)
    assert all(word not in page(result) for one in SOWN for word in one.text.split())


def test_there_are_encodings_enough_and_each_says_the_canary_in_its_own_way() -> None:
    assert len(ENCODINGS) >= 15

    def told(markup: bytes | str) -> bytes:
        return markup if isinstance(markup, bytes) else markup.encode()

    text = f"Canary {random.Random(1).randrange(10**9)}"  # noqa: S311 - no secret
    made = {name: make(text, told) for name, (_, make) in ENCODINGS.items()}
    assert len(set(made.values())) == len(made)


# --- usage --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [["--edition", "full"], ["--edition", "nosuch"], ["--seed", "x"], ["-f", "no.yml"]]
)
def test_what_cannot_be_tested_is_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    ran = tearline("selftest", *arguments, cwd=small(tmp_path / "site"))
    assert ran.code == 2, ran.said
    assert "Traceback" not in ran.said


def test_an_edition_that_withholds_no_mark_is_wrong_usage(tmp_path: Path) -> None:
    policy = policy_of(small(tmp_path / "site") / "mkdocs.yml")
    nothing = replace(policy.editions["eoc"], releases={"fouo-les": frozenset()})
    with pytest.raises(SelfTestError, match="withholds no mark, or shows none"):
        selftest(policy, nothing, 1, dt.datetime(2026, 11, 23, tzinfo=dt.UTC), os.environ, lambda _: None)
