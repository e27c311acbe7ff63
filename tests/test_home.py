"""The front page: what to act on first, ways to the rest, and how old this copy is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sites import CONFIGURATION, bulletin, trees_of

URGENT = bulletin("IB-2026-001", "(U) Words.", "priority: urgent", "in_effect_until: 2026-12-24", 'action: "(U) Act."')
CURRENT = bulletin("IB-2026-002", "(U) Words.", "in_effect_until: 2026-12-24", title="(U) Current")
ENDED = bulletin("IB-2026-003", "(U) Words.", "priority: urgent", "in_effect_until: 2026-10-24", title="(U) Ended")


def front(root: Path, *sources: str, edition: str = "eoc", configuration: str = CONFIGURATION) -> Any:
    """The staged front page of a site made of these."""
    return trees_of(root, {f"{n}.md": source for n, source in enumerate(sources)}, configuration)[edition].files[
        "index.md"
    ]


def front_of(root: Path, *lines: str) -> Any:
    """The front page of a site with one urgent bulletin."""
    return front(root, bulletin("IB-2026-001", "(U) Words.", "priority: urgent", *lines))


def ids(cards: Any) -> list[str]:
    return [card["id"] for card in cards]


def test_urgent_then_current_then_the_rest(tmp_path: Path) -> None:
    page = front(tmp_path, ENDED, CURRENT, URGENT)
    told = page.told["tearline"]
    assert page.body.startswith("# In effect now: 1 urgent, 1 more\n")
    assert [ids(told[part]) for part in ("urgent", "current", "latest")] == [
        ["IB-2026-001"],
        ["IB-2026-002"],
        ["IB-2026-003"],
    ]


def test_an_urgent_item_can_be_acted_on_without_opening_it(tmp_path: Path) -> None:
    more = bulletin("IB-2026-001", "(U) W.", "priority: urgent", 'action: "(U//FOUO) Act."', 'area: "(U) Here"')
    told = front(tmp_path, more).told["tearline"]
    assert told["urgent"][0]["action"] == {"mark": "U//FOUO", "text": "Act."}
    assert told["urgent"][0]["area"] == {"mark": "U", "text": "Here"}
    assert told["banner"] == "UNCLASSIFIED//FOUO"
    assert [each["mark"] for each in told["marks"]] == ["U", "U//FOUO"]


def test_what_the_edition_may_not_see_leaves_nothing_on_a_card(tmp_path: Path) -> None:
    marked = bulletin(
        "IB-2026-001",
        "(U) W.",
        "priority: urgent",
        'action: "(U//LES) Secret."',
        "in_effect_until: {marking: U//LES, value: 2026-12-24}",
        "hazards: [{marking: U//LES, value: flood}]",
    )
    open_ = bulletin("IB-2026-001", "(U) W.", "priority: urgent")
    assert front(tmp_path / "a", marked).told == front(tmp_path / "b", open_).told


def test_an_empty_state_is_said_in_words(tmp_path: Path) -> None:
    page = front(tmp_path)
    assert page.body.startswith("# No urgent bulletins in effect\n")
    assert not {"urgent", "current", "latest", "browse"} & page.told["tearline"].keys()


@pytest.mark.parametrize(
    ("front", "until"),
    [
        (["date: 2026-11-20"], "2026-11-28T12:00:00Z"),
        (["date: 2026-11-20 09:30 EST"], "2026-11-27T14:30:00Z"),
        (["date: 2026-01-01", 'revised: [{at: 2026-11-19 12:00 UTC, change: "(U) C."}]'], "2026-11-26T12:00:00Z"),
        ([], "2027-01-08T12:00:00Z"),
    ],
)
def test_an_urgent_item_without_an_end_is_urgent_for_a_week_after_its_last_date(
    tmp_path: Path, front: list[str], until: str
) -> None:
    (card,) = front_of(tmp_path, *front).told["tearline"]["urgent"]
    assert (card["state"], card["priority"], card["lapses"]) == ("open", "urgent", until)
    assert card["state_text"].endswith("o end given")


@pytest.mark.parametrize(
    ("front", "said"),
    [
        (["date: 2025-11-12"], "Urgent when issued, Wed 12 November 2025; no end given"),
        (["date: 2026-11-15 12:00 UTC"], "Urgent when issued, Sun 15 November 2026, 12:00 UTC; no end given"),
        (
            ["date: 2025-11-12", 'revised: [{at: 2025-11-13, change: "(U) C."}]'],
            "Urgent when last updated, Thu 13 November 2025; no end given",
        ),
    ],
)
def test_after_that_it_says_so_quietly_everywhere(tmp_path: Path, front: list[str], said: str) -> None:
    tree = trees_of(tmp_path, {"a.md": bulletin("IB-2026-001", "(U) Words.", "priority: urgent", *front)})["eoc"]
    told = {name: tree.files[name].told["tearline"] for name in ("index.md", "bulletins.md", "2026/ib-2026-001.md")}
    assert "urgent" not in told["index.md"]
    page = told["2026/ib-2026-001.md"]
    for each in (told["index.md"]["latest"][0], told["bulletins.md"]["rows"][0], page):
        assert (each["state"], each["state_text"]) == ("lapsed", said)
        assert "priority" not in each
    assert "priority" not in page["search"]["filters"]
    assert page["search"]["shown"]["lapsed"] == said


def test_a_change_that_is_withheld_makes_nothing_urgent_for_longer(tmp_path: Path) -> None:
    change = 'revised: [{at: 2026-11-22, change: "(U//LES) C."}]'
    told = front_of(tmp_path, "date: 2026-11-01", change).told
    assert told["tearline"]["latest"][0]["state"] == "lapsed"


def test_what_is_dated_later_is_listed_and_not_in_effect(tmp_path: Path) -> None:
    page = front_of(tmp_path, "date: 2099-01-01", "in_effect_until: 2099-02-01")
    assert page.body.startswith("# No urgent bulletins in effect\n")
    assert page.told["tearline"]["latest"][0]["state_text"] == "Not in effect before Thu 1 January 2099"
    today = front_of(tmp_path / "today", "date: 2026-11-23", "in_effect_until: 2099-02-01")
    assert "urgent" in today.told["tearline"]


@pytest.mark.parametrize(("day", "there"), [("2026-11-23", True), ("2026-11-09", True), ("2026-11-07", False)])
def test_a_recall_is_told_for_two_weeks(tmp_path: Path, day: str, there: bool) -> None:  # noqa: FBT001
    gone = bulletin("IB-2026-024", "(U) W.", f"recalled: {day}", title="(U) Gone")
    told = front(tmp_path, gone).told["tearline"]
    assert [each["url"] for each in told.get("recalled", [])] == ["2026/ib-2026-024/"] * there


def test_what_is_replaced_is_not_in_effect_and_says_by_what(tmp_path: Path) -> None:
    later = bulletin("IB-2026-009", "(U) Words.", "supersedes: [IB-2026-001]")
    told = front(tmp_path, URGENT, later).told["tearline"]
    assert "urgent" not in told
    states = {card["id"]: card.get("state_text") for card in told["latest"]}
    assert states == {"IB-2026-001": "Replaced by IB-2026-009", "IB-2026-009": None}


def test_every_value_is_counted_as_often_as_the_edition_has_it(tmp_path: Path) -> None:
    sources = (
        bulletin("IB-2026-001", "(U) W.", "hazards: [flood]", "regions: [statewide]"),
        bulletin("IB-2026-002", "(U) W.", "hazards: [flood, {marking: U//LES, value: uas}]"),
        bulletin("IB-2026-003", "(U//LES) W.", "hazards: [flood]", title="(U//LES) T"),
    )
    told = front(tmp_path, *sources).told["tearline"]
    ways = {(group["title"], way["label"]): way["count"] for group in told["browse"] for way in group["ways"]}
    assert ways[("Hazard", "Flood")] == "2"
    assert ways[("Year", "2026")] == "2"
    assert not any("nmanned" in label for _, label in ways)


@pytest.mark.parametrize(
    ("zone", "said"),
    [("UTC", "Mon 23 November 2026, 12:00 UTC"), ("America/New_York", "Mon 23 November 2026, 07:00 EST")],
)
def test_the_time_of_publishing_is_told_in_the_sites_zone(tmp_path: Path, zone: str, said: str) -> None:
    configuration = CONFIGURATION.replace("email:", f"timezone: {zone}\n      email:")
    told = front(tmp_path, configuration=configuration).told["tearline"]
    assert told["published"] == {"text": said, "at": "2026-11-23T12:00:00Z", "stale_after": 12}
    assert told["contact"]["parts"] == [{"text": "Liaison desk, "}, {"text": "555-0100", "call": "5550100"}]
