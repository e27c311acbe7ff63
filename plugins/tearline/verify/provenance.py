"""Where every run of words of a page comes from: its own staged source, the templates, or what the whole site shares.

This sees what no list of withheld words can: a word so common that nobody would look for it, in a place where nothing
released put it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from tearline.findings import Finding, Place, finding
from tearline.verify import marks
from tearline.verify.decoding import TAG, pieces, plain
from tearline.verify.folders import below
from tearline.verify.folding import words
from tearline.verify.labels import labels, packaged
from tearline.verify.memory import key_of
from tearline.verify.seen import UNSEEN, attributes, blocks, closing
from tearline.verify.spans import Span, spans, without
from tearline.verify.staged import body_texts, front_texts, staged, title_of

SHORT: Final = 2  # words; so few are only explained as a whole
_KEPT: Final = 2_000_000  # characters of pages whose words are kept: as many as feeds speak of, and few long lists
_STARS = re.compile(r"(?<!\w)\*+|\*+(?!\w)")
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>")
# Numbers that say which one it is, and how many: of tabs, of lines of code; and how much a heading weighs in search.
_WEIGHT: Final = ' data-pagefind-weight="2"'
_COUNTS = re.compile(
    r' data-tabs="[1-9][0-9]?:[1-9][0-9]?"| data-linenos="[ ]*[0-9]+[ ]*"'
    r'|<td class="linenos"><div class="linenodiv"><pre>(?:<span></span>'
    r'|<span class="normal">(?:<a href="#[\w-]+">)?[ ]*[0-9]+(?:</a>)?</span>\s*)+'
)
_NAVIGATION = re.compile(r"<nav\b")
_COMMENT = re.compile(r"<!--")
_TOP = re.compile(r"^site_url: *[\"']?[a-z]+://[^/\s]+(/[^\s\"']*)", re.MULTILINE)  # the path of a site
_STRING_OR_LINE = re.compile(r"[^\n:\[\]{},]+")
_NUMBER = re.compile(r">[0-9]+</a>")  # of a note
_BACK = re.compile(r"(?<=Jump back to footnote) [0-9]+")
_MODIFIED = re.compile(r"<lastmod>[0-9]{4}-[0-9]{2}-[0-9]{2}</lastmod>")  # the day of the build
_ENCLOSED = re.compile(r"\(([^()\n]{1,120})\)|\[([^\[\]\n]{1,120})\]")  # a portion's mark; a subject's
_LISTED: Final = "in a list of pages"
_DATA: Final = (
    "http https www sitemaps org schemas sitemap urlset url loc lastmod xmlns xml version encoding utf 8",
    "w3 2005 Atom feed entry id title subtitle updated author name link published category summary content",
    "p strong a href jsonfeed 1.1 description home_page_url feed_url language en authors items content_html",
    "date_published date_modified",
    "tags edition marking messages priority state subject text txt html message json",
)
_STAMP = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\b")
Words = tuple[str, ...]
_END: Final = f"x{secrets.token_hex(8)}"  # stands between texts; nobody can know it, so nobody says it
_BETWEEN: Final = f" {_END} "


class Known:
    """Texts that may be said: as wholes, as pairs of neighbouring words, and as the words at their ends.

    Most texts are found again as they are written, so their words are looked at when one is not.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts = set(map(_spaced, texts))

    def add(self, text: str) -> None:
        """One more text that may be said; all are added before any is looked for."""
        self.texts.add(_spaced(text))

    @cached_property
    def spelled(self) -> Spelled:
        """The same as words."""
        said = words(_BETWEEN.join(["", *self.texts, ""]))
        pairs = set(pairwise(said))
        firsts = {second for first, second in pairs if first == _END}
        lasts = {first for first, second in pairs if second == _END}
        threes = zip(said, said[1:], said[2:], strict=False)
        fours = zip(said, said[1:], said[2:], said[3:], strict=False)
        short: set[Words] = {(one,) for before, one, after in threes if before == after == _END}
        short |= {(one, other) for before, one, other, after in fours if before == after == _END}
        return Spelled(short, pairs, firsts, lasts, set(said))


class Spelled(NamedTuple):
    """Texts as words: those of one or two of them, neighbours, the words at the ends, all of them."""

    short: set[Words]
    pairs: set[tuple[str, str]]
    firsts: set[str]
    lasts: set[str]
    words: set[str]


def explained(said: Words, kinds: Sequence[Known]) -> bool:
    """Whether a run of words is one of these texts, or is made of their pieces."""
    known = [one.spelled for one in kinds]
    if not said or any(said in one.short for one in known):
        return True
    if len(said) <= SHORT and not all(any((word,) in one.short for one in known) for word in said):
        return False
    strange, apart = set(said), set(pairwise(said))
    for one in known:
        strange, apart = strange - one.words, apart - one.pairs
    return not strange and all(any(a in one.lasts or b in one.firsts for one in known) for a, b in apart)


