"""The made archives: the same bytes each time, everything in them that a sample has, and nothing to find."""

from __future__ import annotations

import re
import statistics
from pathlib import Path

import pytest

from archive import LENGTH, bulletins, numbers, write_site
from archive_words import CASE, PLATES, WITHHELD, Vocabulary, _name
from sites import every_byte, tearline

# Each kind of portion and of front matter, as it is typed.
KINDS = {
    "heading": r"^## \(U\) ",
    "smaller heading": r"^### \(U\) ",
    "withheld heading": r"^## \(U//LES\) ",
    "paragraph": r"^\(U\) [A-Z]",
    "for official use": r"^\(U//FOUO\) ",
    "withheld paragraph": r"^\(U//LES\) ",
    "tearline": r"^!!! tearline\n    \(U\) ",
    "inline portion": r"\]\(U//LES \"",
    "numbered list": r"^1\. \(U\) ",
    "nested list": r"^- \(U\) .*\n    - \(U\) ",
    "unmarked list": r"asked to:\n\n- [A-Z]",
    "withheld item": r"^(?:-|\d\.) \(U//LES\) ",
    "table": r"^\| \(U\) .*\|\n\|---",
    "withheld row": r"^\| \(U//LES\) ",
    "withheld column": r" \(U//LES\) Lead \|$",
    "quote": r"^> \(U\) ",
    "admonition": r"^!!! (?:info|warning|danger|note) \"\(U\) ",
    "footnote": r"\[\^n1\].*\n(?:.*\n)*^\[\^n1\]: \(U\) ",
    "code": r"^```text title=\"\(U\) ",
    "link": r"\[(IB-[0-9-]+)\]\(\1\)",
    **{key: rf"^{key}: " for key in ("title_released", "action", "in_effect_until", "supersedes", "related")},
    **{key: rf"^{key}:" for key in ("revised", "recalled", "hazards", "lifelines", "regions", "hsec_sins")},
    "withheld facet": r"\{marking: U//LES, value: HSEC-9\}",
}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    made = [every_byte(write_site(tmp_path / f"{at}", 5, seed).parent) for at, seed in enumerate((7, 7, 8))]
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_every_bulletin_passes_check(tmp_path: Path) -> None:
    config = write_site(tmp_path / "site", 30)
    ran = tearline("check", "--strict", cwd=config.parent)
    assert (ran.code, ran.out) == (0, ""), ran.said
    assert "No findings." in ran.err


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [text for _, text in bulletins(300)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_has_portions_and_front_matter_of_each_kind(texts: list[str], kind: str) -> None:
    assert any(re.search(KINDS[kind], text, re.MULTILINE) for text in texts)


def test_bulletins_are_as_long_as_real_ones_and_a_third_withholds(texts: list[str]) -> None:
    assert abs(statistics.mean(len(text.split()) for text in texts) - LENGTH) < LENGTH / 10
    assert 1 / 4 < sum("(U//LES)" in text for text in texts) / len(texts) < 2 / 5


def test_no_four_withheld_words_in_a_row_could_be_released_ones(texts: list[str]) -> None:
    released = [line for text in texts for line in text.splitlines() if "(U//LES)" not in line and "U//LES" not in line]
    said = set(
        re.findall(r"[a-z]+", " ".join(line for line in released if line.startswith(("(U) ", "- (U) "))).lower())
    )
    own = {*CASE, "sold"}
    assert said.isdisjoint(own)
    for pattern in (*WITHHELD, *PLATES):
        words = re.findall(r"\{\w\}|[a-z]+", pattern.lower())
        for run in zip(*(words[at:] for at in range(4)), strict=False):
            assert own & {*run} or {"{l}", "{k}"} & {*run}, run


def test_product_numbers_are_all_different_and_span_years() -> None:
    names = [one.name for one in numbers(5000)]
    assert len({*names}) == len(names)
    assert {name[3:7] for name in names} == {"2021", "2022", "2023", "2024", "2025", "2026"}


def test_no_two_names_are_the_same() -> None:
    assert len({_name(number, ("ford", "mere")) for number in range(50_000)}) == 50_000
    words = {word for text in Vocabulary().places for word in text.split()}
    assert len(words) == len(Vocabulary().places)
