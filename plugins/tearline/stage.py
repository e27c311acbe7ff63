"""Corpus + policy + edition -> a staged tree on disk: released Markdown and a generated configuration, nothing else.

    OUT/mkdocs.yml   generated, allow-listed keys only
    OUT/docs/        bulletins by product number, the site's pages, listings, assets by digest
    OUT/theme/       the templates, styles and fonts of the site, copied

The renderer's whole world is this folder. A word that is not in it cannot be published by any program that is
given it.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

import frontmatter

from tearline.bulletin.document import Page
from tearline.corpus import Corpus, MarkedBulletin, target_id
from tearline.emit import Addresses, emit
from tearline.findings import Finding, Place, finding, in_order
from tearline.listings import ALL, BROWSE, HOME, Listing, home, listings
from tearline.marking import lowest
from tearline.policy import Edition, Policy, configuration, configuration_text, extensions
from tearline.presentation import Entry, banner_of, bulletin_page, legend_of, marked_line, page_of, spelled
from tearline.proof import Renderer, prove
from tearline.release import Decision, Released, release

THEME_SUFFIXES: Final = frozenset({".html", ".css", ".js", ".svg", ".png", ".ico", ".woff2", ".txt", ".json"})
_PAGE_LINK = re.compile(r"(?<![!\\])\[([^\[\]\n]*)\]\(([A-Za-z0-9][\w.-]*)\)")


@dataclass(slots=True)
class Staged:
    """What staging an edition came to.

    ``withheld`` holds words that must not be in the built site; ``refused`` the paths of documents that the
    renderer would have misread.
    """

    edition: Edition
    path: Path
    withheld: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    bulletins: int = 0


class _Stage:
    """Writes one edition."""

    def __init__(self, corpus: Corpus, policy: Policy, edition: Edition, out: Path, now: dt.datetime) -> None:
        self.corpus = corpus
        self.policy = policy
        self.edition = edition
        self.now = now
        self.docs = out / "docs"
        self.staged = Staged(edition, out)
        self.entries: dict[str, Entry] = {}
        self.sources: dict[str, MarkedBulletin] = {}
        self.recalled: list[MarkedBulletin] = []
        self.taken: dict[str, str] = {}

    # --- deciding -----------------------------------------------------------------------------------------

    def decide(self) -> None:
        """What each bulletin comes to in this edition; who replaces whom among those that are in it."""
        for source in self.corpus.bulletins:
            decision: Decision = release(source.marked, self.edition, self.policy.vocabulary)
            self.staged.withheld += decision.withheld_words
            self.staged.findings += decision.findings
            if decision.released is not None:
                self.enter(source, decision.released)
            elif decision.recalled:
                self.recalled.append(source)
        for name, entry in self.entries.items():
            by = tuple(
                sorted(other.released.id for other in self.entries.values() if name in other.released.supersedes)
            )
            self.entries[name] = replace(entry, superseded_by=by)
        self.staged.withheld += self.corpus.refused.values()
        self.staged.bulletins = len(self.entries)

    def enter(self, source: MarkedBulletin, released: Released) -> None:
        page = self.page_name(source)
        self.entries[source.id] = Entry(released, source.bulletin.metadata, page.removesuffix(".md") + "/", page)
        self.sources[source.id] = source

    def page_name(self, source: MarkedBulletin) -> str:
        """A bulletin's address comes from its product number: a file's own name never becomes public."""
        return f"{self.policy.year_of(source.id)}/{source.id.lower()}.md"

    # --- writing ------------------------------------------------------------------------------------------

    def write(self, page: str, told: Mapping[str, Any], body: str, source: str) -> None:
        """One Markdown file. Two that want one place are a finding."""
        other = self.taken.setdefault(page.casefold(), source)
        if other != source:
            self.staged.findings.append(finding("path-taken", Place(source), f"also wanted by {other}"))
            self.staged.refused.append(source)
            return
        path = self.docs / page
        path.parent.mkdir(parents=True, exist_ok=True)
        text = frontmatter.dumps(frontmatter.Post(body.rstrip("\n"), **told), sort_keys=False, allow_unicode=True)
        path.write_text(text + "\n", encoding="utf-8")

    def bulletins(self) -> None:
        renderer = Renderer(extensions(self.policy))
        for name, entry in self.entries.items():
            source = self.sources[name]
            addresses = self.addresses(source, entry)
            body = self.proved(source, entry.released, addresses, renderer)
            if body is not None:
                told = bulletin_page(entry, self.edition, self.policy, self.now, self.entries)
                self.write(entry.page, told, body, source.bulletin.path)
            for file in entry.released.assets:
                asset = source.assets[file]
                (self.docs / "assets").mkdir(parents=True, exist_ok=True)
                (self.docs / "assets" / asset.name).write_bytes(asset.data)

    def proved(
        self, source: MarkedBulletin, released: Released, addresses: Addresses, renderer: Renderer
    ) -> str | None:
        """The page's Markdown, once the renderer reads it as meant; leaves that it does not go without emphasis."""
        plain: frozenset[int] = frozenset()
        for _ in range(3):
            body = emit(released, addresses, plain)
            verdict = prove(body, released, addresses, plain, renderer.render)
            if verdict.holds:
                return body
            plain |= verdict.broken
        self.staged.findings.append(finding("emission-mismatch", Place(source.bulletin.path), portion=source.id))
        self.staged.refused.append(source.bulletin.path)
        return None

    def addresses(self, source: MarkedBulletin, entry: Entry) -> Addresses:
        """Where links and files are, seen from a bulletin's page."""
        relative = self.relative(source.bulletin.path)

        def link(target: str) -> str | None:
            if target.lower().startswith(("http://", "https://", "mailto:", "tel:")):
                return target
            if target in source.assets:
                return f"../assets/{source.assets[target].name}" if target in entry.released.assets else None
            other = self.entries.get(target_id(self.corpus, relative, target) or "")
            return f"../{other.page}" if other is not None else None

        return Addresses(link, lambda file: f"../assets/{source.assets[file].name}")

    def relative(self, shown: str) -> str:
        """A source's path below the sources."""
        prefix = self.policy.sources.relative_to(self.policy.root).as_posix() if self.under_root() else ""
        return shown.removeprefix(f"{prefix}/") if prefix else shown

    def under_root(self) -> bool:
        return self.policy.sources.is_relative_to(self.policy.root) and self.policy.sources != self.policy.root

    def tombstones(self) -> None:
        """A recalled bulletin's address says that it is, when, and whom to ask; nothing of what it said."""
        mark = lowest(self.policy.system)
        ask = f"Questions: {marked_line(self.policy, self.policy.contact).words}." if self.policy.contact else ""
        for source in self.recalled:
            when = source.bulletin.metadata.recalled
            title = f"{source.id} was recalled"
            told = page_of(
                "tombstone",
                self.edition,
                self.policy,
                [mark],
                id=source.id,
                state="recalled",
                state_text=f"Recalled on {spelled(when)}" if when is not None else "Recalled",
            )
            body = f"# {title}\n\nDo not use this bulletin. Stop acting on it, and tell those you sent it to. {ask}\n"
            self.write(self.page_name(source), {"title": title, "tearline": told}, body, source.bulletin.path)

    def pages(self) -> list[str]:
        """The site's own pages that the edition may see; the names of those staged."""
        names = []
        for page in self.corpus.pages:
            relative = self.relative(page.path)
            name = str(PurePosixPath(relative).with_suffix(".md"))
            if not self.edition.may_see(page.metadata.marking):
                self.staged.withheld.append(page.text)
            elif name != HOME:
                told = page_of("page", self.edition, self.policy, [page.metadata.marking])
                self.write(name, self.page_front(page, told), self.page_body(page, name), page.path)
                names.append(name)
        return sorted(names)

    def page_front(self, page: Page, told: Mapping[str, Any]) -> dict[str, Any]:
        given = {
            "title": page.metadata.title,
            "description": page.metadata.description,
            "hide": list(page.metadata.hide),
        }
        return {**{key: value for key, value in given.items() if value}, "tearline": dict(told)}

    def page_body(self, page: Page, name: str) -> str:
        """A page's Markdown as typed; links to bulletins lead to them where the edition has them."""
        up = "../" * name.count("/")

        def linked(match: re.Match[str]) -> str:
            if self.policy.year_of(match[2]) is None:
                return match[0]
            other = self.entries.get(match[2])
            return f"[{match[1]}]({up}{other.page})" if other is not None else match[1]

        return _PAGE_LINK.sub(linked, page.body.lstrip("\n"))

    def home(self) -> None:
        """What is urgent, in effect and latest; then the words of the site's own index page."""
        made = home(list(self.entries.values()), self.policy, self.now)
        own = next((page for page in self.corpus.pages if self.relative(page.path).casefold() == HOME), None)
        marks, body = list(made.marks), made.body
        front: dict[str, Any] = {"title": made.title}
        if own is not None and self.edition.may_see(own.metadata.marking):
            marks.append(own.metadata.marking)
            body = f"{body}\n{_below_the_title(self.page_body(own, HOME))}"
            front |= self.page_front(own, {})
        told = page_of("home", self.edition, self.policy, marks, marks=legend_of(made.marks))
        self.write(HOME, {**front, "tearline": told}, body, own.path if own is not None else "the generated home page")

    def listing(self, made: Listing) -> None:
        told = page_of("listing", self.edition, self.policy, made.marks, marks=legend_of(made.marks))
        self.write(made.page, {"title": made.title, "tearline": told}, made.body, f"the generated page {made.title}")

    def configuration(self, pages: Iterable[str]) -> None:
        """The renderer's configuration. Bulletins are not in the navigation: N pages would cost N squared."""
        extra = {"agency": self.policy.agency, "exercise": self.policy.exercise, **banner_of((), self.policy)}
        nav = self.policy.nav or [HOME, {"All bulletins": ALL}, {"Browse": BROWSE}, *_folders(pages)]
        made = configuration(self.policy, self.edition, nav, extra)
        (self.staged.path / "mkdocs.yml").write_text(configuration_text(made), encoding="utf-8")

    def theme(self) -> None:
        """The theme's files, by an allow-list of types; links and hidden files are left out with a finding."""
        (self.staged.path / "theme").mkdir()
        for path in sorted(self.policy.custom_dir.rglob("*")):
            name = path.relative_to(self.policy.custom_dir)
            if path.is_dir() and not path.is_symlink():
                continue
            hidden = any(part.startswith(".") for part in name.parts)
            if path.is_symlink() or hidden or not path.is_file() or path.suffix.lower() not in THEME_SUFFIXES:
                shown = f"{self.policy.custom_dir.name}/{name.as_posix()}"
                self.staged.findings.append(finding("theme-file", Place(shown)))
                continue
            target = self.staged.path / "theme" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _below_the_title(body: str) -> str:
    """A page's Markdown where it follows another's: its own title becomes a heading among others."""
    return re.sub(r"\A#[ \t]+", "## ", body)


