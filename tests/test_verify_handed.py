"""Feeds and messages under the verifier: what is planted in them, taken from them or put beside them is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from leaks import PHRASE
from sites import CONFIGURATION, bulletin, make_site, tearline
from tearline.findings import Finding, report
from tearline.verify import Question, read_settings, verify

SITE = CONFIGURATION.replace(
    "audience: sltt\n", "audience: sltt\n          site_url: https://eoc.example.org/\n"
).replace("full: {", "full: {site_url: https://full.example.org/, ")
BODY = f"(U) Anglers reported strangers.\n\n(U//LES) We know that {PHRASE} on Tuesday.\n"
SOURCES = {
    "a.md": bulletin(
        "IB-2026-001",
        BODY,
        'action: "(U//FOUO) Stay away"',
        "hazards: [flood]",
        "date: 2026-11-01",
        "priority: urgent",
        'summary: "(U) Anglers were asked."',
        "revised:",
        '  - {at: 2026-11-02 06:00 EST, change: "(U) Added the weir."}',
        '  - {at: 2026-11-03 06:00 EST, change: "(U//LES) Added the boathouse arrests."}',
    ),
    "b.md": bulletin("IB-2026-002", "(U) Boats moved upstream overnight.", title="(U) Second"),
    "c.md": bulletin("IB-2026-003", "(U) Wrong.", "recalled: 2026-11-20", title="(U) Third"),
}
MESSAGE = "2026/ib-2026-001/message"
FEED = "browse/hazard/flood/feed"
TEXTS = ("feed.xml", "feed.json", f"{FEED}.xml", f"{FEED}.json", f"{MESSAGE}.txt", f"{MESSAGE}.html", "messages.json")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_site(tmp_path_factory.mktemp("handed") / "site", SOURCES, SITE).parent
    for arguments in (["build"], ["stage", "--edition", "eoc", "--out", "stage"]):
        ran = tearline(*arguments, cwd=root)
        assert ran.code == 0, ran.said
    return root


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    """A copy of the root: site, stage and all."""
    return shutil.copytree(built, tmp_path / "root")


def found(root: Path, *, stage: bool = True) -> list[Finding]:
    settings = read_settings(root / "mkdocs.yml", "eoc")
    staged = root / "stage" if stage else None
    return verify(Question(root / "site-eoc", settings, staged, root / "site-full", jobs=1, name="site-eoc")).findings


def told(root: Path, name: str, *, stage: bool = True) -> set[str]:
    """The rules that are broken in one file."""
    return {one.rule.name for one in found(root, stage=stage) if one.place.path == f"site-eoc/{name}"}


def changed(root: Path, name: str, old: str, new: str, *folders: str) -> None:
    """Replace words of a file of the site, and of the stage too: a program of the build that errs does both."""
    for folder in folders or ("site-eoc", "stage/docs"):
        path = root / folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, text
        path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_site_is_silent_with_and_without_its_stage(built: Path) -> None:
    assert report(found(built)) == ""
    assert report(found(built, stage=False)) == ""
    for name in TEXTS:
        assert (built / "site-eoc" / name).read_bytes() == (built / "stage/docs" / name).read_bytes()


@pytest.mark.parametrize("name", TEXTS)
def test_withheld_words_are_found(site: Path, name: str) -> None:
    changed(site, name, "A title", PHRASE)
    assert "withheld-words" in told(site, name)


@pytest.mark.parametrize("name", TEXTS)
def test_a_mark_above_the_ceiling_is_found(site: Path, name: str) -> None:
    changed(site, name, "(U) A title", "(U//LES) A title")
    assert "mark-above-ceiling" in told(site, name)


@pytest.mark.parametrize("name", TEXTS)
def test_common_words_are_found_that_nothing_explains(site: Path, name: str) -> None:
    changed(site, name, "A title", "A Tuesday title")
    assert "unexplained-words" in told(site, name)


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "messages.json"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Added the weir", "Added the boathouse arrests"),
        ("Added the weir", "Added the Tuesday weir"),
        ("Mon 2 November 2026, 06:00", "Tue 3 November 2026, 06:00"),
        ("Sun 1 November 2026", "Sun 8 November 2026"),
        ("Anglers were asked", "Boats were asked"),
    ],
)
def test_another_change_date_or_summary_than_the_pages_is_found(site: Path, name: str, old: str, new: str) -> None:
    changed(site, name, old, new)
    assert told(site, name) & {"unexplained-words", "withheld-words"}


@pytest.mark.parametrize("name", TEXTS)
def test_words_of_another_bulletin_are_found(site: Path, name: str) -> None:
    changed(site, name, "A title", "A title. Boats moved upstream")
    assert "unexplained-words" in told(site, name)


@pytest.mark.parametrize("name", TEXTS)
def test_a_changed_file_a_missing_and_another_one_are_found(site: Path, name: str) -> None:
    path = site / "site-eoc" / name
    path.write_bytes(path.read_bytes() + b" ")
    assert "unexpected-file" in told(site, name)
    path.unlink()
    assert told(site, name) == {"missing-file"}
    shutil.copy(site / "stage/docs" / name, path)
    other = name.replace("flood", "flooded").replace("message.", "massage.").replace("messages", "massages")
    other = other if other != name else f"guides/{name}"
    (site / "site-eoc" / other).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, site / "site-eoc" / other)
    assert "unexpected-file" in told(site, other)


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "messages.json"])
def test_an_entry_without_its_pages_banner_is_found(site: Path, name: str) -> None:
    changed(site, name, "UNCLASSIFIED//FOUO", "UNCLASSIFIED")
    assert told(site, name) == {"banner-missing"}


@pytest.mark.parametrize("name", [f"{MESSAGE}.txt", f"{MESSAGE}.html"])
def test_a_message_that_does_not_end_with_its_banner_is_found(site: Path, name: str) -> None:
    for folder in ("site-eoc", "stage/docs"):
        path = site / folder / name
        head, _, tail = path.read_text(encoding="utf-8").rpartition("UNCLASSIFIED//FOUO")
        path.write_text(f"{head}{tail}", encoding="utf-8")
    assert told(site, name) == {"banner-missing"}


@pytest.mark.parametrize("name", ["feed.xml", "feed.json", f"{FEED}.json"])
def test_an_entry_that_leads_nowhere_is_found(site: Path, name: str) -> None:
    changed(site, name, "ib-2026-001/", "ib-2026-009/")
    assert "broken-link" in told(site, name)


def test_a_link_to_the_other_edition_is_found(site: Path) -> None:
    for name in ("feed.xml", f"{MESSAGE}.html"):
        changed(site, name, "https://eoc.example.org/2026/", "https://full.example.org/2026/")
        assert "forbidden-link" in told(site, name)


def test_a_feed_that_cannot_be_taken_apart_is_found(site: Path) -> None:
    changed(site, "feed.json", '"items"', '"item"')
    assert "banner-missing" in told(site, "feed.json")
    changed(site, "feed.xml", "<entry>", "<entry >")
    assert "banner-missing" in told(site, "feed.xml")
