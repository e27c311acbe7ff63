"""Rendered site -> its search index, by Pagefind in a process of its own: ``site/pagefind/``.

Pagefind is asked through its service, page by page in the order of their addresses: its command line numbers pages in
whatever order the disk lists them, and the same site would be other bytes on another machine. Only what our own script
uses is kept, and of a page's fragment only what a result shows: the words of a page are in the index, and in the page.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread, Timer
from typing import IO, Any, Final

import cbor2

from tearline.render import RenderError, refuse_full
from tearline.store import digest_of, identity, shelf

FOLDER: Final = "pagefind"
TIME_LIMIT: Final = 1800  # seconds
_COMMAND: Final = ("-P", "-s", "-B", "-m", "pagefind", "--service")
_INDEXED: Final = re.compile(rb"\sdata-pagefind-body[\s>]")
# Marks in words and in signs, the links beside headings, and states: an index is older than the reader's clock.
_LEFT_OUT: Final = (
    ".tl-mark",
    ".tl-vh",
    ".tl-state",
    ".tl-instead",
    ".tl-actions",
    ".headerlink",
    ".footnote-backref",
    ".footnote-ref",
)
_PICTURE: Final = re.compile(rb'(<img\b[^<>]*?)\ssrc="[^"]*"')  # Pagefind would index its address
_KEPT: Final = re.compile(
    r"pagefind\.js|pagefind-entry\.json|pagefind\.[\w-]+\.pf_meta|wasm\.(?!unknown\.)[\w-]+\.pagefind"
    r"|(?:fragment|index|filter)/[\w-]+\.pf_(?:fragment|index|filter)"
)
_SIGN: Final = b"pagefind_dcd"  # how everything that Pagefind packs begins
_READ: Final = 1 << 20
_FRAGMENTS: Final = "fragment/"
_FILTERS: Final = 3  # the column of filters in an index's table
_SHOWN: Final = re.compile(r'<meta name="([^"]*)" content="([^"]*)" data-tl-found>')
_BROKEN: Final = "the search index could not be made: Pagefind's answer cannot be read"


def index(site: Path, lock: int, kept: Path | None = None) -> None:
    """Write the index of a rendered site into it; nothing where no page of it is to be found by search.

    Below ``kept`` is the index that was made last of this edition: the same pages have the same one.
    Pagefind inherits ``lock`` as the renderer does. Raises ``RenderError`` where it fails, ``OSError`` for a full disk.
    """
    pages = _searched(site)
    if kept is None:
        files = _index(pages, site, lock)
    else:
        key = digest_of([identity().encode(), *(part for name in pages for part in (name.encode(), pages[name]))])
        with shelf(kept, "search") as stored:
            files = _stored(stored.get(key))
            if not files:
                files = _index(pages, site, lock)
                stored.put(key, cbor2.dumps(files))
    for name, data in files.items():
        path = site / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _stored(packed: bytes | None) -> dict[str, bytes]:
    """The files of an index that was made before; none where there is none."""
    with suppress(cbor2.CBORDecodeError):
        told = cbor2.loads(packed) if packed is not None else {}
        if isinstance(told, dict) and all(isinstance(name, str) and _KEPT.fullmatch(name) for name in told):
            return told
    return {}


def _index(pages: Mapping[str, bytes], site: Path, lock: int) -> dict[str, bytes]:
    """The files of the index of these pages."""
    made = _made(pages, site, lock)
    try:
        files = {name: data for name, data in made.items() if _KEPT.fullmatch(name)}
        if files:
            _settle(files)
        for name in [name for name in files if name.startswith(_FRAGMENTS)]:
            files[name] = _packed(_json({**_told(files[name], pages), "content": ""}))
    except (KeyError, TypeError, ValueError, cbor2.CBORDecodeError):
        raise RenderError(_BROKEN) from None
    return files


def fragments(site: Path, lock: int) -> list[dict[str, Any]]:
    """What the index of a rendered site would say of each page, with the page's words, in the order of addresses.

    Nothing is written. Raises as ``index`` does.
    """
    pages = _searched(site)
    files = _made(pages, site, lock)
    try:
        told = [_told(data, pages) for name, data in files.items() if name.startswith(_FRAGMENTS)]
        return sorted(told, key=lambda each: str(each["url"]))
    except (KeyError, TypeError, ValueError):
        raise RenderError(_BROKEN) from None


def _searched(site: Path) -> dict[str, bytes]:
    """The pages of a site that search reads."""
    return {name: data for name, data in _pages(site) if _INDEXED.search(data)}


def _made(pages: Mapping[str, bytes], site: Path, lock: int) -> dict[str, bytes]:
    """The files that Pagefind makes of pages."""
    if not pages:
        return {}
    requests: list[dict[str, Any]] = [{"type": "NewIndex", "config": {"exclude_selectors": list(_LEFT_OUT)}}]
    for name, data in pages.items():
        address = f"/{name.removesuffix('index.html')}"
        requests.append(
            {"type": "AddFile", "index_id": 0, "url": address, "file_contents": _PICTURE.sub(rb"\1", data).decode()}
        )
    answers = _asked([*requests, {"type": "GetFiles", "index_id": 0}], site.parent, lock)
    try:
        return {each["path"]: base64.b64decode(each["content"]) for each in answers[-1]["files"]}
    except (KeyError, TypeError, ValueError):
        raise RenderError(_BROKEN) from None


def _pages(site: Path) -> Iterator[tuple[str, bytes]]:
    """The pages of a site by name, in the order of their names."""
    for name in sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html")):
        yield name, (site / name).read_bytes()


def _settle(files: dict[str, bytes]) -> None:
    """Put what Pagefind lists in no order of its own, filters and their values, into one, and name it by what it is."""
    entry = json.loads(files["pagefind-entry.json"])
    for language, told in entry["languages"].items():
        table = cbor2.loads(_unpacked(files.pop(f"pagefind.{told['hash']}.pf_meta")))
        settled = []
        for name, old in sorted(table[_FILTERS]):
            values = cbor2.loads(_unpacked(files.pop(f"filter/{old}.pf_filter")))
            packed = _packed(cbor2.dumps([name, sorted(values[1])]))
            settled.append([name, f"{language}_{_digest(packed)}"])
            files[f"filter/{settled[-1][1]}.pf_filter"] = packed
        table[_FILTERS] = settled
        packed = _packed(cbor2.dumps(table))
        told["hash"] = f"{language}_{_digest(packed)}"
        files[f"pagefind.{told['hash']}.pf_meta"] = packed
    files["pagefind-entry.json"] = _json(entry)


def _told(packed: bytes, pages: Mapping[str, bytes]) -> dict[str, Any]:
    """A fragment with its page's words, what a result shows, and what it may be narrowed by."""
    told = json.loads(_unpacked(packed))
    page = pages[f"{told['url'].removeprefix('/')}index.html"]
    head = page[: page.find(b"</head>")].decode("utf-8")
    shown = {html.unescape(name): html.unescape(value) for name, value in _SHOWN.findall(head)}
    return {
        "url": told["url"],
        "content": told["content"],
        "word_count": told["word_count"],
        "filters": dict(sorted(told["filters"].items())),
        "meta": {"title": told["meta"]["title"], **shown},
        "anchors": [],
    }


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _packed(data: bytes) -> bytes:
    return gzip.compress(_SIGN + data, mtime=0)


