"""Corpus + policy + edition -> a staged tree: released Markdown and a generated configuration, nothing else.

    deciding    what each document comes to in the edition
    composing   the pages made of it
    bodies      what was composed before
    furnishing  the renderer's configuration, the theme's files

    OUT/mkdocs.yml   generated, allow-listed keys only
    OUT/docs/        bulletins by product number, the site's pages, listings, feeds and e-mail, assets by digest
    OUT/theme/       the templates of the site without their layout; its styles and fonts, copied

The renderer's whole world is this folder. A word that is not in it cannot be published by any program that is
given it. Everything is composed before anything is written, so that a check can look at all of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from tearline.corpus import Corpus
from tearline.crew import Watch, each, unwatched
from tearline.findings import in_order
from tearline.offline import Offline
from tearline.placing import Placing
from tearline.policy import Policy, extensions
from tearline.proof import Renderer
from tearline.stage.bodies import Bodies, Body
from tearline.stage.composing import Composer
from tearline.stage.deciding import Decided
from tearline.stage.furnishing import furnish, theme_file
from tearline.stage.model import File, Tree
from tearline.store import Shelf
from tearline.told import written

__all__ = ["File", "Tree", "compose", "write"]


def compose(  # noqa: PLR0913 - what trees are made of
    corpus: Corpus,
    policy: Policy,
    now: dt.datetime,
    renderer: Renderer | None = None,
    kept: Shelf | None = None,
    *,
    papers: bool = False,
    offline: Offline | None = None,
    watch: Watch = unwatched,
) -> dict[str, Tree]:
    """Each edition's tree. ``now`` decides what is still in effect; ``renderer`` is one for all editions.

    ``kept`` are bodies of pages that were emitted before.
    ``watch`` is told how many bulletins are composed and proved.
    With ``papers``, whoever renders the trees puts a PDF beside every bulletin, and pages may link to it. The edition
    that ``offline`` is of is composed for an offline copy, the others as ever. Refused documents are named in the
    result; their pages are not there.
    """
    renderer = renderer or Renderer(extensions(policy))
    decided = {name: Decided(corpus, policy, edition) for name, edition in policy.editions.items()}
    if offline is not None:
        decided[offline.edition.name].tree.offline = offline
    composers = {name: Composer(one, now, renderer, _elsewhere(one, decided.values())) for name, one in decided.items()}

    pages = _pages(composers, Bodies(kept, policy), watch)
    renderer.held = [key for made in pages.values() for body, _ in made.values() if body for key in body.proofs]
    for name, one in decided.items():
        composers[name].compose({number: pages[number][name][1] for number in one.entries})
        if corpus.whole:
            furnish(one, papers=papers)
        one.tree.findings = in_order(one.tree.findings)
    return {name: one.tree for name, one in decided.items()}


_Page = tuple[Body | None, File | None]


def _pages(composers: Mapping[str, Composer], bodies: Bodies, watch: Watch) -> dict[str, dict[str, _Page]]:
    """The bulletins' pages in each edition, by their ids. What was emitted before, from the same, is not again."""
    numbers = list({number: None for one in composers.values() for number in one.entries})
    among = {number: [name for name, one in composers.items() if number in one.entries] for number in numbers}

    def of(number: str, found: Mapping[str, Body | None]) -> dict[str, _Page]:
        return {name: (body, composers[name].page(number, body)) for name, body in found.items()}

    def anew(number: str) -> dict[str, _Page]:  # in all editions: most read alike there
        return of(number, {name: composers[name].emitted(number) for name in among[number]})

    pages: dict[str, dict[str, _Page]] = {}
    for number in numbers:
        found = {name: composers[name].kept(number, bodies) for name in among[number]}
        if all(found.values()):
            pages[number] = of(number, found)
    todo = [number for number in numbers if number not in pages]
    for number, made in zip(todo, each(anew, todo, watch), strict=True):
        pages[number] = made
        for name, (body, _) in made.items():
            if body is not None:
                bodies.put(composers[name].decided.sources[number], composers[name].edition, body)
    return pages


def _elsewhere(here: Decided, all_of: Iterable[Decided]) -> dict[str, dict[str, str]]:
    """By bulletin, the pages of editions that see less, by their names: who sees all may lead there, nobody else."""
    found: dict[str, dict[str, str]] = {}
    if here.edition.sanitized:
        return found
    for other in all_of:
        if other.edition.sanitized and other.edition.site_url:
            for name, entry in other.entries.items():
                address = f"{other.edition.site_url.rstrip('/')}/{entry.address}"
                found.setdefault(name, {})[other.edition.site_name] = address
    return found


def write(tree: Tree, out: Path) -> None:
    """Put a tree on disk, into the empty folder ``out``. Raises ``OSError`` where that cannot be done."""
    docs, theme = Placing(out / "docs"), Placing(out / "theme")
    for name, file in tree.files.items():
        docs.put(name, written(file.told, file.body).encode("utf-8"))
    for name, text in tree.texts.items():
        docs.put(name, text.encode("utf-8"))
    for name, asset in tree.assets.items():
        docs.put(name, asset.data)
    (out / "theme").mkdir(parents=True)
    for name, path in tree.theme.items():
        theme.put(name, theme_file(path))
    Placing(out).put("mkdocs.yml", tree.configuration.encode("utf-8"))
