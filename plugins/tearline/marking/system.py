"""The marking systems, read from their data files.

``systems/*.yml`` say everything a system is: levels, sections, tokens, what outranks what, spellings and sentences.
``systems/fouo-les.yml`` explains the keys. Nothing here or in the other modules knows a system by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any

import yaml

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORD = re.compile(r"[A-Z0-9]+")

Words = tuple[str, ...]


class MarkError(ValueError):
    """A mark that cannot be, two systems compared, or a data file that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Rider:
    """A token spelled as a suffix of others: NF in ``LES-NF``, NOFORN in ``LES NOFORN``."""

    carriers: frozenset[str]
    portion: str
    banner: str


@dataclass(frozen=True, slots=True)
class Token:
    """One control or level: how it is written and said, and what it asks of an audience."""

    name: str
    portion: str
    banner: str
    spoken: str
    style: str = ""
    rank: int = -1
    sharing: str = ""
    limits: str = ""
    notice: str = ""
    outranks: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    bare: bool = False
    rider: Rider | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Words that are known to be wrong: the rule they break and what to write instead."""

    rule: str
    instead: str


@dataclass(frozen=True, slots=True)
class Audience:
    """The REL TO of a system: its words, the country always in it, and the token that means nobody else."""

    words: str
    home: str
    none: str
    section: int
    spoken: str
    limits: str


@dataclass(frozen=True, slots=True)
class Countries:
    """The codes that REL TO may name, and the groups that stand for several of them."""

    codes: frozenset[str]
    groups: Mapping[str, frozenset[str]]


@dataclass(frozen=True, eq=False)
class System:
    """A marking system. ``tokens`` holds levels first, lowest first, then controls in the order of a mark.

    ``readings`` maps the words people write to a token's name, to REL TO (``AUDIENCE``) or to a refusal.
    ``alone`` are the words that stand in parentheses without a level; ``ordinary`` are spellings that are never marks.
    ``family`` is shared by systems with the same marks, which therefore cannot be mixed up.
    """

    name: str
    title: str
    family: str
    levels: tuple[str, ...]
    sections: tuple[tuple[str, ...], ...]
    tokens: Mapping[str, Token]
    implied: str
    audience: Audience | None
    banner_is_level: bool
    designation: bool
    prefix: str
    notices: Mapping[str, str]
    readings: Mapping[Words, str | Refusal] = field(repr=False)
    alone: frozenset[Words] = field(repr=False)
    ordinary: frozenset[str] = field(repr=False)
    phrases: tuple[Words, ...] = field(repr=False)

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest spelling."""
        return max(map(len, self.readings))

    @cached_property
    def _closures(self) -> dict[str, frozenset[str]]:
        return {name: self._reach(name) for name in self.tokens}

    def _reach(self, name: str) -> frozenset[str]:
        found, todo = {name}, [name]
        while todo:
            more = self.tokens[todo.pop()].outranks - found
            found |= more
            todo.extend(more)
        return frozenset(found)

    def closure(self, tokens: Iterable[str]) -> frozenset[str]:
        """These tokens and all they outrank. Raises ``MarkError`` for a token of no such system."""
        try:
            return frozenset().union(*(self._closures[name] for name in tokens))
        except KeyError as error:
            raise MarkError(f"{self.name} has no such token") from error

    def barred_from(self, audience: str) -> frozenset[str]:
        """The tokens whose own definition keeps this kind of audience out, for example ``sltt``."""
        return frozenset(name for name, token in self.tokens.items() if audience in token.barred)


AUDIENCE = "REL TO"  # what `readings` gives for the words that open a list of countries


def words(text: str) -> Words:
    """The letters and digits of a text in words and capitals, whatever separates them."""
    return tuple(_WORD.findall(text.upper()))


def closure(system_name: str, tokens: Iterable[str]) -> frozenset[str]:
    """These tokens with everything they outrank: ``{"LES"}`` gives ``{"LES", "FOUO", "U"}``."""
    return system(system_name).closure(tokens)


def system(name: str) -> System:
    """The system of this name. Raises ``KeyError`` for a name that no data file has."""
    return SYSTEMS[name]


def load_data(path: str) -> Any:
    """What a YAML file of this package holds."""
    text = files("tearline.marking").joinpath(path).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are the safe ones


@lru_cache(maxsize=1)
def countries() -> Countries:
    """The countries and groups of ``countries.yml``."""
    data = load_data("countries.yml")
    groups = {name: frozenset(members) for name, members in data["groups"].items()}
    return Countries(frozenset(data["codes"].split()), groups)


class _Systems(Mapping[str, System]):
    """All systems by name, read when first asked for."""

    @cached_property
    def _all(self) -> dict[str, System]:
        names = sorted(each.name for each in files("tearline.marking").joinpath("systems").iterdir())
        data = [load_data(f"systems/{name}") for name in names if name.endswith(".yml")]
        by_name = {each["name"]: each for each in data}
        merged = ({**by_name.get(each.get("extends"), {}), "extends": each["name"], **each} for each in data)
        return {each["name"]: _build(each) for each in merged}

    def __getitem__(self, name: str) -> System:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


SYSTEMS: Mapping[str, System] = _Systems()


