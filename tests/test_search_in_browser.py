"""Search as a reader has it: in a real browser, under the headers of a closed network, from the first key to the page."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from served import fits, serving
from sites import bulletin, make_site, tearline
from tearline import search

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BUILT: Final = "1795435200"  # 2026-11-23 12:00 UTC
LATER: Final = datetime.fromisoformat("2026-12-02T12:00:00+00:00")
FLOOD: Final = ("product: alert", "priority: urgent", "hazards: [flood]", "lifelines: [transportation]")
SOURCES: Final[dict[str, str | bytes]] = {
    "2026/a.md": bulletin(
        "IB-2026-014",
        "(U) Sandbags are stacked beside the levee at the old mill.\n\n(U//LES) A withheld heron.",
        *FLOOD,
        "date: 2026-11-22",
        "in_effect_until: 2026-12-01T18:00:00-05:00",
        'area: "(U//FOUO) Mill Lane"',
        'summary: "(U) Seepage was seen."',
        'action: "(U) Stay off the wall."',
        title="(U//FOUO) Levee seepage at the mill",
    ),
    "2026/b.md": bulletin(
        "IB-2026-015",
        "(U) A levee was looked at and stood, on sand.",
        "priority: routine",
        "hazards: [flood]",
        "date: 2026-03-02",
        "in_effect_until: 2026-03-09",
        title="(U) Levee inspected",
    ),
    "2026/c.md": bulletin(
        "IB-2026-016",
        "(U) Smoke was seen above the levee road.",
        "priority: priority",
        "hazards: [wildfire]",
        "date: 2026-08-01",
        "supersedes: [IB-2026-015]",
        title="(U) Grass fire",
    ),
    "2026/d.md": bulletin(
        "IB-2026-017", "(U) Wrong: erred.", "recalled: 2026-11-20", "hazards: [flood]", title="(U) A wrong title"
    ),
    "2026/e.md": bulletin("IB-2026-018", "(U//LES) Withheld.", title="(U//LES) Kept"),
    "about/levees.md": "---\nmarking: U\n---\n\n# What levees are\n\nA levee is a wall of earth.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = make_site(tmp_path_factory.mktemp("search") / "site", SOURCES)
    ran = tearline("build", cwd=config.parent, SOURCE_DATE_EPOCH=BUILT)
    assert ran.code == 0, ran.said
    return config.parent


def indexed(before: Path, site: Path, most: int = search.MOST) -> list[int]:
    """A copy of a built site with indexes of its own, each of at most so many pages: how many each has."""
    shutil.copytree(before, site, ignore=shutil.ignore_patterns("pagefind"))
    with (site.parent / "lock").open("wb") as lock:
        search.index(site, lock.fileno(), most=most)
    return [*json.loads((site / "pagefind/parts.json").read_bytes()).values()]


@pytest.fixture(scope="module")
def both(built: Path) -> Path:
    """The folder of two sites: as it was built, and as a large one is, with an index for each stretch of time."""
    assert indexed(built / "site-eoc", built / "site-many", most=2) == [1, 2, 2]
    return built


BOTH: Final = pytest.mark.parametrize("site", ["site-eoc", "site-many"], indirect=True)


@pytest.fixture(scope="module")
def site(both: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the built site, which is no root of its server: an edition may lie below a path."""
    with serving(both) as address:
        yield f"{address}{getattr(request, 'param', 'site-eoc')}/"


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that knows what it asked for and what it complained about; nothing else may be complained about."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.clock.install(time=datetime.fromtimestamp(int(BUILT), UTC))
    page.requested = []  # type: ignore[attr-defined]
    complaints: list[str] = []
    page.on("request", lambda request: page.requested.append(request.url))  # type: ignore[attr-defined]
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []
    assert [url for url in page.requested if not url.startswith(site)] == []  # type: ignore[attr-defined]
    context.close()


def of_pagefind(page: Page) -> list[str]:
    return [url for url in page.requested if "/pagefind/" in url]  # type: ignore[attr-defined]


def titles(page: Page) -> list[str]:
    return page.locator(".tl-hit a").all_inner_texts()


def suggestions(page: Page, words: str) -> list[str]:
    page.keyboard.type(words)
    page.clock.run_for(500)
    page.wait_for_selector(".tl-search__panel .tl-hit")
    return titles(page)


