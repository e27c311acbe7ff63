"""What a policy's parts have to mean together.

Each check takes the document, the plugin's own options and their path, reads the raw values, passes over what the
schema refuses anyway, and gives findings; ``CHECKS`` is the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from os.path import normpath
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from tearline.findings import Finding, finding
from tearline.marking import SYSTEMS, Reading, find_marks, open_mark
from tearline.policy.places import Document, Env, Path, PythonName, walk
from tearline.policy.schema import shown, suggestion

Options = Mapping[str, Any]
Check = Callable[[Document, Options, Path], Iterator[Finding]]

_MOST_DEEP = 2  # `**` in one glob: matching stays quick whatever the paths
SPILL = "spill"  # the notice that goes with a classified mark in an unclassified place

FULL_SIDE = "full-side"  # beside the editions' folders: what is known of sources, which no renderer is told of
_EDITION_NAME = re.compile(r"(?!.{41})[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_ID_SHAPE = re.compile(
    r"[A-Za-z0-9._-]*(?:\{year\}[A-Za-z0-9._-]*\{number\}|\{number\}[A-Za-z._-]+\{year\})[A-Za-z._-]*"
)
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    """The texts of a list, or the one text that stands for it."""
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, list):
        yield from ((item, (*path, index)) for index, item in enumerate(value) if isinstance(item, str))


def tags(document: Document, _: Options, path: Path) -> Iterator[Finding]:
    """``!ENV`` chooses the edition and the files of signing, nothing else; a Python name is an extension's option."""
    known = {(*path, "edition"), (*path, "signing", "key"), (*path, "signing", "signers")}
    for at, value in walk(document.data):
        if isinstance(value, Env) and at not in known:
            detail = "!ENV is read for `edition:` and below `signing:` only"
            yield finding("policy-value", document.at(at), detail)
        if isinstance(value, PythonName) and at[0] != "markdown_extensions":
            yield finding("policy-value", document.at(at), "a Python name is read for Markdown extensions only")


def editions(document: Document, options: Options, path: Path) -> Iterator[Finding]:
    """There is an edition, every name can be a directory's, and the default edition exists."""
    named = options.get("editions")
    if isinstance(named, dict) and not named:
        yield finding("policy-value", document.at((*path, "editions")), "there is no edition")
    for name in _mapping(named):
        detail = "an edition's name wants lower-case letters, digits and single hyphens"
        if name == FULL_SIDE:
            detail = "what a build keeps of the sources is called so"
        if name == FULL_SIDE or not _EDITION_NAME.fullmatch(name):
            yield finding("policy-value", document.at_key((*path, "editions", name)), detail)
    chosen = options.get("edition")
    if isinstance(chosen, str) and chosen not in _mapping(named):
        detail = f"{shown(chosen) or '`edition`: '}no such edition{suggestion(chosen, list(_mapping(named)))}"
        yield finding("policy-value", document.at((*path, "edition")), detail)
    if "edition" not in options and named and default_edition(_mapping(named)) is None:
        yield finding("policy-value", document.at(path), "`edition` is missing: say which one is built by default")


def default_edition(named: Mapping[str, Any]) -> str | None:
    """The edition where none is named: the only one, or ``eoc``. Nothing is guessed beyond that."""
    if len(named) == 1:
        return next(iter(named))
    return "eoc" if "eoc" in named else None


def releases(document: Document, options: Options, path: Path) -> Iterator[Finding]:
    """What each edition releases: ``all``, or for each marking system its tokens."""
    for name, edition in _mapping(options.get("editions")).items():
        if not isinstance(edition, dict) or "releases" not in edition:
            continue
        at = (*path, "editions", name, "releases")
        listed = edition["releases"]
        if not isinstance(listed, dict) and listed != "all":
            yield finding("policy-value", document.at(at), "`releases`: it wants `all`, or tokens by marking system")
        elif not listed:
            yield finding("policy-value", document.at(at), "`releases`: nothing is listed")
        for system, tokens in _mapping(listed).items():
            yield from _tokens(document, system, tokens, (*at, system), edition)


