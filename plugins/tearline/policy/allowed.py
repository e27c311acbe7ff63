"""What the site's generator may be told: the published tables of plugins, extensions and keys.

Everything that is not listed is refused, never dropped: a site that asked for a feature must not be published
without its author knowing that it is not there. Refused with a word of their own are things people do ask for.
What reads files by itself (snippets, includes, macros, blogs, feeds, git), what runs code of the site's, what
fetches from elsewhere, and what rewrites words after their release was proved, stays out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tearline.findings import Finding, finding
from tearline.policy.places import Document, Path, PythonName

PLUGINS: Mapping[str, str] = {
    "tearline": "this plugin",
    "search": "accepted because MkDocs has it by default, and not run: the theme's index is one file of every word",
}

REFUSED_PLUGINS: Mapping[str, str] = {
    "awesome-pages": "it reads files of its own",
    "blog": "it writes pages and excerpts of its own",
    "exclude": "what is published is decided by marks",
    "gen-files": "it runs code of the site's",
    "git-authors": "it reads the history of the sources",
    "git-committers": "it reads the history of the sources",
    "git-revision-date": "it reads the history of the sources",
    "git-revision-date-localized": "it reads the history of the sources",
    "include-markdown": "it reads files by itself",
    "info": "it packs the sources into an archive",
    "literate-nav": "it reads files of its own",
    "macros": "it runs code inside pages",
    "meta": "it reads files of its own",
    "minify": "it rewrites pages after they were made",
    "mkdocstrings": "it reads source code",
    "monorepo": "it reads files by itself",
    "offline": "it writes files after the pages are made",
    "optimize": "images are rebuilt before the site is",
    "print-site": "it joins pages under one banner",
    "privacy": "it fetches from elsewhere; nothing here needs that",
    "projects": "it builds other sites into this one",
    "redirects": "it publishes addresses of what may be withheld",
    "rss": "it reads the sources again",
    "section-index": "it is not needed",
    "social": "it draws titles into images",
    "tags": "listings by facet are made from what is released",
    "typeset": "it rewrites titles",
}

REFUSED_KEYS: Mapping[str, str] = {
    "INHERIT": "the policy is one file",
    "dev_addr": "a preview is served on this machine only",
    "draft_docs": "drafts are `draft: true` in the document",
    "edit_uri": "it links to the sources",
    "edit_uri_template": "it links to the sources",
    "exclude_docs": "what is published is decided by marks",
    "hooks": "they run code of the site's",
    "not_in_nav": "it is set by the stage",
    "remote_branch": "a site is published by `tearline` only",
    "remote_name": "a site is published by `tearline` only",
    "repo_name": "it links to the sources",
    "repo_url": "it links to the sources",
    "strict": "use `tearline build --strict`",
    "validation": "it is set by the stage",
    "watch": "the sources are watched as they are",
}

EXTENSIONS: Mapping[str, frozenset[str]] = {
    # Markdown extension -> the options it may have
    "abbr": frozenset(),
    "admonition": frozenset(),
    "attr_list": frozenset(),
    "def_list": frozenset(),
    "fenced_code": frozenset(),
    "footnotes": frozenset({"BACKLINK_TEXT", "BACKLINK_TITLE", "UNIQUE_IDS"}),
    "md_in_html": frozenset(),
    "pymdownx.arithmatex": frozenset({"generic", "smart_dollar"}),
    "pymdownx.betterem": frozenset({"smart_enable"}),
    "pymdownx.caret": frozenset({"insert", "smart_insert", "superscript"}),
    "pymdownx.details": frozenset(),
    "pymdownx.emoji": frozenset({"emoji_generator", "emoji_index"}),
    "pymdownx.highlight": frozenset(
        {"anchor_linenums", "guess_lang", "line_spans", "linenums", "linenums_style", "pygments_lang_class"}
    ),
    "pymdownx.inlinehilite": frozenset(),
    "pymdownx.keys": frozenset({"camel_case", "separator"}),
    "pymdownx.magiclink": frozenset({"hide_protocol"}),
    "pymdownx.mark": frozenset({"smart_mark"}),
    "pymdownx.superfences": frozenset({"custom_fences"}),
    "pymdownx.tabbed": frozenset({"alternate_style", "combine_header_slug"}),
    "pymdownx.tasklist": frozenset({"clickable_checkbox", "custom_checkbox"}),
    "pymdownx.tilde": frozenset({"delete", "smart_delete", "subscript"}),
    "sane_lists": frozenset(),
    "tables": frozenset({"use_align_attribute"}),
    "toc": frozenset({"permalink", "permalink_title", "title", "toc_depth"}),
}

REQUIRED_EXTENSIONS: Mapping[str, Mapping[str, Any]] = {
    # What the marking language is rendered with; a site may add to it
    "admonition": {},
    "footnotes": {},
    "sane_lists": {},
    "tables": {},
    "toc": {},
    "pymdownx.details": {},
    "pymdownx.superfences": {},
    "pymdownx.tabbed": {"alternate_style": True},
}

REFUSED_EXTENSIONS: Mapping[str, str] = {
    "codehilite": "use pymdownx.highlight",
    "extra": "list its parts: abbr, attr_list, def_list, footnotes, md_in_html, tables",
    "meta": "front matter is read by Tearline",
    "nl2br": "it changes where lines end",
    "pymdownx.b64": "it reads files by itself",
    "pymdownx.critic": "it publishes or hides text by its own rules",
    "pymdownx.extra": "list its parts",
    "pymdownx.pathconverter": "links are checked before they are written",
    "pymdownx.smartsymbols": "it rewrites words, (c) among them",
    "pymdownx.snippets": "it reads files by itself",
    "pymdownx.striphtml": "it drops text",
    "smarty": "it rewrites words",
    "tearline.chips": "it is always there",
    "wikilinks": "links are checked before they are written",
}

PYTHON_NAMES: Mapping[str, frozenset[str]] = {
    # Where a Python object may be named, and which
    "emoji_index": frozenset({"material.extensions.emoji.twemoji"}),
    "emoji_generator": frozenset({"material.extensions.emoji.to_svg"}),
    "format": frozenset({"pymdownx.superfences.fence_code_format"}),
}

FEATURES = frozenset(
    {
        # The theme's features, less those that link to the sources
        "announce.dismiss",
        "content.code.annotate",
        "content.code.copy",
        "content.code.select",
        "content.footnote.tooltips",
        "content.tabs.link",
        "content.tooltips",
        "header.autohide",
        "navigation.expand",
        "navigation.footer",
        "navigation.indexes",
        "navigation.instant",
        "navigation.instant.prefetch",
        "navigation.instant.preview",
        "navigation.instant.progress",
        "navigation.path",
        "navigation.prune",
        "navigation.sections",
        "navigation.tabs",
        "navigation.tabs.sticky",
        "navigation.top",
        "navigation.tracking",
        "search.highlight",
        "search.share",
        "search.suggest",
        "toc.follow",
        "toc.integrate",
    }
)

_MERMAID = {"name": "mermaid", "class": "mermaid"}


def named_options(raw: Any, path: Path) -> Iterator[tuple[str, Path, Any, Path]]:
    """The entries of a MkDocs list of plugins or extensions: name, its path, options, their path.

    MkDocs takes a list of names and of one-key mappings, or one mapping. Other entries are given the name "".
    """
    if isinstance(raw, dict):
        yield from ((name, (*path, name), options, (*path, name)) for name, options in raw.items())
    elif isinstance(raw, list):
        for index, entry in enumerate(raw):
            here: Path = (*path, index)
            if isinstance(entry, str):
                yield entry, here, None, here
            elif isinstance(entry, dict) and len(entry) == 1:
                ((name, options),) = entry.items()
                yield name, (*here, name), options, (*here, name)
            else:
                yield "", here, None, here
    else:
        yield "", path, None, path


def extension_name(name: str) -> str:
    """``markdown.extensions.toc`` and ``toc`` are one extension."""
    return name.removeprefix("markdown.extensions.")


def check_plugins(document: Document) -> Iterator[Finding]:
    """Findings for ``plugins:``, save the options of our own."""
    seen: set[str] = set()
    for name, path, options, _ in named_options(document.data.get("plugins"), ("plugins",)):
        place = document.at_key(path)
        if name not in PLUGINS:
            yield finding("renderer-extension", place, _refusal("plugin", name, REFUSED_PLUGINS))
        elif name in seen:
            yield finding("policy-value", place, f"plugin `{name}` stands twice")
        elif name == "search" and options and set(options) - {"lang", "separator"}:
            yield finding("renderer-extension", place, "plugin `search`: only `lang` and `separator` may be set")
        seen.add(name)
    if "tearline" not in seen:
        yield finding("policy-value", document.at(("plugins",)), "the plugin `tearline` with its options is missing")


def check_extensions(document: Document) -> Iterator[Finding]:
    """Findings for ``markdown_extensions:``."""
    seen: set[str] = set()
    entries = named_options(document.data.get("markdown_extensions", []), ("markdown_extensions",))
    for spelled, path, options, options_path in entries:
        name = extension_name(spelled)
        if name not in EXTENSIONS:
            yield finding("renderer-extension", document.at_key(path), _refusal("extension", name, REFUSED_EXTENSIONS))
        elif name in seen:
            yield finding("policy-value", document.at_key(path), f"extension `{name}` stands twice")
        else:
            yield from _check_options(document, name, options, options_path)
        seen.add(name)


def _refusal(kind: str, name: str, reasons: Mapping[str, str]) -> str:
    if name in reasons:
        return f"{kind} `{name}`: {reasons[name]}"
    short = re.fullmatch(r"[A-Za-z0-9_./:-]{1,60}", name)
    return f"{kind} `{name}`" if short else f"{kind} without a readable name"


def _check_options(document: Document, name: str, options: Any, path: Path) -> Iterator[Finding]:
    if name == "pymdownx.emoji":
        yield from _check_emoji(document, options, path)
    if options is None:
        return
    if not isinstance(options, dict):
        yield finding("policy-value", document.at(path), f"extension `{name}`: its options want keys with values")
        return
    for key, value in options.items():
        place = document.at_key((*path, key))
        if key not in EXTENSIONS[name]:
            shown = f" `{key}`" if re.fullmatch(r"\w{1,40}", key, re.ASCII) else ""
            yield finding("renderer-extension", place, f"extension `{name}`: option{shown}")
        elif key == "custom_fences":
            yield from _check_fences(document, value, (*path, key))
        elif isinstance(value, PythonName) and value.name not in PYTHON_NAMES.get(key, ()):
            yield finding("renderer-extension", place, f"extension `{name}`: this Python name")
        elif isinstance(value, dict | list):
            yield finding("policy-value", place, f"extension `{name}`: `{key}` wants a single value")
        elif key in {"alternate_style", "generic"} and value is not True:
            yield finding("renderer-extension", place, f"extension `{name}`: `{key}` has to be true")


def _check_emoji(document: Document, options: Any, path: Path) -> Iterator[Finding]:
    given = options if isinstance(options, dict) else {}
    for key in ("emoji_index", "emoji_generator"):
        if not isinstance(given.get(key), PythonName):
            detail = f"extension `pymdownx.emoji`: without the theme's `{key}` it links to images elsewhere"
            yield finding("renderer-extension", document.at_key(path), detail)


def _check_fences(document: Document, fences: Any, path: Path) -> Iterator[Finding]:
    """Mermaid alone, and with its own script: without one the theme fetches it from elsewhere."""
    for index, fence in enumerate(fences if isinstance(fences, list) else [None]):
        given = dict(fence) if isinstance(fence, dict) else {}
        maker = given.pop("format", None)
        allowed = isinstance(maker, PythonName) and maker.name in PYTHON_NAMES["format"]
        if given != _MERMAID or not allowed:
            yield finding("renderer-extension", document.at((*path, index)), "a custom fence other than mermaid's")
    scripts = document.data.get("extra_javascript")
    if not any("mermaid" in str(script) for script in (scripts if isinstance(scripts, list) else [])):
        detail = "mermaid without its script in `extra_javascript:`; the theme would fetch it from elsewhere"
        yield finding("renderer-extension", document.at(path), detail)
