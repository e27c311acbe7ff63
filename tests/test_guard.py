"""The guard: a leak planted in every channel that this side has is found, and its clean twin is not."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from hangs import no_hang
from sites import CONFIGURATION, bulletin, make_site, page, policy_of, rules, trees_of
from tearline.findings import Finding
from tearline.guard import Guard
from tearline.stage import Tree, Withheld, write

PLANTED = "seven grey herons stood watch"
SOURCES: dict[str, str | bytes] = {
    "a.md": bulletin(
        "IB-2026-001", f"(U) Words for all.\n\n(U//LES) We know that {PLANTED} on Tuesday.\n\n(U//LES) 7ABC123"
    ),
    "les-operation-nightfall.md": bulletin("IB-2026-002", "(U//LES) W.", title="(U//LES) T"),
    "about/us.md": page("Write `(U//LES)` like this."),
}
PAGE = (
    '<html><head><meta name="marking" content="UNCLASSIFIED"></head><body><section class="tl-bar">U</section>'
    '{}<section class="tl-bar">U</section></body></html>'
)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Guard, Path]:
    root = tmp_path_factory.mktemp("guard")
    tree = trees_of(root, SOURCES)["eoc"]
    write(tree, root / "stage")
    return Guard.of(tree, root / "stage", [root / "stage" / "theme"]), root


def found(guarded: tuple[Guard, Path], root: Path, files: dict[str, str | bytes]) -> list[Finding]:
    for name, content in files.items():
        (root / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "site" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return guarded[0].check(root / "site")


def html(words: str) -> str:
    return PAGE.format(words)


LEAKS: dict[str, tuple[str, Callable[[str], str | bytes]]] = {
    "a paragraph": ("x.html", lambda words: html(f"<p>{words}</p>")),
    "words with tags between": ("x.html", lambda words: html(f"<p>{words.replace(' ', ' <i></i>')}</p>")),
    "tags inside words": ("x.html", lambda words: html(f"<p>{words.replace('e', '<b>e</b>')}</p>")),
    "entities": ("x.html", lambda words: html("<p>" + "".join(f"&#{ord(c)};" for c in words) + "</p>")),
    "entities twice": ("x.html", lambda words: html("<p>" + "".join(f"&amp;#{ord(c)};" for c in words) + "</p>")),
    "an attribute": ("x.html", lambda words: html(f'<img alt="{words}">')),
    "a single-quoted attribute": ("x.html", lambda words: html(f"<img data-x='{words}'>")),
    "an address": ("x.html", lambda words: html(f'<a href="/x/{words.replace(" ", "-")}/">x</a>')),
    "a percent-encoded address": ("x.html", lambda words: html(f'<a href="/x/{words.replace(" ", "%20")}/">x</a>')),
    "a comment": ("x.html", lambda words: html(f"<!-- {words} -->")),
    "an anchor": ("x.html", lambda words: html(f'<h2 id="{words.replace(" ", "-")}">x</h2>')),
    "a title": ("x.html", lambda words: html(f"<title>{words}</title>")),
    "a search index": ("search/search_index.json", lambda words: f'{{"docs": ["{words}"]}}'),
    "an escaped index": ("a.json", lambda words: '"' + "".join(f"\\u{ord(c):04x}" for c in words) + '"'),
    "a script": ("a.js", lambda words: f"var x = '{words}'"),
    "a style sheet": ("a.css", lambda words: f"/* {words} */"),
    "a sitemap": ("sitemap.xml", lambda words: f"<urlset><loc>/{words.replace(' ', '-')}/</loc></urlset>"),
    "a compressed sitemap": ("sitemap.xml.gz", lambda words: gzip.compress(f"<loc>{words}</loc>".encode())),
    "a plain file": ("robots.txt", lambda words: words),
    "capitals and dashes": ("robots.txt", lambda words: words.upper().replace(" ", " \u2013 ")),
    "two-byte text": ("robots.txt", lambda words: words.encode("utf-16")),
    "an image's tail": ("a.png", lambda words: b"\x89PNG\r\n" + bytes(range(256)) + words.encode()),
    "an unknown file": ("a.bin", lambda words: words),
}


@pytest.mark.parametrize("channel", LEAKS)
def test_withheld_words_are_found_in(guarded: tuple[Guard, Path], tmp_path: Path, channel: str) -> None:
    name, leak = LEAKS[channel]
    leaks = found(guarded, tmp_path / "leak", {name: leak(PLANTED)})
    assert rules(leaks) == ["withheld-words"]
    assert leaks[0].detail == "from bulletins/a.md"
    assert found(guarded, tmp_path / "twin", {name: leak("seven grey ducks stood there")}) == []


@pytest.mark.parametrize("name", ["seven-grey-herons-stood/index.txt", "x/seven_grey_herons_stood.txt", "7abc123.txt"])
def test_withheld_words_are_found_in_names(guarded: tuple[Guard, Path], tmp_path: Path, name: str) -> None:
    assert rules(found(guarded, tmp_path, {name: "x"})) == ["withheld-words"]


def test_the_name_of_a_source_is_withheld_with_it(guarded: tuple[Guard, Path], tmp_path: Path) -> None:
    leaks = found(guarded, tmp_path, {"x.txt": "see les-operation-nightfall there"})
    assert [one.detail for one in leaks] == ["from bulletins/les-operation-nightfall.md"]


def test_a_plate_is_found_whole_and_not_in_noise(guarded: tuple[Guard, Path], tmp_path: Path) -> None:
    assert rules(found(guarded, tmp_path / "a", {"x.html": html("<p>a car, 7ABC123, left</p>")})) == ["withheld-words"]
    assert found(guarded, tmp_path / "b", {"x.png": b"\x00\xff7abc123\xff"}) == []


def test_the_log_is_read_too(guarded: tuple[Guard, Path]) -> None:
    assert rules(guarded[0].check_text("renderer.log", f"WARNING - {PLANTED}")) == ["withheld-words"]
    assert list(guarded[0].check_text("renderer.log", "WARNING - a link leads nowhere")) == []


def test_an_archive_that_cannot_be_opened_is_found(guarded: tuple[Guard, Path], tmp_path: Path) -> None:
    assert rules(found(guarded, tmp_path, {"x.gz": b"\x1f\x8bjunk"})) == ["withheld-words"]


@pytest.mark.parametrize("mark", ["(U//LES)", "U//LES", "(TLP:RED)", "UNCLASSIFIED//LES", "(S//NF)", "(U&#47;/LES)"])
def test_a_mark_above_the_ceiling_is_found(guarded: tuple[Guard, Path], tmp_path: Path, mark: str) -> None:
    assert "mark-above-ceiling" in rules(found(guarded, tmp_path / "a", {"x.html": html(f"<p>{mark} words</p>")}))
    assert "mark-above-ceiling" in rules(found(guarded, tmp_path / "b", {"x.html": html(f'<p title="{mark}">x</p>')}))


@pytest.mark.parametrize("mark", ["(U//FOUO)", "(U)", "(TLP:GREEN)", "(S)", "(C-130)", "(U.S.)"])
def test_other_marks_and_words_are_not(guarded: tuple[Guard, Path], tmp_path: Path, mark: str) -> None:
    assert found(guarded, tmp_path, {"x.html": html(f"<p>{mark} words</p>")}) == []


def test_a_mark_may_be_mentioned_in_code_on_a_page_and_nowhere_else(
    guarded: tuple[Guard, Path], tmp_path: Path
) -> None:
    text = html("<p>Write <code>(U//LES)</code></p>")
    assert found(guarded, tmp_path / "a", {"about/us/index.html": text}) == []
    assert rules(found(guarded, tmp_path / "b", {"2026/x/index.html": text})) == ["mark-above-ceiling"]


@pytest.mark.parametrize("broken", ["<p>x</p>", PAGE.replace('name="marking"', ""), PAGE.replace("tl-bar", "x", 1)])
def test_a_page_without_its_banners_is_found(guarded: tuple[Guard, Path], tmp_path: Path, broken: str) -> None:
    assert rules(found(guarded, tmp_path, {"x.html": broken})) == ["banner-missing"]


def test_a_file_of_the_theme_package_is_known_by_its_bytes(guarded: tuple[Guard, Path], tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a.js").write_text(PLANTED, encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.js").write_text(PLANTED, encoding="utf-8")
    assert guarded[0].check(tmp_path / "site", tmp_path / "theirs") == []
    (tmp_path / "site" / "a.js").write_text(f"{PLANTED}.", encoding="utf-8")
    assert rules(guarded[0].check(tmp_path / "site", tmp_path / "theirs")) == ["withheld-words"]


# --- what excuses a run ------------------------------------------------------------------------------------------


def guard_of(root: Path, sources: dict[str, str | bytes], change: Callable[[Path], object] = lambda _: None) -> Guard:
    tree = trees_of(root, sources)["eoc"]
    write(tree, root / "stage")
    change(root / "stage")
    return Guard.of(tree, root / "stage", [root / "stage" / "theme"])


def says(guard: Guard, words: str) -> bool:
    return bool(list(guard.check_text("x.txt", words)))


def test_what_a_released_portion_says_too_is_not_counted(tmp_path: Path) -> None:
    sources = {**SOURCES, "b.md": bulletin("IB-2026-003", f"(U) It is known that {PLANTED}.")}
    assert not says(guard_of(tmp_path, sources), PLANTED)


def test_the_stage_is_not_trusted_with_more_than_a_few_words(tmp_path: Path) -> None:
    def leak(stage: Path, words: str) -> None:
        path = stage / "docs" / "2026" / "ib-2026-001.md"
        path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")

    long = f"We know that {PLANTED} on Tuesday."
    assert says(guard_of(tmp_path / "long", SOURCES, lambda stage: leak(stage, long)), long)
    assert not says(guard_of(tmp_path / "short", SOURCES, lambda stage: leak(stage, PLANTED)), PLANTED)


def test_a_template_is_trusted_with_less(tmp_path: Path) -> None:
    def plant(stage: Path, words: str) -> None:
        (stage / "theme" / "partials" / "x.html").write_text(f"<p>{words}</p>", encoding="utf-8")

    assert says(guard_of(tmp_path / "long", SOURCES, lambda stage: plant(stage, PLANTED)), PLANTED)
    chance = "seven grey herons stood"
    assert not says(guard_of(tmp_path / "short", SOURCES, lambda stage: plant(stage, chance)), chance)


def test_a_bare_address_in_a_withheld_and_in_a_released_portion_is_no_leak(tmp_path: Path) -> None:
    address = "https://example.org/wiki/Flood_(river)"
    guard = guard_of(tmp_path, {"a.md": bulletin("IB-2026-001", f"(U//LES) {address}\n\n(U) See {address}")})
    assert list(guard.check_text("x.html", html(f'<p>See <a href="{address}">{address}</a></p>'))) == []


def test_an_address_beside_other_words_is_no_sentence_with_them(tmp_path: Path) -> None:
    sources: dict[str, str | bytes] = {
        "a.md": bulletin("IB-2026-001", "(U//LES) [![x](x.png)](https://example.org/) a"),
        "b.md": bulletin("IB-2026-002", "(U) [a\nwords](https://example.org/)"),
    }
    guard = guard_of(tmp_path, sources)
    assert list(guard.check_text("x.html", html('<p><a href="https://example.org/">a words</a></p>'))) == []


def test_words_that_a_generated_page_says_by_chance_are_no_leak(tmp_path: Path) -> None:
    said = "See all bulletins, browse by region."
    guard = guard_of(tmp_path, {"a.md": bulletin("IB-2026-001", f"(U) Words.\n\n(U//LES) {said}")})
    links = '<p><a href="bulletins/">All bulletins</a> \u00b7 <a href="browse/">Browse by hazard</a></p>'
    assert list(guard.check_text("x.html", html(links))) == []
    assert says(guard, said)


def test_a_notice_quoted_in_a_withheld_text_is_no_leak(tmp_path: Path) -> None:
    notice = "Portions marked so are for people who need them to do their work for a public agency."
    configuration = CONFIGURATION + f'      notices: {{fouo: "{notice}"}}\n'
    sources = {"a.md": notice, "b.md": bulletin("IB-2026-002", "(U//FOUO) Words.")}
    tree = trees_of(tmp_path, sources, configuration)["eoc"]
    assert notice in str(tree.files["2026/ib-2026-002.md"].told)
    write(tree, tmp_path / "stage")
    assert not says(Guard.of(tree, tmp_path / "stage", []), notice)


def test_drafts_and_refused_documents_are_withheld_from_the_full_edition_too(tmp_path: Path) -> None:
    sources: dict[str, str | bytes] = {
        "a.md": bulletin("IB-2026-001", f"(U) {PLANTED}.", "draft: true"),
        "b.md": f"No front matter: eight {PLANTED}",
    }
    tree = trees_of(tmp_path, sources)["full"]
    write(tree, tmp_path / "stage")
    guard = Guard.of(tree, tmp_path / "stage", [])
    assert [one.detail for one in guard.check_text("x.txt", PLANTED)] == ["from bulletins/a.md"]
    assert rules(guard.check_text("x.html", "<p>x</p>")) == ["banner-missing"]


def test_many_pages_are_read_without_a_hang(tmp_path: Path) -> None:
    policy = policy_of(make_site(tmp_path / "x", {}, CONFIGURATION))
    tree = Tree(policy.editions["eoc"])
    words = [f"word{number}" for number in range(5000)]
    tree.withheld = [Withheld(f"{n}.md", " ".join(words[n % 4000 : n % 4000 + 500])) for n in range(1000)]
    guard = Guard.of(tree, tmp_path / "none", [])
    text = html("".join(f'<p class="x">(U) {" ".join(f"plain{n * k}" for n in range(60))}</p>' for k in range(10)))
    with no_hang():
        for number in range(100):
            list(guard.check_text(f"{number}.html", text.replace("plain", f"p{number}")))
