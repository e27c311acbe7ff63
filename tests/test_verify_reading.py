"""What the verifier's own reading of the sources takes for withheld, where the self-test's canaries got through once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sites import CONFIGURATION, bulletin, make_site, tearline
from tearline.findings import Finding
from tearline.verify import read_settings
from tearline.verify.folding import words
from tearline.verify.inline import inside
from tearline.verify.ledger import Origin, make_ledger
from tearline.verify.locating import Locator
from tearline.verify.memory import Memory, recalled, remember
from tearline.verify.neighbours import windows
from tearline.verify.record import KEY, Accepted, RecordError, fingerprint, read_key, read_record
from tearline.verify.repetition import Repetitions
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


def test_what_a_files_name_says_beside_its_number_is_withheld(tmp_path: Path) -> None:
    make_site(tmp_path / "site", {"ib-2026-1110-Vossbergh.md": bulletin("IB-2026-1110", "(U) Words.")}, CONFIGURATION)
    settings = read_settings(tmp_path / "site" / "mkdocs.yml", "eoc")
    documents = read_sources(settings, files=["2026/ib-2026-1110/index.html"])
    assert {unit.visible for one in documents for unit in one.units if unit.kind == "name"} == {"index", "-Vossbergh"}
    ledger = ledger_of(settings, documents)
    assert not ledger.is_in(words("Flood 1110 Fire 2026 1110"))  # as lists count bulletins
    assert ledger.is_in(["vossbergh"])


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("isolate 41 households Where", False),  # a summary, and a label
        ("Where under water dogs", True),
        ("Where now check the", False),  # a label, and the beginning of a body's text
        ("dark bridge What to", False),  # the end of one, and of a label the first words
        ("households Where Verrick county", True),  # texts and a label between
        ("41 households under water", False),  # a summary, and the title of the same bulletin
        ("41 households Verrick county", True),  # and that of another
        ("soft rain soft rain", True),
        ("soft rain under water", True),  # not next to each other
        ("dark bridge it would", False),  # the end of its body, and its summary
        ("source keys hidden in", True),  # each of them is a label somewhere
        ("information from the shelter", True),
        ("the dark bridge fell", True),
        ("would isolate 41 households", False),  # as it is said
        ("a truck isolate 41", True),
    ],
)
def test_what_two_released_texts_say_side_by_side_is_not_looked_for(
    tmp_path: Path,
    said: str,
    found: bool,  # noqa: FBT001
) -> None:
    sources: dict[str, str | bytes] = {
        "a.md": bulletin(
            "IB-2026-001",
            f"(U) Soft rain.\n\n(U) Now check the dark bridge.\n\n(U//LES) {said}",
            'summary: "(U) It would isolate 41 households."',
            title="(U) Under water",
        ),
        "b.md": bulletin("IB-2026-002", "(U) Words.\n\n(U) The shelter opened.", title="(U) Verrick county"),
    }
    make_site(tmp_path / "site", sources, CONFIGURATION)
    settings = read_settings(tmp_path / "site" / "mkdocs.yml", "eoc")
    pages = ["2026/ib-2026-001/index.html", "2026/ib-2026-002/index.html"]
    documents = read_sources(settings, files=pages)
    ledger = ledger_of(settings, documents)
    look = Repetitions(ledger, Accepted(), Locator(settings.base, documents))
    ledger.drop(look.check(documents)[1])
    assert (tuple(words(said)[:4]) in ledger.runs.get(4, {})) == found


def test_what_two_texts_of_a_body_say_one_after_the_other_is_not_looked_for(tmp_path: Path) -> None:
    body = "(U) The deputies saw\n\n- (U) a red\n- (U) truck.\n\n(U//LES) They saw a red truck leave. A truck fled."
    make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", body)}, CONFIGURATION)
    settings = read_settings(tmp_path / "site" / "mkdocs.yml", "eoc")
    documents = read_sources(settings, files=["2026/ib-2026-001/index.html"])
    ledger = ledger_of(settings, documents)
    found, said = Repetitions(ledger, Accepted(), Locator(settings.base, documents)).check(documents)
    ledger.drop(said)
    assert not found
    assert not ledger.is_in(words("saw a red truck"))
    assert ledger.is_in(words("a red truck leave"))


def test_thousands_of_values_are_not_laid_beside_each_other() -> None:
    assert len(list(windows([[f"{at}"] for at in range(5000)], [["a"]]))) < 2000
    assert sorted(map(" ".join, windows([["x"], ["y", "z"], ["x"]], [["a", "b"], ["c", "d", "e", "f"]]))) == [
        *("a b", "a b c d e", "d e f x", "d e f y z", "x a b c", "x y z", "y z a b c", "y z x"),
    ]


def test_short_texts_may_stand_in_neighbouring_cells(tmp_path: Path) -> None:
    table = "| (U) Site | Note |\n|---|---|\n"
    held = f"(U) Calm.\n\n{table}| (U//LES) Ridge closed | x |\n| (U//LES) Mill weir | x |\n| (U) Calm | all |"
    sources: dict[str, str | bytes] = {
        "a.md": bulletin("IB-2026-001", held),
        "b.md": bulletin(
            "IB-2026-002", f"(U) Calm.\n\n{table}| (U) Ridge | Closed |\n\n- (U) Our mill\n- (U) Weir gate"
        ),
    }
    ran = tearline("build", cwd=make_site(tmp_path / "site", sources, CONFIGURATION).parent)
    assert ran.code == 0, ran.said


def test_what_is_not_in_a_ledger_takes_nothing_with_it() -> None:
    ledger = make_ledger([("heron grey", Origin("a.md", 1)), ("Jorun Quillfeather", Origin("a.md", 2))])
    assert ("heron", "grey") in ledger.runs[2]
    ledger.drop([("grey", "heron"), ("12", "300")])
    assert ("heron", "grey") in ledger.runs[2]
    ledger.drop([("quillfeather", "jorun")])
    assert set(ledger.runs[2]) == {("heron", "grey")}


def test_a_document_that_did_not_change_is_asked_again_where_what_is_withheld_did(tmp_path: Path) -> None:
    shared = "a red truck left the north gate at nine that night"
    root = make_site(tmp_path / "site", {"a.md": bulletin("IB-2026-001", f"(U) They say {shared}.")}).parent
    other = root / "bulletins" / "b.md"
    settings = read_settings(root / "mkdocs.yml", "eoc")
    pages = ["2026/ib-2026-001/index.html", "2026/ib-2026-002/index.html"]
    path = tmp_path / "memory"
    variants = {
        "nothing": (bulletin("IB-2026-002", "(U) Words."), 0),
        "a draft": (bulletin("IB-2026-002", f"(U) So {shared}.", "draft: true"), 0),
        "a secret": (bulletin("IB-2026-002", f"(U) Words.\n\n(U//LES) So {shared}."), 1),
        "other lines": (bulletin("IB-2026-002", f"(U) Words.\n\n(U) More.\n\n(U//LES) So {shared}."), 1),
        "released": (bulletin("IB-2026-002", f"(U) So {shared}."), 0),
        "a name": (bulletin("IB-2026-002", "(U) Words.\n\n(U//LES) It was Vossbergh."), 0),
        "a secret again": (bulletin("IB-2026-002", f"(U) Words.\n\n(U//LES) So {shared}."), 1),
    }
    for name, (source, expected) in variants.items():
        other.write_text(source, encoding="utf-8")
        memory = recalled(path)
        documents = read_sources(settings, files=pages)
        look = Repetitions(ledger_of(settings, documents), Accepted(), Locator(settings.base, documents))
        found, said = look.check(documents, 1, "world", memory)
        cold, all_of_it = look.check(documents)
        assert (found, len(found)) == (cold, expected), name
        entries = {" ".join(run) for run in look.ledger.runs.get(4, {})}
        assert {" ".join(run) for run in said} & entries == {" ".join(run) for run in all_of_it} & entries, name
        remember(path, memory)


SPAN = "suspect left northern barn carrying quorlind toward old green tractor shed"
LESS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "a number may begin otherwise": (
        "(U//LES) The man took 771,234 dollars.",
        "(U) The list says 77 1234 for the pump.",
        "(U//LES) Locker 77-ABX9 was opened.",
        (),
    ),
    "a number was written otherwise": (
        "(U//LES) The man took 771,234 dollars.",
        "(U) The list says 77 1234 for the pump.",
        "(U//LES) Ask 77 1234 for it.",
        (),
    ),
    "what covered a name": (
        "(U//LES) Informant Quorlind was paid in cash.",
        f"(U) {SPAN.capitalize()}.".replace("quorlind", "Quorlind"),
        f"(U//LES) {SPAN.capitalize()}.".replace("quorlind", "Quorlind"),
        (SPAN,),
    ),
}


@pytest.mark.parametrize("what", LESS)
def test_what_is_less_in_a_ledger_comes_to_what_it_comes_to_anew(tmp_path: Path, what: str) -> None:
    *bodies, taken = LESS[what]
    bodies.append(bodies[0])  # as the full edition's page would say it
    sources = {f"{at}.md": bulletin(f"IB-2026-00{at}", body) for at, body in enumerate(bodies, 1)}
    root = make_site(tmp_path / "site", sources).parent
    settings = read_settings(root / "mkdocs.yml", "eoc")
    pages = [f"2026/ib-2026-00{at}/index.html" for at in (1, 2, 3)]
    key = bytes(range(KEY))
    accepted = Accepted(key, frozenset(fingerprint(key, "IB-2026-002", term) for term in taken))

    def come_to(memory: Memory | None) -> tuple[list[Finding], set[tuple[str, str, frozenset[Origin]]]]:
        documents = read_sources(settings, files=pages)
        look = Repetitions(ledger_of(settings, documents), accepted, Locator(settings.base, documents))
        found, said = look.check(documents, 1, "world" if memory is not None else "", memory)
        look.ledger.drop(said)
        return found, set(look.ledger.told())

    for _ in range(2):
        memory = recalled(tmp_path / "memory")
        assert come_to(memory) == come_to(None)
        remember(tmp_path / "memory", memory)
        (root / "bulletins" / "3.md").unlink(missing_ok=True)


def test_a_record_or_key_that_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "accepted.jsonl")
    with pytest.raises(RecordError, match="not readable"):
        read_record(tmp_path / "accepted.jsonl", bytes(range(KEY)))
    with pytest.raises(RecordError, match="not a plain file"):
        read_key(tmp_path / "accepted.jsonl")
