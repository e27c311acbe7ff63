"""The renderer's process: the staged tree it is started in -> the site in the folder it is given.

Its whole world is the stage, and what it rendered of this edition before. It says nothing unless something is
wrong; then the last line of what it says is why.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from tearline.placing import Placing, below, content
from tearline.render import INDEXES, UNREACHED, done_at
from tearline.render.pages import read_context
from tearline.render.schedulers import ClusterError, told_of
from tearline.render.working import Here, Processes, Shared, ready, render_pages
from tearline.store import Shelf, shelf

DOCS: Final = Path("docs")


def main() -> None:
    """Render the stage in the current folder into the folder named first."""
    gc.set_threshold(100_000, 20, 20)  # as the command line does
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    names = below(DOCS)
    sources = _Staged(name for name in names if name.endswith(".md"))
    context = read_context(Path(), int(os.environ["SOURCE_DATE_EPOCH"]))
    renderer = ready(Shared(context, names))  # before the workers are forked, which then have it too
    theme, templates = dict(renderer.theme()), dict(renderer.templates())
    copied = [name for name in names if name not in sources]
    site = Placing(Path(sys.argv[1]), {*theme, *copied, *templates, *map(renderer.address, sources)}, [INDEXES])
    for name, data in theme.items():
        site.put(name, data)
    for name in copied:
        site.put(name, content(f"{DOCS}/{name}"))
    for name, data in templates.items():
        site.put(name, data)
    gc.freeze()
    bulletins = 0
    with _kept() as kept, done_at(Path(sys.argv[1])).open("wb", buffering=0) as done:
        for name, data in render_pages(context, names, sources, _executor, kept):
            site.put(name, data)
            bulletins += name[:4].isdecimal()
            os.pwrite(done.fileno(), b"%8d" % bulletins, 0)


def _kept() -> AbstractContextManager[Shelf | None]:
    """The pages of this edition that were rendered before, in the folder named second; without one there are none."""
    if len(sys.argv) < 3:  # noqa: PLR2004 - the second
        return nullcontext()
    # What another machine made is believed by builds that ask it anyway, and by no other.
    return shelf(Path(sys.argv[2]), "pages" if told_of(os.environ) is None else "cluster")


def _executor(pages: int) -> Executor:
    """The cluster that we are told of, if any. Else processes for many pages; a few pages are sooner done here."""
    if (cluster := told_of(os.environ)) is not None:
        from tearline.render.cluster import ClusterExecutor  # noqa: PLC0415 - Dask, which only clusters need

        return ClusterExecutor(cluster)
    workers = min(len(os.sched_getaffinity(0)), pages // 50 + 1)
    return Processes(workers) if workers > 1 else Here()


class _Staged(Mapping[str, str]):
    """The staged pages of these names, each read when it is asked for: ten thousand would fill the memory."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = dict.fromkeys(names)

    def __getitem__(self, name: str) -> str:
        text = content(f"{DOCS}/{name}").decode("utf-8")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __len__(self) -> int:
        return len(self._names)


if __name__ == "__main__":
    try:
        main()
    except ClusterError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 - the last line of the log: it is why
        os._exit(UNREACHED)  # what waits for the cluster is not waited for
