"""The search index as files: what is in it, that it is always the same, and what happens where it cannot be made."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from sites import bulletin, make_site, page, tearline
from tearline import pagefind, search, searched
from tearline.render import RenderError
from tearline.searched import Head, Page
from tearline.stretches import _spelled, stretches

SOURCES: dict[str, str | bytes] = {
    "2026/a.md": bulletin(
        "IB-2026-001",
        "(U) Anglers at the weir.\n\n(U//LES) A heron.",
        "date: 2026-11-01",
        "in_effect_until: 2026-11-20",
        "hazards: [flood, wildfire]",
        'area: "(U//FOUO) The weir"',
        title='(U//FOUO) Weir & \\"lock\\"',
    ),
    "2026/b.md": bulletin("IB-2026-002", "(U) Sandbags.", "recalled: 2026-11-02"),
    "2026/c.md": bulletin("IB-2026-003", "(U//LES) Kept.", title="(U//LES) Kept"),
    "about/centre.md": page("# The centre\n\nIt is old."),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("search") / "site", SOURCES).parent
    ran = tearline("build", cwd=root, SOURCE_DATE_EPOCH="1795435200")
    assert ran.code == 0, ran.said
    return root


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    with (tmp_path / "lock").open("wb") as file:
        yield file.fileno()


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    """A rendered site without an index."""
    return shutil.copytree(built / "site-eoc", tmp_path / "site", ignore=shutil.ignore_patterns("pagefind"))


def fragments(site: Path) -> dict[str, dict[str, Any]]:
    return {one["url"]: one for one in told_in(site / "pagefind")}


def told_in(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(gzip.decompress(path.read_bytes())[12:]) for path in folder.rglob("*.pf_fragment")]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_bulletins_and_the_sites_own_pages_are_found_and_nothing_else(built: Path) -> None:
    both = {"/2026/ib-2026-001/", "/2026/ib-2026-002/", "/about/centre/"}
    assert set(fragments(built / "site-eoc")) == both
    assert set(fragments(built / "site-full")) == {*both, "/2026/ib-2026-003/"}


def test_of_a_recalled_bulletin_search_knows_the_number_and_nothing_else(built: Path) -> None:
    for edition in ("site-eoc", "site-full"):
        of_tombstone = fragments(built / edition)["/2026/ib-2026-002/"]
        assert of_tombstone["filters"] == {"id": ["IB-2026-002"], "state": ["recalled"]}
        assert of_tombstone["meta"] == {
            "title": "IB-2026-002 was recalled",
            "mark": "U",
            "mark_style": "u",
            "mark_spoken": "Unclassified",
        }


def test_a_fragment_holds_what_a_result_shows(built: Path) -> None:
    found = fragments(built / "site-eoc")
    of_bulletin = found["/2026/ib-2026-001/"]
    assert of_bulletin["content"] == ""
    assert of_bulletin["filters"] == {
        "date": ["2026-11-01"],
        "hazard": ["Flood", "Wildfire"],
        "id": ["IB-2026-001"],
        "state": ["2026-11-21T12:00Z"],
        "year": ["2026"],
    }
    assert of_bulletin["meta"] == {
        "title": 'Weir & "lock"',
        "mark": "U//FOUO",
        "mark_style": "fouo",
        "mark_spoken": "Unclassified, for official use only",
        "until": "Fri 20 November 2026",
        "area": "The weir",
        "area_mark": "U//FOUO",
    }
    assert found["/about/centre/"]["meta"]["title"] == "The centre"
    assert found["/about/centre/"]["meta"]["mark"] == "U"


def test_only_what_our_own_script_uses_is_published(built: Path) -> None:
    names = {path.name for path in (built / "site-eoc" / "pagefind").iterdir()}
    tables = {name for name in names if name.endswith(".pf_meta")}
    program = {"pagefind.js", "wasm.en.pagefind", "parts.json"}
    assert names - tables == {*program, "pagefind-entry.json", "fragment", "index", "filter"}
    assert len(tables) == 1


def test_an_index_does_not_depend_on_where_and_in_which_order_files_lie(built: Path, tmp_path: Path, lock: int) -> None:
    wanted = files(built / "site-full")
    for number, order in enumerate((sorted(wanted), sorted(wanted, reverse=True))):
        site = tmp_path / str(number) / ("deeper/" * number) / "site"
        for name in order:
            if not name.startswith("pagefind/"):
                (site / name).parent.mkdir(parents=True, exist_ok=True)
                (site / name).write_bytes(wanted[name])
        search.index(site, lock)
        assert files(site) == wanted


def add(site: Path, number: int, day: str, words: str = "A heron.") -> Path:
    """One more bulletin in a rendered site, made of the first one."""
    page = (site / "2026/ib-2026-001/index.html").read_text(encoding="utf-8")
    made = site / f"2026/ib-2026-{number:03d}/index.html"
    made.parent.mkdir(parents=True, exist_ok=True)
    told = page.replace("2026-001", f"2026-{number:03d}").replace("2026-11-01", day)
    made.write_text(told.replace("Anglers at the weir", words), encoding="utf-8")
    return made


def change(page: Path, before: str, after: str) -> None:
    text = page.read_text(encoding="utf-8")
    assert before in text
    page.write_text(text.replace(before, after), encoding="utf-8")


MOST: Final = 3
(
    AUTUMN,
    CENTURY,
    LATE,
    NEWEST,
    LAST,
) = (  # whatever has a day, then from days of 1974, September, October and November 2026 on
    _spelled(day.to_bytes(3, "big")) for day in (1 << 19, 11 << 16, 739_872, 739_904, 739_936)
)


@pytest.fixture
def large(site: Path) -> Path:
    """A site of eight pages: by age the site's own, five bulletins of September, the first one, and the recalled one."""
    for number in range(11, 16):
        add(site, number, f"2026-09-{number}")
    return site


