"""A mark, the order of marks, and their roll-up.

The order: ``a <= b`` when b withholds from everyone a withholds from. With T* for tokens and all they outrank, and
countries(m) for the audience of REL TO (everybody without one, nobody under NOFORN):

    a <= b   if and only if   Ta is within Tb*   and   countries(b) is within countries(a)

A mark drops tokens that another of its tokens outranks, so two marks below each other are the same mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tearline.marking.loading import countries, system
from tearline.marking.system import Audience, MarkError, System, Token

Form = Literal["portion", "banner"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in its one canonical form; ``Mark.of`` makes one from any tokens.

    ``tokens`` holds exactly one level and nothing that another token outranks. ``audience`` is the countries of REL TO,
    None without one. Raises ``MarkError`` for anything else, so that no mark can exist that would compare wrongly.
    """

    system: str
    tokens: frozenset[str]
    audience: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if (self.tokens, self.audience) != _normal(system(self.system), self.tokens, self.audience):
            raise MarkError(f"not a canonical mark of {self.system}")

    @classmethod
    def of(cls, system_name: str, tokens: Iterable[str], audience: Iterable[str] | None = None) -> Mark:
        """The mark with these tokens; of several levels the highest counts. Raises ``MarkError`` for no mark."""
        listed = None if audience is None else frozenset(audience)
        return cls(system_name, *_normal(system(system_name), frozenset(tokens), listed))

    def __str__(self) -> str:
        return _spelling(self, "portion")

    @property
    def banner(self) -> str:
        """The mark as a banner: ``UNCLASSIFIED//LES NOFORN``."""
        of = system(self.system)
        return of.tokens[_level(of, self.tokens)].banner if of.banner_is_level else _spelling(self, "banner")

    @property
    def spoken(self) -> str:
        """The mark as a screen reader says it: "Unclassified, law enforcement sensitive, no foreign nationals"."""
        of = system(self.system)
        said = [token.spoken for token in sorted(_in_order(self), key=lambda token: bool(token.limits))]
        if of.audience and self.audience:
            said.append(f"{of.audience.spoken} {_listed(of.audience, self.audience)}")
        return ", ".join(said)

    @property
    def sharing(self) -> str:
        """Who may have it and who may not, in plain sentences."""
        of = system(self.system)
        gravest = _gravest(self, "sharing")
        said = [gravest.sharing]
        said += [token.limits for token in _in_order(self) if token.limits and token is not gravest]
        if of.audience and self.audience:
            others = sorted(self.audience - {of.audience.home})
            said.append(f"{of.audience.limits} {' and '.join(others)}.")
        return " ".join(said)

    @property
    def style(self) -> str:
        """The key of its most restrictive token for a style sheet: ``les``, ``tlp-amber-strict``."""
        return _gravest(self, "style").style

    @property
    def notices(self) -> tuple[str, ...]:
        """The names of the notices that what carries this mark needs."""
        return tuple(token.notice for token in _in_order(self) if token.notice)

    def __le__(self, other: Mark) -> bool:
        """Whether the other withholds from everyone this withholds from. Raises ``MarkError`` across systems."""
        if self.system != other.system:
            raise MarkError(f"{self.system} and {other.system} cannot be compared")
        of = system(self.system)
        return self.tokens <= of.closure(other.tokens) and _within(of, other, self)

    def __ge__(self, other: Mark) -> bool:
        return other <= self

    def __lt__(self, other: Mark) -> bool:
        return self != other and self <= other

    def __gt__(self, other: Mark) -> bool:
        return other < self


def lowest(system_name: str) -> Mark:
    """The mark that withholds least."""
    return Mark.of(system_name, system(system_name).levels[:1])


def join(system_name: str, marks: Iterable[Mark]) -> Mark:
    """The roll-up: the lowest mark at or above all of these; of nothing, the system's lowest.

    REL TO lists are intersected, marks without one leave the intersection alone, an empty one is NOFORN, and NOFORN
    wins. Raises ``MarkError`` for a mark of another system.
    """
    tokens = frozenset(system(system_name).levels[:1])
    audience: frozenset[str] | None = None
    for each in marks:
        if each.system != system_name:
            raise MarkError(f"a mark of {each.system} cannot be rolled up in {system_name}")
        tokens |= each.tokens
        if each.audience is not None:
            audience = each.audience if audience is None else audience & each.audience
    return Mark.of(system_name, tokens, audience)


