"""What a page gains by script: times that count down, a text for the log, marks out of sight, tables in reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from served import serving
from sites import CONFIGURATION, NOON, NOW, bulletin, make_site, tearline

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

URGENT = bulletin(
    "IB-2026-001",
    "(U) Words.\n\n## (U) Implications for emergency management\n\n(U//FOUO) Follow this.\n\n"
    "| (U) A | B |\n|---|---|\n| (U) " + "wide " * 40 + " | " + "x" * 90 + " |",
    "priority: urgent",
    "in_effect_until: 2026-11-23 14:30 UTC",
    'action: "(U//FOUO) Open the shelter."',
    "related: [IB-2026-002]",
    title="(U) Levee seepage",
)
OPEN = bulletin(
    "IB-2026-003", "(U) W.", "priority: urgent", "date: 2026-11-17 12:30 UTC", 'action: "(U) ' + "w" * 200 + '"'
)
HELD = bulletin("IB-2026-004", "(U) W.\n\n(U//LES) X.", "date: 2026-11-17", title="(U) Held back")
ENDED = bulletin("IB-2026-002", "(U) Words.", "in_effect_until: 2026-10-02", title="(U) Older")
EXERCISE = CONFIGURATION.replace("agency:", "exercise: true\n      agency:")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("site")
    config = make_site(root, {"a.md": URGENT, "b.md": ENDED, "c.md": OPEN, "d.md": HELD}, EXERCISE)
    ran = tearline("build", "-f", config, cwd=root, SOURCE_DATE_EPOCH=NOON)
    assert ran.code == 0, ran.said
    with serving(Path(root, "site-eoc")) as served:
        yield served


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1200, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address.rstrip("/"))
    page = context.new_page()
    yield page
    context.close()


def at(page: Page, moment: datetime) -> None:
    """Set the browser's clock."""
    page.clock.install(time=moment)


def test_a_page_left_open_says_that_its_time_is_over(page: Page) -> None:
    at(page, NOW)
    page.goto("2026/ib-2026-001/")
    state = page.locator(".tl-state")
    assert "In effect until Mon 23 November 2026, 14:30 UTC" in state.inner_text()
    assert "2 h 30 min left" in state.inner_text()
    page.clock.fast_forward("02:00:00")
    assert "30 min left" in state.inner_text()
    page.clock.fast_forward("00:31:00")
    assert "Ended: no longer in effect" in state.inner_text()
    assert page.locator(".tl-state__word").inner_text().strip() == "ENDED"
    page.goto("")
    assert "Ended: no longer in effect" in page.locator(".tl-alert--urgent", has_text="Levee").inner_text()


def test_a_front_page_left_open_counts_again(page: Page) -> None:
    at(page, NOW)
    page.goto("")
    heading = page.get_by_role("heading", level=1)
    labels = page.locator(".tl-alert .tl-state__word")
    assert heading.inner_text() == "In effect now: 2 urgent"
    page.clock.fast_forward("02:31:00")
    assert heading.inner_text() == "In effect now: 1 urgent"
    assert [each.strip() for each in labels.all_inner_texts()] == ["URGENT", "ENDED"]
    assert page.get_by_role("heading", name="Act now").count() == 1
    page.clock.fast_forward("22:00:00")
    assert heading.inner_text() == "No urgent bulletins in effect"
    assert [each.strip() for each in labels.all_inner_texts()] == ["URGENT WHEN ISSUED", "ENDED"]
    assert page.get_by_role("heading", name="Act now").count() == 0


def test_a_list_left_open_says_what_ended(page: Page) -> None:
    at(page, NOW)
    page.goto("bulletins/")
    row = page.locator(".tl-rows li", has_text="Levee seepage")
    assert re.search(r"URGENT\s+IB-2026-001\s+In effect until Mon 23 November 2026, 14:30 UTC", row.inner_text())
    page.clock.fast_forward("02:31:00")
    assert re.search(r"ENDED\s+IB-2026-001\s+No longer in effect", row.inner_text())