def _unpacked(data: bytes) -> bytes:
    return gzip.decompress(data).removeprefix(_SIGN)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:10]


def _asked(requests: Sequence[dict[str, Any]], folder: Path, lock: int) -> list[dict[str, Any]]:
    """Pagefind's answers, one for each request, in order. Raises ``RenderError`` for a refusal, a fault, a delay."""
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
            answers = _exchanged(process.stdin, process.stdout, requests)
            late = not watch.is_alive()
        finally:
            watch.cancel()
            process.kill()
    if late:
        raise RenderError("the search index could not be made: Pagefind took too long")
    if len(answers) < len(requests) or any(each.get("type") == "Error" for each in answers):
        refuse_full(folder)
        raise RenderError("the search index could not be made: Pagefind failed")
    return answers


def _exchanged(
    to: IO[bytes] | None, back: IO[bytes] | None, requests: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Ask everything and read the answers, up to the last one or the end of the process. Its input stays open."""
    if to is None or back is None:
        return []

    def ask() -> None:
        with suppress(OSError, ValueError):  # whoever reads has gone: then there are no answers either
            for number, payload in enumerate(requests, 1):
                to.write(base64.b64encode(json.dumps({"message_id": number, "payload": payload}).encode()) + b",")
            to.flush()

    asking = Thread(target=ask, daemon=True)
    asking.start()
    try:
        answers = list(_answers(back, len(requests)))
    except (ValueError, KeyError, TypeError):
        raise RenderError(_BROKEN) from None
    return [payload for _, payload in sorted(answers, key=lambda each: each[0])]


def _answers(back: IO[bytes], count: int) -> Iterable[tuple[int, dict[str, Any]]]:
    rest = b""
    while count and (more := os.read(back.fileno(), _READ)):
        *whole, rest = (rest + more).split(b",")
        for each in whole:
            told = json.loads(base64.b64decode(each))
            count -= 1
            yield int(told.get("message_id") or 0), told["payload"]
