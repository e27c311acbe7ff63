"""Pages as Pagefind is given them -> the files that it makes of them, by its service, in a process of its own.

Pagefind is asked page by page in the order of their addresses: its command line numbers pages in whatever order the
disk lists them, and the same site would be other bytes on another machine.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any, Final

from tearline.render import RenderError, refuse_full

BROKEN: Final = "the search index could not be made: Pagefind's answer cannot be read"
TIME_LIMIT: Final = 1800  # seconds
_COMMAND: Final = ("-P", "-s", "-B", "-m", "pagefind", "--service")
_READ: Final = 1 << 20


def files_of(pages: Mapping[str, bytes], without: Sequence[str], folder: Path, lock: int) -> dict[str, bytes]:
    """The files of an index of pages by their names, such as ``2026/a/index.html``; none of no page.

    What the selectors ``without`` choose is not read. Pagefind runs in ``folder`` and inherits ``lock``. Raises
    ``RenderError`` for a refusal, a fault, a delay.
    """
    if not pages:
        return {}
    answer = _asked(_requests(pages, without), len(pages) + 2, folder, lock)
    try:
        return {each["path"]: base64.b64decode(each["content"]) for each in answer["files"]}
    except (KeyError, TypeError, ValueError):
        raise RenderError(BROKEN) from None


def _requests(pages: Mapping[str, bytes], without: Sequence[str]) -> Iterator[dict[str, Any]]:
    yield {"type": "NewIndex", "config": {"exclude_selectors": list(without)}}
    for name, data in pages.items():
        address = f"/{name.removesuffix('index.html')}"
        yield {"type": "AddFile", "index_id": 0, "url": address, "file_contents": data.decode()}
    yield {"type": "GetFiles", "index_id": 0}


def _asked(requests: Iterable[dict[str, Any]], count: int, folder: Path, lock: int) -> dict[str, Any]:
    """Pagefind's answer to the last of ``count`` requests, when it has answered all. Raises ``RenderError``."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter, no shell, no outside words
        [sys.executable, *_COMMAND],
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(lock,),
        start_new_session=True,
    ) as process:
        watch = Timer(TIME_LIMIT, process.kill)
        watch.daemon = True
        watch.start()
        try:
            kinds, last = _exchanged(process.stdin, process.stdout, requests, count)
            late = not watch.is_alive()
        finally:
            watch.cancel()
            process.kill()
            if process.stdin is not None:
                with suppress(OSError):  # some of what is asked was still to be sent
                    process.stdin.close()
    if late:
        raise RenderError("the search index could not be made: Pagefind took too long")
    if kinds.total() < count or "Error" in kinds:
        refuse_full(folder)
        raise RenderError("the search index could not be made: Pagefind failed")
    return last


def _exchanged(
    to: IO[bytes] | None, back: IO[bytes] | None, requests: Iterable[dict[str, Any]], count: int
) -> tuple[Counter[str], dict[str, Any]]:
    """Ask everything and read the answers, up to the last one or the end of the process. Its input stays open.

    How many answers there are of each kind, and the one to the last question.
    """
    if to is None or back is None:
        return Counter(), {}

    def ask() -> None:
        try:
            for number, payload in enumerate(requests, 1):
                to.write(base64.b64encode(json.dumps({"message_id": number, "payload": payload}).encode()) + b",")
            to.flush()
        except (OSError, ValueError):  # whoever reads has gone, or a page has: it ends, and answers are missing
            with suppress(OSError):
                to.close()

    asking = Thread(target=ask, daemon=True)
    asking.start()
    kinds, last = Counter[str](), dict[str, Any]()
    try:
        for number, answer in _answers(back, count):
            kinds[str(answer.get("type"))] += 1
            last = answer if number == count else last
    except (ValueError, KeyError, TypeError):
        raise RenderError(BROKEN) from None
    return kinds, last


def _answers(back: IO[bytes], count: int) -> Iterator[tuple[int, dict[str, Any]]]:
    begun: list[bytes] = []  # the last answer is very long: what came of it is joined once, at its end
    while count and (more := os.read(back.fileno(), _READ)):
        *whole, rest = more.split(b",")
        for each in whole:
            told = json.loads(base64.b64decode(b"".join([*begun, each])))
            begun.clear()
            count -= 1
            yield int(told.get("message_id") or 0), told["payload"]
        begun.append(rest)