def settled(page: Page, words: str = "result") -> None:
    """Wait for the search page to have said how many results there are."""
    page.clock.run_for(500)
    page.wait_for_function(
        "words => [...document.querySelectorAll('[data-tl=status], [data-tl=sought]')].some(one => one.textContent.includes(words))",
        arg=words,
    )


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


@BOTH
@pytest.mark.parametrize("key", ["/", "s", "Control+k"])
def test_a_key_goes_to_search_and_arrows_enter_and_escape_do_what_they_say(page: Page, site: str, key: str) -> None:
    page.goto(f"{site}bulletins/")
    first = page.locator(".tl-rows a").first
    first.focus()
    before = focused(page)
    assert of_pagefind(page) == []
    page.keyboard.press(key)
    assert focused(page) == "tl-q"
    found = suggestions(page, "levee")
    assert set(found) == {"Levee seepage at the mill", "Levee inspected", "Grass fire", "What levees are"}
    page.keyboard.press("ArrowDown")
    assert focused(page) == found[0]
    page.keyboard.press("ArrowDown")
    assert focused(page) == found[1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "tl-q"
    page.keyboard.press("Escape")
    assert page.locator(".tl-search__panel").is_hidden()
    assert focused(page) == "tl-q"
    page.keyboard.press("Escape")
    assert focused(page) == before
    page.keyboard.press(key)
    page.keyboard.type("sandbag")
    page.clock.run_for(500)
    page.wait_for_function("document.querySelectorAll('.tl-hit').length == 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}2026/ib-2026-014/")


def test_a_result_shows_mark_title_number_date_and_state(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("#tl-q").click()
    suggestions(page, "mill seepage")
    hit = page.locator(".tl-hit").first
    assert hit.locator(".tl-mark [aria-hidden]").inner_text() == "(U//FOUO)"
    assert hit.locator(".tl-mark .tl-vh").text_content() == "Unclassified, for official use only. "
    words = hit.inner_text()
    assert "Urgent" in words
    assert "IB-2026-014 · 22 Nov 2026 · Alert · In effect until Tue 1 December 2026, 18:00 UTC-05:00" in words
    assert page.locator(".tl-search__mark [aria-hidden]").inner_text() == "UNCLASSIFIED//FOUO"


@BOTH
def test_what_has_ended_since_the_site_was_built_is_said_to_have_ended(page: Page, site: str) -> None:
    page.clock.set_fixed_time(LATER)
    page.goto(f"{site}search/?q=levee&state=in-effect")
    page.wait_for_selector("[data-tl=none]:not([hidden])")
    page.goto(f"{site}search/?q=seepage&state=ended")
    page.wait_for_selector(".tl-hit")
    assert titles(page) == ["Levee seepage at the mill"]
    assert "Ended" in page.locator(".tl-hit").inner_text()
    assert "Urgent" not in page.locator(".tl-hit").inner_text()


@BOTH
@pytest.mark.parametrize("number", ["IB-2026-014", "ib 2026 14", "ib2026014", "2026-14", "IB–2026–014"])
def test_a_number_goes_straight_to_its_bulletin(page: Page, site: str, number: str) -> None:
    for start in (site, f"{site}search/"):
        page.goto(start)
        page.locator("#tl-q").fill(number)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}2026/ib-2026-014/")


@BOTH
@pytest.mark.parametrize(("typed", "number"), [("IB-2026-099", "099"), ("ib 2026 18", "018"), ("ib20261234", "1234")])
def test_a_number_that_this_edition_has_not_is_said_to_be_missing(
    page: Page, site: str, typed: str, number: str
) -> None:
    missing = f"There is no bulletin IB-2026-{number} in this edition."
    page.goto(site)
    page.locator("#tl-q").fill(typed)
    page.clock.run_for(500)
    page.locator(".tl-search__note", has_text=missing).wait_for()
    assert page.locator(".tl-search__note").inner_text() == f"{missing} Ask: Liaison desk, 555-0100"
    assert titles(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}search/?q=*")
    settled(page, missing)
    assert titles(page) == []
    assert "Ask: Liaison desk, 555-0100" in page.locator(".tl-find__results").inner_text()
    page.goto(f"{page.url}&hazard=Flood")
    settled(page, missing)
    assert titles(page) == []


@BOTH
def test_the_number_of_a_recalled_bulletin_opens_what_is_said_of_it(page: Page, site: str) -> None:
    for start in (site, f"{site}search/"):
        page.goto(start)
        page.locator("#tl-q").fill("ib 2026 17")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}2026/ib-2026-017/")
    page.goto(f"{site}search/?q=IB-2026-017")
    settled(page, "1 result")
    assert titles(page) == ["IB-2026-017 was recalled"]
    assert "Recalled: do not use" in page.locator(".tl-hit").inner_text()
    page.goto(f"{site}search/?q=erred")
    settled(page, "No results")


