"""Feeds and texts for e-mail: what they say, what they can carry, and that they are the same whatever is withheld."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sites import CONFIGURATION, NOW, ROOT, bulletin, needed, policy_of, trees_of
from tearline.feeds import Channel, feeds
from tearline.items import LIMIT, Item, Items, items
from tearline.messages import message_html, message_text, messages, subject, wrapped
from tearline.policy import Policy
from tearline.presentation import EXERCISE
from tearline.stage import Tree

SITE = CONFIGURATION.replace(
    "audience: sltt\n", "audience: sltt\n          site_url: https://eoc.example.org\n"
).replace("full: {", "full: {site_url: https://full.example.org/all/, ")
DRILL = SITE.replace("agency: Test Center", "agency: Test Center\n      exercise: true")
URGENT = bulletin(
    "IB-2026-001", "(U) Words of the body.\n\n(U//LES) Withheld words.",
    "priority: urgent", "date: 2026-11-20 02:55 EST", "in_effect_until: 2026-12-24", "hazards: [flood, uas]",
    "product: alert", 'summary: "(U) The river rises."', 'action: "(U//FOUO) Clear the low streets."', 'area: "(U) Both banks"',
    "revised:", '  - {at: 2026-11-21 06:00 UTC, change: "(U) A second gauge."}',
    '  - {at: 2026-11-22 06:00 UTC, change: "(U//LES) Arrests."}', title="(U) Crest tonight",
)  # fmt: skip
ENDED = bulletin("IB-2026-003", "(U) Words.", "priority: urgent", "in_effect_until: 2026-10-24", "date: 2026-10-20")
OLD = bulletin("IB-2026-004", "(U) Words.", "date: 2026-10-22")
NEW = bulletin("IB-2026-005", "(U) Words.", "date: 2026-10-23", "supersedes: [IB-2026-004]")
RECALLED = bulletin(
    "IB-2026-006", "(U) Wrong: erred.", "recalled: 2026-11-23", "hazards: [flood]", title="(U) A wrong title"
)
SOURCES = {f"{n}.md": one for n, one in enumerate((URGENT, ENDED, OLD, NEW, RECALLED))}


def texts(root: Path, configuration: str = SITE, edition: str = "eoc", **more: str) -> dict[str, str]:
    sources = {**SOURCES, **{f"{name}.md": source for name, source in more.items()}}
    return trees_of(root, sources, configuration)[edition].texts


def fed(text: str) -> dict[str, Any]:
    """A JSON Feed, after its rules (https://www.jsonfeed.org/version/1.1/)."""
    read: dict[str, Any] = json.loads(text)
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(read["title"], str)
    for key in ("home_page_url", "feed_url"):
        assert read[key].startswith("https://")
    assert [one for one in read["authors"] if not one.keys() & {"name", "url", "avatar"}] == []
    for one in read["items"]:
        assert isinstance(one["id"], str)
        assert one["content_html"]
        assert one["url"].startswith("https://")
        assert all(datetime.fromisoformat(one[key]).tzinfo for key in ("date_published", "date_modified"))
        assert all(isinstance(tag, str) for tag in one.get("tags", []))
        assert not one.keys() - {
            "id",
            "url",
            "title",
            "summary",
            "content_html",
            "date_published",
            "date_modified",
            "tags",
        }
    assert len({one["id"] for one in read["items"]}) == len(read["items"])
    return read


def python_with_feedparser() -> str:
    """A Python that has feedparser. Without one a developer's run skips; a CI run fails."""
    for python in filter(None, [sys.executable, shutil.which("python3", path=os.defpath), "/usr/bin/python3"]):
        if subprocess.run([python, "-c", "import feedparser"], capture_output=True, check=False).returncode == 0:
            return python
    report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    report("needs feedparser: apt-get install python3-feedparser")
    raise AssertionError


def parsed(folder: Path, *feeds: str) -> list[dict[str, Any]]:
    """What feedparser makes of Atom feeds."""
    folder.mkdir(exist_ok=True)
    names = [folder / f"{number}.xml" for number, _ in enumerate(feeds)]
    for name, text in zip(names, feeds, strict=True):
        name.write_text(text, encoding="utf-8")
    command = [python_with_feedparser(), "-W", "ignore", str(ROOT / "tests/feed_reader.py"), *map(str, names)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


# --- what is said -----------------------------------------------------------------------------------------------


def test_a_feed_as_feedparser_reads_it(tmp_path: Path) -> None:
    (read,) = parsed(tmp_path / "feeds", texts(tmp_path / "site", DRILL)["feed.xml"])
    assert (read["bozo"], read["version"]) == (False, "atom10")
    assert read["feed"]["id"] == "https://eoc.example.org/feed.xml"
    assert read["feed"]["title"] == "Test Center, EOC edition"
    assert read["feed"]["subtitle"] == f"UNCLASSIFIED//FOUO. {EXERCISE}"
    assert [one["id"][-12:-1] for one in read["entries"]] == [
        *("ib-2026-006", "ib-2026-001", "ib-2026-005", "ib-2026-004", "ib-2026-003")
    ]
    urgent = read["entries"][1]
    assert urgent["id"] == urgent["link"] == "https://eoc.example.org/2026/ib-2026-001/"
    assert urgent["title"] == "EXERCISE · URGENT · (U) Crest tonight · IB-2026-001"
    assert urgent["published"][:5] == [2026, 11, 20, 7, 55]
    assert urgent["updated"][:5] == [2026, 11, 21, 6, 0]  # not the revision that is withheld
    assert urgent["tags"] == ["Flood", "Uas", "Alert"]
    assert urgent["summary"].startswith(f"UNCLASSIFIED//FOUO · {EXERCISE} · Priority: Urgent · State: In effect until")
    (content,) = urgent["content"]
    assert content.startswith(f"<p><strong>UNCLASSIFIED//FOUO</strong> · IB-2026-001</p>\n<p>{EXERCISE}</p>")
    for words in (
        "(U//FOUO) Clear the low streets.",
        "(U) Both banks",
        "<strong>What is happening:</strong> (U) The river rises.",
        "<strong>Published:</strong> Fri 20 November 2026, 02:55 EST",
        "<strong>Updated Sat 21 November 2026, 06:00 UTC:</strong> (U) A second gauge.",
        'href="https://eoc.example.org/2026/ib-2026-001/"',
    ):
        assert words in content
    assert [one["title"] for one in read["entries"][2:]] == [
        "EXERCISE · (U) A title · IB-2026-005",
        "EXERCISE · REPLACED · (U) A title · IB-2026-004",
        "EXERCISE · ENDED · (U) A title · IB-2026-003",
    ]
    assert 'href="https://eoc.example.org/2026/ib-2026-005/">IB-2026-005</a>' in read["entries"][3]["content"][0]


def test_a_recall_stays_in_every_feed_and_says_nothing_else(tmp_path: Path) -> None:
    made = texts(tmp_path / "site")
    (read,) = parsed(tmp_path / "feeds", made["browse/hazard/flood/feed.xml"])
    recall, _ = read["entries"]
    assert recall["title"] == "RECALLED · do not use · IB-2026-006"
    assert recall["id"] == "https://eoc.example.org/2026/ib-2026-006/"
    assert recall["updated"][:3] == [2026, 11, 23]
    assert "Recalled on Mon 23 November 2026: do not use." in recall["summary"]
    assert "(U) Liaison desk, 555-0100" in recall["content"][0]
    assert recall["tags"] == []
    assert "Recalled on Mon 23 November 2026: do not use." in made["2026/ib-2026-006/message.txt"]
    for words in ("wrong", "Wrong", "erred"):
        assert not [name for name, text in made.items() if words in text]


def test_every_feed_is_sound_in_every_edition_of_the_sample(tmp_path: Path) -> None:
    from tearline.corpus import read_corpus
    from tearline.stage import compose

    policy = policy_of(ROOT / "mkdocs.yml")
    corpus = read_corpus(policy)
    for name, edition in policy.editions.items():
        tree = compose(corpus, policy, NOW)[edition.name]
        atoms = [text for place, text in tree.texts.items() if place.endswith("feed.xml")]
        assert len(atoms) > 20
        for read in parsed(tmp_path / name, *atoms):
            assert not read["bozo"]
            assert len({one["id"] for one in read["entries"]}) == len(read["entries"])
            for one in read["entries"]:
                banner = banner_at(tree, one["id"].removeprefix(edition.site_url))
                assert one["summary"].startswith(f"{banner} · {EXERCISE}")
                assert f"<strong>{html.escape(banner)}</strong>" in one["content"][0]
                assert one["published"]
                assert one["updated"] >= one["published"]
        for place, text in tree.texts.items():
            if place.endswith("feed.json"):
                told = fed(text)
                assert all(EXERCISE in one["content_html"] and EXERCISE in one["summary"] for one in told["items"])


def banner_at(tree: Tree, address: str) -> str:
    """The banner of a page."""
    return str(tree.files[f"{address.rstrip('/')}.md"].told["tearline"]["banner"])


def test_json_and_atom_say_the_same(tmp_path: Path) -> None:
    made = texts(tmp_path / "site", DRILL)
    (read,) = parsed(tmp_path / "feeds", made["feed.xml"])
    told = fed(made["feed.json"])
    for atom, item in zip(read["entries"], told["items"], strict=True):
        assert (atom["id"], atom["title"], atom["content"]) == (item["id"], item["title"], [item["content_html"]])
        assert atom["tags"] == item.get("tags", [])
    assert told["items"][1]["date_modified"] == "2026-11-21T06:00:00Z"


def test_hazards_and_regions_have_feeds_where_there_are_bulletins(tmp_path: Path) -> None:
    made = texts(tmp_path)
    assert sorted(name for name in made if "feed." in name) == [
        "browse/hazard/flood/feed.json",
        "browse/hazard/flood/feed.xml",
        "browse/hazard/uas/feed.json",
        "browse/hazard/uas/feed.xml",
        "feed.json",
        "feed.xml",
    ]
    assert fed(made["browse/hazard/uas/feed.json"])["home_page_url"] == "https://eoc.example.org/browse/hazard/uas/"


def test_each_edition_has_addresses_of_its_own_and_none_are_invented(tmp_path: Path) -> None:
    full = fed(texts(tmp_path / "full", edition="full")["feed.json"])
    assert full["items"][1]["id"] == "https://full.example.org/all/2026/ib-2026-001/"
    assert full["items"][1]["date_modified"] == "2026-11-22T06:00:00Z"
    trees = trees_of(tmp_path / "none", SOURCES)
    made = trees["eoc"].texts
    assert not [name for name in made if "feed." in name]
    assert not [name for name, text in made.items() if "http" in text]
    assert "feed" not in trees["eoc"].files["browse/index.md"].body.lower()
    assert "message.txt" in str(made.keys())


def test_ids_and_dates_are_the_bulletins_own(tmp_path: Path) -> None:
    policy = policy_of(ROOT / "mkdocs.yml")
    from tearline.corpus import read_corpus
    from tearline.stage import compose

    corpus = read_corpus(policy)
    later = datetime.fromisoformat("2027-01-20T12:00:00Z")
    read = [fed(compose(corpus, policy, at)["eoc"].texts["feed.json"]) for at in (NOW, later)]
    dates = [{one["id"]: (one["date_published"], one["date_modified"]) for one in each["items"]} for each in read]
    assert dates[0] == dates[1]


def test_a_feed_and_the_index_hold_a_hundred_of_the_newest(tmp_path: Path) -> None:
    many = {f"b{n}": bulletin(f"IB-2025-{n:03}", "(U) Words.", "hazards: [uas]") for n in range(1, LIMIT + 11)}
    made = texts(tmp_path, **many)
    for name in ("feed.json", "browse/hazard/uas/feed.json"):
        assert len(fed(made[name])["items"]) == LIMIT
    index = json.loads(made["messages.json"])["messages"]
    assert len(index) == LIMIT
    assert [one["id"] for one in index][:2] == ["IB-2026-006", "IB-2026-001"]
    assert len([name for name in made if name.endswith("message.txt")]) == LIMIT + 15


# --- when ---------------------------------------------------------------------------------------------------------

EAST = SITE.replace("agency: Test Center", "agency: Test Center\n      timezone: America/New_York")


def dated(number: int, date: str) -> str:
    return bulletin(f"IB-2026-{number:03}", "(U) Words.", f"date: {date}")


def test_a_date_is_the_first_moment_of_that_day_where_the_site_is(tmp_path: Path) -> None:
    more = {
        "day": dated(501, "2026-11-23"),
        "night": dated(502, "2026-11-22 23:59 EST"),
        "dawn": dated(503, "2026-11-23 00:01 EST"),
        "summer": dated(504, "2026-07-01"),
    }
    made = texts(tmp_path, EAST, **more)
    told = {one["id"][-12:-1]: one["date_published"] for one in fed(made["feed.json"])["items"]}
    assert told["ib-2026-501"] == told["ib-2026-006"] == "2026-11-23T05:00:00Z"
    assert told["ib-2026-504"] == "2026-07-01T04:00:00Z"
    index = json.loads(made["messages.json"])["messages"]
    assert [one["id"] for one in index][:4] == ["IB-2026-503", "IB-2026-501", "IB-2026-006", "IB-2026-502"]
    assert index[1]["updated"] == "2026-11-23T05:00:00Z"


def test_a_feed_did_not_change_after_its_build(tmp_path: Path) -> None:
    at = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    future = dated(701, "2099-01-01")
    made = (
        texts(tmp_path / "some", EAST, future=future),
        trees_of(tmp_path / "alone", {"a.md": future}, EAST)["eoc"].texts,
    )
    changed = [re.findall(r"<updated>([^<]*)", each["feed.xml"])[0] for each in made]
    assert changed == ["2026-11-23T05:00:00Z", at]


def test_what_changed_last_is_said_and_no_withheld_change(tmp_path: Path) -> None:
    revised = bulletin(
        "IB-2026-007", "(U) Words.", "date: 2026-11-20", "revised:",
        '  - {at: 2026-11-22 06:00 UTC, change: "(U) The second."}',
        '  - {at: 2026-11-21, change: "(U) The first."}',
        '  - {at: 2026-11-22 07:00 UTC, change: "(U//LES) A withheld one."}',
    )  # fmt: skip
    hidden = bulletin(
        "IB-2026-008", "(U) Words.", "date: 2026-11-20", "revised:",
        '  - {at: 2026-11-22 07:00 UTC, change: "(U//LES) A withheld one."}',
    )  # fmt: skip
    made = texts(tmp_path, revised=revised, hidden=hidden)
    said = made["2026/ib-2026-007/message.txt"]
    assert "Updated Sun 22 November 2026, 06:00 UTC: (U) The second.\n" in said
    assert "first" not in said
    subjects = {one["id"]: one["subject"] for one in json.loads(made["messages.json"])["messages"]}
    assert subjects["IB-2026-007"] == "[U] UPDATED IB-2026-007 (U) A title"
    assert subjects["IB-2026-008"] == "[U] IB-2026-008 (U) A title"
    assert "Updated" not in made["2026/ib-2026-008/message.txt"] + made["2026/ib-2026-008/message.html"]


# --- what they can carry ----------------------------------------------------------------------------------------

HOSTILE = {
    "]]><script>alert(1)</script>": "]]><script>alert(1)</script>",
    "AT&T &amp; \"quotes\" 'and' <b>": "AT&T &amp; \"quotes\" 'and' <b>",
    "a\x00b\x07c\ud800d\ufffe": "a\ufffdb\ufffdc\ufffdd\ufffd",
    "turned \u202eredrawkcab\u2069": "turned \ufffdredrawkcab\ufffd",
    "فيضان في الوادي": "فيضان في الوادي",
    "👩‍🚒 fire 🌊": "👩‍🚒 fire 🌊",
    "one\r\nBcc: everybody@example.org\u2028two": "one Bcc: everybody@example.org two",
    "long " * 4000: ("long " * 4000).strip(),
    "W" * 5000: "W" * 5000,
}


def hostile(root: Path, words: str) -> tuple[Item, Policy]:
    """An item with words that no source may have."""
    from tearline.corpus import read_corpus
    from tearline.entries import Neighbours
    from tearline.policy import Edition
    from tearline.stage.deciding import Decided

    config = root / "mkdocs.yml"
    if not config.exists():
        trees_of(root, SOURCES, SITE)
    policy = policy_of(config)
    edition: Edition = policy.editions["eoc"]
    entry = Decided(read_corpus(policy), policy, edition).entries["IB-2026-001"]
    shown = replace(entry.released.title, words=words)
    released = replace(entry.released, title=shown, texts={**entry.released.texts, "action": shown})
    among = Neighbours({"IB-2026-001": replace(entry, released=released)}, {}, {}, NOW)
    (item,) = items({}, among, policy, edition)
    return item, policy


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_carried_as_words(tmp_path: Path, words: str) -> None:
    item, policy = hostile(tmp_path / "site", words)
    meant = f"(U) {HOSTILE[words]}"
    handed = Items({item.id: item.updated}, {item.id: item.address}, (), lambda _: item)
    made = feeds(handed, [Channel("", "A & B ]]>")], policy, policy.editions["eoc"], NOW)
    (read,) = parsed(tmp_path / "feeds", made["feed.xml"])
    assert not read["bozo"]
    assert read["entries"][0]["title"] == f"URGENT · {meant} · IB-2026-001"
    told = fed(made["feed.json"])["items"][0]
    assert told["title"] == f"URGENT · {meant} · IB-2026-001"
    for content in (told["content_html"], read["entries"][0]["content"][0]):
        assert f"<strong>What to do:</strong> {html.escape(meant)}</p>" in content
    said = message_text(item, "https://eoc.example.org/")
    assert " ".join(said.split()).count(" ".join(meant.split())) == 2 or "W" * 60 in said
    assert max(len(line.encode()) for line in said.splitlines()) < 998
    page = message_html(item, "https://eoc.example.org/")
    assert max(len(line.encode()) for line in page.splitlines()) < 4000
    assert "<script" not in page
    assert len(subject(item)) < 160
    assert not re.search(r"[\r\n\x00-\x1f\ud800-\udfff]", subject(item))
    for text in (*made.values(), said, page, *messages(handed, policy, policy.editions["eoc"]).values()):
        text.encode("utf-8")


# --- e-mail -----------------------------------------------------------------------------------------------------


def test_a_message_says_what_is_needed_and_nothing_else(tmp_path: Path) -> None:
    made = texts(tmp_path, DRILL)
    assert made["2026/ib-2026-001/message.txt"] == (
        f"UNCLASSIFIED//FOUO\n{EXERCISE}\n\nIB-2026-001\n(U) Crest tonight\n\nPriority: Urgent\n"
        "State: In effect until Thu 24 December 2026. After this time, treat as\nended.\n"
        "Updated Sat 21 November 2026, 06:00 UTC: (U) A second gauge.\n"
        "What is happening: (U) The river rises.\n"
        "What to do: (U//FOUO) Clear the low streets.\nWhere: (U) Both banks\n"
        "Published: Fri 20 November 2026, 02:55 EST\n"
        "Read it: https://eoc.example.org/2026/ib-2026-001/\n\n"
        "Sharing: Share with emergency managers and responders who need it for their\nwork; not with press or public.\n"
        "Contact: (U) Liaison desk, 555-0100\n\nUNCLASSIFIED//FOUO\n"
    )
    page = made["2026/ib-2026-001/message.html"]
    seen = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.partition("</head>")[2])).split())
    assert seen == " ".join(made["2026/ib-2026-001/message.txt"].split())
    assert not re.findall(r"<(?:script|style|img|iframe|form)|\bsrc=|url\(|class=", page)
    assert re.findall(r'href="([^"]*)"', page) == ["https://eoc.example.org/2026/ib-2026-001/"]


