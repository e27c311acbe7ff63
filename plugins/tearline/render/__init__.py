"""Staged tree -> site files, in a process of its own that knows nothing but the stage.

pages.py       (context, staged page) -> the page's bytes, a pure function
working.py     many pages at once, by whatever executor there is
schedulers.py  what was typed of clusters -> the cluster of each edition
cluster.py     the executor of a cluster
worker.py      what runs at a cluster's worker
__main__.py    the process: the stage it is started in -> a site

The renderer is started anew (exec, not fork), inside the stage, with an environment of its own: no home, no
repository, no key. Its words are captured: a log is a channel too.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tearline.render.schedulers import Cluster

_SCANT: Final = 1 << 18  # bytes: with less than this left, a disk is why something failed
_LAST: Final = (1 << 32) - 1  # seconds since 1970 that the header of a gzip file has room for
TIME_LIMIT: Final = 3600  # seconds; a renderer that hangs is a failed build
_LOOK: Final = 0.5  # seconds between two looks at how far it is
# The theme's static files that are published; everything else it brings stays behind.
THEME_FILES: Final = (
    "assets/javascripts/bundle.*.min.js",
    "assets/stylesheets/main.*.min.css",
    "assets/stylesheets/palette.*.min.css",
)
# No current directory in the path, no user's packages, no bytecode written. The environment is ours, so that
# Python's own variables (the hash seed) count: -I would ignore them.
FLAGS: Final = ("-P", "-s", "-B")
ENVIRONMENT: Final = {
    "PATH": os.defpath,
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "NO_MKDOCS_2_WARNING": "1",
}
_COMMAND: Final = (*FLAGS, "-m", "tearline.render")
INDEXES: Final = "pagefind"  # the folder of a site that is made after it is rendered
UNREACHED: Final = 75  # the exit code of a renderer that its cluster failed; the last line of its log is why
_NOWHERE: Final = dict.fromkeys(("DASK_CONFIG", "DASK_ROOT_CONFIG"), os.devnull)  # no configuration but ours


@dataclass(frozen=True, slots=True)
class Rendering:
    """A renderer at work: the process, the stage it reads, the site and the log it writes."""

    process: subprocess.Popen[bytes]
    stage: Path
    site: Path
    log: Path

    def finish(self, watch: Callable[[], None] = lambda: None) -> str:
        """Wait for it. Returns what it said; raises ``RenderError`` where it failed, ``OSError`` for a full disk.

        ``watch`` is called every now and then.
        """
        late = time.monotonic() + TIME_LIMIT
        code: int | None = None
        try:
            while code is None:
                if time.monotonic() > late:
                    raise RenderError("the renderer took too long")
                with suppress(subprocess.TimeoutExpired):
                    code = self.process.wait(timeout=_LOOK)
                watch()
        finally:
            self.stop()
        said = self.log.read_text(encoding="utf-8", errors="replace")
        if code:
            refuse_full(self.site.parent)  # a log on a full disk may not say so
            if code == UNREACHED:
                raise RenderError(f"the cluster failed: {''.join(said.splitlines()[-1:])}", said)
            raise RenderError(f"the renderer failed with exit code {code}", said)
        prune(self.site, self.stage / "theme")
        return said

    @property
    def bulletins(self) -> int:
        """How many of the bulletins' pages are in the site by now."""
        try:
            return int(done_at(self.site).read_bytes())
        except (OSError, ValueError):  # it has not begun
            return 0

    def stop(self) -> None:
        """End it and its workers, whatever they are at. Nothing happens where they have ended already."""
        with suppress(ProcessLookupError):  # its session is its own; a worker may outlive it there
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class RenderError(Exception):
    """The renderer failed. ``log`` is what it said: for the full side only, since it may quote its input."""

    def __init__(self, reason: str, log: str = "") -> None:
        super().__init__(reason)
        self.log = log


def done_at(site: Path) -> Path:
    """Where a renderer says how many bulletins are in its site: beside it, so that a site may be there from before."""
    return site.with_name("done")


def refuse_full(folder: Path) -> None:
    """Say so if a disk is full: a process that failed for it may not have been able to. Raises ``OSError``."""
    told = os.statvfs(folder)
    if told.f_bavail * told.f_frsize < _SCANT:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def theme_files() -> Path | None:
    """Where the theme's own templates and static files are, without loading it; None where it is not installed."""
    found = find_spec("material")
    roots = list(found.submodule_search_locations or ()) if found is not None else []
    return Path(roots[0]) / "templates" if roots else None


def prune(site: Path, own: Path) -> None:
    """Remove the theme's files that no page uses: source maps, search workers and word lists, its favicon.

    What the site itself has in its theme's folder ``own`` stays.
    """
    theme = theme_files()
    if theme is None:
        return
    for path in sorted(site.glob("assets/**/*")):
        name = path.relative_to(site)
        kept = any(name.match(pattern) for pattern in THEME_FILES)
        if path.is_file() and not kept and (theme / name).is_file() and not (own / name).is_file():
            path.unlink()
    for folder in sorted(site.glob("assets/**/"), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def start_rendering(  # noqa: PLR0913, PLR0917 - what a renderer is given
    stage: Path, site: Path, log: Path, now: dt.datetime, lock: int,
    kept: Path | None = None, cluster: Cluster | None = None,
) -> Rendering:  # fmt: skip
    """Start rendering the stage into the folder ``site``: a new one, or one that a site is in and is to be mended.

    ``kept`` is the folder of what this edition's renderer made before, if any may be used; ``cluster`` renders the
    pages, where there is one. The process inherits ``lock``, which keeps its private folder from being swept should
    we die before it.
    """
    environment = {**ENVIRONMENT, "SOURCE_DATE_EPOCH": str(build_epoch(now))}
    if cluster is not None:
        environment |= {**_NOWHERE, **cluster.told()}
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, no outside words
            [sys.executable, *_COMMAND, str(site), *([str(kept)] if kept is not None else [])],
            cwd=stage,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C is for us: we stop it ourselves
        )
    return Rendering(process, stage, site, log)


def build_moment(environ: Mapping[str, str]) -> dt.datetime:
    """The moment a build is for: ``SOURCE_DATE_EPOCH`` where it is set, else the clock.

    Raises ``ValueError`` where it is set to anything but a number of seconds, or to one out of range.
    """
    epoch = environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError("SOURCE_DATE_EPOCH is not a number of seconds") from None
    if not 0 <= int(epoch) <= _LAST:
        raise ValueError("SOURCE_DATE_EPOCH is not between the years 1970 and 2106")
    return moment


def build_epoch(now: dt.datetime) -> int:
    """The build time that pages may carry: the day, so that two builds of one day are the same bytes."""
    return int(now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