def _level(of: System, tokens: frozenset[str]) -> str:
    """The highest level among tokens."""
    return next(level for level in reversed(of.levels) if level in tokens)


def _within(of: System, inner: Mark, outer: Mark) -> bool:
    """Whether the inner mark's countries are all in the outer's."""
    nobody = of.audience is not None and of.audience.none in inner.tokens
    return outer.audience is None or nobody or (inner.audience is not None and inner.audience <= outer.audience)


@lru_cache(maxsize=4096)
def _normal(
    of: System, tokens: frozenset[str], audience: frozenset[str] | None
) -> tuple[frozenset[str], frozenset[str] | None]:
    """Tokens and audience in canonical form. Raises ``MarkError`` where they are no mark."""
    if not tokens <= of.tokens.keys() or tokens.isdisjoint(of.levels):
        raise MarkError(f"not the tokens of a mark of {of.name}")
    tokens, audience = _settled(of, tokens, audience)
    below = frozenset().union(*(of.closure([each]) - {each} for each in tokens))
    level = _level(of, tokens)
    kept = (tokens - below - frozenset(of.levels)) | {level}
    if of.tokens[level].bare and (len(kept) > 1 or audience is not None):
        raise MarkError(f"{level} takes no controls in {of.name}")
    return kept, audience


def _settled(
    of: System, tokens: frozenset[str], audience: frozenset[str] | None
) -> tuple[frozenset[str], frozenset[str] | None]:
    """The audience put right: NOFORN wins, and a list of only the home country is NOFORN."""
    if audience is None:
        return tokens, None
    if of.audience is None:
        raise MarkError(f"{of.name} has no REL TO")
    if not audience <= countries().codes:
        raise MarkError("REL TO names something that is not a country")
    if of.audience.none in tokens or len(audience | {of.audience.home}) == 1:
        return tokens | {of.audience.none}, None
    if of.audience.home not in audience:
        raise MarkError(f"REL TO has to name {of.audience.home}")
    return tokens, audience


@lru_cache(maxsize=4096)
def _in_order(mark: Mark) -> tuple[Token, ...]:
    """The tokens of a mark in the order in which it spells them."""
    return tuple(token for name, token in system(mark.system).tokens.items() if name in mark.tokens)


@lru_cache(maxsize=4096)
def _gravest(mark: Mark, key: Literal["sharing", "style"]) -> Token:
    return max((token for token in _in_order(mark) if getattr(token, key)), key=lambda token: token.rank)


def _listed(rule: Audience, audience: frozenset[str]) -> str:
    return ", ".join([rule.home, *sorted(audience - {rule.home})])


@lru_cache(maxsize=4096)
def _spelling(mark: Mark, form: Form) -> str:
    """``level [ // section ]…`` where a section is its tokens and REL TO, joined by ``/``."""
    of = system(mark.system)
    parts = [getattr(of.tokens[_level(of, mark.tokens)], form)]
    for index, section in enumerate(of.sections):
        pieces = list(_pieces(of, mark, section, form))
        if of.audience and mark.audience and of.audience.section == index:
            pieces.append(f"{of.audience.words} {_listed(of.audience, mark.audience)}")
        if pieces:
            parts.append("/".join(pieces))
    return "//".join(parts)


def _pieces(of: System, mark: Mark, section: tuple[str, ...], form: Form) -> Iterator[str]:
    """The tokens of one section as spelled, riders as suffixes of what carries them."""
    riders = [token.rider for token in _in_order(mark) if token.rider and token.rider.carriers & mark.tokens]
    for name in section:
        token = of.tokens[name]
        if name not in mark.tokens or token.rider in riders:
            continue
        yield getattr(token, form) + "".join(getattr(rider, form) for rider in riders if name in rider.carriers)