class Own:
    """What the staged source of one page says, read when it is asked for: few texts need all of it."""

    def __init__(self, source: Path | None) -> None:
        self._source = source.read_text(encoding="utf-8", errors="replace") if source is not None else ""
        self._name = source.stem if source is not None else ""
        self.size = len(self._source)
        self.said: set[str] = set()  # of it in other places, and explained: many feeds say the same of a page

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of it."""
        return frozenset(words(self._source))

    @cached_property
    def front(self) -> Known:
        """Its title, and what its front matter says."""
        return Known([*front_texts(self._source), title_of(self._source, self._name)])

    @cached_property
    def body(self) -> Known:
        """What its Markdown says. Stars at the ends of words are not shown; without them, most texts are as shown."""
        return Known(one for text in body_texts(self._source) for one in (text, _STARS.sub("", text)))


@dataclass
class Provenance:
    """What the whole site shares: templates, titles, the words of the configuration; and the stage for the pages."""

    stage: Path
    shared: Known = field(default_factory=Known)
    titles: Known = field(default_factory=Known)  # of pages: they stand in lists of pages and on their own page
    scripts: set[str] = field(default_factory=set)
    astray: bool = False  # whether the last data file took more pages than it is about
    told: str = ""  # one digest of what is the same for every page, titles aside
    _seen: set[str] = field(default_factory=set)
    _explained: set[str] = field(default_factory=set)  # scripts and style sheets
    _known: dict[str, Own] = field(default_factory=dict)
    _size: int = 0  # of those
    _everything: set[str] = field(default_factory=set)  # every word of what has been read of the stage

    def page(self, name: str, raw: str, shown: str) -> Iterator[Finding]:
        """The runs of one page's words that nothing explains, each by its place."""
        own = self._own(name)
        for kind, run in _runs(raw):
            text = _spaced(run)
            if text in self._seen or text in own.front.texts or text in own.body.texts:
                continue
            said = tuple(words(text))
            if explained(said, (self.shared,)):
                self._seen.add(text)
                continue
            known = (self.shared, *([self.titles] if kind == _LISTED else []), own.front)
            if not explained(said, known) and not self._is_explained(run, said, (*known, own.body)):
                yield finding("unexplained-words", _place(raw, said, shown), kind)
        for script in _inside(raw, _SCRIPT, lambda begun: f"</{begun[1]}>"):
            if script not in self._explained:
                strange = set(words(plain(script))) - self.scripts - self.shared.spelled.words
                if strange and strange - own.front.spelled.words - own.body.spelled.words:
                    yield finding("unexplained-words", Place(shown), "in a script or style sheet")
                else:
                    self._explained.add(script)

    def handed_on(self, page: str, texts: Iterable[str], shown: str) -> Iterator[Finding]:
        """What says something of a page in another place: every run of its words is the page's, or the site's."""
        own = self._own(page)
        for text in texts:
            if text not in own.said and not self._is_handed(text, own):
                yield finding("unexplained-words", Place(shown), "in what is handed on of a page")
                return
            own.said.add(text)

    def _is_handed(self, text: str, own: Own) -> bool:
        """Whether a text in another place is explained by its page. Most are by its front matter."""
        said = tuple(words(text))
        known = (self.shared, self.titles, own.front)
        if _spaced(text) in own.front.texts or explained(said, known):
            return True
        return self._is_explained(text, said, (*known, own.body))

    def _own(self, name: str) -> Own:
        """What a page's staged source says. Some are kept: feeds repeat them."""
        if name not in self._known:
            self._known[name] = made = Own(staged(self.stage, name))
            self._size += made.size
            while self._size > _KEPT and len(self._known) > 1:
                self._size -= self._known.pop(next(iter(self._known))).size
        return self._known[name]

    def _is_explained(self, text: str, said: Words, known: Sequence[Known]) -> bool:
        """Whether a run is explained as it is, or when it is cut at its marks."""
        return explained(said, known) or all(explained(tuple(words(part)), known) for part in _cut(text))

    def other(self, text: str, shown: str, more: Collection[str] = (), about: Iterable[str] = ()) -> Iterator[Finding]:
        """A file that is no page: every word has to be one of the site's, or one of ``more``.

        ``about`` are the pages that it speaks of. Whether it took others to explain it, ``astray`` says afterwards.
        """
        bare = " ".join(_cut(_STAMP.sub(" ", _MODIFIED.sub(" ", text))))
        said = {word for part in pieces(bare) for word in words(plain(TAG.sub(" ", part)))}
        said -= self.shared.spelled.words | self.scripts | self.named | set(more)
        for page in about:
            said = said and said - self._own(page).words
        self.astray = bool(said)
        if self._strange(said):
            yield finding("unexplained-words", Place(shown), "in a data file")

    def _strange(self, said: set[str]) -> set[str]:
        """Those of these words that the stage says nowhere. The newest pages are read first, as far as it takes."""
        while said - self._everything:
            path = next(self._unread, None)
            if path is None:
                break
            self._everything.update(words(path.read_text(encoding="utf-8", errors="replace")))
        return said - self._everything

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        return below(self.stage / "docs").files

    @cached_property
    def named(self) -> set[str]:
        """Every word of the titles, of the names of what is staged, and of what data files are made of.

        It is best asked for before processes are forked that need it: each would make its own.
        """
        return self.titles.spelled.words | set(words(" ".join((*_DATA, *self._files))))

    @cached_property
    def _unread(self) -> Iterator[Path]:
        return iter([path for path in reversed(tuple(self._files.values())) if path.suffix == ".md"])


