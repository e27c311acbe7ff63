"""What a policy says, as data: editions, vocabulary, and what the site's generator may be told."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from tearline.marking import Mark


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """``Water Systems`` -> ``water-systems``: lower-case ASCII letters and digits, single hyphens between."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@dataclass(frozen=True, slots=True)
class Edition:
    """One audience's site: what it may see, and its wording. ``releases`` is None where everything is released."""

    name: str
    audience: str
    releases: Mapping[str, frozenset[str]] | None
    nation: str = "USA"
    withheld_notice: bool = True
    site_name: str = ""
    site_url: str = ""

    @property
    def sanitized(self) -> bool:
        """Whether anything can be withheld from this edition."""
        return self.releases is not None

    def may_see(self, mark: Mark) -> bool:
        """Whether every token of ``mark`` is listed and its REL TO, if it has one, names this edition's nation."""
        if self.releases is None:
            return True
        listed = self.releases.get(mark.system)
        if listed is None or not mark.tokens <= listed:
            return False
        return mark.audience is None or self.nation in mark.audience


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The values a bulletin's facets may have: for each facet the slugs, in the policy's order, with their labels."""

    products: Mapping[str, str]
    hazards: Mapping[str, str]
    lifelines: Mapping[str, str]
    regions: Mapping[str, str]
    hsec_sins: Mapping[str, str]

    def find(self, facet: str, text: str) -> str | None:
        """The slug that ``text`` means in ``facet`` (``hazards``, …): the slug itself, or a label, however spelled."""
        values: Mapping[str, str] = getattr(self, facet)
        wanted = slug(text)
        if wanted in values:
            return wanted
        return next((name for name, label in values.items() if wanted and slug(label) == wanted), None)


@dataclass(frozen=True, slots=True)
class Signing:
    """The file of the key that signs manifests, None where builds go unsigned, and the file of allowed signers."""

    key: Path | None
    signers: Path


@dataclass(frozen=True)
class Policy:
    """A site's whole configuration, checked. Paths are absolute; ``pages`` and ``nav`` are relative to ``sources``.

    ``extension_configs`` has no entry for an extension without options. Values that MkDocs gives as Python
    objects are ``PythonName``s. ``notices`` and labels are plain text; ``contact`` is a marked text or empty. ``pdf``
    is whether there is a PDF of each bulletin: "auto" where the machine that builds can make them. ``digest`` is the
    SHA-256 of the file that it was read from.
    """

    path: Path
    root: Path
    sources: Path
    edition: str
    agency: str
    system: str
    exercise: bool
    id_pattern: re.Pattern[str]
    pages: tuple[str, ...]
    contact: str
    desk_email: str
    zone: dt.tzinfo
    vocabulary: Vocabulary
    notices: Mapping[str, str]
    editions: Mapping[str, Edition]
    site_name: str
    site_description: str
    site_author: str
    copyright: str
    theme: Mapping[str, Any]
    custom_dir: Path
    docs_dir: Path
    nav: tuple[Any, ...] | None
    markdown_extensions: tuple[str, ...]
    extension_configs: Mapping[str, Mapping[str, Any]]
    plugins: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    extra_css: tuple[str, ...] = ()
    extra_javascript: tuple[str, ...] = ()
    originators: tuple[str, ...] = ()
    signing: Signing | None = None
    require_item_marks: bool = False
    inline_portions: bool = True
    pdf: bool | Literal["auto"] = False
    digest: str = ""

    @cached_property
    def _page_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(glob_pattern(glob) for glob in self.pages)

    def is_page(self, relpath: str | PurePosixPath) -> bool:
        """Whether the document at ``relpath`` (below ``sources``, with slashes) may be unmarked."""
        return any(pattern.fullmatch(str(relpath)) for pattern in self._page_patterns)

    def year_of(self, identifier: str) -> str | None:
        """The year in a product number, or None where the number does not follow the policy's pattern."""
        match = self.id_pattern.fullmatch(identifier)
        return next(filter(None, match.groups()), None) if match else None


def glob_pattern(glob: str) -> re.Pattern[str]:
    """``about/**`` -> every path below ``about``. ``**`` stands for any parts, ``*`` and ``?`` stay within a part."""
    parts = glob.split("/")
    spelled = ["(?:.+/)?" if part == "**" else _part_pattern(part) + "/" for part in parts[:-1]]
    last = ".+" if parts[-1] == "**" else _part_pattern(parts[-1])
    return re.compile("".join(spelled) + last, re.DOTALL)


def _part_pattern(part: str) -> str:
    wild = {"*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(char, re.escape(char)) for char in part)


def id_pattern(shapes: tuple[str, ...]) -> re.Pattern[str]:
    """``("IB-{year}-{number}",)`` -> a pattern whose only groups hold the year, one for each shape."""
    spelled = (
        re.escape(shape).replace(r"\{year\}", "([0-9]{4})").replace(r"\{number\}", "[0-9]{1,9}") for shape in shapes
    )
    return re.compile("|".join(spelled))
