"""Everything in a text that could pass for a mark.

After folding, mark-like is: a known mark or alias of any system in parentheses; a level followed by ``//``; a level
followed by ``/`` or ``-`` and a known token; ``TLP:``; spelled-out banner words in capitals, or in any case inside
parentheses. The patterns are made of the systems' data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tearline.marking.classified import alternatives, classified, is_classified
from tearline.marking.folding import bare
from tearline.marking.loading import SYSTEMS
from tearline.marking.mark import Mark
from tearline.marking.reading import LONGEST, plain_mark
from tearline.marking.shape import is_known, is_meant
from tearline.marking.system import System, words

_JOINTS = frozenset("/:.@=?#")
_RUN = re.compile(r"[A-Za-z0-9+/\-]{0,80}")
_ENDS = re.compile(r"""$|[.;:?!)\]"']|,?[ ][a-z]""")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Something mark-like at ``[start, end)`` of the text; ``mark`` where it reads as a good one of the system.

    ``classified`` is whether it is a classified mark, which a caller may want to report as the spill it could be.
    """

    start: int
    end: int
    mark: Mark | None = None
    classified: bool = False


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What is looked for. All but ``parenthesis`` are matched against the folded text in capitals."""

    parenthesis: re.Pattern[str]
    label: re.Pattern[str]
    phrase: re.Pattern[str]
    prefix: re.Pattern[str]


def find_marks(text: str, system: str) -> list[Likeness]:
    """Every mark-like token, in order and without overlaps, by offsets into ``text``. Linear in its length."""
    folded, index = bare(text)
    found: list[Likeness] = []
    last = 0
    for start, end, inner in sorted(_spans(folded), key=lambda span: (span[0], -span[1])):
        if start < last:
            continue
        last = end
        mark = plain_mark(inner, system)
        spilled = mark is None and is_classified(folded[start:end].strip("()")[:LONGEST])
        found.append(Likeness(index[start], index[end], mark, spilled))
    return found


def _spans(folded: str) -> Iterator[tuple[int, int, str]]:
    """Start and end in the folded text, and what to read as a mark there (empty: nothing)."""
    patterns = _patterns()
    loud = _capitals(folded)
    phrases = [found.span() for found in patterns.phrase.finditer(loud)]
    for found in patterns.parenthesis.finditer(folded):
        if _is_parenthesised(found) or (phrases and patterns.phrase.search(loud, found.start(), found.end())):
            yield found.start(), found.end(), found[1]
    for start, end in phrases:
        if folded[start:end].isupper():
            yield start, end, _whole(folded, start, end)
    end = 0
    for found in patterns.label.finditer(loud):
        if found.start() >= end and _is_label(folded, found):
            end = found.end() if found["double"] is None else _end(folded, found.end())
            yield found.start(), end, _whole(folded, found.start(), end)
    for found in patterns.prefix.finditer(loud):
        yield found.start(), found.end(), _whole(folded, found.start(), found.end())


def _capitals(text: str) -> str:
    """The text in capitals, offset for offset: a few letters have capitals of other lengths, and stay."""
    loud = text.upper()
    return loud if len(loud) == len(text) else "".join(each if len(each.upper()) > 1 else each.upper() for each in text)


def _is_parenthesised(found: re.Match[str]) -> bool:
    """Whether what stands between these parentheses is a mark, or is plainly meant as one."""
    inner = found[1].strip()
    if not inner or len(inner) > LONGEST or (len(inner) == 1 and inner.islower() and _in_word(found)):
        return False
    return is_known(inner) or is_meant(inner)


def _in_word(found: re.Match[str]) -> bool:
    """Whether letters touch a parenthesis: ``colo(u)r``."""
    around = found.string[max(0, found.start() - 1) : found.start()] + found.string[found.end() : found.end() + 1]
    return any(each.isalnum() for each in around)


def _is_label(folded: str, found: re.Match[str]) -> bool:
    """Whether a level with // or with / and a control is one in its case and place.

    Classified levels are so only in capitals. Inside an address or a name with dots, // counts only before a known
    control, and a single / only in capitals.
    """
    text = folded[found.start() : found.end()]
    if found["spilled"] and not text.isupper():
        return False
    if not found.start() or folded[found.start() - 1] not in _JOINTS:
        return True
    return _is_control(folded[found.end() : _end(folded, found.end())]) if found["double"] else text.isupper()


def _is_control(run: str) -> bool:
    """Whether a run begins with a known control of some system."""
    known = words(run)
    return any(known[:length] in each.readings for each in SYSTEMS.values() for length in range(1, len(known) + 1))


def _end(folded: str, start: int) -> int:
    """Where the controls after a level end."""
    found = _RUN.match(folded, start)
    return found.end() if found else start


def _whole(folded: str, start: int, end: int) -> str:
    """What stands there if it is plainly all of a mark, else nothing."""
    return folded[start:end] if _ENDS.match(folded, end) else ""


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    systems = tuple(SYSTEMS.values())
    secret = classified()
    levels, controls = _labels(systems)
    phrases = alternatives({" ".join(each) for one in systems for each in one.phrases})
    prefixes = alternatives({each.prefix for each in systems if each.prefix})
    edge, end = r"(?<![A-Z0-9])", r"(?![A-Z0-9])"
    return _Patterns(
        parenthesis=re.compile(r"\(([^()]{1,400})\)"),
        label=re.compile(
            rf"""{edge} (?: {levels} (?: [ ]?(?P<double>/[ ]?/)[ ]? | [ ]?[/-][ ]? {controls} {end} )
                 | (?P<spilled>{secret.levels}) (?: [ ]?(?:/[ ]?/)[ ]? | [ ]?[/-][ ]? {secret.controls} {end} ) )""",
            re.VERBOSE,
        ),
        phrase=re.compile(f"{edge}{phrases}{end}"),
        prefix=re.compile(rf"{edge}{prefixes} ?: ?[A-Z]*\+?[A-Z]*"),
    )


def _labels(systems: tuple[System, ...]) -> tuple[str, str]:
    """Alternatives for the levels that take controls after a slash, and for those controls."""
    takers = [each for each in systems if each.implied]
    levels = {each for one in takers for each, meaning in one.readings.items() if meaning in one.levels}
    controls = {each for one in takers for each in one.readings} - levels
    return alternatives(" ".join(each) for each in levels), alternatives(" ".join(each) for each in controls)
