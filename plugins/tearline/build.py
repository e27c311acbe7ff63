"""The sentence: read the sources, stage each edition, render it, look at the bytes, swap it into place.

A step that fails leaves the published sites as they were. Everything on the way lives in a private folder beside
them, which is gone afterwards, whatever happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from tearline.corpus import Corpus, read_corpus
from tearline.findings import Finding, Place, in_order, refuses
from tearline.guard import Guard
from tearline.policy import Edition, Policy
from tearline.render import Rendering, start_rendering, theme_files
from tearline.stage import Tree, compose, write
from tearline.swap import Private, TargetError, make_readable, private_folder, publish

Say = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What a command came to: findings, the trees it published, the documents it held back.

    ``checked`` counts the documents that were read, ``others`` are files that were named and are none.
    """

    findings: list[Finding] = field(default_factory=list)
    sites: list[Path] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    checked: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True)
class How:
    """What whoever typed the command asked for: hold refused documents back, take warnings for errors."""

    hold: bool = False
    strict: bool = False


def check(policy: Policy, paths: Sequence[Path], now: dt.datetime) -> Outcome:
    """Findings only: every rule that a build would apply before rendering, on all sources or on some."""
    corpus = read_corpus(policy, paths)
    trees = [compose(corpus, policy, edition, now) for edition in policy.editions.values()]
    return Outcome(_findings(corpus, trees), others=corpus.others, checked=len(corpus.documents))


def stage_tree(policy: Policy, edition: Edition, out: Path, now: dt.datetime, how: How) -> Outcome:
    """Write one edition's staged tree to ``out``, replacing an older one. Raises ``TargetError``."""
    refuse_overlap(policy, out)
    if out.is_dir() and any(out.iterdir()) and not ((out / "docs").is_dir() and (out / "mkdocs.yml").is_file()):
        raise TargetError(f"{out} is not empty, and not a staged tree")
    outcome, trees = _composed(policy, now, how)
    if outcome.refused:
        return outcome
    with private_folder(out.parent) as private:
        write(trees[edition.name], private.path / "stage")
        publish([(private.path / "stage", out)])
    outcome.sites.append(out)
    return outcome


def build(  # noqa: PLR0913, PLR0917 - the command's options
    policy: Policy, editions: Sequence[Edition], out: Path, now: dt.datetime, say: Say, how: How
) -> Outcome:
    """Build and publish ``out/site-<edition>`` for each edition, all or none.

    Raises ``RenderError`` where the renderer fails and ``TargetError`` where ``out`` cannot be written.
    """
    targets = {edition.name: out / f"site-{edition.name}" for edition in editions}
    for target in targets.values():
        refuse_overlap(policy, target)
        _refuse_other_things(target)
    say("Reading the sources")
    outcome, trees = _composed(policy, now, how)
    if outcome.refused:
        return outcome
    chosen = [trees[edition.name] for edition in editions]
    with private_folder(out) as private:
        say(f"Rendering {', '.join(f'{one.edition.name} ({one.bulletins} bulletins)' for one in chosen)}")
        built = _rendered(chosen, private, now)
        say("Reading the built bytes")
        found = [one for tree, done in zip(chosen, built, strict=True) for one in _guarded(tree, *done)]
        outcome.findings = in_order([*outcome.findings, *found])
        outcome.refused = refuses(found)
        if not outcome.refused:
            for rendering, _ in built:
                make_readable(rendering.site)
            publish(zip((rendering.site for rendering, _ in built), targets.values(), strict=True))
            outcome.sites += targets.values()
    return outcome


def _composed(policy: Policy, now: dt.datetime, how: How) -> tuple[Outcome, dict[str, Tree]]:
    """The trees of all editions: what one of them refuses is refused for every one.

    With ``hold``, documents that are refused are left out, on whatever step that shows.
    """
    corpus = read_corpus(policy)
    while True:
        trees = {name: compose(corpus, policy, edition, now) for name, edition in policy.editions.items()}
        found = _findings(corpus, trees.values())
        late = {path for tree in trees.values() for path in tree.refused}
        if not (how.hold and corpus.hold(late, found)):
            break
    fatal = [one for one in found if not how.hold or one.place.path not in corpus.refused]
    outcome = Outcome(found, held=sorted(corpus.refused) if how.hold else [], checked=len(corpus.documents))
    nothing_left = not corpus.bulletins and not corpus.pages
    outcome.refused = nothing_left or refuses(fatal) or (how.strict and refuses(found, strict=True))
    return outcome, trees


def _findings(corpus: Corpus, trees: Iterable[Tree]) -> list[Finding]:
    return in_order([*corpus.findings, *(one for tree in trees for one in tree.findings)])


def _rendered(trees: Sequence[Tree], private: Private, now: dt.datetime) -> list[tuple[Rendering, str]]:
    """The editions' sites, each rendered by a process of its own from a folder of its own, and their logs."""
    with ExitStack() as stack:
        started = []
        for tree in trees:
            folder = private.path / tree.edition.name
            write(tree, folder / "stage")
            rendering = start_rendering(folder / "stage", folder / "site", folder / "log", now, private.lock)
            stack.callback(rendering.stop)
            started.append(rendering)
        return [(rendering, rendering.finish()) for rendering in started]


def _guarded(tree: Tree, rendering: Rendering, log: str) -> Iterator[Finding]:
    """What the guard says of a site and of the renderer's log."""
    theirs = theme_files()
    themes = [rendering.stage / "theme", *([theirs / "partials"] if theirs is not None else [])]
    guard = Guard.of(tree, rendering.stage, themes)
    for one in (*guard.check(rendering.site, theirs), *guard.check_text("renderer.log", log)):
        yield replace(one, place=Place(f"site-{tree.edition.name}/{one.place.path}"))


def refuse_overlap(policy: Policy, target: Path) -> None:
    """Nothing is written over or into what a build reads, or what MkDocs would publish. Raises ``TargetError``."""
    target = target.resolve()
    for folder, what in (
        (policy.sources, "the sources"),
        (policy.custom_dir, "the theme's folder"),
        (policy.docs_dir, "docs_dir"),
    ):
        other = folder.resolve()
        if target.is_relative_to(other) or other.is_relative_to(target):
            raise TargetError(f"{target} and {what} overlap")
    if policy.root.resolve().is_relative_to(target):
        raise TargetError(f"{target} holds the site's configuration")


def _refuse_other_things(target: Path) -> None:
    """A folder that is no site is somebody's, whatever it is called. Raises ``TargetError``."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise TargetError(f"{target} is not a folder, and is not replaced")
    if target.is_dir() and any(target.iterdir()) and not (target / "404.html").is_file():
        raise TargetError(f"{target} is not empty, and not a site")
