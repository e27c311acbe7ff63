"""What the theme is told: recomputed from what is released, and nothing besides."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sites import CONFIGURATION, bulletin, trees_of
from tearline.entries import Entry, spelled
from tearline.marking import lowest
from tearline.presentation import said_by_phone
from tearline.release import Shown

BODY = "(U) Words.\n\n(U//LES) Other words."


def told(root: Path, *front: str, edition: str = "eoc", body: str = BODY, configuration: str = CONFIGURATION) -> Any:
    tree = trees_of(root, {"a.md": bulletin("IB-2026-001", body, *front)}, configuration)[edition]
    assert tree.refused == []
    return tree.files["2026/ib-2026-001.md"].told["tearline"]


def test_an_entry_has_no_way_to_a_source() -> None:
    assert {field.name for field in dataclasses.fields(Entry)} == {
        "released",
        "values",
        "marks",
        "page",
        "quiet",
        "superseded_by",
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("date", "2026-03-12"),
        ("in_effect_until", "2026-03-13"),
        ("information_cutoff", "2026-03-11"),
        ("priority", "urgent"),
        ("product", "roll-call"),
    ],
)
def test_a_value_above_the_edition_leaves_no_trace(tmp_path: Path, key: str, value: str) -> None:
    open_, marked, absent = (
        told(tmp_path / name, *front)
        for name, front in (
            ("open", [f"{key}: {value}"]),
            ("marked", [f"{key}: {{marking: U//LES, value: {value}}}"]),
            ("absent", []),
        )
    )
    assert marked == absent
    assert marked != open_
    assert told(tmp_path / "full", f"{key}: {{marking: U//LES, value: {value}}}", edition="full") != absent


def test_the_banner_counts_the_mark_of_a_value(tmp_path: Path) -> None:
    assert told(tmp_path, "date: {marking: U//FOUO, value: 2026-03-12}")["banner"] == "UNCLASSIFIED//FOUO"


def test_facts_stand_in_the_order_a_hurried_reader_needs_them(tmp_path: Path) -> None:
    front = (
        'area: "(U) County"',
        'summary: "(U) What"',
        'action: "(U//FOUO) Do"',
        "date: 2026-03-12",
        "in_effect_until: 2026-03-14 18:00 EST",
        'revised: [{at: 2026-03-13, change: "(U) Changed."}, {at: 2026-03-13 06:00 EST, change: "(U) Again."}]',
    )
    assert told(tmp_path, *front)["facts"] == [
        {"label": "What is happening", "value": "What", "mark": "U"},
        {"label": "What to do", "value": "Do", "mark": "U//FOUO"},
        {"label": "Updated Fri 13 March 2026, 06:00 EST", "value": "Again.", "mark": "U"},
        {"label": "Updated Fri 13 March 2026", "value": "Changed.", "mark": "U"},
        {"label": "Where", "value": "County", "mark": "U"},
        {"label": "In effect until", "value": "Sat 14 March 2026, 18:00 EST", "mark": ""},
        {"label": "Published", "value": "Thu 12 March 2026", "mark": ""},
    ]


def test_notices_appear_only_where_their_data_does(tmp_path: Path) -> None:
    assert not any("LAW ENFORCEMENT" in notice for notice in told(tmp_path / "a").get("notices", []))
    assert any("LES" in notice for notice in told(tmp_path / "b", edition="full")["notices"])


def test_the_one_sentence_stands_where_anything_was_withheld_and_nowhere_else(tmp_path: Path) -> None:
    assert told(tmp_path / "a")["withheld_sentence"] == (
        "This copy leaves out some law enforcement details. It holds everything cleared for emergency management."
        " To ask for more: Liaison desk, 555-0100."
    )
    assert "withheld" not in told(tmp_path / "b", body="(U) Words.")
    assert "withheld" not in told(tmp_path / "c", "withheld_notice: none")
    assert "withheld" not in told(tmp_path / "d", edition="full")
    quiet = CONFIGURATION.replace("audience: sltt", "audience: sltt\n          withheld_notice: none")
    assert "withheld" not in told(tmp_path / "e", configuration=quiet)


def test_the_desk_is_named_only_where_its_mark_allows(tmp_path: Path) -> None:
    secret = CONFIGURATION.replace("(U) Liaison desk", "(U//LES) Watch desk")
    tree = trees_of(tmp_path, {"a.md": bulletin("IB-2026-001", BODY), "b.md": RECALLED}, secret)["eoc"]
    assert "555-0100" not in str(tree.files) + tree.configuration
    assert "555-0100" in str(trees_of(tmp_path / "2", {"a.md": bulletin("IB-2026-001", BODY)}, secret)["full"].files)


def test_the_desks_mark_counts_for_the_banner_where_it_is_above_the_lowest(tmp_path: Path) -> None:
    configuration = CONFIGURATION.replace("(U) Liaison desk", "(U//FOUO) Liaison desk")
    assert told(tmp_path, body="(U) Words.", configuration=configuration)["banner"] == "UNCLASSIFIED//FOUO"


def test_mail_names_the_id_and_nothing_else(tmp_path: Path) -> None:
    assert told(tmp_path)["feedback"] == {
        "useful": "mailto:desk@example.org?subject=Was%20IB-2026-001%20useful%3F",
        "more": "mailto:desk@example.org?subject=Request%20for%20more%20on%20IB-2026-001",
    }


@pytest.mark.parametrize(
    ("until", "state"),
    [
        ("2026-11-23", "in-effect"),  # it is the 23rd, 12:00 UTC
        ("2026-11-22", "ended"),  # over everywhere since this very moment
        ("2026-11-23 07:00 EST", "ended"),
        ("2026-11-23 07:01 EST", "in-effect"),
    ],
)
def test_an_end_never_comes_early(tmp_path: Path, until: str, state: str) -> None:
    assert told(tmp_path, f"in_effect_until: {until}")["state"] == state


def test_who_is_replaced_and_related_is_told_of_what_the_edition_has(tmp_path: Path) -> None:
    sources: dict[str, str | bytes] = {
        "1.md": bulletin("IB-2026-001", "(U) Words.", "supersedes: [IB-2026-001]"),
        "2.md": bulletin(
            "IB-2026-002", "(U) Words.", "supersedes: [IB-2026-001, IB-2026-003]", "related: [IB-2026-003]"
        ),
        "3.md": bulletin("IB-2026-003", "(U//LES) Words.", "supersedes: [IB-2026-002]", title="(U//LES) T"),
    }
    eoc = trees_of(tmp_path, sources)["eoc"]
    assert eoc.files["2026/ib-2026-001.md"].told["tearline"]["superseded_by"] == [
        {"id": "IB-2026-002", "url": "2026/ib-2026-002/", "title": "A title", "mark": "U"}
    ]
    second = eoc.files["2026/ib-2026-002.md"].told["tearline"]
    assert second["supersedes"] == [
        {"id": "IB-2026-001", "url": "2026/ib-2026-001/", "title": "A title", "mark": "U", "state": "superseded"}
    ]
    assert "related" not in second
    assert second.get("state", "") == ""


RECALLED = bulletin("IB-2026-005", "(U) Words of it.", "recalled: 2026-10-02", title="(U) Its title")


def test_a_tombstone_tells_when_and_what_to_use_instead(tmp_path: Path) -> None:
    other = bulletin("IB-2026-006", "(U) See [the old one](IB-2026-005).", "supersedes: [IB-2026-005]")
    tree = trees_of(tmp_path, {"a.md": RECALLED, "b.md": other})["eoc"]
    page = tree.files["2026/ib-2026-005.md"]
    assert page.told["tearline"]["state_text"] == "Recalled on Fri 2 October 2026"
    instead = {"id": "IB-2026-006", "url": "2026/ib-2026-006/", "title": "A title", "mark": "U"}
    assert page.told["tearline"]["superseded_by"] == [instead]
    assert "title" not in page.body.lower().replace("ib-2026-005 was recalled", "")


def test_whoever_mentions_a_recalled_bulletin_says_so_and_leads_to_its_tombstone(tmp_path: Path) -> None:
    other = bulletin("IB-2026-006", "(U) See [the old one](IB-2026-005).", "related: [IB-2026-005]")
    page = trees_of(tmp_path, {"a.md": RECALLED, "b.md": other})["eoc"].files["2026/ib-2026-006.md"]
    assert "See [the old one](../2026/ib-2026-005.md)." in page.body
    tombstone = {"id": "IB-2026-005", "url": "2026/ib-2026-005/", "state": "recalled"}
    assert page.told["tearline"]["linked"] == [tombstone]
    assert page.told["tearline"]["related"] == [tombstone]


def test_a_link_tells_what_became_of_its_target_where_that_is_over(tmp_path: Path) -> None:
    sources: dict[str, str | bytes] = {
        "1.md": bulletin("IB-2026-001", "(U) See [a](IB-2026-002), [b](IB-2026-003) and [c](IB-2026-004)."),
        "2.md": bulletin("IB-2026-002", "(U) W.", "in_effect_until: 2026-01-02"),
        "3.md": bulletin("IB-2026-003", "(U) W.", "in_effect_until: 2027-01-02"),
        "4.md": bulletin("IB-2026-004", "(U//LES) W.", "in_effect_until: 2026-01-02", title="(U//LES) T"),
    }
    linked = trees_of(tmp_path, sources)["eoc"].files["2026/ib-2026-001.md"].told["tearline"]["linked"]
    assert [(one["id"], one["state"]) for one in linked] == [("IB-2026-002", "ended")]


def test_the_title_of_another_bulletin_counts_for_the_banner(tmp_path: Path) -> None:
    other = bulletin("IB-2026-002", "(U) W.", title="(U//FOUO) Other")
    sources: dict[str, str | bytes] = {
        "a.md": bulletin("IB-2026-001", "(U) W.", "related: [IB-2026-002]"),
        "b.md": other,
    }
    told = trees_of(tmp_path, sources)["eoc"].files["2026/ib-2026-001.md"].told["tearline"]
    assert told["banner"] == "UNCLASSIFIED//FOUO"
    assert "U//FOUO" in {each["mark"] for each in told["marks"]}


def test_who_sees_all_is_led_to_what_others_see_and_nobody_the_other_way(tmp_path: Path) -> None:
    configuration = CONFIGURATION.replace(
        "audience: sltt", "audience: sltt\n          site_url: https://eoc.example.org/in"
    )
    sources: dict[str, str | bytes] = {
        "a.md": bulletin("IB-2026-001", BODY),
        "b.md": bulletin("IB-2026-002", "(U//LES) W.", title="(U//LES) T"),
    }
    trees = trees_of(tmp_path, sources, configuration)
    assert "elsewhere" not in str(trees["eoc"].files)
    assert trees["full"].files["2026/ib-2026-001.md"].told["tearline"]["elsewhere"] == [
        {"edition": "Test Center, EOC edition", "url": "https://eoc.example.org/in/2026/ib-2026-001/"}
    ]
    assert "elsewhere" not in trees["full"].files["2026/ib-2026-002.md"].told["tearline"]


@pytest.mark.parametrize(
    ("words", "calls"),
    [
        ("Desk, 555-0100", ["5550100"]),
        ("Desk 202-555-0100 or (202) 555-0101", ["2025550100", "2025550101"]),
        ("Abroad +1 202 555 0100.", ["+12025550100"]),
        ("IB-2026-0144, since 2026-11-23, room 12-3456", []),
        ("555-0100x", []),
    ],
)
def test_a_phone_can_call_what_is_a_number(words: str, calls: list[str]) -> None:
    said = said_by_phone(Shown(lowest("fouo-les"), words))
    assert said is not None
    assert "".join(part["text"] for part in said["parts"]) == words
    assert [part["call"] for part in said["parts"] if "call" in part] == calls


def test_moments_are_spelled_with_their_zone() -> None:
    moment = dt.datetime(2026, 3, 12, 2, 55, tzinfo=dt.timezone(dt.timedelta(hours=-5), "EST"))
    assert spelled(moment) == "Thu 12 March 2026, 02:55 EST"
    assert spelled(moment.astimezone(dt.timezone(dt.timedelta(hours=1)))) == "Thu 12 March 2026, 08:55 UTC+01:00"
    assert spelled(dt.date(2026, 3, 2)) == "Mon 2 March 2026"


def test_whom_to_ask_can_be_called_from_the_sentence(tmp_path: Path) -> None:
    told_ = told(tmp_path)
    assert "".join(part["text"] for part in told_["withheld_parts"]) == told_["withheld_sentence"]
    assert [part["call"] for part in told_["withheld_parts"] if "call" in part] == ["5550100"]


def test_a_tombstone_can_be_called_from(tmp_path: Path) -> None:
    gone = bulletin("IB-2026-001", "(U) W.", "recalled: 2026-11-20")
    body = trees_of(tmp_path, {"a.md": gone})["eoc"].files["2026/ib-2026-001.md"].body
    assert body.endswith("Questions: Liaison desk, [555-0100](tel:5550100).\n")
