"""A naive reading of marks: what is between the parentheses, split into words, each of which must be listed.

It knows no order, no supersession and no grammar. A word that the edition does not list makes the mark withheld, so a
misread mark errs on the safe side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tearline.verify.folding import fold
from tearline.verify.settings import Settings

# Spelled-out forms, longest first, and the word they stand for.
_SPELLED: Final = (
    ("controlled unclassified information", "CUI"),
    ("not releasable to foreign nationals", "NF"),
    ("no foreign dissemination", "NF"),
    ("sensitive security information", "SSI"),
    ("sensitive but unclassified", "SBU"),
    ("law enforcement sensitive", "LES"),
    ("law enforcement information", "LEI"),
    ("for official use only", "FOUO"),
    ("unclassified", "U"),
    ("controlled", "CUI"),
    ("no forn", "NF"),
    ("noforn", "NF"),
    ("top secret", "TS"),
    ("secret", "S"),
    ("confidential", "C"),
)
_LEVELS: Final = frozenset({"U", "CUI", "TLP", "S", "TS", "C", "FOUO", "LES", "SBU", "SSI", "NF"})
_CONTROLS: Final = frozenset({"FOUO", "LES", "SBU", "SSI", "NF", "CUI", "REL", "LEI", "FEDCON", "NOCON", "PCII", "SP"})
_FIRST: Final = ("U", "CUI", "CONTROLLED", "UNCLASSIFIED", "TLP", "S", "TS", "C")
_WORDS: Final = frozenset({"ts", "nf", "controlled", "unclassified"})
_COLORS: Final = frozenset({"CLEAR", "WHITE", "GREEN", "AMBER", "AMBER+STRICT", "RED"})
_OPEN = re.compile(r"[*_`~\s]*\(\s*([^()]{1,120}?)\s*\)")
_TOKEN = re.compile(r"[a-z0-9]+(?:\+[a-z]+)?")
_REL = re.compile(r"rel(?:easable)? ?to ((?:[a-z]{3,4}(?:, ?| and | ?(?=/|$)))+)")
_INSIDE = re.compile(r"\(([^()]{1,120})\)")
_LABEL = re.compile(
    r"(?<![A-Z])[A-Z]++\s?(?:/\s?/\s?[A-Za-z][A-Za-z0-9+/ ,-]{0,60}"
    r"|[/-](?:FOUO|LES|SBU|SSI|NF|NOFORN|LEI)(?![A-Za-z0-9]))"
)
_JOINED = re.compile(r"/\s?/|[/-](?:FOUO|LES|SBU|SSI|NF|NOFORN|LEI)")  # stands in every such label, and in few texts
_PREFIX = re.compile(r"TLP\s?:\s?[A-Za-z]+(?:\+[A-Za-z]+)?")
_PHRASE = re.compile(r"LAW ENFORCEMENT SENSITIVE|SENSITIVE SECURITY INFORMATION|SENSITIVE BUT UNCLASSIFIED")
_OTHER = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as its words, in capitals; ``nations`` where it names to whom it may go."""

    tokens: frozenset[str]
    nations: frozenset[str] | None = None


@lru_cache(maxsize=8192)
def read(text: str) -> Mark | None:
    """What stands between parentheses as a mark, or None where it is plainly none: ``Les`` is a name."""
    if text.istitle() and text.isalpha() and len(text) > 1:
        return None
    folded = " ".join(fold(text).split())
    for phrase, token in _SPELLED:
        folded = folded.replace(phrase, token.lower())
    nations: frozenset[str] | None = None
    audience = _REL.search(folded)
    if audience:
        nations = frozenset(each.upper() for each in _TOKEN.findall(audience[1]) if each != "and")
        folded = folded[: audience.start()] + folded[audience.end() :]
    tokens = [each.upper() for each in _TOKEN.findall(folded)]
    if not tokens or not _is_mark(tokens, folded):
        return None
    return Mark(_specified(tokens), nations)


