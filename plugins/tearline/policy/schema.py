"""The shape of ``mkdocs.yml``: which keys there are and what each may hold, nothing about what they mean together.

The models are strict and closed: a text is a text, an unknown key is a fault. ``faults`` turns everything
pydantic has to say about a file into findings at their places, in our words; a value is never quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from tearline.findings import Finding, finding
from tearline.policy.allowed import FEATURES, REFUSED_KEYS
from tearline.policy.model import slug
from tearline.policy.places import Document, Path

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def wrong(detail: str, at: str | int | None = None) -> PydanticCustomError:
    """A fault in our own words; ``at`` is the key or position below the value where it stands."""
    return PydanticCustomError("tearline", "", {"detail": detail, "at": at})


def _line(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_LINE or _CONTROL.search(text):
        raise wrong("it wants one line of text")
    return text.strip()


def _prose(text: str) -> str:
    lines = text.strip().split("\n")
    if not text.strip() or any(_CONTROL.search(line) for line in lines):
        raise wrong("it wants a text")
    return text.strip()


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


def _theme(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _entries(value: Any) -> Any:
    """``[Water Systems, power-outage]`` or ``{uas: Unmanned aircraft}`` -> slugs with labels."""
    if not isinstance(value, list | dict):
        raise wrong("it wants a list of values, or values with their labels")
    pairs = value.items() if isinstance(value, dict) else ((item, item) for item in value)
    entries: dict[str, str] = {}
    for index, (key, label) in enumerate(pairs):
        at = key if isinstance(value, dict) else index
        if not isinstance(key, str) or not slug(key):
            raise wrong("a value wants letters or digits, as a text", at)
        if not isinstance(label, str) or not label.strip() or _CONTROL.search(label):
            raise wrong("a label wants one line of text", at)
        if slug(key) in entries:
            raise wrong("this value stands twice", at)
        entries[slug(key)] = label.strip() if isinstance(value, dict) or key != slug(key) else _title(key)
    return entries


def _title(name: str) -> str:
    return name.replace("-", " ").title()


def _feature(name: str) -> str:
    if name not in FEATURES:
        raise wrong("this feature of the theme is not allowed" + suggestion(name, FEATURES))
    return name


def _icons(value: Any) -> Any:
    flat = [icon for entry in value.values() for icon in (entry.values() if isinstance(entry, dict) else [entry])]
    if not all(isinstance(icon, str) and re.fullmatch(r"[a-z0-9/-]+", icon) for icon in flat):
        raise wrong("it wants names of icons")
    return value


_LONGEST_LINE = 1000


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise wrong("there is no such time zone; it wants a name such as America/New_York")
    return name


Line = Annotated[str, AfterValidator(_line)]
Zone = Annotated[str, AfterValidator(_zone)]
Prose = Annotated[str, AfterValidator(_prose)]
Entries = Annotated[dict[str, str], BeforeValidator(_entries)]
Audience = Literal["sltt", "law-enforcement", "federal", "private-sector", "public"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class EditionShape(_Shape):
    """One entry of ``editions:``. What ``releases`` may hold is ``checks``' business."""

    releases: Any
    audience: Audience = "sltt"
    nation: Line = "USA"
    withheld_notice: Literal["page", "none"] = "page"
    site_name: Line = ""
    site_url: Line = ""


class VocabularyShape(_Shape):
    """``vocabulary:``, each facet as a list of values or as values with labels."""

    products: Entries = {}
    hazards: Entries = {}
    lifelines: Entries = {}
    regions: Entries = {}
    hsec_sins: Entries = {}


class SigningShape(_Shape):
    """``signing:``. A key that the environment does not name is left out, and the manifest unsigned."""

    key: Line | None = None
    signers: Line


class TearlineShape(_Shape):
    """The options of the plugin. Only ``sources`` and ``editions`` have no default."""

    sources: Line
    editions: dict[str, EditionShape]
    edition: Line = ""
    agency: Line = ""
    system: Line = "fouo-les"
    exercise: bool = False
    id: Annotated[list[Line], BeforeValidator(_one_or_more)] = ["IB-{year}-{number}"]
    pages: list[Line] = ["index.md"]
    contact: Line = ""
    email: Line = ""
    timezone: Zone = "UTC"
    vocabulary: VocabularyShape = VocabularyShape()
    notices: dict[str, Prose] = {}
    originators: list[Line] = []
    signing: SigningShape | None = None
    require_item_marks: bool = False
    inline_portions: bool = True
    pdf: Literal[True, False, "auto"] = False


class ToggleShape(_Shape):
    """The button of a colour palette."""

    icon: Line
    name: Line


