"""Trees -> sites: rendered, indexed for search and verified, each by processes of its own.

What an edition is made from and what becomes of it lies in one private folder; whoever calls seals it and puts it in
place, or lets it go.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from tearline.commit import Private
from tearline.crew import Watch, each, unwatched
from tearline.detach import detach
from tearline.evidence import disk_clock
from tearline.findings import Finding
from tearline.inventory import Inventory, take_inventory
from tearline.judging import start_judging
from tearline.manifest import Verdict
from tearline.paper import CACHE
from tearline.policy import FULL_SIDE, Edition, Policy
from tearline.render import Rendering, start_rendering
from tearline.render.schedulers import Cluster
from tearline.search import index
from tearline.spare import date, lay_by, reclaim
from tearline.stage import Tree, write
from tearline.swap import make_readable

Say = Callable[[str], None]
_FEW: Final = 10_000  # bulletins of all editions together; see _at_once
_LITTLE: Final = 2_000  # files that are not as they are published: a verifier knows the others, and is as good as small
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Built:
    """An edition and the rendering of it. ``again``: this program has built it under this policy before."""

    tree: Tree
    rendering: Rendering
    again: bool = False

    @property
    def site(self) -> Path:
        """The folder of its site."""
        return self.rendering.site


@dataclass(slots=True)
class Read:
    """A site that was verified: its files as they were then, the verdict, and what there is to say about them."""

    tree: Tree
    site: Path
    taken: Inventory
    verdict: Verdict
    findings: list[Finding]

    @property
    def name(self) -> str:
        """What the site is called."""
        return self.tree.name


def sanitized(edition: Edition) -> bool:
    """Whether anything may be withheld from an edition."""
    return edition.releases is not None


def rendered(  # noqa: PLR0913 - what sites are made of and where
    trees: Sequence[Tree],
    policy: Policy,
    private: Private,
    now: dt.datetime,
    *,
    cache: Path | None = None,
    clusters: Mapping[str, Cluster] | None = None,
    watch: Watch = unwatched,
    say: Say = lambda _: None,
) -> list[Built]:
    """The editions' sites with their search indexes, each rendered by a process of its own from a folder of its own.

    Below ``cache`` each edition has what was rendered of it before; those that ``clusters`` name are rendered there.
    ``watch`` is told how many bulletins there are. The trees are written, and their pages are not kept in memory.
    Raises ``RenderError`` where rendering or indexing fails.
    """
    bulletins = sum(tree.bulletins for tree in trees)
    built: list[Built] = []

    def begin(tree: Tree, folder: Path, *, again: bool) -> Callable[[], str]:
        stage, site, log = (folder / name for name in ("stage", "site", "log"))
        cluster = (clusters or {}).get(tree.edition.name)
        rendering = start_rendering(stage, site, log, now, private.lock, _kept(cache, tree), cluster)
        stack.callback(rendering.stop)
        built.append(Built(tree, rendering, again))
        return lambda: rendering.finish(lambda: watch(sum(one.rendering.bulletins for one in built), bulletins))

    def staged() -> Iterator[Callable[[], Callable[[], str]]]:
        for tree in trees:
            folder = private.room(tree.edition.name)
            folder.mkdir()
            kept = _kept(cache, tree) if tree.offline is None else None
            again = kept is not None and reclaim(kept, policy, folder)
            write(tree, folder / "stage")
            tree.let_go()
            yield partial(begin, tree, folder, again=again)
        _give_back()

    with ExitStack() as stack:
        _in_turn(staged(), _at_once(trees))
    say("Indexing for search")
    each(lambda at: _index(built[at], private.lock, _kept(cache, built[at].tree)), range(len(built)), at_a_time=1)
    return built


def left_over(built: Iterable[Built], policy: Policy, cache: Path) -> None:
    """Keep what is left of these sites and their stages for the next build, which mends it."""
    for one in built:
        if one.tree.offline is None and (kept := _kept(cache, one.tree)) is not None:
            lay_by(one.site.parent, kept, policy)


def stages(trees: Iterable[Tree], built: Iterable[Built], private: Private) -> dict[str, Path]:
    """The stages of all editions by name. One that was not rendered is written where it has an address to link to."""
    found = {one.tree.edition.name: one.rendering.stage for one in built}
    for tree in trees:
        if tree.edition.name not in found and tree.edition.site_url:
            found[tree.edition.name] = private.room(tree.edition.name) / "stage"
            write(tree, found[tree.edition.name])
    return found


def verified(
    built: Sequence[Built], policy: Policy, full: Path | None, stages: Mapping[str, Path], beside: Path
) -> list[Read]:
    """Have sites verified. ``full`` is the full edition's site, which a sanitized one is compared with.

    Below ``beside`` are the sites that are published now. Raises as ``Judging.finish`` does.
    """

    def begin(one: Built, taken: Inventory) -> Callable[[], Read]:
        judging = start_judging(
            one.rendering,
            policy,
            one.tree.edition,
            full if sanitized(one.tree.edition) else None,
            os.environ,
            stages=stages,
            offline=one.tree.offline is not None,
            memory=policy.root / CACHE / FULL_SIDE / f"{one.tree.name}.clean",
        )
        stack.callback(judging.stop)

        def finish() -> Read:
            judged = judging.finish()
            return Read(one.tree, one.site, taken, judged.verdict, [*taken.findings, *judged.findings])

        return finish

    def ready(at: int) -> tuple[int, Inventory]:
        site, name = built[at].site, built[at].tree.name
        make_readable(site)
        return date(site, beside / name), take_inventory(site, name, disk_clock(site.parent))

    made = each(ready, range(len(built)), at_a_time=1)
    little = sum(changed for changed, _ in made) <= _LITTLE and all(one.again for one in built)
    with ExitStack() as stack:
        jobs = (partial(begin, one, taken) for one, (_, taken) in zip(built, made, strict=True))
        return _in_turn(jobs, len(built) if little else _at_once(one.tree for one in built))


def _in_turn(jobs: Iterable[Callable[[], Callable[[], _T]]], at_once: int) -> list[_T]:
    """What jobs come to, in order. Each is begun by a call, and what that returns waits for its end.

    So many of them are at work at once; the next one is made ready meanwhile.
    """
    done: list[_T] = []
    waiting: deque[Callable[[], _T]] = deque()
    for begin in jobs:
        if len(waiting) == at_once:
            done.append(waiting.popleft()())
        waiting.append(begin())
    return [*done, *(finish() for finish in waiting)]


def _at_once(trees: Iterable[Tree]) -> int:
    """How many of these editions are rendered, or verified, at the same time: very large ones would fill the memory."""
    bulletins = [tree.bulletins for tree in trees]
    return len(bulletins) if sum(bulletins) <= _FEW else 1


def _index(built: Built, lock: int, kept: Path | None) -> None:
    """Give a rendered site its search index."""
    if built.tree.offline is None:
        index(built.site, lock, kept)
    else:
        detach(built.site, built.rendering.stage / "theme", built.tree.name, built.tree.offline, lock)


def _kept(cache: Path | None, tree: Tree) -> Path | None:
    """The folder of what was made of an edition before, which no other edition ever uses."""
    return cache / tree.edition.name if cache is not None else None


def _give_back() -> None:
    """Have memory given back that is free: by themselves neither Python nor the C library does that for long.

    Of the 205 MB that 1,000 bulletins had come to when they were written, that is 50 to 70 MB, for the rest of a build.
    """
    gc.collect()  # what made the pages is a matter of cycles
    with suppress(OSError, AttributeError):  # a library that cannot do it does without
        ctypes.CDLL(None).malloc_trim(0)
