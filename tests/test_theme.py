"""The theme on small staged trees: what stands on a page, what never does, and that nothing in a value becomes markup."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from mkdocs.commands.build import build
from mkdocs.config import load_config

OVERRIDES = Path(__file__).resolve().parents[1] / "overrides"
HOSTILE = "\"'></title></style></script><tl-evil a='\" onload=x>{{ 7 * 7 }}&lt;"
SITE = {
    "edition": "eoc",
    "agency": "Example Agency",
    "banner": "UNCLASSIFIED//FOUO",
    "banner_spoken": "Unclassified, for official use only",
    "banner_style": "fouo",
}
BULLETIN: dict[str, Any] = {
    "kind": "bulletin",
    "edition": "eoc",
    "banner": "CUI",
    "banner_spoken": "Controlled unclassified information",
    "banner_style": "cui",
    "marks": [{"mark": "U", "style": "u", "spoken": "Unclassified", "sharing": "Share with partners."}],
    "notices": ["A notice."],
    "designation": {"controlled_by": "Unit", "category": "LEI", "dissemination": "FEDCON", "contact": "Desk"},
    "withheld": True,
    "withheld_sentence": "This copy leaves out some details.",
    "id": "IB-2026-014",
    "facts": [
        {"label": "What to do", "value": "Call.", "mark": "U"},
        {"label": "Other", "value": "x", "mark": "U//NF"},
    ],
    "state": "in-effect",
    "state_text": "In effect until 18:00 EST",
    "priority": "urgent",
    "product": {"slug": "bulletin", "label": "Bulletin"},
    "supersedes": [{"id": "IB-2026-009", "url": "2026/ib-2026-009/"}],
    "superseded_by": [{"id": "IB-2026-019", "url": "2026/ib-2026-019/"}],
    "related": [{"id": "IB-2026-011", "url": "2026/ib-2026-011/"}],
    "sharing": "Share with emergency managers.",
    "contact": {"mark": "U", "text": "Desk, 555-0100"},
    "feedback": {"useful": "mailto:desk@example.org?subject=a", "more": "mailto:desk@example.org?subject=b"},
    "exercise": "EXERCISE EXERCISE EXERCISE",
}
BODY = "# (U) Title\n\n## (U) One\n\n(U) Words.\n\n## (U) Two\n\n(U) Words.\n"


def site(root: Path, pages: dict[str, tuple[dict[str, Any], str]], **config: Any) -> Path:
    """Build ``{path: (front matter, body)}`` with the theme; the folder of the built site."""
    for path, (meta, body) in pages.items():
        target = root / "docs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        front = f"---\n{yaml.safe_dump(meta)}---\n" if meta else ""
        target.write_text(front + body, encoding="utf-8")
    palette = [
        {"media": f"(prefers-color-scheme: {media})", "scheme": scheme, "primary": "custom", "accent": "custom"}
        | {"toggle": {"icon": "material/weather-night", "name": name}}
        for media, scheme, name in (("light", "default", "Dark display"), ("dark", "slate", "Light display"))
    ]
    settings = {
        "site_name": "Example Center",
        "theme": {"name": "material", "custom_dir": str(OVERRIDES), "font": False, "palette": palette},
        "extra": {"generator": False, "tearline": SITE},
        "plugins": [],
        "markdown_extensions": ["toc", "admonition", {"tearline.chips": {"system": "fouo-les"}}],
    } | config
    (root / "mkdocs.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    build(load_config(str(root / "mkdocs.yml")))
    return root / "site"


def page(folder: Path, name: str = "index.html") -> BeautifulSoup:
    """One built page."""
    return BeautifulSoup((folder / name).read_text(encoding="utf-8"), "lxml")


def hostile(value: Any) -> Any:
    """The same shape with every text replaced; class-choosing and link values keep the prefix that lets them through."""
    if isinstance(value, dict):
        return {key: hostile(each) for key, each in value.items()}
    if isinstance(value, list):
        return [hostile(each) for each in value]
    if isinstance(value, str):
        return f"mailto:{HOSTILE}" if value.startswith("mailto:") else HOSTILE
    return value


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bulletin as home page, a page of a section, and a page without any metadata."""
    pages: dict[str, tuple[dict[str, Any], str]] = {
        "index.md": ({"title": "Title", "tearline": BULLETIN}, BODY),
        "guides/marks.md": ({"title": "Marks & more", "tearline": {"kind": "page"}}, "# Marks\n\nWords.\n"),
        "plain.md": ({}, "Words.\n"),
    }
    return site(tmp_path_factory.mktemp("theme"), pages)


@pytest.mark.parametrize(
    ("name", "banner", "style"),
    [
        ("index.html", "CUI", "cui"),
        ("guides/marks/index.html", "UNCLASSIFIED//FOUO", "fouo"),
        ("plain/index.html", "UNCLASSIFIED//FOUO", "fouo"),
        ("404.html", "UNCLASSIFIED//FOUO", "fouo"),
    ],
)
def test_every_page_has_its_marking_at_both_ends_in_metadata_and_on_every_sheet(
    built: Path, name: str, banner: str, style: str
) -> None:
    soup = page(built, name)
    bars = soup.select("body > .tl-bar")
    assert [bar.select_one("[aria-hidden]").text for bar in bars] == [banner, banner]  # type: ignore[union-attr]
    assert all(f"tl-bar--{style}" in bar["class"] for bar in bars)
    assert soup.select_one("meta[name=marking]")["content"] == banner  # type: ignore[index]
    sheet = soup.select_one("style[media=print]").text  # type: ignore[union-attr]
    assert sheet.count(f'content: "{banner}";') == 2
    spoken = [bar.select_one(".tl-vh").text for bar in bars]  # type: ignore[union-attr]
    assert spoken[0].startswith("Page marking: ")
    assert spoken[1].startswith("End of page. Marking: ")


