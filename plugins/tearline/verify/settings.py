"""mkdocs.yml as plain data: what the verifier has to know of a site's policy, read by nobody else's code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

_DEFAULT_ID: Final = "IB-{year}-{number}"
_SIZE: Final = 1 << 20  # bytes of a configuration
_Listed = Mapping[str, frozenset[str]] | None


class SettingsError(Exception):
    """The configuration cannot be used. The message is one line without any of its words."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One edition of one site. ``releases`` is None where everything is released; tokens are in capitals.

    ``stricter`` are the editions that release less than this one and nothing that it does not: it may lead to them.
    """

    root: Path
    sources: Path
    edition: str
    releases: Mapping[str, frozenset[str]] | None
    nation: str
    system: str
    pages: tuple[re.Pattern[str], ...]
    ids: tuple[re.Pattern[str], ...]
    theme: Path
    texts: tuple[str, ...]
    urls: Mapping[str, str]
    repositories: tuple[str, ...]
    stricter: frozenset[str] = frozenset()

    @property
    def base(self) -> Path:
        """The folder that the paths of sources begin at where they are shown."""
        return self.root if self.sources.is_relative_to(self.root) else self.sources

    def is_page(self, name: str) -> bool:
        """Whether the document at this path below the sources may be unmarked."""
        return any(pattern.fullmatch(name) for pattern in self.pages)

    def address_of(self, number: str) -> str | None:
        """The path of a bulletin's page in the site; None where the number has no known shape."""
        for pattern in self.ids:
            match = pattern.fullmatch(number)
            if match:
                return f"{match['year']}/{number.lower()}/index.html"
        return None


class _Loader(yaml.SafeLoader):
    """YAML in which unknown tags are plain values: names of Python objects, environment variables with a default."""


def _plain(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)[-1]
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return node.value


_Loader.add_multi_constructor("!", _plain)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _plain)


def editions_of(path: Path) -> list[str]:
    """The names of a site's editions. Raises as ``read_settings`` does."""
    editions = _options(read_plain(path)).get("editions")
    return [str(name) for name in editions] if isinstance(editions, dict) else []


def read_settings(path: Path, edition: str) -> Settings:
    """The settings of one edition. Raises ``SettingsError``, and ``OSError`` where the file cannot be read."""
    site = read_plain(path)
    options = _options(site)
    editions = options.get("editions")
    if not edition or not isinstance(editions, dict) or not isinstance(editions.get(edition), dict):
        raise SettingsError(f"{path.name}: it has no such edition")
    named = {str(name): one for name, one in editions.items() if isinstance(one, dict)}
    releases = {name: _releases(one.get("releases"), path) for name, one in named.items()}
    root = path.parent.absolute()
    theme = site.get("theme")
    custom = theme.get("custom_dir", "overrides") if isinstance(theme, dict) else "overrides"
    shapes = options.get("id", _DEFAULT_ID)
    return Settings(
        root=root,
        sources=root / str(options.get("sources", "")),
        edition=edition,
        releases=releases[edition],
        nation=str(named[edition].get("nation", "USA")),
        system=str(options.get("system", "fouo-les")),
        pages=tuple(_glob(str(one)) for one in options.get("pages", ["index.md"])),
        ids=tuple(_shape(str(one)) for one in (shapes if isinstance(shapes, list) else [shapes])),
        theme=root / str(custom),
        texts=tuple(texts_of(site)),
        urls={name: str(one.get("site_url") or site.get("site_url") or "") for name, one in named.items()},
        repositories=tuple(str(site[key]) for key in ("repo_url", "edit_uri") if site.get(key)),
        stricter=frozenset(name for name in named if _is_stricter(releases[name], releases[edition])),
    )


def read_plain(path: Path) -> dict[str, Any]:
    """A configuration as plain data. Raises ``SettingsError``, and ``OSError`` where the file cannot be read."""
    data = path.read_bytes()
    if len(data) > _SIZE:
        raise SettingsError(f"{path.name}: too large")
    try:
        site = yaml.load(data, _Loader)  # noqa: S506 - a loader that makes plain values only
    except (yaml.YAMLError, RecursionError, ValueError):
        raise SettingsError(f"{path.name}: not readable as YAML") from None
    return site if isinstance(site, dict) else {}


def _options(site: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the plugin, or nothing."""
    plugins = site.get("plugins")
    for entry in plugins if isinstance(plugins, list) else [plugins]:
        if isinstance(entry, dict) and isinstance(entry.get("tearline"), dict):
            options: dict[str, Any] = entry["tearline"]
            return options
    return {}


def _releases(listed: Any, path: Path) -> _Listed:
    if listed == "all":
        return None
    if not isinstance(listed, dict) or not any(listed.values()):
        raise SettingsError(f"{path.name}: the edition's `releases` lists nothing")
    return {
        str(name): frozenset(str(token).upper() for token in tokens)
        for name, tokens in listed.items()
        if isinstance(tokens, list)
    }


def _is_stricter(one: _Listed, other: _Listed) -> bool:
    """Whether an edition releases less than another, and nothing that the other does not."""
    if one is None or other is None:
        return one is not None
    return one != other and all(tokens <= other.get(system, frozenset()) for system, tokens in one.items())


def texts_of(value: Any) -> Iterator[str]:
    """Every text of a configuration, keys included: it is made by the site's owner, not by analysts."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif value is not None:
        yield str(value)


def _glob(glob: str) -> re.Pattern[str]:
    """``about/**`` as a pattern: ``**`` any parts, ``*`` and ``?`` within one."""
    spelled = re.escape(glob).replace(r"\*\*/", "(?:.+/)?").replace(r"\*\*", ".+")
    return re.compile(spelled.replace(r"\*", "[^/]*").replace(r"\?", "[^/]"), re.DOTALL)


def _shape(shape: str) -> re.Pattern[str]:
    return re.compile(re.escape(shape).replace(r"\{year\}", "(?P<year>[0-9]{4})").replace(r"\{number\}", "[0-9]{1,9}"))
