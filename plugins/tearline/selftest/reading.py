"""Which canaries stand in a folder of files: a plain search, which knows nothing of how the files were made."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import Final
from zlib import error as broken

from tearline.selftest.canaries import Canary

_TAG: Final = re.compile(r"<[^<>]*>")


class Haystack:
    """Everything that files say, in small letters: their names, their bytes, and pages as a reader sees them."""

    def __init__(self, *texts: str) -> None:
        self.said = "\n".join(texts).lower()

    @classmethod
    def of(cls, *paths: Path) -> Haystack:
        """The files at these paths and in the folders at them."""
        files = (each for path in paths for each in ([path] if path.is_file() else sorted(path.rglob("*"))))
        return cls(*(text for path in files for text in (path.name, *_texts(path))))

    def has(self, text: str) -> bool:
        """Whether any word of a text is there."""
        return any(word in self.said for word in text.lower().split())

    def leaks(self, canary: Canary) -> bool:
        """Whether any word of a canary is there."""
        return self.has(canary.text)

    def shows(self, canary: Canary) -> bool:
        """Whether a canary is there as it was written."""
        return canary.text.lower() in self.said

    def leaked(self, canaries: Iterable[Canary]) -> set[Canary]:
        """Those of the canaries of which anything is there."""
        return {one for one in canaries if self.leaks(one)}


def _texts(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    data = path.read_bytes()
    if path.suffix == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, broken):
            yield path.name
    text = data.decode("utf-8", "replace")
    yield text
    yield from {unescape(text), unescape(_TAG.sub("", text))} - {text}
