"""Corpus + policy + edition -> a staged tree: released Markdown and a generated configuration, nothing else.

    deciding    what each document comes to in the edition
    composing   the pages made of it
    furnishing  the renderer's configuration, the theme's files

    OUT/mkdocs.yml   generated, allow-listed keys only
    OUT/docs/        bulletins by product number, the site's pages, listings, feeds and e-mail, assets by digest
    OUT/theme/       the templates, styles and fonts of the site, copied

The renderer's whole world is this folder. A word that is not in it cannot be published by any program that is
given it. Everything is composed before anything is written, so that a check can look at all of it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import frontmatter

from tearline.corpus import Corpus
from tearline.findings import in_order
from tearline.policy import Edition, Policy, extensions
from tearline.proof import Renderer
from tearline.stage.composing import Composer
from tearline.stage.deciding import Decided
from tearline.stage.furnishing import furnish
from tearline.stage.model import File, Tree

__all__ = ["File", "Tree", "compose", "write"]


def compose(
    corpus: Corpus, policy: Policy, edition: Edition, now: dt.datetime, renderer: Renderer | None = None
) -> Tree:
    """The edition's tree. ``now`` decides what is still in effect; ``renderer`` is one for all editions.

    Refused documents are named in the result; their pages are not there.
    """
    decided = Decided(corpus, policy, edition)
    Composer(decided, now, renderer or Renderer(extensions(policy))).compose()
    if corpus.whole:
        furnish(decided)
    decided.tree.findings = in_order(decided.tree.findings)
    return decided.tree


def write(tree: Tree, out: Path) -> None:
    """Put a tree on disk, into the empty folder ``out``. Raises ``OSError`` where that cannot be done."""
    for name, file in tree.files.items():
        post = frontmatter.Post(file.body.rstrip("\n"), **file.told)
        text = frontmatter.dumps(post, sort_keys=False, allow_unicode=True) + "\n"
        _put(out / "docs" / name, text.encode("utf-8"))
    for name, text in tree.texts.items():
        _put(out / "docs" / name, text.encode("utf-8"))
    for name, asset in tree.assets.items():
        _put(out / "docs" / name, asset.data)
    (out / "theme").mkdir(parents=True)
    for name, path in tree.theme.items():
        _put(out / "theme" / name, path.read_bytes())
    _put(out / "mkdocs.yml", tree.configuration.encode("utf-8"))


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
