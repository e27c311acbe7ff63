"""The search index as files: what is in it, that it is always the same, and what happens where it cannot be made."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sites import bulletin, make_site, page, tearline
from tearline import search
from tearline.render import RenderError

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
    told = [json.loads(gzip.decompress(path.read_bytes())[12:]) for path in site.glob("pagefind/fragment/*")]
    return {one["url"]: one for one in told}


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
    assert names - tables == {"pagefind.js", "pagefind-entry.json", "wasm.en.pagefind", "fragment", "index", "filter"}
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
    monkeypatch.setattr(search, "_COMMAND", ("-c", program))
    monkeypatch.setattr(search, "TIME_LIMIT", 1 if "long" in said else 30)
    with pytest.raises(RenderError, match=said) as failed:
        search.index(site, lock)
    assert "\n" not in str(failed.value)
    assert not (site / "pagefind").exists()


def test_pagefind_has_no_environment_of_ours(
    site: Path, tmp_path: Path, lock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"import os, pathlib; pathlib.Path({str(tmp_path / 'told')!r}).write_text(' '.join(sorted(os.environ)))"
    monkeypatch.setattr(search, "_COMMAND", ("-c", code))
    monkeypatch.setenv("TEARLINE_SIGNING_KEY", "secret")
    with pytest.raises(RenderError):
        search.index(site, lock)
    assert set((tmp_path / "told").read_text(encoding="utf-8").split()) <= {"PATH", "LC_ALL", "LC_CTYPE"}