class PaletteShape(_Shape):
    """A colour palette of the theme."""

    scheme: Line = ""
    primary: Line = ""
    accent: Line = ""
    media: Line = ""
    toggle: ToggleShape | None = None


class ThemeShape(_Shape):
    """``theme:``. Fonts stay off: the theme would fetch them from elsewhere."""

    name: Literal["material"]
    custom_dir: Line = "overrides"
    font: Literal[False] = False
    language: Line = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    palette: Annotated[list[PaletteShape], BeforeValidator(_one_or_more)] = []
    features: list[Annotated[str, AfterValidator(_feature)]] = []
    icon: Annotated[dict[str, Any], AfterValidator(_icons)] = {}
    logo: Line = ""
    favicon: Line = ""


class ExtraShape(_Shape):
    """``extra:``, of which the theme reads far too much for anything else to be let through."""

    generator: Literal[False] = False


class SiteShape(_Shape):
    """The whole file. ``plugins``, ``markdown_extensions`` and ``nav`` are judged by ``allowed`` and ``checks``."""

    site_name: Line
    plugins: Any = None
    site_description: Prose = ""
    site_author: Line = ""
    site_url: Line = ""
    copyright: Prose = ""
    theme: Annotated[ThemeShape, BeforeValidator(_theme)] = ThemeShape(name="material")
    docs_dir: Line = "docs"
    site_dir: Line = "site"
    nav: list[Any] = []
    markdown_extensions: Any = []
    use_directory_urls: Literal[True] = True
    extra_css: list[Line] = []
    extra_javascript: list[Line] = []
    extra: ExtraShape = ExtraShape()


_WANTS: Mapping[str, str] = {
    "string_type": "it wants a text (put it in quotes)",
    "bool_type": "it wants true or false",
    "list_type": "it wants a list",
    "dict_type": "it wants keys with values",
    "model_type": "it wants keys with values",
    "model_attributes_type": "it wants keys with values",
}


_YAML_WORDS: Mapping[str, str] = {"True": "true", "False": "false", "True, False or 'auto'": "true, false or auto"}


def faults(error: ValidationError, model: type[BaseModel], document: Document, prefix: Path = ()) -> Iterator[Finding]:
    """A finding for each thing pydantic found wrong in ``model`` at ``prefix`` of the document."""
    for each in error.errors(include_url=False, include_input=False):
        path: Path = (*prefix, *each["loc"])
        match each["type"]:
            case "extra_forbidden":
                yield _unknown_key(path, model, document, each["loc"])
            case "missing":
                yield finding("policy-value", document.at_key(path), f"`{path[-1]}` is missing")
            case _:
                at = each.get("ctx", {}).get("at")
                path = path if at is None else (*path, at)
                yield finding("policy-value", document.at(path), _said(path, each))


def _said(path: Path, each: ErrorDetails) -> str:
    context = each.get("ctx", {})
    if each["type"] == "literal_error":
        wants = f"it wants {_YAML_WORDS.get(context['expected'], context['expected'])}"
    else:
        wants = context.get("detail") or _WANTS.get(each["type"], "it does not have the right form")
    return f"{shown(next((step for step in reversed(path) if isinstance(step, str)), ''))}{wants}"


def _unknown_key(path: Path, model: type[BaseModel], document: Document, loc: Path) -> Finding:
    key = str(path[-1])
    if len(path) == 1 and key in REFUSED_KEYS:
        return finding("renderer-extension", document.at_key(path), f"`{key}`: {REFUSED_KEYS[key]}")
    known = _keys_at(model, loc[:-1])
    return finding("policy-value", document.at_key(path), f"{shown(key)}unknown key{suggestion(key, known)}")


def _keys_at(model: type[BaseModel], loc: Path) -> list[str]:
    """The keys that the model knows at ``loc``: descends through fields, mappings and lists of models."""
    inside: Any = model
    for step in loc:
        if isinstance(inside, type) and issubclass(inside, BaseModel):
            inside = inside.model_fields[str(step)].annotation
        else:
            inside = next(iter(get_args(inside)[-1:]), Any)
    return list(inside.model_fields) if isinstance(inside, type) and issubclass(inside, BaseModel) else []


def shown(name: str) -> str:
    """A key or name for a message: "`name`: " if it is short and plain, else nothing."""
    return f"`{name}`: " if re.fullmatch(r"[A-Za-z0-9_.:+/-]{1,40}", name) else ""


def suggestion(word: str, known: Mapping[str, Any] | list[str] | frozenset[str]) -> str:
    """The end of a message, with a blank before it: "(did you mean …?)" for the nearest known word, or nothing."""
    near = get_close_matches(word, sorted(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
