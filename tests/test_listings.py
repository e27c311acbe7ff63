"""Generated pages: made of what is released, and the same bytes whatever else there is."""

from __future__ import annotations

from pathlib import Path

from sites import bulletin, trees_of
from tearline.stage import Tree


def files(root: Path, *sources: str, edition: str = "eoc") -> Tree:
    return trees_of(root, {f"{number}.md": source for number, source in enumerate(sources)})[edition]


def test_newest_first_across_dates_and_zones(tmp_path: Path) -> None:
    sources = [
        bulletin("IB-2026-001", "(U) W.", "date: 2026-03-12 23:30 EST"),
        bulletin("IB-2026-002", "(U) W.", "date: 2026-03-13 03:00 UTC"),
        bulletin("IB-2026-003", "(U) W.", "date: 2026-03-12"),
        bulletin("IB-2025-004", "(U) W."),
    ]
    body = files(tmp_path, *sources).files["bulletins.md"].body
    places = [body.index(name) for name in ("ib-2026-001", "ib-2026-002", "ib-2026-003", "ib-2025-004")]
    assert places == sorted(places)


def test_a_listing_rolls_up_the_marks_of_what_it_shows_and_tells(tmp_path: Path) -> None:
    tree = files(tmp_path, bulletin("IB-2026-001", "(U) W.", "hazards: [{marking: U//FOUO, value: flood}, uas]"))
    for name in ("bulletins.md", "browse/index.md", "browse/hazard/flood.md", "index.md"):
        assert tree.files[name].told["tearline"]["banner"] == "UNCLASSIFIED//FOUO"


def test_facet_pages_exist_for_released_values_only(tmp_path: Path) -> None:
    source = bulletin("IB-2026-001", "(U) W.", "hazards: [{marking: U//LES, value: flood}, uas]")
    assert sorted(name for name in files(tmp_path / "a", source).files if "hazard" in name) == ["browse/hazard/uas.md"]
    full = files(tmp_path / "b", source, edition="full").files
    assert "browse/hazard/flood.md" in full
    assert full["browse/hazard/flood.md"].told["tearline"]["banner"] == "UNCLASSIFIED//LES"


def test_titles_with_markup_stay_words(tmp_path: Path) -> None:
    tree = files(tmp_path, bulletin("IB-2026-001", "(U) W.", title="(U) A 'b' [c](d) *e* <f>"))
    assert tree.refused == []
    row = next(line for line in tree.files["bulletins.md"].body.split("\n") if line.startswith("- "))
    assert row.endswith("](2026/ib-2026-001.md)  ")
    assert "*e*" not in row
    assert "<f>" not in row
