"""Corpus + policy + edition -> a staged tree: released Markdown and a generated configuration, nothing else.

    deciding    what each document comes to in the edition
    composing   the pages made of it
    drafting    the bodies of bulletins' pages, proved
    bodies      those that were made before
    furnishing  the renderer's configuration, the theme's files

    OUT/mkdocs.yml   generated, allow-listed keys only
    OUT/docs/        bulletins by product number, the site's pages, listings, feeds and e-mail, assets by digest
    OUT/theme/       the templates of the site without their layout; its styles and fonts, copied

The renderer's whole world is this folder. A word that is not in it cannot be published by any program that is
given it. Everything is composed before anything is written, so that a check can look at all of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tearline.corpus import Corpus
from tearline.crew import Watch, each, unwatched
from tearline.findings import in_order
from tearline.offline import Offline
from tearline.placing import Placing
from tearline.policy import Policy, extensions
from tearline.proof import Renderer
from tearline.stage.bodies import Bodies, Body, bodies_in, packed_bodies
from tearline.stage.composing import Composer
from tearline.stage.deciding import Decided
from tearline.stage.drafting import Drafting
from tearline.stage.furnishing import furnish, theme_file
from tearline.stage.model import File, Tree
from tearline.store import Shelf
from tearline.told import written

__all__ = ["Drafting", "File", "Tree", "compose", "write"]

_CONFIGURATION: Final = "mkdocs.yml"


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

    made = _bodies(policy, composers, Bodies(corpus.drafts, kept), watch)
    renderer.held = [key for one in made.values() for key in one.proofs]
    for name, one in decided.items():
        pages = {
            number: _page(composers[name], number, made[number].packed)
            for number in one.entries
            if number in made and name in made[number].editions
        }
        composers[name].compose(pages)
        if corpus.whole:
            furnish(one, papers=papers)
        one.tree.findings = in_order(one.tree.findings)
    return {name: one.tree for name, one in decided.items()}


@dataclass(frozen=True, slots=True)
class _Made:
    """The bodies of a bulletin's pages, packed: which editions they are of, and the keys of their proofs."""

    packed: bytes
    editions: frozenset[str]
    proofs: tuple[str, ...]

    @classmethod
    def of(cls, packed: bytes, bodies: Mapping[str, Body]) -> _Made:
        """What these bodies were packed as."""
        return cls(packed, frozenset(bodies), tuple({key: None for one in bodies.values() for key in one.proofs}))


def _bodies(policy: Policy, composers: Mapping[str, Composer], kept: Bodies, watch: Watch) -> dict[str, _Made]:
    """The bodies of the bulletins' pages by id. What was emitted before, from the same, is not again."""
    sources = {source.id: source for one in composers.values() for source in one.decided.sources.values()}
    among = {number: [name for name, one in composers.items() if number in one.entries] for number in sources}
    made: dict[str, _Made] = {}
    for number, source in sources.items():
        bodies = bodies_in(packed) if (packed := kept.get(source.record.key)) is not None else {}
        if packed and all(
            name in bodies and bodies[name].is_of(composers[name].addresses(number)) for name in among[number]
        ):
            made[number] = _Made.of(packed, bodies)

    def anew(number: str) -> bytes | None:  # in all editions: most read alike there
        releases = sources[number].read_again(policy)
        if releases is None:
            return None
        bodies = {name: composers[name].emitted(number, releases[name]) for name in among[number]}
        return packed_bodies({name: body for name, body in bodies.items() if body is not None})

    todo = [number for number in sources if number not in made]
    for number, packed in zip(todo, each(anew, todo, watch), strict=True):
        if packed is None:
            for name in among[number]:
                composers[name].changed.add(number)
        else:
            made[number] = _Made.of(packed, bodies_in(packed))
            kept.put(sources[number].record.key, packed)
    return made


def _page(composer: Composer, number: str, packed: bytes) -> Callable[[], File]:
    """What makes a bulletin's page of its packed bodies."""
    return lambda: composer.page(number, bodies_in(packed)[composer.edition.name])


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
    """Put a tree on disk, into the folder ``out``: an empty one, or one that such a tree is in and is to be mended.

    Raises ``OSError`` where that cannot be done.
    """
    docs = {name: f"docs/{name}" for name in (*tree.files, *tree.texts, *tree.assets)}
    theme = {name: f"theme/{name}" for name in tree.theme}
    stage = Placing(out, {*docs.values(), *theme.values(), _CONFIGURATION})

    def put(name: str) -> None:  # most of these are made when they are asked for
        text = written(file.told, file.body) if (file := tree.files.get(name)) is not None else tree.texts[name]
        stage.put(docs[name], text.encode("utf-8"))

    each(put, (*tree.files, *tree.texts))
    for name, asset in tree.assets.items():
        stage.put(docs[name], asset.data)
    (out / "theme").mkdir(parents=True, exist_ok=True)
    for name, path in tree.theme.items():
        stage.put(theme[name], theme_file(path))
    stage.put(_CONFIGURATION, tree.configuration.encode("utf-8"))
