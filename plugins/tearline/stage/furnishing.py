"""What is around an edition's pages: the renderer's configuration, with the navigation, and the theme's files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tearline.findings import Place, finding
from tearline.naming import ALL, BROWSE, HOME, SEARCH, page_name
from tearline.offline import FOLDER, WORDING
from tearline.policy import configuration, configuration_text
from tearline.presentation import above_lowest, banner_of, cut_at_numbers, desk
from tearline.stage.deciding import Decided

THEME_SUFFIXES: Final = frozenset({".html", ".css", ".js", ".svg", ".png", ".ico", ".woff2", ".txt", ".json"})

# What a template's author lays it out with: indentation, and lines of statements alone. The generator would put a
# blank line for each into every page. Where a statement takes the white space before it, or includes what ends without
# a line break, the line break after it may be all that keeps two words apart: it stays.
_STATEMENT: Final = r"\{%(?!-|\s*include\b)(?:[^%]|%(?!\}))*%\}"
_REMARK: Final = r"\{#(?!-)(?:[^#]|#(?!\}))*#\}"
_LAYOUT: Final = (
    (re.compile(r"^[ \t]+", re.MULTILINE), ""),
    (re.compile(r"\n{2,}"), "\n"),
    (re.compile(rf"^((?:{_STATEMENT}|{_REMARK})+)\n", re.MULTILINE), r"\1"),
)
_SPACED: Final = re.compile(r"<(?:pre|textarea)\b|\{%-?\s*raw\b", re.IGNORECASE)  # where white space counts


def furnish(decided: Decided, *, papers: bool = False) -> None:
    """Give the edition's tree its configuration and its theme. ``papers``: its bulletins will have PDFs beside them."""
    decided.tree.configuration = _configuration(decided, {"pdf": True} if papers else {})
    _theme(decided)


def _configuration(decided: Decided, more: Mapping[str, Any]) -> str:
    """Bulletins are not in the navigation: N pages would cost N squared."""
    policy, edition = decided.policy, decided.edition
    contact = desk(policy, edition)
    extra = {"agency": policy.agency, "exercise": policy.exercise, **banner_of((), policy), **more}
    if contact is not None and not above_lowest([contact.mark]):
        extra |= {"contact": contact.words, "contact_parts": cut_at_numbers(contact.words)}
    if SEARCH in decided.tree.files:  # a list of results can be shown on any page, under the search page's marking
        told = decided.tree.files[SEARCH].told["tearline"]
        extra["search"] = {key: told[key] for key in ("banner", "banner_spoken", "banner_style")}
        extra["search"] |= {} if _found(decided) else {"empty": True}
    if decided.tree.offline is not None:
        extra["offline"] = decided.tree.offline.told
    nav = _default_nav(decided) if policy.nav is None else _nav(decided, policy.nav)
    return configuration_text(configuration(policy, edition, nav, extra))


def _found(decided: Decided) -> bool:
    """Whether search finds any page: where it finds none, there is no index to be fetched."""
    return any("search" in file.told["tearline"] for file in decided.tree.files.values())


def _default_nav(decided: Decided) -> list[Any]:
    """Home, listings, the pages at the top, then one group for each folder of pages."""
    groups: dict[str, list[str]] = {}
    for name in sorted(page.name for page in decided.pages if page.name != HOME):
        groups.setdefault(name.rpartition("/")[0], []).append(name)
    top = groups.pop("", [])
    named = [{folder.replace("/", ": ").replace("-", " ").capitalize(): names} for folder, names in groups.items()]
    return [{"Home": HOME}, {"All bulletins": ALL}, {"Browse": BROWSE}, *top, *named]


def _nav(decided: Decided, entries: Iterable[Any]) -> list[Any]:
    """The site's own navigation, of pages that the edition has: the titles of others would tell what they are."""
    kept: list[Any] = []
    for entry in entries:
        title, target = next(iter(entry.items())) if isinstance(entry, Mapping) else (None, entry)
        here: Any = _nav(decided, target) if isinstance(target, list | tuple) else _nav_page(decided, target)
        if here:
            kept.append({title: here} if title is not None else here)
    return kept


def _nav_page(decided: Decided, target: str) -> str | None:
    """A page of the navigation, where the edition has it."""
    name = page_name(target)
    if name in decided.tree.files:
        return name
    if target not in decided.corpus.documents:
        place = Place(decided.policy.path.name)
        decided.tree.findings.append(finding("policy-value", place, "`nav`: a path that no page has"))
    return None


def _theme(decided: Decided) -> None:
    """The theme's files, by an allow-list of types; links and hidden files are findings.

    What only an offline copy needs stays out of every other site.
    """
    root = decided.policy.custom_dir
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if path.is_dir() and not path.is_symlink():
            continue
        hidden = any(part.startswith(".") for part in name.parts)
        if path.is_symlink() or hidden or not path.is_file() or path.suffix.lower() not in THEME_SUFFIXES:
            decided.tree.findings.append(finding("theme-file", Place(f"{root.name}/{name.as_posix()}")))
        elif decided.tree.offline is not None or not name.as_posix().startswith((f"{FOLDER}/", WORDING)):
            decided.tree.theme[name.as_posix()] = path


def theme_file(path: Path) -> bytes:
    """A file of the theme as it is staged: a template without its layout, anything else as it is.

    Raises ``OSError`` where it cannot be read.
    """
    data = path.read_bytes()
    if path.suffix.lower() != ".html":
        return data
    text = data.decode("utf-8", "surrogateescape")  # the renderer refuses what is not UTF-8
    if _SPACED.search(text):
        return data
    for layout, instead in _LAYOUT:
        text = layout.sub(instead, text)
    return text.encode("utf-8", "surrogateescape")
