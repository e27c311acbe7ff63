"""Whatever is put into a search index that is not in its page is found; the index as it was made is silent."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import cbor2
import pytest

from leaks import NAME, PHRASE, PLATE
from sites import bulletin, make_site, tearline
from tearline import search
from tearline.findings import report
from tearline.placing import Placing
from tearline.searched import read
from tearline.settled import as_json
from tearline.verify import Question, read_settings, verify
from tearline.verify import search as verifier
from tearline.verify.glances import glance
from tearline.verify.parted import There
from tearline.verify.stems import page_of
from tearline.verify.verdict import site_files

SIGN: Final = b"pagefind_dcd"
SOURCES: Final[dict[str, str | bytes]] = {
    "2026/a.md": bulletin(
        "IB-2026-001",
        f"(U) Anglers were dying to see well-known strangers at the café on Tuesday.\n\n(U//LES) {PHRASE}: {NAME} in {PLATE}.",
        "hazards: [flood]",
        'summary: "(U) Early skies: 1990s news."',
        title="(U) Weir",
    ),
    "2026/b.md": bulletin("IB-2026-002", "(U) Sandbags are ready.", title="(U) Second"),
    "2026/c.md": bulletin(
        "IB-2026-003", f"(U) Wrong.\n\n(U//LES) {PHRASE}.", "recalled: 2026-11-02", title="(U) Erred"
    ),
    "about/centre.md": "---\nmarking: U\n---\n\n# The centre\n\nIt is naïve.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("search") / "site", SOURCES).parent
    for arguments in (["build"], ["stage", "--edition", "eoc", "--out", "stage"]):
        ran = tearline(*arguments, cwd=root)
        assert ran.code == 0, ran.said
    return root


def found_in(root: Path, site: Path, *, staged: bool = True) -> list[tuple[str, str]]:
    """The code and the file of each finding."""
    settings = read_settings(root / "mkdocs.yml", "eoc")
    found = verify(Question(site, settings, root / "stage" if staged else None, jobs=1, name="site")).findings
    said = report(found).lower()
    assert not [word for word in ("herons", "quillfeather", "abc123") if word in said]
    return [(one.rule.code, one.place.path.removeprefix("site/")) for one in found]


def packed(data: bytes) -> bytes:
    return gzip.compress(SIGN + data, mtime=0)


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()).removeprefix(SIGN)


def named(site: Path, pattern: str) -> Path:
    return min(site.glob(f"pagefind/{pattern}"))


def fragment(change: Callable[[dict[str, Any]], None], of: str = "001") -> Callable[[Path], Path]:
    """Change the fragment of a bulletin."""
    address = f'"url":"/2026/ib-2026-{of}/"'.encode()

    def plant(site: Path) -> Path:
        path = next(path for path in sorted(site.glob("pagefind/**/*.pf_fragment")) if address in unpacked(path))
        told = json.loads(unpacked(path))
        change(told)
        path.write_bytes(packed(json.dumps(told, ensure_ascii=False).encode()))
        return path

    return plant


def table(pattern: str, change: Callable[[Any], None]) -> Callable[[Path], Path]:
    """Change the data of a part of the index."""

    def plant(site: Path) -> Path:
        path = named(site, pattern)
        told = cbor2.loads(unpacked(path))
        change(told)
        path.write_bytes(packed(cbor2.dumps(told)))
        return path

    return plant


def text(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """Change the bytes of a file."""

    def plant(site: Path) -> Path:
        path = named(site, name)
        path.write_bytes(change(path.read_bytes()))
        return path

    return plant


def named_twice(name: str, old: bytes, new: bytes) -> Callable[[Path], Path]:
    """Other bytes for these in what is packed in a file."""
    return text(name, lambda data: packed(gzip.decompress(data)[12:].replace(old, new, 1)))


def beside(name: str, data: bytes) -> Callable[[Path], Path]:
    def plant(site: Path) -> Path:
        path = site / "pagefind" / name
        path.write_bytes(data)
        return path

    return plant


def word(said: str, pages: list[Any]) -> Callable[[Any], None]:
    """A word more, in the middle of those of a part."""
    return lambda told: told[0].insert(1, [said, pages, []])


FIRST: Final = [[0, [-25, 3], []]]
PLANTS: Final[dict[str, tuple[Callable[[Path], Path], set[str]]]] = {
    "words in a fragment": (fragment(lambda told: told.update(content=PHRASE)), {"TL302", "TL305"}),
    "a recalled title": (fragment(lambda told: told["meta"].update(title="Erred"), "003"), {"TL305"}),
    "words of a recalled one": (fragment(lambda told: told["meta"].update(area=PHRASE), "003"), {"TL302", "TL305"}),
    "released words in a fragment": (fragment(lambda told: told.update(content="Anglers")), {"TL305"}),
    "a value of a fragment": (fragment(lambda told: told["meta"].update(summary=PHRASE)), {"TL302", "TL305"}),
    "a key of a fragment": (fragment(lambda told: told["meta"].update({NAME: "x"})), {"TL302", "TL305"}),
    "a filter of a fragment": (fragment(lambda told: told["filters"].update(hazard=[PHRASE])), {"TL302", "TL305"}),
    "an anchor of a fragment": (fragment(lambda told: told["anchors"].append({"text": PHRASE})), {"TL302", "TL305"}),
    "another page's fragment": (fragment(lambda told: told.update(url="/2026/ib-2026-002/")), {"TL305"}),
    "a number that is none": (fragment(lambda told: told.update(word_count="many")), {"TL305"}),
    "a number of words": (fragment(lambda told: told.update(word_count=told["word_count"] + 1)), {"TL305"}),
    "no number of words": (fragment(lambda told: told.update(word_count=float(told["word_count"]))), {"TL305"}),
    "a name twice in a fragment": (
        named_twice("fragment/*/*", b'"word_count"', b'"word_count":17,"word_count"'), {"TL313"}
    ),
    "a number of words in the table": (table("*.pf_meta", lambda told: told[1][0].__setitem__(1, 17)), {"TL305"}),
    "a number of pages": (
        text("pagefind-entry.json", lambda data: re.sub(rb'"page_count":[0-9]+', b'"page_count":17', data)), {"TL305"}
    ),
    "a name in the index": (table("index/*", word("quillfeather", FIRST)), {"TL305"}),
    "the stem of a name": (table("index/*", word("quillfeath", FIRST)), {"TL305"}),
    "a plate in the index": (table("index/*", word(PLATE.lower(), FIRST)), {"TL305"}),
    "a part of a plate": (table("index/*", word("7abc", FIRST)), {"TL305"}),
    "a name as a spelling": (
        table("index/*", lambda told: told[0].insert(1, ["anglers", FIRST, [["Quillfeather", FIRST]]])),
        {"TL305"},
    ),
    "a word of no page": (table("index/*", word("anglers", [])), {"TL305"}),
    "a word of another page": (table("index/*", word("sandbag", FIRST)), {"TL305"}),
    "a page that is none": (table("index/*", word("sandbag", [[99, [], []]])), {"TL313"}),
    "a value in a filter": (table("filter/*", lambda told: told[1].append([PHRASE, [0]])), {"TL302", "TL305"}),
    "another page in a filter": (table("filter/*", lambda told: told[1][0][1].append(2)), {"TL305"}),
    "the name of a filter": (table("filter/*", lambda told: told.__setitem__(0, PHRASE)), {"TL302", "TL305"}),
    "a name in the table": (table("*.pf_meta", lambda told: told[5].append(NAME)), {"TL302", "TL305"}),
    "an order in the table": (table("*.pf_meta", lambda told: told[4].append([PHRASE, [0, 1, 2]])), {"TL302", "TL305"}),
    "the bounds of a part": (table("*.pf_meta", lambda told: told[2][0].__setitem__(0, NAME)), {"TL305"}),
    "the version of the table": (table("*.pf_meta", lambda told: told.__setitem__(0, PHRASE)), {"TL302"}),
    "the entry": (text("pagefind-entry.json", lambda data: data.replace(b"{", b'{"x":"%s",' % NAME.encode(), 1)), {"TL302"}),
    "the version": (text("pagefind-entry.json", lambda data: data.replace(b'"version":"', b'"version":"Jorun ')), set()),
    "the program": (text("pagefind.js", lambda data: data + f"//{PHRASE}".encode()), {"TL302", "TL307"}),
    "the program, a little": (text("pagefind.js", lambda data: data.replace(b"30", b"31", 1)), {"TL307"}),
    "the other program": (text("wasm.*", lambda data: gzip.compress(gzip.decompress(data) + PHRASE.encode())), {"TL302", "TL307"}),
    "a moment": (text("index/*", lambda data: data[:4] + b"\x11" + data[5:]), {"TL313"}),
    "a second member": (text("index/*", lambda data: data + gzip.compress(PHRASE.encode())), {"TL302"}),
    "after the end": (text("filter/*", lambda data: data + PHRASE.encode()), {"TL302"}),
    "after the data": (text("filter/*", lambda data: packed(gzip.decompress(data)[12:] + PHRASE.encode())), {"TL302"}),
    "no data": (text("index/*", lambda _: packed(b"\xff" + PHRASE.encode())), {"TL302"}),
    "a fragment more": (beside("fragment/en_1234567.pf_fragment", packed(b'{"url":"/"}')), {"TL307"}),
    "a file more": (beside("pagefind-ui.css", b"a{}"), {"TL307"}),
}  # fmt: skip


def test_an_index_as_it_was_made_is_silent_and_so_is_a_site_without_one(built: Path, tmp_path: Path) -> None:
    assert found_in(built, built / "site-eoc") == []
    assert found_in(built, built / "site-eoc", staged=False) == []
    site = shutil.copytree(built / "site-eoc", tmp_path / "site")
    shutil.rmtree(site / "pagefind")
    assert found_in(built, site) == []


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_put_into_an_index_is_found(built: Path, tmp_path: Path, plant: str) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site")
    put, codes = PLANTS[plant]
    path = put(site).relative_to(site).as_posix()
    found = {code for code, at in found_in(built, site) if at == path}
    assert found, plant
    assert codes <= found


ABOUT, FIRST_ONE, SECOND, THIRD = (
    f"{name}/index.html" for name in ("about/centre", "2026/ib-2026-001", "2026/ib-2026-002", "2026/ib-2026-003")
)


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    with (tmp_path / "lock").open("wb") as file:
        yield file.fileno()


@pytest.fixture
def parted(built: Path, tmp_path: Path, lock: int) -> Path:
    """The site with two indexes: of the centre and the first bulletin, and of the second and the recalled one."""
    site = shutil.copytree(built / "site-eoc", tmp_path / "site")
    anew(site, lock, main=[ABOUT, FIRST_ONE], recent=[SECOND, THIRD])
    return site


def anew(site: Path, lock: int, **parts: list[str]) -> None:
    """Indexes of these pages, each as it should be, and the truth about how many pages they have."""
    shutil.rmtree(site / "pagefind")
    pages = read(site)
    for part, names in parts.items():
        made = search._index(part, {name: pages[name] for name in sorted(names)}, site, lock)
        folder = Placing(site / "pagefind" / ("" if part == "main" else part))
        for name, data in made.items():
            folder.put(name, data)
    (site / "pagefind/parts.json").write_bytes(as_json({part: len(names) for part, names in parts.items()}))


@pytest.mark.parametrize(("most", "count"), [(3, 2), (2, 3), (1, 4)])
def test_several_indexes_as_they_were_made_are_silent(
    built: Path, parted: Path, lock: int, most: int, count: int
) -> None:
    assert found_in(built, parted) == []
    shutil.rmtree(parted / "pagefind")
    search.index(parted, lock, most=most)
    assert len(list(parted.glob("pagefind/**/pagefind-entry.json"))) == count
    assert found_in(built, parted) == []


@pytest.mark.parametrize(
    ("main", "recent", "code"),
    [
        ([ABOUT, FIRST_ONE], [FIRST_ONE, SECOND, THIRD], "TL305"),
        ([ABOUT, FIRST_ONE, SECOND], [FIRST_ONE, THIRD], "TL305"),
        ([ABOUT, FIRST_ONE], [THIRD], "TL308"),
        ([FIRST_ONE], [SECOND, THIRD], "TL308"),
        ([ABOUT, THIRD], [FIRST_ONE, SECOND], "TL305"),
        ([SECOND, THIRD], [ABOUT, FIRST_ONE], "TL305"),
        ([ABOUT, SECOND], [FIRST_ONE, THIRD], "TL305"),
    ],
)
def test_a_page_is_in_one_index_and_the_newest_are_in_the_last(  # noqa: PLR0913, PLR0917 - a case and its site
    built: Path, parted: Path, lock: int, main: list[str], recent: list[str], code: str
) -> None:
    anew(parted, lock, main=main, recent=recent)
    assert (code, "pagefind/parts.json") in found_in(built, parted)


PARTED: Final[dict[str, tuple[Callable[[Path], Path], set[str]]]] = {
    "words in a fragment": (fragment(lambda told: told.update(content=PHRASE), "002"), {"TL302", "TL305"}),
    "a name in the index": (table("recent/index/*", word("quillfeather", FIRST)), {"TL305"}),
    "a word of the first one's page": (table("recent/index/*", word("anglers", FIRST)), {"TL305"}),
    "a value in a filter": (table("recent/filter/*", lambda told: told[1].append([PHRASE, [0]])), {"TL302", "TL305"}),
    "a name in the table": (table("recent/*.pf_meta", lambda told: told[5].append(NAME)), {"TL302", "TL305"}),
    "a program": (beside("recent/pagefind.js", b"0"), {"TL307"}),
    "a file more": (beside("recent/pagefind-ui.css", b"a{}"), {"TL307"}),
    "other numbers": (text("parts.json", lambda data: data.replace(b"2", b"3", 1)), {"TL305"}),
    "words beside the numbers": (text("parts.json", lambda data: data.replace(b"{", b'{"x":"%s",' % PHRASE.encode())), {"TL302", "TL305"}),
    "what is said of one index": (text("parts.json", lambda _: b'{"main":4}'), {"TL305"}),
    "another order": (text("parts.json", lambda _: b'{"recent":2,"main":2}'), {"TL305"}),
    "an index that is not there": (text("parts.json", lambda _: b'{"main":2,"recent":2,"later":0}'), {"TL305"}),
    "no numbers": (text("parts.json", lambda _: b"[" * 100_000), {"TL305"}),
}  # fmt: skip


@pytest.mark.parametrize("plant", PARTED)
def test_what_is_put_into_either_of_two_indexes_is_found(built: Path, parted: Path, plant: str) -> None:
    put, codes = PARTED[plant]
    path = put(parted).relative_to(parted).as_posix()
    assert codes <= {code for code, at in found_in(built, parted) if at == path}


ONE_WORD: Final[dict[str, Callable[[Path], object]]] = {
    "nothing": lambda _: None,
    "a page of the second": lambda site: reword(site / SECOND, "Sandbags", "Boats"),
    "a page of the first": lambda site: reword(site / FIRST_ONE, "Anglers", "Fishers"),
    "words of the second": PARTED["a name in the index"][0],
    "a file more in the second": lambda site: (site / "pagefind/recent/x.css").write_bytes(b"a{}"),
    "a file more in the first": lambda site: (site / "pagefind/x.css").write_bytes(b"a{}"),
    "the numbers": PARTED["other numbers"][0],
    "a page that is gone": lambda site: (site / THIRD).unlink(),
    "a page that is in no index": lambda site: shutil.copytree(site / SECOND.removesuffix("/index.html"), site / "2026/x"),
}  # fmt: skip
READ: Final = {
    "nothing": [], "a page of the second": [SECOND, THIRD], "a page of the first": [ABOUT, FIRST_ONE],
    "words of the second": [SECOND, THIRD], "a file more in the second": [SECOND, THIRD],
    "a file more in the first": [ABOUT, FIRST_ONE], "the numbers": [], "a page that is gone": [SECOND],
    "a page that is in no index": [],
}  # fmt: skip


def reword(page: Path, before: str, after: str) -> None:
    page.write_text(page.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


@pytest.mark.parametrize("what", ONE_WORD)
def test_an_index_that_was_clean_with_the_same_bytes_and_pages_is_not_read_again(
    parted: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def checked(clean: frozenset[str]) -> verifier.Checked:
        files = site_files(parted)[0]
        with verifier.program(files) as program:
            there = {name: There(path, glance(name, path.read_bytes())) for name, path in files.items()}
            return verifier.check(there, program, str, 1, clean)

    first = checked(frozenset())
    assert (first.findings, len(first.clean)) == ([], 2)
    ONE_WORD[what](parted)
    read: list[str] = []
    monkeypatch.setattr(verifier, "page_of", lambda path: read.append(path) or page_of(path))
    again = checked(first.clean)
    assert sorted(read) == sorted(str(parted / name) for name in READ[what])
    assert bool(again.findings) == (what != "nothing")
    assert again.findings == checked(frozenset()).findings
    assert len(again.clean) == 2 - bool(READ[what])
    assert again.clean <= first.clean


def test_a_second_index_that_is_gone_is_found(built: Path, parted: Path) -> None:
    shutil.rmtree(parted / "pagefind/recent")
    assert {("TL305", "pagefind/parts.json"), ("TL308", "pagefind/parts.json")} <= set(found_in(built, parted))


def test_a_fragment_that_is_called_by_other_words_is_found(built: Path, parted: Path) -> None:
    table = named(parted, "recent/*.pf_meta")
    told = cbor2.loads(unpacked(table))
    old, told[1][0][0] = told[1][0][0], PHRASE
    table.write_bytes(packed(cbor2.dumps(told)))
    moved = parted / f"pagefind/recent/fragment/{PHRASE}.pf_fragment"
    (parted / f"pagefind/recent/fragment/{old}.pf_fragment").rename(moved)
    assert any(code == "TL305" and at.startswith("pagefind/recent/fragment/") for code, at in found_in(built, parted))


def test_what_is_taken_out_of_an_index_is_found(built: Path, tmp_path: Path) -> None:
    parts = ("fragment/*/*", "index/*", "filter/*", "pagefind.js", "*.pf_meta", "*-entry.json", "parts.json")
    for number, pattern in enumerate(parts):
        site = shutil.copytree(built / "site-eoc", tmp_path / f"site-{number}")
        path = named(site, pattern)
        path.unlink()
        assert ("TL308", path.relative_to(site).as_posix()) in found_in(built, site)


def test_a_page_that_tells_less_than_its_fragment_is_found(built: Path, tmp_path: Path) -> None:
    site = shutil.copytree(built / "site-eoc", tmp_path / "site")
    page = site / "2026/ib-2026-001/index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("Anglers", "Fishers"), encoding="utf-8")
    assert any(code == "TL305" and "/index/" in at for code, at in found_in(built, site, staged=False))