def _tokens(document: Document, system: str, tokens: Any, path: Path, edition: Options) -> Iterator[Finding]:
    if system not in SYSTEMS:
        detail = f"{shown(system)}unknown marking system{suggestion(system, list(SYSTEMS))}"
        yield finding("policy-value", document.at_key(path), detail)
        return
    if not isinstance(tokens, list) or not tokens:
        yield finding("policy-value", document.at(path), f"`{system}`: it wants a list of tokens")
        return
    known = SYSTEMS[system].tokens
    for index, token in enumerate(tokens):
        place = document.at((*path, index))
        if not isinstance(token, str):
            yield finding("policy-value", place, "a token wants to be a text (put it in quotes)")
        elif token not in known:
            yield finding("policy-value", place, f"{shown(token)}unknown token{_token_suggestion(token, system)}")
        else:
            yield from _listed(token, tokens, system, edition, document.at((*path, index)))


def _listed(token: str, tokens: list[Any], system: str, edition: Options, place: Any) -> Iterator[Finding]:
    of = SYSTEMS[system]
    if missing := [name for name in of.tokens if name in of.closure({token}) and name not in tokens]:
        yield finding("release-gap", place, f"{token} without {', '.join(missing)}")
    audience = edition.get("audience", "sltt")
    if isinstance(audience, str) and token in of.barred_from(audience):
        yield finding("release-audience", place, f"{token} for {audience}")
    foreign = of.audience is not None and edition.get("nation", of.audience.home) != of.audience.home
    if of.audience is not None and token == of.audience.none and foreign:
        yield finding("release-audience", place, f"{token} for a nation other than {of.audience.home}")


def _token_suggestion(token: str, system: str) -> str:
    spelled = token.upper()
    for name, known in SYSTEMS[system].tokens.items():
        if spelled in {name, known.portion, known.banner}:
            return f" (did you mean {name}?)"
    return suggestion(spelled, list(SYSTEMS[system].tokens))


def sites(document: Document, options: Options, path: Path) -> Iterator[Finding]:
    """Addresses and nations have their form."""
    places: list[tuple[Any, Path]] = [(document.data.get("site_url"), ("site_url",))]
    for name, edition in _mapping(options.get("editions")).items():
        at = (*path, "editions", name)
        places.append((_mapping(edition).get("site_url"), (*at, "site_url")))
        nation = _mapping(edition).get("nation")
        if isinstance(nation, str) and not re.fullmatch(r"[A-Z]{3}", nation):
            yield finding("policy-value", document.at((*at, "nation")), "`nation`: it wants three letters, such as USA")
    for url, at in places:
        if isinstance(url, str) and not _is_site_url(url):
            yield finding("policy-value", document.at(at), "`site_url`: it wants an http or https address")


def _is_site_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain


def system(document: Document, options: Options, path: Path) -> Iterator[Finding]:
    """The default marking system exists."""
    named = options.get("system")
    if isinstance(named, str) and named not in SYSTEMS:
        detail = f"{shown(named) or '`system`: '}unknown marking system{suggestion(named, list(SYSTEMS))}"
        yield finding("policy-value", document.at((*path, "system")), detail)


def contact(document: Document, options: Options, path: Path) -> Iterator[Finding]:
    """The contact is a portion of the default system: one readable mark, then words."""
    text, name = options.get("contact"), options.get("system", "fouo-les")
    if isinstance(text, str) and text.strip() and isinstance(name, str) and name in SYSTEMS:
        place = document.at((*path, "contact"))
        opening = open_mark(text.strip(), name)
        if opening is None:
            yield finding("unmarked-portion", place, "`contact`")
            return
        yield from _mark_faults(opening.reading, place)
        if not text.strip()[opening.end :].strip():
            yield finding("empty-portion", place, "`contact`")
        if find_marks(text.strip()[opening.end :], name):
            yield finding("misplaced-mark", place, "`contact`")
    email = options.get("email")
    if isinstance(email, str) and email.strip() and not _EMAIL.fullmatch(email.strip()):
        yield finding("policy-value", document.at((*path, "email")), "`email`: it wants one address")


def _mark_faults(reading: Reading, place: Any) -> Iterator[Finding]:
    if reading.problem:
        yield finding(reading.problem, place, reading.detail)
    elif not reading.canonical:
        yield finding("alias-mark", place, str(reading.mark))


def documents(document: Document, options: Options, path: Path) -> Iterator[Finding]:
    """Product numbers and page globs say something definite."""
    for shape, at in _texts(options.get("id"), (*path, "id")):
        if not _ID_SHAPE.fullmatch(shape):
            yield finding("policy-value", document.at(at), "`id`: it wants a shape such as IB-{year}-{number}")
    if options.get("id") == []:
        yield finding("policy-value", document.at((*path, "id")), "`id`: it wants at least one shape")
    for glob, at in _texts(options.get("pages"), (*path, "pages")):
        if not _is_inside(glob) or glob.count("**") > _MOST_DEEP:
            yield finding("policy-value", document.at(at), "`pages`: it wants paths or globs below `sources`")
        elif not re.search(r"\w", glob.removesuffix(".md")):
            yield finding("policy-value", document.at(at), "`pages`: this glob would take every document for a page")