def urls(folder: Path) -> set[str]:
    return {one["url"] for one in told_in(folder / "fragment")}


def test_a_large_site_has_an_index_for_each_stretch_of_time(large: Path, lock: int) -> None:
    search.index(large, lock, most=MOST)
    bulletins = [f"/2026/ib-2026-{number:03d}/" for number in (11, 12, 13, 14, 15, 1, 2)]
    assert json.loads((large / "pagefind/parts.json").read_bytes()) == {"main": 1, AUTUMN: 2, LATE: 3, NEWEST: 2}
    assert urls(large / "pagefind") == {"/about/centre/"}
    assert urls(large / "pagefind" / AUTUMN) == set(bulletins[:2])
    assert urls(large / "pagefind" / LATE) == set(bulletins[2:5])
    assert urls(large / "pagefind" / NEWEST) == set(bulletins[5:])
    names = {path.name for path in (large / "pagefind" / LATE).iterdir() if path.suffix != ".pf_meta"}
    assert names == {"pagefind-entry.json", "fragment", "index", "filter"}
    fragments = {path.name for path in (large / "pagefind" / LATE / "fragment").iterdir()}
    assert fragments == {f"{LATE}~2026"}


def test_an_offline_copy_is_told_of_the_same_pages_from_however_many_indexes(large: Path, lock: int) -> None:
    assert search.fragments(large, lock, MOST) == search.fragments(large, lock)
    assert len(search.fragments(large, lock, MOST)) == 8


def dated(days: Iterable[int], *, same: bool) -> dict[str, Page]:
    """Pages of these days, or of one day and told apart by their numbers."""
    first = dt.date(2020, 1, 1)
    told = {number: "2020-01-01" if same else str(first + dt.timedelta(number)) for number in days}
    return {f"{at}/index.html": Page(Head({}, f"{day} IB-{at:06d}"), b"") for at, day in told.items()}


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize("pages", [0, 1, 9, 10, 11, 100, 1000])
def test_stretches_follow_each_other_and_none_has_too_many_pages(pages: int, *, same: bool) -> None:
    told = dated(random.Random(pages).sample(range(2000), pages), same=same)  # noqa: S311 - no secret
    made = stretches(told, 10)
    assert sorted(name for names in made.values() for name in names) == sorted(told)
    assert all(0 < len(names) <= 10 for names in made.values())
    assert [*made][:1] == ["main"][:pages]
    ages = [[told[name].head.sort for name in names] for names in made.values()]
    assert all(max(older) < min(newer) for older, newer in itertools.pairwise(ages))
    assert len(made) <= pages // 4 + 1


