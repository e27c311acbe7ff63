"""Rendered bulletin pages -> a PDF beside each, laid out for paper by a process of its own.

    engine    whether this machine can, what the bytes depend on, and what the libraries may see of the machine
    sheet     a page's article as a document for paper
    drawing   that document as a tagged PDF
    maker     all of this for the pages of one site
    reprint   pages printed again, for the verifier, which compares

Like the renderer it is started anew (exec, not fork), with an environment of its own, after the site is rendered: it
is given released pages and can give away nothing else. What did not change comes out of the store.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tearline.paper.engine import install, missing
from tearline.render import RenderError, Rendering, refuse_full

if TYPE_CHECKING:
    from tearline.policy import Edition, Policy  # a quarter of a second to load, in every process of this package

TIME_LIMIT: Final = 3600  # seconds
CACHE: Final = ".tearline"  # beside mkdocs.yml, a folder for each edition
_FLAGS: Final = ("-P", "-s", "-B", "-m", "tearline.paper")


class PaperError(Exception):
    """The site's policy wants PDFs, and this machine cannot make any. One line."""


def wanted(policy: Policy, say: Callable[[str], None] = lambda _: None) -> bool:
    """Whether a build makes PDFs. What is missing is said where they are made only if they can be.

    Raises ``PaperError`` where the policy wants them in any case.
    """
    if policy.pdf is False:
        return False
    lacks = missing()
    if lacks and policy.pdf is True:
        raise PaperError(f"`pdf: true`, and no PDF can be made here: {install(lacks)}")
    if lacks:
        say(f"No PDFs: {install(lacks)}")
    return not lacks


def print_papers(rendered: Iterable[tuple[Rendering, Edition]], policy: Policy, lock: int) -> None:
    """Put a PDF beside every bulletin of rendered sites. What the process says is added to each renderer's log.

    It inherits ``lock``, as the renderer does. Raises ``RenderError`` where it fails, ``OSError`` for a full disk.
    """
    for rendering, edition in rendered:
        _print(rendering, edition, policy.root / CACHE / edition.name, lock)


def _print(rendering: Rendering, edition: Edition, store: Path, lock: int) -> None:
    told = [str(rendering.site), str(rendering.stage / "theme"), str(store), edition.site_url]
    with rendering.log.open("ab") as log, TemporaryDirectory(prefix="tearline-", dir=rendering.log.parent) as folder:
        code = _run([sys.executable, *_FLAGS, *told], Path(folder), log.fileno(), lock)
    if code:
        refuse_full(rendering.site.parent)
        said = rendering.log.read_text(encoding="utf-8", errors="replace")
        raise RenderError(f"making PDFs failed with exit code {code}", said)


def _run(command: list[str], folder: Path, log: int, lock: int) -> int:
    """The exit code. Should we be stopped, so are the process and those it shares its work with."""
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "TMPDIR": str(folder)}
    with subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, no outside words
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=(lock,),
        start_new_session=True,  # Ctrl-C is for us: we stop it ourselves
    ) as process:
        try:
            return process.wait(timeout=TIME_LIMIT)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise RenderError("making PDFs took too long") from None
            raise