def test_page_without_any_marking_says_so(tmp_path: Path) -> None:
    soup = page(site(tmp_path, {"index.md": ({}, "Words.\n")}, extra={"generator": False}))
    assert soup.select_one("meta[name=marking]")["content"] == "MARKING MISSING: DO NOT SHARE"  # type: ignore[index]


def test_bulletin_shows_what_its_metadata_holds(built: Path) -> None:
    soup = page(built)
    words = soup.select_one("#tl-main").get_text(" ", strip=True)  # type: ignore[union-attr]
    for expected in (
        "In effect until 18:00 EST",
        "IB-2026-014 · Bulletin",
        "This copy leaves out some details.",
        "Share with emergency managers.",
        "Use instead: IB-2026-019",
        "Controlled by Unit",
        "POC Desk",
    ):
        assert expected in words
    assert [dt.text for dt in soup.select(".tl-facts dt")] == ["What to do", "Other", "Contact", "Replaces"]
    assert soup.select_one(".tl-facts .tl-mark--u [aria-hidden]").text == "(U)"  # type: ignore[union-attr]
    assert [a["href"] for a in soup.select(".tl-end a")] == [
        "2026/ib-2026-011/",
        "mailto:desk@example.org?subject=a",
        "mailto:desk@example.org?subject=b",
    ]
    assert [a.text for a in soup.select(".tl-toc a")] == ["(U) One", "(U) Two"]
    assert len(soup.select("h1")) == 1


def test_absent_keys_leave_nothing(built: Path) -> None:
    soup = page(built, "guides/marks/index.html")
    for part in ("state", "id", "facts", "share", "handling", "legend", "toc", "end", "feedback", "exercise"):
        assert soup.select(f".tl-{part}") == []


def test_no_value_becomes_markup(tmp_path: Path) -> None:
    meta = {"title": HOSTILE, "description": HOSTILE, "tearline": hostile(BULLETIN)}
    keys = {key: BULLETIN[key] for key in ("kind", "state", "priority")}
    pages: dict[str, tuple[dict[str, Any], str]] = {
        "index.md": (meta, BODY),
        "guides/one.md": ({"title": HOSTILE, "tearline": hostile(BULLETIN) | keys}, "Words.\n"),
        "guides/two.md": ({"title": HOSTILE}, "# A & B <c>\n"),
    }
    values = {"site_name": HOSTILE, "copyright": HOSTILE}
    folder = site(tmp_path, pages, extra={"generator": False, "tearline": hostile(SITE)}, **values)
    checked = [*folder.rglob("*.html")]
    assert len(checked) == 4
    for path in checked:
        text = path.read_text(encoding="utf-8")
        soup = BeautifulSoup(text, "html.parser")
        assert "<tl-evil" not in text
        assert soup.select("[onload], tl-evil") == []
        assert "{{ 7 * 7 }}" in text
        assert all("tl-evil" not in script.text for script in soup.select("script"))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://example.net/x", "//example.net/x", "/etc", "\\\\host\\x"]
)
def test_link_between_bulletins_stays_on_the_site(tmp_path: Path, url: str) -> None:
    meta = {"tearline": {"kind": "bulletin", "related": [{"id": "IB-2026-001", "url": url}], "feedback": {"more": url}}}
    soup = page(site(tmp_path, {"index.md": (meta, "# T\n")}))
    assert soup.select(".tl-end a") == []
    assert "IB-2026-001" in soup.select_one(".tl-end").text  # type: ignore[union-attr]


def test_nothing_is_loaded_from_elsewhere_and_nothing_tells_of_the_generator(built: Path) -> None:
    pages = [*built.rglob("*.html")]
    assert pages
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://(?!www\.w3\.org/)", text), path
        assert "generator" not in text
        soup = BeautifulSoup(text, "lxml")
        assert soup.select("link[rel=prev], link[rel=next], link[rel=canonical], form[name=search], .md-source") == []
        assert soup.select_one("meta[name=robots]")["content"] == "noindex"  # type: ignore[index]
        assert soup.select_one("meta[name=referrer]")["content"] == "no-referrer"  # type: ignore[index]
    css = (built / "assets/stylesheets/tearline.css").read_text(encoding="utf-8")
    assert re.findall(r"url\(([^)]*)\)", css) == ['"../fonts/public-sans-latin-wght-normal.woff2"']
    assert (built / "assets/fonts/public-sans-OFL.txt").is_file()


def test_skip_link_is_first_and_has_its_target(built: Path) -> None:
    for name in ("index.html", "plain/index.html", "404.html"):
        soup = page(built, name)
        first = soup.select("body a")[0]
        own = first if "tl-skip" in first["class"] else soup.select("body a")[1]
        assert own["href"] == "#tl-main"
        assert soup.select_one("#tl-main") is not None
