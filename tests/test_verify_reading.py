"""What the verifier's own reading of the sources takes for withheld, where the self-test's canaries got through once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sites import CONFIGURATION, bulletin, make_site, tearline
from tearline.verify import read_settings
from tearline.verify.folding import words
from tearline.verify.inline import inside
from tearline.verify.sources import read_sources
from tearline.verify.units import Unit
from tearline.verify.withholding import ledger_of


def units(root: Path, source: str, *, pages: tuple[str, ...] = ()) -> list[Unit]:
    """The units of a site's one bulletin, where the built site has these pages."""
    make_site(root, {"a.md": source}, CONFIGURATION)
    documents = read_sources(read_settings(root / "mkdocs.yml", "eoc"), files=pages)
    return [unit for document in documents if document.path.endswith("a.md") for unit in document.units]


def withheld(found: list[Unit]) -> set[str]:
    return {unit.visible.strip() for unit in found if unit.withheld}


def test_a_bulletin_of_which_no_word_is_released_is_withheld_whole(tmp_path: Path) -> None:
    source = bulletin("IB-2026-001", "(U//LES) Body.", 'summary: "(U) A summary"', title="(U) A title")
    assert {"A title", "A summary", "Body."} <= withheld(units(tmp_path / "site", source))


def test_a_bulletin_with_a_page_keeps_its_released_title(tmp_path: Path) -> None:
    source = bulletin("IB-2026-001", "(U) Body.\n\n(U//LES) Other.", title="(U) A title")
    found = withheld(units(tmp_path / "site", source, pages=("2026/ib-2026-001/index.html",)))
    assert "Other." in found
    assert not {"A title", "Body."} & found


def test_labels_of_notes_are_withheld_and_no_secret(tmp_path: Path) -> None:
    source = bulletin("IB-2026-001", "(U) Words.[^vossbergh]\n\n[^vossbergh]: (U) A note.")
    found = units(tmp_path / "site", source, pages=("2026/ib-2026-001/index.html",))
    assert [(unit.withheld, unit.secret) for unit in found if unit.visible == "vossbergh"] == [(True, False)]


def test_a_comment_is_withheld_and_a_secret_only_where_it_says_so(tmp_path: Path) -> None:
    body = "<!-- Ask Tollan again. -->\n\n<!-- (U//LES) Ask\nVossbergh. -->\n\n(U//LES) Source 17 saw Ray Tollan.\n\n(U) Words."
    source = bulletin("IB-2026-001", body)
    found = units(tmp_path / "site", source, pages=("2026/ib-2026-001/index.html",))
    assert [(unit.withheld, unit.secret) for unit in found if unit.kind == "comment"] == [(True, False), (True, True)]


def test_a_comment_may_name_what_a_portion_names(tmp_path: Path) -> None:
    body = "<!-- Ask Tollan again. -->\n\n(U//LES) Source 17 saw Ray Tollan.\n\n(U) Words."
    make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", body)}, CONFIGURATION)
    done = tearline("build", cwd=tmp_path / "site")
    assert done.code == 0, done
    pages = list((tmp_path / "site" / "site-eoc").rglob("*.html"))
    assert pages
    assert not [path for path in pages if "Tollan" in path.read_text(encoding="utf-8")]


def test_the_mark_of_a_withheld_value_is_no_withheld_word(tmp_path: Path) -> None:
    front = ("system: tlp", "regions: [{marking: TLP:RED, value: verrick}]")
    source = bulletin("IB-2026-001", "(TLP:CLEAR) Words.", *front, title="(TLP:CLEAR) A title")
    found = withheld(units(tmp_path / "site", source, pages=("2026/ib-2026-001/index.html",)))
    assert found == {"verrick", "a"}


def test_entities_are_undone_wherever_words_stand() -> None:
    text = '[A&amp;B](U//LES) ![C&amp;D](e.png) [f](https://example.org/ "g&#64;example.org") H&amp;I'
    seen = inside(text, lambda target: True if target == "U//LES" else None)
    assert seen.withheld == ["A&B"]
    assert seen.images == [("e.png", "C&D")]
    assert "g@example.org" in seen.more
    assert seen.visible.endswith("H&I")


@pytest.mark.parametrize(
    "body",
    [
        "(U//LES) Qaalo qaamo:\n\n- Qaaro qaasy [qaatu](U//FOUO) qaavi",
        "- (U//LES) Qaalo\n    - Qaaro [qaatu](U//FOUO) qaavi",
    ],
    ids=["below a lead-in", "below an item"],
)
def test_a_lower_inline_portion_in_an_unmarked_item_is_read_alike(tmp_path: Path, body: str) -> None:
    root = make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", f"(U) Words.\n\n{body}")}).parent
    ran = tearline("build", cwd=root)
    assert ran.code == 0, ran.said


def test_the_number_of_a_released_bulletin_is_no_run_beside_words_that_say_nothing(tmp_path: Path) -> None:
    draft = "(U) What was known stands in [IB-2026-1110](IB-2026-1110). A productive rejection was agreed."
    sources: dict[str, str | bytes] = {
        "draft.md": bulletin("IB-2026-1109", draft, "draft: true"),
        "b.md": bulletin("IB-2026-1110", "(U) Water fell."),
    }
    make_site(tmp_path / "site", sources, CONFIGURATION)
    settings = read_settings(tmp_path / "site" / "mkdocs.yml", "eoc")
    ledger = ledger_of(settings, read_sources(settings, files=["2026/ib-2026-1110/index.html"]))
    assert not ledger.is_in(words("the a ib 2026 1110 a href stands in ib 2026"))
    assert ledger.is_in(words("a productive rejection was"))
    assert ledger.is_in(words("ib 2026 1110 productive rejection")) is False
    assert ledger.is_in(words("known stands in ib"))