@pytest.mark.parametrize("same", [False, True])
def test_one_page_more_or_less_is_a_matter_of_one_index_or_of_one_that_is_parted(*, same: bool) -> None:
    draw = random.Random(7)  # noqa: S311 - no secret
    there = dated(draw.sample(range(3000), 300), same=same) | {"index.html": Page(Head({}, ""), b"")}
    before = stretches(there, 10)
    for number in draw.sample(range(3000), 100):
        more = there | dated([number], same=same)
        after = stretches(more, 10)
        anew = [names for part, names in after.items() if before.get(part) != names]
        assert sum(map(len, anew)) <= 10 + 1


CHANGES: Final[dict[str, tuple[Callable[[Path], object], list[str]]]] = {
    "nothing": (lambda _: None, []),
    "a new bulletin": (lambda site: add(site, 30, "2026-11-10"), [NEWEST]),
    "new bulletins that part a stretch": (
        lambda site: (add(site, 30, "2026-11-10"), add(site, 31, "2026-11-27")), [NEWEST, LAST]
    ),
    "a bulletin that was forgotten": (lambda site: add(site, 30, "2026-09-02"), [AUTUMN]),
    "the oldest of all": (lambda site: add(site, 30, "1969-09-02"), [AUTUMN, CENTURY]),
    "other words in the newest": (
        lambda site: change(site / "2026/ib-2026-001/index.html", "Anglers at the weir", "A crane"), [NEWEST]
    ),
    "words less in an old one": (lambda site: change(site / "2026/ib-2026-012/index.html", "A heron.", ""), [AUTUMN]),
    "an old one marked anew": (
        lambda site: change(site / "2026/ib-2026-012/index.html", 'name="mark" content="U//FOUO"', 'name="mark" content="U"'),
        [AUTUMN],
    ),
    "an old one replaced": (
        lambda site: change(site / "2026/ib-2026-012/index.html", 'content="2026-11-21T12:00Z"', 'content="replaced"'), [AUTUMN]
    ),
    "an old one with another date": (
        lambda site: change(site / "2026/ib-2026-012/index.html", "2026-09-12", "2026-11-30"), [AUTUMN, NEWEST]
    ),
    "an old one gone": (lambda site: (site / "2026/ib-2026-012/index.html").unlink(), [AUTUMN]),
    "a menu of an old one": (
        lambda site: change(site / "2026/ib-2026-012/index.html", '<article class="tl-doc">', '<article class="tl-doc">New'), []
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_did_not_change_is_not_indexed_again_and_the_bytes_are_those_of_a_first_build(
    large: Path, tmp_path: Path, lock: int, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    search.index(large, lock, tmp_path / "kept", MOST)
    shutil.rmtree(large / "pagefind")
    do, parts = CHANGES[what]
    do(large)
    asked: list[list[str]] = []
    made_of = search.files_of
    monkeypatch.setattr(search, "files_of", lambda pages, *others: asked.append([*pages]) or made_of(pages, *others))
    search.index(large, lock, tmp_path / "kept", MOST)
    made = files(large / "pagefind")
    anew = stretches(searched.read(large), MOST)
    assert asked == [anew[part] for part in parts]
    shutil.rmtree(large / "pagefind")
    search.index(large, lock, most=MOST)
    assert files(large / "pagefind") == made


def test_pagefind_is_given_the_parts_with_words_and_what_the_head_tells() -> None:
    page = (
        b'<html lang="en"><head><title>T</title><meta name="id" content="1" data-pagefind-filter="id[content]"></head>'
        b'<body><nav>Menu</nav><div class="a" data-pagefind-body><div>One <a data-tl-state="replaced" href="/x/">two</a></div>'
        b'</div><div>Aside</div><section data-pagefind-body data-pagefind-weight="2"><img alt="P" src="p.png"></section></body></html>'
    )
    assert searched.given(page) == (
        b'<!doctype html><html lang="en"><head><meta name="id" content="1" data-pagefind-filter="id[content]"></head>'
        b'<body><div class="a" data-pagefind-body><div>One <a href="/x/">two</a></div></div>'
        b'<section data-pagefind-body data-pagefind-weight="2"><img alt="P"></section></body></html>'
    )
    broken = page.replace(b"</div></div>", b"</div>", 1).replace(b"<div>Aside</div>", b"")
    assert b"Menu" in searched.given(broken)
    assert searched.given(b"<html><head></head><body>No words for search.</body></html>") == b""


def test_a_page_is_read_when_pagefind_is_given_it(site: Path) -> None:
    names = [*searched.read(site)]
    pages = searched.Given(site, names)
    assert (len(pages), list(pages)) == (len(names), names)
    wanted = {name: searched.listed(searched.given((site / name).read_bytes())) for name in names}
    assert dict(pages) == wanted
    change(site / "2026/ib-2026-001/index.html", "Anglers at the weir", "A crane")
    assert {name for name, page in pages.items() if page != wanted[name]} == {"2026/ib-2026-001/index.html"}


def test_a_page_that_is_gone_when_pagefind_should_have_it_is_a_failure_at_once(
    site: Path, lock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pagefind, "TIME_LIMIT", 60)
    pages = searched.Given(site, searched.read(site))
    (site / "2026/ib-2026-001/index.html").unlink()
    with pytest.raises(RenderError, match="Pagefind failed"):
        pagefind.files_of(pages, [], site.parent, lock)


def test_a_site_that_has_nothing_to_find_has_no_index(built: Path, tmp_path: Path, lock: int) -> None:
    site = tmp_path / "site"
    site.mkdir()
    shutil.copy(built / "site-eoc" / "404.html", site)
    search.index(site, lock)
    assert [path.name for path in site.iterdir()] == ["404.html"]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit(3)", "Pagefind failed"),
        ("print('e30=', end=',', flush=True); import time; time.sleep(60)", "answer cannot be read"),
        ("print('!!', end=',', flush=True); import time; time.sleep(60)", "answer cannot be read"),
        ("import time; time.sleep(60)", "took too long"),
    ],
)
def test_where_it_cannot_be_made_one_line_says_so(
    site: Path, lock: int, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    monkeypatch.setattr(pagefind, "_COMMAND", ("-c", program))
    monkeypatch.setattr(pagefind, "TIME_LIMIT", 1 if "long" in said else 30)
    with pytest.raises(RenderError, match=said) as failed:
        search.index(site, lock)
    assert "\n" not in str(failed.value)
    assert not (site / "pagefind").exists()


def test_pagefind_has_no_environment_of_ours(
    site: Path, tmp_path: Path, lock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"import os, pathlib; pathlib.Path({str(tmp_path / 'told')!r}).write_text(' '.join(sorted(os.environ)))"
    monkeypatch.setattr(pagefind, "_COMMAND", ("-c", code))
    monkeypatch.setenv("TEARLINE_SIGNING_KEY", "secret")
    with pytest.raises(RenderError):
        search.index(site, lock)
    assert set((tmp_path / "told").read_text(encoding="utf-8").split()) <= {"PATH", "LC_ALL", "LC_CTYPE"}


@pytest.mark.parametrize(
    ("pages", "most"), [(1, 250), (2_500, 250), (2_501, 500), (5_000, 500), (5_001, 999), (99_999, 999)]
)
def test_how_many_pages_are_in_one_index(pages: int, most: int) -> None:
    assert search.bound(pages) == most
