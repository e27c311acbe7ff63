"""Generated pages: made of what is released, and the same bytes whatever else there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sites import CONFIGURATION, bulletin, trees_of
from tearline.stage import Tree


def files(root: Path, *sources: str, edition: str = "eoc") -> Tree:
    return trees_of(root, {f"{number}.md": source for number, source in enumerate(sources)})[edition]


def rows(tree: Tree, name: str = "bulletins.md") -> list[Any]:
    """The rows of a list as the theme is told them."""
    told: list[Any] = tree.files[name].told["tearline"]["rows"]
    return told


def ids(tree: Tree, name: str = "bulletins.md") -> list[str]:
    return [row["url"].split("/")[1].upper() for row in rows(tree, name)]


def test_newest_first_across_dates_and_zones(tmp_path: Path) -> None:
    sources = [
        bulletin("IB-2026-001", "(U) W.", "date: 2026-03-12 23:30 EST"),
        bulletin("IB-2026-002", "(U) W.", "date: 2026-03-13 03:00 UTC"),
        bulletin("IB-2026-003", "(U) W.", "date: 2026-03-12"),
        bulletin("IB-2025-004", "(U) W."),
    ]
    assert ids(files(tmp_path, *sources)) == ["IB-2026-001", "IB-2026-002", "IB-2026-003", "IB-2025-004"]


def test_a_date_without_a_time_begins_at_midnight_of_the_site(tmp_path: Path) -> None:
    sources = {
        "a.md": bulletin("IB-2026-001", "(U) W.", "date: 2026-11-22 23:59 EST"),
        "b.md": bulletin("IB-2026-002", "(U) W.", "date: 2026-11-23"),
        "c.md": bulletin("IB-2026-003", "(U) W.", "date: 2026-11-23 06:00 EST"),
    }
    configuration = CONFIGURATION.replace("email:", "timezone: America/New_York\n      email:")
    tree = trees_of(tmp_path, sources, configuration)["eoc"]
    assert ids(tree) == ["IB-2026-003", "IB-2026-002", "IB-2026-001"]


def test_what_changed_last_comes_first_and_says_what_changed(tmp_path: Path) -> None:
    changes = '{at: 2026-11-20, change: "(U) One."}, {at: 2026-11-23 07:05 EST, change: "(U//FOUO) Two."}'
    told = bulletin("IB-2026-001", "(U) W.", "date: 2026-11-19", f"revised: [{changes}]")
    later = bulletin("IB-2026-002", "(U) W.", "date: 2026-11-22")
    tree = files(tmp_path, told, later)
    assert ids(tree) == ["IB-2026-001", "IB-2026-002"]
    assert rows(tree)[0]["updated"] == {"at": "Mon 23 November 2026, 07:05 EST", "mark": "U//FOUO", "text": "Two."}
    assert "updated" not in rows(tree)[1]
    assert tree.files["bulletins.md"].told["tearline"]["banner"] == "UNCLASSIFIED//FOUO"


def test_a_change_that_the_edition_may_not_see_leaves_no_trace_in_lists(tmp_path: Path) -> None:
    later = bulletin("IB-2026-002", "(U) W.", "date: 2026-11-22")
    for number, change in enumerate(
        ('{at: 2026-11-23, change: "(U//LES) Two."}', '{at: {marking: U//LES, value: 2026-11-23}, change: "(U) Two."}')
    ):
        marked = bulletin("IB-2026-001", "(U) W.", "date: 2026-11-19", f"revised: [{change}]")
        plain = bulletin("IB-2026-001", "(U) W.", "date: 2026-11-19")
        with_, without = (
            files(tmp_path / f"{name}{number}", one, later) for name, one in (("a", marked), ("b", plain))
        )
        for name in ("bulletins.md", "index.md", "browse/year/2026.md"):
            assert with_.files[name] == without.files[name]
        assert ids(with_) == ["IB-2026-002", "IB-2026-001"]
        full = files(tmp_path / f"full{number}", marked, later, edition="full")
        assert ids(full) == ["IB-2026-001", "IB-2026-002"]
        assert full.files["bulletins.md"].told["tearline"]["banner"] == "UNCLASSIFIED//LES"


def test_what_was_recalled_stands_in_lists_by_its_number_alone(tmp_path: Path) -> None:
    gone = bulletin("IB-2026-024", "(U) W.", "recalled: 2026-10-02", title="(U) Secret title")
    tree = files(tmp_path, gone, bulletin("IB-2026-002", "(U) W."))
    said = [{"id": "IB-2026-024", "url": "2026/ib-2026-024/", "date": "Fri 2 October 2026"}]
    for name in ("bulletins.md", "browse/year/2026.md"):
        assert tree.files[name].told["tearline"]["recalled"] == said
        assert ids(tree, name) == ["IB-2026-002"]
    assert not any("Secret" in str(file) for file in tree.files.values())


def test_what_the_edition_never_had_is_not_recalled_in_it(tmp_path: Path) -> None:
    hidden = bulletin("IB-2026-024", "(U//LES) W.", "recalled: 2026-11-20", "marking: U//LES", title="(U//LES) T")
    other = bulletin("IB-2026-002", "(U) W.")
    assert files(tmp_path / "a", hidden, other).files == files(tmp_path / "b", other).files


def test_a_row_says_how_urgent_it_is_and_until_when(tmp_path: Path) -> None:
    tree = files(
        tmp_path,
        bulletin("IB-2026-001", "(U) W.", "priority: urgent", "in_effect_until: 2026-11-24 12:00 UTC"),
        bulletin("IB-2026-002", "(U) W.", "priority: priority"),
        bulletin("IB-2026-003", "(U) W.", "in_effect_until: 2026-10-24"),
    )
    third, second, first = rows(tree)
    assert (first["priority"], first["until"]) == ("urgent", "2026-11-24T12:00:00Z")
    assert first["state_text"] == "In effect until Tue 24 November 2026, 12:00 UTC"
    assert second["priority"] == "priority"
    assert (third["state_text"], "until" in third) == ("No longer in effect", False)


def test_a_bulletin_whose_title_is_withheld_is_named_once(tmp_path: Path) -> None:
    tree = files(tmp_path, bulletin("IB-2026-502", "(U) W.", "date: 2026-11-20", title="(U//LES) Name"))
    (row,) = rows(tree)
    assert row == {
        "url": "2026/ib-2026-502/",
        "title": "Bulletin IB-2026-502",
        "mark": "U",
        "date": "Fri 20 November 2026",
    }


def test_a_date_that_is_to_come_keeps_nothing_on_top(tmp_path: Path) -> None:
    future = bulletin("IB-2026-001", "(U) W.", "date: 2099-01-01", "in_effect_until: 2099-02-01")
    tree = files(tmp_path, future, bulletin("IB-2026-002", "(U) W.", "date: 2026-11-20"))
    assert ids(tree) == ["IB-2026-002", "IB-2026-001"]
    assert rows(tree)[1]["state_text"] == "Not in effect before Thu 1 January 2099"


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
    assert [row["title"] for row in rows(tree)] == ["A 'b' [c](d) *e* <f>"]


def test_a_site_without_bulletins_says_so(tmp_path: Path) -> None:
    empty = files(tmp_path / "a").files
    assert empty["bulletins.md"].told["tearline"]["empty"]
    assert empty["browse/index.md"].told["tearline"]["empty"]
    some = files(tmp_path / "b", bulletin("IB-2026-001", "(U) W.")).files
    assert not any("empty" in file.told["tearline"] for file in some.values())