@BOTH
@pytest.mark.parametrize(
    "words", ["sandwich", "leveret", "seep heron", "heron", "seepagewater", "millions", "77", "milk"]
)
def test_words_that_no_page_has_find_nothing(page: Page, site: str, words: str) -> None:
    page.goto(f"{site}search/?q={words}")
    settled(page, f"No results for “{words}”.")
    assert titles(page) == []


@BOTH
@pytest.mark.parametrize(
    "words",
    ["sandbag", "Sandbags", "sandb", "sandbagging", "stack", "stacki", "mill’s sandbags", "SEEP mill", "sand-bags"],
)
def test_stems_beginnings_and_any_spelling_of_words_are_found(page: Page, site: str, words: str) -> None:
    page.goto(f"{site}search/?q={words}")
    settled(page, "1 result")
    assert titles(page) == ["Levee seepage at the mill"]


def test_a_site_without_bulletins_says_so_and_fetches_nothing(browser: Browser, tmp_path: Path) -> None:
    config = make_site(tmp_path / "empty", {})
    ran = tearline("build", "--edition", "eoc", cwd=config.parent, SOURCE_DATE_EPOCH=BUILT)
    assert ran.code == 0, ran.said
    complaints: list[str] = []
    page = browser.new_page()
    page.on("console", lambda said: complaints.append(said.text))
    page.on("request", lambda request: complaints.append(request.url) if "pagefind" in request.url else None)
    with serving(config.parent) as address:
        page.goto(f"{address}site-eoc/search/")
        assert page.locator("[data-tl=status]").inner_text() == "There are no bulletins yet."
        page.locator("#tl-q").fill("levee")
        page.keyboard.press("Enter")
        page.wait_for_url("**?q=levee")
        assert page.locator("[data-tl=status]").inner_text() == "There are no bulletins yet."
        assert page.locator("[data-tl=filters]").is_hidden()
        page.goto(f"{address}site-eoc/")
        page.locator("#tl-q").fill("levee")
        page.locator(".tl-search__note", has_text="There are no bulletins yet.").wait_for()
    page.close()
    assert complaints == []


COUNTS: Final = [
    "In effect 1", "Replaced 1", "No end given 1", "Urgent 1", "Priority 1", "Routine 1", "Flood 2", "Wildfire 1",
    "Transportation 1", "Alert 1", "2026 3",
]  # fmt: skip
COUNTED: Final = """wanted => JSON.stringify([...document.querySelectorAll("label.tl-tick")]
  .filter(one => one.checkVisibility() && one.querySelector(".tl-count"))
  .map(one => one.innerText.replace(/\\s+/g, " ").trim())) === JSON.stringify(wanted)"""


@BOTH
def test_filters_counts_addresses_and_back(page: Page, site: str) -> None:
    page.goto(f"{site}search/")
    assert of_pagefind(page) == []
    page.locator("#tl-q").fill("levee")
    page.keyboard.press("Enter")
    settled(page, "4 results for “levee”")
    page.wait_for_function(COUNTED, arg=COUNTS)
    page.get_by_label("Flood").check()
    settled(page, "2 results")
    assert set(titles(page)) == {"Levee seepage at the mill", "Levee inspected"}
    assert page.evaluate("document.activeElement.value") == "Flood"
    page.get_by_label("Wildfire").check()
    settled(page, "3 results")
    page.get_by_label("Urgent").check()
    settled(page, "1 result ")
    assert page.url == f"{site}search/?q=levee&priority=Urgent&hazard=Flood&hazard=Wildfire"
    page.go_back()
    settled(page, "3 results")
    page.get_by_role("button", name="Wildfire, remove").click()
    settled(page, "2 results")
    page.get_by_role("button", name="Clear all filters").click()
    settled(page, "4 results")
    page.goto(f"{site}search/?q=levee&from=2026-08-01&to=2026-12-01&sort=newest")
    settled(page, "2 results")
    assert titles(page) == ["Levee seepage at the mill", "Grass fire"]
    page.goto(f"{site}search/?state=replaced")
    settled(page, "1 result")
    assert titles(page) == ["Levee inspected"]
    assert "by IB-2026-016" in page.locator(".tl-hit").inner_text()
    page.get_by_role("link", name="Skip to results").click()
    assert focused(page) == "tl-results"


