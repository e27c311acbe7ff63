"""What the renderer makes of an emitted page, compared with what was released.

A page's Markdown is rendered with the site's own extensions, and what comes out is compared with the released tree,
to the letter: the same words, in the same blocks and containers, in the same emphasis, links and notes, under the
same marks, and nothing else.

    Released --expected--> events  =  events <--rendered-- HTML <--the site's renderer-- Markdown <--emit-- Released

This proves the emission. It cannot prove that the source was read rightly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

import markdown

from tearline.emit import Addresses
from tearline.policy import PythonName
from tearline.proof.events import Event
from tearline.proof.expected import Expected
from tearline.proof.rendered import events_of
from tearline.release import Released
from tearline.store import digest_of, identity

# What MkDocs always loads besides the configured extensions.
BUILT_IN: Final = ("toc", "tables", "fenced_code")
NOT_OURS: Final = -1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison found: ``broken`` numbers the portions that came out differently (-1: not one of ours)."""

    broken: frozenset[int]

    @property
    def holds(self) -> bool:
        """Whether everything came out as it went in, and nothing else did."""
        return not self.broken


def prove(
    text: str, released: Released, addresses: Addresses, plain: frozenset[int], render: Callable[[str], str]
) -> Verdict:
    """Compare what ``text`` renders to with what ``released`` says it should."""
    return _compared(_expected(released, addresses, plain), render(text))


def _expected(released: Released, addresses: Addresses, plain: frozenset[int]) -> Expected:
    expected = Expected(addresses, plain)
    expected.page(released)
    return expected


def _compared(expected: Expected, page: str) -> Verdict:
    return Verdict(_differing(expected.events, expected.numbers, events_of(page)))


def _differing(wanted: Sequence[Event], numbers: Sequence[int], got: Sequence[Event]) -> frozenset[int]:
    """The numbers of the portions at which two lists differ, between their common beginning and end."""
    if len(wanted) == len(got):
        return frozenset(number for one, other, number in zip(wanted, got, numbers, strict=True) if one != other)
    shorter = min(len(wanted), len(got))
    start = next((index for index in range(shorter) if wanted[index] != got[index]), shorter)
    rest = shorter - start
    tail = next((index for index in range(rest) if wanted[-1 - index] != got[-1 - index]), rest)
    return frozenset({NOT_OURS, *numbers[start : len(wanted) - tail]})


class Renderer:
    """The site's Markdown, as MkDocs sets it up, for proving one page after the other.

    ``proved`` are the keys of emissions that held before, as ``prove`` notes them in ``held``: a key is made of the
    Markdown, what it should come out as, and everything that renders and compares. With None, none are made.
    """

    def __init__(self, extensions: Mapping[str, Mapping[str, Any]], proved: AbstractSet[str] | None = None) -> None:
        names = [name for name in BUILT_IN if name not in extensions]
        configs = {name: _resolved(options) for name, options in extensions.items() if options}
        self._markdown = markdown.Markdown(extensions=[*names, *extensions], extension_configs=configs)
        self._last = ("", "")
        self._extensions = repr(sorted(extensions.items())).encode()
        self.proved = proved
        self.held: list[str] = []

    def prove(self, text: str, released: Released, addresses: Addresses, plain: frozenset[int]) -> Verdict:
        """Compare what ``text`` renders to with what ``released`` says it should."""
        expected = _expected(released, addresses, plain)
        if self.proved is None:
            return _compared(expected, self.render(text))
        key = digest_of([identity().encode(), self._extensions, text.encode(), repr(expected.events).encode()])
        verdict = Verdict(frozenset()) if key in self.proved else _compared(expected, self.render(text))
        if verdict.holds:
            self.held.append(key)
        return verdict

    def render(self, text: str) -> str:
        """One page's Markdown as HTML; nothing is kept from the page before.

        Most bulletins read alike in all editions, one after the other: the same text is not rendered twice in a row.
        """
        if text != self._last[0]:
            self._markdown.reset()
            self._last = (text, self._markdown.convert(text))
        return self._last[1]


def _resolved(value: Any) -> Any:
    """Options as Python-Markdown takes them: names of Python objects become the objects."""
    if isinstance(value, PythonName):
        return value.resolve()
    if isinstance(value, Mapping):
        return {key: _resolved(inner) for key, inner in value.items()}
    return [_resolved(inner) for inner in value] if isinstance(value, list | tuple) else value
