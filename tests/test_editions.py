"""Two editions from one source, end to end: what each has, what the other must not, and that it is so every time."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from sites import CONFIGURATION, NOON, bulletin, every_byte, files_saying, make_site, tearline


def picture() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "wordexif")
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(out, "PNG", pnginfo=notes)
    return out.getvalue() + b"wordtrailing"


# Every word that begins with "hid" is withheld from the EOC edition, every one that begins with "sho" is not.
MIXED = bulletin(
    "IB-2026-001",
    """\
(U) Shoalpha opens. See [the shosecond](IB-2026-002) and [the shothird](IB-2026-003).[^hidlabel]

(U//LES) Hidbravo was seen by [hidcharlie](https://hiddelta.example.org "hidecho").[^2]

!!! tearline
    (U) Shofoxtrot stands in.

## (U) Shogolf

- (U) Shohotel
- (U//LES) Hidindia
    - (U) Hidjuliet

| (U) Shokilo | (U//LES) Hidlima | Shomike |
|---|---|---|
| (U) Shonovember | Hidoscar | Shopapa |
| (U//LES) Hidquebec | Hidromeo | Hidsierra |
| (U) Shotango | Hiduniform | (U//LES) Hidvictor |

## (U//LES) Hidwhiskey

(U) Hidxray goes with its section.

### (U) Hidyankee

```text title="(U) Hidzulu"
hidcode
```

## (U) Shoyankee

!!! warning "(U//LES) Hidadmonition"
    (U) Hidbody

    !!! tearline
        (U) Shoinstead

(U) The subject, [Hidperson](U//LES "a shoperson"), left.

(U) ![shoalt](hidfile.png)

(U//LES) ![hidalt](hidother.png)

<!-- hidcomment (U//LES) -->

> (U//LES) Hidquote

[^hidlabel]: (U) Shonote
[^2]: (U) Hidnote
""",
    'summary: "(U//LES) Hidsummary"',
    'summary_released: "(U) Shosummary"',
    "regions: [{marking: U//LES, value: hidregion}]",
    "assets:",
    '  - {file: hidfile.png, marking: U, caption: "(U//LES) hidcaption", alt: "(U) shoentry"}',
    "  - {file: hidother.png, marking: U}",
    title="(U//LES) Hidtitle",
)
UNUSED = {"hidtext", "hidbackup", "hiddot"}  # files that are no documents
ABSENT = bulletin("IB-2026-002", "(U//LES) Hidwhole.", title="(U) Hidabsent")
PRESENT = bulletin("IB-2026-003", "(U//FOUO) Showhole.", "supersedes: [IB-2026-002]", title="(U) Shopresent")
DRAFT = bulletin("IB-2026-004", "(U) Hiddraft.", "draft: yes")
RECALLED = bulletin("IB-2026-005", "(U) Hidrecalled.", "recalled: 2026-10-02", title="(U) Hidrecalledtitle")
REFUSED = bulletin("IB-2026-006", "Hidrefused.")
SOURCES: dict[str, str | bytes] = {
    "2026/hidname.md": MIXED,
    "2026/hidfile.png": picture(),
    "2026/hidother.png": picture() + b"hidother",
    "2026/absent.md": ABSENT,
    "2026/present.MD": PRESENT,
    "draft.md": DRAFT,
    "recalled.md": RECALLED,
    "refused.md": REFUSED,
    "about/les-page.md": "---\ntitle: Hidpage\nmarking: U//LES\n---\n\nHidpagewords\n",
    "2026/notes.txt": "hidtext",
    "2026/old.md.bak": "hidbackup",
    ".hidden.md": "hiddot",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("editions") / "site"
    make_site(root, SOURCES)
    ran = tearline("build", "--hold", cwd=root)
    assert ran.code == 0, ran.said
    assert "hid" not in ran.said.lower().replace("hidname.md", "").replace("hidden", "")
    return root


def words(prefix: str) -> list[str]:
    text = "\n".join(one if isinstance(one, str) else "" for one in SOURCES.values())
    split = "".join(char if char.isalnum() else " " for char in text.lower()).split()
    return sorted({word for word in split if word.startswith(prefix)} - UNUSED)


@pytest.mark.parametrize("word", [*words("hid"), "wordexif", "wordtrailing"])
def test_no_withheld_word_is_in_any_byte_of_the_eoc_edition(built: Path, word: str) -> None:
    assert files_saying(built / "site-eoc", word) == []


@pytest.mark.parametrize("word", words("sho"))
def test_every_released_word_arrives(built: Path, word: str) -> None:
    assert files_saying(built / "site-eoc", word)


def test_the_full_edition_has_every_word_of_what_is_published(built: Path) -> None:
    unpublished = {"hiddraft", "hidrecalled", "hidrecalledtitle", "hidrefused", "hidcomment", "hidlabel"}
    unpublished |= {"hidfile", "hidother"}  # names
    missing = [word for word in words("hid") + words("sho") if not files_saying(built / "site-full", word)]
    assert set(missing) == unpublished


def test_each_edition_has_the_files_it_should(built: Path) -> None:
    eoc = {name.split("/")[1] for name in every_byte(built / "site-eoc") if name.startswith("2026/")}
    full = {name.split("/")[1] for name in every_byte(built / "site-full") if name.startswith("2026/")}
    assert eoc == {"ib-2026-001", "ib-2026-003", "ib-2026-005"}
    assert full == {"ib-2026-001", "ib-2026-002", "ib-2026-003", "ib-2026-005"}


def test_a_recalled_bulletin_leaves_a_tombstone_with_nothing_of_it(built: Path) -> None:
    page = (built / "site-eoc/2026/ib-2026-005/index.html").read_text(encoding="utf-8")
    assert "IB-2026-005 was recalled" in page
    assert "2 October 2026" in page
    rows = (built / "site-eoc/bulletins/index.html").read_text(encoding="utf-8")
    assert 'href="../2026/ib-2026-005/"' in rows
    assert "2 October 2026" in rows


def test_building_twice_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    assert tearline("build", "--hold", "--out", tmp_path, cwd=built).code == 0
    for edition in ("site-eoc", "site-full"):
        assert every_byte(tmp_path / edition) == every_byte(built / edition)


def test_nothing_is_left_beside_the_sites(built: Path) -> None:
    names = {path.name for path in built.iterdir()}
    sites = {f"site-{edition}{end}" for edition in ("eoc", "full") for end in ("", ".manifest.json")}
    assert names == {"placeholder", "overrides", "bulletins", "mkdocs.yml", ".tearline", *sites}


def test_a_refused_document_refuses_the_build_and_the_old_sites_stay(built: Path) -> None:
    before = every_byte(built / "site-eoc")
    ran = tearline("build", cwd=built)
    assert ran.code == 1
    assert "Nothing was published" in ran.err
    assert every_byte(built / "site-eoc") == before


def test_warnings_refuse_with_strict(built: Path) -> None:
    assert tearline("build", "--hold", "--strict", cwd=built).code == 1


def test_the_stage_holds_released_words_only(built: Path, tmp_path: Path) -> None:
    assert tearline("stage", "--edition", "eoc", "--hold", "--out", tmp_path / "tree", cwd=built).code == 0
    assert [word for word in words("hid") if files_saying(tmp_path / "tree", word)] == []
    page = (tmp_path / "tree/docs/2026/ib-2026-001.md").read_text(encoding="utf-8")
    assert page[page.index("\n# ") :] == (
        "\n# (U) IB-2026-001\n\n"
        "(U) Shoalpha opens. See the shosecond and [the shothird](../2026/ib-2026-003.md).[^1]\n\n"
        "(U) Shofoxtrot stands in.\n\n"
        "## (U) Shogolf\n\n"
        "- (U) Shohotel\n\n"
        "| (U) Shokilo | Shomike |\n|---|---|\n| (U) Shonovember | Shopapa |\n| (U) Shotango |  |\n\n"
        "## (U) Shoyankee\n\n"
        "(U) Shoinstead\n\n"
        "(U) The subject, a shoperson, left.\n\n"
        "(U) ![shoalt; shoentry](" + page.split("![shoalt; shoentry](")[1].split(")")[0] + ")\n\n"
        "[^1]: (U) Shonote\n"
    )


def clean(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site", {k: v for k, v in SOURCES.items() if k != "refused.md"}).parent


def test_mkdocs_build_gives_the_eoc_edition_byte_for_byte(tmp_path: Path) -> None:
    root = clean(tmp_path)
    assert tearline("build", cwd=root, SOURCE_DATE_EPOCH=NOON).code == 0
    ran = tearline("build", "--quiet", cwd=root, program="mkdocs", SOURCE_DATE_EPOCH=NOON)
    assert ran.code == 0, ran.said
    built = {name: data for name, data in every_byte(root / "site-eoc").items() if not name.startswith("pagefind/")}
    assert every_byte(root / ".preview/eoc") == built  # a preview has no index


def test_mkdocs_refuses_what_would_publish_or_keep_stale_pages(tmp_path: Path) -> None:
    root = clean(tmp_path)
    assert tearline("build", "--dirty", cwd=root, program="mkdocs").code != 0
    assert tearline("gh-deploy", cwd=root, program="mkdocs").code != 0
    assert tearline("build", cwd=root, program="mkdocs", TEARLINE_EDITION="").code != 0


@pytest.mark.parametrize("switch", ["", "  - tearline: {enabled: false}\n"])
def test_without_the_plugin_mkdocs_publishes_no_word_of_any_source(tmp_path: Path, switch: str) -> None:
    root = clean(tmp_path)
    head = CONFIGURATION[: CONFIGURATION.index("plugins:")]
    (root / "mkdocs.yml").write_text(head + (f"plugins:\n{switch}" if switch else ""), encoding="utf-8")
    tearline("build", cwd=root, program="mkdocs")
    for word in [*words("hid"), *words("sho")]:
        assert files_saying(root / ".preview", word) == [] if (root / ".preview").exists() else True


def test_an_edition_without_bulletins_is_still_a_site(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", {"a.md": ABSENT}).parent
    assert tearline("build", cwd=root).code == 0
    assert "No urgent bulletins in effect" in (root / "site-eoc/index.html").read_text(encoding="utf-8")


def test_what_has_ended_is_not_in_effect(tmp_path: Path) -> None:
    front = ["priority: urgent", "date: 2026-11-20", "in_effect_until: 2026-11-23T18:00:00-05:00"]
    root = make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", "(U) Words.", *front)}).parent
    assert tearline("build", "--edition", "eoc", cwd=root).code == 0
    assert "In effect now: 1 urgent" in (root / "site-eoc/index.html").read_text(encoding="utf-8")
    later = str(int(NOON) + 12 * 3600)
    assert tearline("build", "--edition", "eoc", cwd=root, SOURCE_DATE_EPOCH=later).code == 0
    home = (root / "site-eoc/index.html").read_text(encoding="utf-8")
    assert "No urgent bulletins in effect" in home
    assert "No longer in effect" in home


def test_a_theme_without_banners_is_refused(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site", {"a.md": PRESENT}).parent
    shutil.rmtree(root / "overrides")
    (root / "overrides").mkdir()
    ran = tearline("build", cwd=root)
    assert ran.code == 1
    assert "TL303 banner-missing" in ran.out
    assert not (root / "site-eoc").exists()


def test_the_guard_stops_withheld_words_that_come_in_by_the_theme(tmp_path: Path) -> None:
    planted = "seven grey herons stood watch"
    source = bulletin("IB-2026-001", f"(U) Words.\n\n(U//LES) We know that {planted} on Tuesday.")
    root = make_site(tmp_path / "site", {"a.md": source}).parent
    partial = root / "overrides/partials/footer.html"
    partial.write_text(partial.read_text(encoding="utf-8") + "<p>seven <b>grey</b> herons&nbsp;stood watch</p>")
    ran = tearline("build", cwd=root)
    assert ran.code == 1
    assert "TL302 withheld-words" in ran.out
    assert "herons" not in ran.said
    assert not (root / "site-eoc").exists()
