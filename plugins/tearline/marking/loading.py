"""The marking systems, read from their data files.

``systems/*.yml`` say everything a system is; ``systems/fouo-les.yml`` explains the keys. No module knows a system by
name: what is special about one is said by its data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import chain
from typing import Any

import yaml

from tearline.marking.system import (
    AUDIENCE,
    Audience,
    Countries,
    MarkError,
    Refusal,
    Rider,
    System,
    Token,
    Words,
    words,
)

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    return Countries(frozenset(data["codes"].split()), frozenset(data["ambiguous"]), groups)


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