def test_the_index_tells_a_mailer_what_there_is(tmp_path: Path) -> None:
    index = json.loads(texts(tmp_path, DRILL)["messages.json"])
    assert (index["edition"], index["marking"]) == ("eoc", "UNCLASSIFIED//FOUO")
    assert index["messages"][:2] == [
        {
            "id": "IB-2026-006",
            "updated": "2026-11-23T00:00:00Z",
            "priority": "",
            "state": "recalled",
            "subject": "EXERCISE [U] RECALLED IB-2026-006 do not use",
            "text": "2026/ib-2026-006/message.txt",
            "html": "2026/ib-2026-006/message.html",
        },
        {
            "id": "IB-2026-001",
            "updated": "2026-11-21T06:00:00Z",
            "priority": "urgent",
            "state": "in-effect",
            "subject": "EXERCISE [U//FOUO] URGENT UPDATED IB-2026-001 (U) Crest tonight",
            "text": "2026/ib-2026-001/message.txt",
            "html": "2026/ib-2026-001/message.html",
        },
    ]


def test_the_documented_script_mails_what_is_new_once(tmp_path: Path) -> None:
    needed("jq", package="jq")
    made = texts(
        tmp_path / "source", DRILL, accents=bulletin("IB-2026-007", "(U) W.", title="(U) Überflutung – " + "é" * 90)
    )
    for name, text in made.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "bin").mkdir()
    sendmail = tmp_path / "bin/sendmail"
    sendmail.write_text(f'#!/bin/sh\ncat >"$(mktemp {tmp_path}/mail.XXXXXX)"\n', encoding="utf-8")
    sendmail.chmod(0o755)
    guide = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "mail-new").write_text(script, encoding="utf-8")
    environment = {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    command = ["sh", str(tmp_path / "mail-new"), str(tmp_path / "site"), str(tmp_path / "sent"), "eoc-list@example.org"]
    for _ in range(2):
        subprocess.run(command, env=environment, check=True)
    index = json.loads(made["messages.json"])["messages"]
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in tmp_path.glob("mail.*")]
    assert {mail["subject"]: mail.get_content() for mail in mails} == {
        one["subject"]: made[one["text"]] for one in index
    }
    assert all(mail["to"] == "eoc-list@example.org" for mail in mails)
    assert len(mails) == len(index) == 6


@given(
    st.one_of(
        st.text(st.sampled_from("aé  -\u2014\xa0\t\n\x1d\u2028"), max_size=300),
        st.lists(st.text(st.sampled_from("aB-.\u3000"), min_size=1, max_size=90), max_size=12).map(" ".join),
        st.lists(st.integers(230, 250).map("W".__mul__), max_size=3).map(" ".join),
    )
)
def test_lines_of_e_mail_break_where_textwrap_breaks_them(text: str) -> None:
    torn = any(len(word) > 240 for word in text.split())
    assert wrapped(text) == (textwrap.wrap(text, 76, break_long_words=torn, break_on_hyphens=False) or [""])
