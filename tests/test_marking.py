"""Marks: their laws, for every mark of every system, and their spelling, reading and sentences."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tearline.findings import RULES
from tearline.marking import SYSTEMS, Mark, MarkError, closure, join, lowest, read_mark, system
from tearline.marking.loading import _build, countries

LETTERS_AND_DIGITS = string.ascii_uppercase + string.digits
COUNTRIES = ["USA", "AUS", "CAN", "GBR", "GEO", "AND"]
NAMES = sorted(SYSTEMS)
PATIENT = settings(deadline=None)  # a busy machine breaks no law


@st.composite
def marks(draw: st.DrawFn, name: str) -> Mark:
    """Any mark of a system."""
    of = system(name)
    level = draw(st.sampled_from(of.levels))
    controls = [each for each in of.tokens if each not in of.levels]
    if of.tokens[level].bare or not controls:
        return Mark.of(name, [level])
    tokens = draw(st.sets(st.sampled_from(controls), max_size=5))
    audience = draw(st.none() | st.sets(st.sampled_from(COUNTRIES)).map(lambda each: each | {"USA"}))
    return Mark.of(name, {level, *tokens}, audience if of.audience else None)


def in_every_system(law: Callable[..., None]) -> Callable[..., None]:
    """Run a law over ``name`` and marks drawn from that system."""
    return pytest.mark.parametrize("name", NAMES)(PATIENT(given(data=st.data())(law)))


@in_every_system
def test_reading_a_mark_as_it_is_spelled_gives_it_back(name: str, data: st.DataObject) -> None:
    mark = data.draw(marks(name))
    reading = read_mark(str(mark), name)
    assert (reading.mark, reading.canonical, reading.problem) == (mark, True, "")


@in_every_system
def test_the_spelled_out_banner_reads_as_its_mark(name: str, data: st.DataObject) -> None:
    mark = data.draw(marks(name))
    if not system(name).banner_is_level and mark.audience is None:
        assert read_mark(mark.banner, name).mark == mark


@in_every_system
def test_the_order_is_partial(name: str, data: st.DataObject) -> None:
    a, b, c = (data.draw(marks(name)) for _ in range(3))
    assert a <= Mark.of(name, a.tokens, a.audience)
    assert not (a <= b <= a) or a == b
    assert not (a <= b <= c) or a <= c
    assert (a < b) == (a <= b and a != b)
    assert (a >= b) == (b <= a)
    assert (a > b) == (b < a)


@in_every_system
def test_a_roll_up_is_the_least_upper_bound(name: str, data: st.DataObject) -> None:
    a, b, c = (data.draw(marks(name)) for _ in range(3))
    top = join(name, [a, b])
    assert a <= top
    assert b <= top
    assert (a <= c and b <= c) == (top <= c)


@in_every_system
def test_rolling_up_is_commutative_associative_and_idempotent(name: str, data: st.DataObject) -> None:
    a, b, c = (data.draw(marks(name)) for _ in range(3))
    assert join(name, [a, b]) == join(name, [b, a])
    assert join(name, [join(name, [a, b]), c]) == join(name, [a, join(name, [b, c])]) == join(name, [a, b, c])
    assert join(name, [a, a]) == a


@in_every_system
def test_the_lowest_mark_is_below_all_and_adds_nothing(name: str, data: st.DataObject) -> None:
    mark = data.draw(marks(name))
    assert join(name, []) == lowest(name) <= mark
    assert join(name, [lowest(name), mark]) == mark


def may_see(releases: frozenset[str], nation: str, mark: Mark) -> bool:
    """Release as the marking language has it, written here on its own."""
    return mark.tokens <= releases and (mark.audience is None or nation in mark.audience)


@in_every_system
def test_what_is_below_a_releasable_mark_is_releasable(name: str, data: st.DataObject) -> None:
    a, b = data.draw(marks(name)), data.draw(marks(name))
    a = data.draw(st.sampled_from([a, b])) if a <= b else a
    releases = closure(name, data.draw(st.sets(st.sampled_from(list(system(name).tokens)))) | b.tokens)
    for mark in (a, join(name, [a, b])):
        lower, upper = (a, mark) if a <= mark else (mark, a)
        assert not may_see(releases, "USA", upper) or may_see(releases, "USA", lower)
    if a <= b:
        assert may_see(releases, "USA", a)


@in_every_system
def test_more_tokens_release_more(name: str, data: st.DataObject) -> None:
    mark = data.draw(marks(name))
    tokens = st.sets(st.sampled_from(list(system(name).tokens)))
    fewer = closure(name, data.draw(tokens))
    more = closure(name, fewer | data.draw(tokens))
    assert not may_see(fewer, "USA", mark) or may_see(more, "USA", mark)


@in_every_system
def test_every_mark_can_be_shown(name: str, data: st.DataObject) -> None:
    mark = data.draw(marks(name))
    assert re.fullmatch(r"[a-z-]+", mark.style)
    assert re.match(r"Share with(in)? .*; (not with|no limit)", mark.sharing)
    assert mark.sharing.endswith(".")
    assert mark.spoken[0].isupper()
    assert "/" not in mark.spoken
    assert mark.banner
    assert len({mark, Mark.of(name, mark.tokens, mark.audience)}) == 1


@pytest.mark.parametrize("name", [each for each in NAMES if SYSTEMS[each].implied])
@PATIENT
@given(data=st.data())
def test_any_order_case_and_separator_reads_the_same(name: str, data: st.DataObject) -> None:
    mark = data.draw(marks(name))
    assume(mark.audience is None)
    of = system(name)
    level = next(each for each in of.levels if each in mark.tokens)
    rest = data.draw(st.permutations(sorted(mark.tokens - {level})))
    separators = st.sampled_from(["/", "//", " // ", " ", ", ", "-", "; "])
    text = level + "".join(data.draw(separators) + data.draw(st.sampled_from([each, each.lower()])) for each in rest)
    assert read_mark(text, name).mark == mark


@pytest.mark.parametrize("name", NAMES)
@PATIENT
@given(data=st.data())
def test_what_is_accepted_is_never_less_than_what_was_typed(name: str, data: st.DataObject) -> None:
    of = system(name)
    spelled = [" ".join(each) for each in of.readings]
    pieces = data.draw(st.lists(st.sampled_from([*spelled, "USA", "CAN", "GEO", "AND", "XYZ", "S"]), max_size=6))
    text = data.draw(st.sampled_from(["//", "/", " ", ", "])).join(pieces)
    mark = read_mark(text, name).mark
    if mark is not None:
        typed = {of.readings[tuple(each.split())] for each in pieces if tuple(each.split()) in of.readings}
        assert closure(name, mark.tokens) >= {
            each for each in typed if each in of.tokens and each not in countries().codes
        }
        assert not {"XYZ", "S"} & set(pieces)
        assert mark.audience is None or mark.audience <= {*pieces, *countries().groups["FVEY"]}


@PATIENT
@given(text=st.text(max_size=40) | st.text("US/LEFNOTRC ,+-:", max_size=20), name=st.sampled_from(NAMES))
@example(text="", name="tlp")
@example(text="/" * 1000, name="cui")
def test_any_text_reads_as_a_mark_or_breaks_a_rule(text: str, name: str) -> None:
    reading = read_mark(text, name)
    assert (reading.mark is None) == bool(reading.problem)
    assert not reading.problem or reading.problem in RULES
    assert reading.mark is None or reading.canonical == (str(reading.mark) == text)


@PATIENT
@given(word=st.text(string.ascii_letters + string.digits, min_size=1, max_size=20), name=st.sampled_from(NAMES))
def test_a_detail_prints_only_short_tokens_in_capitals(word: str, name: str) -> None:
    level = str(lowest(name))
    detail = read_mark(f"{level}//{word}", name).detail
    quoted = re.findall(r"'([^']*)'", detail)
    assert all(re.fullmatch(r"[A-Z0-9+-]{1,12}", each) for each in quoted)
    assert word not in detail or word.upper() == word or len(word) == 1 or (word,) not in system(name).readings


# --- the systems, as the marking language has them ---


@pytest.mark.parametrize(
    ("name", "mark", "banner", "style"),
    [
        ("fouo-les", "U", "UNCLASSIFIED", "u"),
        ("fouo-les", "U//FOUO", "UNCLASSIFIED//FOUO", "fouo"),
        ("fouo-les", "U//LES", "UNCLASSIFIED//LES", "les"),
        ("fouo-les", "U//LES-NF", "UNCLASSIFIED//LES NOFORN", "les"),
        ("fouo-les", "U//SSI", "UNCLASSIFIED//SSI", "ssi"),
        ("fouo-les", "U//SBU", "UNCLASSIFIED//SBU", "sbu"),
        ("fouo-les", "U//SBU-NF", "UNCLASSIFIED//SBU NOFORN", "sbu"),
        ("fouo-les", "U//FOUO/NF", "UNCLASSIFIED//FOUO/NOFORN", "fouo"),
        ("fouo-les", "U//NF", "UNCLASSIFIED//NOFORN", "fouo"),
        ("fouo-les", "U//NF//SSI", "UNCLASSIFIED//NOFORN//SSI", "ssi"),
        ("fouo-les", "U//FOUO//SBU-NF/SSI", "UNCLASSIFIED//FOUO//SBU NOFORN/SSI", "ssi"),
        ("fouo-les", "U//SBU-NF/LES-NF", "UNCLASSIFIED//SBU NOFORN/LES NOFORN", "les"),
        ("fouo-les", "U//REL TO USA, CAN//LES", "UNCLASSIFIED//REL TO USA, CAN//LES", "les"),
        ("fouo-les", "U//FOUO/REL TO USA, CAN, GBR", "UNCLASSIFIED//FOUO/REL TO USA, CAN, GBR", "fouo"),
        ("cui", "U", "UNCLASSIFIED", "u"),
        ("cui", "CUI", "CUI", "cui"),
        ("cui", "CUI//LEI", "CUI//LEI", "cui"),
        ("cui", "CUI//SP-SSI", "CUI//SP-SSI", "cui"),
        ("cui", "CUI//INV/LEI//NF", "CUI//INV/LEI//NOFORN", "cui"),
        ("cui", "CUI//SP-PCII/SP-SSI/CRIT/LEI", "CUI//SP-PCII/SP-SSI/CRIT/LEI", "cui"),
        ("cui", "CUI//NF", "CUI//NOFORN", "cui"),
        ("cui", "CUI//PRVCY//FED ONLY/NF", "CUI//PRVCY//FED ONLY/NOFORN", "cui"),
        ("cui", "CUI//NOCON/REL TO USA, CAN", "CUI//NOCON/REL TO USA, CAN", "cui"),
        ("cui-dod", "CUI//SP-SSI/LEI//NF", "CUI", "cui"),
        ("cui-dod", "U", "UNCLASSIFIED", "u"),
        ("tlp", "TLP:CLEAR", "TLP:CLEAR", "tlp-clear"),
        ("tlp", "TLP:GREEN", "TLP:GREEN", "tlp-green"),
        ("tlp", "TLP:AMBER", "TLP:AMBER", "tlp-amber"),
        ("tlp", "TLP:AMBER+STRICT", "TLP:AMBER+STRICT", "tlp-amber-strict"),
        ("tlp", "TLP:RED", "TLP:RED", "tlp-red"),
    ],
)
def test_marks_their_banners_and_styles(name: str, mark: str, banner: str, style: str) -> None:
    reading = read_mark(mark, name)
    assert reading.mark is not None
    assert reading.canonical
    assert (str(reading.mark), reading.mark.banner, reading.mark.style) == (mark, banner, style)


@pytest.mark.parametrize(
    ("name", "typed", "mark"),
    [
        ("fouo-les", "U//FOUO//LES", "U//LES"),
        ("fouo-les", "U//FOUO/LES", "U//LES"),
        ("fouo-les", "U//LES//FOUO", "U//LES"),
        ("fouo-les", "U/FOUO", "U//FOUO"),
        ("fouo-les", "U//LES NOFORN", "U//LES-NF"),
        ("fouo-les", "U//NF//LES", "U//LES-NF"),
        ("fouo-les", "U//LES/NF", "U//LES-NF"),
        ("fouo-les", "U//LES//NF", "U//LES-NF"),
        ("fouo-les", "LES", "U//LES"),
        ("fouo-les", "FOUO", "U//FOUO"),
        ("fouo-les", "LES-NF", "U//LES-NF"),
        ("fouo-les", "FOUO//LES", "U//LES"),
        ("fouo-les", "NF//SSI", "U//NF//SSI"),
        ("fouo-les", "U // LES", "U//LES"),
        ("fouo-les", " U//LES ", "U//LES"),
        ("fouo-les", "U//\u00a0LES", "U//LES"),
        ("fouo-les", "u//les", "U//LES"),
        ("fouo-les", "u", "U"),
        ("fouo-les", "UNCLASSIFIED", "U"),
        ("fouo-les", "UNCLASSIFIED//FOUO", "U//FOUO"),
        ("fouo-les", "U//FOR OFFICIAL USE ONLY", "U//FOUO"),
        ("fouo-les", "UNCLASSIFIED//FOR OFFICIAL USE ONLY", "U//FOUO"),
        ("fouo-les", "UNCLASSIFIED//LAW ENFORCEMENT SENSITIVE", "U//LES"),
        ("fouo-les", "Unclassified//Law Enforcement Sensitive//NOFORN", "U//LES-NF"),
        ("fouo-les", "U//REL TO USA,CAN", "U//REL TO USA, CAN"),
        ("fouo-les", "U//REL TO USA, GBR, CAN", "U//REL TO USA, CAN, GBR"),
        ("fouo-les", "U//LES//REL TO USA, CAN", "U//REL TO USA, CAN//LES"),
        ("fouo-les", "U//REL TO USA, FVEY", "U//REL TO USA, AUS, CAN, GBR, NZL"),
        ("fouo-les", "U//REL TO USA", "U//NF"),
        ("fouo-les", "U//NF/REL TO USA, CAN", "U//NF"),
        ("fouo-les", "U//REL TO USA, CAN//REL TO USA, CAN, GBR", "U//REL TO USA, CAN"),
        ("cui", "CUI//NF//LEI", "CUI//LEI//NF"),
        ("cui", "CUI//LEI/SP-SSI", "CUI//SP-SSI/LEI"),
        ("cui", "INV//LEI", "CUI//INV/LEI"),
        ("cui", "CUI//FED ONLY/NOCON", "CUI//FED ONLY"),
        ("cui", "cui//lei//noforn", "CUI//LEI//NF"),
        ("cui", "CUI//SP-PRVCY/PRVCY", "CUI//SP-PRVCY"),
        ("cui", "CONTROLLED UNCLASSIFIED INFORMATION", "CUI"),
        ("tlp", "TLP:WHITE", "TLP:CLEAR"),
        ("tlp", "TLP: AMBER", "TLP:AMBER"),
        ("tlp", "tlp:red", "TLP:RED"),
        ("tlp", "TLP:AMBER STRICT", "TLP:AMBER+STRICT"),
    ],
)
def test_what_people_type_is_understood_and_rewritten(name: str, typed: str, mark: str) -> None:
    reading = read_mark(typed, name)
    assert (str(reading.mark), reading.canonical, reading.problem, reading.detail) == (mark, False, "", f"({mark})")


def test_the_order_of_the_alphabet_inside_a_section_is_nobodys_mistake() -> None:
    reading = read_mark("CUI//LEI/INV//NF", "cui")
    assert (str(reading.mark), reading.canonical) == ("CUI//INV/LEI//NF", True)


@pytest.mark.parametrize(
    ("name", "typed", "problem", "detail"),
    [
        ("fouo-les", "U//NOFRON", "unknown-control", "'NOFRON' (did you mean NOFORN?)"),
        ("fouo-les", "U//FUOO", "unknown-control", "'FUOO' (did you mean FOUO?)"),
        ("fouo-les", "U//ORCON", "unknown-control", "'ORCON'"),
        ("fouo-les", "U//Smith", "unknown-control", ""),
        ("fouo-les", "U//LES/XYZ", "unknown-control", "'XYZ'"),
        ("fouo-les", "U//REL TO USA, AND//REL TO USA, CAN", "malformed-mark", ""),
        ("fouo-les", "U//" + "X" * 200, "malformed-mark", ""),
        ("fouo-les", "CUI//XYZ", "mixed-systems", "this document is marked in fouo-les"),
        ("cui", "CUI//RCHR", "unknown-control", "'RCHR' (did you mean CHRI?)"),
        ("cui", "CUI//EII", "unknown-control", "'EII' (did you mean LEI?)"),
        ("cui", "CUI//U", "malformed-mark", ""),
        ("tlp", "TLP", "unknown-control", "'TLP'"),
        ("tlp", "TLP:RED//TLP:AMBER", "malformed-mark", ""),
        ("fouo-les", "U//REL TO USA, LSE", "unknown-control", "'LSE' (did you mean LES?)"),
        ("fouo-les", "U//REL TO USA, NATO", "unknown-control", "'NATO'"),
        ("fouo-les", "U//AVERYLONGTOKEN", "unknown-control", ""),
        ("fouo-les", "S", "classified-mark", ""),
        ("fouo-les", "TS", "classified-mark", ""),
        ("fouo-les", "C", "classified-mark", ""),
        ("fouo-les", "R", "classified-mark", ""),
        ("fouo-les", "S//NF", "classified-mark", ""),
        ("fouo-les", "s//nf", "classified-mark", ""),
        ("fouo-les", "TS//SCI", "classified-mark", ""),
        ("fouo-les", "S/NF", "classified-mark", ""),
        ("fouo-les", "C//REL TO USA", "classified-mark", ""),
        ("fouo-les", "TOP SECRET//SI//ORCON", "classified-mark", ""),
        ("fouo-les", "SECRET", "classified-mark", ""),
        ("fouo-les", "CONFIDENTIAL", "classified-mark", ""),
        ("fouo-les", "//NS", "classified-mark", ""),
        ("fouo-les", "//COSMIC TOP SECRET", "classified-mark", ""),
        ("fouo-les", "//JOINT S USA GBR", "classified-mark", ""),
        ("fouo-les", "U//SECRET", "classified-mark", ""),
        ("cui", "CUI//TS", "classified-mark", ""),
        ("tlp", "S", "classified-mark", ""),
        ("fouo-les", "ТS//SCI", "classified-mark", ""),
        ("fouo-les", "CUI", "mixed-systems", "this document is marked in fouo-les"),
        ("fouo-les", "CUI//LEI", "mixed-systems", "this document is marked in fouo-les"),
        ("fouo-les", "U//LES//CUI", "mixed-systems", "this document is marked in fouo-les"),
        ("fouo-les", "TLP:RED", "mixed-systems", "this document is marked in fouo-les"),
        ("cui", "U//LES", "mixed-systems", "this document is marked in cui"),
        ("cui", "CUI//LES", "mixed-systems", "this document is marked in cui"),
        ("cui", "LES", "mixed-systems", "this document is marked in cui"),
        ("cui-dod", "U//FOUO", "mixed-systems", "this document is marked in cui-dod"),
        ("tlp", "U", "mixed-systems", "this document is marked in tlp"),
        ("cui", "CUI//SP-LEI", "basic-only-category", "write LEI"),
        ("cui-dod", "CUI//SP-LEI//NF", "basic-only-category", "write LEI"),
        ("cui", "CUI//SSI", "specified-only-category", "write SP-SSI"),
        ("cui", "CUI//PCII", "specified-only-category", "write SP-PCII"),
        ("cui", "CUI//CHRI/LEI", "specified-only-category", "write SP-CHRI"),
        ("cui", "CUI//DISPLAY ONLY", "unknown-control", "'DISPLAY'"),
        ("cui", "U//LEI", "malformed-mark", ""),
        ("cui", "U//CUI", "malformed-mark", ""),
        ("tlp", "TLP:AMBER/RED", "unknown-control", "'RED'"),
        ("tlp", "TLP:PINK", "unknown-control", "'PINK'"),
        ("fouo-les", "", "malformed-mark", ""),
        ("fouo-les", "U//", "malformed-mark", ""),
        ("fouo-les", "//LES", "malformed-mark", ""),
        ("fouo-les", "NF", "malformed-mark", ""),
        ("fouo-les", "U//REL TO CAN", "malformed-mark", ""),
        ("fouo-les", "U//REL TO", "malformed-mark", ""),
        ("fouo-les", "U//REL TO USA AND CAN", "malformed-mark", ""),
        ("cui", "CUI//REL TO USA, CAN/GEO", "malformed-mark", ""),
        ("fouo-les", "U//LЕS", "malformed-mark", "it only looks like (U//LES)"),
        ("fouo-les", "U∕∕LES", "malformed-mark", "it only looks like (U//LES)"),
        ("fouo-les", "U//L\u200bES", "malformed-mark", "it only looks like (U//LES)"),
        ("fouo-les", "U//\nLES", "malformed-mark", "it only looks like (U//LES)"),
        ("fouo-les", "U//*LES*", "malformed-mark", "it only looks like (U//LES)"),
        ("fouo-les", "U?", "malformed-mark", ""),
    ],
)
def test_what_is_refused_and_what_is_said_of_it(name: str, typed: str, problem: str, detail: str) -> None:
    reading = read_mark(typed, name)
    assert reading.mark is None
    assert (reading.problem, reading.detail) == (problem, detail)


def of_fouo_les(text: str) -> Mark:
    mark = read_mark(text, "fouo-les").mark
    assert mark is not None
    return mark


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["U", "U//FOUO"], "U//FOUO"),
        (["U//FOUO", "U//LES"], "U//LES"),
        (["U//FOUO", "U//SSI"], "U//FOUO//SSI"),
        (["U//SBU-NF", "U//LES"], "U//SBU-NF/LES-NF"),
        (["U//REL TO USA, CAN, GBR", "U//REL TO USA, GBR"], "U//REL TO USA, GBR"),
        (["U//REL TO USA, CAN", "U//LES"], "U//REL TO USA, CAN//LES"),
        (["U//REL TO USA, CAN", "U//REL TO USA, GBR"], "U//NF"),
        (["U//REL TO USA, CAN", "U//NF"], "U//NF"),
    ],
)
def test_roll_up_by_example(parts: list[str], whole: str) -> None:
    assert str(join("fouo-les", map(of_fouo_les, parts))) == whole


def test_audiences_are_ordered_by_whom_they_keep_out() -> None:
    steps = ["U", "U//REL TO USA, CAN, GBR", "U//REL TO USA, CAN", "U//NF"]
    ordered = [of_fouo_les(each) for each in steps]
    assert all(lower < upper for index, lower in enumerate(ordered) for upper in ordered[index + 1 :])
    assert not of_fouo_les("U//REL TO USA, CAN") <= of_fouo_les("U//REL TO USA, GBR")


def test_closure_names_everything_an_audience_is_trusted_with() -> None:
    assert closure("fouo-les", {"LES"}) == {"LES", "FOUO", "U"}
    assert closure("fouo-les", {"SSI"}) == {"SSI", "U"}
    assert closure("cui", {"LEI"}) == {"LEI", "CUI", "U"}
    assert closure("cui", {"SP-SSI"}) == {"SP-SSI", "CUI", "U"}
    assert closure("cui", {"SP-PRVCY"}) == {"SP-PRVCY", "PRVCY", "CUI", "U"}
    assert closure("tlp", {"RED"}) == {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"}
    with pytest.raises(MarkError):
        closure("tlp", {"LES"})


def test_controls_that_keep_state_and_local_readers_out() -> None:
    assert system("cui").barred_from("sltt") == {"FED ONLY", "FEDCON"}
    assert system("fouo-les").barred_from("sltt") == frozenset()


def test_notices_come_only_with_their_data() -> None:
    assert of_fouo_les("U").notices == ()
    assert of_fouo_les("U//FOUO").notices == ("fouo",)
    assert of_fouo_les("U//LES-NF").notices == ("les",)
    assert of_fouo_les("U//FOUO//SSI").notices == ("fouo", "ssi")
    assert read_mark("CUI//SP-SSI", "cui").mark.notices == ("ssi",)  # type: ignore[union-attr]
    assert "property of {agency}" in system("fouo-les").notices["les"]


def test_spoken_and_sharing() -> None:
    mark = of_fouo_les("U//LES-NF")
    assert mark.spoken == "Unclassified, law enforcement sensitive, no foreign nationals"
    assert mark.sharing == (
        "Share with law enforcement and public safety officials who need to know; not with press, public or anyone "
        "else unless the originating agency agrees. Not with foreign nationals."
    )
    listed = of_fouo_les("U//REL TO USA, CAN, GBR//LES")
    assert listed.spoken == "Unclassified, law enforcement sensitive, releasable to USA, CAN, GBR"
    assert listed.sharing.endswith("Of foreign nationals, only with those of CAN and GBR.")


def test_only_cui_dod_has_a_designation_block() -> None:
    assert [each for each in NAMES if SYSTEMS[each].designation] == ["cui-dod"]
    assert SYSTEMS["cui-dod"].tokens == SYSTEMS["cui"].tokens


def test_categories_that_the_marking_language_names() -> None:
    tokens = system("cui").tokens
    both = [
        "EMGT",
        "WATER",
        "CRIT",
        "PHYS",
        "PRVCY",
        "INV",
        "INF",
        "DREC",
        "OPSEC",
        "CTI",
        "HLTH",
        "ISVI",
        "CEII",
        "TSCA",
    ]
    assert all(each in tokens and f"SP-{each}" in tokens for each in both)
    assert "LEI" in tokens
    assert "SP-LEI" not in tokens
    for each in ("SSI", "PCII", "CHRI", "CVI", "SGI"):
        assert f"SP-{each}" in tokens
        assert each not in tokens


def test_marks_of_two_systems_have_no_order_and_no_roll_up() -> None:
    one, other = lowest("fouo-les"), lowest("cui")
    assert one != other
    with pytest.raises(MarkError):
        _ = one <= other
    with pytest.raises(MarkError):
        join("cui", [one])


@pytest.mark.parametrize(
    ("tokens", "audience"),
    [
        (frozenset(), None),
        (frozenset({"LES"}), None),
        (frozenset({"U", "LSE"}), None),
        (frozenset({"U", "LES", "FOUO"}), None),
        (frozenset({"U", "NF"}), frozenset({"USA", "CAN"})),
        (frozenset({"U"}), frozenset({"USA"})),
        (frozenset({"U"}), frozenset({"CAN", "GBR"})),
        (frozenset({"U"}), frozenset({"USA", "XYZ"})),
    ],
)
def test_a_mark_that_would_compare_wrongly_cannot_be_made(
    tokens: frozenset[str], audience: frozenset[str] | None
) -> None:
    with pytest.raises(MarkError):
        Mark("fouo-les", tokens, audience)


def test_controls_cannot_stand_with_a_level_that_takes_none() -> None:
    with pytest.raises(MarkError):
        Mark.of("cui", {"U", "LEI", "NF"} - {"CUI"})
    with pytest.raises(MarkError):
        Mark.of("tlp", {"RED"}, {"USA", "CAN"})


def test_there_is_no_system_of_another_name() -> None:
    assert NAMES == ["cui", "cui-dod", "fouo-les", "tlp"]
    with pytest.raises(KeyError):
        read_mark("U", "nato")


LEVEL = {"token": "X", "spoken": "x", "rank": 0, "style": "x", "sharing": "Share with all; not with none."}


@pytest.mark.parametrize(
    "tokens",
    [
        [{"token": "A", "spoken": "a", "outranks": ["Z"]}],
        [{"token": "A", "spoken": "a", "outranks": ["B"]}, {"token": "B", "spoken": "b", "outranks": ["A"]}],
        [{"token": "A", "spoken": "a"}, {"token": "B", "spoken": "b", "also": ["A"]}],
    ],
    ids=["unknown", "circle", "two meanings"],
)
def test_a_data_file_that_contradicts_itself_is_refused(tokens: list[dict[str, object]]) -> None:
    with pytest.raises(MarkError):
        _build({"name": "x", "title": "x", "extends": "x", "levels": [LEVEL], "sections": [{"tokens": tokens}]})