def notices(document: Document, options: Options, path: Path) -> Iterator[Finding]:
    """A notice's name is one that marks ask for, or the one about spills."""
    known = notice_names()
    for name in _mapping(options.get("notices")):
        if name not in known:
            detail = f"{shown(name)}unknown notice{suggestion(name, known)}"
            yield finding("policy-value", document.at_key((*path, "notices", name)), detail)


def notice_names() -> frozenset[str]:
    """The names of all notices that marks of any system ask for, and ``spill``."""
    asked = (token.notice for of in SYSTEMS.values() for token in of.tokens.values())
    given = (name for of in SYSTEMS.values() for name in of.notices)
    return frozenset({SPILL, *filter(None, asked), *given})


def directories(document: Document, options: Options, path: Path) -> Iterator[Finding]:
    """MkDocs publishes ``docs_dir`` and empties ``site_dir``: the sources may not be in reach of either."""
    sources = options.get("sources")
    if not isinstance(sources, str) or not sources.strip():
        return
    docs = document.data.get("docs_dir", "docs")
    if isinstance(docs, str) and _overlap(sources, docs):
        at = ("docs_dir",) if "docs_dir" in document.data else (*path, "sources")
        detail = "`docs_dir` and `sources` overlap: without this plugin MkDocs would publish the sources"
        yield finding("policy-value", document.at(at), detail)
    built = document.data.get("site_dir", "site")
    if isinstance(built, str) and (_overlap(sources, built) or normpath(built) in {".", ".."}):
        at = ("site_dir",) if "site_dir" in document.data else (*path, "sources")
        yield finding("policy-value", document.at(at), "`site_dir` and `sources` overlap: MkDocs empties `site_dir`")


def _overlap(one: str, other: str) -> bool:
    first, second = FilePath(normpath(one)), FilePath(normpath(other))
    return first.is_absolute() == second.is_absolute() and (
        first.is_relative_to(second) or second.is_relative_to(first)
    )


def files(document: Document, _: Options, __: Path) -> Iterator[Finding]:
    """Style sheets, scripts and pictures are the site's own, named by their path below ``custom_dir``."""
    kinds: tuple[tuple[Path, tuple[str, ...]], ...] = (
        (("extra_css",), (".css",)),
        (("extra_javascript",), (".js", ".mjs")),
        (("theme", "logo"), (".svg", ".png")),
        (("theme", "favicon"), (".svg", ".png", ".ico")),
    )
    for path, suffixes in kinds:
        value: Any = document.data
        for step in path:
            value = _mapping(value).get(str(step))
        for name, at in _texts(value, path):
            if not _is_inside(name) or PurePosixPath(name).suffix not in suffixes:
                detail = f"`{path[-1]}`: it wants a path below `custom_dir` ending in {' or '.join(suffixes)}"
                yield finding("renderer-extension", document.at(at), detail)


def nav(document: Document, _: Options, __: Path) -> Iterator[Finding]:
    """The navigation names pages by their path below ``sources``, with or without titles."""
    entries = document.data.get("nav")
    yield from _nav(document, entries if isinstance(entries, list) else [], ("nav",))


def _nav(document: Document, entries: list[Any], path: Path) -> Iterator[Finding]:
    for index, entry in enumerate(entries):
        here: Path = (*path, index)
        target = entry
        if isinstance(entry, dict) and len(entry) == 1:
            ((title, target),) = entry.items()
            here = (*here, title)
        if isinstance(target, list):
            yield from _nav(document, target, here)
        elif not isinstance(target, str) or not _is_inside(target) or not target.endswith(".md"):
            yield finding("policy-value", document.at(here), "`nav`: it wants paths of pages below `sources`")


def _is_inside(path: str) -> bool:
    """Whether a path or glob is relative, goes down only, and has nothing odd about it."""
    parts = path.split("/")
    return not re.search(r"[\\:\x00-\x1f]", path) and not {"", ".", ".."} & set(parts)


CHECKS: tuple[Check, ...] = (
    tags,
    editions,
    releases,
    sites,
    system,
    contact,
    documents,
    notices,
    directories,
    files,
    nav,
)
