"""How many words search counts on a page: told by a quick rule, or by the installed Pagefind where that is right.

The number stands in the index twice, for results to be weighed by, so that it must be the page's and no other.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tearline.verify.decoding import TAG
from tearline.verify.spans import spans

_BODY = re.compile(r"<(div|section|article|main)\b[^<>]*\sdata-pagefind-body[\s>]")
# What search leaves out of it, and tags that do not part words.
_LEFT_OUT = re.compile(
    r'<(label|svg|style|script|nav|form)\b|<span class="(?:(tl-mark)\b|tl-vh">)'
    r'|<(a) class="(?:headerlink|footnote-backref|footnote-ref)"|<(p) class="tl-(?:state |actions")'
    r'|<(div) class="tl-instead">'
)
_INSIDE = re.compile(
    r"</?(?:a|abbr|b|code|del|em|i|input|ins|kbd|mark|path|pre|q|s|small|span|strong|sub|sup|time|u)\b[^<>]*>"
)
_EXCLUDED: Final = (
    ".tl-mark, .tl-vh, .tl-state, .tl-instead, .tl-actions, .headerlink, .footnote-backref, .footnote-ref"
)
_PICTURE = re.compile(r'(<img\b[^<>]*?)\ssrc="[^"]*"')  # search does not read its address
_PARTS: Final = 16  # of a page that search may read
_LARGEST: Final = 1 << 20  # characters of a page that the quick rule reads
_COMMAND: Final = (sys.executable, "-P", "-s", "-B", "-m", "pagefind", "--silent")
_LIMIT: Final = 600  # seconds
_SIGN: Final = b"pagefind_dcd"


def counted(raw: str) -> int:
    """The words of a page by the quick rule; -1 where it does not fit."""
    if len(raw) > _LARGEST:
        return -1
    text = "".join(f"{_kept(part)} " for part in _bodies(raw))
    return len(html.unescape(TAG.sub(" ", _INSIDE.sub("", text))).split())


def _kept(part: str) -> str:
    """A part of a page without what search leaves out."""
    kept, at = "", 0
    for begun, end in spans(part, _LEFT_OUT, _closing):
        kept, at = kept + part[at : begun.start()], end
    return kept + part[at:]


def _closing(begun: re.Match[str]) -> str:
    if begun[2]:
        return "</span></span>"
    return f"</{begun[1] or begun[3] or begun[4] or begun[5] or 'span'}>"


def _bodies(raw: str) -> Iterator[str]:
    """The parts of a page that search reads."""
    for begun in islice(_BODY.finditer(raw), _PARTS):
        start, depth = raw.find(">", begun.end() - 1) + 1, 1
        for tag in re.finditer(rf"<(/?){begun[1]}\b", raw[start:]):
            depth += -1 if tag[1] else 1
            if not depth:
                yield raw[start : start + tag.start()]
                break


def asked(paths: Sequence[str]) -> Mapping[str, int]:
    """What Pagefind counts on each of these pages, by their paths on disk; nothing where it is not there or fails."""
    with TemporaryDirectory(prefix="tearline-") as made:
        for number, path in enumerate(paths):
            raw = Path(path).read_text(encoding="utf-8", errors="replace")
            Path(made, f"{number}.html").write_text(_PICTURE.sub(r"\1", raw), encoding="utf-8")
        try:
            subprocess.run(  # noqa: S603 - our own interpreter, no shell
                [*_COMMAND, "--site", made, "--exclude-selectors", _EXCLUDED],
                cwd=made,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {}
        told = dict(map(_told, Path(made).glob("pagefind/fragment/*.pf_fragment")))
    return {path: told[f"/{number}.html"] for number, path in enumerate(paths) if f"/{number}.html" in told}


def _told(fragment: Path) -> tuple[str, int]:
    said = json.loads(zlib.decompress(fragment.read_bytes(), 31).removeprefix(_SIGN))
    return str(said["url"]), int(said["word_count"])