MANY: Final = 24
LONG: Final = 2000  # words that a page has alone


@pytest.fixture(scope="module")
def long(built: Path) -> Iterator[str]:
    """The address of two sites of long pages, the second with four indexes. A storm is in one old page, and in news."""
    before = shutil.copytree(built / "site-eoc", built / "long/before")
    source = (before / "2026/ib-2026-014/index.html").read_text(encoding="utf-8")
    shutil.rmtree(before / "2026")
    for at in range(MANY):
        storms = " Storm Ida came." * (1 if at == 3 else 3 if at >= MANY - 4 else 0)
        own = " ".join(f"{word:04x}q{at:02d}" for word in range(LONG))
        told = source.replace("2026-014", f"2026-1{at:02d}").replace("2026-11-22", f"2026-10-{at + 1:02d}")
        page = before / f"2026/ib-2026-1{at:02d}/index.html"
        page.parent.mkdir(parents=True)
        page.write_text(told.replace("Sandbags are", f"{own}.{storms} Sandbags are"), encoding="utf-8")
    assert indexed(before, built / "long/site-eoc") == [MANY + 1]
    assert indexed(before, built / "long/site-many", most=10) == [1, 6, 8, 10]
    with serving(built / "long") as address:
        yield address


def numbers(page: Page, address: str) -> list[str]:
    page.goto(address)
    settled(page)
    rows = page.locator(".tl-hit__row").all_inner_texts()
    return [found[0] for row in rows if (found := re.search("IB-2026-[0-9]+", row))]


@pytest.mark.parametrize("words", ["storm", "ida storm", "sandbags storm", "storm mill ida"])
def test_what_is_in_the_news_comes_before_the_old_whatever_index_it_is_in(page: Page, long: str, words: str) -> None:
    found = [numbers(page, f"{long}{name}/search/?q={words}") for name in ("site-eoc", "site-many")]
    assert found[0] == found[1]
    assert found[0] == [f"IB-2026-1{at}" for at in (20, 21, 22, 23)] + ["IB-2026-103"]
    page.requested = []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("storm", 5),
        ("ida storm", 5),
        ('"storm ida"', 5),
        ('"came storm"', 4),
        ("sandb", 24),
        ("0001q03", 1),
        ("nothing", 0),
    ],
)
def test_several_indexes_find_what_one_finds(page: Page, long: str, words: str, count: int) -> None:
    shown = []
    for name in ("site-eoc", "site-many"):
        page.goto(f"{long}{name}/search/?q={words}")
        settled(page, f"{count} result" if count else "No results")
        shown.append(sorted(page.locator(".tl-hit__row").all_inner_texts()))
        assert len(shown[-1]) == min(count, 10)
    assert shown[0] == shown[1] or count > len(shown[0])  # of many that are alike any may come first
    page.requested = []  # type: ignore[attr-defined]


def test_the_newest_come_first_from_all_indexes(page: Page, long: str) -> None:
    for query in ("?q=sandbags&sort=newest", "?hazard=Flood"):
        assert numbers(page, f"{long}site-many/search/{query}") == [f"IB-2026-1{at}" for at in range(23, 13, -1)]
        page.get_by_role("button", name="Show more results").click()
        page.wait_for_function("() => document.querySelectorAll('.tl-hit').length == 20")
    page.requested = []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("asked", "filters"),
    [("search/?hazard=Flood", 7), ("?", 0), ("search/?q=storm", 7), ("2026/ib-2026-103/?number", 1)],
)
def test_only_what_is_needed_of_an_index_is_fetched(page: Page, long: str, asked: str, filters: int) -> None:
    site = f"{long}site-many/"
    page.goto(f"{site}{asked}")
    if "search" not in asked:
        page.locator("#tl-q").fill("IB-2026-103" if filters else "storm")
        page.clock.run_for(500)
        page.wait_for_selector(".tl-search__panel .tl-hit")
    page.wait_for_load_state("networkidle")
    fetched = of_pagefind(page)
    of_filters = {url for url in fetched if "/pagefind/filter/" in url}
    parts = {url for url in fetched if "/pagefind/index/" in url}
    assert len(of_filters) <= filters
    assert 0 < len(parts) <= 4  # one of each index
    page.requested = []  # type: ignore[attr-defined]