def test_urgent_without_an_end_says_since_when(page: Page) -> None:
    at(page, NOW)
    page.goto("2026/ib-2026-003/")
    state = page.locator(".tl-state")
    assert re.search(r"URGENT\s+Since Tue 17 November 2026, 12:30 UTC; no end given", state.inner_text())
    page.clock.fast_forward("25:00:00")
    assert state.locator(".tl-state__word").inner_text().strip() == "URGENT WHEN ISSUED"


def test_a_long_word_does_not_widen_the_front_page(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    for address in ("", "bulletins/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_what_ended_before_it_was_built_is_not_counted_down(page: Page) -> None:
    at(page, NOW)
    page.goto("2026/ib-2026-002/")
    assert "left" not in page.locator(".tl-state").inner_text()


def test_a_dead_build_does_not_look_like_a_quiet_night(page: Page) -> None:
    at(page, NOW + timedelta(hours=11))
    page.goto("")
    told = page.locator(".tl-published")
    assert "Site published Mon 23 November 2026, 12:00 UTC." in told.inner_text()
    assert "Older than 12 hours?" in told.inner_text()
    assert "This copy is" not in told.inner_text()
    page.clock.fast_forward("01:01:00")
    assert "This copy is 12 hours old." in told.inner_text()
    page.clock.fast_forward("47:00:00")
    assert "This copy is 2 days old." in told.inner_text()


def test_the_text_for_a_log_has_its_marking_and_the_facts(page: Page) -> None:
    at(page, NOW)
    page.goto("2026/ib-2026-001/")
    page.get_by_role("button", name="Copy for log").click()
    assert page.locator(".tl-said").inner_text() == "Copied, with its marking"
    lines = page.evaluate("navigator.clipboard.readText()").strip().split("\n")
    assert lines[0] == lines[-1] == "UNCLASSIFIED//FOUO"
    assert lines[1].startswith("EXERCISE")
    assert "(U) Levee seepage" in lines
    assert "What to do: (U//FOUO) Open the shelter." in lines
    assert lines[2] == "URGENT. In effect until Mon 23 November 2026, 14:30 UTC. After this time, treat as ended."
    assert re.fullmatch(r"Copied Mon 23 November 2026, \d\d:\d\d \S+", lines[-3])
    assert lines[-4].startswith("Sharing this page. ")
    assert lines[-2].endswith("/2026/ib-2026-001/")
    assert not any(" left" in line for line in lines)
    assert not any("Unclassified" in line for line in lines)


def test_the_text_for_a_log_says_that_something_was_left_out(page: Page) -> None:
    page.goto("2026/ib-2026-004/")
    page.get_by_role("button", name="Copy for log").click()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "\nThis copy leaves out some law enforcement details." in text


def test_marks_can_be_put_out_of_sight_and_stay_so_but_never_on_paper(page: Page) -> None:
    page.goto("2026/ib-2026-001/")
    chip = page.locator(".tl-body .tl-mark [aria-hidden]").first
    page.get_by_role("button", name="Hide marks on screen").click()
    assert not chip.is_visible()
    assert page.locator(".tl-legend .tl-mark [aria-hidden]").first.is_visible()
    page.reload()
    assert not chip.is_visible()
    assert page.get_by_role("button", name="Show marks on screen").count() == 1
    page.emulate_media(media="print")
    assert chip.is_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Show marks on screen").click()
    assert chip.is_visible()
    assert page.get_by_role("button", name="Hide marks on screen").count() == 1


def test_what_follows_for_emergency_managers_is_one_tap_away(page: Page) -> None:
    page.goto("2026/ib-2026-001/")
    page.get_by_role("link", name="For emergency managers").click()
    heading = page.get_by_role("heading", name="Implications for emergency management").bounding_box()
    assert heading is not None
    assert 0 < heading["y"] < 200
    page.goto("2026/ib-2026-002/")
    assert page.get_by_role("link", name="For emergency managers").count() == 0


def test_a_related_bulletin_says_that_it_is_over(page: Page) -> None:
    page.goto("2026/ib-2026-001/")
    assert re.search(r"Older\s+IB-2026-002\s+No longer in effect", page.locator(".tl-related").inner_text())


def test_the_keyboard_reaches_a_wide_table(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto("2026/ib-2026-001/", wait_until="load")
    table = page.get_by_role("group", name="Wide table")
    table.focus()
    assert table.evaluate("element => element === document.activeElement")