class _Draft:
    """What grows while a data file is read: tokens, and the words that mean them."""

    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {}
        self.readings: dict[Words, str | Refusal] = {}
        self.alone: set[Words] = set()
        self.ordinary: set[str] = set()
        self.phrases: list[Words] = []

    def spell(self, meaning: str | Refusal, spellings: Iterable[str]) -> None:
        """Let these spellings have this meaning. Raises ``MarkError`` where they already have another."""
        for each in spellings:
            key = words(each)
            if self.readings.setdefault(key, meaning) != meaning:
                raise MarkError(f"one spelling means two things: {each}")

    def stand_alone(self, spellings: Iterable[str]) -> None:
        """Let these spellings be marks without a level."""
        self.alone.update(map(words, spellings))

    def add(self, row: Mapping[str, Any], outranks: Iterable[str] = ()) -> str:
        """One row of ``levels`` or ``tokens``; gives the token's name."""
        name: str = row["token"]
        alone = row.get("alone", ())
        portion = row.get("portion", name)
        banner = row.get("banner", portion)
        rides = row.get("rides")
        self.tokens[name] = Token(
            name=name,
            portion=portion,
            banner=banner,
            outranks=frozenset((*outranks, *row.get("outranks", ()))),
            barred=frozenset(row.get("barred", ())),
            rider=Rider(frozenset(rides["with"]), rides["portion"], rides["banner"]) if rides else None,
            **{key: row[key] for key in _PLAIN if key in row},
        )
        spellings = (portion, banner, *alone, *row.get("also", ()))
        self.spell(name, spellings)
        self.stand_alone(alone)
        self.ordinary.update(row.get("words", ()))
        self.phrases += [words(each) for each in spellings if each.count(" ") > 1]
        return name


_PLAIN = ("spoken", "style", "rank", "sharing", "limits", "notice", "bare")


def _categories(draft: _Draft, section: Mapping[str, Any]) -> list[str]:
    """The tokens of a section given as ``categories``: prefixed forms first, each group in alphabetical order."""
    prefix, rows = section["prefix"], sorted(section["categories"].items())
    prefixed: list[str] = []
    plain: list[str] = []
    for code, row in rows:
        forms = row.get("forms", "both")
        common = {"spoken": row["name"], "notice": row.get("notice", "")}
        if forms == "basic":
            draft.spell(Refusal("basic-only-category", code), [prefix + code])
        else:
            spoken = f"{section['spoken_prefix']} {row['name']}"
            below = (code,) if forms == "both" else section["outranks"]
            draft.stand_alone([prefix + code])
            prefixed.append(draft.add({**common, "token": prefix + code, "spoken": spoken}, below))
        if forms == "specified":
            draft.spell(Refusal("specified-only-category", prefix + code), [code])
        else:
            plain.append(draft.add({**common, "token": code}, section["outranks"]))
    return prefixed + plain


def _sections(draft: _Draft, data: Mapping[str, Any], levels: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for section in data.get("sections", ()):
        below = section.get("outranks", levels[:1])
        named = _categories(draft, section) if "categories" in section else []
        yield (*named, *(draft.add(row, below) for row in section.get("tokens", ())))


def _audience(draft: _Draft, data: Mapping[str, Any]) -> Audience | None:
    row = data.get("audience")
    if row is None:
        return None
    draft.spell(AUDIENCE, (row["words"], *row["also"]))
    draft.stand_alone(row["alone"])
    section = next(index for index, each in enumerate(data["sections"]) if each.get("audience"))
    return Audience(row["words"], row["home"], row["none"], section, row["spoken"], row["limits"])


def _build(data: Mapping[str, Any]) -> System:
    """One data file as a system. Raises ``MarkError`` where it contradicts itself."""
    draft = _Draft()
    rows = data["levels"]
    levels = tuple(draft.add(row, (rows[index - 1]["token"],) if index else ()) for index, row in enumerate(rows))
    sections = tuple(_sections(draft, data, levels))
    built = System(
        name=data["name"],
        title=data["title"],
        family=data["extends"],
        levels=levels,
        sections=sections,
        tokens={name: draft.tokens[name] for name in (*levels, *chain.from_iterable(sections))},
        implied=data.get("implied", ""),
        audience=_audience(draft, data),
        banner_is_level=data.get("banner") == "level",
        designation=bool(data.get("designation")),
        prefix=data.get("prefix", ""),
        notices=data.get("notices", {}),
        readings=draft.readings,
        alone=frozenset(draft.alone),
        ordinary=frozenset(draft.ordinary),
        phrases=tuple(draft.phrases),
    )
    _check(built)
    return built


def _check(built: System) -> None:
    """Raise ``MarkError`` unless ``outranks`` is a partial order over known tokens that ends at the lowest level."""
    for name, token in built.tokens.items():
        if not token.outranks <= built.tokens.keys():
            raise MarkError(f"{built.name}: {name} outranks a token that is not there")
    for name, token in built.tokens.items():
        if any(name in built.closure([other]) for other in token.outranks):
            raise MarkError(f"{built.name}: {name} outranks itself")
        if built.levels[0] not in built.closure([name]):
            raise MarkError(f"{built.name}: {name} does not outrank the lowest level")
