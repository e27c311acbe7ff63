"""An offline copy as somebody has it who was handed a USB stick: unpacked, opened from the disk, no server."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from served import fits
from sites import NOON, ROOT, once, tearline

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MADE = dt.datetime.fromtimestamp(int(NOON), dt.UTC)
PHONE = {"width": 360, "height": 740}
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
STICK = "EOC stick #1 (März)"
OVER = "This offline copy is out of date: its time ended on Thu 26 November 2026, 07:00 EST."


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the unpacked sample site, in a folder with a name that needs escaping."""

    def make(out: Path) -> None:
        ran = tearline("bundle", "--edition", "eoc", "--out", out, cwd=ROOT)
        assert ran.code == 0, ran.said
        with zipfile.ZipFile(out / "site-eoc-offline.zip") as archive:
            archive.extractall(out / STICK)

    return (once(tmp_path_factory, "sample-bundle", make) / STICK / "site-eoc-offline").as_uri()


@pytest.fixture
def page(browser: Browser, root: str) -> Iterator[Page]:
    """A page that asks for nothing but files that are there, and complains of nothing."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.clock.set_fixed_time(MADE + dt.timedelta(hours=1))
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda one: None if one.url.startswith(root) else complaints.append(one.url))
    page.on(
        "requestfailed",
        lambda one: complaints.append(f"{one.url}: {one.failure}") if one.failure != "net::ERR_ABORTED" else None,
    )
    yield page
    context.close()
    assert complaints == []


def results(page: Page) -> list[str]:
    """What the search page found, once it has found it."""
    page.locator(".tl-find__list .tl-hit").first.wait_for()
    return page.locator(".tl-find__list .tl-hit__title a").all_inner_texts()


def test_from_the_front_page_to_a_bulletin_and_through_the_listings(page: Page, root: str) -> None:
    page.goto(f"{root}/index.html")
    assert (
        page.locator("[data-tl-copy]").inner_text().startswith("Offline copy, made on Mon 23 November 2026, 07:00 EST")
    )
    page.locator(".tl-alert a").first.click()
    page.wait_for_url(re.compile(r"/2026/ib-2026-\d+/index\.html$"))
    assert page.locator(".tl-bar").first.is_visible()
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Public Sans\"'))")
    page.get_by_role("navigation", name="Site", exact=True).get_by_role("link", name="Browse").click()
    page.wait_for_url("**/browse/index.html")
    page.locator(".tl-body a", has_text="Flood").first.click()
    page.wait_for_url("**/browse/hazard/flood/index.html")
    page.locator(".tl-rows:not(.tl-rows--recalled) a").first.click()
    page.wait_for_url("**/ib-*/index.html")
    page.locator(".tl-brand").click()
    page.wait_for_url(f"{root}/index.html")


def test_search_finds_narrows_sorts_and_leads_to_pages(page: Page, root: str) -> None:
    page.goto(f"{root}/2026/ib-2026-014/index.html")
    assert page.evaluate("typeof MiniSearch") == "undefined"
    page.keyboard.press("/")
    page.keyboard.type("floods")
    page.locator(".tl-search__panel .tl-hit").first.wait_for()
    assert "flood" in page.locator(".tl-search__panel .tl-hit").first.inner_text().lower()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/index.html?q=floods")
    all_of = results(page)
    count = page.locator("[data-tl=status]").inner_text()
    page.locator("input[name=hazard][value=Flood]").check()
    page.wait_for_function("was => document.querySelector('[data-tl=status]').textContent !== was", arg=count)
    few = results(page)
    assert 0 < len(few) < len(all_of) or int(count.split()[0]) > len(all_of)
    assert parse_qs(urlsplit(page.url).query) == {"q": ["floods"], "hazard": ["Flood"]}
    page.locator("#tl-sort").select_option("newest")
    page.wait_for_url("**sort=newest*")
    page.wait_for_timeout(300)
    rows = page.locator(".tl-find__list .tl-hit__row").all_inner_texts()
    days = [re.search(r"\d{1,2} [A-Z][a-z]+ \d{4}", row) for row in rows]
    dates = [dt.datetime.strptime(day[0].replace("Sept", "Sep"), "%d %b %Y") for day in days if day]  # noqa: DTZ007
    assert len(dates) > 2
    assert dates == sorted(dates, reverse=True)
    page.reload()
    assert len(results(page)) == len(rows)
    page.locator("[data-tl=clear]").click()
    page.locator("#tl-q").fill("water Tamsin")
    page.wait_for_url("**q=water+Tamsin*")
    page.locator("input[name=from]").fill("2026-04-01")
    page.wait_for_url("**from=2026-04-01*")
    results(page)
    page.locator(".tl-find__list a").first.click()
    page.wait_for_url(re.compile(r"/index\.html$"))
    assert page.locator("h1").is_visible()


def test_a_number_goes_straight_to_its_bulletin(page: Page, root: str) -> None:
    for start in ("index.html", "search/index.html"):
        page.goto(f"{root}/{start}")
        page.locator("#tl-q").fill("ib 2026 14")
        page.keyboard.press("Enter")
        page.wait_for_url("**/2026/ib-2026-014/index.html")


def test_the_number_of_a_recalled_bulletin_opens_what_is_said_of_it(page: Page, root: str) -> None:
    page.goto(f"{root}/index.html")
    page.locator("#tl-q").fill("ib-2026-24")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026/ib-2026-024/index.html")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("IB-2026-999", "There is no bulletin IB-2026-999 in this edition."),
        ("ib 2026 8", "There is no bulletin IB-2026-008 in this edition."),  # withheld here
        ("marguerite", "No results for “marguerite”."),
        ("evacuatoin", "No results for “evacuatoin”."),
        ("evacuations", "10 results"),
        ("evacuated", "10 results"),
        ("evac", "10 results"),
    ],
)
def test_words_are_found_as_on_the_served_site(page: Page, root: str, words: str, said: str) -> None:
    page.goto(f"{root}/search/index.html?q={words}")
    page.locator(".tl-find__results", has_text=said).wait_for()
    assert page.locator(".tl-find__list .tl-hit").count() == (10 if "10" in said else 0)


def test_a_search_without_results_leads_on(page: Page, root: str) -> None:
    page.goto(f"{root}/search/index.html?q=xylophonist")
    page.locator("[data-tl=none]").wait_for()
    page.locator("[data-tl=none]").get_by_role("link", name="all bulletins").click()
    page.wait_for_url("**/bulletins/index.html")


def test_without_its_search_files_a_copy_says_so(browser: Browser, root: str) -> None:
    context = browser.new_context()
    context.route("**/search-data.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{root}/search/index.html?q=flood")
    page.get_by_text("files of this copy are missing").wait_for()
    page.locator("[data-tl=status] a").click()
    page.wait_for_url("**/bulletins/index.html")
    context.close()


def test_a_copy_is_loud_when_its_time_is_over(page: Page, root: str) -> None:
    page.goto(f"{root}/index.html")
    line = page.locator(".tl-offline")
    quiet = line.evaluate("one => getComputedStyle(one).backgroundColor")
    assert line.locator("[role=status]").inner_text() == ""
    page.clock.set_fixed_time(MADE + dt.timedelta(hours=72))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert line.locator("[role=status]").inner_text().startswith(OVER)
    assert line.evaluate("one => getComputedStyle(one).backgroundColor") != quiet
    page.emulate_media(media="print")
    assert line.is_visible()
    page.emulate_media(media="screen")
    page.clock.set_fixed_time(MADE - dt.timedelta(days=30))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert "yet to be made" in line.locator("[role=status]").inner_text()


def test_a_text_for_the_log_names_the_copy_and_no_disk(page: Page, root: str) -> None:
    page.goto(f"{root}/2026/ib-2026-014/index.html")
    page.evaluate("navigator.clipboard.writeText = async text => { window.said = text; }")
    page.get_by_role("button", name="Copy for log").click()
    said = page.evaluate("window.said")
    assert "Offline copy, made on Mon 23 November 2026" in said
    assert "file:" not in said


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("hours", [1, 100])
def test_nothing_keeps_anybody_out(page: Page, root: str, scheme: Literal["light", "dark"], hours: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.clock.set_fixed_time(MADE + dt.timedelta(hours=hours))
    page.goto(f"{root}/index.html")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        fits(page, width)
        found = Axe().run(page, context=".tl-offline", options={"runOnly": list(WCAG), "preload": False})
        assert found.violations_count == 0, found.generate_report()


def test_without_script_everything_is_there_but_search(browser: Browser, root: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{root}/index.html")
    assert "valid until Thu 26 November 2026, 07:00 EST" in page.locator("[data-tl-copy]").inner_text()
    page.locator("summary", has_text="Menu").click()
    page.locator("nav[aria-label='Site menu'] a", has_text="All bulletins").click()
    page.locator(".tl-rows:not(.tl-rows--recalled) a").first.click()
    assert re.search(r"/ib-\d+-\d+/index\.html$", page.url)
    assert len(page.locator(".tl-body").inner_text().split()) > 50
    page.goto(f"{root}/search/index.html")
    assert page.locator(".tl-find__off").inner_text().startswith("Search needs script")
    page.locator(".tl-find__off a").click()
    assert page.url == f"{root}/bulletins/index.html"
    context.close()


def test_the_line_is_on_every_page_of_the_stick(root: str) -> None:
    from urllib.request import url2pathname

    site = Path(url2pathname(urlsplit(root).path))
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 60
    for path in pages:
        assert path.read_text(encoding="utf-8").count('class="tl-offline"') == 1