def _is_mark(tokens: list[str], folded: str) -> bool:
    """Whether these words are a mark: a level or control with //, a level with a control, or one of them alone."""
    if tokens[0] == "TLP":
        return len(tokens) > 1 and tokens[1] in _COLORS
    if "//" in folded.replace(" ", ""):
        return tokens[0] in _LEVELS or not _CONTROLS.isdisjoint(tokens)
    if len(tokens) == 1:
        return tokens[0] in _LEVELS - {"TLP", "S", "C"}
    return tokens[0] in _LEVELS and not _CONTROLS.isdisjoint(tokens[1:])


def _specified(tokens: list[str]) -> frozenset[str]:
    """``SP`` and the category after it are one token; ``TLP`` is the name of a system, not a token."""
    joined, specified = [], False
    for token in tokens:
        if token == "SP":  # noqa: S105 - a word of marks
            specified = True
            continue
        joined.append(f"SP-{token}" if specified else token)
        specified = False
    return frozenset(joined) - {"TLP"} | ({"SP"} if specified else set())


def opening(text: str) -> tuple[Mark | None, int]:
    """The mark that opens a text, and where the words after it begin; (None, 0) where none does."""
    found = _OPEN.match(text)
    mark = read(found[1]) if found else None
    return (mark, found.end()) if found and mark is not None else (None, 0)


def releasable(mark: Mark, settings: Settings, system: str) -> bool:
    """Whether the edition may see everything in a mark."""
    if settings.releases is None:
        return True
    listed = settings.releases.get(system)
    if mark.tokens & _COLORS and system != "tlp":
        listed = settings.releases.get("tlp")
    if listed is None or not mark.tokens <= listed | _synonyms(listed):
        return False
    return mark.nations is None or (settings.nation in mark.nations and len(mark.nations) > 1)


def _synonyms(listed: frozenset[str]) -> frozenset[str]:
    return frozenset({"WHITE"}) if "CLEAR" in listed else frozenset()


def above(text: str, settings: Settings) -> Iterator[Mark]:
    """Every mark in a text that the edition may see in no system it knows."""
    if settings.releases is None:
        return
    plain = text if text.isascii() else _same_case(text)
    for inner in set(_INSIDE.findall(plain)):
        mark = read(inner)
        if mark is not None and not is_word(inner, mark) and not _anywhere(mark, settings):
            yield mark
    patterns = [*([_LABEL] if _JOINED.search(plain) else []), *([_PREFIX] if "TLP" in plain else [])]
    said = {found[0] for each in patterns for found in each.finditer(plain) if _stands_alone(found)}
    said |= set(_PHRASE.findall(plain)) if "SENSITIVE" in plain else set()
    for label in said:
        mark = read(_trimmed(label))
        if mark is not None and not _anywhere(mark, settings):
            yield mark


def is_word(inner: str, mark: Mark) -> bool:
    """Whether what is in parentheses is a mark only where it opens a portion: a box (TS), a gene (NF), (controlled)."""
    return len(mark.tokens) == 1 and mark.nations is None and fold(inner).strip() in _WORDS


def _stands_alone(found: re.Match[str]) -> bool:
    """Whether a label begins with a level and not in the middle of a word."""
    before = found.string[found.start() - 1 : found.start()]
    return not before.isalnum() and found[0].startswith(_FIRST)


def _trimmed(label: str) -> str:
    """A label without the ordinary words that follow it: tokens of a mark are in capitals."""
    kept = re.match(r"TLP\s?:\s?[A-Za-z+]+|[A-Z0-9+/ ,-]+(?![a-z])", label)
    return kept[0] if kept else label


def _anywhere(mark: Mark, settings: Settings) -> bool:
    systems = settings.releases or {}
    return any(releasable(mark, settings, system) for system in systems)


def _same_case(text: str) -> str:
    """Look-alikes undone, case kept: what is a capital letter stays one."""
    return _OTHER.sub(_cased, text)


def _cased(found: re.Match[str]) -> str:
    return "".join(_case_of(char) for char in found[0])


@lru_cache(maxsize=4096)
def _case_of(char: str) -> str:
    seen = fold(char)
    return seen.upper() if char.isupper() or char != char.lower() else seen
