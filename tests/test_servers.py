"""The sample site under real web servers, with the very files of ``deploy/``: passwords, headers, and a browser."""

from __future__ import annotations

import base64
import shutil
import ssl
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error

from servers import PROGRAMS, USER, readable, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
SAID = {
    "Content-Security-Policy": CSP,
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
AGAIN = "private, no-cache"
KEPT = "private, max-age=31536000, immutable"
# Files that the sample lacks, as search and the offline copy bring them.
PLANTED = (
    "pagefind/wasm.en.pagefind",
    "pagefind/a.wasm",
    "pagefind/index/en_1.pf_index",
    "pagefind/en.pf_meta",
    "a.zip",
)
TYPES = {
    "": ("text/html; charset=utf-8", AGAIN),
    "2026/ib-2026-027/": ("text/html; charset=utf-8", AGAIN),
    "2026/ib-2026-027/message.txt": ("text/plain; charset=utf-8", AGAIN),
    "feed.xml": ("application/atom+xml; charset=utf-8", AGAIN),
    "browse/hazard/flood/feed.json": ("application/feed+json; charset=utf-8", AGAIN),
    "messages.json": ("application/json; charset=utf-8", AGAIN),
    "sitemap.xml": ("application/xml; charset=utf-8", AGAIN),
    "assets/stylesheets/tearline.css": ("text/css; charset=utf-8", AGAIN),
    "assets/images/favicon.svg": ("image/svg+xml; charset=utf-8", AGAIN),
    "assets/fonts/public-sans-latin-wght-normal.woff2": ("font/woff2", AGAIN),
    "assets/javascripts/bundle.*.min.js": ("text/javascript; charset=utf-8", KEPT),
    "assets/stylesheets/main.*.min.css": ("text/css; charset=utf-8", KEPT),
    "assets/????????????????????.png": ("image/png", KEPT),
    "pagefind/a.wasm": ("application/wasm", AGAIN),
    "pagefind/wasm.en.pagefind": ("application/octet-stream", AGAIN),
    "pagefind/index/en_1.pf_index": ("application/octet-stream", AGAIN),
    "pagefind/en.pf_meta": ("application/octet-stream", AGAIN),
    "a.zip": ("application/zip", AGAIN),
}
HIDDEN = (".git/config", "2026/.hidden", ".site-eoc.tearline/previous/index.html", "site-eoc.manifest.json", "none/")


@dataclass(frozen=True)
class Served:
    """Both editions on a server: addresses by edition, and the folder that the EOC edition is served from."""

    addresses: Mapping[str, str]
    folder: Path

    def get(self, path: str, user: str = USER, word: str = "eoc", site: str = "eoc") -> tuple[int, Message, bytes]:
        """Status, headers and body of an answer."""
        asked = urllib.request.Request(self.addresses[site] + path, headers={"Accept-Encoding": "gzip"})  # noqa: S310
        if user:
            asked.add_header("Authorization", f"Basic {base64.b64encode(f'{user}:{word}'.encode()).decode()}")
        context = ssl._create_unverified_context()  # noqa: S323 - the certificate is the test's own
        try:
            with urllib.request.urlopen(asked, context=context) as answer:  # noqa: S310
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers, refused.read()


@pytest.fixture(scope="module", params=sorted(PROGRAMS))
def served(request: pytest.FixtureRequest, sample_sites: Path) -> Iterator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="served-"))  # where the server's own user can read
    try:
        readable(folder, sample_sites)
        for name in (*PLANTED, *HIDDEN[:-1]):
            path = folder / "site-eoc" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"planted")
        with serving(request.param, folder) as addresses:
            yield Served(addresses, folder / "site-eoc")
    finally:
        shutil.rmtree(folder)


def test_each_edition_wants_its_own_password(served: Served) -> None:
    for path in ("", "feed.xml", "messages.json", "2026/ib-2026-027/message.txt", "assets/images/logo.svg"):
        assert served.get(path, user="")[0] == 401
        assert served.get(path, word="full")[0] == 401
        assert served.get(path)[0] == 200
    assert served.get("", word="eoc", site="full")[0] == 401
    assert served.get("", word="full", site="full")[0] == 200


@pytest.mark.parametrize("name", TYPES)
def test_every_kind_of_file_has_its_type_and_headers(served: Served, name: str) -> None:
    path = next(served.folder.glob(name)).relative_to(served.folder).as_posix() if "*" in name or "?" in name else name
    status, told, _ = served.get(path)
    assert status == 200
    assert (told["Content-Type"], told["Cache-Control"]) == TYPES[name]
    assert {key: told.get_all(key) for key in SAID} == {key: [value] for key, value in SAID.items()}
    assert told.get_all("Cache-Control") == [TYPES[name][1]]


def test_texts_are_compressed(served: Served) -> None:
    for path in ("", "feed.xml", "assets/stylesheets/tearline.css", "messages.json"):
        assert served.get(path)[1]["Content-Encoding"] == "gzip"
    assert served.get("sitemap.xml.gz")[1]["Content-Encoding"] is None


@pytest.mark.parametrize("path", HIDDEN)
def test_what_is_hidden_is_not_there(served: Served, path: str) -> None:
    status, told, body = served.get(path)
    assert (status, told["Cache-Control"]) == (404, AGAIN)
    assert b"planted" not in body
    assert {key: told[key] for key in SAID} == SAID


def test_a_browser_without_a_password_sees_nothing(served: Served, browser: Browser) -> None:
    with browser.new_context(ignore_https_errors=True) as context:
        page = context.new_page()
        answers: list[int] = []
        page.on("response", lambda response: answers.append(response.status))
        with pytest.raises(Error, match="ERR_INVALID_AUTH_CREDENTIALS"):
            page.goto(served.addresses["eoc"] + "bulletins/")
        assert answers == [401]


def test_the_site_works_in_a_browser(served: Served, browser: Browser) -> None:
    home = served.addresses["eoc"]
    said: list[str] = []
    asked: list[str] = []
    credentials = {"username": USER, "password": "eoc"}
    with browser.new_context(ignore_https_errors=True, http_credentials=credentials) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.text} {message.location['url']}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(home, wait_until="networkidle")
        page.locator("main a[href*='2026/ib-2026-'], #tl-main a[href*='2026/ib-2026-']").first.click()
        page.wait_for_load_state("networkidle")
        assert "/2026/ib-2026-" in page.url
        page.goto(f"{home}browse/", wait_until="networkidle")
        page.get_by_role("link", name="Flood", exact=True).click()
        page.wait_for_load_state("networkidle")
        assert page.url == f"{home}browse/hazard/flood/"
        assert page.locator("link[type='application/atom+xml']").get_attribute("href") == "feed.xml"
        page.get_by_role("link", name="JSON Feed").click()
        page.wait_for_load_state()
        page.goto(f"{home}2026/ib-2026-027/message.html", wait_until="networkidle")
        assert page.locator("h1").inner_text().startswith("(U)")
        assert said == []
        missing = page.goto(f"{home}2026/ib-2026-999/", wait_until="networkidle")
        assert missing is not None
        assert missing.status == 404
        assert "There is no page here" in page.inner_text("h1")
        assert "tearline.css" in " ".join(asked)
        assert [url for url in asked if "sitemap" in url or "favicon.ico" in url] == []
        assert [url for url in asked if not url.startswith((home, "data:"))] == []
        assert [text for text in said if "404" not in text] == []  # the browser itself tells of the missing page
