"""The renderer's process: the staged tree it is started in -> the site in the folder it is given.

Its whole world is the stage, and what it rendered of this edition before. It says nothing unless something is
wrong; then the last line of what it says is why.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import get_context
from pathlib import Path

from tearline.render import UNREACHED
from tearline.render.pages import read_context
from tearline.render.schedulers import ClusterError, told_of
from tearline.render.working import Here, ready, render_pages
from tearline.store import Shelf, shelf


def main() -> None:
    """Render the stage in the current folder into the folder named first."""
    gc.set_threshold(100_000, 20, 20)  # as the command line does
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    site = Path(sys.argv[1])
    docs = Path("docs")
    context = read_context(Path(), int(os.environ["SOURCE_DATE_EPOCH"]))
    names = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*") if path.is_file())
    sources = {name: (docs / name).read_text(encoding="utf-8") for name in names if name.endswith(".md")}
    renderer = ready(context, names)  # before the workers are forked, which then have it too
    for name, data in renderer.theme():
        _put(site / name, data)
    for name in names:
        if name not in sources:
            _put(site / name, (docs / name).read_bytes())
    for name, data in renderer.templates():
        _put(site / name, data)
    gc.freeze()
    with _kept() as kept, _executor(len(sources)) as executor:
        for name, data in render_pages(context, names, sources, executor, kept):
            _put(site / name, data)


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
    return ProcessPoolExecutor(workers, get_context("fork")) if workers > 1 else Here()


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


if __name__ == "__main__":
    try:
        main()
    except ClusterError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 - the last line of the log: it is why
        os._exit(UNREACHED)  # what waits for the cluster is not waited for
