"""The built sample site as a reader's browser has it: every kind of page, on screen, on paper, on a phone, without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

from served import fits, serving
from tearline.marking import SYSTEMS, Mark, read_mark

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PHONE = {"width": 360, "height": 740}
RECALLED = re.compile(r"<h1[^>]*>[^<]*was recalled")
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
KINDS = ("home", "bulletin", "urgent", "listing", "browse", "page", "tombstone", "missing")


@dataclass(frozen=True)
class Site:
    """A served edition, and a page of each kind."""

    address: str
    kinds: dict[str, str]


def pages_of(folder: Path) -> dict[str, str]:
    """The address of one page of each kind."""
    bulletins = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("2*/*/index.html"))}
    recalled = [path for path, text in bulletins.items() if RECALLED.search(text)]
    urgent = [path for path, text in bulletins.items() if "tl-state--urgent" in text]
    richest = max(bulletins, key=lambda path: bulletins[path].count("tl-mark"))
    chosen = {"bulletin": richest, "urgent": urgent[0], "tombstone": recalled[0]}
    fixed = {
        "home": "",
        "listing": "bulletins/",
        "browse": "browse/",
        "page": "guides/marks/",
        "missing": "no/such/page/",
    }
    return fixed | {kind: f"{path.parent.relative_to(folder).as_posix()}/" for kind, path in chosen.items()}


@pytest.fixture(scope="module", params=["eoc", "full"])
def site(request: pytest.FixtureRequest, sample_sites: Path) -> Iterator[Site]:
    folder = sample_sites / f"site-{request.param}"
    with serving(folder) as address:
        yield Site(address, pages_of(folder))


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield context
    context.close()


@pytest.fixture(params=KINDS)
def page(request: pytest.FixtureRequest, site: Site, context: BrowserContext) -> Iterator[Page]:
    """A page of each kind, with what it asked for and complained about."""
    page = context.new_page()
    page.requested = []  # type: ignore[attr-defined]
    page.complaints = []  # type: ignore[attr-defined]
    page.on("request", lambda request: page.requested.append(request.url))  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text) if said.type in {"error", "warning"} else None)  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    page.goto(site.address + site.kinds[request.param], wait_until="load")
    yield page
    page.close()


def bars(page: Page) -> list[str]:
    """The banners a reader sees, from top to bottom."""
    seen = page.locator(".tl-bar").filter(visible=True)
    return [text.strip() for text in seen.locator("[aria-hidden=true]").all_inner_texts()]


def marking(page: Page) -> str:
    return page.locator("meta[name=marking]").get_attribute("content") or ""


def test_every_kind_of_page_is_marked_at_both_ends_and_fetches_nothing_from_elsewhere(page: Page, site: Site) -> None:
    assert [address for address in page.requested if not address.startswith(site.address)] == []  # type: ignore[attr-defined]
    complaints = [one for one in page.complaints if "404 (" not in one]  # type: ignore[attr-defined]
    assert complaints == []
    assert marking(page).startswith(("UNCLASSIFIED", "CUI", "TLP"))
    assert bars(page) == [marking(page)] * 2
    top, end = (bar.bounding_box() for bar in page.locator(".tl-bar").all())
    assert top is not None
    assert end is not None
    assert top["y"] == 0
    assert end["y"] > top["y"] + 100
    page.emulate_media(media="print")
    assert bars(page) == [marking(page)] * 2
    assert f'content: "{marking(page)}"' in page.content()
    page.emulate_media(media="screen")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    fits(page, PHONE["width"])
    assert bars(page) == [marking(page)] * 2


def test_marks_are_words_for_the_ear(page: Page) -> None:
    chips = page.locator(".tl-mark").evaluate_all(
        "chips => chips.map(chip => [...chip.children].map(part => [part.className, part.ariaHidden, part.textContent]))"
    )
    for shown, spoken in chips:
        assert shown[:2] == ["", "true"]
        assert re.fullmatch(r"\(.+\)", shown[2])
        assert spoken[:2] == ["tl-vh", None]
        assert re.fullmatch(r"[A-Z][\w,+ -]+\. ?", spoken[2])


def test_every_mark_says_when_pointed_at_whom_to_share_with(page: Page) -> None:
    chips = page.locator(".tl-mark").filter(visible=True)
    told = chips.evaluate_all("chips => chips.map(chip => [chip.firstChild.textContent, chip.title])")
    known = {f"({mark})": mark.sharing for mark in map(a_mark, {shown.strip("()") for shown, _ in told})}
    assert [said for _, said in told] == [known[shown] for shown, _ in told]
    if told:
        chips.last.hover()
        page.locator(".md-tooltip2--active").get_by_text(known[told[-1][0]], exact=True).wait_for()


def a_mark(text: str) -> Mark:
    found = [mark for mark in (read_mark(text, system).mark for system in SYSTEMS) if mark is not None]
    return next(mark for mark in found if str(mark) == text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out(page: Page, scheme: Literal["light", "dark"]) -> None:
    """WCAG 2.2 AA as far as a program can judge, on a desk and at 320 pixels, which is 400 % of 1280."""
    page.emulate_media(color_scheme=scheme)
    for width in (1280, 320) if scheme == "light" else (1280,):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(400)  # what scrolls now is made reachable by scripts that hear of the new size
        found = Axe().run(page, options={"runOnly": list(WCAG), "rules": {"target-size": {"enabled": True}}})
        assert found.violations_count == 0, found.generate_report()
        fits(page, width)


@pytest.mark.parametrize(("kind", "limit"), [("bulletin", 120_000), ("urgent", 120_000), ("home", 150_000)])
def test_a_first_visit_is_light(site: Site, browser: Browser, kind: str, limit: int) -> None:
    """All bytes of a first visit as a server compresses them, fonts included, headers too."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(site.address + site.kinds[kind], wait_until="networkidle")
    context.close()
    assert len(sizes) > 3
    assert 10_000 < sum(sizes) < limit


def test_mail_names_the_id_and_nothing_else(page: Page) -> None:
    for link in page.locator("a[href^=mailto]").all():
        address = unquote(link.get_attribute("href") or "")
        assert re.fullmatch(
            r"mailto:[\w-]+@example\.org(\?subject=(Was IB-\d+-\d+ useful\?|Request for more on IB-\d+-\d+))?", address
        )


def test_there_is_one_heading_of_the_first_rank_and_a_way_past_the_masthead(page: Page) -> None:
    assert page.locator("h1").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"


def test_without_script_everything_is_there(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    for kind in KINDS:
        page.goto(site.address + site.kinds[kind])
        assert bars(page) == [marking(page)] * 2
        assert page.locator("h1").inner_text().strip()
    page.goto(site.address + site.kinds["bulletin"])
    words = page.locator(".tl-body").inner_text()
    assert len(words.split()) > 200
    page.locator("summary", has_text="Menu").click()
    page.locator("nav[aria-label='Site menu'] a", has_text="All bulletins").click()
    assert page.locator(".tl-rows li").count() > 20
    context.close()


def test_the_editions_differ_where_they_should(sample_sites: Path) -> None:
    eoc, full = ({path.name for path in (sample_sites / f"site-{name}").glob("2*/*")} for name in ("eoc", "full"))
    assert eoc < full
