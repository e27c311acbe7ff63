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
from itertools import chain

from tearline.marking.classified import alternatives, classified
from tearline.marking.folding import bare
from tearline.marking.mark import Mark
from tearline.marking.reading import LONGEST, is_known, read_mark
from tearline.marking.system import SYSTEMS, System, words


_JOINTS = frozenset("/:.@=?#")
_ENDS = re.compile(r"""$|[.;:?!)\]"']|,?[ ][a-z]""")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Something mark-like at ``[start, end)`` of the text; ``mark`` where it reads as a good one."""

    start: int
    end: int
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class _Patterns:
    parenthesis: re.Pattern[str]
    label: re.Pattern[str]
    phrase: re.Pattern[str]
    phrase_inside: re.Pattern[str]
    prefix: re.Pattern[str]
    openers: frozenset[str]


def find_marks(text: str, system: str) -> list[Likeness]:
    """Every mark-like token, in order and without overlaps, by offsets into ``text``. Linear in its length."""
    folded, index = bare(text)
    found: list[Likeness] = []
    last = 0
    for start, end, inner in sorted(_spans(folded), key=lambda span: (span[0], -span[1])):
        if start < last:
            continue
        last = end
        mark = read_mark(inner, system).mark if inner else None
        found.append(Likeness(index[start], index[end], mark))
    return found


def _spans(folded: str) -> Iterator[tuple[int, int, str]]:
    """Start and end in the folded text, and what to read as a mark there (empty: nothing)."""
    patterns = _patterns()
    for found in patterns.parenthesis.finditer(folded):
        if _is_parenthesised(found, patterns):
            yield found.start(), found.end(), found[1]
    for found in patterns.label.finditer(folded):
        if not _is_address(folded, found):
            yield found.start(), found.end(), _whole(folded, found)
    for found in chain(patterns.phrase.finditer(folded), patterns.prefix.finditer(folded)):
        yield found.start(), found.end(), found.group()


def _is_parenthesised(found: re.Match[str], patterns: _Patterns) -> bool:
    inner = found[1]
    if patterns.phrase_inside.search(inner):
        return True
    if len(inner) > LONGEST:
        return False
    if len(inner.strip()) == 1 and inner.islower() and _in_word(found):
        return False
    first = next(iter(words(inner)), "")
    return (first in patterns.openers or len(first) == 1 or not inner.isalpha() or "//" in inner) and is_known(inner)


def _in_word(found: re.Match[str]) -> bool:
    """Whether letters touch a parenthesis: ``colo(u)r``."""
    around = found.string[max(0, found.start() - 1) : found.start()] + found.string[found.end() : found.end() + 1]
    return any(each.isalnum() for each in around)


def _is_address(folded: str, found: re.Match[str]) -> bool:
    """Whether a level stands inside an address or a name with dots, and nothing after it makes it a mark."""
    if folded[found.start() - 1 : found.start()] not in _JOINTS or not found.start():
        return False
    single = found["run"] is None
    return not found.group().isupper() if single else not _is_token(found["run"])


def _is_token(run: str) -> bool:
    """Whether a run begins with a known control."""
    known = words(run)
    return any(known[:length] in each.readings for each in SYSTEMS.values() for length in range(1, len(known) + 1))


def _whole(folded: str, found: re.Match[str]) -> str:
    """What stands there if it is plainly all of a mark, else nothing."""
    return found.group() if _ENDS.match(folded, found.end()) else ""


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    systems = tuple(SYSTEMS.values())
    secret = classified()
    levels, controls = _labels(systems)
    phrases = alternatives(sorted({" ".join(each) for one in systems for each in one.phrases}))
    prefixes = "|".join(each.prefix for each in systems if each.prefix)
    edge, end = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
    return _Patterns(
        parenthesis=re.compile(r"\(([^()]{1,400})\)"),
        label=re.compile(
            rf"""{edge} (?: (?: (?i:{levels}) | {secret.levels} ) [ ]?/[ ]?/[ ]? (?P<run>[A-Za-z0-9+/\-]*)
                 | (?i: (?:{levels}) [ ]?[/-][ ]? (?:{controls}) ) {end}
                 | (?:{secret.levels}) [ ]?[/-][ ]? (?:{secret.controls}) {end} )""",
            re.VERBOSE,
        ),
        phrase=re.compile(f"{edge}(?:{phrases}){end}"),
        phrase_inside=re.compile(f"{edge}(?:{phrases}){end}", re.IGNORECASE),
        prefix=re.compile(rf"{edge}(?:{prefixes}) ?: ?[A-Z]*\+?[A-Z]*", re.IGNORECASE),
        openers=frozenset(each[0] for one in systems for each in one.readings),
    )


def _labels(systems: tuple[System, ...]) -> tuple[str, str]:
    """Alternatives for the levels that take controls after a slash, and for those controls."""
    takers = [each for each in systems if each.implied]
    levels = {each for one in takers for each, meaning in one.readings.items() if meaning in one.levels}
    controls = {each for one in takers for each in one.readings} - levels
    spelled = [alternatives([" ".join(each) for each in some]) for some in (levels, controls)]
    return spelled[0], spelled[1]