def test_no_results_are_said_with_what_to_do(page: Page, site: str) -> None:
    page.goto(f"{site}search/?q=heron&hazard=Flood")
    settled(page, "No results")
    said = page.locator(".tl-find__results").inner_text()
    assert "No results for “heron” with these filters." in said
    for words in ("spelling", "Take filters away", "Browse by hazard", "Liaison desk, 555-0100"):
        assert words in said


def test_single_keys_can_be_turned_off(page: Page, site: str) -> None:
    page.goto(f"{site}search/")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.goto(site)
    page.keyboard.press("/")
    assert focused(page) != "tl-q"
    page.keyboard.press("Control+k")
    assert focused(page) == "tl-q"


def test_nothing_of_search_is_fetched_by_reading(page: Page, site: str) -> None:
    for place in ("", "2026/ib-2026-014/", "search/", "bulletins/"):
        page.goto(site + place, wait_until="networkidle")
        for _ in range(6):
            page.keyboard.press("Tab")
    assert of_pagefind(page) == []


def test_a_browser_without_webassembly_is_told_where_to_go(browser: Browser, site: str) -> None:
    context = browser.new_context()
    context.add_init_script("delete window.WebAssembly")
    page = context.new_page()
    page.goto(f"{site}search/?q=levee")
    page.wait_for_function("document.querySelector('[data-tl=status]').textContent.startsWith('Search cannot run')")
    assert page.locator("[data-tl=status]").inner_text() == "Search cannot run in this browser. Use All bulletins."
    page.goto(site)
    page.locator("#tl-q").fill("levee")
    page.wait_for_selector(".tl-search__note a")
    assert page.locator(".tl-search__note").inner_text() == "Search cannot run in this browser. Use All bulletins."
    context.close()


def test_without_an_index_search_says_so(browser: Browser, built: Path, site: str) -> None:
    context = browser.new_context()
    context.route("**/pagefind/**", lambda route: route.fulfill(status=404))
    page = context.new_page()
    page.goto(f"{site}search/?q=levee")
    page.locator("[data-tl=status]", has_text="not available").wait_for(state="attached")
    assert "A preview of the site has none. Use All bulletins." in page.locator("[data-tl=status]").inner_text()
    context.close()


def test_without_script_search_says_so(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}search/")
    assert page.locator(".tl-find__off").inner_text() == "Search needs script. Use All bulletins."
    assert page.locator(".tl-find").is_hidden()
    page.goto(site)
    assert page.locator("#tl-q").is_hidden()
    context.close()


@pytest.mark.parametrize("width", [320, 375, 1200])
def test_what_can_be_touched_is_large_enough(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site}search/?q=levee&hazard=Flood")
    settled(page, "2 results")
    if page.locator("[data-tl=filters]").get_attribute("open") is None:
        page.locator("[data-tl=filters] summary").click()
    small = page.eval_on_selector_all(
        ".tl-find :is(input[type=search], button, select, label.tl-tick, summary, input[type=date])",
        "all => all.filter(one => one.checkVisibility()).filter(one => one.getBoundingClientRect().height < 43.9).map(one => one.outerHTML)",
    )
    assert small == []
    fits(page, width)


def test_two_builds_are_the_same_bytes(built: Path, tmp_path: Path) -> None:
    other = make_site(tmp_path / "elsewhere" / "deeper", dict(reversed(SOURCES.items()))).parent
    assert tearline("build", cwd=other, SOURCE_DATE_EPOCH=BUILT).code == 0
    for edition in ("site-eoc", "site-full"):
        one, two = (files(root / edition) for root in (built, other))
        assert one == two
        assert sum(name.startswith("pagefind/") for name in one) > 10


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
