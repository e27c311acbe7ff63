"""What the verifier keeps in mind: what was clean beside the very same things, and nothing else."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sites import CONFIGURATION, bulletin, make_site, page, tearline
from tearline.findings import Finding
from tearline.verify import Question, read_settings, verify
from tearline.verify.fileset import paper_of
from tearline.verify.looking import Looking
from tearline.verify.memory import Memory, key_of, plain, remember, remembered
from tearline.verify.pages import Look

SITE = CONFIGURATION.replace("audience: sltt\n", "audience: sltt\n          site_url: https://eoc.example.org/\n")
SOURCES: dict[str, str | bytes] = {
    "2026/1.md": bulletin("IB-2026-001", "(U) Water rose. See [it](IB-2026-002).\n\n(U//LES) Ask Ottoline Vance."),
    "2026/2.md": bulletin("IB-2026-002", "(U) Nothing rose here.", title="(U) Another one"),
    "about/us.md": page("We."),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("memory") / "site", SOURCES, SITE).parent
    assert tearline("build", cwd=root).code == 0
    assert tearline("stage", "--edition", "eoc", "--out", "stage", cwd=root).code == 0
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "site", ignore=shutil.ignore_patterns(".tearline"))
    assert found(tmp_path / "site") == []
    assert remembered(tmp_path / "site" / "memory")
    return tmp_path / "site"


def found(root: Path, *, memory: bool = True) -> list[Finding]:
    settings = read_settings(root / "mkdocs.yml", "eoc")
    kept = root / "memory" if memory else None
    asked = Question(root / "site-eoc", settings, root / "stage", root / "site-full", jobs=1, memory=kept)
    return verify(asked).findings


def added(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        path.write_text(path.read_text("utf-8").replace("</article>", f"{text}</article>"), encoding="utf-8")

    return change


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        assert old in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")

    return change


@pytest.mark.parametrize(
    "change",
    [
        added("site-eoc/2026/ib-2026-002/index.html", "<p>Ottoline Vance</p>"),
        added("site-eoc/2026/ib-2026-002/index.html", "<p>(U) unexplained gibberish</p>"),
        added("site-eoc/bulletins/index.html", '<a href="nowhere/">Home</a>'),
        replaced("stage/docs/2026/ib-2026-002.md", "Nothing rose here", "Nothing at all"),
        replaced("stage/docs/2026/ib-2026-002.md", "Another one", "Some other title"),
        replaced("bulletins/2026/2.md", "(U) Nothing rose", "(U//LES) Nothing rose"),
        replaced("bulletins/2026/1.md", "Ask Ottoline Vance", "Nothing rose here"),
        replaced("mkdocs.yml", "[U, FOUO]", "[FOUO]"),
        replaced("stage/docs/2026/ib-2026-001.md", "Water", "Fire"),
        replaced("site-eoc/feed.json", "IB-2026-002", "IB-2026-001"),
        lambda root: (root / "site-eoc/2026/ib-2026-002/index.html").unlink(),
        lambda root: (root / "overrides/main.html").unlink(),
    ],
    ids=[
        "leak",
        "strange",
        "link",
        "stage",
        "title",
        "marked higher",
        "newly withheld",
        "policy",
        "staged words",
        "feed",
        "gone",
        "theme",
    ],
)
def test_what_it_remembers_changes_no_finding(root: Path, change: Callable[[Path], object]) -> None:
    change(root)
    told = found(root, memory=False)
    assert found(root) == told
    assert found(root) == told


@pytest.mark.parametrize("change", [b"", b"junk", b"clean 00\n" + b"a" * 64], ids=["empty", "junk", "sealed wrongly"])
def test_a_memory_that_is_not_its_own_says_nothing(root: Path, change: bytes) -> None:
    (root / "memory").write_bytes(change)
    assert remembered(root / "memory") == {}
    added("site-eoc/2026/ib-2026-002/index.html", "<p>Ottoline Vance</p>")(root)
    assert found(root) == found(root, memory=False) != []


def test_a_size_that_is_changed_asks_for_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    memory = Memory()
    memory.keep("a" * 64, b"what was kept")
    remember(path, memory)
    sealed, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(sealed + b"\n" + rest[:32] + b"\xff" * 4 + rest[36:])
    tracemalloc.start()
    assert remembered(path) == {}
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_a_page_that_is_a_link_beside_a_pdf_is_told(root: Path, tmp_path: Path) -> None:
    page = root / "site-eoc/2026/ib-2026-002/index.html"
    page.rename(tmp_path / "page")
    page.symlink_to(tmp_path / "page")
    (root / "site-eoc" / paper_of("2026/ib-2026-002/index.html")).write_bytes(b"%PDF-1.7")
    told = found(root, memory=False)
    assert {"missing-file", "unexpected-file"} <= {one.rule.name for one in told}
    assert found(root) == told


def test_nothing_is_kept_of_a_site_that_changes_while_it_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "site-eoc/2026/ib-2026-002/index.html"
    added(page, " ")(root)
    scanned, before = Looking.scanned, (root / "memory").read_bytes()

    def moving(looking: Looking, *given: Any) -> list[Look]:
        added(page, " ")(root)
        return scanned(looking, *given)

    with monkeypatch.context() as patch:
        patch.setattr(Looking, "scanned", moving)
        assert [one.rule.name for one in found(root)] == ["unexpected-file"]
    assert (root / "memory").read_bytes() == before
    assert found(root) == []
    assert (root / "memory").read_bytes() != before


def test_it_is_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "full-side" / "memory"
    kept = {"b" * 64: b"", "a" * 64: b"what was kept"}
    memory = Memory()
    for key, entry in kept.items():
        memory.keep(key, entry)
    remember(path, memory)
    assert remembered(path) == kept
    memory = Memory(remembered(path))
    for key in ("a" * 64, "c" * 64, ""):
        memory.keep(key)
    memory.keep("d" * 64, b"what is new")
    remember(path, memory)
    assert remembered(path) == {"a" * 64: b"what was kept", "c" * 64: b"", "d" * 64: b"what is new"}
    path.chmod(0o644)
    assert remembered(path) == {}
    assert remembered(None) == remembered(tmp_path / "none") == {}


def test_sets_and_mappings_are_told_in_one_order() -> None:
    one, other = {f"{number}" for number in range(99)}, {f"{number}" for number in reversed(range(99))}
    assert plain([frozenset(one), {"b": 1, "a": 2}]) == plain((frozenset(other), {"a": 2, "b": 1}))
    assert plain({"a"}) != plain(["a"])
    assert key_of([b"a", b"bc"]) != key_of([b"ab", b"c"])


def test_a_page_is_read_again_when_what_it_leads_to_is_gone(root: Path) -> None:
    home = root / "site-eoc/index.html"
    before = home.read_text("utf-8")
    added("site-eoc/index.html", '<a href="new/">Home</a>')(root)
    (root / "site-eoc/new").mkdir()
    shutil.copy(root / "site-eoc/404.html", root / "site-eoc/new/index.html")
    assert not {one.rule.name for one in found(root)} & {"broken-link"}
    shutil.rmtree(root / "site-eoc/new")
    assert "broken-link" in {one.rule.name for one in found(root)}
    home.write_text(before, encoding="utf-8")
    assert found(root) == []


def test_a_feed_that_took_other_pages_to_explain_is_read_again(root: Path) -> None:
    replaced("site-eoc/feed.json", '"language"', '"note": "zelkova",\n "language"')(root)
    assert "unexplained-words" in {one.rule.name for one in found(root)}
    other = root / "stage/docs/about/us.md"
    other.write_text(f"{other.read_text('utf-8')}\nA zelkova.\n", encoding="utf-8")
    assert "unexplained-words" not in {one.rule.name for one in found(root) if one.place.path.endswith("feed.json")}
    replaced("stage/docs/about/us.md", "A zelkova", "A tree")(root)
    assert found(root) == found(root, memory=False)
    assert "unexplained-words" in {one.rule.name for one in found(root)}


def test_titles_and_files_that_are_added_leave_known_pages_known(root: Path) -> None:
    memory = remembered(root / "memory")
    (root / "stage/docs/2026/ib-2026-003.md").write_text("---\ntitle: A third one\n---\n", encoding="utf-8")
    assert [one.rule.name for one in found(root)] == ["missing-file"]
    assert memory.keys() <= remembered(root / "memory").keys()


@pytest.mark.parametrize(
    "change",
    [
        replaced("site-eoc/messages.json", "IB-2026-001", "Dunlin"),
        replaced("site-eoc/2026/ib-2026-001/index.html", 'name="marking" content="', 'name="marking" content="X'),
        lambda root: (root / "stage/docs/2026/ib-2026-001.md").write_text("", encoding="utf-8"),
        replaced("site-full/2026/ib-2026-001/index.html", "Ottoline Vance", "Marlo Dresch"),
    ],
    ids=["feed", "page of a part", "stage of a part", "full edition"],
)
def test_what_is_known_of_parts_and_of_the_full_edition_goes_with_its_bytes(
    root: Path, change: Callable[[Path], object]
) -> None:
    change(root)
    told = found(root, memory=False)
    assert told
    assert found(root) == told
    assert found(root) == told


def test_more_withheld_words_are_looked_for_in_files_that_were_clean(root: Path) -> None:
    replaced("bulletins/2026/1.md", "Ask Ottoline Vance.", "Ask Ottoline Vance about herons.")(root)
    assert [one.rule.name for one in found(root)] == [one.rule.name for one in found(root, memory=False)]