def _folders(pages: Iterable[str]) -> list[Any]:
    """Pages as navigation: those at the top, then one group for each folder."""
    groups: dict[str, list[str]] = {}
    top: list[Any] = []
    for page in pages:
        folder, _, rest = page.rpartition("/")
        if rest and folder:
            groups.setdefault(folder, []).append(page)
        else:
            top.append(page)
    named = [{folder.replace("/", ": ").replace("-", " ").capitalize(): names} for folder, names in groups.items()]
    return [*top, *named]


def stage(corpus: Corpus, policy: Policy, edition: Edition, out: Path, now: dt.datetime) -> Staged:
    """Write the edition's tree into the empty folder ``out``. ``now`` decides what is still in effect.

    Raises ``OSError`` where ``out`` cannot be written. Refused documents are named in the result; their pages are
    not there.
    """
    work = _Stage(corpus, policy, edition, out, now)
    work.docs.mkdir(parents=True, exist_ok=True)
    work.decide()
    work.bulletins()
    work.tombstones()
    work.home()
    pages = work.pages()
    for made in listings(list(work.entries.values()), policy, now):
        work.listing(made)
    work.theme()
    work.configuration(pages)
    work.staged.findings = in_order(work.staged.findings)
    return work.staged


def rehearse(corpus: Corpus, policy: Policy, now: dt.datetime) -> list[Finding]:
    """The findings that staging every edition would bring, without writing anything."""
    found: list[Finding] = []
    for edition in policy.editions.values():
        work = _Stage(corpus, policy, edition, Path(), now)
        work.decide()
        renderer = Renderer(extensions(policy))
        for name, entry in work.entries.items():
            source = work.sources[name]
            work.proved(source, entry.released, work.addresses(source, entry), renderer)
        found += work.staged.findings
    return in_order(found)
