"""Staged tree -> site files, in a process of its own that knows nothing but the stage.

The renderer is started anew (exec, not fork), inside the stage, with an environment of its own: no home, no
repository, no key. Its words are captured: a log is a channel too.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TIME_LIMIT: Final = 3600  # seconds; a renderer that hangs is a failed build
_COMMAND: Final = ("-I", "-m", "mkdocs", "build", "--quiet", "--config-file", "mkdocs.yml", "--site-dir")


@dataclass(frozen=True, slots=True)
class Rendering:
    """A renderer at work: the process and the site it writes."""

    process: subprocess.Popen[bytes]
    site: Path
    log: Path

    def finish(self) -> str:
        """Wait for it. Returns what it said; raises ``RenderError`` where it failed."""
        try:
            code = self.process.wait(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise RenderError("the renderer took too long") from None
        said = self.log.read_text(encoding="utf-8", errors="replace")
        if code:
            raise RenderError(f"the renderer failed with exit code {code}")
        return said


class RenderError(Exception):
    """The renderer failed. Its log stays on the full side."""


def start_rendering(stage: Path, site: Path, log: Path, now: dt.datetime) -> Rendering:
    """Start rendering the stage into the folder ``site``, which must not exist yet."""
    environment = {
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "NO_MKDOCS_2_WARNING": "1",
        "SOURCE_DATE_EPOCH": str(build_epoch(now)),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, no outside words
            [sys.executable, *_COMMAND, str(site)],
            cwd=stage,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Rendering(process, site, log)


def build_epoch(now: dt.datetime) -> int:
    """The build time that pages may carry: the day, so that two builds of one day are the same bytes."""
    return int(now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