def _cut(text: str) -> list[str]:
    """A text cut where marks stand in it, which are left out, and at what else stands between brackets."""
    cut = _ENCLOSED.sub(lambda found: "\0" if marks.read(found[1] or found[2]) else f"\0{found[0]}\0", text)
    return cut.split("\0")


def _runs(raw: str) -> Iterator[tuple[str, str]]:
    lists = list(spans(raw, _NAVIGATION, _ends_it))
    rest = (without(raw, _NAVIGATION, _ends_it) if lists else raw).replace(_WEIGHT, " ")
    rest = _COUNTS.sub(" ", rest) if " data-tabs=" in rest or "linenos" in rest else rest
    unseen = list(spans(rest, UNSEEN, closing))
    for text in blocks(rest, unseen):
        yield "in its text", text
    for text in attributes(rest):
        yield "in an attribute", _BACK.sub("", text)
    listed = " ".join(raw[begun.start() : end] for begun, end in lists)
    hidden = _hidden(rest, unseen) | _hidden(listed, spans(listed, UNSEEN, closing))
    yield from (("in what is not shown", text) for text in blocks("<p>".join(hidden)))
    yield from ((_LISTED, text) for each in (blocks, attributes) for text in each(listed))
    for text in _inside(raw, _COMMENT, lambda _: "-->"):
        yield "in a comment", text


def _hidden(page: str, unseen: Iterable[Span]) -> dict[str, None]:
    """The insides of what a reader does not see, each once. Scripts and style sheets are read by themselves."""
    found: dict[str, None] = {}
    for begun, end in unseen:
        if not begun[3] and begun[1] not in ("script", "style"):
            inner = page[page.find(">", begun.start()) + 1 : end]
            found[_NUMBER.sub("></a>", inner) if begun[2] else inner] = None
    return found


def _ends_it(_: re.Match[str]) -> str:
    return "</nav>"


def _inside(raw: str, begins: re.Pattern[str], ends: Callable[[re.Match[str]], str]) -> Iterator[str]:
    for begun, end in spans(raw, begins, ends):
        yield raw[begun.end() : end - len(ends(begun))]


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _place(raw: str, said: Words, shown: str) -> Place:
    found = re.search(r"(?:<[^<>]*>|&[#\w]+;|[\W_])*".join(map(re.escape, said[:6])), raw, re.IGNORECASE)
    if found is None:
        return Place(shown)
    return Place(shown, raw.count("\n", 0, found.start()) + 1, found.start() - raw.rfind("\n", 0, found.start()))


def provenance(stage: Path, theme: Path, package: Iterable[Path]) -> Provenance:
    """What a site may say anywhere. The package's own templates are read for the words of its language."""
    made = Provenance(stage)
    package = tuple(package)
    for text in labels(theme, package):
        made.shared.add(text)
    for path in packaged(package):
        made.scripts.update(words(path.read_text(encoding="utf-8")))
    config = stage / "mkdocs.yml"
    if config.is_file():
        told = config.read_text(encoding="utf-8")
        for each in (*_STRING_OR_LINE.findall(told), *_TOP.findall(told)):
            made.shared.add(each)
    for path in below(stage / "docs").files.values():
        if path.suffix == ".md":
            made.titles.add(title_of(path.read_text(encoding="utf-8", errors="replace"), path.stem))
    known = (made.shared.texts, made.scripts)
    made.told = key_of(text.encode("utf-8", "surrogateescape") for each in known for text in ("", *sorted(each)))
    return made
