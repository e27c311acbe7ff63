"""Generated pages: made of what is released, and the same bytes whatever else there is."""

from __future__ import annotations

from pathlib import Path

from sites import bulletin, trees_of
from tearline.stage import Tree

URGENT = bulletin("IB-2026-001", "(U) Words.", "priority: urgent", "in_effect_until: 2026-12-24", 'action: "(U) Act."')
CURRENT = bulletin("IB-2026-002", "(U) Words.", "in_effect_until: 2026-12-24", title="(U) Current")
ENDED = bulletin("IB-2026-003", "(U) Words.", "priority: urgent", "in_effect_until: 2026-10-24", title="(U) Ended")


def files(root: Path, *sources: str, edition: str = "eoc") -> Tree:
    return trees_of(root, {f"{number}.md": source for number, source in enumerate(sources)})[edition]


def test_urgent_then_current_then_the_rest(tmp_path: Path) -> None:
    body = files(tmp_path, ENDED, CURRENT, URGENT).files["index.md"].body
    assert body.startswith("# In effect now: 1 urgent, 1 more\n")
    order = [body.index(word) for word in ("!!! urgent", "Act.", "## Also in effect", "Current", "## Latest", "Ended")]
    assert order == sorted(order)


def test_an_empty_state_is_said_in_words(tmp_path: Path) -> None:
    body = files(tmp_path).files["index.md"].body
    assert body.startswith("# No urgent bulletins in effect\n")
    assert "No other bulletins." in body


def test_an_urgent_item_without_an_end_is_pinned_for_a_week(tmp_path: Path) -> None:
    fresh = bulletin("IB-2026-001", "(U) Words.", "priority: urgent", "date: 2026-11-20")
    stale = bulletin("IB-2026-001", "(U) Words.", "priority: urgent", "date: 2026-11-10")
    assert "!!! urgent" in files(tmp_path / "a", fresh).files["index.md"].body
    assert "!!! urgent" not in files(tmp_path / "b", stale).files["index.md"].body


def test_what_is_replaced_is_not_in_effect(tmp_path: Path) -> None:
    later = bulletin("IB-2026-009", "(U) Words.", "supersedes: [IB-2026-001]")
    assert "!!! urgent" not in files(tmp_path, URGENT, later).files["index.md"].body


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
    tree = files(
        tmp_path, bulletin("IB-2026-001", "(U) W.", "priority: urgent", title='(U) A \\\\"b\\\\" [c](d) *e* <f>')
    )
    assert tree.refused == []
    assert '"b"' not in tree.files["index.md"].body.split("\n")[2]
